"""What pages are shown with, as requests: first what the page names, then what its CSS names.

Each address is asked for once in a run, and not again where the source has it. A style sheet that
is kept already is read from the archive, for what it names may be missing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.types import Discovery
from archive.web.hosts import host_of
from archive.web.surt import url_surtkey
from crawlers.capture.recorder import Recorder
from crawlers.capture.run import SourceRun
from crawlers.discovery.html_pages import Html, declared_page
from crawlers.request_meta import PageRoom, Purpose, StyleSheet
from crawlers.requisites.pages import page_requisites
from crawlers.requisites.requisite import Requisite
from crawlers.requisites.style_sheets import sheet_requisites
from crawlers.spiders.list_walk import Make
from crawlers.spiders.reading import Readers

logger = logging.getLogger(__name__)
MOST = 1000  # requisites of a page: a hundred pictures in eight widths each, and what themes need
MOST_BYTES = 256 * 2**20  # of a page's requisites: a thousand pictures have fewer
MOST_PLACES = 30  # hosts, with ports, that a page has them from: portals have twenty
_THREADED = 128 * 2**10  # bytes that take half a second at most, in turns with the event loop
_PORTS, _FIRST_OPEN = (None, 80, 443), 1024
_CLOSED = {  # https://fetch.spec.whatwg.org/#port-blocking
    *(1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080),
    *range(6665, 6670),
}
DEEPEST = 5  # style sheets that import each other, the page's own included

T = TypeVar("T")
_Found = tuple[str, Sequence[Requisite], int]
"""Requisites, where they are named, and how many style sheets are behind that."""


class RequisitePlan:
    """Requisites into requests; *make* gives the request for an address, if the run wants it."""

    def __init__(self, recorder: Recorder, make: Make, readers: Readers) -> None:
        self._recorder, self._make, self._readers = recorder, make, readers
        self._reading = asyncio.Lock()  # one at a time: tokens take 250 times the room of the CSS

    async def of(
        self, run: SourceRun, purpose: Purpose, response: Response
    ) -> AsyncIterator[Request]:
        """What the page or the style sheet in *response* needs."""
        if not self._recorder.library.settings.policy.requisites or run.halted:
            return
        kind = response.headers.get(b"Content-Type")
        declared = kind.decode("latin-1") if kind else None
        if purpose.role == "page":
            page = declared_page(response.body, declared)
            found = await self._read(_of_page, (page, response.url), len(response.body))
            depth, room = 0, PageRoom(MOST, MOST_BYTES, _port(response.url))
        elif purpose.style_sheet and purpose.room and response.status in (200, 304):
            depth, room, body = purpose.style_sheet.depth, purpose.room, response.body
            if response.status == 304:
                body, declared = self._recorder.known_page(response.url)
            found = await self._named_by(body, response.url, declared)
        else:
            return
        async for request in self._wanted(run, (response.url, found, depth), room):
            yield request

    async def _wanted(
        self, run: SourceRun, first: _Found, room: PageRoom
    ) -> AsyncIterator[Request]:
        state, source = self._recorder.library.state, run.source.name
        waiting = deque([first])
        while waiting:
            via, requisites, behind = waiting.popleft()
            depth = behind + 1
            for one in requisites:
                key = url_surtkey(one.url)
                if key in run.seen or (one.is_style_sheet and depth > DEEPEST):
                    continue
                known = state.visit(source, key)
                if known is None or known.failed:
                    sheet = StyleSheet(depth) if one.is_style_sheet else None
                    for request in self._asked(run, one, via, (sheet, room)):
                        yield request
                elif one.is_style_sheet and key not in run.style_sheets:
                    run.style_sheets.add(key)
                    body, kind = self._recorder.known_page(one.url)
                    waiting.append((one.url, await self._named_by(body, one.url, kind), depth))

    def _asked(
        self, run: SourceRun, one: Requisite, via: str, place: tuple[StyleSheet | None, PageRoom]
    ) -> list[Request]:
        sheet, room = place
        if not _has_room(room, one.url):
            return []
        wanted = Purpose(
            run_id=run.run_id,
            discovery=Discovery(source=run.source.name, by="link", via=via),
            role="requisite",
            style_sheet=sheet,
            room=room,
        )
        requests = list(self._make(run, one.url, wanted))
        room.number -= len(requests)
        if not room.number:
            logger.warning("%s: needs more than %d requisites: the rest is left out", via, MOST)
        return requests

    async def _named_by(self, css: bytes, url: str, kind: str | None) -> tuple[Requisite, ...]:
        """What a style sheet names, if it is one: a browser takes no other type for it."""
        if not css or (kind and kind.partition(";")[0].strip().lower() != "text/css"):
            return ()
        return await self._read(_of_sheet, (css, url, kind), len(css))

    async def _read(
        self, function: Callable[[T], tuple[Requisite, ...]], task: T, size: int
    ) -> tuple[Requisite, ...]:
        """What *function* finds: in a thread, or in another process where that takes long."""
        async with self._reading:
            if size > _THREADED:
                return await self._readers.apart(function, task) or ()
            return await asyncio.to_thread(function, task)


def _of_page(task: tuple[Html, str]) -> tuple[Requisite, ...]:
    return page_requisites(*task)


def _of_sheet(task: tuple[bytes, str, str | None]) -> tuple[Requisite, ...]:
    return sheet_requisites(*task)


def _has_room(room: PageRoom, url: str) -> bool:
    """Whether one more address may be asked for: not on odd ports, nor on ever more hosts."""
    port = _port(url)
    place = f"{host_of(url)}:{port or ''}"
    if not room.number or not (port in _PORTS or port == room.port or _is_open(port)):
        return False
    if place not in room.places and len(room.places) >= MOST_PLACES:
        return False
    room.places.add(place)
    return True


def _is_open(port: int | None) -> bool:
    """Whether browsers ask for pictures there: of other services' ports they do not."""
    return port is not None and port >= _FIRST_OPEN and port not in _CLOSED


def _port(url: str) -> int | None:
    return urlsplit(url).port
