"""Damaged bytes and captures that no worker bears: they cost themselves, are kept, and are named."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.disk import files
from archive.errors import BytesMissing
from archive.library import Library
from archive.repair import quarantine
from archive.repair.recover import recover
from archive.tables import journal
from archive.tables.journal import Quarantined, Span
from archive.types import Article, Capture, Discovery, Pointer
from archive.verify.library import verify
from archive.warc.captures import records_of
from archive.warc.records import make_record, new_record_id
from archive.warc.scan import Damaged, scan
from archive.warc_file import WarcFile
from archive.writer import WarcWriter
from pipelines.batch_writer import Published
from pipelines.derive import engine, staging
from pipelines.derive import spans as derivation
from pipelines.derive.arrow_rows import page_row
from pipelines.derive.engine import Engine
from pipelines.derive.spans import derive
from pipelines.derive.staging import pending, task_of
from pipelines.derive.workers.marks import marking, take_marks
from pipelines.extract import read_tree
from pipelines.page.html import Page
from pipelines.publish import finish_incomplete, publish
from pipelines.rebuild.rebuild import RebuildOptions, rebuild
from support import contents

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
WORDS = "The ferry number {} leaves at nine and is back at noon, whoever is on it. "
ONE = Engine("local", 1)
METADATA = (
    b'{"format": 1, "run_id": "run-1", "source": "review", "discovered_by": "feed", "date_announced": '
    b'null, "date_modified_announced": null, "discovered_via": null, "title_announced": null}'
)


def capture(number: int, paragraphs: int = 9) -> Capture:
    text = "".join(f"<p>{WORDS.format(number * 100 + i) * 4}" for i in range(paragraphs))
    page = f"<html lang=en><title>Essay {number}</title><h1>Essay {number}</h1><article>{text}"
    return Capture(
        url=f"https://review.example/essay-{number}",
        fetch_time=datetime(2026, 11, 5, 9, 30, tzinfo=UTC) + timedelta(seconds=number),
        request=b"GET / HTTP/1.1\r\n\r\n",
        head=HEAD,
        body=page.encode(),
        warc_record_id=new_record_id(),
        run_id="run-1",
        discovery=Discovery(source="review", by="feed"),
    )


def write(library: Library, captures: list[Capture]) -> list[Pointer]:
    with closing(WarcWriter(library)) as writer:
        futures = [writer.write(one) for one in captures]
        return [future.result(20) for future in futures]


@pytest.fixture
def written(library: Library) -> list[Pointer]:
    """Where five pages stand that are captured and not published."""
    return write(library, [capture(number) for number in range(5)])


def hurt(library: Library, pointer: Pointer) -> None:
    """Flip a byte in the middle of a record."""
    with (library.path / pointer.filename).open("r+b") as stream:
        stream.seek(pointer.offset + pointer.length // 2)
        byte = stream.read(1)[0]
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte ^ 0xFF]))


def published_here(library: Library) -> Published | None:
    """Publish; what is pending is derived in this process, which spares starting workers."""
    for span in pending(library):
        derive(task_of(library, span))
    return publish(library, ONE)


def urls(library: Library, table: str = "captures") -> list[int]:
    found = library.table(table, columns=["url"])
    return sorted(int(row["url"].rpartition("-")[2]) for row in found)


def test_a_damaged_response_costs_its_capture_and_is_named_in_the_batch(
    library: Library, written: list[Pointer]
):
    hurt(library, written[2])
    before = (library.path / written[2].filename).read_bytes()
    published = published_here(library)
    assert published is not None
    (left,) = published.quarantined
    end = written[2].offset + written[2].length
    assert (left.file, left.start, left.end) == (written[2].filename, written[2].offset, end)
    assert urls(library) == urls(library, "articles") == [0, 1, 3, 4]
    (entry,) = journal.read_journal(library.generation)
    assert entry.batch.quarantined == (left,)
    assert entry.left_out == ()
    with library.warc(entry.record.file).open("rb") as stream:
        *_, record = scan(stream, 0, entry.record.end)
    assert not isinstance(record, Damaged)
    assert journal.Batch.from_bytes(record.record.block) == entry.batch
    assert (library.path / written[2].filename).read_bytes() == before


def test_the_damaged_bytes_are_kept_aside_with_a_card(library: Library, written: list[Pointer]):
    hurt(library, written[2])
    published_here(library)
    at = written[2]
    data = (library.path / at.filename).read_bytes()[at.offset : at.offset + at.length]
    stem = f"{Path(at.filename).name}.{at.offset}"
    assert (library.path / f"quarantine/{stem}.bytes").read_bytes() == data
    card = json.loads((library.path / f"quarantine/{stem}.json").read_bytes())
    why = card.pop("why")
    assert "gzip" in why
    assert card == {
        "file": at.filename,
        "offset": at.offset,
        "length": at.length,
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def test_bytes_are_kept_once_and_never_over_others(library: Library, written: list[Pointer]):
    at = written[1]
    for _ in range(2):
        quarantine.keep_bytes(library, at.filename, at.offset, at.offset + 9, "why")
    folder = library.path / "quarantine"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(before) == 2
    quarantine.keep_bytes(library, at.filename, at.offset, at.offset + 10, "why")
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(after) == 4
    assert before.items() <= after.items()


def test_a_file_that_lost_its_end_costs_what_stood_there(library: Library, written: list[Pointer]):
    path = library.path / written[3].filename
    os.truncate(path, written[3].offset + 7)
    published = published_here(library)
    assert published is not None
    (left,) = published.quarantined
    assert left.start == written[3].offset
    assert urls(library) == [0, 1, 2]
    assert published_here(library) is None


def test_nothing_but_damage_is_a_batch_too_and_is_told_once(library: Library):
    (at,) = write(library, [capture(1)])
    hurt(library, at)
    published = published_here(library)
    assert published is not None
    assert len(published.quarantined) == 1
    assert published_here(library) is None
    assert urls(library) == []


def test_damage_that_was_mended_meanwhile_stays_out_so_that_tables_are_the_same(
    library: Library, written: list[Pointer]
):
    hurt(library, written[2])
    published_here(library)
    before = contents(library)
    hurt(library, written[2])  # twice flipped is whole again
    rebuilt = rebuild(library, ONE)
    assert contents(library) == before
    assert len(rebuilt.quarantined) == 1


def test_damage_that_came_after_publishing_is_told_by_rebuild(
    library: Library, written: list[Pointer]
):
    published_here(library)
    hurt(library, written[2])
    with pytest.raises(BytesMissing, match=f"bytes {written[2].offset:,} to"):
        rebuild(library, ONE)
    assert urls(library) == [0, 1, 2, 3, 4]
    rebuilt = rebuild(library, ONE, how=RebuildOptions(accept_loss=True))
    assert urls(library) == [0, 1, 3, 4]
    assert [one.start for one in rebuilt.quarantined] == [written[2].offset]
    (entry,) = journal.read_journal(library.generation)
    assert entry.batch.quarantined == ()
    assert [one.start for one in entry.left_out] == [written[2].offset]


def test_an_unfinished_batch_leaves_out_what_it_named_though_it_was_staged(
    library: Library, written: list[Pointer], monkeypatch: pytest.MonkeyPatch
):
    """As after a crash between a batch's record and its tables, the culprit behaving this time."""
    hurt(library, written[2])
    with monkeypatch.context() as crash:
        crash.setattr(journal, "append", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            published_here(library)
    hurt(library, written[2])
    files.remove_tree(library.staging)
    files.make_folder(library.staging)
    spans = pending(library)
    for span in spans:
        derive(task_of(library, span))
    finished = finish_incomplete(library, spans, ONE)
    assert finished is not None
    assert finished.batch == 1
    assert urls(library) == urls(library, "articles") == [0, 1, 3, 4]


def test_a_batch_record_of_old_has_nothing_quarantined():
    body = b'{"format": 1, "number": 1, "closed": "x", "inputs": [], "payloads": []}'
    assert journal.Batch.from_bytes(body).quarantined == ()


def test_payloads_are_written_without_what_is_quarantined(library: Library, written: list[Pointer]):
    hurt(library, written[2])
    for span in pending(library):
        derive(task_of(library, span))
    publish(library, ONE, payloads=True)
    assert [row["payload"].count(b"<h1>") for row in library.table("payloads")] == [1] * 4


# Captures that no worker bears


@pytest.mark.long
def test_a_capture_that_its_worker_cannot_bear_is_left_out_and_never_tried_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
):
    large = b"<a href=/x>The ferry leaves at nine.</a> " * 240_000  # about two seconds
    coded = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    heavy = replace(capture(2), head=coded, body=gzip.compress(large, mtime=0))
    pointers = write(library, [capture(0), capture(1), heavy, capture(3)])
    with monkeypatch.context() as strict:
        strict.setattr(staging, "CAPTURE_SECONDS", 1.2)
        published = publish(library, ONE)
    assert published is not None
    (left,) = published.quarantined
    assert left.start == pointers[2].offset
    assert left.end == pointers[3].offset
    assert left.why == "killed its worker 3 times"
    assert urls(library) == [0, 1, 3]
    before = contents(library)
    rebuild(library, ONE)  # has time enough for it, and does not try
    assert contents(library) == before


