"""What is nearly JSON into values, as a lenient reader understands it, in one pass over the text.

Own code, as the libraries that read such texts are not safe on strangers' pages: one takes minutes
for 50 kB of brackets, another reads memory that is not its own, and the rest know few of the slips.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

_DEEPEST = 200  # objects and lists, each in the other: what stands deeper is left out
_LONG = 1000  # characters of a number, which is a text then: Python reads no more than 4,300 digits
_TOKEN = re.compile(
    r"(?P<gap>[\s;\ufeff\u200b]+|//\s*<!\[CDATA\[|<!\[CDATA\[|<!--|-->|(?://\s*)?\]\]\\?>"
    r"|/\*.*?(?:\*/|\Z)|//[^\n]*|</?[a-zA-Z][^<>\"]{0,200}>)"
    r"|(?P<mark>[{}\[\]:,])"
    r"|(?P<quote>[\"'“”„])"
    r"|(?P<word>[^\s{}\[\]:,\"'“”„;]+)",
    re.DOTALL,
)
_NEXT = r"\s*(?:/\*.{0,200}?\*/\s*|//[^\n]{0,200}\n\s*)?"
_AFTER_KEY = re.compile(rf"{_NEXT}:", re.DOTALL)
_AFTER_VALUE = re.compile(
    rf"{_NEXT}(?:[\]}};]|\Z|,{_NEXT}(?:[\"'“”„{{\[}}\],]|-?\d|true\b|false\b|null\b|[\w$@-]{{1,40}}\s*:|\Z)"
    r"|[\"“”][^\"“”\n]{1,60}[\"“”]\s*:)",
    re.DOTALL,
)
_CLOSING = {'"': '"', "'": "'", "“": "“”", "”": "“”", "„": "“”"}
_CLOSERS = {
    mark: re.compile(rf"(?:[^\\{ends}]|\\.)*+[{ends}]", re.DOTALL)
    for mark, ends in _CLOSING.items()
}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)|[\"\x00-\x1f]", re.DOTALL)
_PLAIN = {"true": True, "false": False}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ESCAPED_QUOTE = re.compile(r"&(?:amp;)*(?:quot|#0*34|#x0*22);", re.IGNORECASE)


def read_nearly_json(text: str) -> list[Any]:
    """The objects and lists of *text*, one after the other.

    It may be escaped as HTML or as a string, have comments, stray marks or assignments around and
    within it, any quotes, keys without quotes, quotes and line breaks within strings, commas too
    many or too few, brackets that nothing closes. What makes no sense is left out.
    """
    reader = _Reader(_without_escapes(text))
    reader.read()
    return reader.found


def _without_escapes(text: str) -> str:
    for _ in range(3):  # times that a text is escaped
        if '"' in text or not _ESCAPED_QUOTE.search(text):
            break
        text = unescape(text)
    return text.replace('\\"', '"') if re.match(r"[\s\"]*[{\[]\s*\\\"", text) else text


@dataclass(slots=True)
class _Open:
    """An object or a list that is being read, and the *key* of the object's next value."""

    value: Any
    key: str | None = None

    def put(self, value: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is not None:
            self.value[self.key], self.key = value, None


@dataclass(slots=True)
class _Reader:
    text: str
    found: list[Any] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _too_deep: int = 0

    def read(self) -> None:
        at = 0
        while token := _TOKEN.match(self.text, at):
            at = token.end()
            if mark := token["mark"]:
                self._take_mark(mark)
            elif token["quote"]:
                at = self._take_string(token["quote"], at)
            elif token["word"] and self._open:
                self._take_word(token["word"])

    def _take_mark(self, mark: str) -> None:
        if mark in "{[":
            self._begin({} if mark == "{" else [])
        elif mark in "}]":
            self._end(dict if mark == "}" else list)
        elif mark == "," and self._open:
            self._open[-1].key = None

    def _begin(self, value: Any) -> None:
        if len(self._open) >= _DEEPEST:
            self._too_deep += 1
            return
        if self._open:
            self._open[-1].put(value)
        else:
            self.found.append(value)
        self._open.append(_Open(value))

    def _end(self, kind: type) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif any(isinstance(one.value, kind) for one in self._open):
            while not isinstance(self._open.pop().value, kind):
                pass

    def _take_string(self, quote: str, at: int) -> int:
        """Take the string that begins at *at*; where it ends."""
        if not self._open:
            return at  # an apostrophe before the JSON
        end = self._end_of_string(quote, at)
        self._take(_unescaped(self.text[at : end - 1]))
        return end

    def _end_of_string(self, quote: str, at: int) -> int:
        """Where a quote closes the string: what follows it must be what may follow a string."""
        follows = _AFTER_KEY if self._awaits_key() else _AFTER_VALUE
        closer, end = _CLOSERS[quote], at
        while found := closer.match(self.text, end):
            end = found.end()
            if follows.match(self.text, end):
                return end
        return len(self.text) + 1

    def _take_word(self, word: str) -> None:
        if self._awaits_key():
            self._take(word)
        elif _NUMBER.fullmatch(word):
            is_text = len(word) >= _LONG or re.match(r"-?0\d", word)
            self._take(word if is_text else json.loads(word))
        else:
            self._take(_PLAIN.get(word))

    def _awaits_key(self) -> bool:
        last = self._open[-1] if self._open else None
        return last is not None and isinstance(last.value, dict) and last.key is None

    def _take(self, value: Any) -> None:
        if self._too_deep:
            return
        if self._awaits_key():
            self._open[-1].key = str(value)
        else:
            self._open[-1].put(value)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{_ESCAPE.sub(_escape, text)}"'))
    except ValueError:
        return text


def _escape(found: re.Match[str]) -> str:
    """What stands in a string, as JSON writes it."""
    after = found[1]
    if after is None:
        return json.dumps(found[0])[1:-1]
    if after[0] in '"\\/bfnrt' or len(after) > 1:
        return found[0]
    return json.dumps(after)[1:-1]
