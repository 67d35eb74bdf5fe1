"""Each check has a library that only it finds wrong: without it, that library would pass."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.imported.index import CAPTURES_URI, HeldCapture, to_block
from archive.library import Library
from archive.removal.tombstones import NAME as LIST
from archive.removal.tombstones import Tombstone, target_of
from archive.tables.journal import Batch, TableFile
from archive.tables.parquet import sha256
from archive.types import CdxEntry
from archive.verify.checks import CHECKS, without_codes
from archive.verify.library import verify
from archive.warc.records import Record, read_record, record_bytes, record_member, resource_record
from archive.warc.restored import Restored, keep_restored
from drafts import (
    EXTRA,
    EXTRA_INFO,
    MOMENT,
    NAME,
    RECORD,
    Draft,
    Row,
    Rows,
    extra,
    note,
    page,
    put,
    record_id,
    records,
    renamed,
    warcinfo,
    with_block,
    with_field,
)


def member(data: bytes) -> bytes:
    """*data* as a gzip member, as ours are."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
    return compressor.compress(data) + compressor.flush()


def changed(at: int, value: int, data: bytes) -> bytes:
    return data[:at] + bytes([value]) + data[at + 1 :]


def lone(data: bytes) -> Callable[[Library], None]:
    """A WARC file of just *data*."""
    return lambda library: put(library, EXTRA, data, b"")


def _of_import() -> bytes:
    """What an import says of a capture in a file that is not there."""
    held = HeldCapture(
        file="warc/imported/gone.warc",
        offset=0,
        length=9,
        kind="response",
        warc_record_id="urn:uuid:gone",
        url="https://review.example/gone",
        fetch_time="2026-11-05T09:00:00.000000Z",
        run_id="run-2",
        source="imported",
    )
    uri, kind = f"{CAPTURES_URI}run-2", "application/json"
    return record_member(resource_record(uri, to_block(held), kind, MOMENT, EXTRA_INFO))


def bomb() -> bytes:
    """A member that declares ten GiB and inflates to more than a record may have."""
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    raw = record_bytes(note()).replace(b"Content-Length: 7", b"Content-Length: 10737418240")
    parts = [compressor.compress(raw)]
    parts += [compressor.compress(bytes(1 << 20)) for _ in range(260)]
    return b"".join([*parts, compressor.flush()])


def of_type(kind: str, change: Callable[[Record], Record | None]) -> Callable[..., list[Record]]:
    """Changes the first record of a type; None removes it."""

    def edit(several: list[Record]) -> list[Record]:
        at = next(number for number, one in enumerate(several) if one.type == kind)
        new = change(several[at])
        return [*several[:at], *([new] if new else []), *several[at + 1 :]]

    return edit


def field_of(kind: str, name: str, value: str | None) -> Callable[..., list[Record]]:
    return of_type(kind, lambda record: with_field(record, name, value))


