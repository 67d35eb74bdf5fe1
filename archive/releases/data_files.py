"""Rows into `data/train-*.parquet`: as others expect them, and so that a changed release shares
most of its bytes with the one before.

Pages end where their content says so (https://huggingface.co/blog/parquet-cdc), and no page refers
to a dictionary. So a row that comes or goes changes the pages around it alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from archive.disk import files
from archive.releases.facts import Counts, DataFile
from archive.tables.dataset import Rows
from archive.tables.schema import TABLES

ROW_GROUP = 10_000  # rows, as in the tables of a library
_FILE = 256 << 20  # bytes after which a file ends: `datasets` and the Hub load files side by side


def write_data(
    rows: Rows, folder: Path, on_progress: Callable[[int], None]
) -> tuple[tuple[DataFile, ...], Counts]:
    """Write *rows* below *folder* (`data/`), which must be empty; what came of it.

    Memory holds a row group, and the keys of all rows.
    """
    data, scratch = folder / "data", folder / "scratch"
    files.make_folder(data)
    files.make_folder(scratch)
    counts = Counts()
    written: list[tuple[Path, int]] = []
    pieces = _counted(rows.pieces(ROW_GROUP, scratch), counts, on_progress)
    for piece in pieces:
        path = data / f"part-{len(written):05}"
        written.append((path, _write_file(path, piece, pieces)))
    scratch.rmdir()
    names = [f"train-{n:05}-of-{len(written):05}.parquet" for n in range(len(written))]
    found = []
    for name, (path, count) in zip(names, written, strict=True):
        path.rename(data / name)
        found.append(described(folder, f"data/{name}", count))
    return tuple(found), counts


def _counted(
    pieces: Iterator[pa.Table], counts: Counts, on_progress: Callable[[int], None]
) -> Iterator[pa.Table]:
    for piece in pieces:
        counts.add(piece)
        on_progress(counts.rows)
        yield piece


def _write_file(path: Path, first: pa.Table, more: Iterator[pa.Table]) -> int:
    """Write row groups until the file is large enough, or there are no more; how many rows."""
    count = 0
    with (
        path.open("xb") as stream,
        pq.ParquetWriter(
            stream,
            TABLES["articles"],
            compression="zstd",
            compression_level=9,
            use_dictionary=False,
            use_content_defined_chunking=True,
            write_page_index=True,
        ) as writer,
    ):
        piece: pa.Table | None = first
        while piece is not None:
            writer.write_table(piece.combine_chunks(), row_group_size=piece.num_rows)
            count += piece.num_rows
            piece = next(more, None) if stream.tell() < _FILE else None
    return count


def described(folder: Path, name: str, rows: int = 0) -> DataFile:
    """A file of a release as its descriptions name it."""
    with (folder / name).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return DataFile(name, rows, (folder / name).stat().st_size, digest)
