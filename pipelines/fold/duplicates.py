"""Texts into those that are nearly the same: wire copies, reprints, the same piece on two sites.

MinHash over shingles of three words (Broder 1997), found by bands of the signature (LSH; Leskovec,
Rajaraman, Ullman: Mining of Massive Datasets, chapter 3). A pair of similarity s is compared with
probability 1 - (1 - s⁵)²⁵: 0.55 of those at 0.5, 0.87 at 0.6, 0.99 at 0.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pipelines.text.signatures import Signature, key_of

SIMILAR = 0.5
"""Estimated share of shingles that two texts have in common: from here on they are copies."""


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


def copy_of(
    article_id: str, text: str, shelf: SignatureShelf, known: Mapping[bytes, bytes] | None = None
) -> NearCopy | None:
    """The earliest text that the newest *text* of an article is a copy of; None where there is
    none. *known* are signatures of texts by their keys, which need not be made again."""
    values = (known or {}).get(key_of(text))
    signature = Signature.of(text) if values is None else Signature(values)
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
