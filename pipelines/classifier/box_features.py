"""Features of the boxes that a segment stands in: how large, how linked, how often repeated.

They need no names, so they hold where a theme hashes them: the way from the body down to most of
the page's prose, the boxes of which there are many alike, the boxes around the title.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from pipelines.arrays import Ints, permille, stacked
from pipelines.classifier.segment_features import LONG, Sums, Table
from pipelines.page.elements import BESIDE, BITS
from pipelines.page.segments import Nodes, Numbers, Segments

_MANY = 60  # segments of a box that are counted
_LEAST_SHARE = 15  # permille of the page's prose: that of a paragraph, however long the story
_CHAIN_SHARE, _PAGE_SHARE = 70, 40  # percent of the prose of a box, and of the page
_FLAG_NAMES = """
comments related popular newsletter share author meta caption sidebar advertisement contents
dialog hidden navigation aside footer form body figure header article main quote table list
details
"""
_FLAG_BITS = np.array([[BITS[name]] for name in _FLAG_NAMES.split()])
_FLAGS = [f"in_{name}" for name in _FLAG_NAMES.split()]
_BOX_NAMES = "size linked good count short dated headings heading_links inputs images share"
_OTHER_NAMES = """
node_alike parent_alike module_alike module_place module_depth module_group_size module_group_good
module_group_dated module_peers_even chain_level chain_depth below_top top_before top_after
node_place titles_in_module article_place articles depth
"""
_BOXES = "node parent top module title article"
_NAMES_OF = {box: tuple(f"{box}_{name}" for name in _BOX_NAMES.split()) for box in _BOXES.split()}
BOX_FEATURES = (
    *chain(*_NAMES_OF.values()),
    *_OTHER_NAMES.split(),
    *_FLAGS,
    "beside_share",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The features of the boxes around each segment, and the boxes themselves, as nodes.

    *boxes* are its own box, the parent, the box above that, the most repeated box, and the box
    through which it leaves the way to the prose.
    """

    columns: list[Ints]
    boxes: tuple[Ints, ...]


def surroundings_of(segments: Segments, table: Table, sums: Sums) -> Surroundings:
    """What surrounds each segment of *segments*."""
    nodes, numbers = segments.nodes, segments.nodes.numbers
    at = np.array([segment.node for segment in segments])
    boxes = _BoxSums(numbers, sums)
    parents = np.maximum(numbers.parent, 0)
    parent = parents[at]
    signatures = _signatures(nodes)
    alike, order = _alike(signatures, boxes)
    way = _chain(nodes, boxes, sums)
    level, top = _leaving(parents, way)
    module = _modules(nodes, alike)
    titled = _holding_title(parents, boxes, sums)
    article = _outermost(numbers, parents, BITS["article"])
    order_of_article, articles = _articles(article)
    depth = _depths(nodes)
    tops, modules = top[at], module[at]
    size, good, dated, even = _groups(signatures, boxes, alike)
    beside = _outermost(numbers, parents, BESIDE)
    share = permille(boxes.good_size, sums.good_size[-1:])
    found = {
        **boxes.describe("node", at),
        **boxes.describe("parent", parent),
        **boxes.describe("top", tops),
        **boxes.describe("module", modules),
        **boxes.describe("title", titled[at]),
        **boxes.describe("article", np.maximum(article, 0)[at]),
        "node_alike": np.minimum(alike[at], 50),
        "parent_alike": np.minimum(alike[parent], 50),
        "module_alike": np.minimum(alike[modules], 50),
        "module_place": np.minimum(order[modules], 50),
        "module_depth": depth[at] - depth[modules],
        "module_group_size": permille(size[modules], sums.size[-1:]),
        "module_group_good": permille(good[modules], size[modules]),
        "module_group_dated": permille(dated[modules], alike[modules]),
        "module_peers_even": even[modules],
        "chain_level": level[at],
        "chain_depth": np.full_like(at, len(way)),
        "below_top": depth[at] - depth[tops],
        "top_before": permille(sums.good_size[boxes.first[tops]], sums.good_size[-1:]),
        "top_after": permille(
            sums.good_size[-1] - sums.good_size[boxes.end[tops]], sums.good_size[-1:]
        ),
        "node_place": permille(np.arange(len(at)) - boxes.first[tops], boxes.count[tops]),
        "titles_in_module": sums.title[boxes.end[modules]] - sums.title[boxes.first[modules]],
        "article_place": order_of_article[at],
        "articles": np.full_like(at, min(articles, 50)),
        "depth": depth[at],
        **dict(zip(_FLAGS, (numbers.above[at] & _FLAG_BITS > 0).astype(np.int64), strict=True)),
        "beside_share": np.where(beside >= 0, share[beside], -1)[at],
    }
    columns = [found[name] for name in BOX_FEATURES]
    return Surroundings(columns, (at, parent, parents[parent], modules, tops))


