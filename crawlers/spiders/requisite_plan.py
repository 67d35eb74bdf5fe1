"""What pages are shown with, as requests: first what the page names, then what its CSS names.

Each address is asked for once in a run, and not again where the source has it. A style sheet that
is kept already is read from the archive, for what it names may be missing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence

from scrapy import Request
from scrapy.http import Response

from archive.types import Discovery
from archive.web.surt import url_surtkey
from crawlers.capture.recorder import Recorder
from crawlers.capture.run import SourceRun
from crawlers.discovery.html_pages import declared_page
from crawlers.request_meta import Purpose, StyleSheet
from crawlers.requisites.pages import page_requisites
from crawlers.requisites.requisite import Requisite
from crawlers.requisites.style_sheets import sheet_requisites
from crawlers.spiders.list_walk import Make

logger = logging.getLogger(__name__)
MOST = 1000  # requisites of a page: a hundred pictures in eight widths each, and what themes need
DEEPEST = 5  # style sheets that import each other, the page's own included

_Found = tuple[str, Sequence[Requisite], StyleSheet]
"""Requisites, where they are named, and what is behind that: no style sheet, or so many."""


class RequisitePlan:
    """Requisites into requests; *make* gives the request for an address, if the run wants it."""

    def __init__(self, recorder: Recorder, make: Make) -> None:
        self._recorder, self._make = recorder, make
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
            async with self._reading:
                found = await asyncio.to_thread(page_requisites, page, response.url)
            sheet = StyleSheet(depth=0, room=[MOST])
        elif purpose.style_sheet and response.status in (200, 304):
            sheet, body = purpose.style_sheet, response.body
            if response.status == 304:
                body, declared = self._recorder.known_page(response.url)
            found = await self._named_by(body, response.url, declared)
        else:
            return
        async for request in self._wanted(run, (response.url, found, sheet)):
            yield request

    async def _wanted(self, run: SourceRun, first: _Found) -> AsyncIterator[Request]:
        state, source = self._recorder.library.state, run.source.name
        waiting = deque([first])
        while waiting:
            via, requisites, behind = waiting.popleft()
            sheet = StyleSheet(depth=behind.depth + 1, room=behind.room)
            for one in requisites:
                key = url_surtkey(one.url)
                if key in run.seen or (one.is_style_sheet and sheet.depth > DEEPEST):
                    continue
                known = state.visit(source, key)
                if known is None or known.failed:
                    for request in self._asked(run, one, via, sheet):
                        yield request
                elif one.is_style_sheet and key not in run.style_sheets:
                    run.style_sheets.add(key)
                    body, kind = self._recorder.known_page(one.url)
                    waiting.append((one.url, await self._named_by(body, one.url, kind), sheet))

    def _asked(self, run: SourceRun, one: Requisite, via: str, sheet: StyleSheet) -> list[Request]:
        if not sheet.room[0]:
            return []
        wanted = Purpose(
            run_id=run.run_id,
            discovery=Discovery(source=run.source.name, by="link", via=via),
            role="requisite",
            style_sheet=sheet if one.is_style_sheet else None,
        )
        requests = list(self._make(run, one.url, wanted))
        sheet.room[0] -= len(requests)
        if not sheet.room[0]:
            logger.warning("%s: needs more than %d requisites: the rest is left out", via, MOST)
        return requests

    async def _named_by(self, css: bytes, url: str, kind: str | None) -> tuple[Requisite, ...]:
        """What a style sheet names, if it is one: a browser takes no other type for it."""
        if not css or (kind and kind.partition(";")[0].strip().lower() != "text/css"):
            return ()
        async with self._reading:
            return await asyncio.to_thread(sheet_requisites, css, url, kind)
