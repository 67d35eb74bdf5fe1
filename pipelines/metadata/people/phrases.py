"""Patterns of many words: sought only where a text has one of the words, since most have none."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_CLASS = re.compile(r"\\[A-Za-z]")
_OPTIONAL = re.compile(r"([^\W\d_]+)\?")
_JOINED = re.compile(r"([^\W\d_]+)(?:[-' ]|\\\.)\?([^\W\d_]+)")


class Phrases:
    """A *pattern* that begins with a word, and is looked for without regard to case.

    *more* are words with which a match may begin though they do not stand in the pattern: words
    that are spelt with optional letters.
    """

    def __init__(self, pattern: str, more: str = "") -> None:
        self.pattern = pattern
        self._compiled = re.compile(pattern, re.IGNORECASE)
        plain = _CLASS.sub(" ", pattern.lower())
        words = {*_WORD.findall(plain), *more.split()}
        words |= {word[:-1] for word in _OPTIONAL.findall(plain)}
        words |= {first + second for first, second in _JOINED.findall(plain)}
        self._words = frozenset(words | {f"{word}s" for word in words})

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in *text* that begins where a word does."""
        if self._words.isdisjoint(_WORD.findall(text.lower())):
            return None
        for word in _WORD.finditer(text):
            if word[0].lower() in self._words:
                found = self._compiled.match(text, word.start())
                if found:
                    return found
        return None

    def match(self, text: str) -> re.Match[str] | None:
        """The match with which *text* begins; signs before it belong to it."""
        word = _WORD.search(text)
        known = word is not None and word[0].lower() in self._words
        return self._compiled.match(text) if known else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match that is all of *text*."""
        word = _WORD.search(text)
        known = word is not None and word[0].lower() in self._words
        return self._compiled.fullmatch(text) if known else None
