"""A page's titles into the headline of its article, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.text.words import collapse, key

_SITE_SPLIT = re.compile(r"\s+[|–—·•»:-]+\s+|\s*\|\s*")
LONGEST_TITLE = 250
"""Characters of a headline that are read; what follows is cut off."""
_IN_COMMON = 30  # percent of the words of the shorter of two titles


def headlines_of(declared: Declarations) -> Iterator[Candidate]:
    """What may be the headline of the article on the page that *declared* describes, the most
    trusted first."""
    heading = [*_single(declared, "h1")]
    yield from declared.structured("headline")
    yield from (shown for shown in heading if _is_in_other_words(shown[1], declared))
    yield from declared.meta("headline")
    yield from (shown for shown in heading if not _is_of_the_site(declared))
    yield from _single(declared, "title")


def names_of_host(url: str) -> tuple[str, ...]:
    """The names by which the host of *url* may sign: `estuary` and `estuary.example`."""
    host = (urlsplit(url).hostname or "").removeprefix("www.") if "[" not in url else ""
    labels = host.split(".")
    own = labels[:-1] if len(labels) > 1 else labels
    return tuple(filter(None, (host, *(label for label in own if len(label) > 3))))


def without_site(title: str, sites: set[str], shown: set[str]) -> str:
    """*title* without a name of *sites*, or whatever else stands beside a heading *shown*."""
    for separator in _SITE_SPLIT.finditer(title[:LONGEST_TITLE]):
        before, after = title[: separator.start()], title[separator.end() :]
        if before and (key(after) in sites or key(before) in shown):
            return before
        if after and (key(before) in sites or key(after) in shown):
            return after
    return title


def _single(declared: Declarations, tag: str) -> Iterator[Candidate]:
    """The text of the only element *tag*; nothing where a page has several."""
    elements = [
        element
        for element in declared.tagged(tag)
        if tag != "title" or element.getparent().tag == "head"
    ]
    if len(elements) == 1:
        yield f"markup:{tag}", _said_by(declared, elements[0])


def _said_by(declared: Declarations, element: HtmlElement) -> str:
    """The text of *element* as it is shown: lines apart, pieces of a word together."""
    nodes, segments = declared.segments.nodes, declared.segments
    lines = [one.text for one in segments if nodes.elements[one.node] is element]
    return collapse(" ".join(lines) or "".join(element.itertext()))


def _is_in_other_words(heading: str, declared: Declarations) -> bool:
    """Whether a page's *heading* says what its `meta` title says in other words. That title is
    often made for search engines; the heading that readers see is the headline."""
    title = next((text for _, text in declared.meta("headline")), "")
    seen, title_words = set(key(heading).split()), set(key(title).split())
    fewer = min(len(seen), len(title_words))
    return len(seen) > 1 and 100 * len(seen & title_words) >= _IN_COMMON * max(fewer, 1)


def _is_of_the_site(declared: Declarations) -> bool:
    """Whether the page's main heading names a part of the site: none of its words is in the page's
    `title`, and a lower heading behind it has the beginning of that title."""
    said = [set(key(text).split()) for tag in ("h1", "title") for _, text in _single(declared, tag)]
    if len(said) < 2 or said[0] & said[1]:
        return False
    title = key(next(text for _, text in _single(declared, "title")))
    headings = dropwhile(lambda one: one.tag != "h1", declared.tagged("title", "h1", "h2", "h3"))
    lower = (key("".join(heading.itertext())) for heading in headings if heading.tag != "h1")
    return any(len(text.split()) > 2 and title.startswith(text) for text in lower)
