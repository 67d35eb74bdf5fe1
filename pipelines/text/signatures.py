"""A text into its signature, by which texts that are nearly the same are found.

MinHash over shingles of three words (Broder 1997), compared by bands (LSH; Leskovec, Rajaraman,
Ullman: Mining of Massive Datasets, chapter 3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.text.words import words

_SHINGLE = 3  # words
_BANDS, _ROWS = 25, 5  # bands of a signature, hashes of a band: the exponents above
_PERMUTATIONS, _SEED = 128, 42  # hashes of a signature; another seed would give other hashes
_FEWEST_WORDS = 40  # words: too many shorter texts are alike by chance


def key_of(text: str) -> bytes:
    """What a text is known by: 16 bytes of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


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
