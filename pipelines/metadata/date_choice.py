"""A page's dates into the date of its publication and the date of its last change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain, takewhile
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from archive.types import Precision
from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.shown_dates import ShownDates, is_elsewhere, said_days
from pipelines.text.dates import Date, is_in_numbers, order_of, parse_date, url_date

_FINENESS: dict[Precision, int] = {"year": 0, "month": 1, "day": 2, "minute": 3, "second": 4}
_FAR = datetime(2100, 1, 1, tzinfo=UTC)
_MAX_LINE = 120  # characters of a line that may show a date
_PLACEHOLDERS = frozenset({(1970, 1, 1)})
_UP_TO_SECONDS = len("2026-02-09T06:30:00")
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateChoice:
    """A chosen date, what the page says, and the evidence: its source and what was rejected."""

    value: datetime | None = None
    raw: str | None = None
    precision: Precision | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def dates_of(
    declared: Declarations, url: str, announced: datetime | None, latest: datetime | None
) -> tuple[DateChoice, DateChoice]:
    """When the page was first published (what it declares, else its address, else its
    announcement, else what it shows), and when it says that it was last changed.

    *latest* is the time of the capture: nothing after its day counts.
    """
    shown = ShownDates(declared)
    read = _Reader(declared)
    changes = [
        *declared.candidates("modified"),
        *declared.page_nodes("dateModified"),
        *shown.modified,
    ]
    modified = _choose(changes, read, latest, [])
    rejected = [_rejected(candidate, "modified") for candidate in changes]
    first_choice = [*declared.candidates("published")]
    earlier = _shown_before(first_choice, changes, shown, read) if first_choice else None
    if earlier:
        rejected = [_rejected(first_choice[0], "shown earlier"), *rejected]
    candidates = chain(
        [earlier] if earlier else [],
        first_choice,
        _said_otherwise(declared, url, announced, shown, latest),
    )
    published = _choose(candidates, read, latest, rejected)
    if published.value is None:
        published = _by_htmldate(declared, url, latest, published, modified.value)
    return published, modified


@dataclass(frozen=True)
class _Reader:
    """What reads a candidate as its page means it."""

    declared: Declarations

    @cached_property
    def month_first(self) -> bool:
        """Whether 2/9/2026 is a day in February: another date of the page may show it, else its
        language."""
        for segment in self.declared.segments:
            if len(segment.text) <= _MAX_LINE and (order := order_of(segment.text)):
                return order == "month"
        return (self.declared.tree.get("lang") or "en-us").lower() in ("en", "en-us", "en_us")

    def __call__(self, candidate: Candidate) -> Date | None:
        source, raw = candidate
        if source == "url":
            return url_date(raw)
        return parse_date(raw, is_in_numbers(raw) and self.month_first)


def _shown_before(
    declared: list[Candidate], changes: list[Candidate], shown: ShownDates, read: _Reader
) -> Candidate | None:
    """The date of publication that the page shows, if the date that it declares is that of a
    change.

    Some content systems declare the day of their last export, in words, or the moment of the change
    twice. An earlier day that readers see is better.
    """
    source, raw = declared[0]
    twice = any(raw[:_UP_TO_SECONDS] == change[:_UP_TO_SECONDS] for _, change in changes)
    in_words = source.startswith("json-ld") and not raw[:4].isdecimal()
    said = read(declared[0]) if twice or in_words else None
    if said is None:
        return None
    lone = shown.lone if in_words else ()
    for candidate in (*shown.first, *shown.marked, *shown.published, *lone):
        seen = read(candidate)
        if seen and seen.value.date() + _A_DAY < said.value.date():
            return candidate
    return None


def _by_htmldate(
    declared: Declarations,
    url: str,
    latest: datetime | None,
    found: DateChoice,
    changed: datetime | None,
) -> DateChoice:
    """What htmldate makes of a page that says nothing plainly; not the day of a change."""
    if not any(True for _ in said_days(declared)):
        return found
    raw = find_date(
        _from_title_on(declared),
        url=url or None,
        original_date=True,
        extensive_search=False,
        min_date="1995-01-01",
        max_date=f"{latest or _FAR:%Y-%m-%d}",  # else its bound would be today
    )
    read = parse_date(raw) if raw else None
    if read is None or (changed and changed.date() == read.value.date()):
        return found
    if read.value.date() not in said_days(declared):  # half a date becomes the first of a month
        return found
    return DateChoice(
        read.value, raw, read.precision, {**found.evidence, "from": "htmldate", "raw": raw}
    )


def _from_title_on(declared: Declarations) -> HtmlElement:
    """A copy of the page without what stands above its title, or in boxes beside the article."""
    tree = deepcopy(declared.tree)
    heading = next(tree.iter("h1"), None)
    body = tree.find("body")
    if heading is None or body is None:
        return tree
    kept = frozenset(heading.iterancestors())
    above = list(takewhile(lambda element: element is not heading, body.iterdescendants()))
    beside = [element for element in body.iterdescendants() if is_elsewhere(element)]
    for element in (*above, *beside):
        if element not in kept and element.getparent() is not None:
            element.drop_tree()
    return tree


def _said_otherwise(
    declared: Declarations,
    url: str,
    announced: datetime | None,
    shown: ShownDates,
    latest: datetime | None,
) -> Iterator[Candidate]:
    yield from shown.marked
    yield from declared.page_nodes("datePublished")
    if url_date(url):
        yield "url", url
    if announced:
        yield "announced", announced.isoformat()
    yield from shown.first
    yield from shown.published
    yield from (lone for lone in shown.lone if not _may_be_today(lone, latest))


def _may_be_today(lone: Candidate, latest: datetime | None) -> bool:
    """Whether a date that nothing names may be the day on which the page was sent."""
    day = parse_date(lone[1])
    return bool(latest and day and abs(day.value - latest) < 2 * _A_DAY)


def _choose(
    candidates: Iterable[Candidate],
    read: _Reader,
    latest: datetime | None,
    rejected: list[dict[str, str]],
) -> DateChoice:
    """The first candidate that is a date, or a finer one of the same day."""
    best: tuple[Candidate, Date] | None = None
    refused = []
    for candidate in candidates:
        date = read(candidate)
        if why := _objection(date, latest):
            refused.append(_rejected(candidate, why))
        elif date and (best is None or _is_finer(date, best[1])):
            best = (candidate, date)
        if best and _FINENESS[best[1].precision] > _FINENESS["day"]:
            break
    if best is None:
        return DateChoice(evidence={"rejected": refused + rejected} if refused + rejected else {})
    (source, raw), date = best
    evidence: dict[str, Any] = {"from": source, "raw": raw}
    if refused + rejected:
        evidence["rejected"] = refused + rejected
    return DateChoice(date.value, raw, date.precision, evidence)


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
