"""Every exception that a crawl raises of its own.

    CrawlError
    ├── FetchFailed         no usable response came of a request
    │   ├── Unreached       the failure may pass: Scrapy tries again
    │   └── Blocked         the host does not want it: it was not sent
    ├── RobotsDisallow      robots.txt forbids it
    ├── RobotsUnread        robots.txt of a site that is looked at gets no answer
    ├── Removed             a person had it removed from the library: it is not asked for again
    ├── HostResting         the host asked for more rest than a run waits
    ├── BudgetSpent         the run has no time left for it
    ├── Stopped             the crawl is being stopped: it was not sent
    ├── AddressRefused      the host has no address that may be connected to
    └── ExchangeFailed      no answer came over the wire; stands in `crawlers.wire`, with its values

What ends a command stands in `archive.errors`.
"""

from __future__ import annotations


class CrawlError(Exception):
    """What keeps a crawl from one URL."""


class FetchFailed(CrawlError):
    """No usable response came; *record_id* names the capture of what did come, if anything did."""

    def __init__(self, kind: str, detail: str, record_id: str | None = None) -> None:
        super().__init__(kind, detail, record_id)
        self.kind, self.detail, self.record_id = kind, detail, record_id

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


class Unreached(FetchFailed):
    """A failure that may pass: the request is worth another try."""


class Blocked(FetchFailed):
    """The host does not want the request now, or at all: it was not sent."""


class RobotsDisallow(CrawlError):
    """robots.txt forbids the request."""


class RobotsUnread(CrawlError):
    """The host of a site that is looked at gives no answer when asked for its robots.txt."""


class Removed(CrawlError):
    """A person had the page removed from the library: it is not asked for again."""


class HostResting(CrawlError):
    """The host wants to be left alone for *seconds*, longer than a run waits."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(host, seconds)
        self.host, self.seconds = host, seconds

    def __str__(self) -> str:
        return f"{self.host} asked for {self.seconds:,.0f} s of rest: the next run asks again"


class BudgetSpent(CrawlError):
    """The host's turn comes after the end of the run: the request was not sent, but is left."""


class Stopped(CrawlError):
    """The crawl is being stopped: the request was not sent, and stays to be done."""


class AddressRefused(CrawlError):
    """A host has no address that may be connected to."""
