"""A magazine's declaration, as a TOML file states it, into the seeds and the scope of its crawls.

Addresses stand as they are given: what a URL may not hold (a space, a control character, a
password) is refused with words that say what to write instead, never repaired.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import SplitResult, urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
)

from archive.schedule import DEFAULT_DELAY, Schedule, parse_schedule
from archive.types import Seed
from archive.web.header_fields import Headers, HostNames
from archive.web.hosts import registered_domain

_PLACE = re.compile(r"\{(year|month|day)(?::0?[1-9])?\}")
_SPAN = re.compile(r"([1-9]\d{0,5})([smhd])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_HOST = re.compile(r"[\\<>^|%\"{}`]")

ADHOC: Final = "adhoc"
"""The source of single pages that `crawl URL` fetched: no file declares it."""


def check_url(url: str) -> str:
    """*url* itself, if it can be fetched and archived; else ValueError says what is expected."""
    check_characters(url)
    parts = _split(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError("an address that begins with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("an address without user name and password: the archive would show them")
    if not re.search(r"\w|::", parts.hostname or "") or _NOT_IN_HOST.search(parts.netloc):
        raise ValueError("an address with a host, as in https://review.example/")
    return url


def check_characters(url: str) -> None:
    """Raise ValueError where *url* has a character that would break a record or a log line."""
    if re.search(r"\s", url):
        raise ValueError("an address without spaces and line ends: write a space as %20")
    if found := _CONTROL.search(url):
        raise ValueError(f"an address without control characters (U+{ord(found[0]):04X})")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  the property checks the port's range
    except ValueError as error:
        why = "" if "@" in url else f" ({error})"  # it may quote a password
        raise ValueError(f"an address that can be read{why}") from None
    return parts


def name_from_url(url: str) -> str:
    """A source's name from its host: `https://www.review.example/` gives `review-example`."""
    host = (_split(url).hostname or "").removeprefix("www.")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:  # a label that no registry would take: its ASCII characters must do
        host = unicodedata.normalize("NFKD", host).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", host.lower())[:63].strip("-")
    return name or "source"


def archive_periods(template: str, since: date, until: date) -> Iterator[tuple[str, date]]:
    """The addresses that {year}, {month} and {day} of *template* give, newest first, each once.

    With each comes the last day that it stands for, *until* at the latest.
    """
    last = None
    for back in range((until - since).days + 1):
        day = until - timedelta(days=back)
        url = template.format(year=day.year, month=day.month, day=day.day)
        if url != last:
            yield url, day
        last = url


def _name(validated: dict[str, Any]) -> str:
    return name_from_url(validated.get("url", ""))


def check_name(name: str) -> str:
    """*name* itself, if a source may have it; else ValueError says what is expected."""
    if not _NAME.fullmatch(name):
        raise ValueError("1 to 63 characters of a-z, 0-9 and -, the first of them no -")
    return name


def _check_title(title: str) -> str:
    if not title.strip() or _CONTROL.search(title):
        raise ValueError("one line of text")
    return title


def _check_schedule(text: str) -> str:
    parse_schedule(text)
    return text


def _check_timezone(name: str) -> str:
    try:
        if name != "UTC":  # known everywhere, even without a time zone database
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: it names a folder
        raise ValueError('a time zone such as "UTC" or "Europe/Berlin"') from error
    return name


def _check_span(text: str) -> str:
    _seconds(text)
    return text


def _seconds(text: str) -> float:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError('a time such as "30m", "6h" or "2d"')
    return int(match[1]) * _SECONDS[match[2]]


def _check_pattern(pattern: str) -> str:
    try:
        with warnings.catch_warnings():  # of what later versions may read in another way
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"a regular expression ({error})") from error
    return pattern


def _check_template(url: str) -> str:
    if re.search(r"[{}]", _PLACE.sub("", url)):
        raise ValueError("an address with no other braces than {year}, {month:02} and {day:02}")
    return url


def _resolve(entry: str, info: ValidationInfo) -> str:
    """*entry* made absolute by the source's address, which is validated before it."""
    if not entry:
        raise ValueError("an address, as in /politics/ or https://review.example/politics/")
    check_characters(entry)
    _split(entry)
    return check_url(urljoin(info.data.get("url", "https://invalid/"), entry))


