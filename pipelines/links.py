"""A page's declarations into the addresses that it names: its own, its image's, its licence's."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.declarations import Candidate, Declarations


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
    yield from _related(declared.tree, "canonical")
    yield from (("meta:og:url", text) for text in declared.metas.get("og:url", ()))


def image_links(declared: Declarations) -> Iterator[Candidate]:
    """What the page gives as the address of the article's image."""
    for image in declared.linked.resolve((declared.article or {}).get("image")):
        texts = declared.linked.texts(image, "url") if isinstance(image, dict) else [image]
        yield from (("json-ld:image", text) for text in texts if isinstance(text, str))
    yield from declared.meta("image")
    yield from _related(declared.tree, "image_src")


def licence_links(declared: Declarations) -> Iterator[Candidate]:
    """The links of the page that say of themselves that they lead to its licence."""
    return _related(declared.tree, "license")


def _related(tree: HtmlElement, relation: str) -> Iterator[Candidate]:
    for element in tree.iter("link", "a"):
        if relation in (element.get("rel") or "").lower().split() and (href := element.get("href")):
            yield f"markup:rel={relation}", href
