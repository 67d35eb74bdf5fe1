"""Clutter is told by tags, roles, styles and names, and never by names alone where the prose is."""

from __future__ import annotations

import lxml.html
import pytest
from lxml.html import HtmlElement

from pipelines.boilerplate import prune
from pipelines.container import container_of

_PROSE = "<p>A sentence that is long enough to count as the prose of a page, and a little more.</p>"


def _page(html: str) -> HtmlElement:
    return lxml.html.document_fromstring(f"<html><body><div>{_PROSE * 4}</div>{html}</body></html>")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ('<div id="comments">gone</div>', "comments"),
        ('<div class="td_block relatedPosts">gone</div>', "related"),
        ('<section class="c-related__list">gone</section>', "related"),
        ("<aside>gone</aside>", "aside"),
        ('<div role="navigation">gone</div>', "navigation"),
        ('<div style="display: none">gone</div>', "hidden"),
        ("<figure><figcaption>gone</figcaption></figure>", "caption"),
        ('<div class="mc4wp-form">gone</div>', "newsletter"),
        ('<span class="adsbygoogle">gone</span>', "advertisement"),
    ],
)
def test_clutter_goes_and_its_tail_stays(html: str, reason: str) -> None:
    tree = _page(f"{html}stays")
    removed = prune(tree)
    assert [(row.reason, row.block) for row in removed] == [(reason, "gone")]
    assert "gone" not in tree.text_content()
    assert "stays" in tree.text_content()


@pytest.mark.parametrize(
    "html",
    [
        '<p class="related">stays</p>',
        '<div class="commentary">stays</div>',
        '<div class="correlated shared-memory">stays</div>',
        '<div class="social-embed"><blockquote>stays</blockquote></div>',
    ],
)
def test_a_name_that_only_resembles_one_is_kept(html: str) -> None:
    tree = _page(html)
    assert prune(tree) == []
    assert "stays" in tree.text_content()


def test_an_element_with_the_prose_is_no_clutter_whatever_its_name() -> None:
    tree: HtmlElement = lxml.html.document_fromstring(
        f'<body><div class="sidebar">{_PROSE * 3}</div></body>'
    )
    assert prune(tree) == []
    assert tree.text_content().count("long enough") == 3


def test_marks_of_notes_go_and_the_notes_stay() -> None:
    tree = _page(
        '<div class="entry">Text<sup class="ref"><a href="#n1">1</a></sup>.</div>'
        '<section class="footnotes"><h2>Notes</h2><ol><li>The note. <a href="#r1">↩</a></li></ol></section>'
    )
    prune(tree)
    assert "Text." in tree.text_content()
    assert tree.xpath("normalize-space(//ol)") == "The note."
    assert "Notes" not in tree.text_content()


def test_the_container_is_the_deepest_element_with_most_prose() -> None:
    tree = lxml.html.document_fromstring(
        f'<body><nav>{_PROSE.replace("p>", "a>")}</nav><main><section id="s"><div>{_PROSE}</div>'
        f"<div>{_PROSE * 2}</div></section></main></body>"
    )
    container = container_of(tree)
    assert container is not None
    assert container.element.get("id") == "s"
    assert container.is_one_article


def test_a_container_of_linked_titles_is_not_one_article() -> None:
    tree = lxml.html.document_fromstring(
        f'<body><div><h2><a href="/a">A</a></h2>{_PROSE}<h2><a href="/b">B</a></h2>{_PROSE}</div></body>'
    )
    container = container_of(tree)
    assert container is not None
    assert not container.is_one_article
