"""Near-duplicates on a made set: which edits are found, what is found wrongly, time and disk.

    python benchmarks/duplicates.py [--pieces 3000]

Pieces are recombined sentences (`backissue.sample.recombined`): each shares some with others, as a
magazine's do. To a fifth of them come copies: as they are, with 5, 15 and 30 % of their words
changed in runs of four, with another paragraph before and after, and follow-ups that repeat a
third of the piece in a new text, which are no copies.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from backissue.sample.recombined import recombine
from pipelines.fold.duplicates import copy_of
from pipelines.fold.memory import FoldMemory


def text_of(name: str, words: int) -> list[str]:
    """The paragraphs of a made piece."""
    return list(recombine(name, words).paragraphs)


def edited(paragraphs: list[str], share: float, random: Random) -> str:
    """The piece with a share of its words changed, in runs of four."""
    words = "\n\n".join(paragraphs).split(" ")
    for _ in range(int(share * len(words) / 4)):
        at = random.randrange(len(words))
        words[at : at + 4] = [f"w{random.randrange(10**6)}" for _ in words[at : at + 4]]
    return " ".join(words)


def copies(number: int, paragraphs: list[str]) -> dict[str, str]:
    """Texts made of a piece, by what was done to it."""
    random = Random(f"copies {number}")
    more = text_of(f"more {number}", 120)
    third = paragraphs[: max(1, len(paragraphs) // 3)]
    return {
        "the same": "\n\n".join(paragraphs),
        "5 % changed": edited(paragraphs, 0.05, random),
        "15 % changed": edited(paragraphs, 0.15, random),
        "30 % changed": edited(paragraphs, 0.3, random),
        "framed": "\n\n".join([more[0], *paragraphs, more[-1]]),
        "follow-up": "\n\n".join([*third, *text_of(f"follow-up {number}", 450)]),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pieces", type=int, default=3000)
    options = parser.parse_args()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    pieces = {f"piece-{n}": text_of(f"piece {n}", 300 + n % 500) for n in range(options.pieces)}
    with tempfile.TemporaryDirectory() as folder:
        memory = FoldMemory(Path(folder))
        with memory.batch(1):
            begun = time.process_time()
            for name, paragraphs in pieces.items():
                found["pieces"] += copy_of(name, "\n\n".join(paragraphs), memory) is not None
            seconds = time.process_time() - begun
        size = sum(path.stat().st_size for path in Path(folder).glob("fold.db*"))
        chosen = list(pieces.items())[::5]
        for number, (name, paragraphs) in enumerate(chosen):
            for kind, text in copies(number, paragraphs).items():
                copy = copy_of(f"{name} {kind}", text, memory)
                found[kind] += copy is not None
                right[kind] += copy is not None and copy.duplicate_of == name
        memory.close()
    print(f"{options.pieces} pieces: {found['pieces']} taken for copies")
    for kind in copies(0, chosen[0][1]):
        print(f"{kind:14} {len(chosen)}: found {found[kind]}, of the right piece {right[kind]}")
    million = 1_000_000 / options.pieces
    print(f"{1000 * seconds / options.pieces:.2f} ms a piece; for a million of them")
    print(f"{seconds * million / 60:.0f} min, ", end="")
    print(f"{size * million / 2**30:.1f} GiB of fold.db")
    return 0


if __name__ == "__main__":
    sys.exit(main())
