"""Text that a page holds as data: taken where the page shows hardly any, and not behind a wall."""

from __future__ import annotations

import json
from typing import Any

import pytest

import backissue
from archive.types import Article

LINES = [
    f"On day {number} the pilot wrote that {number} ships had come in with the tide, that the wind "
    "was from the sea, and that the gulls were still in the tower above the quay."
    for number in range(1, 8)
]
HTML = "".join(f"<p>{line}</p>" for line in LINES)
OTHER = "".join(f"<p>{line.replace('pilot', 'cook')}</p>" for line in LINES * 2)


def read(head: str, body: str = '<div id="app"></div>') -> Article:
    html = f"<html><head><title>Notebook | Quay</title></head><body>{body}{head}</body></html>"
    return backissue.extract(html, "https://quay.example/notebook")


def linked(free: bool | None = None) -> str:
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Notebook",
        "articleBody": "\n".join(LINES),
    }
    if free is not None:
        data["isAccessibleForFree"] = free
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def island(data: object, name: str) -> str:
    return f'<script type="application/json" id="{name}">{json.dumps(data)}</script>'


POSTS = {
    "latest": [{"title": "The cook", "body": OTHER}],
    "post": {"title": "Notebook", "body": HTML},
}
BLOCKS = {"story": {"headline": "Notebook", "parts": [{"kind": "p", "text": one} for one in LINES]}}
ELEMENTS = ["$", "main", None, {"children": [["$", "p", None, {"children": one}] for one in LINES]}]
STATES = {
    "Next.js": (island({"props": {"pageProps": POSTS}}, "__NEXT_DATA__"), "data:__NEXT_DATA__"),
    "blocks": (island(BLOCKS, "state"), "data:state.story.parts"),
    "Nuxt": (island([{"a": 1}, "Notebook", HTML], "__NUXT_DATA__"), "data:__NUXT_DATA__"),
    "a variable": (
        f"<script>window.__APOLLO_STATE__ = {json.dumps(POSTS)};</script>",
        "data:__APOLLO_STATE__",
    ),
    "pushed": (
        f"<script>self.__next_f.push({json.dumps([1, '7:' + json.dumps(ELEMENTS)])})</script>",
        "data:__next_f",
    ),
    "JSON-LD": (linked(), "json-ld:articleBody"),
}


@pytest.mark.parametrize(("head", "source"), STATES.values(), ids=STATES)
def test_the_text_of_a_page_that_shows_none_is_in_its_data(head: str, source: str) -> None:
    article = read(head)
    assert article.article_body == "\n\n".join(LINES)
    assert article.evidence["article_body"]["from"].startswith(source)
    assert article.completeness == "full"


def test_shown_text_that_says_as_much_is_not_replaced() -> None:
    shown = "".join(f"<p>{line} It rained.</p>" for line in LINES)
    article = read(linked(), f"<article><h1>Notebook</h1>{shown}</article>")
    assert "It rained." in article.article_body
    assert article.evidence["article_body"]["from"].startswith("model")


@pytest.mark.parametrize(
    ("head", "wall"),
    [
        (linked(free=False), ""),
        (linked(), '<div class="paywall"><p>Subscribe to keep reading</p></div>'),
        (linked(), "<div><h3>This article is for subscribers only</h3></div>"),
        (STATES["Next.js"][0], '<div class="gh-post-upgrade-cta"><h2>Members only</h2></div>'),
    ],
    ids=["not free", "a wall", "words", "a membership system"],
)
def test_text_behind_a_wall_is_not_taken(head: str, wall: str) -> None:
    article = read(head, f"<article><h1>Notebook</h1><p>{LINES[0]}</p>{wall}</article>")
    assert LINES[1] not in article.article_body
    assert article.completeness == "paywall"
    assert "words" in article.evidence["completeness"]["behind"]


@pytest.mark.parametrize(
    "head",
    [
        "<script>window.__STATE__ = {broken</script>",
        island({"a": "[" * 5000}, "x"),
        f'<script type="application/json">{"[" * 100_000}</script>',
        '<script src="app.js"></script>',
    ],
    ids=["no JSON", "no prose", "too deep", "nothing"],
)
def test_a_page_that_holds_no_text_is_a_shell(head: str) -> None:
    assert read(head).completeness == "shell"
