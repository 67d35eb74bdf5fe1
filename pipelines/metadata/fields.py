"""A page's declarations into the fields of its article, each with the evidence for its value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any

from archive.types import Discovery
from pipelines.metadata.authors import authors_of
from pipelines.metadata.dating.choice import dates_of
from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.headings.mastheads import names_in_mastheads
from pipelines.metadata.headings.shown import text_of_heading
from pipelines.metadata.headings.site_names import names_of_host, sites_of
from pipelines.metadata.links import (
    base_of,
    canonical_links,
    creative_commons_links,
    image_links,
    join,
    licence_links,
)
from pipelines.metadata.people.credits import credited
from pipelines.metadata.rights import rights_of
from pipelines.metadata.subjects.choice import Subjects, words_of
from pipelines.metadata.titles import headlines_in
from pipelines.page.html import Page
from pipelines.text.words import key

_MOST_KEYWORDS = 60  # texts with keywords that the evidence keeps
_MOST_HEADINGS = 12  # main headings that are read
_OF_SITES = ("publisher", "is_part_of")
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a page before it is read: how it was found, and the title of its source.

    *comments*: whether readers' comments are wanted, too; *outlined*: whether the page's outline
    is.
    """

    discovery: Discovery | None = None
    source_title: str | None = None
    comments: bool = False
    outlined: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of an article that are not its text, and the *evidence* for them."""

    fields: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)


def metadata_of(page: Page, declared: Declarations, context: Context) -> Metadata:
    """What *page* says of its article; where it says nothing, what *context* announced."""
    found = Metadata()
    _put_magazine(found, declared, context)
    _put_people(found, page, declared, context)
    _put_publisher(found, declared, context)
    _put_titles(found, page, declared, context)
    _put_subjects(found, page, declared)
    _put_dates(found, page, declared, context)
    _put_links(found, page, declared)
    _put_rights(found, page, declared)
    return found


def without_announcement(
    found: Metadata, page: Page, declared: Declarations, context: Context
) -> Metadata:
    """The title and days of *page* as it gives them itself, whatever announced it in *context*;
    *found* is what `metadata_of` says of it."""
    known = {name: found.fields[name] for name in _OF_SITES if name in found.fields}
    own, alone = Metadata(known), replace(context, discovery=None)
    _put_titles(own, page, declared, alone)
    _put_dates(own, page, declared, alone)
    return own


def _put(
    found: Metadata,
    name: str,
    candidates: Iterable[Candidate],
    read: Callable[[str], str | None] = str,
) -> None:
    """Set the field *name* to the first candidate that has any text once it is *read*."""
    if name in found.fields:
        return
    for source, raw in candidates:
        text = read(raw)
        if text and any(character.isalnum() for character in text):
            found.fields[name] = text
            found.evidence[name] = {"from": source, "raw": raw}
            return


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
    """The publisher; the name of an author, which some themes write there, does not count."""
    authors = {key(name) for name in found.fields.get("author", ())}
    candidates = chain(declared.candidates("publisher"), _named(context))
    _put(found, "publisher", ((s, text) for s, text in candidates if key(text) not in authors))


def _put_titles(found: Metadata, page: Page, declared: Declarations, context: Context) -> None:
    names = (found.fields.get("publisher"), found.fields.get("is_part_of"), context.source_title)
    metas = (text for _, text in declared.candidates("publisher"))
    sections = (text for _, text in declared.candidates("section"))
    tops = names_in_mastheads(declared, page.url)
    sites = sites_of(page.url, {*names, *metas, *tops} - _titles_as_names(declared), sections)
    announced = context.discovery.title if context.discovery else None
    said = headlines_in(declared, sites, announced)
    for name, title in (("headline", said.headline), ("alternative_headline", said.other)):
        if title:
            found.fields[name] = title[2]
            found.evidence[name] = {"from": title[0], "raw": title[1]}
    _put(found, "description", declared.candidates("description"))


def _titles_as_names(declared: Declarations) -> set[str]:
    """What a page calls its title as well as its site: it is no site's name."""
    shown = {key(text) for _, text in declared.meta("headline")}
    shown &= {key(text_of_heading(one)) for one in declared.tagged("h1")[:_MOST_HEADINGS]}
    return {text for _, text in declared.candidates("publisher") if key(text) in shown}


def _put_people(found: Metadata, page: Page, declared: Declarations, context: Context) -> None:
    sites = (text for _, text in declared.meta("is_part_of"))
    sections = (text for _, text in declared.candidates("section"))
    named = (found.fields.get("is_part_of"), context.source_title)
    authors = authors_of(declared, (*named, *sites, *sections), names_of_host(page.url))
    if authors.names:
        found.fields["author"] = authors.names
        found.evidence["author"] = {"from": authors.source, "raw": list(authors.raws)}
    agencies = authors.agencies | credited(declared)
    if agencies:
        found.fields["agency"] = tuple(agencies)
        raws = list(dict.fromkeys(raw for _, raw in agencies.values()))
        found.evidence["agency"] = {"from": next(iter(agencies.values()))[0], "raw": raws}


def _put_subjects(found: Metadata, page: Page, declared: Declarations) -> None:
    subjects = Subjects(declared, page.url)
    _put(found, "article_section", subjects.sections())
    if named := subjects.keywords():
        source, raws = named
        found.fields["keywords"] = words_of(raws)
        found.evidence["keywords"] = {"from": source, "raw": raws[:_MOST_KEYWORDS]}


def _put_dates(found: Metadata, page: Page, declared: Declarations, context: Context) -> None:
    announced = context.discovery.announced if context.discovery else None
    published, modified = dates_of(declared, page.url, announced, page.fetch_time)
    found.fields.update(
        date_published=published.value,
        date_published_raw=published.raw,
        date_published_precision=published.precision,
        date_published_local=published.day,
        date_modified=modified.value,
        date_announced=announced,
    )
    for name, dated in (("date_published", published), ("date_modified", modified)):
        if dated.evidence:
            found.evidence[name] = dated.evidence


def _put_links(found: Metadata, page: Page, declared: Declarations) -> None:
    base = base_of(declared.tagged("base"), page.url)
    _put(found, "canonical_url", canonical_links(declared), partial(join, base))
    _put(found, "image_url", image_links(declared), partial(join, base))
    _put(found, "license", licence_links(declared), partial(join, base))
    _put(found, "license", declared.candidates("license"))
    _put(found, "license", creative_commons_links(declared), partial(join, base))


def _put_rights(found: Metadata, page: Page, declared: Declarations) -> None:
    rights = rights_of(page, declared)
    found.fields["robots_meta"] = rights.robots_meta
    found.fields["tdm_reservation"] = rights.tdm_reservation
    for source, text in declared.candidates("free"):
        word = text.strip().lower().rpartition("/")[2]
        if word in _TRUE + _FALSE:
            found.fields["is_accessible_for_free"] = word in _TRUE
            found.evidence["is_accessible_for_free"] = {"from": source, "raw": text}
            return
