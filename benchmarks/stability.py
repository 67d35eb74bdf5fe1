"""The same pages in other encodings, with hashed names, with boxes of others: is the text the same?

    python benchmarks/stability.py CORPUS [--limit N]

CORPUS is a folder with `pages.jsonl.xz` files. Each page is remade and read again; printed is the
share of pages whose body is the same, word for word, and the mean F1 between both bodies, which
counts runs of four words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

import lxml.html
from lxml.html import HtmlElement

from archive.web.charset import decode
from benchmarks.training.augment import hash_names
from benchmarks.training.corpus import Sample, read_samples
from benchmarks.training.dataset import widgets_of
from benchmarks.training.score import compare, f1_of
from pipelines.extract import extract_page
from pipelines.page.html import Page, parse_html
from pipelines.text.words import key

_DONORS = 40  # pages whose boxes the others get
Make = Callable[[str, Random], Page | None]


def read(page: Page) -> str:
    """The body of *page*."""
    return extract_page(page).article_body


def encoded(codec: str) -> Make:
    """Makes that are written in *codec*, as their header says; none of what it cannot write."""

    def make(text: str, _: Random) -> Page | None:
        try:
            return Page("", text.encode(codec), f"text/html; charset={codec}")
        except UnicodeEncodeError:
            return None

    return make


def changed(change: Callable[[HtmlElement, Random], None]) -> Make:
    """Makes whose tree was changed."""

    def make(text: str, random: Random) -> Page | None:
        tree = parse_html(text)
        if tree is None or (body := tree.find("body")) is None:
            return None
        change(body, random)
        return Page("", lxml.html.tostring(tree, encoding="utf-8"), "text/html; charset=utf-8")

    return make


def with_boxes(boxes: list[str]) -> Callable[[HtmlElement, Random], None]:
    """Up to three of *boxes* stand at the edges of the page, in boxes of their own."""

    def change(body: HtmlElement, random: Random) -> None:
        for html in random.sample(boxes, random.randint(1, 3)):
            box = lxml.html.Element("div")
            box.append(lxml.html.fromstring(html))
            body.insert(random.choice((0, len(body))), box)

    return change


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    samples = list(islice(read_samples(options.corpus), options.limit))
    boxes = [
        box for sample in samples[:: max(1, len(samples) // _DONORS)] for box in widgets_of(sample)
    ]
    makes: dict[str, Make] = {
        "utf-8 with a mark": encoded("utf-8-sig"),
        "utf-16": encoded("utf-16"),
        "windows-1252": encoded("cp1252"),
        "parsed and written": changed(lambda body, random: None),
        "hashed names": changed(hash_names),
        "boxes of others": changed(with_boxes(boxes)),
    }
    found: dict[str, list[float]] = {name: [] for name in makes}
    for sample in samples:
        before = read(Page("", sample.html, None))
        for name, score in _scores(sample, before, makes):
            found[name].append(score)
    for name, scores in found.items():
        count = max(len(scores), 1)
        same, mean = sum(score == 1 for score in scores) / count, sum(scores) / count
        print(f"{name:<20} {len(scores):4} pages  the same {100 * same:5.1f} %  F1 {mean:.4f}")
    return 0


def _scores(sample: Sample, before: str, makes: dict[str, Make]) -> Iterator[tuple[str, float]]:
    text = decode(sample.html)
    for name, make in makes.items():
        page = make(text, Random(f"{sample.id} {name}"))
        if page is not None:
            after = read(page)
            same = key(after) == key(before)
            yield name, 1.0 if same else min(f1_of(compare(before, after)), 0.9999)


if __name__ == "__main__":
    raise SystemExit(main())
