"""The first bytes of a payload into its media type.

After WHATWG's MIME Sniffing (https://mimesniff.spec.whatwg.org/).
"""

from __future__ import annotations

import re

from archive.web.charset import BOMS

_HEADER = 1445  # bytes that the standard looks at
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")

_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), media_type)
    for pattern, media_type in (
        (rb"%PDF-", "application/pdf"),
        (rb"%!PS-Adobe-", "application/postscript"),
        (rb"\x00\x00[\x01\x02]\x00", "image/x-icon"),
        (rb"BM.{4}\x00{4}", "image/bmp"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF.{4}WEBPVP", "image/webp"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb".{4}ftyp(?:avif|avis)", "image/avif"),
        (rb"FORM.{4}AIFF", "audio/aiff"),
        (rb"ID3[\x02-\x04]", "audio/mpeg"),
        (rb"OggS\x00", "application/ogg"),
        (rb"MThd\x00\x00\x00\x06", "audio/midi"),
        (rb"RIFF.{4}AVI ", "video/avi"),
        (rb"RIFF.{4}WAVE", "audio/wave"),
        (rb".{4}ftyp(?:mp4|.{4}(?:.{4}){1,8}?mp4)", "video/mp4"),
        (rb"\x1aE\xdf\xa3.{0,34}?B\x82.{1,8}?webm", "video/webm"),
        (rb"\x00\x01\x00\x00\x00.{7}", "font/ttf"),
        (rb"OTTO\x00", "font/otf"),
        (rb"ttcf\x00", "font/collection"),
        (rb"wOFF", "font/woff"),
        (rb"wOF2", "font/woff2"),
        (rb"\x1f\x8b\x08", "application/x-gzip"),
        (rb"PK\x03\x04", "application/zip"),
        (rb"Rar!\x1a\x07\x00", "application/x-rar-compressed"),
    )
)
"""The standard's binary signatures, the short ones with the byte that keeps prose out; and AVIF."""

_CONTAINERS = frozenset({"application/zip", "application/x-gzip", "application/ogg", "video/mp4"})
"""Types that only say how a file is packed. The declared type says what it is (EPUB, M4A …)."""

_HTML = re.compile(
    rb"<(?:(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P)"
    rb"[ >\t\n\f\r]|!--)",
    re.IGNORECASE,
)
_XML = re.compile(rb"<\?xml", re.IGNORECASE)
_PROLOG = re.compile(rb"\s+|<!--.*?-->|<\?.*?\?>|<![^>]*>", re.DOTALL)
_ROOT = re.compile(rb"<(rss|feed|rdf:RDF|html)[\s>]", re.IGNORECASE)
_RSS_1 = (b"http://purl.org/rss/1.0/", b"http://www.w3.org/1999/02/22-rdf-syntax-ns#")
_ROOTS = {
    b"rss": "application/rss+xml",
    b"feed": "application/atom+xml",
    b"html": "application/xhtml+xml",
}
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_UNKNOWN = (None, "unknown/unknown", "application/unknown", "*/*", "application/octet-stream")


def sniff(content: bytes, declared: str | None) -> str | None:
    """The media type of *content* (its codings undone), which came as *declared*; None where empty.

    Stricter than browsers in one thing: a binary signature counts against any declared type, since
    it tells a reader of the archive what the bytes are. A declared type stands where bytes cannot
    tell it: what is packed in a ZIP, and the kinds of text (`text/css`, JSON, `text/plain`).
    """
    if not content:
        return None
    stated = _media_type(declared)
    header = content[:_HEADER]
    for pattern, found in _SIGNATURES:
        if pattern.match(header):
            vague = stated in _UNKNOWN or (stated or "").startswith(("text/", "multipart/"))
            return found if vague or found not in _CONTAINERS else stated
    return _sniff_text(header, stated)


def _media_type(declared: str | None) -> str | None:
    value = (declared or "").partition(";")[0].strip().lower()
    return value if _MEDIA_TYPE.fullmatch(value) else None


def _sniff_text(header: bytes, stated: str | None) -> str:
    marked = any(header.startswith(mark) for mark, _ in BOMS)
    binary = not marked and _BINARY.search(header) is not None
    text = header.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\f\r ")
    if stated in _UNKNOWN and not binary:
        if _HTML.match(text):
            return _root_type(text, "text/html")
        return _root_type(text, "text/xml") if _XML.match(text) else "text/plain"
    if stated is None or stated in _UNKNOWN or (binary and stated == "text/plain"):
        return "application/octet-stream"
    if stated == "text/html" or stated.endswith(("/xml", "+xml")):
        return _root_type(text, stated)
    return stated


def _root_type(text: bytes, otherwise: str) -> str:
    """The type that the root element shows: RSS, Atom, XHTML in mere XML."""
    at = 0
    while prolog := _PROLOG.match(text, at):
        at = prolog.end()
    root = _ROOT.match(text, at)
    if root is None:
        return otherwise
    name = root[1].lower()
    if name == b"rdf:rdf":
        return "application/rss+xml" if all(uri in text for uri in _RSS_1) else otherwise
    if name == b"html":
        return _ROOTS[name] if otherwise.endswith("/xml") else otherwise
    return _ROOTS[name]
