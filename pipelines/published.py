"""A page's dates into that of its publication and that of its last change, never confused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain, islice, takewhile
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from archive.types import Precision
from pipelines.dates import Date, parse_date, url_date
from pipelines.declarations import Candidate, Declarations
from pipelines.markup import BITS, bits_of

_FINENESS: dict[Precision, int] = {"year": 0, "month": 1, "day": 2, "minute": 3, "second": 4}
_MOST_TIMES, _MAX_RAW, _MAX_LINE = 200, 200, 120
_DIGIT = re.compile(r"\d")
_FAR = datetime(2100, 1, 1, tzinfo=UTC)
_PLACEHOLDERS = frozenset({(1970, 1, 1)})
_PUBLISHED_NAMES = re.compile(
    r"publish|posted|entry-date|pubdate|post-date|created|article-date", re.I
)
_MODIFIED_NAMES = re.compile(r"modif|updat|revis|edited", re.I)
_MODIFIED_WORDS = re.compile(
    r"\b(?:updated?|modified|revised|edited|reviewed|aktualisiert|stand:|actualizado|atualizado"
    r"|mis à jour|aggiornato|bijgewerkt|обновлено|更新|अपडेट)",
    re.I,
)
_ELSEWHERE = sum(
    BITS[name]
    for name in (
        "comments",
        "related",
        "popular",
        "sidebar",
        "footer",
        "aside",
        "navigation",
        "advertisement",
    )
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A chosen date, what the page says, and the evidence: its source and what was rejected."""

    value: datetime | None = None
    raw: str | None = None
    precision: Precision | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def dates_of(
    page: Declarations, url: str, announced: datetime | None, latest: datetime | None
) -> tuple[Dated, Dated]:
    """When the page was first published (what it declares, else its address, else its
    announcement), and when it says that it was last changed.

    *latest* is the time of the capture: nothing after its day counts.
    """
    shown = [*_times(page)], [*_header_dates(page)]
    changes = [*_modified(page, *shown)]
    modified = _choose(changes, page, latest, [])
    rejected = [_rejected(candidate, "modified") for candidate in changes]
    published = _choose(_published(page, url, announced, *shown), page, latest, rejected)
    if published.value is None:
        published = _by_htmldate(page, url, latest, published, modified.value)
    return published, modified


def _by_htmldate(
    page: Declarations, url: str, latest: datetime | None, found: Dated, changed: datetime | None
) -> Dated:
    """What htmldate makes of a page that says nothing plainly; not the day of a change."""
    if not any(True for _ in _said_days(page)):
        return found
    raw = find_date(
        _from_title_on(page),
        url=url or None,
        original_date=True,
        extensive_search=False,
        min_date="1995-01-01",
        max_date=f"{latest or _FAR:%Y-%m-%d}",  # else its bound would be today
    )
    read = parse_date(raw) if raw else None
    if read is None or (changed and changed.date() == read.value.date()):
        return found
    if read.value.date() not in _said_days(page):  # of what it half reads it makes a first
        return found
    return Dated(
        read.value, raw, read.precision, {**found.evidence, "from": "htmldate", "raw": raw}
    )


def _said_days(page: Declarations) -> Iterator[date]:
    """The days that the page says in its short lines, and in `meta` elements."""
    lines = (segment.text for segment in page.page.segments if len(segment.text) <= _MAX_LINE)
    metas = chain.from_iterable(page.metas.values())
    for text in chain(lines, metas):
        if len(text) <= _MAX_LINE and _DIGIT.search(text) and (found := parse_date(text)):
            yield found.value.date()


def _from_title_on(page: Declarations) -> HtmlElement:
    """A copy of the page without what stands above its title, or in boxes beside the article."""
    tree = deepcopy(page.tree)
    heading = next(tree.iter("h1"), None)
    body = tree.find("body")
    if heading is None or body is None:
        return tree
    kept = frozenset(heading.iterancestors())
    above = list(takewhile(lambda element: element is not heading, body.iterdescendants()))
    beside = [element for element in body.iterdescendants() if bits_of(element) & _ELSEWHERE]
    for element in (*above, *beside):
        if element not in kept and element.getparent() is not None:
            element.drop_tree()
    return tree


_Shown = list[tuple[str, Candidate]]
"""Dates that the page shows, and what each tells."""


def _published(
    page: Declarations, url: str, announced: datetime | None, times: _Shown, header: _Shown
) -> Iterator[Candidate]:
    yield from page.candidates("published")
    yield from (found for kind, found in times if kind == "published")
    yield from page.page_nodes("datePublished")
    if url_date(url):
        yield "url", url
    if announced:
        yield "announced", announced.isoformat()
    yield from (found for kind, found in header if kind == "published")


