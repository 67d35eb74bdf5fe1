"""A page's JSON-LD scripts into nodes, and the choice of the node that describes its article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from pipelines.text.nearly_json import read_nearly_json

Node = dict[str, Any]

_ARTICLES = """
Article NewsArticle BlogPosting Report Review LiveBlogPosting TechArticle ScholarlyArticle
MedicalScholarlyArticle SatiricalArticle AdvertiserContentArticle SocialMediaPosting
AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle OpinionNewsArticle
ReportageNewsArticle ReviewNewsArticle
"""
ARTICLE_TYPES = frozenset(_ARTICLES.split())
_OTHERS = "itemListElement blogPost blogPosts hasPart relatedLink comment mentions citation review"
_LISTED = frozenset(_OTHERS.split())
"""Properties whose values are other articles than the page's own."""

_OF_REFERENCES = frozenset({"@id", "@type"})
"""What a mere reference to another node may have."""
_NAMES = ("@value", "name", "headline", "alternateName", "author", "mainEntity", "url")
"""Where an object's text stands; a `Role` holds its person in the property that it has itself."""

_MAX_SCRIPT = 2_000_000  # characters: a longer script is not read
_MAX_NODES = 5_000  # objects of a page that are read
_MOST_PEOPLE = 100  # people that an article names whose names are looked for
_MAX_TEXT_DEPTH = 4  # lists and objects, each in the other, in which a text is looked for
_MOST_LENIENT = (
    400_000  # characters of scripts of a page that are no JSON, and are read all the same
)


@dataclass(frozen=True, slots=True)
class LinkedData:
    """The nodes of a page in their order, and those with an `@id` by it."""

    nodes: tuple[Node, ...] = ()
    listed: frozenset[int] = frozenset()

    def of_type(self, *names: str) -> Iterator[Node]:
        """The nodes that have one of the types *names*."""
        return (node for node in self.nodes if not types_of(node).isdisjoint(names))

    def article(self, url: str) -> Node | None:
        """The node of the page's own article: a node that names *url*, else the first."""
        own = [
            node
            for node in self.nodes
            if not ARTICLE_TYPES.isdisjoint(types_of(node)) and id(node) not in self.listed
        ]
        named = (node for node in own if _names(node, url))
        return next(named, own[0] if own else None)

    def resolve(self, value: Any) -> list[Any]:
        """*value* as a list, each mere reference replaced by the node that it names."""
        return [self._target(item) for item in _as_list(value)]

    def texts(self, node: Node | None, *path: str) -> list[str]:
        """The texts at *path* below *node*: `texts(article, "author", "name")`."""
        found: list[Any] = [node] if node else []
        for name in path:
            found = [
                value
                for item in found
                if isinstance(item, dict)
                for value in self.resolve(item.get(name))
            ]
        return [text for item in found for text in _text_of(item) if text]

    def named(self, node: Node | None, name: str) -> list[str]:
        """`texts` of people: an object that only refers to one, or that holds one, is followed."""
        found = []
        for item in map(self._target, _as_list((node or {}).get(name))[:_MOST_PEOPLE]):
            if isinstance(item, str) and (target := self._of_id(item)):
                item = target
            for key in ("author", "creator", "mainEntity"):
                if isinstance(item, dict) and not item.get("name") and item.get(key):
                    item = next(iter(self.resolve(item[key])), None)
            found += [text for text in _text_of(item) if text]
        return found

    def _of_id(self, text: str) -> Node | None:
        if not text.startswith(("#", "http", "_:", "/")):
            return None
        return next((n for n in self.nodes if n.get("@id") == text and n.get("name")), None)

    def _target(self, item: Any) -> Any:
        if not isinstance(item, dict) or not isinstance(item.get("@id"), str):
            return item
        if not item.keys() <= _OF_REFERENCES:
            return item
        same = (node for node in self.nodes if node is not item and node.get("@id") == item["@id"])
        return next((node for node in same if not node.keys() <= _OF_REFERENCES), item)


def linked_data(scripts: Iterable[HtmlElement]) -> LinkedData:
    """The JSON-LD of the *scripts* of a page; what is only nearly JSON is read as it is meant."""
    nodes: list[Node] = []
    listed: set[int] = set()
    room = _MOST_LENIENT
    for script in scripts:
        text = script.text
        if not text or "ld+json" not in (script.get("type") or "").lower():
            continue
        if len(text) > _MAX_SCRIPT:
            continue
        data = _parsed(text)
        if data is None and len(text) <= room:
            room -= len(text)
            data = read_nearly_json(text)
        _collect(data, nodes, listed)
    return LinkedData(tuple(nodes), frozenset(listed))


def types_of(node: Node) -> frozenset[str]:
    """The types of *node* by their local names."""
    names = (name for name in _as_list(node.get("@type")) if isinstance(name, str))
    return frozenset(re.split(r"[/#:]", name)[-1] for name in names)


def _parsed(text: str) -> Any:
    """What *text* is as JSON, if it is an object or a list."""
    try:
        found = json.loads(text.strip(), strict=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


def _collect(data: Any, nodes: list[Node], listed: set[int]) -> None:
    """Append every object below *data*, in the order of the page."""
    pending: list[tuple[Any, bool]] = [(data, False)]
    while pending and len(nodes) < _MAX_NODES:
        value, in_list = pending.pop()
        if isinstance(value, list):
            pending += [(item, in_list) for item in reversed(value)]
        elif isinstance(value, dict):
            nodes.append(value)
            if in_list:
                listed.add(id(value))
            pending += [(v, in_list or k in _LISTED) for k, v in reversed(value.items())]


def _names(node: Node, url: str) -> bool:
    page = node.get("mainEntityOfPage")
    named = [
        node.get("url"),
        node.get("@id"),
        page["@id"] if isinstance(page, dict) and "@id" in page else page,
    ]
    return any(isinstance(name, str) and _bare(name) == _bare(url) for name in named)


def _bare(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url.partition("#")[0]).rstrip("/")


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text_of(item: Any, depth: int = 0) -> Iterator[str]:
    """The text of a JSON-LD value: a string, a number, `@value`, or an object's name."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, (bool, int, float)):
        yield str(item)
    elif isinstance(item, list) and depth < _MAX_TEXT_DEPTH:
        for part in item:
            yield from _text_of(part, depth + 1)
    elif isinstance(item, dict) and depth < _MAX_TEXT_DEPTH:
        yield from _text_of(_naming(item), depth + 1)


def _naming(item: Node) -> Any:
    """What names the object *item*; the parts of a person's name together."""
    parts = [item.get(name) for name in ("givenName", "additionalName", "familyName")]
    if not item.get("name") and parts[0] and parts[2]:
        return " ".join(part for part in parts if isinstance(part, str))
    return next((item[name] for name in _NAMES if item.get(name) not in (None, "", [], {})), None)
