"""A tree into what it declares of itself: candidates for each field, most trusted first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from itertools import chain

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.metadata.field_names import LINKED, METAS
from pipelines.metadata.header import HeaderLine, header_of
from pipelines.metadata.jsonld import ARTICLE_TYPES, LinkedData, Node, linked_data, types_of
from pipelines.metadata.people.others import is_among_comments
from pipelines.page.elements import BITS
from pipelines.page.html import Tagged
from pipelines.page.segments import Segments
from pipelines.page.walk import segments_of
from pipelines.text.words import collapse

_VALUE_ATTRIBUTES = ("content", "datetime", "href", "src", "data-src")
_MAX_VALUE = 10_000  # characters of one declared value
_MAX_MARKUP = 300  # characters of an element that names an author, a date …
_MAX_TITLE = 250  # characters of a heading that may be the title
_MOST_HEADINGS = 60  # headings and titles of a page that are read
_MOST_SCOPES = 20  # articles in the markup whose lengths are compared
_PEOPLE = ("author", "creator")
_ALL_SCOPES = XPath("descendant::*[@itemscope]")
_SHORTEST_ARTICLE = 1_000  # characters of the page's own article, where it marks up several


Candidate = tuple[str, str]
"""Where a value stands on the page, and its text."""


@dataclass(frozen=True)
class Declarations:
    """All that the page *tree* declares, read once; *segments* are the text that it shows,
    *tagged* its elements by their tags."""

    tree: HtmlElement
    tagged: Tagged
    segments: Segments
    metas: dict[str, list[str]]
    linked: LinkedData
    article: Node | None
    microdata: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def around_title(self) -> frozenset[HtmlElement]:
        """The elements that hold the first `h1`."""
        heading = next(iter(self.tagged("h1")), None)
        return frozenset() if heading is None else frozenset(heading.iterancestors())

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Everything on the page that may be its title."""
        headings = (
            collapse("".join(h.itertext()))[:_MAX_TITLE]
            for h in self.tagged("h1", "title")[:_MOST_HEADINGS]
        )
        return (*(text for _, text in self.candidates("headline")), *headings)

    @cached_property
    def links(self) -> list[tuple[HtmlElement, str]]:
        """The `link` and `a` elements that lead somewhere, and where."""
        found = self.tagged("link", "a")
        return [(element, href) for element in found if (href := element.get("href"))]

    @cached_property
    def related(self) -> list[tuple[list[str], HtmlElement]]:
        """The relations of all links that name what they lead to."""
        return [
            (relation.lower().split(), element)
            for element, _ in self.links
            if (relation := element.get("rel"))
        ]

    @cached_property
    def header(self) -> list[HeaderLine]:
        """The lines around the title, where bylines and dates stand."""
        return header_of(
            self.segments, [text for _, text in self.candidates("headline")], self.titles
        )

    @property
    def article_type(self) -> str | None:
        """The schema.org type of the article that the page declares; None: it declares none."""
        if self.article is not None:
            return min(types_of(self.article) & ARTICLE_TYPES)
        return next(iter(self.microdata.get("@type", [])), None)

    def candidates(self, name: str) -> Iterator[Candidate]:
        """The declared values of *name*, most trusted first: JSON-LD, microdata, `meta`."""
        yield from self.structured(name)
        yield from self.meta(name)

    def structured(self, name: str) -> Iterator[Candidate]:
        """The values of *name* in JSON-LD and microdata."""
        for key in LINKED.get(name, ()):
            read = self.linked.named if name == "author" else self.linked.texts
            for text in read(self.article, key):
                yield f"json-ld:{self.article_type}.{key}", _clean(text)
        for key in LINKED.get(name, ()):
            for text in self.microdata.get(key, ()):
                yield f"microdata:{key}", _clean(text)

    def meta(self, name: str) -> Iterator[Candidate]:
        """The values of the field *name* in `meta` elements."""
        for key in METAS.get(name, "").split():
            for text in self.metas.get(key, ()):
                yield f"meta:{key}", _clean(text)

    def page_nodes(self, key: str) -> Iterator[Candidate]:
        """The values of *key* in the JSON-LD of the page that holds the article."""
        for node in self.linked.of_type("WebPage", "ItemPage", "MedicalWebPage"):
            for text in self.linked.texts(node, key):
                yield f"json-ld:WebPage.{key}", _clean(text)

    def markup(self, label: str, elements: Iterable[HtmlElement]) -> Iterator[Candidate]:
        """The short texts of *elements* of the page."""
        for element in elements:
            text = _value_of(element)
            if text and len(text) <= _MAX_MARKUP:
                yield f"markup:{label}", text


def declarations_of(tree: HtmlElement, url: str) -> Declarations:
    """What the page *tree* at *url* declares."""
    tagged = Tagged(tree)
    linked = linked_data(tagged("script"))
    body = tree.find("body")
    segments = segments_of(tree if body is None else body)
    metas, microdata = _metas(tagged), _microdata(tree, segments, tagged)
    return Declarations(tree, tagged, segments, metas, linked, linked.article(url), microdata)