class _BoxSums:
    """The sums of each node: what of the page it holds."""

    def __init__(self, nodes: Numbers, sums: Sums) -> None:
        self.first, self.end = first, end = nodes.first, nodes.end
        self.count = end - first
        self.size = sums.size[end] - sums.size[first]
        self.good_size = sums.good_size[end] - sums.good_size[first]
        self.dated = sums.dated[end] - sums.dated[first]
        headings = sums.heading[end] - sums.heading[first]
        linked_headings = sums.heading_link[end] - sums.heading_link[first]
        found = {
            "size": np.minimum(self.size, LONG),
            "linked": permille(sums.linked[end] - sums.linked[first], self.size),
            "good": permille(self.good_size, self.size),
            "count": np.minimum(self.count, _MANY),
            "short": permille(sums.short[end] - sums.short[first], self.count),
            "dated": permille(self.dated, self.count),
            "headings": np.minimum(headings, 12),
            "heading_links": permille(linked_headings, headings),
            "inputs": np.minimum(nodes.inputs, 12),
            "images": np.minimum(permille(nodes.images, self.count), 1000),
            "share": np.maximum(permille(self.good_size, sums.good_size[-1:]), _LEAST_SHARE),
        }
        self._rows = stacked([found[name] for name in _BOX_NAMES.split()])

    def describe(self, box: str, which: Ints) -> dict[str, Ints]:
        """The features of the nodes *which*, as those of the *box* that each segment stands in."""
        return dict(zip(_NAMES_OF[box], self._rows[:, which], strict=True))


def _depths(nodes: Nodes) -> Ints:
    depth = [0] * len(nodes.parent)
    for number, parent in enumerate(nodes.parent):
        if parent >= 0:
            depth[number] = depth[parent] + 1
    return np.array(depth)


def _signatures(nodes: Nodes) -> Ints:
    """A number for each node, the same for siblings of the same tag and class."""
    numbers: dict[tuple[int, str, str], int] = {}
    return np.array([numbers.setdefault(look, len(numbers)) for look in nodes.look])


def _alike(signatures: Ints, boxes: _BoxSums) -> tuple[Ints, Ints]:
    """How many siblings with text look like each node, itself too; which of them it is."""
    filled = (boxes.count > 0).tolist()
    counts = [0] * len(filled)
    order = []
    for signature, counted in zip(signatures.tolist(), filled, strict=True):
        order.append(counts[signature])
        counts[signature] += counted
    return np.array(counts)[signatures], np.array(order)


def _chain(nodes: Nodes, boxes: _BoxSums, sums: Sums) -> list[int]:
    """The way from the root down to where the page's prose parts: always to the child with most
    prose."""
    good = boxes.good_size.tolist()
    total = int(sums.good_size[-1])
    children: dict[int, list[int]] = {}
    for number, parent in enumerate(nodes.parent):
        if good[number]:
            children.setdefault(parent, []).append(number)
    chain = [0]
    while below := children.get(chain[-1]):
        heaviest = max(below, key=lambda number: good[number])
        enough = 100 * good[heaviest] >= _CHAIN_SHARE * good[chain[-1]]
        if not enough or 100 * good[heaviest] < _PAGE_SHARE * total:
            break
        chain.append(heaviest)
    return chain


def _leaving(parents: Ints, chain: list[int]) -> tuple[Ints, Ints]:
    """For each node at which level it leaves the *chain*, and the node through which it does.

    Nodes stand in the order of the page: a node right below the chain holds all that follow it, up
    to the next such node.
    """
    of_chain = np.full_like(parents, -1)
    of_chain[chain] = np.arange(len(chain))
    left = np.where(of_chain >= 0, of_chain, of_chain[parents])
    top = np.maximum.accumulate(np.where(left >= 0, np.arange(len(parents)), 0))
    return len(chain) - 1 - left[top], top


_LEAVES = frozenset({"p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "span"})


def _modules(nodes: Nodes, alike: Ints) -> Ints:
    """For each node the most repeated node among itself and the nodes around it."""
    best: list[int] = []
    counts = alike.tolist()
    for number, parent in enumerate(nodes.parent):
        outer = best[parent] if parent >= 0 else 0
        leaf = nodes.look[number][1] in _LEAVES
        best.append(number if not leaf and counts[number] > counts[outer] else outer)
    return np.array(best)


def _groups(signatures: Ints, boxes: _BoxSums, alike: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """For each node over all that look like it: text, prose, how many are dated, how even."""
    totals = np.zeros((4, len(signatures)), np.int64)
    for total, values in zip(
        totals, (boxes.size, boxes.good_size, (boxes.dated > 0).astype(np.int64)), strict=False
    ):
        np.add.at(total, signatures, values)
    np.maximum.at(totals[3], signatures, boxes.size)
    size, good, dated, most = totals[:, signatures]
    return size, good, dated, permille(size, most * alike)


def _holding_title(parents: Ints, boxes: _BoxSums, sums: Sums) -> Ints:
    """For each node the innermost around it that holds a title of the page."""
    own = np.arange(len(parents))
    found = np.where(sums.title[boxes.end] > sums.title[boxes.first], own, parents)
    while ((outer := found[found]) != found).any():
        found = outer
    return found


def _outermost(nodes: Numbers, parents: Ints, bits: int) -> Ints:
    """For each node the outermost around it, itself too, with any of *bits*; -1 is none."""
    inside = nodes.above & bits > 0
    starts = inside & ~inside[parents]
    starts[0] = inside[0]
    last = np.maximum.accumulate(np.where(starts, np.arange(len(parents)), -1))
    return np.where(inside, last, -1)


def _articles(article: Ints) -> tuple[Ints, int]:
    """The number, from 1, of the *article* that each node is in; 0 where in none; how many."""
    starts = article == np.arange(len(article))
    count = np.cumsum(starts)
    return np.where(article >= 0, np.minimum(count, 50), 0), int(count[-1])
