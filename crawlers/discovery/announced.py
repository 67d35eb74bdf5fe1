"""The values of discovery, and the texts of feeds and sitemaps into what may stand in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, Literal
from urllib.parse import urljoin

from archive.source import check_characters, check_url
from pipelines.text.words import words

MAX_URL = 8000  # what RFC 9110 asks of everybody; longer ones are junk
MAX_TITLE = 500
_MOST_VALUES = 2_000_000  # of JSON; commas in its texts count, too
_MOST_TEXT = 500_000  # characters of an entry's text that are counted

_TWICE_ESCAPED = re.compile(r"&(?:amp|#0*38|#[xX]0*26);")
_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*|\t+")
_BLANK = " \t\r\n\f\v\xa0\u200b\ufeff"
_ABSOLUTE = re.compile(r"https?://[^/?#]", re.IGNORECASE)  # urljoin would take its time
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Announced:
    """A URL that a feed or a sitemap names, with what it says of it; dates are aware UTC.

    *words* is how long the text is that it gives, None where it gives none.
    """

    url: str
    published: datetime | None = None
    modified: datetime | None = None
    title: str | None = None
    words: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What one feed or sitemap announces, each URL once.

    *children* are the sitemaps of an index, *problem* is one line where something was wrong. *home*
    is the address of the magazine that a feed is of, where it says so.
    """

    kind: Literal["feed", "sitemap", "sitemap_index", "unreadable"]
    entries: tuple[Announced, ...] = ()
    children: tuple[Announced, ...] = ()
    problem: str | None = None
    home: str | None = None


def announced_url(raw: str, base: str) -> str | None:
    """*raw* as an absolute http(s) URL without fragment, None if it is none.

    Line ends and tabs within are dropped, with what indents a line; spaces become %20, as in
    browsers. A twice escaped `&amp;` is undone once more.
    """
    raw = _FOLD.sub("", raw[: 2 * MAX_URL].strip(_BLANK))
    raw = _TWICE_ESCAPED.sub("&", raw).replace(" ", "%20")
    if not raw or len(raw) > MAX_URL:
        return None
    try:
        check_characters(raw)
        joined = raw if _ABSOLUTE.match(raw) else urljoin(base, raw)
        return check_url(joined.partition("#")[0])
    except ValueError:
        return None


def announced_title(raw: str) -> str | None:
    """*raw* as one line without markup, None if nothing is left."""
    text = unescape(_TAG.sub("", raw[: 10 * MAX_TITLE]))
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line[:MAX_TITLE] or None


def announced_words(texts: Iterable[str | None]) -> int | None:
    """How many words the longest of *texts* has, whose markup may be escaped; None if none has."""
    longest = max((text for text in texts if text), key=len, default="")[:_MOST_TEXT]
    return len(words(unescape(_TAG.sub(" ", longest)))) or None


def read_json(text: str | bytes) -> Any:
    """What stands in *text*; ValueError where it is no JSON, or has more values than any listing.

    No listing needs its numbers: one of five thousand digits is as good as any other.
    """
    text = text if isinstance(text, str) else text.decode("utf-8-sig", "replace")
    if sum(map(text.count, (",", "[", "{"))) > _MOST_VALUES:
        raise ValueError("too many values")
    try:
        return json.loads(text, parse_int=float)
    except RecursionError:
        raise ValueError("values in values without end") from None


def each_once(entries: Iterable[Announced]) -> tuple[Announced, ...]:
    """*entries* without those whose URL an earlier one has."""
    found: dict[str, Announced] = {}
    for entry in entries:
        found.setdefault(entry.url, entry)
    return tuple(found.values())
