"""Which pages of magazines in many looks are articles: each site is published once, and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from archive.library import Library
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from sites.alone import ALONE
from sites.base import Page, Site
from sites.blog_articles import BLOG
from sites.heads import LOUD_BLOG, QUIET_PORTAL
from sites.lupe import LUPE
from sites.minaret import MINARET
from sites.portal_articles import PORTAL
from sites.river import RIVER
from small import keep

SITES = {site.name: site for site in (BLOG, LOUD_BLOG, PORTAL, QUIET_PORTAL, LUPE, RIVER, MINARET)}
ENGINE = Engine("local", 1)
Judge = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    known: dict[str, dict[str, str]] = {}

    def verdicts(name: str) -> dict[str, str]:
        if name not in known:
            with Library.create(tmp_path_factory.mktemp(name) / "library") as library:
                known[name] = _published(library, [SITES[name]])
        return known[name]

    return verdicts


@pytest.fixture(scope="module")
def judged_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with Library.create(tmp_path_factory.mktemp("alone") / "library") as library:
        return _published(library, ALONE)


def _published(library: Library, sites: Sequence[Site]) -> dict[str, str]:
    keep(library, [capture for site in sites for capture in site.captures()])
    publish(library, ENGINE)
    rows = {row["url"] for row in library.articles(columns=["url"])}
    found = {row["url"]: row["verdict"] for row in library.crawl_log()}
    assert rows == {url for url, verdict in found.items() if verdict == "article"}
    return found


def _pages(kind: str) -> list[tuple[str, str]]:
    return [
        (site.name, page.path)
        for site in SITES.values()
        for page in site.pages
        if page.kind == kind and not page.part
    ]


ROWS_STILL = {
    ("meridian", "/by/lena-ortiz"): "a life of 45 words above cards without dates",
    ("quiet-meridian", "/by/lena-ortiz"): "a life of 45 words above cards without dates",
    ("meridian", "/archive"): "links to years, and a box of what is most read",
    ("quiet-meridian", "/archive"): "links to years, and a box of what is most read",
    ("river", "/briefs"): "beginnings whose links are a word, in Chinese",
    ("minaret", "/archive"): "links to years",
}
"""Lists that the rule takes for articles still, and what they look like."""
OTHER_REASONS = {("lupe", "/nachrichten"): "page"} | dict.fromkeys(
    [
        *[("lupe", "/archiv"), ("river", "/archive/years"), ("river", "/picks")],
        *[("minaret", "/?page=2"), ("minaret", "/episodes")],
    ],
    "unknown",
)
"""Lists that have no row, for another reason."""


@pytest.mark.parametrize(("site", "path"), _pages("list"))
def test_a_list_is_no_article(judged: Judge, site: str, path: str) -> None:
    wanted = f"not_article:{OTHER_REASONS.get((site, path), 'list')}"
    if (site, path) in ROWS_STILL:
        wanted = "article"  # a change for the better is to be written down here
    assert judged(site)[SITES[site].base + path] == wanted


@pytest.mark.parametrize(("site", "path"), _pages("static"))
def test_a_static_page_is_no_article(judged: Judge, site: str, path: str) -> None:
    assert judged(site)[SITES[site].base + path] == "not_article:page"


@pytest.mark.parametrize(("site", "path"), _pages("article"))
def test_an_article_stays_one(judged: Judge, site: str, path: str) -> None:
    wanted = "article"
    if (site, path) == ("river", "/post/1100"):  # ten titles that lead elsewhere: no text is found
        wanted = "not_article:unknown"
    assert judged(site)[SITES[site].base + path] == wanted


@pytest.mark.parametrize(
    ("site", "page"),
    [(site.name, page) for site in SITES.values() for page in site.pages if page.part],
    ids=lambda value: value if isinstance(value, str) else value.path,
)
def test_a_later_page_belongs_to_its_article(judged: Judge, site: str, page: Page) -> None:
    assert judged(site)[SITES[site].base + page.path] == "page_of"


@pytest.mark.parametrize("url", [site.base + page.path for site in ALONE for page in site.pages])
def test_a_page_that_came_alone_stays(judged_alone: dict[str, str], url: str) -> None:
    assert judged_alone[url] == "article"
