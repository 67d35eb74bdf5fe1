"""Text into what is compared and counted: NFC with collapsed white space, words, a digest."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

_UNSPACED = (
    "\u0e00-\u0e7f"  # Thai
    "\u3005-\u3007\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Han
    "\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001b000-\U0001b16f"  # Kana
)
UNSPACED = re.compile(f"[{_UNSPACED}]")
"""A character of a script that sets no spaces: Han, Kana or Thai."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_IN_ASCII_WORDS = bytes(n if chr(n).isalnum() or n == 95 else 32 for n in range(128)).ljust(256)
_IN_KEYS = _IN_ASCII_WORDS.lower()
_TYPOGRAPHY = "’“”—–‘…\xa0"  # none of them is part of a word
_LONE = re.compile("[\ud800-\udfff]")
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_C0 = bytes({*range(32), 127} - set(b"\t\n"))
_WINDOWS = {chr(n): bytes([n]).decode("windows-1252", "ignore") for n in range(0x80, 0xA0)}
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns a line around: no name and no title needs it."""
_ODD_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\\\\[ubf]")


def words(text: str) -> list[str]:
    """The words of *text*; each Han, Kana or Thai character is one: they set no spaces."""
    plain = _without_typography(text)
    if plain.isascii():  # five times as fast as a pattern
        return plain.encode().translate(_IN_ASCII_WORDS).decode().split()
    return _WORD.findall(text)


def _without_typography(text: str) -> str:
    """*text* with spaces for quotes and dashes: ASCII texts are faster to take apart."""
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, " ")
    return text


@lru_cache(maxsize=1_024)
def word_count(text: str) -> int:
    """How many words *text* has; the blocks of a page are asked for theirs several times."""
    plain = _without_typography(text)
    if plain.isascii():
        return len(plain.encode().translate(_IN_ASCII_WORDS).split())
    return len(_WORD.findall(text))


def text_digest(text: str) -> str:
    """`sha256:` and the hex digest of *text* in NFC, each run of white space one space."""
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return f"sha256:{hashlib.sha256(folded.encode('utf-8', 'surrogatepass')).hexdigest()}"


def well_formed(value: Any) -> Any:
    """*value* with U+FFFD for each lone surrogate in its texts, however deep in lists and dicts.

    JSON in a page may hold such halves of a character; no file can.
    """
    return _each_text(value, lambda text: _LONE.sub("\ufffd", text))


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """*value* with each text in it changed, however deep in lists and dicts."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {_each_text(key, change): _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_each_text(item, change) for item in value)
    return value


def without_controls(text: str) -> str:
    """*text* without control characters; tabs and line ends stay.

    Those from U+0080 on become the characters that windows-1252 has there, as HTML's references to
    them do: so a text that was encoded once too often can still be mended.
    """
    data = text.encode("utf-8", "surrogatepass")
    if b"\xc2" not in data and len(data.translate(None, _C0)) == len(data):
        return text  # so is nearly every text
    return _CONTROLS.sub(lambda found: _WINDOWS.get(found[0], ""), text)


def plain_values(value: Any) -> Any:
    """*value* well-formed, and without control characters and turns of direction in its texts."""
    if not _ODD_IN_JSON.search(json.dumps(value, ensure_ascii=False, default=str)):
        return value  # so is nearly every page's
    return _each_text(
        value, lambda text: without_controls(_TURNS.sub("", _LONE.sub("\ufffd", text)))
    )


def collapse(text: str) -> str:
    """*text* on one line: NFC, white space collapsed, soft hyphens and zero-width spaces out."""
    if text.isascii():
        return " ".join(text.split())
    for character in _INVISIBLE:
        text = text.replace(character, "")
    return unicodedata.normalize("NFC", " ".join(text.split()))


@lru_cache(maxsize=1_024)
def key(text: str) -> str:
    """The words of *text* in lower case, by which two titles or lines count as the same."""
    plain = _without_typography(text)
    if plain.isascii():
        return b" ".join(plain.encode().translate(_IN_KEYS).split()).decode()
    return " ".join(words(collapse(text).casefold()))
