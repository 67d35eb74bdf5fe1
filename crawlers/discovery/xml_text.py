"""What servers send as XML into characters that a parser can read, and the name of its root.

Charsets are often declared wrong, references are no XML, bytes are packed without a word of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.entities import html5
from itertools import islice
from typing import NamedTuple
from xml.sax.saxutils import escape

from archive.web.http import decode_content

_GZIP, _PACKED = b"\x1f\x8b", 2  # times

_OPENING = re.compile(
    r"<!--|<!\[CDATA\[|<!doctype\s+(html)\b"
    r"|<(?:[\w.-]{1,40}:)?(rss|rdf|feed|channel|urlset|sitemapindex|opml|html|head|body)(?=[\s/>])",
    re.IGNORECASE,
)
_CLOSING = {"<!--": "-->", "<![cdata[": "]]>"}
_OF_HTML = ("html", "head", "body")

_ODD = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|&(?:#([xX][0-9a-fA-F]+|[0-9]+);|([A-Za-z][A-Za-z0-9]{0,40});)?",
    re.DOTALL,
)
_MOST_ODD = 1_000_000  # a microsecond each: a text with more is left as it is
_START_TAG = re.compile(r"<[\w.:-]{1,80}")
_PREFIX = re.compile(
    r"</?([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[\w.-]{1,60}\s*="
)
_DECLARED_PREFIX = re.compile(r"\sxmlns:([\w.-]{1,41})\s*=")
_MOST_PREFIXES = 50
_OF_XML = ("amp", "lt", "gt", "quot", "apos")
_ENTITY = re.compile(r"<!ENTITY\s+([\w.:-]{1,100})")
_NO_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Root(NamedTuple):
    """The first element that tells what a text is: its *name* without prefix, and where it is."""

    name: str
    start: int

    @property
    def is_page(self) -> bool:
        """Whether the text is a web page."""
        return self.name in _OF_HTML


def root_of(text: str) -> Root | None:
    """The element that tells what *text* is; None where there is none.

    Blank lines, comments and warnings of PHP may stand before it. What stands inside it says
    nothing: a title may speak of `<html>`, a prefix may be `html:`.
    """
    at = 0
    while opening := _OPENING.search(text, at):
        at = opening.end()
        if closing := _CLOSING.get(opening[0].lower()):
            at = max(at, text.find(closing, at))
        else:
            return Root((opening[1] or opening[2]).lower(), opening.start())
    return None


def unpacked(content: bytes, limit: int) -> tuple[bytes, str | None]:
    """*content* without the gzip that nothing declares, and why not all of it is there.

    A file that was packed once more on its way is unpacked twice.
    """
    error = None
    for _ in range(_PACKED):
        if content.startswith(_GZIP):
            found = decode_content(content, ("gzip",), limit)
            content = b"" if found.error == "bad_encoding" else found.data
            error = error or found.error
    return content, error


def cut_behind(text: str, most: Mapping[str, int]) -> str:
    """*text* up to where one of the marks in *most* comes once more than that says."""
    for mark, limit in most.items():
        if text.count(mark) > limit:
            end = next(islice(re.finditer(re.escape(mark), text), limit, None))
            text = text[: end.start()]
    return text


def mended(text: str) -> str:
    """*text* with the references that XML knows alone, and without control characters.

    HTML's entities become characters. An ampersand that begins no reference stands for itself, as
    in addresses: `?a=1&lang=en` names no angle bracket.
    """
    declared = set(_ENTITY.findall(text[:100_000]))

    def mend(odd: re.Match[str]) -> str:
        found, number, name = odd[0], odd[1], odd[2]
        if found.startswith("<"):
            return found
        if number:
            return _mended_number(found, number)
        if name in _OF_XML or name in declared:
            return found
        if name and f"{name};" in html5:
            return escape(html5[f"{name};"])
        return f"&amp;{found[1:]}"

    clean = _NO_CHARACTERS.sub("", text)
    if clean.count("&") + clean.count("<![CDATA[") > _MOST_ODD:
        return clean
    return _ODD.sub(mend, clean)


def with_prefixes(text: str) -> str:
    """*text*, which begins with its root, with the prefixes declared that it uses and does not say.

    A feed that is put together from parts of others has `<atom:link>` without Atom's namespace.
    """
    root = _START_TAG.match(text)
    used = {name for pair in _PREFIX.findall(text) for name in pair if name}
    missing = sorted(used - set(_DECLARED_PREFIX.findall(text)) - {"xml", "xmlns"})
    if root is None or not 0 < len(missing) <= _MOST_PREFIXES:
        return text
    declared = "".join(f' xmlns:{name}="urn:undeclared:{name}"' for name in missing)
    return text[: root.end()] + declared + text[root.end() :]


def _mended_number(reference: str, number: str) -> str:
    digits = number.lower().lstrip("x0")[:8] or "0"
    code = int(digits, 16 if number[0] in "xX" else 10)
    if code >= 0x110000 or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return "" if _NO_CHARACTERS.match(chr(code)) else reference