Count = Annotated[int, Field(ge=1, le=10_000_000)]
SourceUrl = Annotated[str, AfterValidator(_resolve)]
ArchiveTemplate = Annotated[str, AfterValidator(_resolve), AfterValidator(_check_template)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
# TOML's lists are Python lists, which a strict tuple refuses.
SourceUrls = Annotated[tuple[SourceUrl, ...], Field(strict=False)]
ArchiveTemplates = Annotated[tuple[ArchiveTemplate, ...], Field(strict=False)]
Patterns = Annotated[tuple[Pattern, ...], Field(strict=False)]


class ArticleRules(BaseModel):
    """Which addresses are articles: those with an *allow* (if any is given) and no *deny*."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    allow: Patterns = ()
    deny: Patterns = ()

    def match(self, url: str) -> bool:
        """Whether *url* is allowed and not denied."""
        allowed = not self.allow or any(re.search(pattern, url) for pattern in self.allow)
        return allowed and not any(re.search(pattern, url) for pattern in self.deny)


class Budget(BaseModel):
    """What one run of a source may spend; what is left over is for the next run.

    A magazine of 20,000 new pages at a second each takes a night.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    requests: Count = 20_000
    time: Annotated[str, AfterValidator(_check_span)] = "6h"
    lists: Count = 1_000
    depth: Count = 20

    @property
    def seconds(self) -> float:
        """The time, in seconds."""
        return _seconds(self.time)


class Source(BaseModel):
    """One magazine: where it announces its articles, which pages are articles, when to look.

    Only *url* is needed. Entries of the lists may be relative to it; they are kept absolute.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True
    )  # the URL of an input may have a password

    url: Annotated[str, AfterValidator(check_url)]  # first: the fields below are resolved by it
    name: Annotated[str, AfterValidator(check_name)] = Field(default_factory=_name)
    title: Annotated[str, AfterValidator(_check_title)] | None = None
    schedule: Annotated[str, AfterValidator(_check_schedule)] = "adaptive"
    timezone: Annotated[str, AfterValidator(_check_timezone)] = "UTC"
    feeds: SourceUrls = ()
    sitemaps: SourceUrls = ()
    sections: SourceUrls = ()
    archives: ArchiveTemplates = ()
    pages: SourceUrls = ()
    article: ArticleRules = ArticleRules()
    since: date | None = None
    backfill: Literal["newest", "oldest"] = "newest"
    # seconds between two requests to a host
    delay: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = DEFAULT_DELAY
    budget: Budget = Budget()
    comments: bool | None = None
    headers: Headers = ()
    header_hosts: HostNames = ()

    @property
    def cadence(self) -> Schedule:
        """The schedule, parsed."""
        return parse_schedule(self.schedule)

    @property
    def canonical_json(self) -> bytes:
        """What is not default, as sorted, compact UTF-8; it validates to an equal source."""
        stated = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode()

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of `canonical_json`."""
        return f"sha256:{hashlib.sha256(self.canonical_json).hexdigest()}"

    def seeds(self) -> tuple[Seed, ...]:
        """Where to look for articles; the front page as a section where nothing is declared.

        The address of an `archive` seed is a template for `archive_periods`.
        """
        seeds = (
            *(Seed("feed", url) for url in self.feeds),
            *(Seed("sitemap", url) for url in self.sitemaps),
            *(Seed("section", url) for url in self.sections),
            *(Seed("archive", url) for url in self.archives),
            *(Seed("page", url) for url in self.pages),
        )
        return tuple(dict.fromkeys(seeds)) or (Seed("section", self.url),)

    def wants(self, url: str) -> bool:
        """Whether *url* is the address of an article, as far as the rules tell."""
        return self.article.match(url)

    def covers(self, url: str) -> bool:
        """Whether *url* is in scope, and not kept out by the rules."""
        return self.in_scope(url) and self.wants(url)

    def in_scope(self, url: str) -> bool:
        """Whether *url* is on a host of the magazine's registered domain: a crawl may visit it.

        Such a host may belong to a stranger: `crawlers.capture.secret_headers.may_hear` decides
        who gets secrets.
        """
        try:
            host = _split(check_url(url)).hostname or ""
        except ValueError:
            return False
        return registered_domain(host) == registered_domain(_split(self.url).hostname or "")


def source_from(values: dict[str, Any], stem: str) -> Source:
    """The source that a file called *stem* declares with *values*, named after the file if it has
    no name of its own; ValidationError where it declares none."""
    if "name" not in values and _NAME.fullmatch(stem):
        values = values | {"name": stem}
    return Source.model_validate(values)
