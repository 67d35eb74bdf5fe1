"""Features of the boxes that a segment stands in: how large, how linked, how often repeated.

They need no names, so they hold where a theme hashes them: the way from the body down to most of
the page's prose, the boxes of which there are many alike, the boxes around the title.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.features import LONG, Ints, Sums, Table, permille
from pipelines.markup import BESIDE, BITS
from pipelines.segments import Nodes, Segments

_MANY = 60  # segments of a box that are counted
_LEAST_SHARE = 15  # permille of the page's prose: that of a paragraph, however long the story
_CHAIN_SHARE, _PAGE_SHARE = 70, 40  # percent of a box's, of the page's prose
_FLAG_NAMES = """
comments related popular newsletter share author meta caption sidebar advertisement contents
dialog hidden navigation aside footer form body figure header article main quote table list
details
"""
_FLAGS = _FLAG_NAMES.split()
_BOX_NAMES = "size linked good count short dated headings heading_links inputs images share"
_OTHER_NAMES = """
node_alike parent_alike module_alike module_place module_depth module_group_size module_group_good
module_group_dated module_peers_even chain_level chain_depth below_top top_before top_after
node_place titles_in_module article_place articles depth
"""
_BOXES = "node parent top module title article"
BOX_FEATURES = (
    *(f"{box}_{name}" for box in _BOXES.split() for name in _BOX_NAMES.split()),
    *_OTHER_NAMES.split(),
    *(f"in_{name}" for name in _FLAGS),
    "beside_share",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The features of the boxes around each segment, and the boxes themselves, as nodes.

    *boxes* are its own, its parent, the one above, the most repeated one, and the one through which
    it leaves the way to the prose.
    """

    columns: list[Ints]
    boxes: tuple[Ints, ...]


def surroundings_of(page: Segments, table: Table, sums: Sums) -> Surroundings:
    """What surrounds each segment of *page*."""
    nodes = page.nodes
    at = np.array([segment.node for segment in page.segments])
    boxes = _Boxes(nodes, sums)
    parent = np.maximum(np.array(nodes.parent)[at], 0)
    signatures = _signatures(nodes)
    alike, order = _alike(signatures, boxes)
    chain = _chain(nodes, boxes, sums)
    level, top = _leaving(nodes, chain)
    module = _modules(nodes, alike)
    titled = _holding_title(nodes, sums)
    article, article_order, articles = _articles(nodes)
    depth = _depths(nodes)
    tops, modules = top[at], module[at]
    columns = boxes.describe(at) + boxes.describe(parent) + boxes.describe(tops)
    columns += boxes.describe(modules) + boxes.describe(titled[at]) + boxes.describe(article[at])
    size, good, dated, even = _groups(signatures, boxes, alike)
    columns += [
        np.minimum(alike[at], 50),
        np.minimum(alike[parent], 50),
        np.minimum(alike[modules], 50),
        np.minimum(order[modules], 50),
        depth[at] - depth[modules],
        permille(size[modules], sums.size[-1:]),
        permille(good[modules], size[modules]),
        permille(dated[modules], alike[modules]),
        even[modules],
        level[at],
        np.full_like(at, len(chain)),
        depth[at] - depth[tops],
        permille(sums.good_size[boxes.first[tops]], sums.good_size[-1:]),
        permille(sums.good_size[-1] - sums.good_size[boxes.end[tops]], sums.good_size[-1:]),
        permille(np.arange(len(at)) - boxes.first[tops], boxes.count[tops]),
        sums.title[boxes.end[modules]] - sums.title[boxes.first[modules]],
        article_order[at],
        np.full_like(at, min(articles, 50)),
        depth[at],
    ]
    above = np.array(nodes.above)[at]
    columns += [(above & BITS[name] > 0).astype(np.int64) for name in _FLAGS]
    columns.append(_beside_share(nodes, boxes, sums)[at])
    outer = np.maximum(np.array(nodes.parent)[parent], 0)
    return Surroundings(columns, (at, parent, outer, modules, tops))


class _Boxes:
    """The sums of each node: what of the page it holds."""

    def __init__(self, nodes: Nodes, sums: Sums) -> None:
        self.first, self.end = first, end = np.array(nodes.first), np.array(nodes.end)
        self.count = end - first
        self.size = sums.size[end] - sums.size[first]
        self.good_size = sums.good_size[end] - sums.good_size[first]
        self.dated = sums.dated[end] - sums.dated[first]
        self._rows = np.stack(
            (
                np.minimum(self.size, LONG),
                permille(sums.linked[end] - sums.linked[first], self.size),
                permille(self.good_size, self.size),
                np.minimum(self.count, _MANY),
                permille(sums.short[end] - sums.short[first], self.count),
                permille(self.dated, self.count),
                np.minimum(sums.heading[end] - sums.heading[first], 12),
                permille(
                    sums.heading_link[end] - sums.heading_link[first],
                    sums.heading[end] - sums.heading[first],
                ),
                np.minimum(np.array(nodes.inputs), 12),
                np.minimum(permille(np.array(nodes.images), self.count), 1000),
                np.maximum(permille(self.good_size, sums.good_size[-1:]), _LEAST_SHARE),
            )
        )

    def describe(self, which: Ints) -> list[Ints]:
        """The features of the nodes *which*."""
        return list(self._rows[:, which])


