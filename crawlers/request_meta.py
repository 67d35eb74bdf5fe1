"""What rides with a Scrapy request: what it is for, and what was captured on its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from archive.types import Discovery

Role = Literal["page", "listing", "robots", "requisite"]
SeedKind = Literal["feed", "sitemap", "section", "archive", "page", "posts"]
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a request is for, in its `meta["backissue"]`.

    *kind* is what a listing should be, *reason* says why a page is taken for an article. A page
    behind an article's first is number *part* of the article at *part_of*.
    """

    run_id: str
    discovery: Discovery
    role: Role
    kind: SeedKind = "page"
    seed: bool = False
    reason: str | None = None
    part_of: str | None = None
    part: int = 1


def found_by(ask: Ask, meta: dict[str, Any]) -> Discovery:
    """How the address that is asked for now was found: by a redirect, if there was one."""
    hops = meta.get("redirect_urls")
    return replace(ask.discovery, by="redirect", via=hops[-1]) if hops else ask.discovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the handler tells of a capture: in `meta["backissue_kept"]`, one for each hop."""

    url: str
    status: int | None
    warc_record_id: str
    profile: str | None
    latency_ms: int
    size: int
    time: datetime
