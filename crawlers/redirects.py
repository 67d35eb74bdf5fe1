"""Redirects as Scrapy follows them, but to nothing that is no plain http or https URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from archive.surt import normalise_url
from crawlers.discovery.announced import MAX_URL
from crawlers.handler import FetchFailed
from crawlers.runs import REDIRECTS

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class PlainRedirectMiddleware(RedirectMiddleware):
    """Scrapy's, given targets as the archive writes them: legal, without user name and password."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The request for the target; FetchFailed where it is none that may be fetched."""
        location = response.headers.get("Location")
        if location is None or response.status not in REDIRECTS:
            return response
        try:
            response.headers["Location"] = _target(location, request.url)
        except ValueError as error:
            kept = request.meta.get("backissue_kept")
            record_id = kept[-1].warc_record_id if kept else None
            raise FetchFailed("bad_redirect", f"leads nowhere: {error}", record_id) from None
        found: Request | Response = super().process_response(request, response)
        return found


def _target(location: bytes, base: str) -> str:
    try:
        text = location.decode()
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    url = normalise_url(text, base)
    if len(url) > MAX_URL:
        raise ValueError(f"a URL of {len(url)} characters")
    return url
