"""WARC records: bytes and back, one gzip member each, and nothing wrong passes as right."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import example, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.errors import CorruptRecord
from archive.warc.records import (
    Record,
    digest,
    from_bytes,
    make_record,
    new_record_id,
    read_record,
    record_bytes,
    record_member,
    warc_date,
)

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
URI = "https://review.example/d%C3%A9j%C3%A0?a=b:c&d=é"
BLOCK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nAn essay.\r\n\r\nWARC/1.1\r\n"

values = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"]),
    min_size=1,
    max_size=60,
).filter(lambda text: text == text.strip())


def response(block: bytes = BLOCK, uri: str = URI) -> Record:
    return make_record("response", MOMENT, block, [("WARC-Target-URI", uri)])


# There and back


@settings(deadline=None)
@given(uri=values, block=st.binary(max_size=2000))
@example(uri="a:b: c", block=b"\r\n\r\n")
@example(uri="x\x85y z", block=b"WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
def test_a_record_survives_its_bytes(uri: str, block: bytes):
    record = response(block, uri)
    assert from_bytes(record_bytes(record)) == record
    member = record_member(record)
    located = read_record(io.BytesIO(member), 0)
    assert located is not None
    assert (located.record, located.offset, located.length) == (record, 0, len(member))


def test_its_parts_have_names():
    record_id = new_record_id()
    fields = [("WARC-Record-ID", record_id), ("WARC-Truncated", None), ("WARC-Target-URI", URI)]
    record = make_record("response", MOMENT, BLOCK, fields)
    assert (record.type, record.id, record.date) == ("response", record_id, MOMENT)
    assert record.get("warc-target-uri") == URI
    assert record.get("WARC-Truncated") is None
    assert record.get("WARC-Block-Digest") == digest(BLOCK)


def test_a_digest_is_sha1_in_base32():
    assert digest(b"") == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


def test_equal_records_give_equal_members_without_name_or_time():
    record = response()
    assert record_member(record) == record_member(record)
    assert record_member(record)[4:8] == b"\0\0\0\0"
    assert not record_member(record)[3] & 0b1000  # FNAME
    assert gzip.decompress(record_member(record)) == record_bytes(record)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 5, 22, 30, 15, 123456, tzinfo=timezone(timedelta(hours=13))),
        datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC),
    ],
)
def test_a_date_is_utc_with_microseconds(moment: datetime):
    assert warc_date(moment) == "2026-11-05T09:30:15.123456Z"


@pytest.mark.parametrize("year", [1, 999, 9999])
def test_a_date_of_any_year_can_be_read_back(year: int):
    moment = datetime(year, 1, 1, tzinfo=UTC)
    assert datetime.fromisoformat(warc_date(moment)) == moment


# What may not be written


@pytest.mark.parametrize("bad", ["\r", "\n", "\0", "\t", "\x1b", "\x7f", "\r\nWARC-Type: x"])
def test_control_characters_in_a_field_are_refused(bad: str):
    with pytest.raises(ValueError, match="control character"):
        response(uri=f"https://review.example/{bad}x")


@pytest.mark.parametrize("uri", [" https://a.example/", "https://a.example/\u2003"])
def test_a_value_that_would_lose_its_outer_space_is_refused(uri: str):
    with pytest.raises(ValueError, match="space around"):
        response(uri=uri)


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ValueError, match="surrogates not allowed"):
        record_bytes(response(uri="https://a.example/\ud800"))


# What may not be read


def test_every_truncation_is_seen():
    member = record_member(response())
    assert read_record(io.BytesIO(b""), 0) is None
    for length in range(1, len(member)):
        with pytest.raises(CorruptRecord, match=r"cut short|no gzip member"):
            read_record(io.BytesIO(member[:length]), 0)


def test_no_flipped_byte_gives_another_record():
    record = response()
    member = record_member(record)
    unseen = set()
    for position in range(len(member)):
        for mask in (0x01, 0x10, 0x80, 0xFF):
            flipped = bytearray(member)
            flipped[position] ^= mask
            try:
                located = read_record(io.BytesIO(flipped), 0)
            except CorruptRecord:
                continue
            assert located is not None
            assert (located.record, located.length) == (record, len(member))
            unseen.add(position)
    header = {3, 4, 5, 6, 7, 8, 9}  # flags without meaning, MTIME, XFL, OS
    assert len(unseen - header) <= 2  # bits of deflate that no decoder looks at


@pytest.mark.parametrize(
    "length",
    ["0", "8", "10", "-9", "+9", "0x9", "9.0", "", " ", "٩", "9 9", "9" * 5000],
)
def test_a_wrong_content_length_is_corrupt(length: str):
    data = b"WARC/1.1\r\nWARC-Type: x\r\nContent-Length: %b\r\n\r\n123456789\r\n\r\n"
    assert from_bytes(data % b"9").block == b"123456789"
    with pytest.raises(CorruptRecord, match=r"Content-Length is|declared length"):
        from_bytes(data % length.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"WARC/1.1\r\n\r\n\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: 1\r\n\r\nab\r\n\r\n",
        b"WARC/1.1\r\nContent-Length: 1\r\n\r\na\r\n",
        b"WARC/1.1\r\nContent-Length: 1\r\n\r\na\r\n\r\nb",
        b"\xff\xfe" * 40,
    ],
)
def test_what_is_no_record_is_corrupt(data: bytes):
    with pytest.raises(CorruptRecord) as caught:
        from_bytes(data, "a.warc.gz", 7)
    assert (caught.value.path, caught.value.offset) == ("a.warc.gz", 7)


def test_corruption_names_file_and_offset(tmp_path: Path):
    path = tmp_path / "a.warc.gz"
    good = record_member(response())
    path.write_bytes(good + b"garbage " * 4)
    with path.open("rb") as stream, pytest.raises(CorruptRecord) as caught:
        read_record(stream, len(good))
    assert str(caught.value).startswith(f"{path} at byte {len(good)}: no gzip member")


# Members


@pytest.mark.parametrize("size", [0, 1, 2**14, 2**17, 2**20])
def test_members_of_any_size_stand_beside_each_other(size: int):
    noise = bytes(zlib.crc32(i.to_bytes(4)) & 255 for i in range(min(size, 2**14)))
    blocks = [noise * (size // len(noise)) if noise else b"", b"x", noise]
    members = [record_member(response(block)) for block in blocks]
    stream, at = io.BytesIO(b"".join(members)), 0
    for block, member in zip(blocks, members, strict=True):
        located = read_record(stream, at)
        assert located is not None
        assert located.record.block == block
        assert located.length == len(member)
        at += located.length
    assert read_record(stream, at) is None


# Other readers


@settings(deadline=None, max_examples=60)
@given(
    uri=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60),
    block=st.binary(max_size=500),
)
def test_warcio_and_fastwarc_read_the_same_fields(uri: str, block: bytes):
    record = make_record("resource", MOMENT, block, [("WARC-Target-URI", uri)])
    wanted = [*record.fields, ("Content-Length", str(len(block)))]
    member = record_member(record)
    (theirs,) = [
        (found.rec_headers.headers, found.content_stream().read())
        for found in ArchiveIterator(io.BytesIO(member), no_record_parse=True)
    ]
    assert theirs == (wanted, block)
    (fast,) = [
        (list(found.headers.items()), found.reader.read())
        for found in FastIterator(io.BytesIO(member), parse_http=False)
    ]
    assert fast == (wanted, block)
