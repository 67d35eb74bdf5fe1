"""The outcome of a URL: the words that the crawl log, its table and the state have for it.

`fetched`, `not_modified`, `duplicate`, `redirected`; `robots` and the source's own rules, by which
nothing was asked for; `error:<kind>`, `blocked:<kind>`, `too_large`, `payment_required`, where the
URL was not had.
"""

from __future__ import annotations

from typing import Literal

from archive.types import RevisitProfile, Truncated

REDIRECTED = "redirected"
LOST = "error:lost"
"""What the URL leads to has not come: it is to be asked for again."""

HAD = ("fetched", "not_modified", "duplicate")
GONE = ("error:http_404", "error:http_410")
PAYMENT_REQUIRED = "payment_required"
REFUSED = ("error:http_4", PAYMENT_REQUIRED)
"""How the outcomes begin of URLs that a server has answered for: they are not to be had there."""

FAILED = ("error:", "too_large", "blocked:", PAYMENT_REQUIRED)
"""How the outcomes begin of URLs that could not be had."""

PASSING = ("error:", "blocked:", "robots", PAYMENT_REQUIRED)
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
