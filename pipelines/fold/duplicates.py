"""Texts into those that are nearly the same: wire copies, reprints, the same piece on two sites.

MinHash over shingles of three words (Broder 1997), found by bands of the signature (LSH; Leskovec,
Rajaraman, Ullman: Mining of Massive Datasets, chapter 3). A pair of similarity s is compared with
probability 1 - (1 - s⁵)²⁵: 0.55 of those at 0.5, 0.87 at 0.6, 0.99 at 0.7.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipelines.text.words import words

_SHINGLE = 3  # words
_BANDS, _ROWS = 25, 5  # bands of a signature, hashes of a band: the exponents above
_PERMUTATIONS, _SEED = 128, 42  # hashes of a signature; another seed would give other hashes
_FEWEST_WORDS = 40  # words: too many shorter texts are alike by chance
SIMILAR = 0.5
"""Estimated share of shingles that two texts have in common: from here on they are copies."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a text: under each permutation the least hash of its shingles."""

    values: bytes

    @classmethod
    def of(cls, text: str) -> Signature | None:
        """The signature of *text*; None where it is too short to tell."""
        found = words(text.casefold())
        if len(found) < _FEWEST_WORDS:
            return None
        from rensa import RMinHash

        shingles = [" ".join(found[n : n + _SHINGLE]) for n in range(len(found) - _SHINGLE + 1)]
        made = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        made.update(shingles)
        return cls(np.array(made.digest(), dtype="<u4").tobytes())

    def similarity(self, other: Signature) -> float:
        """The estimated share of shingles that both texts have."""
        ours, theirs = (np.frombuffer(one.values, "<u4") for one in (self, other))
        return float(np.count_nonzero(ours == theirs)) / _PERMUTATIONS

    def bands(self) -> Iterator[tuple[int, int]]:
        """The number and the hash of each band: texts that share one are compared."""
        size = _ROWS * 4
        for number in range(_BANDS):
            part = self.values[number * size : (number + 1) * size]
            digest = hashlib.blake2b(part, digest_size=8).digest()
            yield number, int.from_bytes(digest, "little", signed=True)


@dataclass(frozen=True, slots=True)
class NearCopy:
    """The earliest text that another text is a copy of, and how alike they are."""

    duplicate_of: str
    similarity: float


class SignatureShelf(Protocol):
    """The signatures of all articles before this one."""

    def alike(self, article_id: str, signature: Signature) -> Iterator[tuple[str, Signature]]:
        """The other articles that share a band with *signature*, in the order of their coming."""

    def shelve(self, article_id: str, signature: Signature) -> None:
        """This is the signature of the article's newest text."""


def copy_of(article_id: str, text: str, shelf: SignatureShelf) -> NearCopy | None:
    """The earliest text that the newest *text* of an article is a copy of; None where there is
    none."""
    signature = Signature.of(text)
    if signature is None:
        return None
    found = (
        NearCopy(other, similarity)
        for other, theirs in shelf.alike(article_id, signature)
        if (similarity := signature.similarity(theirs)) >= SIMILAR
    )
    earliest = next(found, None)
    shelf.shelve(article_id, signature)
    return earliest
