"""`/.well-known/tdmrep.json`: which pages of a host are reserved from text and data mining.

Asked for once per host and day where the library respects `tdm`, archived like any page, and what
it says of a page goes into that page's `metadata` record. The format:
https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from archive.types import Discovery
from crawlers.capture.recorder import recorder_of
from crawlers.errors import FetchFailed
from crawlers.request_meta import Purpose, meta_for, notes_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_KEPT_SECONDS = 24 * 3600
_MAX_BYTES, _MAX_RULES, _LONGEST = 500 * 1024, 1_000, 2_000
_PATH = "/.well-known/tdmrep.json"


@dataclass(frozen=True, slots=True)
class Rule:
    """What stands between the stars of a pattern, whether it *ends* there, and what is said."""

    words: tuple[str, ...]
    ends: bool
    reserved: bool


Rules = tuple[Rule, ...]
"""The rules of a host in their order: the first that fits counts."""


def parse_rules(content: bytes) -> Rules:
    """The rules in a file; none in what is no such file."""
    try:
        entries = json.loads(content[:_MAX_BYTES])
    except (ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    found = []
    for entry in entries[:_MAX_RULES]:
        location = entry.get("location") if isinstance(entry, dict) else None
        if isinstance(location, str) and entry.get("tdm-reservation") in (0, 1):
            words = tuple(location[:_LONGEST].removesuffix("$").split("*"))
            found.append(Rule(words, location.endswith("$"), entry["tdm-reservation"] == 1))
    return tuple(found)


def reserved(rules: Rules, url: str) -> bool | None:
    """What the first rule that fits says of *url*; None where none does."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return next((rule.reserved for rule in rules if _rule_fits(rule, path)), None)


def _rule_fits(rule: Rule, path: str) -> bool:
    """As in robots.txt: a beginning, with `*` for anything and `$` for the end."""
    first, *others = rule.words
    if not path.startswith(first):
        return False
    if not others:
        return not rule.ends or path == first
    at = len(first)
    for word in others[:-1]:
        at = path.find(word, at)
        if at < 0:
            return False
        at += len(word)
    last = others[-1]
    return path.endswith(last) and len(path) - len(last) >= at if rule.ends else last in path[at:]


class TdmRepMiddleware:
    """Downloader middleware: notes in a page's request what the host's file says of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._recorder = recorder_of(crawler)
        self._known: dict[str, tuple[asyncio.Future[Rules], float]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TdmRepMiddleware:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let *request* pass, with what is known of its address."""
        notes = notes_of(request)
        if notes.purpose is None or notes.purpose.role != "page" or not self._respected():
            return
        notes.reserved = reserved(await self._rules(request.url, notes.purpose), request.url)

    def _respected(self) -> bool:
        return "tdm" in self._recorder.library.settings.policy.respect

    async def _rules(self, url: str, purpose: Purpose) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        rules, until = self._known.get(origin, (None, 0.0))
        if rules is None or time.monotonic() > until:
            rules = asyncio.ensure_future(self._fetch(f"{origin}{_PATH}", purpose))
            self._known[origin] = (rules, time.monotonic() + _KEPT_SECONDS)
            rules.add_done_callback(lambda done: self._fetched(origin, done))
        return await asyncio.shield(rules)

    def _fetched(self, origin: str, rules: asyncio.Future[Rules]) -> None:
        """What was not asked for, since the crawl was told to stop, is not known."""
        if rules.cancelled() or rules.exception():
            self._known.pop(origin, None)

    async def _fetch(self, url: str, purpose: Purpose) -> Rules:
        """The rules at *url*; none where they cannot be had: then nothing is reserved by them."""
        own = Purpose(
            run_id=purpose.run_id,
            discovery=Discovery(source=purpose.discovery.source, by="robots"),
            role="robots",
        )
        request = Request(
            url,
            headers={"User-Agent": self._recorder.library.user_agent},
            meta=meta_for(own),
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except (FetchFailed, IgnoreRequest):
            return ()
        known = response.status == 304
        body = self._recorder.known_content(response.url) if known else response.body
        return parse_rules(body) if response.status in (200, 304) else ()
