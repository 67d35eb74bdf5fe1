"""What a page writes for a date into what it means by it, in its language and its country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from archive.web.hosts import host_of
from pipelines.metadata.dating.shown import said_days
from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.text.dates import Date, is_in_numbers, order_of, parse_date, url_date

_MAX_LINE = 120  # characters of a line that may show a date
_MONTH_FIRST_LANGUAGES = ("en-us", "en-ph", "fil", "fil-ph", "es-us", "es-pr")
_MONTH_FIRST_HOSTS = ("us", "gov", "mil", "edu")
_OF_THE_WORLD = (
    "ai",
    "am",
    "app",
    "cc",
    "co",
    "fm",
    "gg",
    "io",
    "ly",
    "me",
    "sh",
    "to",
    "tv",
    "ws",
)
"""Top domains of countries that are used everywhere."""


@dataclass(frozen=True)
class DateReader:
    """What reads a candidate as its page at *url* means it; *latest* is the time of the capture."""

    declared: Declarations
    url: str
    latest: datetime | None

    def __call__(self, candidate: Candidate) -> Date | None:
        source, raw = candidate
        if source == "url":
            return url_date(raw)
        if not is_in_numbers(raw):
            return parse_date(raw, False, self.language)
        found = parse_date(raw, self.month_first, self.language)
        return found or self._by_what_else_is_said(raw)

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares, in small letters: `en`, `pt-br`."""
        said = self.declared.tree.get("lang") or next(
            (raw for _, raw in self.declared.meta("language")), None
        )
        return said.strip().lower().replace("_", "-") if said else None

    @cached_property
    def month_first(self) -> bool | None:
        """Whether 2/9/2026 is a day in February; None where the page does not tell.

        Another date of the page may show it, else its language or the country of its address.
        """
        if (order := self._order_of_others()) is not None:
            return order
        language = self.language
        regions = [language] if language else []
        regions += [
            raw.strip().lower().replace("_", "-") for _, raw in self.declared.meta("language")
        ]
        for region in regions:
            if region.partition("-")[0] not in ("en", "fil", "es") and len(region) > 1:
                return False
            if "-" in region:
                return region in _MONTH_FIRST_LANGUAGES
        return False if language == "es" else self._order_of_country()

    def _order_of_others(self) -> bool | None:
        texts = (one.text for one in self.declared.segments if len(one.text) <= _MAX_LINE)
        for text in texts:
            if order := order_of(text):
                return order == "month"
        return None

    def _order_of_country(self) -> bool | None:
        top = host_of(self.url).rpartition(".")[2]
        if top in _MONTH_FIRST_HOSTS:
            return True
        return False if len(top) == 2 and top.isalpha() and top not in _OF_THE_WORLD else None

    @cached_property
    def _days(self) -> frozenset[date]:
        """The days that the page and its address say in one way only."""
        in_url = url_date(self.url)
        said = said_days(self.declared, None)
        return frozenset([*said, *([in_url.value.date()] if in_url else [])])

    def _by_what_else_is_said(self, raw: str) -> Date | None:
        """The one reading of *raw* that is a day said elsewhere, or no day after the capture."""
        readings = [parse_date(raw, order, self.language) for order in (True, False)]
        known = [one for one in readings if one is not None]
        past = [one for one in known if self.latest is None or one.value <= self.latest]
        if len(past) == 1 and len(known) == 2:
            return past[0]
        also = [one for one in past if one.value.date() in self._days]
        return also[0] if len(also) == 1 else None
