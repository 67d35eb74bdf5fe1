"""What a run knows of the lists of its source: which it read, and whether they name everything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archive.source import Source
from archive.state.rows import Run


@dataclass(slots=True)
class WalkedList:
    """A list and the pages that follow it: the keys of its articles, and whether its end came."""

    keys: set[str] = field(default_factory=set)
    pages: int = 0
    ended: bool = False
    reaches_known: bool = False


@dataclass(slots=True)
class RunLists:
    """What a run knows of the lists of its source."""

    cut_short: list[Run]
    walked: dict[str, WalkedList] = field(default_factory=dict)  # by the address of its first page
    late: dict[str, str] = field(default_factory=dict)  # by address, with the page that names it
    feeds: dict[str, set[str]] = field(default_factory=dict)  # the keys that each feed names
    rolled: list[str] = field(default_factory=list)  # feeds of which all was new
    empty: Counter[str] = field(default_factory=Counter)  # periods in a row, by archive
    sections: int = 0
    archives: int = 0
    has_everything: bool = False  # a sitemap or a list of posts was read
    is_late: bool = False

    @property
    def articles(self) -> set[str]:
        """The keys of all articles that lists name."""
        return set().union(*(one.keys for one in self.walked.values()))

    def is_only_a_feed(self, source: Source) -> bool:
        """Whether no list names anything that feeds do not name."""
        if self.has_everything or source.archives or source.sections:
            return False
        return self.articles <= set().union(*self.feeds.values())

    def is_complete(self, front: str) -> bool:
        """Whether something that was read to its end names all that feeds and lists name."""
        if self.has_everything:
            return True
        known = self.articles.union(*self.feeds.values())
        few = max(
            len(keys) for keys in (self.walked.get(front, WalkedList()).keys, *self.feeds.values())
        )
        return any(
            one.ended and one.keys >= known and (one.pages > 1 or len(one.keys) > few)
            for one in self.walked.values()
        )
