"""How a block of text begins, as a number: lists show beginnings of texts that stand elsewhere."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from itertools import islice

OPENING = 24
"""Letters and digits by which the beginning of a block is known."""
_NO_LETTERS = re.compile(r"[\W_]+")
_SHORTEST = 12  # letters and digits: a shorter block has no beginning that tells it from others
_WINDOWS = 15  # words of a block at which the text that it shows of another page may begin
_MOST_OPENINGS = 400  # blocks of a page: of a longer text its beginning tells enough


def openings_of(texts: Iterable[str]) -> list[int]:
    """How each of *texts* begins, as numbers of 32 bits; the shortest have no beginning."""
    found = (opening_of(text) for text in islice(texts, _MOST_OPENINGS))
    return sorted({one for one in found if one is not None})


def opening_of(text: str) -> int | None:
    """How *text* begins: CRC-32 of its first letters and digits, without case."""
    letters = _NO_LETTERS.sub("", text[: 4 * OPENING].casefold())[:OPENING]
    return zlib.crc32(letters.encode()) if len(letters) >= _SHORTEST else None


def openings_within(text: str) -> tuple[int, ...]:
    """How *text* begins, from each of its first words on: a label may stand before it."""
    starts = [match.start() for match in islice(re.finditer(r"\w+", text), _WINDOWS)]
    found = (opening_of(text[start:]) for start in starts)
    return tuple(dict.fromkeys(one for one in found if one is not None))
