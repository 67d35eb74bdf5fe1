"""What a rebuild cannot derive any more: bytes that a batch takes in, damaged or gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archive.errors import ArchiveError, BytesMissing
from archive.imported.captures import read_held
from archive.imported.index import held_of
from archive.library import Library
from archive.tables import journal
from archive.tables.journal import JournalEntry, Quarantined, Span, holds
from archive.warc.records import Record
from archive.warc.restored import restored_in
from archive.warc.scan import Damaged, scan_groups
from pipelines.batch_writer import Recorded
from pipelines.publish import absent
from pipelines.rebuild.survey import Survey, is_of_import


def known_entries(library: Library) -> dict[int, JournalEntry]:
    """The batches of the present generation by number; none where it is not there."""
    try:
        entries = journal.read_journal(library.generation)
    except (ArchiveError, ValueError, KeyError, TypeError):  # gone or damaged: made again
        return {}
    return {entry.batch.number: entry for entry in entries}


def losses(library: Library, found: Survey) -> dict[int, tuple[Quarantined, ...]]:
    """By batch, the bytes that it takes in and no row can come from; bytes that its own record
    names do not count."""
    gone = {file for file in found.imported if not (library.path / file).exists()}
    lost: dict[int, tuple[Quarantined, ...]] = {}
    for number, recorded in found.batches.items():
        ranges = [*absent(library, recorded.batch), *_damaged(found, recorded)]
        ranges += [one for span in recorded.batch.inputs for one in _lost_within(found, span, gone)]
        named = recorded.batch.quarantined
        lost[number] = tuple(one for one in ranges if not holds(named, one.file, one.start))
    return lost


def new(
    lost: Mapping[int, Iterable[Quarantined]], known: Mapping[int, JournalEntry]
) -> Iterator[Quarantined]:
    """The part of *lost* that the present generation was made with."""
    for number in sorted(lost):
        named = known[number].left_out if number in known else ()
        yield from (one for one in lost[number] if not holds(named, one.file, one.start))


def _damaged(found: Survey, recorded: Recorded) -> Iterator[Quarantined]:
    for span in recorded.batch.inputs:
        for one in found.flaws:
            if one.file == span.file and span.start <= one.start < span.end:
                yield one


def _lost_within(found: Survey, span: Span, gone: Iterable[str]) -> Iterator[Quarantined]:
    """The records of *span* that name captures in imported files that are *gone*."""
    for file in gone:
        for record in found.imported[file]:
            if record.file == span.file and span.start <= record.start < span.end:
                yield Quarantined(record.file, record.start, record.end, f"{file} is not there")


def refuse(library: Library, lost: Iterable[Quarantined]) -> None:
    """Raise BytesMissing where anything is *lost*."""
    places = [str(one) for one in lost]
    if places:
        raise BytesMissing(library.path, places)


def unread(
    library: Library, left_out: Iterable[Quarantined], harmless: Iterable[Quarantined]
) -> list[Quarantined]:
    """The part of *left_out* that is damaged, and not *harmless*; the rest are captures that raised
    or killed a worker."""
    places = {(one.file, one.start) for one in harmless}
    wanted = (one for one in left_out if (one.file, one.start) not in places)
    return [one for one in wanted if _is_damaged(library, one)]


def _is_damaged(library: Library, one: Quarantined) -> bool:
    path = library.warc(one.file)
    if not path.exists():
        return True
    with path.open("rb") as stream:
        restored = restored_in(library.path, one.file)
        for found in scan_groups(stream, one.start, one.end, restored):
            if isinstance(found, Damaged) or not _is_readable(library, found[0].record):
                return True
    return False


def _is_readable(library: Library, record: Record) -> bool:
    """Whether the capture that *record* names, if it is of an import, can be read."""
    if not is_of_import(record):
        return True
    try:
        read_held(library.path, held_of(record.block))
    except (ArchiveError, OSError):
        return False
    return True
