"""What becomes of a URL whose request failed, in the words of the crawl log."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy import Request

from archive.errors import DiskFailed, DiskFull
from archive.types import Discovery
from crawlers.capture.outcomes import outcome_of_failure
from crawlers.errors import FetchFailed
from crawlers.request_meta import Purpose, meta_for

URL = "https://review.example/a"
PURPOSE = Purpose(run_id="run", discovery=Discovery(source="review", by="feed"), role="page")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (FetchFailed("dns", "no such host"), "error:dns"),
        (FetchFailed("too_large", "over the limit"), "too_large"),
        (DiskFull(Path("library"), 0, 0), "error:disk_full"),
        (DiskFailed("a.warc.gz", "input/output error"), "error:disk_failed"),
        (KeyError("a bug"), "error:internal"),
    ],
)
def test_a_failure_is_called_by_what_it_was(error: Exception, outcome: str) -> None:
    found = outcome_of_failure(Request(URL, meta=meta_for(PURPOSE)), error)
    assert (found.url, found.outcome) == (URL, outcome)
    assert found.detail
    assert found.failed
