"""Pages that are asked for again: revisits by the standard, and none whose original is gone."""

from __future__ import annotations

import gzip

import pytest

from archive.types import Capture
from archive.warc.records import from_bytes
from wire_crawl import REVISITED, Conformance

pytestmark = pytest.mark.timeout(400)


def url_of(path: str) -> str:
    return f"http://revisits.example{path}"


def first_of(conformance: Conformance, path: str) -> Capture:
    (capture,) = conformance.crawls[0].of(path)
    return capture


def again(conformance: Conformance, path: str, crawl: int = 1) -> Capture:
    (capture,) = conformance.crawls[crawl].of(path)
    return capture


def conditional(capture: Capture) -> bool:
    return b"\r\nIf-" in capture.request


@pytest.mark.parametrize(
    ("path", "profile"),
    [
        ("/same", "identical-payload-digest"),
        ("/etag", "server-not-modified"),
        ("/dated", "server-not-modified"),
    ],
)
def test_a_page_that_is_the_same_is_a_revisit_of_the_first_response(
    conformance: Conformance, path: str, profile: str
) -> None:
    first, revisit = first_of(conformance, path), again(conformance, path)
    assert first.warc_type == "response"
    assert revisit.original is not None
    assert revisit.original.profile == profile
    assert revisit.original.warc_record_id == first.warc_record_id
    assert (revisit.original.url, revisit.original.fetch_time) == (first.url, first.fetch_time)
    assert revisit.body == b""
    assert conditional(revisit) == (profile == "server-not-modified")


def test_the_record_of_a_revisit_has_the_fields_of_the_standard(conformance: Conformance) -> None:
    rows = conformance.rows("captures", url_of("/same"))
    path = conformance.library.path / rows[1]["warc_filename"]
    with path.open("rb") as stream:
        stream.seek(rows[1]["warc_record_offset"])
        record = from_bytes(gzip.decompress(stream.read(rows[1]["warc_record_length"])))
    first = first_of(conformance, "/same")
    assert record.type == "revisit"
    assert record.get("WARC-Refers-To") == f"<{first.warc_record_id}>"
    assert record.get("WARC-Refers-To-Target-URI") == first.url
    assert record.get("WARC-Refers-To-Date") == f"{first.fetch_time:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert record.get("WARC-Truncated") == "length"
    assert (record.get("WARC-Payload-Digest") or "")[5:] == rows[0]["content_digest"]
    assert record.block == first.head


def test_a_page_that_changed_is_a_response(conformance: Conformance) -> None:
    assert again(conformance, "/changing").original is None
    assert again(conformance, "/changing").body != first_of(conformance, "/changing").body


@pytest.mark.parametrize("path", ["/never-modified", "/suddenly-304"])
def test_a_304_that_nobody_asked_for_is_a_response(conformance: Conformance, path: str) -> None:
    capture = again(conformance, path)
    assert (capture.status, capture.original) == (304, None)
    assert not conditional(capture)


def test_the_log_tells_revisits_apart(conformance: Conformance) -> None:
    outcomes = {
        path: [row["outcome"] for row in conformance.rows("crawl_log", url_of(path))][:2]
        for path in REVISITED
    }
    assert outcomes == {
        "/same": ["fetched", "duplicate"],
        "/etag": ["fetched", "not_modified"],
        "/dated": ["fetched", "not_modified"],
        "/changing": ["fetched", "fetched"],
        "/never-modified": ["error:http_304", "error:http_304"],
        "/suddenly-304": ["fetched", "error:http_304"],
    }


@pytest.mark.parametrize("path", ["/same", "/etag", "/dated"])
def test_nothing_refers_to_an_original_that_is_gone(conformance: Conformance, path: str) -> None:
    """The first crawl's WARC was taken away: the page is asked for and kept as if it were new."""
    capture = again(conformance, path, crawl=2)
    assert not conditional(capture)
    assert (capture.status, capture.original) == (200, None)
    assert capture.body == first_of(conformance, path).body
