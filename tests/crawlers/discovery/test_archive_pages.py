"""The pages of dated archives, and how far back they are read."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from archive.source import Source
from archive.state.rows import Visit
from crawlers.discovery.archive_pages import (
    EMPTY,
    ArchivePage,
    page_at,
    pages_to_begin,
    period_before,
    periods_back,
)

MONTHS = Source(url="http://a.example/", archives=("/x/{year}/{month:02}/",))
SITE = "http://a.example/x"
PRESENT = ArchivePage(f"{SITE}/2025/03/", date(2025, 3, 9))


@pytest.mark.parametrize(
    ("template", "path", "last"),
    [
        ("/x/{year}/{month:02}/", "/x/2024/02/", date(2024, 2, 29)),
        ("/x/{year}/{month:02}/", "/x/2024/12/", date(2024, 12, 31)),
        ("/x/{year}/", "/x/2024/", date(2024, 12, 31)),
        ("/{year}/{month}/{day}", "/2024/2/3", date(2024, 2, 3)),
        ("/x/{year}/{month:02}/", "/x/2024/13/", None),
        ("/x/{year}/{month:02}/", "/x/2024/02/page/2/", None),
        ("/x/latest/", "/x/latest/", None),
    ],
)
def test_an_address_tells_its_period(template: str, path: str, last: date | None) -> None:
    source = Source(url="http://a.example/", archives=(template,))
    found = page_at(source, f"http://a.example{path}")
    assert (found.last if found else None) == last


def test_periods_go_back_one_by_one() -> None:
    assert period_before(MONTHS, PRESENT) == ArchivePage(f"{SITE}/2025/02/", date(2025, 2, 28))
    urls = [page.url for page in islice(periods_back(MONTHS, PRESENT), 4)]
    assert urls == [f"{SITE}/{month}/" for month in ("2025/03", "2025/02", "2025/01", "2024/12")]


def begun(visits: dict[str, str]) -> list[str]:
    """The months where reading begins; a month with an outcome is done, unless that is an error."""

    def visit_of(url: str) -> Visit | None:
        month = url.removeprefix(f"{SITE}/").strip("/")
        return Visit("a", url, url, visits[month], "t", "t", None) if month in visits else None

    def is_done(page: ArchivePage) -> bool:
        visit = visit_of(page.url)
        return visit is not None and visit.outcome != "error:http_500"

    pages = pages_to_begin(MONTHS, PRESENT, visit_of, is_done)
    return [page.url.removeprefix(f"{SITE}/").strip("/") for page in pages]


def test_without_since_reading_begins_where_it_ended() -> None:
    assert begun({}) == ["2025/03"]
    assert begun({"2025/03": "fetched"}) == ["2025/02"]
    read = {"2025/03": "fetched", "2025/02": "error:http_500", "2024/12": "fetched"}
    assert begun(read) == ["2025/02", "2025/01", "2024/11"]


def test_behind_a_year_without_a_page_nothing_is_looked_for() -> None:
    months = [
        page.url.removeprefix(f"{SITE}/").strip("/") for page in periods_back(MONTHS, PRESENT)
    ]
    gone = dict.fromkeys(months[1 : EMPTY + 1], "error:http_404")
    assert begun({"2025/03": "fetched", **gone}) == []
    del gone[months[EMPTY]]
    assert begun({"2025/03": "fetched", **gone}) == [months[EMPTY]]
