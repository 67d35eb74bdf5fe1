"""Captures into `payloads` rows: headers verbatim, bodies decoded, and the way back to the wire.

Pages of a site share their template. Where decoded pages stand side by side in large Parquet pages,
zstd sees the template once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.imported.captures import head_of, read_held
from archive.imported.index import CAPTURES_URI, HeldCapture, held_from_line, held_of, held_to_line
from archive.library import Library
from archive.removal.tombstones import NAME, Tombstones, read
from archive.tables import journal
from archive.tables.journal import Batch, Quarantined, Ranges, Span, TableFile
from archive.tables.schema import PAYLOADS
from archive.types import Capture
from archive.warc.captures import capture_of
from archive.warc.records import Located, Record, record_bytes
from archive.warc.restored import restored_in
from archive.warc.scan import scan_groups
from archive.web.http import MAX_CONTENT, decode_content
from archive.web.surt import url_surtkey
from pipelines.derive.arrow_rows import read_staged
from pipelines.derive.engine import Engine, executor
from pipelines.derive.in_order import in_order
from pipelines.derive.payload_groups import write_payloads
from pipelines.derive.recipes.recipe import recipe
from pipelines.derive.workers.whose_fault import is_of_the_machine, why

UNTRIED = "untried"
"""Stands for a `payload_exact` that nobody has looked for."""
_WORTH_WORKERS = 600  # captures: fewer are made sooner than processes start
_AT_ONCE = 50  # captures of a task
_TEXT_LIKE = ("text/", "application/json", "application/xml", "application/xhtml", "+xml", "+json")

_Pointer = tuple[str, Any, str, str, int, str, Span]
"""Sort key (three fields), file, offset; for an imported capture what its record says of it; and
where in the inputs it stands."""


@dataclass(frozen=True, slots=True)
class PayloadPlace:
    """Where payload files are made: of which *library* and *generation*, below which *workspace*,
    under which name."""

    library: Library
    generation: Path
    workspace: Path
    stem: str


def payload_files(
    place: PayloadPlace,
    batch: Batch,
    recipes: Mapping[str, str | None] | None = None,
    engine: Engine | None = None,
) -> tuple[list[TableFile], list[Quarantined]]:
    """Write the payload files that *batch* asks for; nothing where it asks for none.

    *recipes* has `payload_exact` by record id, as far as it is known. Where files are large, the
    workers of *engine* make them. Returns also the captures that no row could be made of.
    """
    unborne, known = list[Quarantined](), recipes or {}
    library, generation = place.library, place.generation
    tombstones = Tombstones(read(generation / NAME))
    wanted = [
        PayloadFiles(library.path, place.workspace, month, place.stem, withheld, mine, exact)
        for month, found in sorted(_pointers(library, generation, batch, unborne).items())
        for withheld in (False, True)
        if (mine := _chosen(found, tombstones, withheld))
        if (exact := tuple(known.get(pointer[2], UNTRIED) for pointer in mine))
    ]
    written = list[TableFile]()
    for made, left in _made(wanted, engine):
        written += made
        unborne += left
    return written, unborne


def _chosen(found: list[_Pointer], tombstones: Tombstones, withheld: bool) -> tuple[_Pointer, ...]:
    """What of *found* a removal hides, or the rest, sorted."""
    return tuple(sorted(one for one in found if tombstones.covers(one[0]) is withheld))


@dataclass(frozen=True, slots=True)
class PayloadFiles:
    """The files of a month that are to be made of the captures at *pointers*, which are sorted.

    *recipes* has `payload_exact` of each, or `UNTRIED`.
    """

    library: Path
    workspace: Path
    month: str
    stem: str
    withheld: bool
    pointers: tuple[_Pointer, ...]
    recipes: tuple[str | None, ...]


_Made = tuple[list[TableFile], list[Quarantined]]


def _made(wanted: list[PayloadFiles], engine: Engine | None) -> Iterator[_Made]:
    """The files of *wanted*, each with what no row could be made of."""
    few = sum(len(one.pointers) for one in wanted) < _WORTH_WORKERS
    if few or engine is None or engine.kind != "local":
        yield from map(write_files, wanted)
        return
    with executor(engine) as pool:
        parts = list(chain.from_iterable(map(_parts, wanted)))
        found = chain.from_iterable(in_order(pool, recipes_of, parts))
        known = [
            replace(one, recipes=tuple(next(found) if r == UNTRIED else r for r in one.recipes))
            for one in wanted
        ]
        yield from in_order(pool, write_files, known)


def _parts(wanted: PayloadFiles) -> Iterator[PayloadFiles]:
    """What of *wanted* has no recipe yet, so many captures at a time."""
    pairs = zip(wanted.pointers, wanted.recipes, strict=True)
    untried = tuple(pointer for pointer, exact in pairs if exact == UNTRIED)
    for at in range(0, len(untried), _AT_ONCE):
        yield replace(wanted, pointers=untried[at : at + _AT_ONCE], recipes=())


def recipes_of(part: PayloadFiles) -> list[str | None]:
    """`payload_exact` of each capture of *part*; where none can be had, whoever writes sees why."""
    library, found = Library(part.library), list[str | None]()
    for pointer in part.pointers:
        with _naming(pointer[-1], []):
            found.append(_row_at(library, pointer)["payload_exact"])
            continue
        found.append(UNTRIED)
    return found


def write_files(wanted: PayloadFiles) -> _Made:
    """Write the files of *wanted*; returns also the captures that no row could be made of."""
    unborne = list[Quarantined]()
    rows = _rows(Library(wanted.library), wanted, unborne)
    month, stem, withheld = wanted.month, wanted.stem, wanted.withheld
    return list(write_payloads(wanted.workspace, month, stem, rows, withheld=withheld)), unborne


def _pointers(
    library: Library, generation: Path, batch: Batch, unborne: list[Quarantined]
) -> dict[str, list[_Pointer]]:
    """By month, the places of the texts and revisits in the batches that *batch* names."""
    found: dict[str, list[_Pointer]] = {}
    for made, skipped in _wanted(generation, batch):
        for span in made.inputs:
            for group in _whole_groups(library, span.file, span.start, span.end):
                start, end = group[0].offset, group[-1].offset + group[-1].length
                if skipped.hold(span.file, start):
                    continue
                place = Span(span.file, start, end)
                with _naming(place, unborne):
                    for pointer in _pointers_of(group[0].record, place):
                        found.setdefault(f"{pointer[1]:%Y-%m}", []).append(pointer)
    return found


def _wanted(generation: Path, batch: Batch) -> Iterator[tuple[Batch, Ranges]]:
    """The batches whose payloads *batch* asks for, each with what is left out of it."""
    if not batch.payloads:
        return
    known = {entry.batch.number: entry for entry in journal.read_journal(generation)}
    for number in batch.payloads:
        if number == batch.number:
            yield batch, Ranges(batch.quarantined)
        else:
            made, late = known[number].batch, known[number].left_out
            yield made, Ranges((*made.quarantined, *late, *batch.quarantined))


def _pointers_of(record: Record, place: Span) -> Iterator[_Pointer]:
    """The place of the text or revisit that *record* is, or names."""
    kind = record.get("WARC-Identified-Payload-Type") or ""
    if record.type == "revisit" or (record.type == "response" and is_text_like(kind)):
        key = url_surtkey(record.get("WARC-Target-URI") or "")
        yield key, record.date, record.id, place.file, place.start, "", place
    for held in _imported(record):
        own = (held.file, held.offset, held_to_line(held), place)
        yield url_surtkey(held.url), held.moment, held.warc_record_id, *own


@contextmanager
def _naming(place: Span, unborne: list[Quarantined]) -> Iterator[None]:
    """What the block raises is the fault of the capture at *place*, which is named."""
    try:
        yield
    except Exception as error:  # a bad capture costs itself, whatever it raises
        if is_of_the_machine(error):
            raise
        unborne.append(Quarantined(place.file, place.start, place.end, why(error)))


def _whole_groups(
    library: Library, file: str, start: int, end: int | None = None
) -> Iterator[list[Located]]:
    """The groups that are not damaged; derivation names the rest. None of a file that is gone."""
    path, restored = library.warc(file), restored_in(library.path, file)
    if not path.exists():
        return
    with path.open("rb") as stream:
        for found in scan_groups(stream, start, end, restored):
            if isinstance(found, list):
                yield found


def _imported(record: Record) -> Iterator[HeldCapture]:
    """The text or revisit that a record of an import names."""
    if record.type == "resource" and (record.get("WARC-Target-URI") or "").startswith(CAPTURES_URI):
        held = held_of(record.block)
        if held.kind == "revisit" or is_text_like(held.payload_type or ""):
            yield held


def is_text_like(media_type: str) -> bool:
    """Whether payloads of this type are kept: a picture gains nothing in Parquet."""
    return media_type.startswith(_TEXT_LIKE[:4]) or media_type.endswith(_TEXT_LIKE[4:])


def recipe_rows(record: Record, capture: Capture) -> list[dict[str, Any]]:
    """`payload_exact` of *capture*, whose first record is *record*, for staging; none where
    `payloads` has no row of it."""
    if capture.original or not is_text_like(record.get("WARC-Identified-Payload-Type") or ""):
        return []
    content = decode_content(capture.payload, capture.content_codings, MAX_CONTENT)
    exact = recipe(capture, content.data, content.error)
    return [{"warc_record_id": capture.warc_record_id, "payload_exact": exact}]


def staged_recipes(folders: list[Path]) -> dict[str, str | None]:
    """The `payload_exact` that are staged, by record id."""
    rows = read_staged(folders, "recipes")
    return dict(zip(*(rows[name].to_pylist() for name in rows.schema.names), strict=True))


def _rows(
    library: Library, wanted: PayloadFiles, unborne: list[Quarantined]
) -> Iterator[dict[str, Any]]:
    for pointer, exact in zip(wanted.pointers, wanted.recipes, strict=True):
        rows: list[dict[str, Any]] = []
        with _naming(pointer[-1], unborne):
            row = _row_at(library, pointer, exact)
            pa.Table.from_pylist([row], schema=PAYLOADS)  # raises for what no column takes
            rows.append(row)
        yield from rows


def _row_at(library: Library, pointer: _Pointer, exact: str | None = UNTRIED) -> dict[str, Any]:
    key, _, _, file, offset, line, _ = pointer
    if line:
        held = held_from_line(line)
        return _row(key, read_held(library.path, held), head_of(library.path, held), exact)
    group = next(_whole_groups(library, file, offset))
    return payload_row(key, [located.record for located in group], exact)


def payload_row(key: str, records: list[Any], exact: str | None = UNTRIED) -> dict[str, Any]:
    """The row of a capture, given its response record and those concurrent to it.

    *exact* is its `payload_exact`, if that is known.
    """
    head = record_bytes(records[0]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return _row(key, capture_of(records), head, exact)


def _row(key: str, capture: Capture, head: bytes, exact: str | None) -> dict[str, Any]:
    content = decode_content(capture.payload, capture.content_codings, MAX_CONTENT)
    if exact == UNTRIED:
        exact = recipe(capture, content.data, content.error)
    return {
        "warc_record_id": capture.warc_record_id,
        "url_surtkey": key,
        "fetch_time": capture.fetch_time,
        "warc_headers": head,
        "request": capture.request or None,
        "http_headers": capture.head,
        "payload": capture.payload if content.error else content.data,
        "payload_exact": exact,
    }