ODD_METADATA = {
    "no JSON": b"{",
    "no object": b"[]",
    "deep": b"[" * 100_000,
    "no format": b'{"run_id": "run-1"}',
    "half a discovery": b'{"format": 1, "run_id": "run-1", "source": "review"}',
    "a date that is none": METADATA.replace(b"null", b'"soon"', 1),
    "a date before all": METADATA.replace(b"null", b'"0001-01-01T00:00:00+23:59"', 1),
    "a source that is no text": METADATA.replace(b'"review"', b"7"),
    "a run that is no text": METADATA.replace(b'"run-1"', b'["run-1"]'),
}


@pytest.mark.parametrize("said", ODD_METADATA.values(), ids=ODD_METADATA)
def test_a_capture_whose_metadata_cannot_be_read_is_left_out_for_ever(
    library: Library, said: bytes
) -> None:
    write(library, [capture(0), capture(2)])
    file = WarcFile(library, 1)
    records = records_of(capture(1), file.warcinfo_id)
    head = [one for one in records[-1].fields if one[0] != "WARC-Block-Digest"][3:]
    odd = make_record("metadata", capture(1).fetch_time, b"backissue: " + said + b"\r\n", head)
    pointer = file.append([*records[:-1], odd])
    file.seal()
    published = published_here(library)
    assert published is not None
    assert [one.start for one in published.quarantined] == [pointer.offset]
    assert urls(library) == urls(library, "articles") == [0, 2]
    before = contents(library)
    rebuild(library, ONE)
    recover(library)
    assert contents(library) == before
    assert [one for one in verify(library.path).findings if one.severity == "error"] == []