def _metas(tagged: Tagged) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tagged("meta"):
        content = meta.get("content")
        if not content:
            continue
        if _is_of_a_comment(meta):
            continue
        names = (meta.get(key) for key in ("name", "property", "itemprop", "http-equiv"))
        for name in {name.strip().lower() for name in names if name}:
            found.setdefault(name, []).append(content)
    return found


def _is_of_a_comment(meta: HtmlElement) -> bool:
    """Whether *meta* is a property of a reader's comment."""
    for outer in meta.iterancestors():
        if outer.tag in ("head", "body"):
            return False
        kinds = f"{outer.get('itemtype', '')} {outer.get('typeof', '')} {outer.get('itemprop', '')}"
        if "comment" in kinds.lower():
            return True
    return False


def _microdata(tree: HtmlElement, segments: Segments, tagged: Tagged) -> dict[str, list[str]]:
    """The properties of the article that is marked up with microdata.

    Of several articles it is the article that holds the page's title, else the longest, if that is
    long enough: the others are teasers.
    """
    scopes = _articles(_scopes(tree, segments))
    if not scopes and _has_properties(tagged):
        scopes = _articles(_ALL_SCOPES(tree))  # an inline element is an article, too, if rarely
    if not scopes:
        return {}
    own = scopes[0] if len(scopes) == 1 else _own_of(scopes, tagged)
    return {} if own is None else {"@type": [_type_of(own)]} | _properties(own)


def _scopes(tree: HtmlElement, segments: Segments) -> list[HtmlElement]:
    """The block elements around *segments*, the text of *tree*, with properties of something."""
    elements = segments.nodes.elements
    found = [elements[number] for number in segments.nodes.that_say(BITS["scope"])]
    root = tree is not elements[0] and tree.get("itemscope") is not None
    return [tree, *found] if root else found


def _articles(scopes: Iterable[HtmlElement]) -> list[HtmlElement]:
    return [
        scope
        for scope in scopes
        if _type_of(scope) in ARTICLE_TYPES
        and scope.get("itemprop") not in ("itemListElement", "blogPost")
    ]


def _has_properties(tagged: Tagged) -> bool:
    """Whether an element that often is a property of an article says that it is one."""
    often = chain(tagged("meta"), tagged("time"), tagged("title", "h1", "h2", "h3"))
    return any(element.get("itemprop") for element in often)


def _own_of(scopes: list[HtmlElement], tagged: Tagged) -> HtmlElement | None:
    title = next(iter(tagged("h1")), None)
    around = frozenset() if title is None else frozenset(title.iterancestors())
    holding = next((scope for scope in reversed(scopes) if scope in around), None)
    if holding is not None:
        return holding
    sizes = {scope: len("".join(scope.itertext())) for scope in scopes[:_MOST_SCOPES]}
    longest = max(sizes, key=sizes.__getitem__)
    return longest if sizes[longest] >= _SHORTEST_ARTICLE else None


def _type_of(scope: HtmlElement) -> str:
    return re.split(r"[/#]", (scope.get("itemtype") or "").strip())[-1]


def _properties(scope: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in scope.iterdescendants():
        names = element.get("itemprop")
        if not names or _scope_of(element) is not scope:
            continue
        people = names in _PEOPLE
        if people and is_among_comments(element):
            continue
        for text in _texts_of(element, people):
            for name in names.split():
                if text and name != "articleBody":
                    found.setdefault(name, []).append(text)
    return found


def _texts_of(element: HtmlElement, people: bool) -> list[str]:
    """What *element* says as a property; of *people* each name that it holds."""
    if element.get("itemscope") is None:
        return [_value_of(element)]
    named = element.xpath(".//*[@itemprop='name']") if people else ()
    if len(named) > 1:
        return [_value_of(one) for one in named if _scope_of(one) is element]
    return [_name_in(element)]


def _scope_of(element: HtmlElement) -> HtmlElement | None:
    return next((a for a in element.iterancestors() if a.get("itemscope") is not None), None)


def _name_in(scope: HtmlElement) -> str:
    named = scope.xpath("(.//*[@itemprop='name'])[1]") or scope.xpath("(.//*[@itemprop='url'])[1]")
    return _value_of(named[0] if named else scope)


def _value_of(element: HtmlElement) -> str:
    for name in _VALUE_ATTRIBUTES:
        if element.tag in ("meta", "time", "link", "img", "data") and (value := element.get(name)):
            return _clean(value)
    return _clean(" ".join(element.itertext()))


def _clean(text: str) -> str:
    """*text* on one line; JSON-LD and `meta` often hold HTML, escaped once too often."""
    text = text[:_MAX_VALUE]
    if "&" in text:
        text = unescape(unescape(text))
    if "<" in text:
        text = re.sub(r"</?[a-zA-Z][^<>]*>", " ", text)
    return collapse(text)
