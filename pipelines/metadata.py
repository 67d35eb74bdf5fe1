"""A page's declarations into the fields of its article, each with the evidence for its value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urljoin, urlsplit

from archive.types import Discovery
from pipelines.declarations import Candidate, Declarations, lines_near_title
from pipelines.languages import language_tag
from pipelines.names import author_names
from pipelines.page import Page
from pipelines.published import date_modified, date_published
from pipelines.text import fold, key

_SITE_SPLIT = re.compile(r"\s+[|–—·•»:-]+\s+|\s*\|\s*")
_SEPARATORS = re.compile(r"\s*[,;]\s*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_MOST_KEYWORDS, _LONGEST_KEYWORD = 60, 100
_BYLINES = (
    ("rel=author", "//a[@rel='author'] | //*[@itemprop='author']//*[@itemprop='name']"),
    (
        "class author",
        "//*[self::a or self::span or self::p or self::div or self::li or self::strong]"
        "[contains(concat(' ', normalize-space(@class), ' '), ' author ')"
        " or contains(@class, 'author-name') or contains(@class, 'author__name')"
        " or contains(@class, 'authorName') or contains(@class, 'byline')"
        " or contains(@class, 'posted-by') or contains(@class, 'post-author')]"
        "[not(ancestor::*[contains(@class, 'comment') or contains(@class, 'related') or self::aside])]",
    ),
)
_BY_LINE = re.compile(r"(?:(?:written|posted|words|story) by|by|von|par|por) \S", re.IGNORECASE)
_LONGEST_TITLE = 250
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a page before it is read: how it was found, and the title of its source."""

    discovery: Discovery | None = None
    source_title: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of an article that are not its text, and the *evidence* for them."""

    fields: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)


def metadata_of(page: Page, declared: Declarations, context: Context) -> Metadata:
    """What *page* says of its article; where it says nothing, what *context* announced."""
    found = Metadata()
    _put_magazine(found, declared, context)
    _put_people(found, declared)
    _put_publisher(found, declared, context)
    _put_titles(found, declared, context)
    _put_subjects(found, declared)
    _put_dates(found, page, declared, context)
    _put_links(found, page, declared)
    _put_rights(found, page, declared)
    return found


def language_of_article(declared: Declarations, text: str) -> tuple[str | None, str]:
    """The BCP 47 tag of the article and where it comes from; told by *text* where nothing is declared."""
    html = declared.tree.get("lang") or declared.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    attribute = [("markup:html.lang", html)] if html else []
    for source, raw in chain(declared.candidates("language"), attribute):
        if tag := normalise_language(raw):
            return tag, source
    return language_tag(text), "text"


def normalise_language(raw: str) -> str | None:
    """*raw* (`en_us`, `EN-us`, `pt-BR`) as a BCP 47 tag; None where it is none."""
    tag = raw.strip().replace("_", "-").lower().split(",")[0]
    if not _LANGUAGE.fullmatch(tag) or tag in ("und", "xx", "mul", "zxx"):
        return None
    first, *rest = tag.split("-")
    return "-".join([first, *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 and part.isalpha() else part


def titles_in(declared: Declarations) -> Iterator[str]:
    """Everything on the page that may be its title."""
    for _, text in declared.candidates("headline"):
        yield text
    for heading in declared.tree.iter("h1", "title"):
        yield fold("".join(heading.itertext()))


def _put(found: Metadata, name: str, candidates: Iterable[Candidate]) -> str | None:
    """Set the field *name* to the first candidate that has any text."""
    for source, text in candidates:
        if text and any(character.isalnum() for character in text):
            found.fields[name] = text
            found.evidence[name] = {"from": source, "raw": text}
            return text
    return None


def _put_magazine(found: Metadata, declared: Declarations, context: Context) -> None:
    sites = (
        (f"json-ld:{kind}.name", text)
        for kind in ("WebSite", "Periodical", "Blog", "Newspaper")
        for node in declared.linked.of_type(kind)
        for text in declared.linked.texts(node, "name")
    )
    journal = (
        ("json-ld:isPartOf.name", text)
        for part in declared.linked.resolve((declared.article or {}).get("isPartOf"))
        if isinstance(part, dict) and part.get("@type") != "WebPage"
        for text in declared.linked.texts(part, "name")
    )
    named = _named(context)
    _put(found, "is_part_of", chain(journal, sites, declared.meta("is_part_of"), named))
    issues = (
        ("json-ld:isPartOf.issueNumber", text)
        for text in declared.linked.texts(declared.article, "isPartOf", "issueNumber")
    )
    _put(found, "issue_number", chain(issues, declared.meta("issue_number")))


def _named(context: Context) -> list[Candidate]:
    return [("source", context.source_title)] if context.source_title else []


def _put_publisher(found: Metadata, declared: Declarations, context: Context) -> None:
    """The publisher; themes that write the author there mean nobody by it."""
    authors = {key(name) for name in found.fields.get("author", ())}
    candidates = chain(declared.candidates("publisher"), _named(context))
    _put(found, "publisher", ((s, text) for s, text in candidates if key(text) not in authors))


def _put_titles(found: Metadata, declared: Declarations, context: Context) -> None:
    sites = {key(found.fields.get(name, "")) for name in ("publisher", "is_part_of")}
    sites.add(key(urlsplit(context.source_title or "").path))
    announced = context.discovery.title if context.discovery else None
    candidates = chain(
        declared.candidates("headline"),
        _single(declared, "h1"),
        _single(declared, "title"),
        [("announced", announced)] if announced else [],
    )
    shown = {key("".join(heading.itertext())) for heading in declared.tree.iter("h1")}
    summaries = {key(text) for _, text in declared.candidates("description")}
    titles = ((source, without_site(text, sites, shown)) for source, text in candidates)
    fit = ((s, t) for s, t in titles if key(t) not in sites | summaries and len(t) <= _LONGEST_TITLE)
    headline = _put(found, "headline", fit)
    others = (c for c in declared.candidates("alternative_headline") if c[1] != headline)
    _put(found, "alternative_headline", others)
    _put(found, "description", declared.candidates("description"))


def without_site(title: str, sites: set[str], shown: set[str]) -> str:
    """*title* without what stands around it: a name of *sites*, or anything but a heading *shown*."""
    for separator in _SITE_SPLIT.finditer(title):
        before, after = title[: separator.start()], title[separator.end() :]
        if before and (key(after) in sites or key(before) in shown):
            return before
        if after and (key(before) in sites or key(after) in shown):
            return after
    return title


def _single(declared: Declarations, tag: str) -> Iterator[Candidate]:
    """The text of the only element *tag*; a page with several titles says nothing with them."""
    elements = [element for element in declared.tree.iter(tag) if tag != "title" or element.getparent().tag == "head"]
    if len(elements) == 1:
        yield f"markup:{tag}", fold(" ".join(elements[0].itertext()))


def _put_people(found: Metadata, declared: Declarations) -> None:
    sites = [found.fields.get("is_part_of")]
    groups: list[list[Candidate]] = []
    by_source: dict[str, list[Candidate]] = {}
    for source, raw in chain(declared.candidates("author"), _written_by(declared)):
        by_source.setdefault(source, []).append((source, raw))
    groups += by_source.values()
    groups += [list(declared.markup(xpath, label))[:8] for label, xpath in _BYLINES]
    lines = (text for _, text in lines_near_title(declared.tree) if _BY_LINE.match(text))
    groups += [[("markup:byline", text)] for text in lines]
    for group in groups:
        names = author_names([raw for _, raw in group], sites)
        if names:
            found.fields["author"] = names
            found.evidence["author"] = {"from": group[0][0], "raw": [raw for _, raw in group]}
            return


def _written_by(declared: Declarations) -> Iterator[Candidate]:
    labels = declared.metas.get("twitter:label1", [""])[0].lower()
    if labels.startswith(("written by", "verfasst von", "écrit par", "escrito por", "scritto da")):
        for text in declared.metas.get("twitter:data1", ()):
            yield "meta:twitter:data1", fold(text)


def _put_subjects(found: Metadata, declared: Declarations) -> None:
    crumbs = (
        ("json-ld:BreadcrumbList", texts[-2])
        for node in declared.linked.of_type("BreadcrumbList")
        if len(texts := _crumbs(declared, node)) > 2
    )
    _put(found, "article_section", chain(declared.candidates("section"), crumbs))
    groups: dict[str, list[str]] = {}
    for source, text in chain(declared.candidates("keywords"), declared.markup("//a[@rel='tag']", "rel=tag")):
        groups.setdefault(source, []).append(text)
    for source, raws in groups.items():
        words = [word for raw in raws for word in _SEPARATORS.split(raw)]
        kept = {key(word): word for word in reversed(words) if key(word) and len(word) <= _LONGEST_KEYWORD}
        if kept:
            found.fields["keywords"] = tuple(reversed(kept.values()))[:_MOST_KEYWORDS]
            found.evidence["keywords"] = {"from": source, "raw": raws[:_MOST_KEYWORDS]}
            return


def _crumbs(declared: Declarations, node: dict[str, Any]) -> list[str]:
    items = [item for item in declared.linked.resolve(node.get("itemListElement")) if isinstance(item, dict)]
    return [text for item in items for text in (declared.linked.texts(item, "name") or declared.linked.texts(item, "item", "name"))[:1]]


def _put_dates(found: Metadata, page: Page, declared: Declarations, context: Context) -> None:
    announced = context.discovery.announced if context.discovery else None
    published = date_published(declared, page.url, announced, page.fetch_time)
    modified = date_modified(declared, page.fetch_time)
    found.fields.update(
        date_published=published.value,
        date_published_raw=published.raw,
        date_published_precision=published.precision,
        date_modified=modified.value,
        date_announced=announced,
    )
    for name, dated in (("date_published", published), ("date_modified", modified)):
        if dated.evidence:
            found.evidence[name] = dated.evidence


def _put_links(found: Metadata, page: Page, declared: Declarations) -> None:
    tree = declared.tree
    base = join(page.url, next((e.get("href") for e in tree.iter("base") if e.get("href")), "")) or page.url
    canonical = chain(_link(tree, "canonical"), (("meta:og:url", text) for text in declared.metas.get("og:url", ())))
    images = chain(
        (
            ("json-ld:image", text)
            for image in declared.linked.resolve((declared.article or {}).get("image"))
            for text in (declared.linked.texts(image, "url") if isinstance(image, dict) else [image])
            if isinstance(text, str)
        ),
        declared.meta("image"),
        _link(tree, "image_src"),
    )
    for name, candidates in (("canonical_url", canonical), ("image_url", images)):
        _put(found, name, ((source, join(base, text) or "") for source, text in candidates))
    licences = chain(_link(tree, "license"), declared.candidates("license"))
    _put(found, "license", ((s, (join(base, t) or t) if s.startswith("markup") else t) for s, t in licences))


def _link(tree: Any, relation: str) -> Iterator[Candidate]:
    for element in tree.iter("link", "a"):
        if relation in (element.get("rel") or "").lower().split() and (href := element.get("href")):
            yield f"markup:rel={relation}", href.strip()


def join(base: str, reference: str) -> str | None:
    """*reference* joined to *base*; None where that makes no web address."""
    try:
        joined = urljoin(base, reference.strip())
        return joined if urlsplit(joined).scheme in ("http", "https") else None
    except ValueError:
        return None


def _put_rights(found: Metadata, page: Page, declared: Declarations) -> None:
    robots = [*filter(None, [page.robots]), *declared.metas.get("robots", ())]
    found.fields["robots_meta"] = ", ".join(fold(text) for text in robots) or None
    declared_tdm = next((t.strip() for t in declared.metas.get("tdm-reservation", ())), "")
    reserved = page.tdm_reservation
    found.fields["tdm_reservation"] = {"0": False, "1": True}.get(declared_tdm) if reserved is None else reserved
    for source, text in declared.candidates("free"):
        word = text.strip().lower().rpartition("/")[2]
        if word in _TRUE + _FALSE:
            found.fields["is_accessible_for_free"] = word in _TRUE
            found.evidence["is_accessible_for_free"] = {"from": source, "raw": text}
            return
