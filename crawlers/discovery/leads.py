"""What a page of links leads to: the articles that it seems to name, and why it seems so.

Pure. A source's own rules come first; where it has none, the shape of an address decides, judged by
those that are known of the source (`crawlers.discovery.url_shapes`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from archive.source import Source
from archive.web.hosts import host_of, registered_domain
from archive.web.surt import url_surtkey
from crawlers.discovery import Announced
from crawlers.discovery.html_pages import Html, parse_page
from crawlers.discovery.next_page import is_page_of
from crawlers.discovery.page_links import PageLink, page_links
from crawlers.discovery.url_shapes import ListSort, Shapes, UrlJudgement, is_list_name

_DATED = re.compile(r"/((?:19|20)\d\d)(?:/|-)(0?[1-9]|1[0-2])(?:(?:/|-)(0?[1-9]|[12]\d|3[01]))?/")
_PERIOD = re.compile(
    r"/((?:19|20)\d\d)(?:[/-](0?[1-9]|1[0-2]))?(?:[/-](?:0?[1-9]|[12]\d|3[01]))?(?:\.\w+)?/?$"
)

_COUNTED = re.compile(r"/~(?:r|ff|t)?/")  # FeedBurner and FeedBlitz
_LIST_RELS = frozenset({"tag", "category", "author", "index"})
_LATE = ("day", "taxonomy")  # they are many, and mostly name again what other lists name
_ARTICLE_DATA = re.compile(r'"@type"\s*:\s*\[?\s*"\w*(?:Article|BlogPosting)"')
_LIST_DATA = re.compile(r'"@type"\s*:\s*\[?\s*"(?:CollectionPage|ItemList|Blog|ProfilePage)"')
_WALKED = ("date", "day", "taxonomy", "category", "section", "name")
_REPEATED = 2  # items that name a page beside their own: their author, or what they are filed under
_FEWEST_ALIKE, _SHARE_ALIKE = 3, 0.6  # articles of a list that speak for the rest of it
_MANY_ALIKE = 5  # links with addresses like articles: then even a navigation lists articles


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """A link to what seems to be an article, and the *reason* in words.

    *shown*: the page shows it as an item of a list, whatever its address is like.
    """

    entry: Announced
    reason: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class ListLink:
    """A link to what seems to be a list of articles, or of such lists.

    *late*: it is worth a request only where nothing else lists everything.
    """

    url: str
    sort: ListSort
    late: bool = False


@dataclass(frozen=True, slots=True)
class Leads:
    """What a page of links leads to."""

    articles: tuple[ArticleLink, ...] = ()
    lists: tuple[ListLink, ...] = ()


def leads(source: Source, html: Html, url: str, shapes: Shapes) -> Leads:
    """The articles and lists that the page at *url* seems to link to, in the page's order."""
    here = url_surtkey(url)
    signs = [
        _Sign(link, shapes.judge(link.url))
        for link in page_links(html, url)
        if source.in_scope(link.url)
        and url_surtkey(link.url) != here
        # `crawlers.discovery.next_page` goes from page to page
        and (link.heads_item or link.dated or not is_page_of(link.url, url))
    ]
    verdicts = _by_their_kind(signs, [_verdict(sign) for sign in signs])
    articles, lists = dict[str, ArticleLink](), list[ListLink]()
    for sign, verdict in zip(signs, verdicts, strict=True):
        if reason := _why_article(source, sign, verdict):
            entry = Announced(sign.link.url, title=sign.link.title)
            shown = sign.link.heads_item or sign.link.dated
            articles[entry.url] = ArticleLink(entry, reason, shown)
        elif verdict.sort in _WALKED and _may_be_read(source, sign.link.url):
            late = verdict.sort in _LATE or (verdict.sort == "category" and not sign.is_section)
            lists.append(ListLink(sign.link.url, verdict.sort, late))
    return Leads(tuple(_without_variants(articles)), tuple(lists))


def _why_article(source: Source, sign: _Sign, verdict: UrlJudgement) -> str | None:
    """Why a link is that of an article that the source wants; None where it is none."""
    link = sign.link
    if not source.wants(link.url) or _is_old(source.since, link):
        return None
    if source.article.allow:
        is_list = verdict.certain or link.rel & _LIST_RELS
        return None if is_list else "its address matches article.allow"
    return f"judged an article: {verdict.reason}" if verdict.kind == "article" else None


def _may_be_read(source: Source, url: str) -> bool:
    """Whether a list is none that the source's rules keep out, and not of a time before `since`."""
    if any(re.search(pattern, url) for pattern in source.article.deny):
        return False
    dated = _PERIOD.search(urlsplit(url).path) if source.since else None
    if not (source.since and dated):
        return True
    return (int(dated[1]), int(dated[2] or 12)) >= (source.since.year, source.since.month)


def _without_variants(articles: dict[str, ArticleLink]) -> Iterator[ArticleLink]:
    """Those whose address is not another's with a query added, as `?replytocom=7`."""
    for url, found in articles.items():
        path, mark, _ = url.partition("?")
        if not mark or path not in articles:
            yield found


@dataclass(frozen=True, slots=True)
class _Sign:
    """A link, and what its address seems to be."""

    link: PageLink
    address: UrlJudgement

    @property
    def is_section(self) -> bool:
        """Whether the navigation names it."""
        return self.link.in_navigation and not self.link.in_footer


