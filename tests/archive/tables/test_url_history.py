"""What the tables hold of one address: by SURT, across redirects, with the articles it gave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from archive.library import Library
from archive.tables.url_history import articles_of, histories
from archive.web.surt import article_id, url_surtkey

URL = "https://review.example/issue/1"
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def log(add_rows: Callable[..., None], make_row: Make) -> Callable[..., None]:
    """Adds visits to the crawl log, one minute after the other."""

    def add(*visits: dict[str, Any]) -> None:
        rows = []
        for number, visit in enumerate(visits):
            row = make_row("crawl_log", url_surtkey=url_surtkey(visit["url"]), **visit)
            rows.append(row | {"fetch_time": row["fetch_time"] + timedelta(minutes=number)})
        add_rows("crawl_log", rows)

    return add


def test_scheme_www_and_tracking_are_no_other_address(
    library: Library, log: Callable[..., None]
) -> None:
    log({"url": URL, "outcome": "fetched"}, {"url": f"{URL}?p=2", "outcome": "fetched"})
    (found,) = histories(library.generation, "http://www.review.example/issue/1?utm_source=x")
    assert [visit["url"] for visit in found.log] == [URL]


def test_redirects_are_followed_and_a_circle_ends(
    library: Library, log: Callable[..., None]
) -> None:
    first, second, third = (f"https://review.example/{name}" for name in "abc")
    log(
        {"url": first, "outcome": "redirected", "detail": f"to {second}"},
        {"url": second, "outcome": "redirected", "detail": f"to {third}"},
        {"url": third, "outcome": "redirected", "detail": f"to {first}"},
    )
    assert [one.url for one in histories(library.generation, first)] == [first, second, third]


def test_a_redirect_of_an_imported_file_is_followed_too(
    library: Library, add_rows: Callable[..., None], make_row: Make, log: Callable[..., None]
) -> None:
    log({"url": URL, "outcome": "imported"})
    row = {"url": URL, "url_surtkey": url_surtkey(URL), "fetch_status": 301}
    add_rows("captures", [make_row("captures", **row, fetch_redirect="https://b.example/")])
    chain = histories(library.generation, URL)
    assert [one.url for one in chain] == [URL, "https://b.example/"]


def article(make_row: Make, url: str, version: int, of: str = URL) -> dict[str, Any]:
    names = {"article_id": article_id(of), "url_surtkey": url_surtkey(url)}
    return make_row("articles", url=url, version=version, **names)


def test_an_article_is_found_by_its_address_by_the_log_and_by_its_canonical_address(
    library: Library, add_rows: Callable[..., None], make_row: Make, log: Callable[..., None]
) -> None:
    amp, print_page = f"{URL}/amp", f"{URL}/print"
    add_rows("articles", [article(make_row, amp, 1), article(make_row, f"{URL}/m", 2)])
    log({"url": print_page, "outcome": "fetched", "article_id": article_id(URL)})
    for url in (amp, print_page, URL):
        (history,) = histories(library.generation, url)
        (found,) = articles_of(library.generation, history)
        assert (found.newest["version"], found.versions) == (2, 2)
    (history,) = histories(library.generation, "https://review.example/issue/2")
    assert articles_of(library.generation, history) == ()


def test_a_copy_names_the_article_that_it_repeats(
    library: Library, add_rows: Callable[..., None], make_row: Make
) -> None:
    add_rows("articles", [article(make_row, URL, 1)])
    copy = {"article_id": article_id(URL), "duplicate_of": "other", "similarity": 0.97}
    add_rows("duplicates", [make_row("duplicates", **copy)])
    (history,) = histories(library.generation, URL)
    (found,) = articles_of(library.generation, history)
    assert (found.duplicate_of, found.similarity) == ("other", 0.97)


def test_a_withdrawn_version_does_not_count_and_the_last_says_why(
    library: Library, add_rows: Callable[..., None], make_row: Make
) -> None:
    add_rows("articles", [article(make_row, URL, 1), article(make_row, URL, 2)])
    gone = {"article_id": article_id(URL), "reason": "list"}
    add_rows("withdrawn", [make_row("withdrawn", **gone, version=2)])
    (history,) = histories(library.generation, URL)
    (found,) = articles_of(library.generation, history)
    assert (found.newest["version"], found.versions, found.withdrawn) == (1, 1, None)
    row = make_row("withdrawn", **gone, version=1)
    add_rows("withdrawn", [row], stem="g0001-000002-abcdef01")
    (found,) = articles_of(library.generation, history)
    assert (found.newest["version"], found.withdrawn) == (2, "list")
