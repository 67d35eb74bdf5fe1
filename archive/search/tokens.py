"""Texts and queries into what FTS5 finds words in, also where a script sets no spaces.

Characters of such scripts are words of their own: a mark stands around each, so any part of a run
is found as a phrase. `unmarked` takes the marks away.
"""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = "\x1e"  # separates words for the tokenizer; no text holds it

# Korean sets spaces, but adds endings to its words: a noun is seldom a word of the text as it is.
_UNSPACED: Final = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u1780-\u17ff"  # Khmer
    "\u1950-\u19df\u1a20-\u1aaf"  # Tai Le, New Tai Lue, Tai Tham
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Kana
    "\u3105-\u312f\u31a0-\u31bf"  # Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_PART = re.compile(r'"(?:[^"]|"")*"|[A-Za-z0-9_\x1a\x80-\U0010ffff]+')  # FTS5: string or bareword

# Vowel signs belong to words (Hindi, Thai). Variation selectors belong to no word.
_SELECTORS = "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
TOKENIZER: Final = (
    f"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc' separators '{_SELECTORS}'"
)
"""The tokenizer of FTS5 that reads marked texts; case and accents make no difference."""


def marked(text: str) -> str:
    """*text* with a mark around each character of a script without spaces.

    >>> marked("in 東京").split(chr(0x1e))
    ['in ', '東', '京', '']
    """
    plain = text.replace(_MARK, "")
    return _RUN.sub(lambda run: f"{_MARK}{_MARK.join(run[0])}{_MARK}", plain)


def unmarked(text: str) -> str:
    """*text* as it was before `marked`."""
    return text.replace(_MARK, "")


def is_mostly_marked(text: str) -> bool:
    """Whether most letters of a marked text belong to scripts without spaces."""
    return text.count(_MARK) > len(text) // 3


def marked_query(query: str) -> str:
    """*query* (FTS5 syntax) with its runs of such characters as phrases.

    >>> marked_query("korea").split()
    ['korea']
    """
    return _PART.sub(lambda part: _phrase(part[0]), query.replace(_MARK, " "))


def _phrase(part: str) -> str:
    if not _RUN.search(part):
        return part
    return marked(part) if part.startswith('"') else f'"{marked(part)}"'
