"""The staged rows of a batch into its files, in a workspace that no reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from archive.disk import files
from archive.errors import ArchiveError
from archive.library import Library
from archive.removal.tombstones import NAME, Tombstones, read
from archive.removal.withheld import Hiding, is_withheld, write_apart
from archive.tables import parquet
from archive.tables.columns import columns_in
from archive.tables.journal import Batch, Quarantined, Span, TableFile
from pipelines.body.site_templates import template_of
from pipelines.derive.engine import Engine
from pipelines.derive.payloads import PayloadPlace, payload_files, staged_recipes
from pipelines.derive.staging import CONFIG8, covering
from pipelines.fold.batch import fold_batch
from pipelines.fold.left_out import bearing
from pipelines.fold.memory import FoldMemory

_HIDDEN = "hidden"  # column of the rows on their way: whether a removal hides a row


@dataclass(frozen=True, slots=True)
class BatchFiles:
    """The files of a batch in its workspace, its verdicts, the templates that its rows name.

    What is *withheld* are files of rows that a removal hides.
    """

    files: list[TableFile]
    withheld: list[TableFile]
    verdicts: dict[str, int]
    templates: frozenset[str | None]


def make(
    library: Library,
    generation: Path,
    batch: Batch,
    workspace: Path,
    memory: FoldMemory,
    engine: Engine | None = None,
) -> tuple[BatchFiles, tuple[Quarantined, ...]]:
    """The files of *batch* in *workspace*, without the captures that raise; and these captures."""
    folders = folders_of(workspace.parent, batch.inputs)
    payloads: list[TableFile] = []
    tombstones = Tombstones(read(generation / NAME))

    def write(within: Batch) -> BatchFiles:
        files.remove_tree(workspace)
        rows, verdicts = fold_batch(folders, within, memory, library.settings.policy)
        written = _write_tables(workspace, generation, within, rows, tombstones)
        evidence = rows["articles"][0].select(["evidence"]).to_pylist()
        templates = frozenset(template_of(row) for row in evidence)
        return BatchFiles(*_apart(written), verdicts, templates)

    def write_payloads(within: Batch) -> list[Quarantined]:
        stem = _stem(generation, within)
        payloads[:], unborne = payload_files(
            PayloadPlace(library, generation, workspace, stem),
            within,
            staged_recipes(folders),
            engine,
        )
        return unborne

    made, unborne = bearing(memory, folders, batch, write, write_payloads)
    shown, withheld = _apart(payloads)
    whole = replace(made, files=made.files + shown, withheld=made.withheld + withheld)
    return whole, unborne


def _apart(written: Iterable[TableFile]) -> tuple[list[TableFile], list[TableFile]]:
    """The files that readers see, and the others."""
    both: tuple[list[TableFile], list[TableFile]] = ([], [])
    for file in written:
        both[is_withheld(file.path)].append(file)
    return both


def folders_of(staging: Path, spans: tuple[Span, ...] | list[Span]) -> list[Path]:
    """The folders whose rows are those of *spans*; ArchiveError where not all are staged."""
    folders: list[Path] = []
    for span in spans:
        found = covering(staging, span)
        if found is None:  # a batch never lacks what its record names
            raise ArchiveError(f"{span.file}: bytes {span.start} to {span.end} are not staged")
        folders += found
    return folders


def _stem(generation: Path, batch: Batch) -> str:
    return f"g{generation.name}-{batch.number:06}-{CONFIG8}"


def _write_tables(
    workspace: Path,
    generation: Path,
    batch: Batch,
    rows: dict[str, tuple[pa.Table, pa.ChunkedArray]],
    tombstones: Tombstones,
) -> list[TableFile]:
    written: list[TableFile] = []
    hiding = Hiding(rows["articles"][0], tombstones)
    for table, (found, times) in rows.items():
        columns = columns_in(generation, table).names
        if not columns:  # of a table that the generation has not
            continue
        for month, part in parquet.by_month(
            found.append_column(_HIDDEN, hiding.mask(table, found)), times
        ):
            path = parquet.file_path(table, month, _stem(generation, batch))
            ordered = parquet.sort_rows(table, part)
            mask, whole = ordered[_HIDDEN], ordered.select(columns)
            written += write_apart(workspace, path, table, whole, mask)
    return written
