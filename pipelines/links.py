"""A page's declarations into the addresses that it names: its own, its image's, its licence's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.declarations import Candidate, Declarations

_NUMBERED = re.compile(
    r"[?&](?:page|paged|pg|p|seite|pagina)=(\d{1,3})(?![^&#])"
    r"|(?<!/\d{4})/(?:page/|seite/|pagina/|p)?(\d{1,3})/?(?=$|#)",
    re.IGNORECASE,
)
"""The number of a page in an address: `?page=2`, `/page/2/`, `/2`."""


def base_of(tree: HtmlElement, url: str) -> str:
    """The address to which references on the page at *url* are relative."""
    declared = next(
        (element.get("href") for element in tree.iter("base") if element.get("href")), ""
    )
    return join(url, declared) or url


def join(base: str, reference: str) -> str | None:
    """*reference* joined to *base*; None where that makes no web address."""
    try:
        joined = urljoin(base, reference.strip())
        return joined if urlsplit(joined).scheme in ("http", "https") else None
    except ValueError:
        return None


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


def following_page(tree: HtmlElement, url: str) -> str | None:
    """The address of the next page of the article at *url*, to which its page links; else None."""
    if not url:
        return None
    here, number = _without_number(url)
    base = base_of(tree, url)
    digits = str(number + 1)
    for element in tree.iter("link", "a"):
        href = element.get("href") or ""
        found = _NUMBERED.search(href) if digits in href else None
        if found and int(found[1] or found[2]) == number + 1:
            target = join(base, href)
            if target and _without_number(target) == (here, number + 1):
                return target
    return None


def _without_number(url: str) -> tuple[str, int]:
    """An address without its page number, slash and fragment; and the number, 1 if it has none."""
    bare = url.partition("#")[0]
    found = _NUMBERED.search(bare)
    number = int(found[1] or found[2]) if found else 1
    rest = bare[: found.start()] + bare[found.end() :] if found else bare
    return rest.rstrip("/?&"), number


def _related(declared: Declarations, relation: str) -> Iterator[Candidate]:
    for relations, href in declared.related:
        if relation in relations:
            yield f"markup:rel={relation}", href
