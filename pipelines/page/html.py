"""A capture into a page, and its characters into a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from archive.types import Capture
from archive.web.charset import decoded
from archive.web.content import read_content
from archive.web.http import MAX_CONTENT, REDIRECTS
from archive.web.sniff import sniff
from pipelines.page.shown import as_shown
from pipelines.text.language import language_of_page

MAX_TEXT = 10_000_000
"""Characters of markup that are read; what follows is cut off."""
MAX_TAGS = 150_000
"""Tags that are read, so that a page of nothing but tags costs only seconds and megabytes; see
`bounded`."""

HTML = ("text/html", "application/xhtml+xml")
NO_PAGES = (300, *REDIRECTS)
"""Statuses of answers that are no pages: their markup is not read."""

_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\x0c\r"))
_NO_CHARACTERS = ("\ufffe", "\uffff")
_REFERENCE = "&#"
_ILLEGAL_NUMBER = re.compile(
    r"(?:[xX]0*(?:[0-8bBeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF])"
    r"|0*(?:[0-8]|11|1[4-9]|2\d|3[01]|6553[45]))(?:;|(?![0-9a-fA-F]))"
)
_END = re.compile(r"</(?:[bB][oO][dD][yY]|[hH][tT][mM][lL])\s*>")
_AFTER_END = 100  # characters: browsers read on after a page's end, libxml2 does not
_TOO_DEEP = etree.XPath(f"boolean({'/*' * 200})")
_INLINE_TAG = re.compile(
    r"</?(?:a|b|i|u|s|em|q|tt|big|font|span|small|strong|code|sub|sup)\b[^<>]*>", re.I
)
_NESTING_TAG = re.compile(
    r"</?(?!(?:p|br|img|script|style|title|meta|link|head|body|html)\b)[a-z][^<>]*>", re.I
)


@dataclass(frozen=True, slots=True)
class Page:
    """A web page: what a capture says once its transfer and content codings are undone.

    *refresh* is what `Refresh` says, *robots* what `X-Robots-Tag` says, *tdm_reservation* what
    `TDM-Reservation` says, *tdm_by_file* what the host's `tdmrep.json` says of the page.
    """

    url: str
    content: bytes
    content_type: str | None = None
    fetch_time: datetime | None = None
    status: int | None = 200
    refresh: str | None = None
    robots: str | None = None
    tdm_reservation: bool | None = None
    tdm_by_file: bool | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The content of a capture, its codings undone; and where that is HTML, its characters and its
    tree.

    *media_type* is that of its first bytes; *error* says why the codings could not be undone.
    *language* is known of what came with status 200.
    """

    data: bytes = b""
    media_type: str | None = None
    error: str | None = None
    charset: str | None = None
    language: str | None = None
    tree: HtmlElement | None = None


def opened(capture: Capture) -> Opened:
    """*capture*, decoded and parsed, with its language: once for both its row and its article."""
    found = _content(capture)
    if found.media_type not in HTML:
        return found
    characters = decoded(found.data, capture.parsed.get("content-type"))
    tree = None if capture.status in NO_PAGES else parse_html(characters.text)
    seen = tree is not None and capture.status == 200
    return replace(
        found,
        charset=characters.charset,
        language=language_of_page(tree) if seen else None,
        tree=tree,
    )


def _content(capture: Capture) -> Opened:
    if capture.original or not capture.payload:
        return Opened()
    content = read_content(capture.payload, capture.content_codings, MAX_CONTENT)
    media_type = sniff(content.data, capture.parsed.get("content-type"))
    return Opened(content.data, media_type, content.error)


def page_of(capture: Capture, content: Opened | None = None) -> Page | None:
    """The page in *capture*; None where it is cut, not HTML, or its coding cannot be undone.

    *content* is what `opened` gave, where it was opened before.
    """
    if capture.truncated or capture.original:
        return None
    content = content or _content(capture)
    if content.error or content.media_type not in HTML:
        return None
    head = capture.parsed
    declared_tdm = (head.get("tdm-reservation") or "").strip()
    return Page(
        url=capture.url,
        content=content.data,
        content_type=head.get("content-type"),
        fetch_time=capture.fetch_time,
        status=capture.status,
        refresh=head.get("refresh"),
        robots=", ".join(head.get_all("x-robots-tag")) or None,
        tdm_reservation={"0": False, "1": True}.get(declared_tdm),
        tdm_by_file=capture.tdm_reservation,
    )


def parse_html(text: str) -> HtmlElement | None:
    """The tree of *text* as readers see it, without comments; None where there is nothing to
    parse.

    A page that nests deeper than any honest page is parsed again as mere paragraphs: libxml2 would
    drop what stands too deep, and Python cannot recurse into it.
    """
    clean = _without_illegal_references(bounded(text))
    if (end := _END.search(clean)) and len(clean) - end.end() > _AFTER_END:
        clean = clean[: end.start()] + _END.sub("", clean[end.start() :])
    tree = _parse(clean)
    if tree is not None and _TOO_DEEP(tree):
        tree = _parse(_NESTING_TAG.sub("<p>", _INLINE_TAG.sub("", clean)))
    return tree if tree is None else as_shown(tree)


def _without_illegal_references(text: str) -> str:
    """*text* without references to characters that no page may have; libxml2 would stop at them."""
    parts = text.split(_REFERENCE)
    if not any(map(_ILLEGAL_NUMBER.match, parts[1:])):
        return text
    kept = parts[:1]
    for part in parts[1:]:
        found = _ILLEGAL_NUMBER.match(part)
        kept.append(part[found.end() :] if found else _REFERENCE + part)
    return "".join(kept)


def bounded(text: str) -> str:
    """As much of a page's markup as is read at all."""
    text = text[:MAX_TEXT]
    if len(text) <= MAX_TAGS or text.count("<") <= MAX_TAGS:
        return text
    return text[: next(islice(re.finditer("<", text), MAX_TAGS, None)).start()]


def _parse(text: str) -> HtmlElement | None:
    parser: Any = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        collect_ids=False,
    )
    # Python's own lookup would be called for every element; this one stays in C.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    if not text.isascii():
        for character in _NO_CHARACTERS:
            if character in text:
                text = text.replace(character, "")
    data = text.encode("utf-8", "ignore").translate(None, _CONTROLS)
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    return tree if isinstance(tree, HtmlElement) else None


_GROUPS = (
    ("meta",),
    ("script",),
    ("link", "a"),
    ("title", "h1", "h2", "h3"),
    ("time",),
    ("input",),
    ("form",),
    ("base",),
)
_NUMBER = {tag: number for number, group in enumerate(_GROUPS) for tag in group}


class Tagged:
    """The elements of *tree* that are asked for by several readers."""

    def __init__(self, tree: HtmlElement) -> None:
        self._groups: list[list[HtmlElement]] = [[] for _ in _GROUPS]
        found = {tag: self._groups[number] for tag, number in _NUMBER.items()}
        for element in tree.iter(*_NUMBER):
            found[element.tag].append(element)

    def __call__(self, *tags: str) -> list[HtmlElement]:
        """The elements of one of *tags*, all of one group, in the order of the page."""
        number = _NUMBER[tags[0]]
        found = self._groups[number]
        if len(tags) == len(_GROUPS[number]):
            return found
        return [element for element in found if element.tag in tags]
