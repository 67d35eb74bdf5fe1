"""What names a page a list: declared types, classes of its body, fixed parts of its address.

A mark raises suspicion; it decides nothing alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from archive.web.hosts import split_url
from pipelines.completeness import LIST_BODY

_LIST_PARTS = frozenset({"tag", "tags", "category", "categories", "author", "authors", "topics"})
_LISTS = _LIST_PARTS | {"archive", "archives", "tags.html", "authors.html", "archives.html"}
_NUMBERED = re.compile(r"/(?:page/?|index-?)\d{1,5}(?:\.html?)?/?$")


def marks_of(tree: HtmlElement, url: str, typed: Iterable[str]) -> Iterator[str]:
    """What names the page at *url* a list: declared types, classes and fixed parts of addresses."""
    yield from (f"json-ld:{kind}" for kind in typed)
    body = tree.find("body")
    if match := LIST_BODY.search(body.get("class", "") if body is not None else ""):
        yield f"body class {match[0].strip()!r}"
    parts = split_url(url)
    if parts is None:
        return
    segments = [one.lower() for one in parts.path.split("/") if one]
    if not segments and not parts.query:
        yield "the front page"
    if segments and all(re.fullmatch(r"\d{1,4}", one) for one in segments):
        yield "nothing but a date in its address"
    if any(one in _LIST_PARTS for one in segments[:-1]) or (segments and segments[-1] in _LISTS):
        yield "a fixed name in its address"
    if _NUMBERED.search(parts.path) or re.search(r"(?:^|&)paged?=\d+(?:&|$)", parts.query):
        yield "a page number in its address"
