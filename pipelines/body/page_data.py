"""The text that a page holds as data, for its scripts to show: JSON-LD's, or a framework's state.

It is asked where the page shows hardly any text. Next.js writes its state as `__NEXT_DATA__` (or
pushes it, line by line, to `self.__next_f`), Nuxt as `__NUXT_DATA__`, others as JSON in a script,
or as an object that a script puts into a variable of `window`. Whatever the keys are called, the
text is the longest HTML, prose or list of blocks in an object that has the page's title.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from pipelines.body.blocks import Block, blocks_of
from pipelines.page.html import parse_html
from pipelines.page.walk import segments_of
from pipelines.text.words import key, word_count

_MOST_SCRIPTS, _MOST_VALUES = 60, 200_000  # scripts of a page, values of its data that are read
_LARGEST = 5_000_000  # characters of a script that is read
_SHORTEST = 200  # characters
_LEAST = 60  # words that such a text has at least
_LEAST_PART = 3  # texts that make a list of blocks
_LONGEST_PLAIN = 30_000  # characters of a single text without any mark of a paragraph
_TEXT_KEYS = frozenset(
    {"text", "content", "html", "value", "children", "body", "paragraph", "data"}
)
_TITLES = ("headline", "title", "name")
_STATE = re.compile(
    r"(?:window|self|globalThis)?[.\[\"']*(__?[A-Z][A-Z0-9_]*)[\"'\]]*\s*=\s*(?=[{\[])"
)
_PUSHED = re.compile(r"self\.__next_f\.push\((\[.*\])\)\s*;?\s*$", re.DOTALL)
_FLIGHT_LINE = re.compile(r"^[0-9a-f]+:(?=[\[{])", re.MULTILINE)
_TAG = re.compile(r"<(?:p|br|div|h[1-6]|li|blockquote)\b", re.IGNORECASE)
_ELEMENTS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre"})


@dataclass(frozen=True, slots=True)
class DataText:
    """A text that a page holds as data: its *blocks*, where it stands, and how long it is."""

    blocks: tuple[Block, ...]
    source: str
    words: int


def declared_text(texts: Iterable[str]) -> DataText | None:
    """The longest of the *texts* that JSON-LD gives as `articleBody`."""
    longest = max(texts, key=len, default="")
    return _read(longest, "json-ld:articleBody")


def state_text(scripts: Iterable[HtmlElement], titles: Iterable[str]) -> DataText | None:
    """The text in the state of a page with these *titles*, which its *scripts* hold."""
    named = frozenset(map(key, titles))
    best: tuple[int, str, str] | None = None
    for source, data in _states(scripts):
        for found, text in _texts_of(data, named):
            if best is None or len(text) > best[0]:
                best = (len(text), f"{source}{found}", text)
    return _read(best[2], best[1]) if best else None


def _read(text: str, source: str) -> DataText | None:
    """*text*, HTML or plain, in its blocks; None where it is too short for an article."""
    if "&lt;p" in text or "&lt;br" in text:
        text = unescape(text)
    if not _TAG.search(text):
        lines = [line for line in text.split("\n") if line.strip()]
        text = "".join(f"<p>{escape(line)}</p>" for line in lines)
    tree = parse_html(f"<article>{text}</article>")
    if tree is None:
        return None
    segments = segments_of(tree)
    blocks = tuple(blocks_of(segments, segments.nodes))
    words = sum(word_count(block.text) for block in blocks)
    return DataText(blocks, source, words) if words >= _LEAST else None


def _states(scripts: Iterable[HtmlElement]) -> Iterator[tuple[str, Any]]:
    """The JSON in *scripts*: what it is called, and what it says."""
    pushed: list[str] = []
    for script in islice(scripts, _MOST_SCRIPTS):
        text, kind = script.text or "", (script.get("type") or "").lower()
        if len(text) > _LARGEST or "ld+json" in kind:
            continue
        if "json" in kind:
            yield f"data:{script.get('id') or kind}", _parsed(text)
        elif found := _PUSHED.search(text):
            pushed += [str(one) for one in _parsed(found[1]) or [] if isinstance(one, str)]
        else:
            for name in islice(_STATE.finditer(text), 4):
                yield f"data:{name[1]}", _parsed(text[name.end() :], whole=False)
    if pushed:
        lines = _FLIGHT_LINE.split("".join(pushed))
        yield "data:__next_f", [_parsed(line, whole=False) for line in lines[1:]]


def _parsed(text: str, *, whole: bool = True) -> Any:
    try:
        return json.loads(text) if whole else json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _texts_of(data: Any, titles: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The texts in *data*: where each stands, and its HTML or its lines. Those of an object with
    one of *titles* count; where no object has one, the longest does."""
    own: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    stack: list[tuple[Any, str, bool]] = [(data, "", False)]
    for _ in range(_MOST_VALUES):
        if not stack:
            break
        value, path, inside = stack.pop()
        if isinstance(value, dict):
            inside = inside or any(_is_of(titles, key(_title(value, name))) for name in _TITLES)
            stack += [(one, f"{path}.{name}", inside) for name, one in value.items()]
        elif isinstance(value, list):
            if text := _of_blocks(value):
                (own if inside else others).append((path, text))
            else:
                stack += [(one, path, inside) for one in value]
        elif isinstance(value, str) and _is_prose(value):
            (own if inside else others).append((path, value))
    yield from own or others


def _is_prose(text: str) -> bool:
    """Whether *text* is long enough for an article, and no blob."""
    if len(text) <= _SHORTEST or word_count(text[: 10 * _SHORTEST]) <= _LEAST // 3:
        return False
    return len(text) < _LONGEST_PLAIN or "\n" in text or _TAG.search(text) is not None


def _is_of(titles: frozenset[str], said: str) -> bool:
    """Whether *said* is one of *titles*, or one of them without the name of its site."""
    return bool(said) and any(
        title == said or title.startswith(f"{said} ") or title.endswith(f" {said}")
        for title in titles
    )


def _title(value: dict[str, Any], name: str) -> str:
    said = value.get(name)
    if isinstance(said, dict):
        said = said.get("rendered") or said.get("text")
    return said if isinstance(said, str) and len(said) < 400 else ""


def _of_blocks(values: list[Any]) -> str | None:
    """The text of a list of blocks, as HTML; None where it is no such list."""
    parts = [part for one in values[:5_000] if (part := _block(one, 0))]
    if len(parts) < _LEAST_PART or sum(map(word_count, parts)) < _LEAST:
        return None
    return "".join(part if _TAG.match(part) else f"<p>{part}</p>" for part in parts)


def _block(value: Any, depth: int) -> str:
    """The text of one block: a string under a key of texts, or what an element of React holds."""
    if depth > 6:
        return ""
    if isinstance(value, str):
        return value if _TAG.search(value) or depth else escape(value) if " " in value else ""
    if isinstance(value, list):
        if len(value) == 4 and value[0] == "$" and isinstance(value[3], dict):
            inner = _block(value[3].get("children"), depth + 1)
            tag = value[1] if value[1] in _ELEMENTS else None
            return f"<{tag}>{inner}</{tag}>" if tag and inner else inner
        return "".join(_block(one, depth + 1) for one in value) if depth else ""
    if not isinstance(value, dict):
        return ""
    return next(
        (text for name in value if name in _TEXT_KEYS if (text := _block(value[name], depth + 1))),
        "",
    )
