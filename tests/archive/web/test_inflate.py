"""One whole gzip member, and what is none: a second way to the same content."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.http import decode_content
from archive.web.inflate import whole_member

LIMIT = 2**20
MEMBER = gzip.compress(b"a page of words " * 500, mtime=0)


def test_a_whole_member_is_read() -> None:
    assert whole_member(MEMBER, LIMIT) == b"a page of words " * 500


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MEMBER[:-1],
        MEMBER[:20],
        MEMBER + b"more",
        MEMBER + MEMBER,
        MEMBER[:-8] + bytes(8),
        zlib.compress(b"no gzip"),
        b"plain text",
    ],
)
def test_what_is_no_whole_member_is_left_to_the_other_way(data: bytes) -> None:
    assert whole_member(data, LIMIT) is None


def test_no_more_is_made_than_the_limit() -> None:
    bomb = gzip.compress(bytes(LIMIT + 1), mtime=0)
    assert whole_member(bomb, LIMIT) is None
    assert decode_content(bomb, ("gzip",), LIMIT).error == "too_large"


@given(
    st.binary(max_size=2000),
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=2),
)
def test_both_ways_agree_on_damaged_members(
    content: bytes, level: int, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(gzip.compress(content, level, mtime=0))
    for at, value in changes:
        data[at % len(data)] = value
    inflater = zlib.decompressobj(wbits=31)
    try:
        wanted = inflater.decompress(bytes(data))
        whole = inflater.eof and not inflater.unused_data
    except zlib.error:
        whole = False
    found = whole_member(bytes(data), LIMIT)
    assert found is None or (whole and found == wanted)
