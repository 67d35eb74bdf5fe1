"""The path from the front page to a page, as the page marks it up or shows it, into its section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain, islice
from typing import Any, Literal

from lxml.etree import XPath
from lxml.html import HtmlElement

from archive.web.hosts import host_of, join_url, url_path
from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.page.elements import BITS
from pipelines.text.months import month_of
from pipelines.text.words import collapse, key

_ITEMS = XPath(
    "descendant::*[contains(@itemprop, 'itemListElement') or contains(@property, 'itemListElement')"
    " or contains(@property, 'v:title')]"
)
_NAME = XPath("(descendant-or-self::*[@itemprop='name' or @property='name'])[1]")
_LINKS = XPath("descendant-or-self::a[@href]")
_TRAIL = "readcrumb"  # as in Breadcrumb and breadcrumb
_LISTS = ("nav", "ol", "ul")
_MOST_TRAILS, _MOST_CRUMBS = 3, 12
_LONGEST_CRUMB, _LONGEST_TRAIL = 80, 600  # characters
_LIKE = 15  # letters of a crumb that may be the beginning of a title
_MARKS = " \t\n\u00a0/<>«»‹›←→|·-–—\\"
_BACK = re.compile(r"(?:back|zurück|retour|volver|voltar|indietro|terug|tilbake|tillbaka)\b", re.I)
_HOME_NAMES = """
home homepage start startseite front frontpage accueil inicio início inizio hjem hem forside etusivu
strona_główna główna главная 首页 首頁 ホーム 홈 الرئيسية خانه ana_sayfa anasayfa you_are_here here
"""
_HOME = frozenset(key(name.replace("_", " ")) for name in _HOME_NAMES.split())

Crumb = tuple[str, str | None]
"""What a crumb says, and where it leads."""


def crumbs_of(
    declared: Declarations, url: str, kind: Literal["structured", "shown"]
) -> Iterator[Candidate]:
    """The section by the page's breadcrumbs: the last crumb that is neither the page itself nor its
    front page. *structured*: JSON-LD, microdata and RDFa; else what is only shown."""
    if kind == "structured":
        for node in declared.linked.of_type("BreadcrumbList"):
            yield from _section("json-ld:BreadcrumbList", _linked(declared, node), declared, url)
    for element in _found(declared, kind):
        label = "markup:BreadcrumbList" if kind == "structured" else "markup:breadcrumb"
        crumbs = _marked(element) if kind == "structured" else _visible(element)
        yield from _section(label, crumbs, declared, url)


def _found(declared: Declarations, kind: str) -> list[HtmlElement]:
    """The first block elements that are marked up as a trail, or are called so."""
    nodes = declared.segments.nodes
    if kind == "structured":
        scopes = (nodes.elements[number] for number in nodes.that_say(BITS["scope"]))
        typed = [(one, one.get("itemtype", ""), one.get("typeof", "")) for one in scopes]
        found = (one for one, kind, _ in typed if _TRAIL in kind)
        by_rdfa = (one for one, _, kind in typed if _TRAIL in kind)
        return list(islice(chain(found, by_rdfa), _MOST_TRAILS))
    called = (
        element
        for element, (_, tag, classes) in zip(nodes.elements, nodes.look, strict=True)
        if _TRAIL in classes
        or (tag in _LISTS and _TRAIL in f"{element.get('id')} {element.get('aria-label')}")
    )
    return list(islice(called, _MOST_TRAILS))


def _section(
    source: str, crumbs: list[Crumb], declared: Declarations, url: str
) -> Iterator[Candidate]:
    titles = set(map(key, declared.titles))
    if crumbs and crumbs[-1][1] is None:
        crumbs = crumbs[:-1]
    kept = [
        text
        for number, (text, href) in enumerate(crumbs)
        if text
        and not _is_front(text, href, url, number)
        and not _is_page(text, href, url, titles)
        and not _is_date(text)
        and not _BACK.match(text)
    ]
    if kept:
        yield source, kept[-1]


def _is_front(text: str, href: str | None, url: str, number: int) -> bool:
    path = url_path(join_url(url, href) or "") if href else None
    return key(text) in _HOME or (number == 0 and path in ("", "/"))


def _is_page(text: str, href: str | None, url: str, titles: set[str]) -> bool:
    own = href is not None and _place(join_url(url, href) or "") == _place(url)
    said = key(text).rstrip("…")
    if said.replace(" ", "") == re.sub(r"\W", "", _place(url)[1].rpartition("/")[2]):
        return True
    near = any(one.startswith(said) or said.startswith(one) for one in titles if len(one) > _LIKE)
    return own or said in titles or (len(said) > _LIKE and near)


def _place(url: str) -> tuple[str, str]:
    return host_of(url).removeprefix("www."), url_path(url).rstrip("/")


def _is_date(text: str) -> bool:
    return text.isdecimal() or month_of(text) is not None


def _linked(declared: Declarations, node: dict[str, Any]) -> list[Crumb]:
    texts = declared.linked.texts
    found = []
    for item in declared.linked.resolve(node.get("itemListElement")):
        if isinstance(item, dict):
            name = texts(item, "name")[:1] or texts(item, "item", "name")[:1]
            target = item.get("item")
            place = target.get("@id") if isinstance(target, dict) else target
            found += [
                (collapse(unescape(text)), place if isinstance(place, str) else None)
                for text in name
            ]
    return found[:_MOST_CRUMBS]


def _marked(element: HtmlElement) -> list[Crumb]:
    found = []
    for item in _ITEMS(element)[:_MOST_CRUMBS]:
        named = _NAME(item)
        said = named[0] if named else item
        text = said.get("content") or "".join(said.itertext())
        found.append((collapse(text).strip(_MARKS)[:_LONGEST_CRUMB], _href(item)))
    return found


def _visible(element: HtmlElement) -> list[Crumb]:
    """The links of a trail, and what stands behind the last of them."""
    whole = collapse("".join(element.itertext()))
    if len(whole) > _LONGEST_TRAIL:
        return []
    found: list[Crumb] = []
    for link in _LINKS(element)[:_MOST_CRUMBS]:
        text = collapse("".join(link.itertext())).strip(_MARKS)
        found.append((text, link.get("href")))
    last = found[-1][0] if found else ""
    rest = whole.rpartition(last)[2].strip(_MARKS) if last else whole.strip(_MARKS)
    parts = [part.strip(_MARKS) for part in re.split(r"\s[/>»›→|]\s|[»›→]", rest)]
    return [*found, *((part, None) for part in parts if part)]


def _href(item: HtmlElement) -> str | None:
    links = _LINKS(item)
    return links[0].get("href") if links else None
