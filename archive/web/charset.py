"""Bytes into characters as browsers read them, and the name of the encoding that was used.

After WHATWG's Encoding (https://encoding.spec.whatwg.org/) and the encoding prescan of HTML
(https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from archive.web.encodings import encoding_name, named_in_ascii, read_as, read_broken

_PRESCAN = 1024  # bytes in which the WHATWG's prescan looks for a `meta` element
BYTE_ORDERS = (
    *((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32")),
    *((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")),
    *((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be")),
)
"""First bytes of XML that say how the others are read."""
BOMS = ((b"\xef\xbb\xbf", "UTF-8"), (b"\xfe\xff", "UTF-16BE"), (b"\xff\xfe", "UTF-16LE"))

_CHARSET = re.compile(r"charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;\"']+))", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?encoding[\x00-\x20]*=[\x00-\x20]*([\"'])(.*?)\1")
_TAG = re.compile(rb"<!--(?:-?>|.*?-->)|<(/?[A-Za-z][^\s/>]*)|<[!/?][^>]*>?", re.DOTALL)
_ATTRIBUTE = re.compile(
    rb"[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"'][^\s>]*)?))?"
)

_SHIFT = re.compile(rb"\x1b|\x0e|~\{")  # of ISO-2022 and HZ, which browsers do not decode
_HINT = re.compile(rb"<meta\b[^<>]{0,500}?charset\s*=[\s\"']*([\w.:-]{2,40})", re.IGNORECASE)
_HINTS = 5  # `meta` elements that are tried: each costs a reading of the page
_SLIPS = 50  # characters to one that may be wrong
_LOOKED_AT = 60_000  # bytes of a page whose encoding is guessed by them
_MOSTLY_HIGH, _FEWEST_HIGH = 0.4, 40  # bytes above 0x7F: their share and number; Latin has less
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_HIGH, _LETTER = re.compile(rb"[\x80-\xff]"), re.compile(rb"[A-Za-z]")
_LANGUAGE = re.compile(rb"<html\b[^<>]{0,500}?\slang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)
_CYRILLIC = ("cp1251", "koi8_r", "koi8_u", "cp866")
_ALL_CODECS = (
    *_CYRILLIC,
    *("gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1253", "cp1255", "cp1256"),
)
_CODECS_OF = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk"), _CYRILLIC),
    **{"ja": ("cp932", "euc_jp"), "zh": ("gb18030", "big5"), "ko": ("cp949",), "th": ("cp874",)},
    **{"el": ("cp1253",), "he": ("cp1255",), "ar": ("cp1256",), "fa": ("cp1256",)},
}
"""Python's codecs that are tried for a language; without one Thai is not, which is like Korean."""
_HIRAGANA, _MOST_PAIRS = b"\xa4", 8  # its first byte in EUC-JP; high bytes to one of it
_LABELS = {"cp932": "shift_jis", "cp949": "euc-kr", "cp874": "windows-874", "koi8_u": "koi8-u"}
_LABELS |= {"euc_jp": "euc-jp"}
_NO_HINTS = ("UTF-8", "UTF-16LE", "UTF-16BE", "x-user-defined", "replacement")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's characters, and the WHATWG name of their encoding; None where that is a guess."""

    text: str
    charset: str | None


def decode(content: bytes, content_type: str | None = None) -> str:
    """The characters of a page; see `decoded`."""
    return decoded(content, content_type).text


def decoded(content: bytes, content_type: str | None = None) -> Decoded:
    """A page in the encoding of its mark, of *content_type* or of its head; else UTF-8, or a guess.

    A declared encoding that the bytes contradict gives way where they are UTF-8 throughout.
    """
    name = _declaration(content, content_type)
    first = name if name and _is_decodable(name, content) else "UTF-8"
    for attempt in dict.fromkeys((first, "UTF-8")):
        try:
            return Decoded(read_as(content, attempt), attempt)
        except UnicodeDecodeError:
            continue
    return _decode_broken(content, name)


