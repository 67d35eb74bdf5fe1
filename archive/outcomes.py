"""The outcome of a URL: the words that the crawl log, its table and the state have for it.

`fetched`, `not_modified`, `duplicate`, `redirected`; `robots`, `budget` and the source's own rules,
by which nothing was asked for; `error:<kind>`, `blocked:<kind>`, `too_large`, `payment_required`,
where the URL was not had.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from archive.types import RevisitProfile, Truncated

REDIRECTED = "redirected"
LOST = "error:lost"
"""What the URL leads to has not come: it is to be asked for again."""

HAD = ("fetched", "not_modified", "duplicate")
BUDGET, BUDGET_OF_LISTS = "budget", "budget:list"
NOT_REACHED = (BUDGET, BUDGET_OF_LISTS)
"""The run had spent its budget before it came to the page, or to the list."""

GONE = ("error:http_404", "error:http_410")
PAYMENT_REQUIRED = "payment_required"
REFUSED = ("error:http_4", PAYMENT_REQUIRED)
"""How the outcomes begin of URLs that a server has answered for: they are not to be had there."""

FAILED = ("error:", "too_large", "blocked:", PAYMENT_REQUIRED)
"""How the outcomes begin of URLs that could not be had."""

PASSING = ("error:", "blocked:", "robots", PAYMENT_REQUIRED, BUDGET)
"""How the outcomes begin of URLs that are worth another try."""

_STRAINED = 429  # the server asks for rest: it is not the page that fails
_UNPAID = 402
_PLAIN = ("too_large", "off_scope")  # kinds of failure that are outcomes by themselves
_REVISITS: dict[RevisitProfile, str] = {
    "server-not-modified": "not_modified",
    "identical-payload-digest": "duplicate",
}
CutKind = Literal["too_large", "timeout", "disconnect", "protocol"]
CUT: dict[Truncated, CutKind] = {
    "length": "too_large",
    "time": "timeout",
    "disconnect": "disconnect",
    "unspecified": "protocol",
}
"""The kind of failure that an answer is which was cut."""


OUTCOMES: Final[Mapping[str, str]] = {
    "fetched": "the server sent it, with status 200",
    "not_modified": "the server said 304: it is as it was at the last visit",
    "duplicate": "the server sent the same bytes as at the last visit",
    "redirected": "it leads to another address, which `detail` names",
    "imported": "`backissue import FILE` took it in from a file that another tool wrote",
    "robots": "not asked for: robots.txt forbids it",
    "removed": "not asked for: a person had it removed from the library",
    "off_scope": "not asked for: it is, or leads, outside the registered domain of the source",
    "denied": "not asked for: `article.deny` matches it, or nothing in `article.allow` does",
    "before_since": "not asked for: it was announced with a date before `since` of the source",
    "budget": "not asked for: the run had spent its budget; the next run goes on",
    "budget:list": "likewise, a feed, a sitemap or a page of links",
    "too_large": "it is larger than a crawl takes in; what came of it is kept",
    "payment_required": "the server wants to be paid for it (status 402)",
    "blocked:http_429": "the server asked for rest (status 429); the next run asks again",
    "blocked:retry_after": "not asked for: the host wanted more rest than a run waits",
    "blocked:robots_unavailable": "not asked for: the host's robots.txt could not be read",
    "error:http_<status>": "the server answered with this status",
    "error:dns": "the name of the host has no address",
    "error:private_address": "the host has a private address, which `--allow-private` would permit",
    "error:refused": "the host refused the connection",
    "error:connect_timeout": "the host did not take the connection in time",
    "error:tls": "the encrypted connection failed, as with a wrong certificate",
    "error:timeout": "the answer took too long; what came of it is kept",
    "error:disconnect": "the connection ended before the answer did; what came of it is kept",
    "error:protocol": "the answer was not HTTP; what came of it is kept",
    "error:bad_request": "the address cannot be asked for over HTTP",
    "error:bad_redirect": "it leads to what is no address",
    "error:redirects": "it leads from address to address without an end",
    "error:lost": "what it leads to, or the page that follows it, has not come",
    "error:disk_full": "the disk had no room for it",
    "error:disk_failed": "the disk did not take it",
    "error:internal": "Backissue itself failed; `detail` names the error",
}
"""What each outcome means: the table `crawl_log` has them, and the state."""

_OF_STATUS: Final = "error:http_"


def in_words(outcome: str) -> str:
    """What *outcome* means; one that is not known stands for itself.

    >>> in_words("error:http_404")
    'the server answered with status 404'
    """
    if outcome.startswith(_OF_STATUS):
        return f"the server answered with status {outcome.removeprefix(_OF_STATUS)}"
    return OUTCOMES.get(outcome, outcome)


def of_answer(status: int | None, profile: RevisitProfile | None) -> str:
    """The outcome of a whole answer, or of the revisit that it became, where it is no redirect."""
    if profile:
        return _REVISITS[profile]
    if status == _STRAINED:
        return f"blocked:http_{status}"
    if status == _UNPAID:
        return PAYMENT_REQUIRED
    return "fetched" if status == 200 else f"error:http_{status}"


def of_cut(reason: Truncated) -> str:
    """The outcome of an answer that is short for this *reason*."""
    return of_failure(CUT.get(reason, "protocol"))


def of_failure(kind: str) -> str:
    """The outcome of a request that failed in the way *kind*."""
    return kind if kind in _PLAIN else f"error:{kind}"


def is_failure(outcome: str) -> bool:
    """Whether the URL could not be had."""
    return outcome.startswith(FAILED)
