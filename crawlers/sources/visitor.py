"""A polite look at single pages of a site that is no source yet: robots.txt, a delay, redirects.

Nothing is kept: what is worth keeping is crawled later. Requests go out over the crawls' own wire,
so private addresses are refused here, too.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.web.charset import decode
from archive.web.content import read_content
from archive.web.http import MAX_CONTENT, REDIRECTS, Head, undo_transfer
from archive.web.surt import normalise_url
from crawlers.chain_cookies import ChainCookies
from crawlers.discovery.html_pages import Html, declared_page
from crawlers.errors import RobotsUnread
from crawlers.politeness.robots import Robots, parse_robots
from crawlers.wire import Exchange, ExchangeFailed, Pool, Settings
from pipelines.page.html import HTML, parse_html
from pipelines.page.refresh import may_send, sent_to

_MOST_HOPS = 5
_LONGEST_DELAY = 30.0  # seconds; who wants more room is asked to write the source file by hand


@dataclass(frozen=True, slots=True)
class Visited:
    """A page as it came: *url* is where it stands after redirects, *body* is decoded.

    *status* is None where there was no answer; then *problem* says why. *received* counts bytes.
    """

    url: str
    status: int | None
    body: bytes = b""
    media: str | None = None
    received: int = 0
    problem: str = ""

    @property
    def is_there(self) -> bool:
        """Whether a page came."""
        return self.status == 200

    @property
    def html(self) -> Html:
        """The page in the encoding that its header field declares."""
        return declared_page(self.body, self.media)


class Visitor:
    """Asks for pages one after the other; a context manager for its connections."""

    def __init__(self, settings: Settings, user_agent: str, delay: float) -> None:
        self._pool, self._agent, self._delay = Pool(settings), user_agent, delay
        self._robots: dict[str, Robots] = {}
        self._last: dict[str, float] = {}
        self.requests = 0

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    async def visit(self, url: str) -> Visited:
        """The page at *url*, if robots.txt allows it; what fails stands in the answer."""
        try:
            cookies = ChainCookies()
            for _ in range(_MOST_HOPS):
                if not (await self.robots(url)).allows(url, self._agent):
                    return Visited(url, None, problem="robots.txt does not allow it")
                exchange = await self._ask(url, cookies.field(url))
                cookies.take(url, exchange.parsed.get_all("set-cookie"))
                page = _visited(url, exchange)
                target = _leads_to(page, exchange.parsed)
                if target is None:
                    return page
                url = target
        except ExchangeFailed as failed:
            return Visited(url, None, problem=failed.detail)
        except RobotsUnread as failed:
            return Visited(url, None, problem=str(failed))
        except ValueError as error:
            return Visited(url, None, problem=f"it leads nowhere: {error}")
        return Visited(url, None, problem="too many redirects")

    async def robots(self, url: str) -> Robots:
        """What the robots.txt of *url*'s host says; asked for once. RobotsUnread: no answer."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._robots:
            try:
                got = _visited(host, await self._ask(f"{host}/robots.txt"))
                self._robots[host] = parse_robots(got.body, got.status, f"{host}/robots.txt")
            except ExchangeFailed as failed:
                raise RobotsUnread(f"robots.txt: {failed.detail}") from None
        return self._robots[host]

    def delay_of(self, url: str) -> float:
        """Seconds between two requests to the host of *url*."""
        parts = urlsplit(url)
        robots = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        said = robots.crawl_delay(self._agent) if robots else None
        return max(self._delay, said or 0.0)

    async def _ask(self, url: str, cookie: str | None = None) -> Exchange:
        host = urlsplit(url).netloc
        room = min(self.delay_of(url), _LONGEST_DELAY)
        await asyncio.sleep(max(0.0, self._last.get(host, 0.0) + room - time.monotonic()))
        headers = [(b"User-Agent", self._agent.encode()), (b"Accept-Encoding", b"gzip, br")]
        headers += [(b"Cookie", cookie.encode())] if cookie else []
        self.requests += 1
        try:
            return await self._pool.fetch("GET", url, headers)
        finally:
            self._last[host] = time.monotonic()


def _leads_to(page: Visited, head: Head) -> str | None:
    """Where an answer sends a browser; None where it is the page."""
    if head.status in REDIRECTS and head.location:
        return normalise_url(head.location, page.url)
    field = head.get("refresh")
    if not (page.is_there and head.media_type in HTML and (field or may_send(page.body))):
        return None
    tree = parse_html(decode(page.body, page.media))
    target = None if tree is None else sent_to(tree, page.url, field)
    return None if target == page.url else target


def _visited(url: str, exchange: Exchange) -> Visited:
    payload = undo_transfer(exchange.body, exchange.parsed)
    content = read_content(payload, exchange.parsed.content_codings, MAX_CONTENT)
    status = exchange.parsed.status
    return Visited(
        *(url, status, content.data, exchange.parsed.get("content-type")),
        received=len(exchange.head) + len(exchange.body),
        problem="" if status == 200 else f"the server answered {status}",
    )
