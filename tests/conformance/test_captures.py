"""Every shape of answer through the whole way: server, handler, WARC, index, tables."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from archive.types import Capture
from archive.warc import cdxj
from archive.warc.records import digest
from archive.web.http import MAX_CONTENT, decode_content, undo_transfer
from shapes import Shape
from wire_crawl import CRAWLED, MAX_BODY, Conformance

pytestmark = pytest.mark.timeout(400)  # the crawls run within the first test

each_shape = pytest.mark.parametrize("shape", CRAWLED, ids=lambda shape: shape.name)


def url_of(shape: Shape) -> str:
    host = "stalled" if shape.ending == "stall" else "wire"
    return f"http://{host}.example{shape.path}"


def captured(conformance: Conformance, shape: Shape) -> Capture:
    return conformance.crawls[0].of(shape.path)[-1]


def block(capture: Capture) -> bytes:
    return capture.head + capture.body


def test_the_crawl_ends_well_and_says_nothing(conformance: Conformance) -> None:
    for crawl in conformance.crawls:
        assert (crawl.done.returncode, crawl.done.stderr) == (0, "")


def test_every_exchange_is_kept_once_with_the_request_as_the_server_read_it(
    conformance: Conformance,
) -> None:
    for crawl in conformance.crawls:
        assert Counter(request for request, _ in crawl.asked) == Counter(
            capture.request for capture in crawl.captures
        )


@each_shape
def test_the_record_is_what_the_server_sent(conformance: Conformance, shape: Shape) -> None:
    capture = captured(conformance, shape)
    whole = shape.head + shape.body
    if shape.truncated == "length":
        whole = shape.head + shape.body[:MAX_BODY]
    assert block(capture) == whole
    assert capture.details.get("interim_bytes", 0) == len(shape.interim)
    assert capture.details.get("surplus_bytes", 0) <= len(shape.surplus)
    assert (capture.status, capture.truncated) == (shape.status, shape.truncated)
    assert capture.ip_address == "127.0.0.1"


@each_shape
def test_the_payload_is_the_body_without_its_transfer_coding(
    conformance: Conformance, shape: Shape
) -> None:
    capture = captured(conformance, shape)
    (row,) = [
        row
        for row in conformance.rows("captures", url_of(shape))
        if row["warc_record_id"] == capture.warc_record_id
    ]
    payload = undo_transfer(capture.body, capture.parsed)
    assert row["content_digest"] == digest(payload)[5:]
    if shape.decoded is not None and shape.problem is None:
        codings = capture.parsed.content_codings
        assert decode_content(payload, codings, MAX_CONTENT).data == shape.decoded


@each_shape
def test_the_index_has_a_line_and_a_row_that_are_well_formed(
    conformance: Conformance, shape: Shape
) -> None:
    capture = captured(conformance, shape)
    rows = conformance.rows("captures", url_of(shape))
    (row,) = [row for row in rows if row["warc_record_id"] == capture.warc_record_id]
    assert (row["fetch_status"], row["content_truncated"]) == (shape.status, shape.truncated)
    assert (row["warc_type"], row["capture_fidelity"]) == ("response", "wire")
    (line,) = [
        line
        for line in index_lines(conformance)
        if cdxj.from_line(line).filename == row["warc_filename"]
        and cdxj.from_line(line).offset == row["warc_record_offset"]
    ]
    key, moment, fields = line.split(" ", 2)
    assert line.isascii()
    assert line.isprintable()
    assert (key, moment) == (row["url_surtkey"], f"{row['fetch_time']:%Y%m%d%H%M%S}")
    assert json.loads(fields).get("status") == (str(shape.status) if shape.status else None)


def index_lines(conformance: Conformance) -> list[str]:
    paths = sorted(conformance.library.path.glob("**/*.cdxj"))
    return [line for path in paths for line in path.read_text().splitlines()]


@each_shape
def test_the_log_says_what_became_of_it(conformance: Conformance, shape: Shape) -> None:
    (row,) = conformance.rows("crawl_log", url_of(shape))
    wanted = "fetched" if shape.status == 200 else f"error:http_{shape.status}"
    cut = {"time": "error:timeout", "length": "too_large", "unspecified": "error:protocol"}
    if shape.truncated:
        wanted = cut.get(shape.truncated, "error:disconnect")
    if shape.name == "redirect to nowhere":
        wanted = "error:bad_redirect"
    assert row["outcome"] == wanted
    assert row["warc_record_id"] == captured(conformance, shape).warc_record_id
    assert row["verdict"] == shape.verdict
    if shape.problem:
        assert "coding" in row["detail"]


def test_text_is_that_of_the_page_and_of_nothing_that_was_cut(conformance: Conformance) -> None:
    by_url = {row["url"]: row for row in conformance.library.articles()}
    for shape in CRAWLED:
        assert (url_of(shape) in by_url) == (shape.verdict == "article"), shape.name
        if shape.verdict == "article":
            assert by_url[url_of(shape)]["article_body"].count("on the quay") == 9, shape.name


def test_what_failed_in_passing_is_tried_again_and_each_try_is_kept(
    conformance: Conformance,
) -> None:
    for shape in CRAWLED:
        tries = conformance.crawls[0].of(shape.path)
        assert len(tries) == (2 if shape.truncated in ("time", "disconnect") else 1), shape.name
        assert len({one.fetch_time for one in tries}) == len(tries)
        assert len({block(one) for one in tries}) == 1
        assert [one.details.get("retry") for one in tries] == [None, 1][: len(tries)]


def test_a_busy_server_is_asked_again_and_both_answers_are_kept(conformance: Conformance) -> None:
    first, second = conformance.crawls[0].of("/flaky")
    assert (first.status, second.status) == (503, 200)
    assert first.fetch_time < second.fetch_time
    assert second.details["retry"] == 1


def test_ten_redirects_are_eleven_exchanges(conformance: Conformance) -> None:
    log = {row["url"]: row for row in conformance.library.crawl_log()}
    moments = []
    for number in range(11):
        (capture,) = conformance.crawls[0].of(f"/hop/{number}")
        row = log[capture.url]
        moments.append(capture.fetch_time)
        assert row["warc_record_id"] == capture.warc_record_id
        if number:
            assert capture.discovery is not None
            assert capture.discovery.via == row["discovered_via"]
            assert row["discovered_via"] == f"http://wire.example/hop/{number - 1}"
        if number < 10:
            assert (row["outcome"], row["fetch_status"]) == ("redirected", 302)
            assert row["detail"] == f"to http://wire.example/hop/{number + 1}"
            (index,) = conformance.rows("captures", capture.url)
            assert index["fetch_redirect"] == f"http://wire.example/hop/{number + 1}"
    assert moments == sorted(set(moments))
    assert log["http://wire.example/hop/10"]["verdict"] == "article"


def test_a_loop_ends_and_each_turn_has_its_own_record(conformance: Conformance) -> None:
    captures = conformance.crawls[0].of("/loop")
    rows = conformance.rows("crawl_log", "http://wire.example/loop")
    assert len(captures) == 21
    assert [row["outcome"] for row in rows] == [*["redirected"] * 20, "error:redirects"]
    followed = [row["warc_record_id"] for row in rows[:-1]]
    assert followed == [one.warc_record_id for one in captures[:-1]]


def test_a_redirect_may_change_the_scheme(conformance: Conformance) -> None:
    (landed,) = conformance.crawls[0].of("/landed")
    (row,) = conformance.rows("crawl_log", "https://tls.example/landed")
    assert (landed.url, row["outcome"]) == ("https://tls.example/landed", "fetched")
    assert row["warc_record_id"] == landed.warc_record_id
