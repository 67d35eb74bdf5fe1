"""What rides in the `meta` of a Scrapy request: what it is for, and what came of it on its way.

No other module names a key of `meta`, be it ours or Scrapy's. Scrapy copies `meta` where it makes a
request anew for a retry or a redirect, so that all requests of one way share one `RequestNotes`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from scrapy import Request
from scrapy.http import Response

from archive.types import Discovery, RevisitProfile, Role
from crawlers.chain_cookies import ChainCookies

SeedKind = Literal[
    "feed", "sitemap", "section", "archive", "page", "posts", "front", "list", "doubtful"
]
_KEY = "backissue"


@dataclass(slots=True)
class PageRoom:
    """What may still be asked for of what a page is shown with: so many addresses and bytes. The
    *places* are the hosts and ports that were asked for it, *port* is that of the page."""

    number: int
    size: int
    port: int | None
    places: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """A style sheet: the *depth*-th of those that import each other."""

    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a request is for.

    *kind* is what a listing should be: `list` for those that pages lead to, `doubtful` for what may
    be an article. *list_of* is the first page of the list that it goes on with. *reason* says why a
    page is taken for an article. A page behind an article's first is number *part* of the article
    at *part_of*. *whole*: its bytes are kept again, since a list gives no row. A page that
    *resolves* asks a feed's service where an article is: it is none until it has led into the
    scope. A requisite that is a *style_sheet* names more of them; *room* is that of its page. A
    listing stands *depth* steps from the seeds; what is *late* waits until the articles have come
    that are known.
    """

    run_id: str
    discovery: Discovery
    role: Role
    kind: SeedKind = "page"
    seed: bool = False
    list_of: str | None = None
    whole: bool = False
    reason: str | None = None
    part_of: str | None = None
    part: int = 1
    resolves: bool = False
    style_sheet: StyleSheet | None = None
    room: PageRoom | None = None
    depth: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedExchange:
    """What the crawl log needs to know of an exchange that is on the disk."""

    url: str
    status: int | None
    warc_record_id: str
    profile: RevisitProfile | None
    latency_ms: int
    size: int
    time: datetime


@dataclass(slots=True, kw_only=True)
class RequestNotes:
    """What our middlewares, handler and spider note of a request and of its redirects and retries.

    *purpose* is None for a request that belongs to no run. *captured* has an exchange for each hop
    and try, *sent_on* the ids of those captures that are no redirects by their status, but send
    readers on by `Refresh`. *cookies* are those of the redirects. *secret_fields* has the names of
    header fields whose values are never written, and *reserved* what the host's tdmrep.json says of
    the address.
    """

    purpose: Purpose | None = None
    captured: list[CapturedExchange] = field(default_factory=list)
    sent_on: set[str] = field(default_factory=set)
    cookies: ChainCookies = field(default_factory=ChainCookies)
    secret_fields: tuple[str, ...] = ()
    reserved: bool | None = None


def meta_for(purpose: Purpose) -> dict[str, Any]:
    """The `meta` of a new request."""
    return {_KEY: RequestNotes(purpose=purpose)}


def notes_of(request: Request | Response) -> RequestNotes:
    """The notes of a request, or of the request that a response answers; new where it has none."""
    notes: RequestNotes = request.meta.setdefault(_KEY, RequestNotes())
    return notes


def purpose_of(request: Request | Response) -> Purpose | None:
    """What a request is for; None where it belongs to no run."""
    return notes_of(request).purpose


def given_purpose(request: Request | Response) -> Purpose:
    """What a request of ours is for; ValueError where it is not ours."""
    purpose = purpose_of(request)
    if purpose is None:
        raise ValueError(f"{request.url} was asked for by no run")
    return purpose


def content_type_of(response: Response) -> str | None:
    """The Content-Type that a response declares."""
    declared = response.headers.get(b"Content-Type")
    return declared.decode("latin-1") if declared else None


def hops_of(request: Request | Response) -> list[str]:
    """The addresses from which redirects led to this one, in their order."""
    return list(request.meta.get("redirect_urls", ()))


def retries_of(request: Request) -> int:
    """How often Scrapy has tried the request again."""
    return int(request.meta.get("retry_times", 0))


def discovery_of(request: Request | Response) -> Discovery | None:
    """How the address that is asked for was found: by a redirect, if there was one."""
    purpose, hops = purpose_of(request), hops_of(request)
    if purpose is None:
        return None
    return replace(purpose.discovery, by="redirect", via=hops[-1]) if hops else purpose.discovery
