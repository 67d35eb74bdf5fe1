"""The first bytes of a payload into its media type and its character encoding.

After WHATWG's MIME Sniffing (https://mimesniff.spec.whatwg.org/), Encoding
(https://encoding.spec.whatwg.org/) and the encoding prescan of HTML
(https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache

_HEADER = 1445  # bytes that the standard looks at
_PRESCAN = 1024
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
"""Types that only say how a file is packed; what it is, the declared type tells (EPUB, M4A …)."""

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
_BOMS = ((b"\xef\xbb\xbf", "UTF-8"), (b"\xfe\xff", "UTF-16BE"), (b"\xff\xfe", "UTF-16LE"))
_UNKNOWN = (None, "unknown/unknown", "application/unknown", "*/*", "application/octet-stream")

_ENCODINGS = """
UTF-8: unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8
IBM866: 866 cp866 csibm866 ibm866
ISO-8859-2: csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2
    latin2
ISO-8859-3: csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3
    latin3
ISO-8859-4: csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4
    latin4
ISO-8859-5: csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5
    iso_8859-5:1988
ISO-8859-6: arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6
    iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
ISO-8859-7: csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597
    iso_8859-7 iso_8859-7:1987 sun_eu_greek
ISO-8859-8: csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8
    iso88598 iso_8859-8 iso_8859-8:1988 visual
ISO-8859-8-I: csiso88598i iso-8859-8-i logical
ISO-8859-10: csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
ISO-8859-13: iso-8859-13 iso8859-13 iso885913
ISO-8859-14: iso-8859-14 iso8859-14 iso885914
ISO-8859-15: csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
ISO-8859-16: iso-8859-16
KOI8-R: cskoi8r koi koi8 koi8-r koi8_r
KOI8-U: koi8-ru koi8-u
macintosh: csmacintosh mac macintosh x-mac-roman
windows-874: dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
windows-1250: cp1250 windows-1250 x-cp1250
windows-1251: cp1251 windows-1251 x-cp1251
windows-1252: ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1
    iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252
windows-1253: cp1253 windows-1253 x-cp1253
windows-1254: cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9
    iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254
windows-1255: cp1255 windows-1255 x-cp1255
windows-1256: cp1256 windows-1256 x-cp1256
windows-1257: cp1257 windows-1257 x-cp1257
windows-1258: cp1258 windows-1258 x-cp1258
x-mac-cyrillic: x-mac-cyrillic x-mac-ukrainian
GBK: chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk
gb18030: gb18030
Big5: big5 big5-hkscs cn-big5 csbig5 x-x-big5
EUC-JP: cseucpkdfmtjapanese euc-jp x-euc-jp
ISO-2022-JP: csiso2022jp iso-2022-jp
Shift_JIS: csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
EUC-KR: cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601
    ksc_5601 windows-949
replacement: csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement
UTF-16BE: unicodefffe utf-16be
UTF-16LE: csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le
x-user-defined: x-user-defined
"""

_CHARSET = re.compile(r"charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;\"']+))", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?encoding[\x00-\x20]*=[\x00-\x20]*([\"'])(.*?)\1")
_TAG = re.compile(rb"<!--(?:-?>|.*?-->)|<(/?[A-Za-z][^\s/>]*)|<[!/?][^>]*>?", re.DOTALL)
_ATTRIBUTE = re.compile(
    rb"[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"'][^\s>]*)?))?"
)


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


def charset_of(content: bytes, content_type: str | None) -> str | None:
    """The encoding of an HTML page by its WHATWG name: `UTF-8`, `windows-1252`, `Shift_JIS` …

    By its byte order mark, else by *content_type*, else by what its first 1024 bytes declare. A
    page that declares nothing is UTF-8 where all its bytes are; else None, as nobody can know.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name
    found = _charset_label(content_type or "") or _prescan(content[:_PRESCAN])
    return found or ("UTF-8" if _is_utf8(content) else None)


def encoding_name(label: str) -> str | None:
    """The WHATWG name of the encoding that has *label*, None where there is none."""
    return _labels().get(label.strip("\t\n\f\r ").lower())


@cache
def _labels() -> dict[str, str]:
    lines = _ENCODINGS.replace("\n    ", " ").strip().splitlines()
    named = (line.split(": ") for line in lines)
    return {label: name for name, labels in named for label in labels.split()}


def _media_type(declared: str | None) -> str | None:
    value = (declared or "").partition(";")[0].strip().lower()
    return value if _MEDIA_TYPE.fullmatch(value) else None


def _sniff_text(header: bytes, stated: str | None) -> str:
    marked = any(header.startswith(mark) for mark, _ in _BOMS)
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


def _is_utf8(content: bytes) -> bool:
    """Whether *content* decodes; a page may be cut within a character if it had others before."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(content)
    except UnicodeDecodeError:
        return False
    return not decoder.getstate()[0] or not text.isascii()


def _charset_label(content_type: str) -> str | None:
    match = _CHARSET.search(content_type)
    return encoding_name(match[1] or match[2] or match[3] or "") if match else None


def _prescan(head: bytes) -> str | None:
    """The encoding that the `meta` elements in *head*, or its XML declaration, name."""
    for name, attributes in _tags(head):
        if name == b"meta" and (found := _meta_charset(attributes)):
            return found
    declaration = _XML_ENCODING.match(head)
    return _declared(declaration[2].decode("latin-1")) if declaration else None


def _tags(head: bytes) -> Iterator[tuple[bytes, dict[str, str]]]:
    at = 0
    while tag := _TAG.search(head, at):
        at, attributes = tag.end(), dict[str, str]()
        if tag[1]:
            while attribute := _ATTRIBUTE.match(head, at):
                at = attribute.end()
                key, *values = (part.decode("latin-1") for part in attribute.groups(b""))
                attributes.setdefault(key.lower(), "".join(values))
            yield tag[1].lower(), attributes


def _meta_charset(attributes: dict[str, str]) -> str | None:
    if "charset" in attributes:
        return _declared(attributes["charset"])
    if attributes.get("http-equiv", "").lower() == "content-type":
        match = _CHARSET.search(attributes.get("content", ""))
        return _declared(match[1] or match[2] or match[3] or "") if match else None
    return None


def _declared(label: str) -> str | None:
    """The encoding of *label* in a page that was legible as ASCII so far: so it is not UTF-16."""
    name = encoding_name(label)
    if name in ("UTF-16BE", "UTF-16LE"):
        return "UTF-8"
    return "windows-1252" if name == "x-user-defined" else name
