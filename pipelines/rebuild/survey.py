"""One pass over the WARC files: what a rebuild replays, and what the machine remembered of them."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.disk import files
from archive.errors import ArchiveError
from archive.imported.index import CAPTURES_URI, held_of
from archive.library import Library, restored_of
from archive.removal.tombstones import REMOVAL_URI, Tombstone, from_line
from archive.revisits import validator_of
from archive.state.rows import Validator, now_text
from archive.tables.journal import BATCH_URI, NO_BATCH, Batch, Quarantined, Span
from archive.types import CdxEntry
from archive.warc import cdxj
from archive.warc.captures import capture_of
from archive.warc.crawl_log import CRAWL_LOG_URI, SOURCE_URI
from archive.warc.records import Located, Record
from archive.warc.scan import Damaged, scan_groups
from archive.warc_file import index_path
from pipelines.batch_writer import Recorded

MOST_OF_INFO = 1024  # bytes of a warcinfo record's member: what is damaged behind is another's
_SAYS_NOTHING = "a record of ours that says nothing that can be understood"
_CAPTURES = 500  # captures of one task; few tasks of our own captures have as many
_PIECE = 4 * 2**20  # bytes of WARC for one task: what an interruption costs at most, per worker


@dataclass(frozen=True, slots=True)
class RebuildPiece:
    """A part of a batch's input that is derived as one task, and the captures in it."""

    span: Span
    captures: int


@dataclass(slots=True)
class Survey:
    """What the sealed WARC files hold.

    Batches by number; runs' logs as (start of the run, file, offset); what each run captured;
    offsets of captures by file; what is damaged; imported files, and the records that name their
    captures; what a person had removed.
    """

    batches: dict[int, Recorded] = field(default_factory=dict)
    logs: list[tuple[str, str, int]] = field(default_factory=list)
    captures_of_run: Counter[str] = field(default_factory=Counter)
    begun: dict[str, tuple[str, str]] = field(default_factory=dict)  # runs: source, first capture
    captures: dict[str, array[int]] = field(default_factory=dict)
    flaws: list[Quarantined] = field(default_factory=list)
    harmless: list[Quarantined] = field(default_factory=list)  # damage that no row comes from
    damaged_logs: set[str] = field(default_factory=set)  # ids of runs
    imported: dict[str, list[Span]] = field(default_factory=dict)
    removals: list[Tombstone] = field(default_factory=list)
    indexes_written: int = 0

    @property
    def damaged(self) -> set[str]:
        """The files in which something is damaged."""
        return {one.file for one in self.flaws}


