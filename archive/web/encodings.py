"""The encodings of WHATWG's standard: their labels, and how browsers read their bytes.

After https://encoding.spec.whatwg.org/.
"""

from __future__ import annotations

import codecs
from functools import cache

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

_CODECS = {
    "windows-1252": "cp1252",
    "windows-874": "cp874",
    "ISO-8859-8-I": "iso8859-8",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "GBK": "gb18030",
    "Big5": "big5hkscs",
    "ISO-2022-JP": "iso2022_jp_ext",
    "Shift_JIS": "cp932",
    "EUC-KR": "cp949",
}
"""WHATWG names that Python knows by another name, or as a part of what browsers decode."""

_JIS = tuple(zip("〜‖−¢£¬", "～∥－￠￡￢", strict=True))
_CHANGED = {
    "KOI8-U": (("╝", "ў"), ("╬", "Ў")),
    "GBK": (("\ue5e5", "\u3000"),),
    "gb18030": (("\ue5e5", "\u3000"),),
    "EUC-JP": _JIS,
    "ISO-2022-JP": _JIS,
}
"""Pairs of characters: what Python's codec gives for some bytes, and what the standard gives."""

_USER_DEFINED = "".join(map(chr, (*range(0x80), *range(0xF780, 0xF800))))
_FILLED_IN = ("GBK", "gb18030", "Big5", "EUC-JP")
_MULTIBYTE = (*_FILLED_IN, *["Shift_JIS", "EUC-KR", "ISO-2022-JP", "UTF-8", "UTF-16LE", "UTF-16BE"])
_FILL = "backissue.charset"
_MOST_FILLED = 10_000  # characters, a microsecond each: where more are missing, it is no text


def read_as(content: bytes, name: str, errors: str = "strict") -> str:
    """The characters of *content* in the encoding of the WHATWG *name*, without its mark.

    Strict, as Python's codecs are: a byte that a browser shows as a control character is wrong.
    """
    if name == "replacement":
        return "\ufffd" if content else ""
    if name == "x-user-defined":
        return codecs.charmap_decode(content, errors, _USER_DEFINED)[0]
    text = codecs.decode(content, _CODECS.get(name, name), errors)
    for python, standard in _CHANGED.get(name, ()):
        text = text.replace(python, standard)
    return text.removeprefix("\ufeff")


def read_broken(content: bytes, name: str) -> str:
    """*content* as the standard reads it; U+FFFD where even that has no character."""
    if name not in _MULTIBYTE:
        return codecs.charmap_decode(content, "strict", _table(name))[0]
    text = read_as(content, name, "replace")
    if name in _FILLED_IN and text.count("\ufffd") <= _MOST_FILLED:
        return read_as(content, name, _FILL)
    return text


@cache
def _table(name: str) -> str:
    """The characters of the 256 bytes: the standard has controls where Python has a gap."""
    found = [read_as(bytes([byte]), name, "replace") for byte in range(256)]
    for byte in range(0x80, 0xA0):
        found[byte] = found[byte].replace("\ufffd", chr(byte))
    return "".join(found)


def _fill(error: UnicodeError) -> tuple[str, int]:
    """What the standard gives for bytes that Python's codec of the encoding lacks."""
    assert isinstance(error, UnicodeDecodeError)
    codec, at, two = error.encoding, error.start, error.object[error.start : error.start + 2]
    if codec == "euc_jp" and len(two) == 2 and min(two) > 0xA0:
        return _of_vendor(two), at + 2
    if codec == "big5hkscs" and two == b"\xa3\xe1":
        return "€", at + 2
    if codec == "gb18030" and two[0] == 0x80:
        return "€", at + 1
    return "\ufffd", error.end


def _of_vendor(two: bytes) -> str:
    """A character that NEC or IBM added to JIS X 0208, by its place in Shift_JIS."""
    row, cell = two[0] - 0xA1, two[1] - 0xA1
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell >= 63)
    try:
        return bytes((lead, trail)).decode("cp932")
    except UnicodeDecodeError:
        return "\ufffd"


codecs.register_error(_FILL, _fill)


def encoding_name(label: str) -> str | None:
    """The WHATWG name of the encoding that has *label*, None where there is none."""
    return _labels().get(label.strip("\t\n\f\r ").lower())


def named_in_ascii(label: str) -> str | None:
    """The encoding of *label*, which stands in ASCII in the text itself: so it is not UTF-16."""
    name = encoding_name(label)
    if name in ("UTF-16BE", "UTF-16LE"):
        return "UTF-8"
    return "windows-1252" if name == "x-user-defined" else name


@cache
def _labels() -> dict[str, str]:
    lines = _ENCODINGS.replace("\n    ", " ").strip().splitlines()
    named = (line.split(": ") for line in lines)
    return {label: name for name, labels in named for label in labels.split()}