def _verdict(sign: _Sign) -> UrlJudgement:
    """What a link leads to: its address where that is certain, then the page, then its words."""
    if sign.address.certain:
        return sign.address
    if shown := _verdict_of_page(sign):
        return shown
    if sign.address.kind in ("listing", "other"):
        return sign.address
    return _verdict_of_place(sign)


def _verdict_of_page(sign: _Sign) -> UrlJudgement | None:
    """What the markup says of a link plainly: by `rel`, or as the heading of a list's item."""
    link = sign.link
    if link.rel & _LIST_RELS and not link.heads_item:
        return UrlJudgement("listing", "its rel", "taxonomy")
    heads = "bookmark" in link.rel or link.heads_item
    if heads and (link.dated or (link.in_article and not link.in_navigation)):
        return UrlJudgement("article", "the heading of an item of a list")
    return None


def _verdict_of_place(sign: _Sign) -> UrlJudgement:
    """What the place of a link on the page says, where its address has no word for it."""
    link, address = sign.link, sign.address
    aside = link.in_navigation or link.in_footer
    if (link.heads_item or link.dated) and not aside:
        what = "a date beside it" if link.dated else "the heading of a teaser"
        return UrlJudgement("article", what)
    if address.kind == "article" and not (address.weak and aside):
        return address
    if link.in_items >= _REPEATED:
        return UrlJudgement("listing", "it stands in several items of a list", "taxonomy")
    if is_list_name(link.url):
        return UrlJudgement("listing", "its name", "name")
    named = sign.is_section or (link.heading and not link.in_footer)
    if named and not address.weak and "?" not in link.url:
        return UrlJudgement("listing", "the navigation or a heading names it", "section")
    return UrlJudgement("unknown", address.reason)


def _by_their_kind(signs: list[_Sign], verdicts: list[UrlJudgement]) -> list[UrlJudgement]:
    """The verdicts, where links of unknown kind are as most of those in the same list are."""
    lists: dict[str, Counter[str]] = defaultdict(Counter)
    for sign, verdict in zip(signs, verdicts, strict=True):
        for place in sign.link.places:
            lists[place]["all"] += 1
            lists[place]["weak"] += sign.address.weak
            lists[place][verdict.sort or verdict.kind] += 1
    return [
        _like_the_others(sign, [lists[place] for place in sign.link.places])
        if verdict.kind == "unknown"
        else verdict
        for sign, verdict in zip(signs, verdicts, strict=True)
    ]


def _like_the_others(sign: _Sign, lists: list[Counter[str]]) -> UrlJudgement:
    """What a link is of which nothing but its lists tells, by what these have."""
    link = sign.link
    if link.in_items and any(one["taxonomy"] for one in lists):
        return UrlJudgement("listing", "others beside it stand in several items", "taxonomy")
    if not link.in_navigation and any(
        one["article"] >= max(_FEWEST_ALIKE, _SHARE_ALIKE * one["all"]) for one in lists
    ):
        return UrlJudgement("article", "the others of its list are")
    many = sign.address.weak and any(one["weak"] >= _MANY_ALIKE for one in lists)
    return sign.address if many and not link.in_footer else UrlJudgement("unknown", "nothing")


def _is_old(since: date | None, link: PageLink) -> bool:
    if since and link.date and link.date.date() < since:
        return True
    return is_before(since, link.url)


def is_before(since: date | None, url: str) -> bool:
    """Whether the date in an address, if there is one, is earlier than *since*."""
    dated = _DATED.search(urlsplit(url).path) if since else None
    if not (since and dated):
        return False
    year, month, day = int(dated[1]), int(dated[2]), int(dated[3] or 31)
    return (year, month, day) < (since.year, since.month, since.day)


def leads_on(url: str, feed: str) -> bool:
    """Whether *url*, which *feed* names, seems to be an address of the feed's service that leads to
    an article, as `/~r/quay/~3/x1/`: so clicks are counted, some of them on another domain."""
    own = registered_domain(host_of(url)) == registered_domain(host_of(feed))
    return own or _COUNTED.search(urlsplit(url).path) is not None


def refused_by_rules(
    source: Source, entry: Announced, *, arrived: bool | None = None, resolves: bool = False
) -> str | None:
    """The outcome of a URL that the source's own rules keep out; None where they let it in.

    *arrived* says whether it is in the scope of the run, where that is known. What *resolves* is
    judged where it leads.
    """
    if not (source.in_scope(entry.url) if arrived is None else arrived or resolves):
        return "off_scope"
    if not resolves and not source.wants(entry.url):
        return "denied"
    date = entry.published or entry.modified
    if source.since and date and date.date() < source.since:
        return "before_since"
    return None


def declares_article(html: Html) -> bool:
    """Whether a page says of itself that it is an article: by its date, which no list has."""
    page = parse_page(html)
    if page is None:
        return False
    if page.find('.//meta[@property="article:published_time"]') is not None:
        return True
    texts = [one.text or "" for one in page.iterfind('.//script[@type="application/ld+json"]')]
    return any(_ARTICLE_DATA.search(text) and not _LIST_DATA.search(text) for text in texts)