def test_a_value_that_no_column_takes_costs_its_capture(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection: no page is known that gives such a value."""
    pointers = write(library, [capture(number) for number in range(3)])
    with monkeypatch.context() as patch:
        patch.setattr(derivation, "page_row", with_too_many_words)
        published = published_here(library)
    assert published is not None
    assert [one.start for one in published.quarantined] == [pointers[1].offset]
    assert urls(library) == urls(library, "articles") == [0, 2]


def with_too_many_words(article: Article, *given: Any) -> dict[str, Any]:
    row = page_row(article, *given)
    return row | {"word_count": 2**40} if article.url.endswith("-1") else row


def failing(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_what_the_machine_lacks_costs_no_capture(
    library: Library, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Fault injection: memory and disk are full for once."""
    write(library, [capture(number) for number in range(3)])
    with monkeypatch.context() as patch:
        patch.setattr(derivation, "read_tree", lambda *_: failing(error))
        with pytest.raises(type(error)):
            published_here(library)
    for folder in library.staging.rglob(".*.mark"):
        folder.unlink()
    published = published_here(library)
    assert published is not None
    assert published.quarantined == ()
    assert urls(library, "articles") == [0, 1, 2]


def test_a_capture_that_memory_does_not_suffice_for_costs_itself(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection: workers are threads, and one page is too much for each."""
    pointers = write(library, [capture(number) for number in range(4)])
    with monkeypatch.context() as patch:
        patch.setattr(engine, "local_pool", ThreadPoolExecutor)
        patch.setattr(derivation, "read_tree", too_much_for_memory)
        published = publish(library, ONE)
    assert published is not None
    assert [one.start for one in published.quarantined] == [pointers[2].offset]
    assert published.quarantined[0].why == "killed its worker 3 times"
    assert urls(library, "articles") == [0, 1, 3]


def too_much_for_memory(page: Page, *given: Any) -> Any:
    if page.url.endswith("-2"):
        raise MemoryError
    return read_tree(page, *given)


def test_marks_are_of_dead_workers_only(tmp_path: Path):
    folder = tmp_path / "staged/000000000000-000000000900"
    with marking(folder, 60) as mark:
        mark.begin(3, 9)
        mark.end()
        assert take_marks(folder) == set()
    assert list(folder.parent.iterdir()) == []
    folder.with_name(f".{folder.name}.ab.mark").write_text(f"{3:020} {9:020}")
    folder.with_name(f".{folder.name}.cd.mark").touch()  # killed before it began
    assert take_marks(folder) == {(3, 9)}
    assert list(folder.parent.iterdir()) == []


# Disks


class _BadSector(io.BytesIO):
    """A file whose bytes *lost* the disk cannot read."""

    lost = range(0)

    def read(self, size: int | None = -1) -> bytes:
        at = self.tell()
        data = super().read(size)
        if self.lost and at < self.lost.stop and at + len(data) > self.lost.start:
            raise OSError(5, "Input/output error")
        return data


def test_a_sector_that_the_disk_lost_costs_the_records_on_it(library: Library):
    pointers = write(library, [capture(number, 400) for number in range(4)])
    stream = _BadSector((library.path / pointers[0].filename).read_bytes())
    whole = list(scan(stream))
    sector = pointers[1].offset // 4096 + 1
    stream.lost = range(sector * 4096, sector * 4096 + 4096)
    assert pointers[1].offset < stream.lost.start < pointers[1].offset + pointers[1].length
    found = list(scan(stream))
    (damaged,) = [one for one in found if isinstance(one, Damaged)]
    assert damaged.offset == pointers[1].offset
    assert damaged.why == "the disk cannot read it (EIO)"
    rest = [one for one in whole if not damaged.offset <= one.offset < damaged.end]
    assert [one for one in found if not isinstance(one, Damaged)] == rest


def test_what_is_skipped_is_that_of_the_span() -> None:
    ranges = (Quarantined("a", 10, 20, "x"), Quarantined("b", 0, 5, "x"))
    assert journal.holds(ranges, "a", 10)
    assert not journal.holds(ranges, "a", 20)
    assert not journal.holds(ranges, "b", 10)


@pytest.fixture(autouse=True)
def nothing_of_workers_is_left(library: Library) -> Iterator[None]:
    yield
    assert list(library.staging.rglob(".*")) == []


def test_the_task_of_a_span_skips_what_is_known_of_it(library: Library) -> None:
    known = [Quarantined("warc/a", start, start + 5, "x") for start in (0, 10, 20)]
    task = task_of(library, Span("warc/a", 10, 20), known=known)
    assert task.skip == (known[1],)
