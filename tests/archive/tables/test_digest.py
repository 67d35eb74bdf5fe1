"""The canonical form of rows: every type, nulls, odd floats and texts; and another way to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ArchiveError, UsageError
from archive.library import Library
from archive.tables import journal, parquet
from archive.tables.digest import TableDigest, canonical, digests, library_digest
from archive.tables.journal import Batch, JournalEntry, Span
from archive.tables.schema import TABLES
from other_digest import another_digest

MakeRow = Callable[..., dict[str, Any]]
MOMENT = datetime(2026, 11, 5, 9, 30, 15, 120000, tzinfo=UTC)
KINDS = pa.schema(
    [
        ("text", pa.string()),
        ("whole", pa.int64()),
        ("small", pa.int16()),
        ("yes", pa.bool_()),
        ("real", pa.float64()),
        ("moment", pa.timestamp("us", tz="UTC")),
        ("raw", pa.binary()),
        ("list", pa.list_(pa.string())),
    ]
)


def line(**values: Any) -> str:
    row = dict.fromkeys(KINDS.names) | values
    (typed,) = pa.Table.from_pylist([row], schema=KINDS).to_pylist()
    return canonical(typed, KINDS).decode()


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, "{}"),
        ({"text": "", "list": []}, '{"list":[],"text":""}'),
        ({"text": 'é 審"\\\n\t\x01\x7f/'}, '{"text":"é 審\\"\\\\\\n\\t\\u0001\x7f/"}'),
        ({"whole": -(2**63), "small": 200}, '{"small":200,"whole":-9223372036854775808}'),
        ({"yes": False}, '{"yes":false}'),
        ({"real": 0.5}, '{"real":"3fe0000000000000"}'),
        ({"real": -0.0}, '{"real":"0000000000000000"}'),
        ({"real": float("nan")}, '{"real":"7ff8000000000000"}'),
        ({"real": float("-inf")}, '{"real":"fff0000000000000"}'),
        ({"moment": MOMENT}, '{"moment":"2026-11-05T09:30:15.120000Z"}'),
        ({"moment": datetime(1, 1, 1, tzinfo=UTC)}, '{"moment":"0001-01-01T00:00:00.000000Z"}'),
        ({"raw": b"\x00\xff"}, '{"raw":"00ff"}'),
        ({"raw": b""}, '{"raw":""}'),
        ({"list": ["b", None, "a"]}, '{"list":["b",null,"a"]}'),
    ],
)
def test_the_canonical_form_of_each_type(values: dict[str, Any], wanted: str) -> None:
    assert line(**values) == wanted


@given(st.text(), st.text())
def test_different_texts_have_different_forms(one: str, other: str) -> None:
    assert (line(text=one) == line(text=other)) == (one == other)
    assert json.loads(line(text=one))["text"] == one


@pytest.fixture
def publish(library: Library) -> Callable[..., None]:
    """Writes batches of rows: each list of rows is a file of its own."""

    def add(table: str, *batches: list[dict[str, Any]], row_group: int = 10_000) -> None:
        done = journal.read_journal(library.generation)
        for number, rows in enumerate(batches, len(done) + 1):
            path = parquet.file_path(table, f"{MOMENT:%Y-%m}", f"g0001-{number:06}-abcdef01")
            found = pa.Table.from_pylist(rows, schema=TABLES[table])
            groups = (found.slice(at, row_group) for at in range(0, len(rows), row_group))
            file = parquet.write_groups(library.generation, path, table, groups)
            batch = Batch(number, "2026-11-05T10:00:00Z", ())
            entry = JournalEntry(batch, Span("warc/b", 0, 1), "x 1", "sha256:0", (file,))
            journal.append(library.generation, entry)

    return add


def some_rows(make_row: MakeRow, count: int = 7) -> list[dict[str, Any]]:
    return [
        make_row(
            "articles",
            article_id=f"a{number}",
            version=number,
            article_body=f"Text {number} – 審査\n",
            author=["B", "A"][: number % 3],
            date_published=MOMENT + timedelta(days=number) if number % 2 else None,
            is_accessible_for_free=[None, True, False][number % 3],
        )
        for number in range(count)
    ]


def digest_of(library: Library, table: str = "articles", **options: Any) -> TableDigest:
    return next(one for one in digests(library.generation, **options) if one.table == table)


def test_order_batches_and_row_groups_do_not_matter(
    library: Library, publish: Callable[..., None], make_row: MakeRow, tmp_path: Path
) -> None:
    rows = some_rows(make_row)
    publish("articles", rows)
    one = digests(library.generation)
    (library.generation / "batches.jsonl").write_bytes(b"")
    publish("articles", rows[4:][::-1], [], rows[:4], row_group=2)
    assert digests(library.generation) == one
    assert digest_of(library).rows == 7
    assert library_digest(one) == library_digest(digests(library.generation))


def test_each_value_and_each_repetition_matters(
    library: Library, publish: Callable[..., None], make_row: MakeRow
) -> None:
    rows = some_rows(make_row)
    seen = set()
    for changed in (
        rows,
        rows[1:],
        [*rows, rows[0]],
        [rows[0] | {"headline": ""}, *rows[1:]],
        [rows[2] | {"author": []}, *rows[:2], *rows[3:]],
        [rows[0] | {"author": None}, *rows[1:]],
        [rows[1] | {"date_published": MOMENT}, rows[0], *rows[2:]],
    ):
        (library.generation / "batches.jsonl").write_bytes(b"")
        for path in library.generation.glob("articles/data/*/g0001-000001-*"):
            path.unlink()
        publish("articles", changed)
        seen.add(digest_of(library).digest)
    assert len(seen) == 7


def test_a_column_may_be_left_out(
    library: Library, publish: Callable[..., None], make_row: MakeRow
) -> None:
    rows = some_rows(make_row)
    publish("articles", [row | {"extractor_version": "1"} for row in rows])
    with_version = digest_of(library)
    without = digest_of(library, without=["extractor_version"])
    assert with_version != without
    (library.generation / "batches.jsonl").write_bytes(b"")
    publish("articles", rows)
    assert digest_of(library) == without  # nulls are left out too
    with pytest.raises(UsageError, match="no table has a column 'colour'"):
        digests(library.generation, ["colour"])


def test_tables_without_rows_do_not_count(library: Library) -> None:
    found = digests(library.generation)
    assert {one.rows for one in found} == {0}
    assert library_digest(found) == f"sha256:{hashlib.sha256(b'').hexdigest()}"


def test_a_missing_file_is_named(
    library: Library, publish: Callable[..., None], make_row: MakeRow
) -> None:
    publish("articles", some_rows(make_row))
    next(library.generation.glob("articles/data/*/g0001-000001-*")).unlink()
    with pytest.raises(ArchiveError, match=r"g0001-000001-abcdef01\.parquet is gone"):
        digests(library.generation)


def test_another_implementation_gives_the_same(
    library: Library, publish: Callable[..., None], make_row: MakeRow
) -> None:
    publish("articles", some_rows(make_row), some_rows(make_row, 3))
    publish("payloads", [make_row("payloads", warc_record_id="r", payload=bytes(range(256)))])
    assert another_digest(library.generation) == library_digest(digests(library.generation))
