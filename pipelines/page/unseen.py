"""What browsers hide, and what they show though parsers pass over it.

Declarative shadow roots, documents in an attribute and texts for browsers without scripts become
text of the page; what a style or an attribute hides within a line is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from pipelines.page.edit import drop
from pipelines.page.elements import BLOCKS, SILENT

SEALED = ("template", "iframe", "noscript")
"""The elements whose text parsers pass over."""
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01](?:px)?\b"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
_HIDDEN_NAMES = re.compile(
    r"(?<!\S)(?:sr-only|screen-reader(?:-text|-only)?|visually-?hidden|a11y-hidden)(?!\S)", re.I
)
PARAGRAPHS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption")
"""The blocks that hold one text; where such a block is hidden, that is no layout."""
_SHADOWS = ("shadowrootmode", "shadowroot")
_LEAST, _LEAST_PROSE = 200, 80  # characters of a sealed text, and of a text node in it
_MOST_ASKED = 8  # texts for browsers without scripts that are compared with the page
_MOST_LOOKED_AT = 5_000  # hidden elements of a page
_MOST_HIDDEN = 300  # characters: more text within a line is no label
_HIDDEN_SHARE = 30  # percent of the text that paragraphs hide: with more, a script shows them


def open_templates(sealed: Iterable[HtmlElement], tree: HtmlElement) -> None:
    """Make ordinary boxes of those *sealed* elements of *tree* that a reader sees: shadow roots,
    documents in attributes, and texts for browsers without scripts that stand nowhere else."""
    asked = 0
    for element in sealed:
        if element.tag == "iframe":
            _open_document(element)
        elif element.tag == "template":
            if any(element.get(name) is not None for name in _SHADOWS):
                element.tag = "div"
        elif asked < _MOST_ASKED and (prose := _prose(element)):
            asked += 1
            if _is_only_here(prose, element, tree):
                element.tag = "div"


def _open_document(frame: HtmlElement) -> None:
    source = frame.get("srcdoc") or ""
    parent = frame.getparent()
    if len(source) < _LEAST or parent is None:
        return
    try:
        body = document_fromstring(source).find("body")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return
    if body is None or not _prose(body):
        return
    body.tag, body.tail = "div", frame.tail
    parent.replace(frame, body)


def _is_only_here(prose: str, element: HtmlElement, tree: HtmlElement) -> bool:
    """Whether the rest of *tree* lacks the *prose* in *element*."""
    if "javascript" in prose.lower() or "cookies" in prose.lower():
        return False
    inside = {*element.iter()}
    start = " ".join(prose.split())[:_LEAST_PROSE]
    return not any(
        start in " ".join(text.split())
        for other in tree.iter()
        if other not in inside and other.tag not in SILENT
        for text in (other.text, other.tail)
        if text and len(text) >= len(start)
    )


def _prose(element: HtmlElement) -> str:
    """The longest text node in *element*, if all of them are long enough for a text."""
    texts = [str(text) for text in element.itertext()]
    longest = max(texts, key=len, default="")
    enough = sum(map(len, texts)) >= _LEAST and len(longest) >= _LEAST_PROSE
    return longest if enough and "<" not in longest[:1] else ""


def drop_unseen(hidden: Iterable[HtmlElement], tree: HtmlElement) -> None:
    """Drop those *hidden* elements of *tree* that are within lines, and single paragraphs."""
    paragraphs = []
    for element in islice(hidden, _MOST_LOOKED_AT):
        if element.getparent() is None:
            continue
        if element.tag in PARAGRAPHS:
            paragraphs.append(element)
        elif _is_label(element):
            drop(element)
    if not paragraphs:
        return
    length = sum(_length(one) for one in paragraphs)
    if 100 * length <= _HIDDEN_SHARE * sum(map(len, _texts(tree))):
        for one in paragraphs:
            drop(one)


@lru_cache(maxsize=8_192)
def is_hidden_by(attribute: str, value: str) -> bool:
    """Whether this *value* of `style`, `class` or `hidden` hides its element."""
    if attribute == "style":
        return _HIDDEN_STYLE.search(value) is not None
    if attribute == "class":
        return _HIDDEN_NAMES.search(value) is not None
    return value != "until-found"


def _is_label(element: HtmlElement) -> bool:
    """Whether an inline *element* holds a short text, and no blocks."""
    return _length(element) <= _MOST_HIDDEN and not any(
        inner.tag in BLOCKS for inner in element.iterdescendants()
    )


def _length(element: HtmlElement) -> int:
    return sum(len(str(text)) for text in element.itertext())


def _texts(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter():
        if element.tag not in SILENT and element.text:
            yield element.text.strip()
        if element.tail:
            yield element.tail.strip()
