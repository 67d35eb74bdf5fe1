"""Whether a page is a list of other pages, or a static page of its site: by several kinds of
evidence, and by no word of the page.

The strongest is what the library knows: that a page's text is the beginnings of texts which stand
whole at the addresses that it lists. A fixed name in an address, or a declared type, decides
nothing alone. To lose an article is worse than to store a list: what a feed announces, or a list
names under a date, is an article.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from archive.types import NO_ARTICLE, Row
from pipelines.completeness import GOES_ON
from pipelines.fold.site_memory import SiteCounts
from pipelines.outline.outline import SENTENCE, Outline, PlacedBlock, is_plain

_HALF = 50  # percent of the words that are other pages' text in a list of beginnings
_OWN = 40  # words of its own that a list of titles has at most: a line on what it lists
_SEVERAL = 3  # known pages that a list with teasers of its own names
_MOSTLY = 70  # percent of the words that belong to items in a list with teasers of its own
_LIFE = 100  # words of its own that a page of several dated titles has at most
_INTRODUCED = 300  # words of its own that a typed list has at most: the life of an author
_SITE_PAGES = 6  # pages of a site by which its navigation is known
_EVERYWHERE = 60  # percent of a site's pages that link to a static page
_SITE_ARTICLES = 3  # articles of a site that show a date or an author: then the others stand out
_MANY_ARTICLES = 10  # articles of a site, of which almost all are listed: then its lists are whole
_ALL = 95  # percent of them
_STATIC = 3_000  # words of a static page at most


class Site(Protocol):
    """What is known of the site of a page."""

    def openings(self, surtkey: str) -> frozenset[int] | None:
        """How the blocks of the article at an address begin; None where no article is there."""

    def is_list(self, surtkey: str) -> bool:
        """Whether the page at an address is a list."""

    def is_announced(self, surtkey: str) -> bool:
        """Whether a feed, or a list under its date, names the page at an address."""

    def is_named(self, surtkey: str) -> bool:
        """Whether a list has the title of the page at an address."""

    def links_to(self, host: str, surtkey: str) -> int:
        """How many pages of *host* have the address in their navigation."""

    def counts(self, host: str) -> SiteCounts:
        """The counts of a host."""


def is_doubtful(page: Row, outline: Outline) -> bool:
    """Whether *page*, a row of `PAGES`, may be a list or a static page: then its run decides."""
    kind = page["completeness"]
    if kind == "list":
        return bool(page["word_count"])
    if kind is None or kind in NO_ARTICLE or outline.fed or not page["word_count"]:
        return False
    return outline.listing or is_plain(outline)


def goes_on(page: Row) -> bool:
    """Whether *page* is a part of an article of several pages: then it waits for the others."""
    return bool(page["part_of"]) or GOES_ON in (page["evidence"] or "")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a page's text: of *others*' texts, of *items* and *under* them, and its *own*.

    Labels count nowhere.
    """

    others: int = 0
    items: int = 0
    under: int = 0
    own: int = 0


def list_evidence(surtkey: str, host: str, outline: Outline, site: Site) -> str | None:
    """Why the page at *surtkey* is a list of pages that are known; None where it is none.

    What most pages of its *host* link to is no item of it.
    """
    if not outline.listing or is_announced(surtkey, outline, site):
        return None
    articles = {one.key: openings for one in outline.lists if (openings := site.openings(one.key))}
    words = _words(outline.blocks, frozenset().union(*articles.values()))
    whole = words.others + words.under + words.own
    if outline.own_date and _begins_with_its_own(outline):
        return None
    if words.others and 100 * words.others >= _HALF * whole:
        return f"{words.others} of {whole} words begin {_pages(articles)} that it lists"
    items = [
        one for one in outline.lists if one.times > 1 or not is_everywhere(host, one.key, site)
    ]
    known = sum(one.key in articles or site.is_list(one.key) for one in items)
    if outline.own_date or not known:
        return None
    return _of_titles(replace(outline, lists=tuple(items)), words, known)


