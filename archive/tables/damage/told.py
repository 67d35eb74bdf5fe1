"""Around all that a command does with a library: what nobody has told of before is damage of some
file of it, and becomes one line that names the file and what mends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.disk.damage import told_as_damage


@contextmanager
def told_of(library: Path | None) -> Iterator[None]:
    """Turn errors of the system and of Arrow that damaged files of *library* bring into Damaged."""
    try:
        with told_as_damage(library):
            yield
    except (OSError, ValueError) as error:  # Arrow's are of these kinds
        if library is None:
            raise
        from archive.tables.damage.table_files import table_files, told_by_files

        with told_by_files(lambda: table_files((library / "current").resolve())):
            raise error
