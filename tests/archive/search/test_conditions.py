"""Filters: which articles of those that match are wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from archive.errors import UsageError
from archive.library import Library
from archive.search.hits import count, search

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, tzinfo=UTC)
OTHER = {"url_host_name": "other.example", "url_host_registered_domain": "other.example"}


@pytest.fixture(autouse=True)
def filled(library: Library, article: Callable[..., Any], publish: Callable[..., None]) -> None:
    """Articles by different hands, of different days and sources."""
    values: dict[str, dict[str, Any]] = {
        "one": {
            "fetch_time": START,
            "date_published": START - 30 * DAY,
            "in_language": "en-GB",
            "author": ["Ann O’Neill", "Björn Åström"],
            "article_section": "Politics",
            "completeness": "full",
        },
        "two": {
            "fetch_time": START + DAY,
            "date_published": START - 20 * DAY,
            "in_language": "EN",
            "author": ["ANNA STRASSE"],
            "article_section": "politics",
            "completeness": "teaser",
        },
        "three": {
            "fetch_time": START + 2 * DAY,
            "in_language": "eng",
            "author": ["Anna Straße"],
            "completeness": "full",
            "source": "other",
        },
        "four": {"fetch_time": START + 3 * DAY, "source": "adhoc"},
        "five": {
            "fetch_time": START + 3 * DAY,
            "source": None,
            "url": "https://review.example/tag/x",
        },
        "six": {"fetch_time": START + 4 * DAY, "source": "adhoc", **OTHER},
    }
    publish(1, *(article(name, "mail", **given) for name, given in values.items()))


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["five", "four", "one", "six", "three", "two"]),
        ({"since": "2026-11-04"}, ["five", "four", "six"]),
        ({"since": START + 3 * DAY, "until": START + 4 * DAY}, ["five", "four"]),
        ({"until": (START + DAY).replace(tzinfo=None)}, ["one"]),
        ({"until": "2026-11-02T01:00+01:00"}, ["one"]),
        ({"until": datetime(2026, 11, 2, 1, tzinfo=timezone(timedelta(hours=1)))}, ["one"]),
        ({"published_since": "2026-10-05"}, ["two"]),
        ({"published_until": "2026-10-05"}, ["one"]),
        ({"language": "en"}, ["one", "two"]),
        ({"language": "en-gb"}, ["one"]),
        ({"language": "e"}, []),
        ({"language": "*"}, []),
        ({"author": "ann"}, ["one", "three", "two"]),
        ({"author": "anna strasse"}, ["three", "two"]),
        ({"author": "åström"}, ["one"]),
        ({"section": "POLITICS"}, ["one", "two"]),
        ({"section": "polit"}, []),
        ({"completeness": "full"}, ["one", "three"]),
        ({"completeness": "full", "language": "en", "author": "ann"}, ["one"]),
        ({"source": "review"}, ["one", "two"]),
        ({"source": "other"}, ["three"]),
        ({"source": "none"}, []),
        ({"source": None, "since": None}, ["five", "four", "one", "six", "three", "two"]),
    ],
)
def test_a_filter_narrows_the_hits(
    library: Library, ids: Callable[..., list[str]], filters: dict[str, Any], found: list[str]
):
    assert ids("mail", **filters) == found
    assert count(library, "mail", **filters) == len(found)
    rows = library.articles(columns=["article_id"], **filters)
    assert sorted(row["article_id"] for row in rows) == found
    assert len(rows) == len(found)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("", ["five", "four", "one", "two"]),
        ('article = { deny = ["/tag/"] }\n', ["four", "one", "two"]),
    ],
)
def test_a_declared_source_has_the_rows_by_hand_at_its_addresses(
    library: Library, ids: Callable[..., list[str]], rules: str, found: list[str]
):
    path = library.path / "sources/review.toml"
    path.write_text(f'url = "https://www.review.example/"\n{rules}')
    (library.path / "sources/other.toml").write_text('url = "https://review.example/blog"\n')
    assert ids("mail", source="review") == found
    assert sorted(row["article_id"] for row in library.articles(source="review")) == found


@pytest.mark.parametrize("name", ["since", "until", "published_since", "published_until"])
def test_a_time_that_is_none_is_named(library: Library, name: str):
    with pytest.raises(UsageError, match=f"{name} is 'soon': expected a date"):
        list(search(library, "mail", **{name: "soon"}))  # type: ignore[arg-type]


def test_articles_are_those_whose_text_has_the_words(library: Library):
    def found(query: str, **filters: Any) -> list[str]:
        rows = library.articles(query=query, columns=["article_id"], **filters)
        return sorted(row["article_id"] for row in rows)

    assert found("mail", completeness="teaser") == ["two"]
    assert found("headline OR mail", source="other") == ["three"]
    assert found("nothing") == []
    with pytest.raises(UsageError, match="is not understood"):
        library.articles(query='"')


def test_an_unknown_filter_is_an_error_of_the_program(library: Library):
    with pytest.raises(TypeError, match="colour"):
        list(search(library, "mail", colour="red"))  # type: ignore[call-arg]
