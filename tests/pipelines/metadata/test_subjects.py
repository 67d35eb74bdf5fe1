"""The section of an article and its keywords, wherever its page says them."""

from __future__ import annotations

import pytest

from pipelines.metadata.declarations import declarations_of
from pipelines.metadata.subjects.choice import Subjects, words_of
from pipelines.page.html import parse_html

_URL = "https://quay.example/2026/02/the-rope/"
_TEXT = (
    "<p>The rope had been wet since the autumn, and nobody at the quay could say why that was.</p>"
)
_CRUMBS = """<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": [%s]}
</script>"""


def _subjects(top: str = "", below: str = "", *, head: str = "", url: str = _URL) -> Subjects:
    tree = parse_html(
        f"<html lang='en'><head><title>The Rope</title>{head}</head><body>"
        "<nav><a href='/category/news/'>News</a> <a href='/category/sport/'>Sport</a></nav>"
        f"<main><article><header><h1>The Rope</h1>{top}</header>{_TEXT * 3}{below}</article></main>"
        "<aside class='sidebar'><a href='/category/music/' rel='category tag'>Music</a></aside>"
        "</body></html>"
    )
    assert tree is not None
    return Subjects(declarations_of(tree, url), url)


def _section(*args: str, **more: str) -> str | None:
    return next((text for _, text in _subjects(*args, **more).sections()), None)


def _keywords(*args: str, **more: str) -> tuple[str, ...]:
    found = _subjects(*args, **more).keywords()
    return words_of(found[1]) if found else ()


@pytest.mark.parametrize(
    "mark",
    [
        "<a href='/category/harbours/' rel='category tag'>Harbours</a>",
        "<span class='cat-links'><a href='/harbours/'>Harbours</a></span>",
        "<div class='taxonomy-category'><a href='/x/harbours/' rel='tag'>Harbours</a></div>",
        "<p>In <a href='/category/harbours.html'>Harbours</a>.</p>",
        "<p>Filed under: Harbours</p>",
        "<p>Posted in <a href='/kategorie/harbours/'>Harbours</a></p>",
        "<p>Kategorie: <a href='/h'>Harbours</a></p>",
        "<p>Rubrique : Harbours</p>",
        "<p>分类：Harbours</p>",
        "<span itemprop='about' itemscope><a href='/categories/h/'><span itemprop='name'>Harbours"
        "</span></a></span>",
    ],
)
def test_a_mark_of_the_category_is_the_section(mark: str) -> None:
    assert (
        _section(mark)
        == _section(below=mark.replace("<span itemprop='about'", "<p>In <span"))
        == ("Harbours")
    )
    assert _keywords(mark) == ()


@pytest.mark.parametrize(
    "trail",
    [
        "<nav class='breadcrumb'><a href='/'>Start</a> › <a href='/h'>Harbours</a> › The Rope</nav>",
        "<ol class='breadcrumbs'><li><a href='/'>Quay</a></li><li><a href='/h'>Harbours</a></li></ol>",
        "<nav aria-label='Breadcrumb'><a href='/'>Home</a> / <a href='/h/'>Harbours</a></nav>",
        "<div class='crumb-breadcrumb'><a href='/h/'>Harbours</a> » <a href='/2026/'>2026</a></div>",
        "<ol itemscope itemtype='https://schema.org/BreadcrumbList'>"
        "<li itemprop='itemListElement'><a itemprop='item' href='/'><b itemprop='name'>Home</b></a></li>"
        "<li itemprop='itemListElement'><a itemprop='item' href='/h'><b itemprop='name'>Harbours</b></a>"
        "</li><li itemprop='itemListElement'><span itemprop='name'>The Rope</span></li></ol>",
        "<ol vocab='https://schema.org/' typeof='BreadcrumbList'><li property='itemListElement'>"
        "<a property='item' href='/h'><span property='name'>Harbours</span></a></li>"
        "<li property='itemListElement'><span property='name'>The Rope, at last</span></li></ol>",
        _CRUMBS
        % '{"name": "Home", "item": "/"}, {"name": "Harbours", "item": "/h/"}, {"name": "Rope"}',
        _CRUMBS
        % '{"item": {"@id": "/h/", "name": "Harbours"}}, {"item": {"@id": "/r", "name": "The Rope"}}',
    ],
)
def test_the_last_crumb_before_the_page_is_the_section(trail: str) -> None:
    assert _section(trail) == "Harbours"


@pytest.mark.parametrize(
    ("top", "url"),
    [
        ("", _URL),
        ("<nav class='breadcrumb'><a href='/'>Home</a> › The Rope</nav>", _URL),
        ("<p>In the end it was a rope.</p>", _URL),
        (
            "<p>He wrote <a href='/category/harbours/'>of harbours</a>, of ropes and of men.</p>"
            * 2,
            _URL,
        ),
        ("<p>In <a href='/2025/12/the-knot/'>The Knot</a></p>", _URL),
        ("", "https://quay.example/blog/2026/02/the-rope/"),
    ],
)
def test_where_nothing_says_the_section_there_is_none(top: str, url: str) -> None:
    assert _section(top, url=url) is None


def test_the_folder_before_the_day_is_a_section_where_nothing_else_is() -> None:
    assert _section(url="https://quay.example/harbour-life/2026/02/09/rope.html") == "harbour life"
    assert (
        _section("<p>Section: Ropes</p>", url="https://quay.example/life/2026/02/09/r") == "Ropes"
    )


def test_what_is_declared_is_the_section_first() -> None:
    head = "<meta property='article:section' content='Ropes'>"
    assert _section("<a href='/c/' rel='category'>Harbours</a>", head=head) == "Ropes"


@pytest.mark.parametrize(
    "tags",
    [
        "<a rel='tag' href='/t/wet'>wet</a> <a rel='tag' href='/t/rope'># rope</a>",
        "<ul itemprop='keywords'><li><a rel='tag' href='/w'>wet</a></li><li><a rel='tag' href='/r'>rope"
        "</a></li></ul>",
        "<a class='tag p-category' rel='tag' href='/categories/wet/'>wet</a>"
        "<a class='tag p-category' rel='tag' href='/categories/rope/'>rope</a>",
        "<p>Tags: wet, rope</p>",
        "<p>Tags: <a href='/wet'>wet</a> <a href='/rope'>rope</a></p>",
        "<p>Schlagwörter: wet, rope.</p>",
        "<p>Mots-clés : wet ; rope</p>",
        "<p>标签：wet、rope</p>",
        "<div><b>Tagged:</b><ul><li><a href='/wet'>wet</a></li><li><a href='/rope'>rope</a></li></ul></div>",
        "<div class='post-tags'><a href='/tags/#tag:wet'>wet</a> <a href='/tags/#tag:rope'>rope</a></div>",
        "<a rel='tag' href='/w'>wet</a><a rel='tag' href='/r'>rope</a><a rel='category tag' href='/h'>H</a>",
    ],
)
def test_the_tags_of_an_article_are_its_keywords(tags: str) -> None:
    scope = "<div itemscope itemtype='https://schema.org/Article'>%s</div>"
    assert _keywords(below=scope % tags) == ("wet", "rope")


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:tag' content='wet'><meta property='article:tag' content='rope'>",
        "<meta name='news_keywords' content='wet, rope'>",
        '<script type="application/ld+json">{"@type": "Article", "keywords": ["wet", "rope"]}</script>',
    ],
)
def test_declared_keywords_are_each_one(head: str) -> None:
    assert _keywords(head=head) == ("wet", "rope")
