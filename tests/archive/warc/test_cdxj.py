"""CDXJ: lines as other tools write them, sorted by their bytes, whatever servers declare."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Capture, CdxEntry, Original
from archive.warc import cdxj
from archive.warc.captures import records_of, write_capture
from archive.warc.records import Located, digest, make_record, new_record_id

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
MakeCapture = Callable[..., Capture]

entries = st.builds(
    CdxEntry,
    urlkey=st.from_regex(r"com,[a-z]{1,8}\)/[!-~]{0,20}", fullmatch=True),
    timestamp=st.from_regex(r"20[0-9]{12}", fullmatch=True),
    url=st.text(max_size=30),
    mime=st.sampled_from(["text/html", "warc/revisit", "unk"]),
    status=st.none() | st.integers(100, 999),
    digest=st.binary(max_size=3).map(digest),
    length=st.integers(0, 2**40),
    offset=st.integers(0, 2**40),
    filename=st.text(max_size=20),
)


def entry_of(capture: Capture) -> CdxEntry:
    entry = cdxj.entry_of(Located(records_of(capture)[0], 70, 300), "warc/a.warc.gz")
    assert entry is not None
    return entry


@settings(deadline=None, max_examples=50)
@given(entries)
def test_an_entry_survives_its_line(entry: CdxEntry):
    line = cdxj.to_line(entry)
    assert line.isascii()
    assert line.isprintable()
    assert cdxj.from_line(line + "\n") == entry


@settings(deadline=None, max_examples=50)
@given(st.lists(entries))
def test_an_index_is_sorted_by_its_bytes(several: list[CdxEntry]):
    data = cdxj.index_bytes(several)
    lines = data.splitlines(keepends=True)
    assert lines == sorted(lines)
    assert len(lines) == len(several)
    assert sorted(cdxj.read_index(data), key=repr) == sorted(several, key=repr)


def test_the_order_is_not_that_of_any_language(make_capture: MakeCapture):
    urls = [
        "https://a.example/Z",
        "https://a.example/a-b",
        "https://a.example/a",
        "https://b.example/",
    ]
    data = cdxj.index_bytes(entry_of(make_capture(url=url)) for url in urls)
    keys = [line.split(b" ")[0] for line in data.splitlines()]
    assert keys == [b"example,a)/a", b"example,a)/a-b", b"example,a)/z", b"example,b)/"]


def test_a_response_has_one_line_and_the_rest_none(make_capture: MakeCapture):
    found = [cdxj.entry_of(Located(record, 0, 1), "a") for record in records_of(make_capture())]
    assert [entry is not None for entry in found] == [True, False, False]
    info = make_record("warcinfo", MOMENT, b"")
    assert cdxj.entry_of(Located(info, 0, 1), "a") is None


def test_a_line_tells_where_and_what(make_capture: MakeCapture):
    capture = make_capture(7)
    line = cdxj.to_line(entry_of(capture))
    key, timestamp, rest = line.split(" ", 2)
    assert (key, timestamp) == ("example,review)/issue/7", "20261105093022")
    assert json.loads(rest) == {
        "url": "https://review.example/issue/7",
        "mime": "text/html",
        "status": "200",
        "digest": digest(capture.payload),
        "length": "300",
        "offset": "70",
        "filename": "warc/a.warc.gz",
    }


def test_the_time_is_utc_without_fractions(make_capture: MakeCapture):
    moment = datetime(2026, 11, 5, 0, 0, 59, 999999, tzinfo=timezone(timedelta(hours=13)))
    assert entry_of(make_capture(fetch_time=moment)).timestamp == "20261104110059"


@pytest.mark.parametrize(
    ("declared", "mime"),
    [
        (b"Text/HTML; charset=x", "text/html"),
        (b"text/html\x01\x1b[31m", "unk"),
        (b"text/html \x00x", "unk"),
        (b"text/ html", "unk"),
        (b"t\xe9xt/html", "unk"),
        (b'text/"html"', 'text/"html"'),
        (b"", "unk"),
        (b";", "unk"),
    ],
)
def test_a_declared_type_cannot_break_the_line(
    make_capture: MakeCapture, declared: bytes, mime: str
):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\n\r\n" % declared
    entry = entry_of(make_capture(head=head))
    assert entry.mime == mime
    assert cdxj.from_line(cdxj.to_line(entry)) == entry


@pytest.mark.parametrize("first", [b"junk", b"HTTP/1.1 2000 OK", b""])
def test_a_status_that_is_no_number_is_left_out(make_capture: MakeCapture, first: bytes):
    entry = entry_of(make_capture(head=first + b"\r\n\r\n"))
    assert entry.status is None
    assert '"status"' not in cdxj.to_line(entry)


def test_a_revisit_has_the_digest_of_its_original(make_capture: MakeCapture):
    original = Original(
        profile="server-not-modified",
        warc_record_id=new_record_id(),
        url="https://review.example/issue/0",
        fetch_time=MOMENT,
        payload_digest=digest(b"original"),
    )
    head = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    entry = entry_of(make_capture(head=head, body=b"", original=original))
    assert (entry.mime, entry.status, entry.digest) == ("warc/revisit", 304, digest(b"original"))


@pytest.mark.parametrize("line", ["", "a", "a 2026", "a 2026 {", 'a 2026 {"url": "x"}'])
def test_what_is_no_line_is_refused(line: str):
    with pytest.raises((ValueError, KeyError)):
        cdxj.from_line(line)


def test_it_equals_what_cdxj_indexer_writes(make_capture: MakeCapture, tmp_path: Path):
    indexer = Path(os.environ.get("BACKISSUE_PYWB", "/nonexistent")) / "bin" / "cdxj-indexer"
    if not indexer.exists():
        pytest.skip("BACKISSUE_PYWB names no environment with cdxj-indexer")
    original = Original(
        profile="identical-payload-digest",
        warc_record_id=new_record_id(),
        url="https://review.example/issue/1",
        fetch_time=MOMENT,
        payload_digest=digest(b"original"),
    )
    coded = gzip.compress(b"<p>x")
    several = [
        make_capture(1),
        make_capture(1, fetch_time=MOMENT + timedelta(hours=1)),
        make_capture(2, url="https://Review.example:443/B%C3%A9?z=1&a=2"),
        make_capture(3, url="http://www.review.example/é", head=b"HTTP/1.1 404 No\r\n\r\n"),
        make_capture(4, head=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", body=coded),
        make_capture(5, head=b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", body=b""),
        make_capture(6, body=b"", original=original),
    ]
    path = tmp_path / "a.warc.gz"
    ours = []
    with path.open("wb") as stream:
        for capture in several:
            at = write_capture(stream, capture)
            found = cdxj.entry_of(Located(records_of(capture)[0], at.offset, at.length), path.name)
            ours.append(found)
    command = [str(indexer), "--sort", "--records", "response,revisit", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path)
    theirs = [cdxj.from_line(line) for line in io.StringIO(done.stdout.decode())]
    mine = list(cdxj.read_index(cdxj.index_bytes(entry for entry in ours if entry)))
    assert mine == theirs
    assert cdxj.index_bytes(mine) == done.stdout
