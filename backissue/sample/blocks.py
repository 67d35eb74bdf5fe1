"""The small markup of the sample's texts into blocks, and each block's markup into the words a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal[
    "paragraph",
    "heading",
    "item",
    "step",
    "quote",
    "row",
    "code",
    "note",
    "figure",
    "pull",
]
FURNITURE: frozenset[Kind] = frozenset({"figure", "pull"})
"""Blocks that dress a page and are no part of its text: captions, and quotes that repeat a sentence."""

_CHUNK = re.compile(r"```\n(?P<code>.*?)\n```|(?P<prose>(?:[^\n]+\n?)+)", re.DOTALL)
_PREFIX = re.compile(
    r"(?P<heading>## )|(?P<step>\d+\. )|(?P<item>- )|(?P<pull>>> )|(?P<quote>> )"
    r"|(?P<row>\| )|(?P<figure>!! )|(?P<note>\[\^\d+\]: )"
)
INLINE = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|\*(?P<em>.+?)\*|`(?P<code>[^`]+)`"
    r"|\[\^(?P<ref>\d+)\]|\[(?P<label>[^\]]+)\]\((?P<href>[^)]+)\)"
)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, quote, table row … of a piece."""

    kind: Kind
    markup: str

    @property
    def text(self) -> str:
        """The words of the block, without markup and without the marks of notes."""
        return self.markup if self.kind == "code" else INLINE.sub(_words, self.markup)


def parse_blocks(body: str) -> tuple[Block, ...]:
    """The blocks of *body*, in its order."""
    return tuple(_blocks(body))


def _blocks(body: str) -> Iterator[Block]:
    for chunk in _CHUNK.finditer(body):
        if chunk["code"] is not None:
            yield Block("code", chunk["code"])
        elif _PREFIX.match(chunk["prose"]):
            yield from map(_prefixed, chunk["prose"].splitlines())
        else:
            yield Block("paragraph", " ".join(chunk["prose"].split()))


def _prefixed(line: str) -> Block:
    prefix = _PREFIX.match(line)
    if prefix is None:
        raise ValueError(f"a line without a mark among marked ones: {line!r}")
    kind = cast(Kind, prefix.lastgroup)
    text = line[prefix.end() :].strip()
    return Block(kind, text.removesuffix(" |") if kind == "row" else text)


def _words(match: re.Match[str]) -> str:
    return match["strong"] or match["em"] or match["code"] or match["label"] or ""