def headed(fields: bytes, body: bytes = b"<p>On ferries.") -> Draft:
    """One page whose HTTP head is *fields*."""
    return Draft(captures=[page(1, body, head=b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n")])


def line(**changes: Any) -> Draft:
    """An index whose first line is changed."""
    return Draft(entries=lambda found: [replace(found[0], **changes(found[0])), *found[1:]])


def entry(change: Callable[[CdxEntry], CdxEntry]) -> Draft:
    return Draft(entries=lambda found: [change(found[0]), *found[1:]])


def row(table: str, **values: Any) -> Draft:
    """A library whose first row of a table is changed."""

    def edit(rows: Rows) -> Rows:
        first, *others = rows[table]
        return rows | {table: [first | values, *others]}

    return Draft(rows=edit)


def rows(table: str, change: Callable[[list[Row]], list[Row]]) -> Draft:
    return Draft(rows=lambda several: several | {table: change(several[table])})


def log_file(change: Callable[[Path, TableFile], TableFile]) -> Draft:
    """A library whose file of `crawl_log` is changed."""

    def edit(generation: Path, several: list[TableFile]) -> list[TableFile]:
        return [
            change(generation / one.path, one) if one.path.startswith("crawl_log") else one
            for one in several
        ]

    return Draft(files=edit)


def _rewritten(path: Path, file: TableFile) -> TableFile:
    path.write_bytes(b"PAR1 and no table")
    return replace(file, sha256=sha256(path))


def _with_a_column(path: Path, file: TableFile) -> TableFile:
    with pq.ParquetFile(path) as opened:
        found = opened.read()
    pq.write_table(found.append_column("more", pa.array(["x"] * found.num_rows)), path)
    return replace(file, sha256=sha256(path))


def _gone(path: Path, file: TableFile) -> TableFile:
    path.unlink()
    return file


def _wrong_payload_digest() -> Draft:
    wrong = "A" * 32
    return Draft(
        captures=[page(1)],
        records=field_of("response", "WARC-Payload-Digest", f"sha1:{wrong}"),
        rows=row("captures", content_digest=wrong).rows,
    )


def _copied_file(library: Library) -> None:
    (path,) = library.generation.glob("crawl_log/data/*/g0001-000001*")
    path.with_name("g0001-000002-abababab.parquet").write_bytes(path.read_bytes())


def _left_open(library: Library) -> None:
    data = record_member(renamed(warcinfo(EXTRA), EXTRA_INFO))
    (library.path / f"{EXTRA}.open").write_bytes(data)
    library.state.set_synced(EXTRA, len(data))


def _stood_in(library: Library) -> None:
    """A response is damaged, and another record stands in for it."""
    path = library.path / NAME
    with path.open("rb") as stream:
        info = read_record(stream, 0)
        assert info
        response = read_record(stream, info.length)
    assert response
    start, end = response.offset, response.offset + response.length
    data = record_bytes(response.record)
    keep_restored(library.path, [Restored(NAME, start, end, "payloads", data)], MOMENT)
    path.write_bytes(changed(start + 40, 0, path.read_bytes()))


def _relinked(library: Library) -> None:
    (library.path / "removed").unlink()
    (library.path / "removed").symlink_to("generations/0001/removed")


def _list_removal(folder: Path) -> None:
    target = target_of("review.example")
    made = Tombstone("1", "2026-11-05T10:00:00Z", None, None, target.kind, target.what, target.keys)
    (folder / LIST).write_bytes(made.to_line() + b"\n")


def _listed_as_removed(library: Library) -> None:
    for folder in (library.path, library.generation):
        _list_removal(folder)


def _garbage_in_the_list(library: Library) -> None:
    (library.path / LIST).write_bytes(b"garbage\n")


def _no_state(library: Library) -> None:
    library.close()
    (library.path / "state/backissue.db").write_bytes(b"no database" * 1000)


def _log(body: bytes) -> bytes:
    made = resource_record(
        "urn:backissue:crawl-log:x", body, "application/jsonl", MOMENT, EXTRA_INFO
    )
    return record_member(made)


def _batch_2() -> bytes:
    body = Batch(2, "2026-11-05T11:00:00.000000Z", ()).to_bytes()
    made = resource_record("urn:backissue:batch:2", body, "application/json", MOMENT, EXTRA_INFO)
    return record_member(made)


def _request() -> Record:
    return records([page(7)])[2]


TWO = record_bytes(note(901)) + record_bytes(note(902))
PLAIN = record_member(note())
REVERSED = b"".join

CASES: dict[str, Draft] = {
    "warc.gone": Draft(library=lambda library: library.state.set_synced(EXTRA, 5, sealed=True)),
    "warc.empty": Draft(library=lone(b"")),
    "warc.not_gzip": Draft(library=lone(record_bytes(warcinfo(EXTRA)))),
    "warc.one_member": Draft(library=lone(gzip.compress(TWO, mtime=0))),
    "warc.several_records": Draft(library=extra(member(TWO))),
    "warc.zeros": Draft(library=extra(PLAIN, bytes(512))),
    "warc.garbage": Draft(library=extra(PLAIN, b"what is this?")),
    "warc.truncated": Draft(library=extra(PLAIN, PLAIN[:-9])),
    "warc.damaged": Draft(
        library=extra(changed(60, PLAIN[60] ^ 255, PLAIN), record_member(note(902)))
    ),
    "warc.too_large": Draft(library=extra(bomb())),
    "warc.gzip_flags": Draft(library=extra(changed(3, 1, PLAIN))),
    "warc.gzip_time": Draft(library=extra(changed(4, 1, PLAIN))),
    "warc.header": Draft(
        library=extra(
            member(record_bytes(note()).replace(b"\r\nWARC-Type", b"\r\nA B: C\r\nWARC-Type"))
        )
    ),
    "warc.field_missing": Draft(
        library=extra(record_member(with_field(note(), "Content-Type", None)))
    ),
    "warc.field_repeated": Draft(
        library=extra(
            member(
                record_bytes(note()).replace(
                    b"\r\nContent-T", b"\r\nWARC-Type: resource\r\nContent-T"
                )
            )
        )
    ),
    "warc.field_value": Draft(library=extra(record_member(note(date="2026-11-31T00:00:00Z")))),
    "warc.length": Draft(library=extra(member(record_bytes(note())[:-1] + b" "))),
    "warc.block_digest": Draft(library=extra(record_member(note(block_digest=f"sha1:{'A' * 32}")))),
    "warc.restored": Draft(library=_stood_in),
    "warc.digest_unknown": Draft(library=extra(record_member(note(block_digest="blake9:ABC")))),
    "warc.payload_digest": _wrong_payload_digest(),
    "warc.duplicate_id": Draft(library=extra(PLAIN, record_member(note(block=b"another")))),
    "warc.no_warcinfo": Draft(library=lone(PLAIN)),
    "warc.warcinfo_id": Draft(library=extra(record_member(note(warcinfo_id="<urn:uuid:other>")))),
    "warc.filename": Draft(library=extra(info=renamed(warcinfo("warc/other.warc.gz"), EXTRA_INFO))),
    "warc.exchange": Draft(
        library=extra(record_member(with_field(_request(), "WARC-Warcinfo-ID", f"<{EXTRA_INFO}>")))
    ),
    "warc.exchange_torn": Draft(captures=[page(1)], records=of_type("metadata", lambda _: None)),
    "warc.exchange_date": Draft(records=field_of("request", "WARC-Date", "2026-11-05T09:30:15Z")),
    "warc.metadata": Draft(records=of_type("metadata", lambda r: with_block(r, b"via: x\r\n"))),
    "warc.resource": Draft(library=extra(_log(b"no JSON"))),
    "warc.left_open": Draft(library=_left_open),
    "warc.quarantined": Draft(captures=[page(1), page(2)], damaged=4),
    "revisit.dangling": Draft(records=field_of("revisit", "WARC-Refers-To", "<urn:uuid:none>")),
    "revisit.chain": Draft(records=field_of("revisit", "WARC-Refers-To", f"<{record_id(11)}>")),
    "revisit.digest": Draft(records=field_of("revisit", "WARC-Payload-Digest", f"sha1:{'A' * 32}")),
    "revisit.target": Draft(
        records=field_of("revisit", "WARC-Refers-To-Target-URI", "https://review.example/other")
    ),
    "http.content_encoding": headed(b"Content-Encoding: gzip\r\n"),
    "http.transfer_encoding": headed(b"Transfer-Encoding: chunked\r\n"),
    "http.content_length": headed(b"Content-Length: 5\r\n"),
    "http.status_line": Draft(captures=[page(1, head=b"GOPHER\r\n\r\n")]),
    "cdxj.missing": Draft(index=lambda data: None),
    "cdxj.line": Draft(index=lambda data: data + b"zzz\n"),
    "cdxj.order": Draft(index=lambda data: b"".join(sorted(data.splitlines(True), reverse=True))),
    "cdxj.repeated": Draft(index=lambda data: data.splitlines(True)[0] + data),
    "cdxj.offset": Draft(entries=lambda found: [*found, replace(found[0], offset=1)]),
    "cdxj.length": entry(lambda one: replace(one, length=one.length + 1)),
    "cdxj.digest": entry(lambda one: replace(one, digest=f"sha1:{'A' * 32}")),
    "cdxj.field": entry(lambda one: replace(one, mime="text/plain")),
    "cdxj.incomplete": Draft(entries=lambda found: found[1:]),
    "parquet.unreadable": log_file(_rewritten),
    "parquet.schema": log_file(_with_a_column),
    "parquet.month": row("crawl_log", fetch_time=MOMENT - timedelta(days=20)),
    "parquet.pointer": row("captures", warc_record_offset=1),
    "parquet.url": row("captures", url="https://review.example/other"),
    "parquet.value": row("captures", fetch_status=404),
    "parquet.lacking": rows("captures", lambda several: several[1:]),
    "parquet.surplus": rows("captures", lambda s: [*s, s[0] | {"warc_record_id": "urn:uuid:x"}]),
    "parquet.repeated": rows("captures", lambda several: [*several, several[0]]),
    "parquet.orphan": row("crawl_log", warc_record_id="urn:uuid:x"),
    "parquet.text": row("articles", article_body="Essay on bridges."),
    "import.record": Draft(library=extra(_of_import())),
    "journal.line": Draft(journal=lambda data: data + b"{}\n"),
    "journal.number": Draft(number=0),
    "journal.gap": Draft(number=2),
    "journal.missing": log_file(_gone),
    "journal.hash": log_file(lambda path, file: replace(file, sha256="0" * 64)),
    "journal.rows": log_file(lambda path, file: replace(file, rows=file.rows + 1)),
    "journal.unlisted": Draft(library=_copied_file),
    "journal.record": Draft(batch=lambda batch: replace(batch, closed="2026-11-05T10:00:01Z")),
    "journal.span": Draft(span=lambda span: replace(span, start=5)),
    "journal.incomplete": Draft(library=extra(_batch_2())),
    "parquet.shown": Draft(library=_listed_as_removed),
    "library.link": Draft(library=_relinked),
    "library.removal": Draft(library=lambda library: _list_removal(library.path)),
    "library.tombstones": Draft(library=_garbage_in_the_list),
    "state.unreadable": Draft(library=_no_state),
    "state.offset": Draft(library=lambda library: library.state.set_synced(RECORD, 2**40)),
    "state.unknown": Draft(library=lambda library: library.state.forget_warc(NAME)),
}
ELSEWHERE = {  # tests of proofs and of removals
    "parquet.withheld",
    *("proof.differs", "proof.unreadable", "proof.payload", "proof.extractor"),
}


def test_a_library_that_is_what_it_must_be_passes(tmp_path: Path) -> None:
    found = verify(Draft().write(tmp_path / "library"))
    assert found.findings == ()
    assert (found.records, found.captures, found.files) == (13, 3, 6)


@pytest.mark.parametrize("code", CASES)
def test_only_one_check_finds(code: str, tmp_path: Path) -> None:
    folder = CASES[code].write(tmp_path / "library")
    found = verify(folder)
    assert {finding.code for finding in found.findings} == {code}
    for finding in found.findings:
        assert finding.severity == CHECKS[code].severity
        assert finding.detail
        assert not Path(finding.path).is_absolute()
    assert found.errors == (len(found.findings) if CHECKS[code].severity == "error" else 0)
    assert verify(folder, disabled=[code]).findings == ()


def test_each_check_has_such_a_library() -> None:
    assert {*CASES, *ELSEWHERE} == CHECKS.keys()


def test_a_check_that_does_not_exist_cannot_be_disabled() -> None:
    with pytest.raises(KeyError):
        without_codes(["warc.nonsense"])
