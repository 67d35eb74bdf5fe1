"""A page's dates into the date of its publication and the date of its last change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, takewhile
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from archive.types import Precision
from pipelines.metadata.dating.reader import DateReader
from pipelines.metadata.dating.shown import ShownDates, is_elsewhere, said_days
from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.text.dates import Date, parse_date, url_date

_FINENESS: dict[Precision, int] = {"year": 0, "month": 1, "day": 2, "minute": 3, "second": 4}
_FAR = datetime(2100, 1, 1, tzinfo=UTC)
_PLACEHOLDERS = frozenset({(1970, 1, 1)})
_UP_TO_SECONDS = len("2026-02-09T06:30:00")
_A_DAY = timedelta(days=1)
_EAST_OF_UTC, _WEST_OF_UTC = timedelta(hours=14), timedelta(hours=12)  # how far zones are from it


@dataclass(frozen=True, slots=True)
class DateChoice:
    """A chosen date, what the page says, and the evidence: its source and what was rejected.

    *day* is the day in the zone of the page.
    """

    value: datetime | None = None
    raw: str | None = None
    precision: Precision | None = None
    day: date | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def dates_of(
    declared: Declarations, url: str, announced: datetime | None, latest: datetime | None
) -> tuple[DateChoice, DateChoice]:
    """When the page was first published (what it declares, else its address, else its
    announcement, else what it shows), and when it says that it was last changed.

    *latest* is the time of the capture: nothing after its day counts.
    """
    shown = ShownDates(declared)
    read = DateReader(declared, url, latest)
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
        _said_otherwise(declared, url, announced, shown, read),
    )
    published = _choose(candidates, read, latest, rejected)
    if published.value is None:
        published = _by_htmldate(declared, read, published, modified.value)
    return replace(published, day=_day_of_page(published, shown, read)), modified


def _day_of_page(published: DateChoice, shown: ShownDates, read: DateReader) -> date | None:
    """The day of publication as the page writes it; what it shows tells more than UTC does."""
    if published.value is None or published.raw is None:
        return None
    source = published.evidence["from"]
    found = read((source, published.raw))
    if found is None or found.day is None:
        return None
    if found.offset or (found.offset is None and source != "announced"):
        return found.day
    for candidate in chain(shown.marked, shown.near):
        seen = read(candidate)
        if seen and seen.day and not seen.offset and seen.precision == "day":
            midnight = datetime.combine(seen.day, time(), UTC)
            if midnight - _EAST_OF_UTC <= found.value < midnight + _A_DAY + _WEST_OF_UTC:
                return seen.day
    return None if source == "announced" else found.day


def _shown_before(
    declared: list[Candidate], changes: list[Candidate], shown: ShownDates, read: DateReader
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
    declared: Declarations, read: DateReader, found: DateChoice, changed: datetime | None
) -> DateChoice:
    """What htmldate makes of a page that says nothing plainly; not the day of a change."""
    days = {*said_days(declared, read.month_first)}
    if not days:
        return found
    raw = find_date(
        _from_title_on(declared),
        url=read.url or None,
        original_date=True,
        extensive_search=False,
        min_date="1995-01-01",
        max_date=f"{read.latest or _FAR:%Y-%m-%d}",  # else its bound would be today
    )
    seen = parse_date(raw) if raw else None
    if seen is None or (changed and changed.date() == seen.value.date()):
        return found
    if seen.value.date() not in days:  # half a date becomes the first of a month
        return found
    evidence = {**found.evidence, "from": "htmldate", "raw": raw}
    return DateChoice(seen.value, raw, seen.precision, evidence=evidence)


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
    read: DateReader,
) -> Iterator[Candidate]:
    """What else tells the day, most trusted first.

    A `time` of the title tells more than the address, unless another one there is of the day that
    the address has. What is announced later than it is shown is the announcement of a change.
    """
    yield from shown.marked
    yield from declared.page_nodes("datePublished")
    in_url = url_date(url)
    seen = [(candidate, found) for candidate in shown.published if (found := read(candidate))]
    timed = [candidate for candidate, _ in seen if candidate[0] == "markup:time"]
    if not in_url or not any(abs(found.value - in_url.value) <= _A_DAY for _, found in seen):
        yield from timed
    if in_url:
        yield "url", url
    if announced:
        yield from shown.first
        yield from (one for one, found in seen if found.value + 2 * _A_DAY <= announced)
        yield "announced", announced.isoformat()
    yield from shown.first
    yield from shown.published
    yield from (lone for lone in shown.lone if not _may_be_today(lone, read))


def _may_be_today(lone: Candidate, read: DateReader) -> bool:
    """Whether a date that nothing names may be the day on which the page was sent."""
    day = read(lone)
    return bool(read.latest and day and abs(day.value - read.latest) < 2 * _A_DAY)


def _choose(
    candidates: Iterable[Candidate],
    read: DateReader,
    latest: datetime | None,
    rejected: list[dict[str, str]],
) -> DateChoice:
    """The first candidate that is a date, or a finer one of the same day."""
    best: tuple[Candidate, Date] | None = None
    refused = []
    for candidate in candidates:
        said = read(candidate)
        if why := _objection(said, latest):
            refused.append(_rejected(candidate, why))
        elif said and (best is None or _is_finer(said, best[1])):
            best = (candidate, said)
        if best and _FINENESS[best[1].precision] > _FINENESS["day"]:
            break
    if best is None:
        return DateChoice(evidence={"rejected": refused + rejected} if refused + rejected else {})
    (source, raw), found = best
    evidence: dict[str, Any] = {"from": source, "raw": raw}
    if refused + rejected:
        evidence["rejected"] = refused + rejected
    return DateChoice(found.value, raw, found.precision, evidence=evidence)


def _objection(said: Date | None, latest: datetime | None) -> str | None:
    if said is None:
        return "not a date"
    day = said.value.date()
    if (day.year, day.month, day.day) in _PLACEHOLDERS:
        return "a placeholder"
    return "after the capture" if latest and day > latest.date() else None


def _is_finer(said: Date, than: Date) -> bool:
    coarse = _FINENESS[than.precision] <= _FINENESS["day"]
    return (
        coarse
        and _FINENESS[said.precision] > _FINENESS["day"]
        and than.value.date() in (said.value.date(), said.day)
    )


def _rejected(candidate: Candidate, why: str) -> dict[str, str]:
    return {"from": candidate[0], "raw": candidate[1], "why": why}
