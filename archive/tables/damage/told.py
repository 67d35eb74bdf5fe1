"""What a command or a reader of tables was not told of: damage of some file of the library, as one
line that names the file and what mends it. Works where files cannot be locked, too."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.disk.damage import damaged, told_as_damage


@contextmanager
def told_of(library: Path | None) -> Iterator[None]:
    """Turn errors of the system and of Arrow that damaged files of *library* bring into Damaged."""
    try:
        with told_as_damage(library):
            yield
    except (OSError, ValueError) as error:  # Arrow's are of these kinds
        if library is None:
            raise
        from archive.tables.damage.table_files import table_files

        with told_by_files(lambda: table_files((library / "current").resolve())):
            raise error


@contextmanager
def told_by_files(files: Callable[[], Iterable[Path]]) -> Iterator[None]:
    """Turn an error of Arrow's into one that names the first of *files* that is damaged.

    Arrow says neither which file it was reading, nor what a reader may do.
    """
    try:
        yield
    except (OSError, ValueError, ArithmeticError) as error:
        if not _is_of_arrow(error):
            raise
        found = ((path, unreadable(path)) for path in files())
        first = next(((path, why) for path, why in found if why), None)
        if first is None:
            raise
        raise damaged(*first) from error


def _is_of_arrow(error: Exception) -> bool:
    """Whether Arrow raised *error*; nothing is loaded for the question."""
    arrow = sys.modules.get("pyarrow")
    if arrow is None:
        return False
    return isinstance(error, arrow.ArrowException) or (
        isinstance(error, OSError) and error.filename is None
    )


def unreadable(path: Path) -> str | None:
    """Why the table file *path* cannot be read; None where it can."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        return "no table file stands here"
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16) as opened:
            for _ in opened.iter_batches():
                pass
    except (pa.ArrowException, OSError):
        return "a table file that is damaged"
    return None
