"""Captures as WARC records and back, read by us and by others."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.errors import CorruptRecord
from archive.types import Capture, Discovery, Original
from archive.warc.captures import (
    capture_of,
    read_capture,
    read_captures,
    read_groups,
    records_of,
    write_capture,
)
from archive.warc.records import digest, from_bytes, make_record, new_record_id, record_member
from archive.web.http import split_message

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
MakeCapture = Callable[..., Capture]

moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(max_size=40)
uris = st.from_regex(r"https?://[a-z]{1,9}\.example/[!-~]{0,40}", fullmatch=True) | st.just(
    "https://bücher.example/審査?ü=\U0001f6a2"
)
ids = st.uuids().map(lambda number: f"urn:uuid:{number}")
digests = st.binary(max_size=9).map(digest)
discoveries = st.none() | st.builds(
    Discovery,
    source=st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
    by=st.sampled_from(["feed", "sitemap", "section", "link", "user", "robots", "redirect"]),
    via=st.none() | uris,
    announced=st.none() | moments,
    modified=st.none() | moments,
    title=st.none() | texts | st.just("Über Zürich — 審査 \ud800"),
)
originals = st.builds(
    Original,
    profile=st.sampled_from(["server-not-modified", "identical-payload-digest"]),
    warc_record_id=ids,
    url=uris,
    fetch_time=moments,
    payload_digest=digests,
)
field_lines = st.binary(max_size=40).map(lambda line: line.translate(None, b"\r\n"))
heads = st.builds(
    lambda first, lines, newline: newline.join([first, *filter(None, lines), b"", b""]),
    st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.0 999", b"HTTP/1.1 304 Pas modifi\xe9", b"junk"]),
    st.lists(
        field_lines | st.sampled_from([b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"]),
        max_size=5,
    ),
    st.sampled_from([b"\r\n", b"\n"]),
)
bodies = st.binary(max_size=300) | st.just(b"5;x=y\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n")
captures = st.builds(
    Capture,
    url=uris,
    fetch_time=moments,
    request=st.binary(max_size=80),
    head=heads,
    body=bodies,
    warc_record_id=ids,
    run_id=st.text(max_size=10),
    ip_address=st.sampled_from([None, "192.0.2.7", "2001:db8::1"]),
    truncated=st.sampled_from([None, "length", "time", "disconnect", "unspecified"]),
    discovery=discoveries,
    details=st.dictionaries(
        st.sampled_from(["latency_ms", "interim_bytes", "redactions"]),
        st.integers(0, 2**40) | st.text(max_size=5) | st.lists(st.integers(), max_size=2),
    ),
    role=st.sampled_from([None, "page", "listing", "robots", "requisite"]),
    part_of=st.none() | st.text(max_size=5),
    part=st.none() | st.integers(0, 50),
    tdm_reservation=st.sampled_from([None, True, False]),
) | st.builds(
    Capture,
    url=uris,
    fetch_time=moments,
    request=st.binary(max_size=80),
    head=heads,
    body=st.just(b""),
    warc_record_id=ids,
    original=originals,
    discovery=discoveries,
)


def written(*captures: Capture) -> io.BytesIO:
    stream = io.BytesIO()
    for capture in captures:
        write_capture(stream, capture)
    return stream


# There and back


@settings(deadline=None, max_examples=200)
@given(captures)
def test_a_capture_survives_the_warc(capture: Capture):
    assert list(read_captures(written(capture))) == [capture]


@settings(deadline=None, max_examples=40)
@given(st.lists(captures, max_size=4, unique_by=lambda capture: capture.warc_record_id))
def test_captures_stay_apart_and_in_order(several: list[Capture]):
    assert list(read_captures(written(*several))) == several


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nCut",
        b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_head_that_was_cut_short_stays_a_head(make_capture: MakeCapture, head: bytes):
    capture = make_capture(head=head, body=b"", truncated="disconnect")
    assert read_capture(written(capture), 0) == capture


def test_the_block_is_what_came_over_the_wire(make_capture: MakeCapture):
    head = b"HTTP/1.1 200 Tr\xe8s bien\nX-A:1\n x-a:  2 \nno colon\n\n"
    body = b"5;ext=1\r\nhello\r\n0\r\n\r\n"
    first = records_of(make_capture(head=head, body=body))[0]
    assert first.block == head + body
    assert split_message(first.block) == (head, body)


# What the records say


def test_response_request_and_metadata_belong_together(make_capture: MakeCapture):
    info = new_record_id()
    capture = make_capture(ip_address="192.0.2.7")
    first, request, metadata = records_of(capture, info)
    assert [r.type for r in (first, request, metadata)] == ["response", "request", "metadata"]
    assert {r.get("WARC-Target-URI") for r in (first, request, metadata)} == {capture.url}
    assert {r.get("WARC-Date") for r in (first, request, metadata)} == {
        "2026-11-05T09:30:15.123456Z"
    }
    assert {r.get("WARC-Warcinfo-ID") for r in (first, request, metadata)} == {f"<{info}>"}
    assert first.id == capture.warc_record_id
    assert first.get("WARC-Concurrent-To") is None
    assert request.get("WARC-Concurrent-To") == f"<{first.id}>"
    assert metadata.get("WARC-Concurrent-To") == f"<{first.id}>"
    assert first.get("WARC-IP-Address") == "192.0.2.7"


def test_metadata_is_a_field_of_json_that_people_can_read(make_capture: MakeCapture):
    discovery = Discovery(source="review", by="feed", announced=MOMENT, title="Über 審査", words=7)
    about = records_of(make_capture(discovery=discovery))[-1]
    assert about.get("Content-Type") == "application/warc-fields"
    assert "Über 審査" in about.block.decode()
    assert about.block.endswith(b"}\r\n")
    assert about.block.count(b"\n") == 1
    assert json.loads(about.block.removeprefix(b"backissue: ")) == {
        "format": 1,
        "run_id": "run-1",
        "latency_ms": 12,
        "source": "review",
        "discovered_by": "feed",
        "discovered_via": None,
        "date_announced": "2026-11-05T09:30:15.123456Z",
        "date_modified_announced": None,
        "title_announced": "Über 審査",
        "words_announced": 7,
    }


def test_the_payload_digest_is_taken_without_the_chunks(make_capture: MakeCapture):
    coded = gzip.compress(b"<p>An essay.")
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    body = b"%x;a\r\n%b\r\n0\r\nExpires: 0\r\n\r\n" % (len(coded), coded)
    first = records_of(make_capture(head=head, body=body))[0]
    assert first.get("WARC-Payload-Digest") == digest(coded)
    assert first.get("WARC-Block-Digest") == digest(head + body)
    assert first.get("WARC-Identified-Payload-Type") == "text/html"


def test_an_empty_body_has_the_digest_of_nothing_and_no_type(make_capture: MakeCapture):
    first = records_of(make_capture(body=b""))[0]
    assert first.get("WARC-Payload-Digest") == digest(b"")
    assert first.get("WARC-Identified-Payload-Type") is None


@pytest.mark.parametrize(
    ("profile", "truncated"),
    [("server-not-modified", None), ("identical-payload-digest", "length")],
)
def test_a_revisit_names_its_original(
    make_capture: MakeCapture, profile: str, truncated: str | None
):
    original = Original(
        profile=profile,  # type: ignore[arg-type]
        warc_record_id=new_record_id(),
        url="https://review.example/issue/0",
        fetch_time=MOMENT,
        payload_digest=digest(b"x"),
    )
    first = records_of(make_capture(body=b"", original=original))[0]
    assert first.type == "revisit"
    assert first.get("WARC-Profile") == f"http://netpreserve.org/warc/1.1/revisit/{profile}"
    assert first.get("WARC-Refers-To") == f"<{original.warc_record_id}>"
    assert first.get("WARC-Refers-To-Target-URI") == original.url
    assert first.get("WARC-Refers-To-Date") == "2026-11-05T09:30:15.123456Z"
    assert first.get("WARC-Payload-Digest") == original.payload_digest
    assert first.get("WARC-Truncated") == truncated


@pytest.mark.parametrize("field", ["url", "ip_address"])
def test_line_ends_cannot_add_fields(make_capture: MakeCapture, field: str):
    capture = make_capture(**{field: "x\r\nWARC-Truncated: time"})
    with pytest.raises(ValueError, match="control character"):
        records_of(capture)


hostile_text = st.text(
    st.sampled_from("aé\u2028\x85 \t\r\n\0\x1f\x7f:<>\ud800") | st.characters(), max_size=12
) | st.sampled_from(["x\r\nWARC-Truncated: time", "\r\n\r\nWARC/1.1", " outer", "a\nb", ""])


@settings(deadline=None, max_examples=300)
@given(hostile_text, hostile_text, hostile_text, hostile_text, hostile_text)
def test_whatever_the_values_a_record_has_the_fields_that_were_written_or_is_none(
    tail: str, address: str, title: str, run: str, detail: str
):
    capture = Capture(
        url=f"http://review.example/{tail}",
        fetch_time=MOMENT,
        request=b"",
        head=b"HTTP/1.1 200 OK\r\n\r\n",
        body=b"x",
        warc_record_id=new_record_id(),
        run_id=run,
        ip_address=address,
        discovery=Discovery(source=detail, by="feed", via=title, title=title),
        details={"redacted": detail},
        part_of=detail,
    )
    try:
        records = records_of(capture)
    except ValueError:
        assert any(not text.isprintable() or text != text.strip() for text in (tail, address))
        return
    for record in records:
        assert from_bytes(gzip.decompress(record_member(record))) == record
    assert [record.type for record in records] == ["response", "metadata"]
    assert read_capture(written(capture), 0) == capture


NOTED = (
    b'backissue: {"date_announced": null, "date_modified_announced": null, "discovered_by": "link", '
    b'"discovered_via": null, "format": 1, "latency_ms": 7, "part": 2, '
    b'"part_of": "https://review.example/a", "role": "page", "run_id": "run-1", '
    b'"source": "review", "tdm_reservation": false, "title_announced": null}\r\n'
)
SPARSE = b'backissue: {"format": 1, "latency_ms": 7, "run_id": "run-1"}\r\n'
PART: dict[str, Any] = {
    "role": "page",
    "part_of": "https://review.example/a",
    "part": 2,
    "tdm_reservation": False,
}


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        (NOTED, PART | {"discovery": Discovery(source="review", by="link")}),
        (SPARSE, dict.fromkeys(PART) | {"discovery": None}),
    ],
    ids=["with all", "with none"],
)
def test_role_part_and_reservation_are_fields_of_the_capture(
    make_capture: MakeCapture, block: bytes, fields: dict[str, Any]
):
    capture = make_capture(run_id="run-1", details={"latency_ms": 7}, **fields)
    *others, metadata = records_of(capture)
    assert metadata.block == block
    assert capture_of([*others, replace(metadata, block=block)]) == capture


def test_a_value_of_another_type_stays_in_the_details(make_capture: MakeCapture):
    strange = {"role": 1, "part_of": ["x"], "part": True, "tdm_reservation": "yes"}
    capture = make_capture(details=strange)
    found = read_capture(written(capture), 0)
    assert found == capture
    assert (found.details, found.role, found.part) == (strange, None, None)


def test_line_ends_in_a_title_stay_in_the_title(make_capture: MakeCapture):
    title = "x\r\n\r\nWARC/1.1\r\n\0"
    capture = make_capture(discovery=Discovery(source="review", by="feed", title=title))
    found = read_capture(written(capture), 0)
    assert found.discovery is not None
    assert found.discovery.title == title


# Reading at a place


def test_a_pointer_leads_to_the_record_of_its_url(make_capture: MakeCapture, tmp_path: Path):
    path = tmp_path / "a.warc.gz"
    several = [make_capture(number) for number in range(5)]
    with path.open("wb") as stream:
        pointers = [write_capture(stream, capture) for capture in several]
    data = path.read_bytes()
    for capture, pointer in zip(several, pointers, strict=True):
        assert pointer.filename == str(path)
        member = data[pointer.offset : pointer.offset + pointer.length]
        record = from_bytes(gzip.decompress(member))
        assert record.get("WARC-Target-URI") == capture.url
        with path.open("rb") as stream:
            assert read_capture(stream, pointer.offset) == capture


def test_groups_of_a_span_are_those_that_begin_in_it(make_capture: MakeCapture):
    several = [make_capture(number) for number in range(4)]
    stream = io.BytesIO()
    starts = [write_capture(stream, capture).offset for capture in several]
    ends = [*starts[1:], stream.tell()]

    def urls(start: int, end: int | None) -> list[str | None]:
        return [g[0].record.get("WARC-Target-URI") for g in read_groups(stream, start, end)]

    wanted = [capture.url for capture in several]
    for i, start in enumerate(starts):
        assert urls(start, None) == wanted[i:]
        for j, end in enumerate(ends):
            assert urls(start, end) == wanted[i : j + 1]
    assert [len(group) for group in read_groups(stream, starts[1], ends[2])] == [3, 3]
    assert urls(ends[-1], None) == []


def test_other_records_are_groups_of_their_own(make_capture: MakeCapture):
    info = make_record("warcinfo", MOMENT, b"software: x\r\n")
    stream = io.BytesIO(record_member(info))
    stream.seek(0, io.SEEK_END)
    capture = make_capture()
    write_capture(stream, capture)
    assert [len(group) for group in read_groups(stream)] == [1, 3]
    assert list(read_captures(stream)) == [capture]


def test_what_is_half_written_behind_a_capture_does_not_disturb_it(make_capture: MakeCapture):
    first, second = make_capture(1), make_capture(2)
    whole = written(first).getvalue()
    torn = written(second).getvalue()[:-300]
    for length in (1, 20, len(torn)):
        assert read_capture(io.BytesIO(whole + torn[:length]), 0) == first


def test_no_other_capture_is_served_for_a_wrong_offset(make_capture: MakeCapture):
    first, second = make_capture(1), make_capture(2)
    stream = written(first, second)
    members = [record_member(record) for record in records_of(first)]
    for offset in (len(members[0]), len(members[0] + members[1]), 1, stream.tell(), 10**9):
        with pytest.raises(CorruptRecord):
            read_capture(stream, offset)


def test_a_capture_may_lack_request_and_metadata(make_capture: MakeCapture):
    capture = make_capture()
    alone = capture_of(records_of(capture)[:1])
    assert alone == replace(capture, request=b"", run_id="", discovery=None, details={})
    stream = io.BytesIO(record_member(records_of(capture)[0]))
    assert read_capture(stream, 0) == alone


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/warc-fields", b"fetchTimeMs: 12\r\n"),
        ("application/json", b"[1, 2]"),
        ("application/json", b'{"source": "crawler", "ip": "192.0.2.7"}'),
    ],
)
def test_metadata_of_other_tools_is_left_alone(make_capture: MakeCapture, kind: str, body: bytes):
    capture = make_capture()
    fields = [("WARC-Concurrent-To", f"<{capture.warc_record_id}>"), ("Content-Type", kind)]
    records = [records_of(capture)[0], make_record("metadata", MOMENT, body, fields)]
    assert capture_of(records).discovery is None


# Other readers


def test_warcio_and_fastwarc_read_what_we_write(make_capture: MakeCapture):
    coded = gzip.compress(b"<p>Coded.")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    several = [
        make_capture(1),
        make_capture(2, head=head, body=b"3\r\nabc\r\n0\r\n\r\n"),
        make_capture(
            3,
            head=head.replace(b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"),
            body=coded,
        ),
        make_capture(4, body=b"cut", truncated="disconnect"),
    ]
    stream = written(*several)
    stream.seek(0)
    theirs = []
    for record in ArchiveIterator(stream):
        if record.rec_type == "response":  # its digest check takes the chunks for payload
            payload = record.content_stream().read()
            theirs.append((record.rec_headers["WARC-Target-URI"], payload))
    wanted = [b"<p>Essay number 1.", b"abc", b"<p>Coded.", b"cut"]
    assert theirs == [(c.url, payload) for c, payload in zip(several, wanted, strict=True)]
    stream.seek(0)
    fast = [
        (record.headers["WARC-Target-URI"], record.verify_block_digest())
        for record in FastIterator(stream, parse_http=False, record_types=WarcRecordType.response)
    ]
    assert fast == [(capture.url, True) for capture in several]
    stream.seek(0)
    statuses = [
        record.http_headers.status_code
        for record in FastIterator(stream, record_types=WarcRecordType.response)
    ]
    assert statuses == [200] * 4
