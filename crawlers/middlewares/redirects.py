"""Redirects as Scrapy follows them, but to nothing that is no plain http or https URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from archive.web.http import REDIRECTS
from archive.web.surt import normalise_url
from crawlers.capture.recorder import recorder_of
from crawlers.discovery.announced import MAX_URL
from crawlers.errors import FetchFailed
from crawlers.request_meta import notes_of, purpose_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class PlainRedirectMiddleware(RedirectMiddleware):
    """Scrapy's, given targets as the archive writes them: legal, without user name and password."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The request for the target; FetchFailed where it is none that is fetched."""
        location = response.headers.get("Location")
        if location is None or response.status not in REDIRECTS:
            return response
        captured = notes_of(request).captured
        record_id = captured[-1].warc_record_id if captured else None
        try:
            target = _redirect_target(location, request.url)
        except ValueError as error:
            raise FetchFailed("bad_redirect", f"leads nowhere: {error}", record_id) from None
        if self._leaves(request, target):
            raise FetchFailed("off_scope", f"leads to {target}", record_id)
        response.headers["Location"] = target
        following: Request | Response = super().process_response(request, response)
        return following

    def _leaves(self, request: Request, target: str) -> bool:
        """Whether an article that a listing named is now in another magazine, or in none.

        What the source itself names may move: seeds and listings are followed anywhere.
        """
        purpose = purpose_of(request)
        if purpose is None or purpose.seed or purpose.role != "page":
            return False
        run = recorder_of(self.crawler).book.runs.get(purpose.run_id)
        return run is not None and not run.source.in_scope(target)


def _redirect_target(location: bytes, base: str) -> str:
    try:
        text = location.decode()
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    url = normalise_url(text, base)
    if len(url) > MAX_URL:
        raise ValueError(f"a URL of {len(url)} characters")
    return url
