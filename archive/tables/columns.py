"""The columns of a generation: one schema for each of its tables, fixed when it was made.

A new column in one file of a folder breaks polars and `datasets`, so files of a generation are
alike. `backissue rebuild` makes a generation with the columns of today.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from archive.tables.schema import SINCE_FORMAT_2, TABLES, of_format_1


def columns_in(generation: Path, table: str) -> pa.Schema:
    """The columns of *table* in *generation*; none where the generation has no such table."""
    return of_format_1(table) if is_of_format_1(generation) else TABLES[table]


def tables_in(generation: Path) -> tuple[str, ...]:
    """The tables that *generation* has."""
    old = is_of_format_1(generation)
    return tuple(table for table in TABLES if not old or of_format_1(table).names)


def is_of_format_1(generation: Path) -> bool:
    """Whether *generation* was made before the columns of format 2; its first file tells."""
    for path in sorted((generation / "articles" / "data").glob("*/*.parquet")):
        try:
            names = pq.read_schema(path).names
        except (pa.ArrowException, OSError):  # damaged: the next tells
            continue
        return not SINCE_FORMAT_2["articles"].intersection(names)
    return False
