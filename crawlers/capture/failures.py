"""Why a request brought no response, as the exceptions that Scrapy hands on."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class FetchFailed(Exception):
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


class RobotsDisallow(IgnoreRequest):
    """robots.txt forbids the request."""
