"""Redirects as Scrapy follows them, but to nothing that is no plain http or https URL.

Followed is what a browser follows: a Location, and a page that sends its readers on by `Refresh`.
Cookies that are set on the way go back within the same chain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from archive.web.charset import decode
from archive.web.http import REDIRECTS, percent_encoded
from archive.web.sniff import sniff
from archive.web.surt import normalise_url
from crawlers.capture.recorder import recorder_of
from crawlers.discovery.announced import MAX_URL
from crawlers.errors import FetchFailed
from crawlers.request_meta import notes_of, purpose_of
from pipelines.page.html import HTML, parse_html
from pipelines.page.refresh import may_send, sent_to

if TYPE_CHECKING:
    from scrapy.http import Response

_READ = ("page", "listing")  # roles whose pages send somebody on


class PlainRedirectMiddleware(RedirectMiddleware):
    """Scrapy's, given targets as the archive writes them: legal, without user name and password."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The request for the target; FetchFailed where it is none that is fetched."""
        if response.status in REDIRECTS and "Location" in response.headers:
            return self._moved(request, response)
        if target := _sent_to(request, response):
            return self._sent_on(request, response, target)
        return response

    def _moved(self, request: Request, response: Response) -> Request | Response:
        try:
            target = _redirect_target(_text(response, "Location") or "", request.url)
        except ValueError as error:
            raise FetchFailed("bad_redirect", f"leads nowhere: {error}", _last(request)) from None
        self._stay_in_scope(request, target)
        response.headers["Location"] = target
        _take_cookies(request, response)
        return _with_cookies(super().process_response(request, response))

    def _sent_on(self, request: Request, response: Response, target: str) -> Request | Response:
        before = notes_of(request).cookies.field(target)
        _take_cookies(request, response)
        if target == request.url and notes_of(request).cookies.field(target) == before:
            return response  # it would answer the same
        self._stay_in_scope(request, target)
        if record_id := _last(request):
            notes_of(request).sent_on.add(record_id)
        following = self._redirect_request_using_get(request, response, target)
        return _with_cookies(self._redirect(following, request, "refresh"))

    def _stay_in_scope(self, request: Request, target: str) -> None:
        """FetchFailed where an article that a listing named is now in another magazine, or in none.

        What the source itself names may move: seeds and listings are followed anywhere. So is the
        link of a feed's service, which becomes a page where it arrives in the magazine.
        """
        purpose = purpose_of(request)
        if purpose is None or purpose.seed:
            return
        run = recorder_of(self.crawler).book.runs.get(purpose.run_id)
        if run is None:
            return
        arrived = run.in_scope(target)
        if purpose.resolves and arrived and run.source.wants(target):
            notes_of(request).purpose = replace(purpose, role="page", resolves=False)
        elif purpose.role == "page" and not arrived:
            raise FetchFailed("off_scope", f"leads to {target}", _last(request))


def _sent_to(request: Request, response: Response) -> str | None:
    """Where a page that is only a sign sends its readers; None for all other answers."""
    purpose, field = purpose_of(request), _text(response, "Refresh")
    read = purpose and (purpose.role in _READ or purpose.resolves)
    if not read or response.status != 200:
        return None
    kind = _text(response, "Content-Type")
    if not (field or may_send(response.body)) or sniff(response.body, kind) not in HTML:
        return None
    tree = parse_html(decode(response.body, kind))
    target = None if tree is None else sent_to(tree, request.url, field)
    return target if target and len(target) <= MAX_URL else None


def _take_cookies(request: Request, response: Response) -> None:
    fields = (field.decode("latin-1") for field in response.headers.getlist("Set-Cookie"))
    notes_of(request).cookies.take(request.url, fields)


def _with_cookies(request: Request | Response) -> Request | Response:
    if isinstance(request, Request):
        request.headers.pop("Cookie", None)
        if field := notes_of(request).cookies.field(request.url):
            request.headers["Cookie"] = field
    return request


def _last(request: Request) -> str | None:
    """The record of the answer that leads on."""
    captured = notes_of(request).captured
    return captured[-1].warc_record_id if captured else None


def _text(response: Response, name: str) -> str | None:
    field = response.headers.get(name)
    return None if field is None else field.decode("latin-1")


def _redirect_target(location: str, base: str) -> str:
    url = normalise_url(percent_encoded(location), base)
    if len(url) > MAX_URL:
        raise ValueError(f"a URL of {len(url)} characters")
    return url
