"""The article that a page is of: by its canonical address if that can be believed, else by its own.

Variants of an address (AMP, print, mobile, tracking parameters) meet in one article. An address
keeps the article that it was once taken for: nothing is decided twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from archive.web.hosts import host_parts, split_url
from archive.web.surt import article_id, url_surtkey
from pipelines.text.words import key

_TOO_SHARED = 3  # different texts that declare one canonical: then it is no article's address
_VARIANT_KEYS = frozenset(
    {
        *("amp", "outputtype", "print", "printer", "printable", "format", "view", "output"),
        *("mobile", "mode", "layout"),
    }
)
_VARIANT_VALUES = {"", "1", "true", "yes", "amp", "print", "printer", "mobile", "single"}
_VARIANT_TAIL = re.compile(r"/(?:amp|print|printer-friendly|drucken|imprimir)/?$", re.IGNORECASE)
_VARIANT_TAIL_HTML = re.compile(r"\.amp(?=(?:\.html?)?$)", re.IGNORECASE)
_VARIANT_HEAD = re.compile(r"^/amp(?=/.)", re.IGNORECASE)
_VARIANT_HOST = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.)", re.IGNORECASE)
_INDEX = re.compile(r"/index\.(?:html?|php|aspx?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Face:
    """What tells one article from another at the same address."""

    text_digest: str
    headline: str | None
    language: str | None

    def may_be(self, other: Face) -> bool:
        """Whether both may be of one article: the same text or title, in the same language."""
        if self.text_digest == other.text_digest:
            return True
        languages = {(face.language or "").partition("-")[0] for face in (self, other)} - {""}
        if len(languages) > 1:
            return False
        titles = [key(face.headline or "") for face in (self, other)]
        return titles[0] == titles[1] or not all(titles)


class KnownAddresses(Protocol):
    """What is known of addresses and their articles."""

    def article_of(self, surtkey: str) -> str | None:
        """The article that the capture of a URL became; None where it became none."""

    def face_of(self, article_id: str) -> Face | None:
        """What the last accepted version of an article looks like."""

    def is_listing(self, surtkey: str) -> bool:
        """Whether a capture of the URL turned out to be a list page."""

    def texts_of(self, canonical: str, surtkey: str, text_digest: str) -> int:
        """How many different texts, of different addresses, declare *canonical* as theirs."""


def identify(page: dict[str, Any], known: KnownAddresses) -> str:
    """The id of the article that *page*, a row of `articles` before the fold, is of."""
    url, own = str(page["url"]), str(page["url_surtkey"])
    if before := known.article_of(own):
        return before
    face = Face(page["text_digest"], page["headline"], page["in_language"])
    for candidate in _candidates(url, page["canonical_url"]):
        surtkey = url_surtkey(candidate)
        if surtkey == own:
            break
        if _is_taken_for(candidate, surtkey, page, face, known):
            return article_id(candidate)
    return article_id(url)


def addresses_of(url: str, canonical: str | None) -> list[str]:
    """All addresses that a new article at *url*, which declares *canonical*, may be known by."""
    return [url, *_candidates(url, canonical)]


def _candidates(url: str, canonical: str | None) -> Iterator[str]:
    """Addresses that may be the article's, the likeliest first."""
    if canonical and _believable(url, canonical):
        yield canonical
        plain = plain_form(canonical)
        if plain != canonical:
            yield plain
        return
    plain = plain_form(url)
    if plain != url:
        yield plain


def _is_taken_for(
    candidate: str, surtkey: str, page: dict[str, Any], face: Face, known: KnownAddresses
) -> bool:
    if known.is_listing(surtkey):
        return False
    texts = known.texts_of(surtkey, str(page["url_surtkey"]), page["text_digest"])
    is_variant = url_surtkey(plain_form(str(page["url"]))) == surtkey
    there = known.face_of(article_id(candidate))
    if there is not None and not face.may_be(there):
        return False
    same = there is not None and there.text_digest == face.text_digest
    return same or is_variant or texts < _TOO_SHARED


def _believable(url: str, canonical: str) -> bool:
    """Whether a page at *url* may name *canonical*: on the same site, and not its front page."""
    ours, theirs = split_url(url), split_url(canonical)
    if ours is None or theirs is None:
        return False
    if theirs.scheme not in ("http", "https") or not theirs.hostname:
        return False
    if theirs.path in ("", "/") and not theirs.query and ours.path not in ("", "/"):
        return False  # every page of some sites names the home page
    domains = {host_parts(one).private_domain for one in (url, canonical)}
    return (len(domains) == 1 and None not in domains) or ours.hostname == theirs.hostname


def plain_form(url: str) -> str:
    """The address that *url* is a variant of: without what asks for AMP, print or a telephone."""
    parts = split_url(url)
    if parts is None:
        return url
    path = _VARIANT_TAIL.sub("/" if parts.path.endswith("/") else "", parts.path)
    path = _VARIANT_HEAD.sub("", _VARIANT_TAIL_HTML.sub("", path))
    path = _INDEX.sub("/", path) or "/"
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (name.lower() in _VARIANT_KEYS and value.lower() in _VARIANT_VALUES)
    ]
    host = _VARIANT_HOST.sub("", parts.netloc)
    as_it_is = (parts.netloc, parts.path, parse_qsl(parts.query, keep_blank_values=True))
    if (host, path, query) == as_it_is:
        return url
    return parts._replace(netloc=host, path=path, query=urlencode(query)).geturl()
