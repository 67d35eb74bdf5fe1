"""A payload into its content, also where the content codings that its head names are not its own.

Servers label plain pages as gzip, name a charset as a coding, say twice what was done once. What
the bytes are counts then. `decode_content` says whether the label is true.
"""

from __future__ import annotations

import re

from archive.web.http import MAX_CODINGS, Content, decode_content

_HEADER = 1445  # bytes: as many as a media type is read from
_SHORT = 64  # bytes: so many of a compressed body never happen to be text, by any encoder
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|\?xml|html|head|body|title|meta|link|script|style|div|p"
    rb"|a|h1|table|br|rss|feed|rdf|(?:\w+:)?(?:urlset|sitemapindex))\b",
    re.IGNORECASE,
)
_WIDE_MARKUP = re.compile(rb"(?:\xff\xfe(?:\s\0)*<\0[!?a-z]\0|\xfe\xff(?:\0\s)*\0<\0[!?a-z])", re.I)
_SIGNATURES = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_NAMES = {"x-gzip": ("gzip",), "deflate": ("gzip",)}  # what these are read as, too


def read_content(payload: bytes, codings: tuple[str, ...], limit: int) -> Content:
    """The content of *payload*, whose head names *codings*; as it is where it is plainly text."""
    if not codings or _is_text(payload):
        return Content(payload)
    found = decode_content(payload, codings, limit)
    shown = _shown(payload)
    if found.error != "bad_encoding" and shown in (None, *_NAMES.get(codings[-1], (codings[-1],))):
        return found  # brotli takes the beginning of some gzip for its own
    return _by_bytes(payload, codings[-MAX_CODINGS:], limit) or found


def _by_bytes(payload: bytes, codings: tuple[str, ...], limit: int) -> Content | None:
    """*payload* without those of *codings* that its bytes have; None where that cannot be."""
    data, error = payload, None
    for coding in reversed(codings):
        if _is_text(data):
            break
        step = decode_content(data, (_shown(data) or coding,), limit)
        if step.error == "bad_encoding":
            return None
        data, error = step.data, error or step.error
    return Content(data, error)


def _shown(data: bytes) -> str | None:
    """The coding that the first bytes show."""
    return next((name for mark, name in _SIGNATURES.items() if data.startswith(mark)), None)


def _is_markup(data: bytes) -> bool:
    """Whether *data* begins as pages and feeds do: nothing compressed does."""
    header = data[:_HEADER]
    if _WIDE_MARKUP.match(header):
        return True
    return _MARKUP.match(header) is not None and _BINARY.search(header) is None


def _is_text(data: bytes) -> bool:
    """Whether *data* begins as a page, or is some length of UTF-8 without control characters."""
    if _is_markup(data):
        return True
    header = data[:_HEADER]
    if len(data) < _SHORT or _BINARY.search(header):
        return False
    try:
        header.decode()
    except UnicodeDecodeError as error:  # a character may be cut where the header ends
        return error.start > len(header) - 4 and len(data) > len(header)
    return True
