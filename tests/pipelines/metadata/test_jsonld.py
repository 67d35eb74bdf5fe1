"""JSON-LD as pages really write it: graphs, references, comments around it, and nonsense."""

from __future__ import annotations

import lxml.html
import pytest

from pipelines.metadata.jsonld import LinkedData, linked_data

_URL = "https://estuary.example/a"


def _read(*scripts: str) -> LinkedData:
    tags = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    tree = lxml.html.document_fromstring(f"<html><head>{tags}</head><body>x</body></html>")
    return linked_data(tree.iter("script"))


def test_references_in_a_graph_are_resolved() -> None:
    linked = _read(
        '{"@context": "https://schema.org", "@graph": ['
        '{"@type": "NewsArticle", "headline": "H", "author": [{"@id": "#p"}, {"name": "B"}], "publisher": {"@id": "#o"}},'
        '{"@type": "Person", "@id": "#p", "name": "A"}, {"@type": ["Organization"], "@id": "#o", "name": "O"}]}'
    )
    article = linked.article(_URL)
    assert linked.texts(article, "author") == ["A", "B"]
    assert linked.texts(article, "publisher", "name") == ["O"]


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "Article", "headline": "H"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "H"}\n//]]>',
        '{"@type": "Article", "headline": "H",};',
        '[{"@type": "http://schema.org/Article", "headline": ["H"]}]',
        '{"@type": "Article", "headline": {"@value": "H"}, "x": "a\nb"}',
    ],
)
def test_what_stands_around_the_json_does_no_harm(script: str) -> None:
    linked = _read(script)
    assert linked.texts(linked.article(_URL), "headline") == ["H"]


@pytest.mark.parametrize(
    "script", ["", "{", "null", "[" * 90_000, '{"@type": 3, "@id": []}', "NaN"]
)
def test_nonsense_says_nothing(script: str) -> None:
    assert _read(script).article(_URL) is None


def test_the_pages_own_article_is_preferred_to_those_it_lists() -> None:
    listed = '{"@type": "ItemList", "itemListElement": [{"@type": "Article", "headline": "Other"}]}'
    other = '{"@type": "Article", "headline": "First", "url": "https://estuary.example/b"}'
    own = '{"@type": "Article", "headline": "Own", "mainEntityOfPage": {"@id": "https://www.estuary.example/a/"}}'
    assert _read(listed).article(_URL) is None
    linked = _read(listed, other, own)
    assert linked.texts(linked.article(_URL), "headline") == ["Own"]


def test_a_reference_to_itself_ends() -> None:
    linked = _read('{"@type": "Article", "@id": "#a", "headline": {"@id": "#a"}}')
    assert linked.texts(linked.article(_URL), "headline") == []