def decode_xml(content: bytes, content_type: str | None = None) -> str:
    """The characters of a feed or sitemap, by what its bytes are, then by what they claim: there,
    encodings are often declared wrong."""
    for mark, codec in BYTE_ORDERS:
        if content.startswith(mark):
            return content.decode(codec, "replace")
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if b"\x1b" not in content and broken * 4 <= foreign:  # no ISO-2022, and UTF-8 but for a slip
        return text
    declared = _XML_ENCODING.match(content.lstrip()[:_PRESCAN])
    label = declared[2].decode("latin-1") if declared else ""
    for name in (named_in_ascii(label), _charset_label(content_type or "")):
        try:
            if name and name not in ("replacement", "x-user-defined", "UTF-16BE", "UTF-16LE"):
                return read_as(content, name)
        except UnicodeDecodeError:
            continue
    return _by_bytes(content) or read_as(content, "windows-1252", "replace")


def _declaration(content: bytes, content_type: str | None) -> str | None:
    for mark, name in BOMS:
        if content.startswith(mark):
            return name
    return _charset_label(content_type or "") or _prescan(content[:_PRESCAN])


def _is_decodable(name: str, content: bytes) -> bool:
    """Whether bytes can contradict *name*: `x-user-defined` takes any, `replacement` takes none."""
    if name == "replacement":
        return content.isascii() and _SHIFT.search(content) is not None
    return name != "x-user-defined"


def _decode_broken(content: bytes, name: str | None) -> Decoded:
    """The best reading of bytes that no codec takes whole; stray bytes are replaced."""
    if name is None and _is_cut_utf8(content):
        name = "UTF-8"
    if name:
        text = read_broken(content, name)
        if name != "UTF-8" or text.count("\ufffd") <= len(text) // 500 or _is_cut_utf8(content):
            return Decoded(text, name)  # else declared UTF-8, written in another encoding
    return _guess(content)


def _guess(content: bytes) -> Decoded:
    """A page by any `meta` of it that names its encoding, late or misspelt; else by what its bytes
    are like; else windows-1252."""
    for hint in islice(_HINT.finditer(content), _HINTS):
        name = encoding_name(hint[1].decode("latin-1"))
        if name and name not in _NO_HINTS:
            text = read_broken(content, name)
            foreign = len(text) - len(text.encode("ascii", "ignore"))
            if text.count("\ufffd") <= foreign // _SLIPS:  # a slip, not another encoding
                return Decoded(text, name)
    return Decoded(_by_bytes(content) or read_broken(content, "windows-1252"), None)


def _by_bytes(content: bytes) -> str | None:
    """A page in no Latin script, in the encoding that fits its bytes; None for any other page."""
    sample = _MARKUP.sub(b" ", content[:_LOOKED_AT])
    high = len(_HIGH.findall(sample))
    if high < _MOSTLY_HIGH * (high + len(_LETTER.findall(sample))) or high < _FEWEST_HIGH:
        return None
    from charset_normalizer import from_bytes  # a twentieth of a second

    told = _LANGUAGE.search(content)
    language = told[1].decode("latin-1").lower() if told else ""
    if language not in _CODECS_OF and sample.count(_HIRAGANA) > high // _MOST_PAIRS:
        language = "ja"  # whose text in EUC is like Korean
    codecs_of = _CODECS_OF.get(language, _ALL_CODECS)
    best = from_bytes(sample, cp_isolation=list(codecs_of)).best()
    name = encoding_name(_LABELS.get(best.encoding, best.encoding)) if best else None
    if name is None:
        return None
    text = read_broken(content, name)
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= foreign // _SLIPS else None


def _is_cut_utf8(content: bytes) -> bool:
    """Whether *content* is UTF-8 that ends within a character, and had others before."""
    try:
        return not codecs.getincrementaldecoder("utf-8")().decode(content).isascii()
    except UnicodeDecodeError:
        return False


def _charset_label(content_type: str) -> str | None:
    match = _CHARSET.search(content_type)
    return encoding_name(match[1] or match[2] or match[3] or "") if match else None


def _prescan(head: bytes) -> str | None:
    """The encoding that the `meta` elements in *head*, or its XML declaration, name."""
    for name, attributes in _tags(head):
        if name == b"meta" and (found := _meta_charset(attributes)):
            return found
    declaration = _XML_ENCODING.match(head)
    return named_in_ascii(declaration[2].decode("latin-1")) if declaration else None


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
        return named_in_ascii(attributes["charset"])
    if attributes.get("http-equiv", "").lower() == "content-type":
        match = _CHARSET.search(attributes.get("content", ""))
        return named_in_ascii(match[1] or match[2] or match[3] or "") if match else None
    return None
