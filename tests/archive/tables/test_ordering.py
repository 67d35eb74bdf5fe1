"""Rows in their order: all at once, or in pieces that fit into memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from archive.library import Library
from archive.tables import ordering
from archive.tables.schema import TABLES

MakeRow = Callable[..., dict[str, Any]]


def test_reorder_takes_rows_by_number(make_row: MakeRow):
    given = [make_row("articles", article_id=str(number)) for number in range(30)]
    rows = pa.Table.from_pylist(given, schema=TABLES["articles"])
    found = ordering.reorder(rows, pa.array([3, 3, 0]))
    assert found["article_id"].to_pylist() == ["3", "3", "0"]
    assert ordering.reorder(rows, pa.array([], pa.uint64())).num_rows == 0


@pytest.mark.parametrize("waiting", [0, 1 << 20])  # bytes: rows go to their files at once, or late
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_are_the_rows_in_their_order(
    library: Library,
    make_row: MakeRow,
    add_rows: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    waiting: int,
    size: int,
):
    monkeypatch.setattr(ordering, "_WAITING", waiting)
    for stem in ("one", "two", "three"):
        rows = [_row(make_row, stem, number) for number in range(11)]
        add_rows("articles", rows, stem)
    add_rows("withdrawn", [make_row("withdrawn", article_id="two-4", version=1)])
    chosen = library.articles(author="ann", columns=["headline", "url_surtkey", "author"])
    whole = chosen.to_arrow()
    assert (
        whole.num_rows == 3 * 8 - 1
    )  # 1–4, 6–8 and the newer of the two of 9, less what is withdrawn
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    pieces = list(chosen.pieces(size, scratch))
    assert [len(piece) for piece in pieces[:-1]] == [size] * (len(pieces) - 1)
    assert pa.concat_tables(pieces).equals(whole)
    assert list(scratch.iterdir()) == []


def test_nothing_comes_in_no_pieces(library: Library, tmp_path: Path):
    assert list(library.articles().pieces(10, tmp_path)) == []


def _row(make_row: MakeRow, stem: str, number: int) -> dict[str, Any]:
    row = make_row(
        "articles",
        article_id=f"{stem}-{min(number, 9)}",
        version=1 + max(0, number - 9),
        url_surtkey=f"example,{number * 7 % 11:02}{stem})/",
        headline=f"{stem} {number}",
        author=["Ann O"] if number % 5 or number == 10 else None,
    )
    return row | {"fetch_time": row["fetch_time"] + timedelta(days=number)}
