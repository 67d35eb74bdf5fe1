"""Queries on the tables: versions, bounds, columns, and the way to a capture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from archive.errors import UsageError
from archive.library import Library
from archive.tables.names import pointer_named
from archive.tables.schema import TABLES
from archive.types import Pointer

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
MakeRow = Callable[..., dict[str, Any]]


@pytest.fixture
def filled(library: Library, make_row: MakeRow, add_rows: Callable[..., None]) -> Library:
    """A library with five versions of three articles, in two files."""

    def article(name: str, version: int, day: int, source: str = "review") -> dict[str, Any]:
        return make_row(
            "articles",
            article_id=name * 26,
            version=version,
            url=f"https://{source}.example/{name}",
            url_surtkey=f"example,{source})/{name}",
            headline=f"{name} {version}",
            fetch_time=MOMENT + timedelta(days=day),
            source=source,
            warc_filename="warc/a.warc.gz",
            warc_record_offset=100 * day,
            warc_record_length=50,
            warc_record_id=f"urn:uuid:{name}{version}",
        )

    add_rows("articles", [article("b", 2, 1), article("a", 1, 0), article("b", 1, 0)], "one")
    add_rows("articles", [article("c", 1, 2, "other"), article("a", 2, 5)], "two")
    capture = make_row(
        "captures",
        warc_record_id="urn:uuid:x",
        warc_filename="warc/b.warc.gz",
        warc_record_offset=7,
        warc_record_length=9,
    )
    add_rows("captures", [capture], "one")
    return library


def headlines(library: Library, *args: Any, **options: Any) -> list[str]:
    return [row["headline"] for row in library.articles(*args, **options)]


def test_the_newest_version_of_each_article_comes_by_default(filled: Library):
    assert headlines(filled) == ["c 1", "a 2", "b 2"]
    assert len(filled.articles()) == 3


def test_all_versions_come_when_asked_for(filled: Library):
    assert headlines(filled, "all") == ["c 1", "a 1", "a 2", "b 1", "b 2"]
    assert headlines(filled, versions="all") == headlines(filled, "all")
    assert len(filled.articles("all")) == 5


def test_articles_of_one_source(filled: Library):
    assert headlines(filled, source="other") == ["c 1"]
    assert headlines(filled, source="none") == []
    assert len(filled.articles(source="other")) == 1


@pytest.mark.parametrize(
    "since",
    [
        "2026-11-06",
        "2026-11-06T00:00:00",
        "2026-11-06T13:00:00+13:00",
        datetime(2026, 11, 6, tzinfo=UTC),
        datetime(2026, 11, 6, tzinfo=UTC).replace(tzinfo=None),
    ],
)
def test_articles_since_a_moment_in_utc(filled: Library, since: str | datetime):
    assert headlines(filled, since=since) == ["c 1", "a 2", "b 2"]
    assert headlines(filled, since=since, source="review") == ["a 2", "b 2"]
    assert len(filled.articles("all", since=since)) == 3


def test_the_bound_itself_is_in(filled: Library):
    assert headlines(filled, since=MOMENT + timedelta(days=5)) == ["a 2"]
    assert headlines(filled, since=MOMENT + timedelta(days=5, microseconds=1)) == []


def test_only_the_columns_asked_for_come_in_that_order(filled: Library):
    found = filled.articles(columns=["headline", "url"])
    assert found.to_arrow().schema.names == ["headline", "url"]
    assert found.to_pylist()[0] == {"headline": "c 1", "url": "https://other.example/c"}
    assert filled.articles().to_arrow().schema.names == TABLES["articles"].names


def test_every_table_has_its_types_with_and_without_rows(filled: Library):
    for name, schema in TABLES.items():
        assert filled.table(name).to_arrow().schema.remove_metadata() == schema.remove_metadata()
    assert len(filled.captures()) == 1
    assert len(filled.crawl_log()) == 0
    assert filled.crawl_log(columns=["outcome"]).to_pylist() == []


def test_each_tool_gets_the_same_rows(filled: Library):
    wanted = ["c 1", "a 2", "b 2"]
    query = filled.articles(columns=["headline", "fetch_time"])
    assert query.to_pandas()["headline"].tolist() == wanted
    assert query.to_polars()["headline"].to_list() == wanted
    assert query.to_arrow()["headline"].to_pylist() == wanted
    assert query.to_duckdb().project("headline").fetchall() == [(name,) for name in wanted]
    assert query.to_arrow().schema.field("fetch_time").type == pa.timestamp("us", tz="UTC")


def test_duckdb_knows_the_rows_by_the_name_of_the_table(filled: Library):
    found = filled.articles().to_duckdb().query("articles", "SELECT count(*) FROM articles")
    assert found.fetchall() == [(3,)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (lambda library: library.articles("newest"), "expected 'latest' or 'all'"),
        (lambda library: library.articles(since="lately"), "expected a date such as 2026-01-31"),
        (lambda library: library.articles(columns=["title"]), "articles has no column 'title'"),
        (lambda library: library.table("article"), "no table 'article': there are articles, "),
        (lambda library: library.captures(columns=["headline"]), "captures has no column"),
    ],
)
def test_a_query_that_cannot_be_is_refused_in_one_line(
    library: Library, query: Callable[[Library], object], words: str
):
    with pytest.raises(UsageError, match=words) as caught:
        query(library)
    assert "\n" not in str(caught.value)


def test_an_article_points_to_the_capture_of_its_newest_version(filled: Library):
    found = pointer_named(filled.generation, "a" * 26)
    assert found == ("urn:uuid:a2", Pointer("warc/a.warc.gz", 500, 50))


def test_a_record_id_points_to_its_capture(filled: Library):
    found = pointer_named(filled.generation, "urn:uuid:x")
    assert found == ("urn:uuid:x", Pointer("warc/b.warc.gz", 7, 9))


@pytest.mark.parametrize("wanted", ["z" * 26, "urn:uuid:none", "", "a'; --"])
def test_what_no_row_has_points_nowhere(filled: Library, wanted: str):
    assert pointer_named(filled.generation, wanted) is None
