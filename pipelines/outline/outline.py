"""What a page links to, and how: the pages that it lists, its navigation, and how its blocks begin.

It says nothing of a page by itself: the fold compares it with what else is known of the site. No
word of the page decides; the names that publishing systems fix in addresses and classes are marks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any, Literal

SENTENCE = 9
"""Words: shorter lines are labels, which speak neither for a list nor against it."""

BlockPlace = Literal["item", "under", "own"]
"""Where a block of the text stands: it is a link to a listed page, or below one, or neither."""


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page that the page lists: the SURT key of its address; *titled* says that the link is a
    heading or has a row of its own among rows alike, *dated* that a date stands beside it. *times*
    is how often the page links to it."""

    key: str
    titled: bool = False
    dated: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block of the page's text: where it stands, how many words it has, how it may begin."""

    place: BlockPlace
    words: int
    openings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """The pages that a page *lists*, its *navigation* as SURT keys, and its *blocks*.

    *openings* are how its own blocks and its description begin. *marks* are the declared types and
    fixed names that lists have. *fed* says that a feed announced it; *dated* that the page shows a
    date of publication, *signed* that it names an author. *listing*: it lists pages, and has the
    shape of a list or a mark of one; then *blocks* are kept. *own_date*: a date stands beside its
    own heading or text.
    """

    lists: tuple[ListedPage, ...] = ()
    navigation: tuple[str, ...] = ()
    blocks: tuple[PlacedBlock, ...] = ()
    openings: tuple[int, ...] = ()
    marks: tuple[str, ...] = ()
    fed: bool = False
    dated: bool = False
    signed: bool = False
    listing: bool = False
    own_date: bool = False

    def to_json(self) -> str:
        """As one line, for staging."""
        own = {name: getattr(self, name) for name in _FIELDS}
        own["lists"] = [
            {"key": one.key, "titled": one.titled, "dated": one.dated, "times": one.times}
            for one in self.lists
        ]
        own["blocks"] = [
            {"place": one.place, "words": one.words, "openings": one.openings}
            for one in self.blocks
        ]
        return json.dumps(own, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Outline:
        """The outline that `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        data["lists"] = tuple(ListedPage(**one) for one in data["lists"])
        data["blocks"] = tuple(
            PlacedBlock(one["place"], one["words"], tuple(one["openings"]))
            for one in data["blocks"]
        )
        for name in ("navigation", "openings", "marks"):
            data[name] = tuple(data[name])
        return cls(**data)


_FIELDS = tuple(field.name for field in fields(Outline))
NO_OUTLINE = Outline()
SHOWN = ("markup", "json-ld", "microdata")
"""How the evidence begins of a date that the page shows, or gives to its article."""
LONE = "markup:lone date"
"""The evidence of a date that nothing names: it may be the day on which the page was sent."""

GUESSED = frozenset({"markup:name", "markup:author link", "text:opening", "text:end"})
"""The evidence of an author whom nothing calls so: a page about a team names people, too."""


def is_plain(outline: Outline) -> bool:
    """Whether the page shows neither a date nor an author."""
    return not (outline.dated or outline.signed or outline.own_date)
