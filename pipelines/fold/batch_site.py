"""What is known of sites while a batch is judged: the memory, and the pages of the batch itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from archive.types import NO_ARTICLE, Row
from archive.web.surt import url_surtkey
from pipelines.fold.lists import is_doubtful, is_everywhere
from pipelines.fold.memory import FoldMemory
from pipelines.fold.site_memory import SiteCounts
from pipelines.outline.outline import Outline, is_plain

Outlines = dict[str, Outline]
"""The outlines of a batch's captures by their record ids."""
_SEVERAL = 3  # titles that make a list


class BatchSite:
    """What is known of sites while a batch is judged: the memory, and the pages of the batch.

    It has what `pipelines.fold.lists.Site` asks for.
    """

    def __init__(
        self,
        memory: FoldMemory,
        pages: Sequence[Row] = (),
        outlines: Outlines | None = None,
        seen: Sequence[Row] = (),
    ) -> None:
        outlines = outlines or {}
        self._memory = memory
        self._openings: dict[str, frozenset[int]] = {}
        self._lists: set[str] = set()
        self._named: set[str] = set()
        self._announced = set(_announced(outlines.values()))
        self._links: dict[str, Counter[str]] = {}
        self._pages: Counter[str] = Counter()
        self._shown: Counter[str] = Counter()
        self._plain: Counter[str] = Counter()
        self._listed: Counter[str] = Counter()
        of_pages = {page["warc_record_id"] for page in pages}
        for place in seen:
            host, record = place["url_host_name"] or "", place["warc_record_id"]
            self._pages[host] += 1
            self._links.setdefault(host, Counter()).update(outlines[record].navigation)
            if record not in of_pages:  # it was asked for as a list
                self._name(outlines[record])
        for page in pages:
            outline = outlines.get(page["warc_record_id"])
            if outline is not None:
                self._add(page, outline)

    @property
    def hosts(self) -> list[str]:
        """The hosts of the batch."""
        return sorted(self._pages)

    def _add(self, page: Row, outline: Outline) -> None:
        host = page["url_host_name"] or ""
        if outline.fed:
            self._announced.add(page["url_surtkey"])
        kind = page["completeness"]
        if kind is None or kind in NO_ARTICLE or not page["word_count"]:
            return
        doubted = is_doubtful(page, outline)
        if not doubted or not outline.listing:
            self.accept(page, outline)
        if not doubted:
            shown = not is_plain(outline) or outline.fed
            self._shown[host] += shown
            self._listed[host] += shown and self.is_announced(page["url_surtkey"])

    def accept(self, page: Row, outline: Outline) -> None:
        """*page* is an article, unless it may be a static page: lists may show how it begins."""
        host = page["url_host_name"] or ""
        if is_plain(outline) and is_everywhere(host, page["url_surtkey"], self):
            return
        for surtkey in addresses_of_page(page):
            self._openings[surtkey] = frozenset(outline.openings)

    def take_for_list(self, surtkey: str, outline: Outline) -> None:
        """The page at this address is a list."""
        self._lists.add(surtkey)
        self._openings.pop(surtkey, None)
        self._name(outline)

    def _name(self, outline: Outline) -> None:
        titled = [one.key for one in outline.lists if one.titled]
        if len(titled) >= _SEVERAL:
            self._named.update(titled)

    def count_shown(self, pages: Iterable[Row]) -> None:
        """Count articles that show a date or an author, of *pages* that were in doubt."""
        for page in pages:
            host = page["url_host_name"] or ""
            self._shown[host] += 1
            self._listed[host] += self.is_announced(page["url_surtkey"])

    def count_plain(self, pages: Iterable[Row]) -> None:
        """Count, of undated and unsigned *pages*, those that no navigation leads to."""
        for page in pages:
            host = page["url_host_name"] or ""
            links = self.links_to(host, page["url_surtkey"])
            self._plain[host] += 2 * links < self.counts(host).pages

    def openings(self, surtkey: str) -> frozenset[int] | None:
        """How the blocks of the article at an address begin; None where no article is there."""
        if surtkey in self._lists:
            return None
        return self._openings.get(surtkey) or self._memory.site.openings(surtkey)

    def is_list(self, surtkey: str) -> bool:
        """Whether the page at an address is a list."""
        if surtkey in self._openings:
            return False
        return surtkey in self._lists or self._memory.is_listing(surtkey)

    def is_announced(self, surtkey: str) -> bool:
        """Whether a feed, or a list under its date, names the page at an address."""
        return surtkey in self._announced or self._memory.site.is_announced(surtkey)

    def is_named(self, surtkey: str) -> bool:
        """Whether a list has the title of the page at an address."""
        return surtkey in self._named or self._memory.site.is_named(surtkey)

    def links_to(self, host: str, surtkey: str) -> int:
        """How many pages of *host* have the address in their navigation."""
        now = self._links.get(host, Counter())[surtkey]
        return now + self._memory.site.links_to(host, surtkey)

    def counts(self, host: str) -> SiteCounts:
        """The counts of a host."""
        before = self._memory.site.counts(host)
        return SiteCounts(
            before.pages + self._pages[host],
            before.shown + self._shown[host],
            before.plain + self._plain[host],
            before.listed + self._listed[host],
        )

    def remember(self) -> None:
        """Add what the batch has to the memory."""
        for host in sorted(self._pages.keys() | self._shown.keys() | self._plain.keys()):
            own = (self._pages, self._shown, self._plain, self._listed)
            counts = SiteCounts(*(one[host] for one in own))
            self._memory.site.count(host, counts, self._links.get(host, Counter()))
        self._memory.site.announce(sorted(self._announced))
        self._memory.site.name(sorted(self._named))


def _announced(outlines: Iterable[Outline]) -> Iterator[str]:
    """The addresses that pages list as titles, under a date."""
    for outline in outlines:
        yield from (one.key for one in outline.lists if one.titled and one.dated)


def addresses_of_page(page: Row) -> set[str]:
    """The keys of the addresses by which a list may name *page*."""
    canonical = page["canonical_url"]
    return {page["url_surtkey"], *([url_surtkey(canonical)] if canonical else [])}
