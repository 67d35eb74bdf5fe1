"""The addresses of the console, and what answers at each of them."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final

import pyarrow as pa
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.errors import BackissueError, CaptureNotFound
from archive.version import VERSION
from archive.web.userinfo import hide_userinfo
from backissue.web.access import Access
from backissue.web.atom import feed
from backissue.web.errors import Busy, NotFound
from backissue.web.guards import Guards
from backissue.web.metrics import health, metrics
from backissue.web.pages.article import article_page
from backissue.web.pages.capture import capture_page
from backissue.web.pages.coverage import coverage_page
from backissue.web.pages.overview import overview
from backissue.web.pages.reasons import why_page
from backissue.web.pages.runs import run_page
from backissue.web.pages.search import search_page
from backissue.web.pages.source import source_page
from backissue.web.pages.storage import storage_page
from backissue.web.rendering import environment, style_sheet, to_json, wants_json
from backissue.web.view import Page, Question, View

logger = logging.getLogger(__name__)
_DAMAGED: Final = (sqlite3.Error, pa.ArrowException, OSError, ValueError, KeyError, TypeError)
_HTML: Final = "text/html; charset=utf-8"
_Maker = Callable[[View, Question], Page]
_PAGES: Final[Mapping[str, _Maker]] = {
    "/": overview,
    "/sources/{name}": source_page,
    "/runs/{name}": run_page,
    "/articles/{name}": article_page,
    "/captures/{name:path}": capture_page,
    "/search": search_page,
    "/coverage": coverage_page,
    "/storage": storage_page,
    "/why": why_page,
}


def console(view: View, access: Access) -> ASGIApp:
    """The console of a library as an ASGI application."""
    answers = _Answers(view)
    routes = [Route(path, answers.page(maker)) for path, maker in _PAGES.items()]
    routes += [
        Route("/feed/{name}.atom", answers.feed),
        Route("/healthz", answers.health),
        Route("/metrics", answers.metrics),
        Route("/style.css", answers.style),
    ]
    failing = {HTTPException: answers.failed, Exception: answers.failed}
    # around all of it: an answer to a mistake of ours has the headers, too
    return Guards(Starlette(routes=routes, exception_handlers=failing), access)


class _Answers:
    """What answers requests: in threads, since the library is read from the disk."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._templates = environment()
        self._templates.globals |= {
            "library_name": view.library.settings.name,
            "version": VERSION,
        }
        self._style = style_sheet()

    def page(self, maker: _Maker) -> Callable[[Request], Response]:
        """What answers with the page that *maker* makes."""

        def answer(request: Request) -> Response:
            name = request.path_params.get("name", "")
            question = Question(name, tuple(request.query_params.items()))
            try:
                if maker is not overview:
                    self._view.cache.refresh()
                return self._shown(request, maker(self._view, question))
            except BackissueError as error:
                return self._trouble(request, error, _status(error))
            except _DAMAGED as error:
                return self._damaged(request, error)

        return answer

    def feed(self, request: Request) -> Response:
        """The feed of a source."""
        base = str(request.base_url).rstrip("/")
        try:
            body = feed(self._view, request.path_params["name"], base)
        except BackissueError as error:
            return self._trouble(request, error, _status(error))
        except _DAMAGED as error:
            return self._damaged(request, error)
        return Response(body, media_type="application/atom+xml")

    def metrics(self, request: Request) -> Response:
        """The metrics."""
        try:
            return Response(metrics(self._view), media_type=CONTENT_TYPE_LATEST)
        except (BackissueError, *_DAMAGED) as error:
            return Response(f"{_words(error)}\n", 503, media_type="text/plain")

    def health(self, request: Request) -> Response:
        """Whether the library is well; why not, for those who may know."""
        try:
            cause = health(self._view)
        except (BackissueError, *_DAMAGED) as error:
            cause = _words(error)
        facts: dict[str, Any] = {"status": "failing" if cause else "ok"}
        if cause and request.scope["backissue.known"]:
            facts["cause"] = hide_userinfo(cause)
        return Response(to_json(facts), 503 if cause else 200, media_type="application/json")

    def style(self, request: Request) -> Response:
        """The style sheet."""
        headers = {"Cache-Control": "max-age=300"}
        return Response(self._style, media_type="text/css", headers=headers)

    def failed(self, request: Request, error: Exception) -> Response:
        """The answer to an address without a page, and to what is a mistake of ours."""
        if isinstance(error, HTTPException):
            words = "there is no such page" if error.status_code == 404 else str(error.detail)
            return self._trouble(request, NotFound(words), error.status_code)
        logger.error("%s: %r", request.url.path, error)
        return self._trouble(request, BackissueError(f"a mistake of ours: {error!r}"), 500)

    def _damaged(self, request: Request, error: Exception) -> Response:
        """The answer where the library cannot be read as it is now."""
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        ):
            self._view.cache.forget()  # if it is the damaged one, the next request is answered
        logger.error("%s: %r", request.url.path, error)
        return self._trouble(request, BackissueError(_words(error)), 503)

    def _trouble(self, request: Request, error: BackissueError, status: int) -> Response:
        facts = {"status": status, "cause": str(error)}
        return self._shown(request, Page("trouble.html", facts, status))

    def _shown(self, request: Request, page: Page) -> Response:
        headers = {"Vary": "Accept"}
        if wants_json(request.headers.get("accept", "")):
            body = to_json(page.facts)
            return Response(body, page.status, headers, "application/json")
        text = self._templates.get_template(page.template).render(page.facts)
        return Response(text.encode("utf-8", "replace"), page.status, headers, _HTML)


def _status(error: BackissueError) -> int:
    if isinstance(error, NotFound | CaptureNotFound):
        return 404
    return 503 if isinstance(error, Busy) or error.exit_code != 2 else 400


def _words(error: Exception) -> str:
    if isinstance(error, BackissueError):
        return str(error)
    first = (str(error).splitlines() or [""])[0][:300]
    kind = type(error).__name__
    return f"the library cannot be read just now ({kind}: {first}): run `backissue verify`"
