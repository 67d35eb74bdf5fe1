"""Lists and static pages of a site are no articles; articles that look like them are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from archive.library import Library
from archive.types import Capture
from listed_site import (
    BASE,
    PIECES,
    STATIC,
    Shape,
    article,
    articles,
    capture,
    excerpt,
    item,
    page,
    paragraphs,
    prose,
    related,
    sentence,
)
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.rebuild import RebuildOptions, rebuild
from small import keep

ENGINE = Engine("local", 1)
POST_LINKS = "".join(
    f'<li><span>{p.date}</span> <a href="{p.path}">{p.title}</a></li>' for p in PIECES
)
LISTS: dict[str, Shape] = {
    "/": lambda: page("Home", "".join(item(p, [excerpt(p)]) for p in PIECES[:6])),
    "/page/2/": lambda: page("Home", "".join(item(p, [excerpt(p)]) for p in PIECES[6:])),
    "/tag/boats/": lambda: page("Boats", "<h1>Boats</h1>" + item(PIECES[3], [excerpt(PIECES[3])])),
    "/tag/tides/": lambda: page("Tides", "<h1>Tides</h1>" + item(PIECES[4], PIECES[4].texts)),
    "/2026/03/05/": lambda: page("5 March", item(PIECES[4], [PIECES[4].texts[0]])),
    "/writers/ida/": lambda: page(
        "Ida Holm",
        f"<h1>Ida Holm</h1>{prose([sentence('life-of-ida')])}"
        + "".join(item(p, [excerpt(p)]) for p in PIECES[2:5]),
    ),
    "/lead/": lambda: page(
        "Culture",
        f'<h1><a href="{PIECES[7].path}">{PIECES[7].title}</a></h1>{prose(PIECES[7].texts)}'
        + "".join(item(p, [excerpt(p)]) for p in PIECES[8:11]),
    ),
    "/whole/": lambda: page("All", "".join(item(p, p.texts) for p in PIECES[:4])),
    "/all-posts/": lambda: page("All posts", f"<h1>All posts</h1><ul>{POST_LINKS}</ul>"),
    "/subjects/": lambda: page(
        "Subjects",
        '<ul><li><a href="/tag/boats/">Boats and oars</a></li>'
        '<li><a href="/tag/tides/">Tides and moons</a></li></ul>',
    ),
}
BEST_OF = "".join(f'<li><a href="{p.path}">{p.title}</a></li>' for p in PIECES[:8])
BLURBS = "".join(
    f'<h2><a href="{p.path}">{p.title}</a></h2><p>{sentence(f"blurb-{p.number}")}</p>'
    for p in PIECES[:6]
)
ARTICLES: dict[str, Shape] = {
    "/best-of-the-year/": lambda: page(
        "The best of our year",
        f'<article><h1>The best of our year</h1><p class="byline">By Ida Holm, '
        f'<time datetime="2026-03-30">30 March 2026</time></p>'
        f"{prose(paragraphs('best', 1))}<ul>{BEST_OF}</ul></article>",
        '<meta property="article:published_time" content="2026-03-30T08:00:00Z">',
    ),
    "/ten-we-liked/": lambda: page(
        "Ten that we liked",
        f'<article><h1>Ten that we liked</h1><p class="byline">By Ida Holm, '
        f'<time datetime="2026-03-29">29 March 2026</time></p>{BLURBS}</article>',
        '<meta property="article:published_time" content="2026-03-29T08:00:00Z">',
    ),
    "/letters-to-us/": lambda: article(
        "Letters to us",
        [text for reader in ("anna", "bo", "carl") for text in paragraphs(f"letter-{reader}", 2)],
        "2026-03-28",
    ),
    "/unsigned/": lambda: article("A piece without a name", paragraphs("unsigned", 6), None),
    "/note/": lambda: article(
        "A short note", [sentence("note"), sentence("note-two")], "2026-03-27", related(PIECES[:3])
    ),
    "/tag/a-tag-that-is-a-title/": lambda: article(
        "A tag that is a title", paragraphs("tag-title", 4), "2026-03-26", related(PIECES[:2])
    ),
}
STATICS: dict[str, Shape] = {
    f"/{name}/": lambda name=name, title=title: page(  # type: ignore[misc]
        title, f"<h1>{title}</h1>{prose([sentence(f'static-{name}'), sentence(f'more-{name}')])}"
    )
    for name, title in STATIC.items()
}
EVERYTHING: dict[str, str] = articles() | {
    path: shape() for path, shape in (LISTS | ARTICLES | STATICS).items()
}


def published(library: Library, captures: Iterable[Capture]) -> dict[str, str]:
    """The last verdict on each path, once *captures* are kept and published."""
    keep(library, list(captures))
    publish(library, ENGINE)
    rows: list[dict[str, Any]] = sorted(library.crawl_log(), key=lambda row: row["fetch_time"])
    return {row["url"].removeprefix(BASE): row["verdict"] for row in rows}


def ids(library: Library) -> set[str]:
    return {row["url"].removeprefix(BASE) for row in library.articles(columns=["url"])}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with Library.create(tmp_path_factory.mktemp("site") / "library") as library:
        found = published(
            library,
            [capture(path, html, n) for n, (path, html) in enumerate(EVERYTHING.items())],
        )
        assert ids(library) == {*articles(), *ARTICLES}
        return found


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_no_article(verdicts: dict[str, str], path: str) -> None:
    assert verdicts[path] == "not_article:list"


@pytest.mark.parametrize("path", [*articles(), *ARTICLES])
def test_an_article_is_one(verdicts: dict[str, str], path: str) -> None:
    assert verdicts[path] == "article"


@pytest.mark.parametrize("path", STATICS)
def test_a_static_page_is_none(verdicts: dict[str, str], path: str) -> None:
    assert verdicts[path] == "not_article:page"


def test_a_setting_keeps_static_pages(library: Library) -> None:
    settings = library.path / "library.toml"
    settings.write_text(settings.read_text().replace("pages = false", "pages = true"))
    with Library.open(library.path) as opened:
        found = published(
            opened, [capture(path, html, n) for n, (path, html) in enumerate(EVERYTHING.items())]
        )
    assert {found[path] for path in STATICS} == {"article"}
    assert {found[path] for path in LISTS} == {"not_article:list"}


@pytest.mark.long
def test_a_list_that_came_alone_stays_until_its_site_proves_what_it_is(library: Library) -> None:
    first = published(library, [capture("/lead/", LISTS["/lead/"](), 0, run="run-1")])
    assert first["/lead/"] == "article"
    assert ids(library) == {"/lead/"}
    pieces = [capture(path, html, n, run="run-2") for n, (path, html) in enumerate(_pieces())]
    published(library, pieces)
    (row,) = library.table("withdrawn")
    assert (row["version"], row["reason"]) == (1, "list")
    assert row["as_of"] == max(one.fetch_time for one in pieces)
    assert ids(library) == set(articles())
    before = _rows(library)
    rebuild(library, ENGINE)
    assert _rows(library) == before
    rebuild(library, ENGINE, how=RebuildOptions(relearn=True))
    assert len(library.table("withdrawn")) == 0
    assert ids(library) == set(articles())
    assert len(library.table("articles")) == len(articles())


@pytest.mark.parametrize(("count", "stays"), [(2, False), (100, True)])
def test_a_page_in_all_navigation_is_withdrawn_unless_it_is_long(
    library: Library, count: int, stays: bool
) -> None:
    text = page("About", f"<h1>About</h1>{prose(paragraphs('about', count))}")
    published(library, [capture("/about/", text, 0, run="run-1")])
    assert ids(library) == {"/about/"}
    published(library, [capture(p, h, n, run="run-2") for n, (p, h) in enumerate(_pieces())])
    assert ("/about/" in ids(library)) is stays
    assert [row["reason"] for row in library.table("withdrawn")] == ([] if stays else ["page"])


def test_a_withdrawn_page_that_becomes_an_article_is_a_version(library: Library) -> None:
    published(library, [capture("/lead/", LISTS["/lead/"](), 0, run="run-1")])
    published(library, [capture(p, h, n, run="run-2") for n, (p, h) in enumerate(_pieces())])
    assert "/lead/" not in ids(library)
    made = article("A piece at last", paragraphs("at-last", 6), "2026-03-31")
    found = published(library, [capture("/lead/", made, 0, run="run-3")])
    assert found["/lead/"] == "version"
    (row,) = [row for row in library.articles() if row["url"] == f"{BASE}/lead/"]
    assert row["version"] == 2


def test_a_page_in_doubt_waits_for_the_end_of_its_run(library: Library) -> None:
    captures = [capture("/whole/", LISTS["/whole/"](), 0)]
    captures += [capture(path, html, n + 1) for n, (path, html) in enumerate(_pieces())]
    _keep_without_log(library, captures[:1])
    publish(library, ENGINE)
    assert ids(library) == set()
    assert len(library.captures()) == 1
    found = published(library, captures[1:])
    assert ids(library) == set(articles())
    assert found["/tide-number-2-comes-home/"] == "article"
    assert len(library.table("withdrawn")) == 0


def test_pages_of_a_list_are_never_stitched(library: Library) -> None:
    follows = '<a rel="next" href="/whole/2">Older</a>'
    first = LISTS["/whole/"]().replace("</main>", f"{follows}</main>")
    second = capture("/whole/2", page("All", "".join(item(p, p.texts) for p in PIECES[4:8])), 99)
    captures = [capture(path, html, n) for n, (path, html) in enumerate(_pieces())]
    captures += [capture("/whole/", first, 50), _behind(second, f"{BASE}/whole/")]
    found = published(library, captures)
    assert found["/whole/"] == found["/whole/2"] == "not_article:list"


def test_why_a_page_is_no_article_stands_in_the_memory(library: Library) -> None:
    from pipelines.fold.memory import FoldMemory

    captures = [capture(path, html, n) for n, (path, html) in enumerate(_pieces())]
    published(library, [*captures, capture("/whole/", LISTS["/whole/"](), 90)])
    memory = FoldMemory(library.generation)
    assert memory.site.proof("example,harbour)/whole") == (
        "list",
        f"{_words(4)} of {_words(4)} words begin 4 articles that it lists",
    )
    memory.close()


def _words(count: int) -> int:
    return sum(len(text.split()) for piece in PIECES[:count] for text in piece.texts)


def _pieces() -> list[tuple[str, str]]:
    return list(articles().items())


def _rows(library: Library) -> str:
    names = ("articles", "withdrawn", "crawl_log")
    rows = {name: library.table(name).to_pylist() for name in names}
    return json.dumps(rows, default=str, sort_keys=True)


def _keep_without_log(library: Library, captures: list[Capture]) -> None:
    from archive.writer import WarcWriter

    writer = WarcWriter(library)
    for one in captures:
        writer.write(one).result()
    writer.close()


def _behind(one: Capture, first: str) -> Capture:
    from dataclasses import replace

    return replace(one, part_of=first, part=2)
