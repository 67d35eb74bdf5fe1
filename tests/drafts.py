"""A small library written by hand, so that a test can make any one part of it wrong.

What follows from a part is made from it: an index and rows agree with the records that the WARC
file really holds, unless they are changed themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.disk import files
from archive.library import Library
from archive.tables import journal
from archive.tables.journal import BATCH_URI, Batch, JournalEntry, Quarantined, Span, TableFile
from archive.tables.parquet import file_path, sort_rows, write_rows
from archive.tables.schema import TABLES
from archive.types import Capture, CdxEntry, Discovery, Original, Pointer
from archive.verify.tables import digest_of_text
from archive.warc import cdxj
from archive.warc.captures import capture_of, records_of
from archive.warc.records import (
    Located,
    Record,
    digest,
    make_record,
    record_member,
    resource_record,
)
from archive.warc_file import index_path
from archive.web.surt import article_id
from pipelines.derive.captures_row import capture_row
from pipelines.derive.payloads import payload_row

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
CLOSED = "2026-11-05T10:00:00.000000Z"
NAME = "warc/2026/11/BACKISSUE-20261105093015-00000-5f0c2a91.warc.gz"
RECORD = "warc/2026/11/BACKISSUE-20261105100000-00000-c81d07e4.warc.gz"
CONFIG = "sha256:" + "ab" * 32
INFO = "urn:uuid:00000000-0000-4000-8000-000000000000"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def record_id(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"


def page(number: int, body: bytes | None = None, **changes: Any) -> Capture:
    """A page of `review.example`; its records have the ids 10·number and what follows."""
    body = b"<p>Essay number %d, on ferries." % number if body is None else body
    given: dict[str, Any] = {
        "url": f"https://review.example/issue/{number}",
        "fetch_time": MOMENT + timedelta(seconds=number),
        "request": b"GET /issue/%d HTTP/1.1\r\nHost: review.example\r\n\r\n" % number,
        "head": HEAD + b"Content-Length: %d\r\n\r\n" % len(body),
        "body": body,
        "warc_record_id": record_id(10 * number),
        "run_id": "run-1",
        "discovery": Discovery(source="review", by="feed"),
        "details": {"latency_ms": 12},
        "role": "page",
    }
    return Capture(**given | changes)


def again(capture: Capture, number: int, **changes: Any) -> Capture:
    """The same page a day later: a revisit of *capture*."""
    original = Original(
        profile="identical-payload-digest",
        warc_record_id=capture.warc_record_id,
        url=capture.url,
        fetch_time=capture.fetch_time,
        payload_digest=digest(capture.payload),
    )
    later = capture.fetch_time + timedelta(days=1)
    return replace(
        capture,
        fetch_time=later,
        body=b"",
        warc_record_id=record_id(10 * number),
        original=replace(original, **changes),
    )


def captures() -> list[Capture]:
    """Two pages, and the first of them again."""
    first, second = page(1), page(2)
    return [first, second, again(first, 3)]


def records(several: list[Capture]) -> list[Record]:
    """The records of a WARC file with *several* captures and the log of their run."""
    info = warcinfo(NAME)
    found = [info]
    for capture in several:
        first, *others = records_of(capture, info.id)
        number = int(first.id[-12:])
        found.append(first)
        found += [renamed(one, record_id(number + n)) for n, one in enumerate(others, 1)]
    log = {"url": several[0].url, "warc_record_id": several[0].warc_record_id}
    body = b"\n".join(
        json.dumps(x).encode() for x in ({"run_id": "run-1", "source": "review"}, log)
    )
    made = resource_record(
        "urn:backissue:crawl-log:run-1", body, "application/jsonl", MOMENT, info.id
    )
    return [*found, renamed(made, record_id(999))]


def warcinfo(name: str) -> Record:
    fields = [
        ("WARC-Record-ID", INFO if name == NAME else record_id(998)),
        ("WARC-Filename", name.rpartition("/")[2]),
        ("Content-Type", "application/warc-fields"),
    ]
    return make_record("warcinfo", MOMENT, b"software: tests\r\n", fields)


def renamed(record: Record, new: str) -> Record:
    return with_field(record, "WARC-Record-ID", f"<{new}>")


def with_field(record: Record, name: str, value: str | None) -> Record:
    """*record* with another value of a field; None: without the field."""
    found = [(n, value if n.lower() == name.lower() else v) for n, v in record.fields]
    return Record(tuple((n, v) for n, v in found if v is not None), record.block)


def with_block(record: Record, block: bytes) -> Record:
    """*record* with another block, its block digest in order."""
    return with_field(Record(record.fields, block), "WARC-Block-Digest", digest(block))


def same(value: Any) -> Any:
    return value


@dataclass
class Draft:
    """A library to be written; each function may change what was made up to its step."""

    captures: list[Capture] = field(default_factory=captures)
    records: Callable[[list[Record]], list[Record]] = same
    members: Callable[[list[bytes]], list[bytes]] = same
    entries: Callable[[list[CdxEntry]], list[CdxEntry]] = same
    index: Callable[[bytes], bytes | None] = same
    rows: Callable[[Rows], Rows] = same
    files: Callable[[Path, list[TableFile]], list[TableFile]] = lambda generation, files: files
    damaged: int | None = None  # number of a record: a byte of it is changed, and the batch says so
    number: int = 1
    span: Callable[[Span], Span] = same
    batch: Callable[[Batch], Batch] = same
    entry: Callable[[JournalEntry], JournalEntry] = same
    journal: Callable[[bytes], bytes] = same
    library: Callable[[Library], None] = lambda library: None

    def write(self, folder: Path) -> Path:
        """Write the library into *folder*."""
        with Library.create(folder, "draft") as library:
            end, rows, quarantined = self._write_warc(library)
            written = self._write_tables(library, self.rows(rows))
            written = self.files(library.generation, written)
            span = self.span(Span(NAME, 0, end))
            batch = Batch(self.number, CLOSED, (span,), (self.number,), quarantined)
            self._write_batch(library, batch, written)
            self.library(library)
        return folder

    def _write_warc(self, library: Library) -> tuple[int, Rows, tuple[Quarantined, ...]]:
        kept = self.records(records(self.captures))
        members = [record_member(record) for record in kept]
        located, at = [], 0
        for record, member in zip(kept, members, strict=True):
            located.append(Located(record, at, len(member)))
            at += len(member)
        data = b"".join(self.members(members))
        found = [cdxj.entry_of(one, NAME) for one in located if _is_whole(one)]
        index = self.index(cdxj.index_bytes(self.entries([one for one in found if one])))
        put(library, NAME, data, index)
        if self.damaged is None:
            return len(data), _rows(located), ()
        hurt = located.pop(self.damaged)
        at, end = hurt.offset + hurt.length // 2, hurt.offset + hurt.length
        put(library, NAME, data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :], index)
        return len(data), _rows(located), (Quarantined(NAME, hurt.offset, end, "damaged"),)

    def _write_tables(self, library: Library, rows: Rows) -> list[TableFile]:
        written = []
        for table, several in rows.items():
            found = pa.Table.from_pylist(several, schema=TABLES[table])
            path = file_path(table, "2026-11", "g0001-000001-abababab")
            target = library.generation
            written.append(write_rows(target, path, table, sort_rows(table, found)))
        return written

    def _write_batch(self, library: Library, batch: Batch, written: list[TableFile]) -> None:
        info = warcinfo(RECORD)
        body = self.batch(batch).to_bytes()
        uri = f"{BATCH_URI}{self.number}"
        record = resource_record(uri, body, "application/json", MOMENT, info.id)
        data = record_member(info) + record_member(renamed(record, record_id(997)))
        put(library, RECORD, data, b"")
        record_span = Span(RECORD, 0, len(data))
        entry = JournalEntry(batch, record_span, "backissue 1", CONFIG, tuple(written))
        journal.append(library.generation, self.entry(entry))
        path = library.generation / "batches.jsonl"
        path.write_bytes(self.journal(path.read_bytes()))


def _is_whole(located: Located) -> bool:
    try:
        return bool(located.record.date)
    except ValueError:
        return False


def put(library: Library, name: str, data: bytes, index: bytes | None) -> None:
    path = library.path / name
    files.put(path, data)
    if index is not None:
        files.put(index_path(path), index)
    library.state.set_synced(name, len(data), sealed=True)


def _rows(located: list[Located]) -> Rows:
    rows: Rows = {"captures": [], "articles": [], "payloads": [], "crawl_log": []}
    groups: list[list[Located]] = []
    for one in located:
        if one.record.type in ("response", "revisit"):
            groups.append([one])
        elif groups and one.record.type in ("request", "metadata"):
            groups[-1].append(one)
    for group in filter(lambda group: _is_whole(group[0]), groups):
        capture = _capture(group)
        pointer = Pointer(NAME, group[0].offset, group[0].length)
        rows["captures"].append(capture_row(capture, pointer, "draft"))
        if not capture.original:
            rows["articles"].append(_article(rows["captures"][-1]))
            rows["payloads"].append(payload_row(capture.url, [one.record for one in group]))
    first = rows["captures"][0]
    rows["crawl_log"].append(
        {key: first[key] for key in ("url", "warc_record_id", "fetch_time", "run_id", "source")}
        | {"article_id": rows["articles"][0]["article_id"], "outcome": "fetched"}
    )
    return rows


def _capture(group: list[Located]) -> Capture:
    capture = capture_of([one.record for one in group if _is_readable(one.record)])
    declared = group[0].record.get("WARC-Payload-Digest") or ""
    if not capture.original:
        return capture
    return replace(capture, original=replace(capture.original, payload_digest=declared))


def _is_readable(record: Record) -> bool:
    return record.type != "metadata" or record.block.startswith(b"backissue: {")


def _article(row: Row) -> Row:
    text = "Essay on ferries."
    pointer = ("url", "fetch_time", "warc_record_id", "warc_filename")
    places = ("warc_record_offset", "warc_record_length")
    return {key: row[key] for key in (*pointer, *places)} | {
        "article_id": article_id(row["url"]),
        "version": 1,
        "article_body": text,
        "text_digest": digest_of_text(text),
    }


EXTRA = "warc/2026/11/BACKISSUE-20261105093015-00001-0badcafe.warc.gz"
EXTRA_INFO = record_id(900)


def note(number: int = 901, block: bytes = b"ferries", **fields: str | None) -> Record:
    """A resource record that is not ours; *fields* (`target_uri`, …) are changed."""
    record = resource_record("https://review.example/note", block, "text/plain", MOMENT, EXTRA_INFO)
    record = renamed(record, record_id(number))
    for name, value in fields.items():
        record = with_field(record, f"WARC-{name.replace('_', '-').title()}", value)
    return record


def extra(*members: bytes, info: Record | None = None) -> Callable[[Library], None]:
    """Adds one more WARC file, without captures and in no batch: its warcinfo, then *members*."""
    first = info or renamed(warcinfo(EXTRA), EXTRA_INFO)
    return lambda library: put(library, EXTRA, b"".join([record_member(first), *members]), b"")
