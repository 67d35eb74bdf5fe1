"""A page's declarations into the addresses that it names: its own, its image's, its licence's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from archive.web.hosts import join_url, split_url
from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.numbered_urls import NUMBERED, WHOLE, is_whole_of, without_number
from pipelines.page.elements import BITS, bits_of

_CREATIVE_COMMONS = re.compile(r"//creativecommons\.org/(?:licenses|publicdomain/zero)/")
_LICENCE = re.compile(r"/(?:licenses|publicdomain)/[a-z]")
_PICTURE = BITS["caption"] | BITS["figure"]
_MOST_PAGES = 50  # pages of an article: a higher number in an address is that of an article


def base_of(bases: Iterable[HtmlElement], url: str) -> str:
    """The address to which references on the page at *url* are relative, which has these `base`
    elements."""
    declared = next((href for element in bases if (href := element.get("href"))), "")
    return join(url, declared) or url


def join(base: str, reference: str) -> str | None:
    """*reference* joined to *base*; None where that makes no web address."""
    joined = join_url(base, reference.strip())
    parts = joined and split_url(joined)
    return joined if parts and parts.scheme in ("http", "https") else None


def canonical_links(declared: Declarations) -> Iterator[Candidate]:
    """What the page gives as its own address."""
    yield from _related(declared, "canonical")
    yield from (("meta:og:url", text) for text in declared.metas.get("og:url", ()))


def image_links(declared: Declarations) -> Iterator[Candidate]:
    """What the page gives as the address of the article's image."""
    for image in declared.linked.resolve((declared.article or {}).get("image")):
        texts = declared.linked.texts(image, "url") if isinstance(image, dict) else [image]
        yield from (("json-ld:image", text) for text in texts if isinstance(text, str))
    yield from declared.meta("image")
    yield from _related(declared, "image_src")


def licence_links(declared: Declarations) -> Iterator[Candidate]:
    """The links of the page that say of themselves that they lead to its licence."""
    return _related(declared, "license")


def creative_commons_links(declared: Declarations) -> Iterator[Candidate]:
    """The one licence of Creative Commons that the page links to, and not below a picture."""
    links = [
        href
        for link, href in declared.links
        if "//creativecommons.org" in href
        and link.tag == "a"
        and _CREATIVE_COMMONS.search(href)
        and not any(bits_of(box) & _PICTURE for box in link.iterancestors())
    ]
    if len({_bare_licence(link) for link in links}) == 1 and _LICENCE.search(links[0]):
        yield "markup:creative commons", links[0]


def _bare_licence(url: str) -> str:
    return url.partition("//")[2].partition("?")[0].removesuffix("deed.en").rstrip("/")


def following_page(
    tree: HtmlElement, url: str, links: Iterable[HtmlElement] | None = None
) -> str | None:
    """The address of the next page of the article at *url*, if its page links to it; else the
    address that shows all pages in one; else None. *links* are those of *tree*, if known."""
    if not url:
        return None
    wanted = {(here, number + 1) for here, number in _readings(url) if number < _MOST_PAGES}
    whole = None
    numbered = _as_numbered(tuple(sorted({number for _, number in wanted})))
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    for element in tree.iter("link", "a") if links is None else links:
        href = (element.get("href") or "").strip()
        if numbered.search(href) and NUMBERED.search(href):
            target = join(base_of(tree.iter("base"), url), href)
            if target and without_number(target) in wanted:
                return target
        elif whole is None and (href[:1] == "?" or name in href) and WHOLE.search(href):
            target = join(base_of(tree.iter("base"), url), href)
            whole = target if target and is_whole_of(target, url) else None
    return whole


@lru_cache(maxsize=256)
def _as_numbered(numbers: tuple[int, ...]) -> re.Pattern[str]:
    """What an address has in it whose query or end is one of *numbers*; most have nothing of it."""
    some = "|".join(map(str, numbers))
    return re.compile(rf"(?:{some})/*(?:$|#)|=0{{0,2}}(?:{some})")


def _readings(url: str) -> set[tuple[str, int]]:
    """The addresses of which *url* may be a page, and its number: a number at its end may be that
    of the article."""
    return {without_number(url), (url.partition("#")[0].rstrip("/?&"), 1)}


def _related(declared: Declarations, relation: str) -> Iterator[Candidate]:
    for relations, link in declared.related:
        if relation in relations:
            yield f"markup:rel={relation}", link.get("href", "")