def survey(
    library: Library, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Survey:
    """Read all sealed WARC files; rewrite each CDXJ that is missing or differs.

    *on_progress* gets how many files of how many were read. The validators of responses go into the
    library's state, where it knows nothing newer.
    """
    found = Survey()
    paths = sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz"))
    for number, path in enumerate(paths, 1):
        _look_at(library, path, found)
        on_progress(number, len(paths))
    return found


def replaced(batches: Mapping[int, Recorded]) -> list[int]:
    """The batches that a later batch replaces: it takes in some of the same bytes.

    That happens where a batch was closed while the record of an earlier batch was not in the
    library.
    """
    taken: dict[str, list[Span]] = {}
    found = []
    for number in sorted(batches, reverse=True):
        inputs = batches[number].batch.inputs
        if any(_overlap(one, other) for one in inputs for other in taken.get(one.file, ())):
            found.append(number)
            continue
        for span in inputs:
            taken.setdefault(span.file, []).append(span)
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def is_of_import(record: Record) -> bool:
    """Whether *record* names a capture that stands in an imported file."""
    return (record.get("WARC-Target-URI") or "").startswith(CAPTURES_URI)


def pieces(found: Survey, batch: Batch) -> Iterator[RebuildPiece]:
    """The inputs of *batch* in parts of about 4 MiB, cut between captures, where all is sound.

    Captures in imported files are cut by their number: here are only the records that name them.
    """
    for span in batch.inputs:
        sound = span.file not in found.damaged and not batch.quarantined
        size, most = (_PIECE, _CAPTURES) if sound else (span.end, span.end)
        yield from _cut(found, span, size, most)


def _cut(found: Survey, span: Span, size: int, most: int) -> Iterator[RebuildPiece]:
    offsets = found.captures.get(span.file, ())
    start, captures = span.start, 0
    for offset in offsets:
        if not span.start <= offset < span.end:
            continue
        if offset - start >= size or captures >= most:
            yield RebuildPiece(Span(span.file, start, offset), captures)
            start, captures = offset, 0
        captures += 1
    yield RebuildPiece(Span(span.file, start, span.end), captures)


def _look_at(library: Library, path: Path, found: Survey) -> None:
    name = str(path.relative_to(library.path))
    entries: list[CdxEntry] = []
    validators: dict[str, Validator] = {}
    offsets = found.captures[name] = array("Q")
    for group in _groups(library, path):
        if isinstance(group, Damaged):
            flaw = Quarantined(name, group.offset, group.end, group.why)
            (found.harmless if _is_harmless(group) else found.flaws).append(flaw)
            if (uri := group.url or "").startswith(CRAWL_LOG_URI):
                found.damaged_logs.add(uri.removeprefix(CRAWL_LOG_URI))
            continue
        if entry := cdxj.entry_of(group[0], name):
            entries.append(entry)
        if group[0].record.type in ("response", "revisit"):
            offsets.append(group[0].offset)
            _look_at_capture(group, name, found, validators)
        else:
            if is_of_import(group[0].record):
                offsets.append(group[0].offset)
            _look_at_resource(group[0], name, found)
    library.state.restore_validators(validators.values())
    index, lines = index_path(path), cdxj.index_bytes(entries)
    if not index.exists() or (index.read_bytes() != lines and name not in found.damaged):
        files.put(index, lines)
        found.indexes_written += 1


def _end(located: Located) -> int:
    return located.offset + located.length


def _is_harmless(damage: Damaged) -> bool:
    """Whether no row comes from what is damaged: from warcinfo, or a source's declaration."""
    is_info = damage.offset == 0 and damage.end <= MOST_OF_INFO
    return is_info or (damage.url or "").startswith(SOURCE_URI)


def _groups(library: Library, path: Path) -> Iterator[list[Located] | Damaged]:
    with path.open("rb") as stream:
        yield from scan_groups(stream, restored=restored_of(library, path))


def _look_at_capture(
    group: list[Located], name: str, found: Survey, validators: dict[str, Validator]
) -> None:
    try:
        capture = capture_of([located.record for located in group])
    except ArchiveError:  # derivation names it
        return
    if capture.run_id:
        found.captures_of_run[capture.run_id] += 1
        if capture.discovery:
            first = capture.discovery.source, now_text(capture.fetch_time)
            found.begun.setdefault(capture.run_id, first)
    validator = validator_of(capture, name, group[0].offset)
    if validator:
        before = validators.get(validator.url_surtkey)
        if before is None or before.fetch_time <= validator.fetch_time:
            validators[validator.url_surtkey] = validator


def _look_at_resource(located: Located, name: str, found: Survey) -> None:
    """Note what a record of ours says; one that says nothing counts as damaged."""
    try:
        _note(located, name, found)
    except NO_BATCH:
        found.flaws.append(Quarantined(name, located.offset, _end(located), _SAYS_NOTHING))


def _note(located: Located, name: str, found: Survey) -> None:
    record = located.record
    uri = record.get("WARC-Target-URI") or ""
    if uri.startswith(CAPTURES_URI):
        place = Span(name, located.offset, _end(located))
        found.imported.setdefault(held_of(record.block).file, []).append(place)
    if record.type == "resource" and uri.startswith(BATCH_URI):
        batch = Batch.from_bytes(record.block)
        place = Span(name, 0, _end(located))
        found.batches[batch.number] = Recorded(batch, place)
    elif record.type == "resource" and uri.startswith(REMOVAL_URI):
        found.removals.append(from_line(record.block))
    elif record.type == "resource" and uri.startswith(CRAWL_LOG_URI):
        card = json.loads(record.block.partition(b"\n")[0])
        found.logs.append((card["started"], name, located.offset))