def _depths(nodes: Nodes) -> Ints:
    depth = [0] * len(nodes.parent)
    for number, parent in enumerate(nodes.parent):
        if parent >= 0:
            depth[number] = depth[parent] + 1
    return np.array(depth)


def _signatures(nodes: Nodes) -> Ints:
    """A number for each node that it shares with its siblings of the same tag and class."""
    numbers: dict[tuple[int, str, str], int] = {}
    return np.array([numbers.setdefault(look, len(numbers)) for look in nodes.look])


def _alike(signatures: Ints, boxes: _Boxes) -> tuple[Ints, Ints]:
    """How many siblings with text look like each node, itself too; which of them it is."""
    filled = (boxes.count > 0).tolist()
    counts = [0] * len(filled)
    order = []
    for signature, counted in zip(signatures.tolist(), filled, strict=True):
        order.append(counts[signature])
        counts[signature] += counted
    return np.array(counts)[signatures], np.array(order)


def _chain(nodes: Nodes, boxes: _Boxes, sums: Sums) -> list[int]:
    """From the root down to where the page's prose parts: each the child with most of it."""
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


def _leaving(nodes: Nodes, chain: list[int]) -> tuple[Ints, Ints]:
    """For each node at which level it leaves the *chain*, and the node through which it does."""
    on_chain = {node: level for level, node in enumerate(chain)}
    level, top = [0] * len(nodes.parent), [0] * len(nodes.parent)
    for number, parent in enumerate(nodes.parent):
        if number in on_chain:
            level[number], top[number] = on_chain[number], number
        elif parent in on_chain:
            level[number], top[number] = on_chain[parent], number
        else:
            level[number], top[number] = level[parent], top[parent]
    bottom = len(chain) - 1
    return bottom - np.array(level), np.array(top)


_LEAVES = frozenset({"p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "span"})


def _modules(nodes: Nodes, alike: Ints) -> Ints:
    """For each node the one of it and those around it of which there are most alike."""
    best: list[int] = []
    counts = alike.tolist()
    for number, parent in enumerate(nodes.parent):
        outer = best[parent] if parent >= 0 else 0
        leaf = nodes.elements[number].tag in _LEAVES
        best.append(number if not leaf and counts[number] > counts[outer] else outer)
    return np.array(best)


def _groups(signatures: Ints, boxes: _Boxes, alike: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """For each node over all that look like it: text, prose, how many are dated, how even."""
    totals = np.zeros((4, len(signatures)), np.int64)
    for total, values in zip(
        totals, (boxes.size, boxes.good_size, (boxes.dated > 0).astype(np.int64)), strict=False
    ):
        np.add.at(total, signatures, values)
    np.maximum.at(totals[3], signatures, boxes.size)
    size, good, dated, most = totals[:, signatures]
    return size, good, dated, permille(size, most * alike)


def _holding_title(nodes: Nodes, sums: Sums) -> Ints:
    """For each node the innermost around it that holds a title of the page."""
    titles = sums.title.tolist()
    found: list[int] = []
    for first, end, parent in zip(nodes.first, nodes.end, nodes.parent, strict=True):
        has = titles[end] > titles[first]
        found.append(len(found) if has or parent < 0 else found[parent])
    return np.array(found)


def _articles(nodes: Nodes) -> tuple[Ints, Ints, int]:
    """For each node the outermost `article` around it, its number from 1, and how many."""
    bit = BITS["article"]
    article: list[int] = []
    order: list[int] = []
    count = 0
    for number, parent in enumerate(nodes.parent):
        if parent >= 0 and order[parent]:
            article.append(article[parent])
            order.append(order[parent])
        elif nodes.bits[number] & bit:
            count += 1
            article.append(number)
            order.append(min(count, 50))
        else:
            article.append(0)
            order.append(0)
    return np.array(article), np.array(order), count


def _beside_share(nodes: Nodes, boxes: _Boxes, sums: Sums) -> Ints:
    """The share of the page's prose in the outermost box that names call clutter; -1 is none."""
    total = max(int(sums.good_size[-1]), 1)
    good = boxes.good_size.tolist()
    share: list[int] = []
    for number, parent in enumerate(nodes.parent):
        inherited = share[parent] if parent >= 0 else -1
        if inherited < 0 and nodes.bits[number] & BESIDE:
            inherited = 1000 * good[number] // total
        share.append(inherited)
    return np.array(share)
