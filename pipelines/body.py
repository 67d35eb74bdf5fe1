"""A page's tree into the blocks of its article: the best of up to three readings."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass

import trafilatura
from lxml.html import HtmlElement

from archive.types import Removed
from pipelines.blocks import Block, blocks_of
from pipelines.boilerplate import prune
from pipelines.container import Container, container_of
from pipelines.lines import Top, keep_text

SETTINGS = {
    "favor_recall": True,
    "fast": True,
    "include_comments": False,
    "include_formatting": True,
    "include_tables": True,
}
_MAX_ELEMENTS = 50_000
_SURELY_ENOUGH = 3_000  # characters that no pruning too far leaves
_LOST = 0.7  # of the unpruned reading: a pruned one below it was pruned too far
_SURE_FROM = 1_500  # characters of prose in one container that need no second opinion
_SURE_SHARE = 0.5  # of its prose that the container's blocks hold at least; less: it counted twice
_RESCUE_FROM = 800  # characters of prose on the page that make another reading worth a look
_RESCUED = 0.6  # of the page's prose: a reading below it may have missed a part
_NEARLY_NOTHING = 0.2  # of the page's prose: below it even a list of parts is better
_LINKED_TITLES = 0.5  # share of linked headings from which on it is a list of other pages
_LONG_REPEAT = 40  # characters
_REPEATED = 0.25  # of the text: from here on a page shows its article more than once


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of the article, those that are no part of it, and the reading that gave them."""

    blocks: tuple[Block, ...]
    removed: tuple[Removed, ...]
    reading: str


def body_of(tree: HtmlElement, top: Top) -> Body:
    """The article's body in *tree*, which stays as it is; its *top* is left out."""
    pruned = deepcopy(tree)
    removed = prune(pruned)
    blocks, reading = _read(tree, pruned)
    kept, cut = keep_text(_without_repeats(blocks), top)
    return Body(tuple(kept), (*removed, *cut) if reading != "unpruned" else tuple(cut), reading)


def _read(tree: HtmlElement, pruned: HtmlElement) -> tuple[list[Block], str]:
    """The best of three readings, and its name; a page of a sure shape needs no trafilatura."""
    container = container_of(pruned)
    contained = blocks_of(container.element if container else pruned)
    if tree.xpath("count(//*)") > _MAX_ELEMENTS:
        return contained, "container"
    if container and _is_sure(container, _length(contained)):
        return contained, "container"
    blocks, reading = _read_trafilatura(pruned), "pruned"
    if _length(blocks) < _SURELY_ENOUGH:
        whole = _read_trafilatura(tree)
        if _length(blocks) < _LOST * _length(whole):
            blocks, reading = whole, "unpruned"
    if container and _length(blocks) < _length(contained) and _missed(container, _length(blocks)):
        return contained, "container"
    return blocks, reading


def _is_sure(container: Container, length: int) -> bool:
    """Whether *container*, whose blocks have *length* characters, is the article and all of it."""
    enough = container.prose >= _SURE_FROM and length >= _SURE_SHARE * container.prose
    return enough and container.is_one_article


def _missed(container: Container, length: int) -> bool:
    """Whether a reading of *length* characters left out what *container* holds."""
    if container.prose < _RESCUE_FROM or container.element.tag == "body":
        return False
    if length < _NEARLY_NOTHING * container.prose:
        return container.linked_titles <= _LINKED_TITLES
    return length < _RESCUED * container.prose and container.is_one_article


def _read_trafilatura(tree: HtmlElement) -> list[Block]:
    try:
        document = trafilatura.bare_extraction(tree, **SETTINGS)
    except (ValueError, TypeError, RecursionError):
        return []
    return blocks_of(document.body) if document is not None else []


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _without_repeats(blocks: list[Block]) -> list[Block]:
    """*blocks*, each long one once where the page shows its text for several layouts."""
    counts = Counter(block.text for block in blocks if len(block.text) > _LONG_REPEAT)
    extra = sum(len(text) * (count - 1) for text, count in counts.items())
    if extra < _REPEATED * _length(blocks):
        return blocks
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if block.text not in seen:
            kept.append(block)
        if len(block.text) > _LONG_REPEAT:
            seen.add(block.text)
    return kept