def _begins_with_its_own(outline: Outline) -> bool:
    """Whether the first sentence of the page stands below no link."""
    first = next((block for block in outline.blocks if block.words >= SENTENCE), None)
    return first is not None and first.place == "own"


def is_announced(surtkey: str, outline: Outline, site: Site) -> bool:
    """Whether a feed, or a list under its date, names the page: then it is an article; a front page
    is none."""
    if "the front page" in outline.marks:
        return False
    return outline.fed or site.is_announced(surtkey)


def _of_titles(outline: Outline, words: _Words, known: int) -> str | None:
    """Why the page is a list of *known* pages whose texts it does not show; None where it is
    none."""
    if words.own + words.under <= _OWN and (known > 1 or words.items):
        return f"{known} known pages, {words.own} words beside their titles"
    of_items = words.others + words.items + words.under
    if known >= _SEVERAL and 100 * of_items >= _MOSTLY * (of_items + words.own):
        dated = sum(one.dated for one in outline.lists) > 1 and not outline.signed
        if outline.marks or dated or is_plain(outline):
            return f"{known} known pages in rows, with {of_items} words of titles and teasers"
    introduced = words.own <= of_items or (known > 1 and words.own <= 3 * of_items)
    if outline.marks and introduced and words.own <= _INTRODUCED:
        return f"{outline.marks[0]}, {known} known pages, {words.own} words of its own"
    return _of_rows(outline, words, known)


def _of_rows(outline: Outline, words: _Words, known: int) -> str | None:
    """Why the page is a list of rows below a few words on it: the life of an author, say."""
    titled = sum(one.titled for one in outline.lists)
    dated = sum(one.titled and one.dated for one in outline.lists)
    wanted = 2 if outline.marks else _SEVERAL
    few = min(known, titled) < wanted or words.own > _LIFE
    if few or not (outline.marks or dated >= _SEVERAL):
        return None
    return f"{titled} titles in rows, {known} known, below {words.own} words"


def _pages(articles: dict[str, frozenset[int]]) -> str:
    return "1 article" if len(articles) == 1 else f"{len(articles)} articles"


def _words(blocks: tuple[PlacedBlock, ...], openings: frozenset[int]) -> _Words:
    others = items = under = own = 0
    for block in blocks:
        if not openings.isdisjoint(block.openings):
            others += block.words
        elif block.place == "item":
            items += block.words
        elif block.words < SENTENCE:
            continue
        elif block.place == "under":
            under += block.words
        else:
            own += block.words
    return _Words(others, items, under, own)


def is_everywhere(host: str, surtkey: str, site: Site) -> bool:
    """Whether most pages of *host* link to the address: then it is navigation."""
    pages = site.counts(host).pages
    return pages >= _SITE_PAGES and 100 * site.links_to(host, surtkey) >= _EVERYWHERE * pages


def page_evidence(page: Row, outline: Outline, site: Site) -> str | None:
    """Why *page* is a static page of its site; None where it is none, or that is not known.

    It shows neither date nor author while the site's articles do, and no feed and no dated list
    names it. Most pages of the site lead to it in their navigation, or lists name all else.
    """
    key, host = str(page["url_surtkey"]), page["url_host_name"] or ""
    if not is_plain(outline) or outline.fed or site.is_announced(key):
        return None
    counts, links = site.counts(host), site.links_to(host, key)
    if page["word_count"] > _STATIC or counts.shown < max(_SITE_ARTICLES, counts.plain):
        return None
    if is_everywhere(host, key, site):
        return f"no date, no author, in the navigation of {links} of {counts.pages} pages"
    if site.is_named(key):
        return None
    if counts.shown >= _MANY_ARTICLES and 100 * counts.listed >= _ALL * counts.shown:
        return f"no date, no author, on no list, which {counts.listed} of {counts.shown} others are"
    return None
