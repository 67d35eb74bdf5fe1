"""Sentences of the sample's English pieces, mixed anew by a seed: volume, where a test needs more than was written.

What comes of it reads like prose and means nothing. It is called recombined wherever it is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from backissue.sample.magazines import MAGAZINES
from backissue.sample.pieces import load_pieces

_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
_TITLES = (
    "The {} and the {}",
    "What the {} Left to the {}",
    "A {} for Every {}",
    "Notes on a {} Without a {}",
    "Why Nobody Asked the {} About the {}",
    "The Last {} Before the {}",
)
FIRST_NAMES = ("Ida", "Jonas", "Maud", "Piet", "Rosa", "Sverre", "Tilda", "Ulf", "Vera", "Wim")
LAST_NAMES = ("Aske", "Brandt", "Corrie", "Dunmore", "Ferris", "Galt", "Hollis", "Imrie", "Keld")


@dataclass(frozen=True, slots=True)
class Recombined:
    """A text of a *title*, a *summary*, *authors* and *paragraphs*."""

    title: str
    summary: str
    authors: tuple[str, ...]
    paragraphs: tuple[str, ...]


def recombine(seed: str, words: int) -> Recombined:
    """The text of *seed*: at least so many *words*, the same for the same seed."""
    random = Random(seed)
    nouns = random.sample(_nouns(), 2)
    count = 2 if random.random() < 0.2 else 1
    authors = tuple(
        f"{first} {last}"
        for first, last in zip(
            random.sample(FIRST_NAMES, count), random.sample(LAST_NAMES, count), strict=True
        )
    )
    paragraphs: list[str] = []
    while sum(len(paragraph.split()) for paragraph in paragraphs) < words:
        paragraphs.append(" ".join(random.sample(_sentences(), random.randint(2, 5))))
    title = random.choice(_TITLES).format(*(noun.capitalize() for noun in nouns))
    return Recombined(title, random.choice(_sentences()), authors, tuple(paragraphs))


@cache
def _sentences() -> tuple[str, ...]:
    blocks = (
        block.text
        for magazine in MAGAZINES
        for piece in load_pieces(magazine, 1)
        if piece.language == "en"
        for block in piece.blocks
        if block.kind == "paragraph"
    )
    found = (sentence for text in blocks for sentence in _SENTENCE.split(text))
    return tuple(dict.fromkeys(one for one in found if 5 <= len(one.split()) <= 45))


@cache
def _nouns() -> tuple[str, ...]:
    """Words that stand behind an article: most are nouns."""
    found = re.findall(r"\b(?:the|a) ([a-z]{4,9})\b", " ".join(_sentences()))
    return tuple(dict.fromkeys(found))