def _modified(page: Declarations, times: _Shown, header: _Shown) -> Iterator[Candidate]:
    yield from page.candidates("modified")
    yield from (found for kind, found in times if kind == "modified")
    yield from page.page_nodes("dateModified")
    yield from (found for kind, found in header if kind == "modified")


def _choose(
    candidates: Iterable[Candidate],
    page: Declarations,
    latest: datetime | None,
    rejected: list[dict[str, str]],
) -> Dated:
    """The first candidate that is a date, or a finer one of the same day."""
    month_first = (page.tree.get("lang") or "en-us").lower() in ("en", "en-us", "en_us")
    best: tuple[Candidate, Date] | None = None
    refused = []
    for candidate in candidates:
        date = _read(candidate, month_first)
        if why := _objection(date, latest):
            refused.append(_rejected(candidate, why))
        elif date and (best is None or _is_finer(date, best[1])):
            best = (candidate, date)
        if best and _FINENESS[best[1].precision] > _FINENESS["day"]:
            break
    if best is None:
        return Dated(evidence={"rejected": refused + rejected} if refused + rejected else {})
    (source, raw), date = best
    evidence: dict[str, Any] = {"from": source, "raw": raw}
    if refused + rejected:
        evidence["rejected"] = refused + rejected
    return Dated(date.value, raw, date.precision, evidence)


def _read(candidate: Candidate, month_first: bool) -> Date | None:
    source, raw = candidate
    return url_date(raw) if source == "url" else parse_date(raw, month_first)


def _objection(date: Date | None, latest: datetime | None) -> str | None:
    if date is None:
        return "not a date"
    day = date.value.date()
    if (day.year, day.month, day.day) in _PLACEHOLDERS:
        return "a placeholder"
    return "after the capture" if latest and day > latest.date() else None


def _is_finer(date: Date, than: Date) -> bool:
    coarse = _FINENESS[than.precision] <= _FINENESS["day"]
    return (
        coarse
        and _FINENESS[date.precision] > _FINENESS["day"]
        and date.value.date() == than.value.date()
    )


def _rejected(candidate: Candidate, why: str) -> dict[str, str]:
    return {"from": candidate[0], "raw": candidate[1], "why": why}


def _times(page: Declarations) -> Iterator[tuple[str, Candidate]]:
    """The article's `time` elements: what each tells, where it stands, its text."""
    times = islice(page.tree.iter("time"), _MOST_TIMES)
    for element in times:
        raw = (element.get("datetime") or "".join(element.itertext())).strip()[:_MAX_RAW]
        if raw and not _is_elsewhere(element, page.around_title):
            kind = _kind_of_time(element)
            yield kind, (f"markup:time.{element.get('itemprop') or kind}", raw)


def _kind_of_time(element: HtmlElement) -> str:
    names = " ".join(element.get(key, "") for key in ("class", "itemprop", "id"))
    if element.get("pubdate") is not None or _PUBLISHED_NAMES.search(names):
        return "published"
    parent = element.getparent()
    before = (parent.text or "") if parent is not None and parent.tag != "body" else ""
    if _MODIFIED_NAMES.search(names) or _MODIFIED_WORDS.search(
        (before + " ".join(element.itertext()))[:_MAX_LINE]
    ):
        return "modified"
    return "time"


def _is_elsewhere(element: HtmlElement, around_title: frozenset[HtmlElement]) -> bool:
    """Whether *element* stands in a list, a bar or a box that does not hold the title."""
    outwards = chain([element], element.iterancestors())
    above = takewhile(lambda outer: outer not in around_title, outwards)
    return any(bits_of(outer) & _ELSEWHERE for outer in above)


def _header_dates(page: Declarations) -> Iterator[tuple[str, Candidate]]:
    """The dates around the title: each of the publication, or of a change if it says so."""
    labelled = False
    for line in page.header:
        text = line.text
        if len(text) > _MAX_LINE:
            continue
        word = _MODIFIED_WORDS.search(text)
        before, after = (text[: word.start()], text[word.start() :]) if word else (text, "")
        first = "modified" if labelled else "published"
        for element in line.elements:
            raw = _machine_date(element)
            if raw and not (word and parse_date(before)):
                changed = word or _kind_of_time(element) == "modified"
                yield "modified" if changed else first, ("markup:time", raw)
        for kind, part in ((first, before), ("modified", after)):
            date = parse_date(part)
            if date and _FINENESS[date.precision] >= _FINENESS["day"]:
                yield kind, ("markup:date line", part.strip())
        labelled = bool(word) and parse_date(after) is None


def _machine_date(element: HtmlElement) -> str | None:
    raw = element.get("datetime") or (element.get("title") if element.tag == "abbr" else None)
    return raw.strip()[:_MAX_RAW] if raw else None
