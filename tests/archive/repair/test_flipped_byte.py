"""A gzip member with one wrong byte becomes the member that it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.repair.flipped_byte import record_in, without_flip
from archive.warc.gzip import gzip_member
from archive.warc.records import make_record, record_bytes, record_member

MOMENT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
RECORD = make_record(
    "metadata",
    MOMENT,
    b'backissue: {"discovered_by": "feed", "latency_ms": 41, "role": "page"}\r\n',
    [("WARC-Target-URI", "https://review.example/2026/11/on-ferries/")],
)
MEMBER = record_member(RECORD)


def changed(at: int, mask: int) -> bytes:
    return MEMBER[:at] + bytes([MEMBER[at] ^ mask]) + MEMBER[at + 1 :]


@pytest.mark.parametrize("mask", [1, 128, 0xA5])
def test_a_wrong_byte_is_found_wherever_it_is(mask: int):
    step = 1 if mask == 1 else 29
    for at in range(0, len(MEMBER), step):
        assert without_flip(changed(at, mask), (MEMBER[8:10],)) == MEMBER, at


def test_two_wrong_bytes_are_not():
    hurt = bytearray(MEMBER)
    hurt[40] ^= 1
    hurt[90] ^= 1
    assert without_flip(bytes(hurt)) is None


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", bytes(40), MEMBER[:-1], MEMBER + b"x"])
def test_what_is_no_whole_member_is_not_mended(data: bytes):
    assert without_flip(data) is None


def test_a_whole_member_is_read_and_nothing_else_is():
    assert record_in(MEMBER) == RECORD
    assert record_in(MEMBER + MEMBER) is None
    assert record_in(gzip_member(record_bytes(RECORD).replace(b"feed", b"mail"))) is None
