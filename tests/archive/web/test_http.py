"""HTTP messages: heads, chunks and content codings, as good and as bad as servers send them."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive.web.http import (
    MAX_CONTENT,
    Content,
    chunks,
    dechunk,
    decode_content,
    parse_head,
    split_message,
    undo_transfer,
)

MIB = 2**20
TEXT = b"The review appears monthly. " * 400


def raw_deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


CODERS = {
    "gzip": [gzip.compress],
    "x-gzip": [gzip.compress],
    "deflate": [zlib.compress, raw_deflate],
    "br": [brotli.compress],
    "zstd": [zstd],
}
WAYS = [(coding, coder) for coding, coders in CODERS.items() for coder in coders]


def chunked(pieces: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# Heads


def test_a_head_gives_status_and_fields_in_order():
    head = parse_head(b"HTTP/1.1 404 Not  Found\r\nB: 2\r\na:1\r\nB:  3 \r\n\r\n")
    assert (head.version, head.status, head.reason) == ("1.1", 404, "Not  Found")
    assert head.fields == (("B", "2"), ("a", "1"), ("B", "3"))
    assert head.get_all("b") == ["2", "3"]
    assert head.get("A") == "1"
    assert head.get("c") is None


@pytest.mark.parametrize(
    ("line", "version", "status", "reason"),
    [
        (b"HTTP/1.0 200", "1.0", 200, ""),
        (b"HTTP/1.1 200 ", "1.1", 200, ""),
        (b"HTTP/2 200 OK", "2", 200, "OK"),
        (b"HTTP/1.1\t200  OK", "1.1", 200, "OK"),
        (b"http/1.1 200 ok", "1.1", 200, "ok"),
        (b"HTTP 200 OK", None, 200, "OK"),
        (b"HTTP/1.1 999 Who?", "1.1", 999, "Who?"),
        (b"HTTP/1.1 200 d\xe9j\xe0", "1.1", 200, "déjà"),
        (b"HTTP/1.1 2000 OK", None, None, ""),
        (b"HTTP/1.1 20 OK", None, None, ""),
        (b"HTTP/1.1 OK", None, None, ""),
        (b"HTTP/1.1 -20 OK", None, None, ""),
        (b"SSH-2.0-server", None, None, ""),
        (b"", None, None, ""),
    ],
)
def test_status_lines_as_servers_send_them(line, version, status, reason):
    head = parse_head(line + b"\r\nA: b\r\n\r\n")
    assert (head.version, head.status, head.reason) == (version, status, reason)
    if line:
        assert head.fields == (("A", "b"),)


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        (b"A: b\nC: d\n", (("A", "b"), ("C", "d"))),
        (b"A: b\r\n c\r\n\td\r\nE: f\r\n", (("A", "b c d"), ("E", "f"))),
        (b"A : b\r\n", (("A", "b"),)),
        (b"no colon\r\nA: b\r\n", (("A", "b"),)),
        (b": nameless\r\nA: b\r\n", (("A", "b"),)),
        (b"A:\r\n", (("A", ""),)),
        (b"A: b:c\r\n", (("A", "b:c"),)),
        (b"A: caf\xc3\xa9\r\n", (("A", "caf\xc3\xa9"),)),
        (b"A: b\rc\0d\r\n", (("A", "b c d"),)),
        (b"A: b\r\n\r\nC: d\r\n", (("A", "b"),)),
    ],
)
def test_field_lines_as_servers_send_them(lines, fields):
    assert parse_head(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n").fields == fields


@pytest.mark.parametrize(
    ("message", "head"),
    [
        (b"H\r\nA: b\r\n\r\nbody\r\n\r\nmore", b"H\r\nA: b\r\n\r\n"),
        (b"H\nA: b\n\nbody", b"H\nA: b\n\n"),
        (b"H\nA: b\n\r\nbody", b"H\nA: b\n\r\n"),
        (b"H\r\n\r\n", b"H\r\n\r\n"),
        (b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody", b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        (b"no end\r\n", b"no end\r\n"),
        (b"", b""),
    ],
)
def test_a_message_splits_after_its_blank_line(message, head):
    assert split_message(message) == (head, message[len(head) :])


def test_blank_lines_before_the_status_line_are_skipped():
    assert parse_head(b"\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n").status == 200


@pytest.mark.parametrize(
    ("lines", "is_chunked"),
    [
        (b"Transfer-Encoding: chunked", True),
        (b"transfer-encoding: gzip, CHUNKED ", True),
        (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", True),
        (b"Transfer-Encoding: chunked, gzip", False),
        (b"Transfer-Encoding: xchunked", False),
        (b"Content-Length: 3", False),
    ],
)
def test_only_a_last_coding_of_chunks_frames_the_body(lines, is_chunked):
    assert parse_head(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n\r\n").is_chunked is is_chunked


@pytest.mark.parametrize(
    ("lines", "codings"),
    [
        (b"Content-Encoding: gzip", ("gzip",)),
        (b"Content-Encoding: GZIP , br", ("gzip", "br")),
        (b"Content-Encoding: gzip\r\ncontent-encoding: br", ("gzip", "br")),
        (b"Content-Encoding: identity", ()),
        (b"Content-Encoding:", ()),
        (b"A: b", ()),
    ],
)
def test_content_codings_come_in_the_order_of_their_application(lines, codings):
    assert parse_head(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n\r\n").content_codings == codings


@pytest.mark.parametrize(
    ("value", "media_type"),
    [
        (b"Text/HTML; charset=utf-8", "text/html"),
        (b"text/html", "text/html"),
        (b";x", None),
        (b"", None),
    ],
)
def test_the_media_type_has_no_parameters(value, media_type):
    assert parse_head(b"HTTP/1.1 200 OK\r\nContent-Type: " + value).media_type == media_type


# Chunks


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b'3;a=b;c="d;e"\r\nabc\r\n0;x\r\n\r\n', b"abc"),
        (b"3\r\nabc\r\n0\r\nDigest: x\r\nA: b\r\n\r\n", b"abc"),
        (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
        (b"003  \r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"0" * 40 + b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"3\nabc\n2\nde\n0\n\n", b"abcde"),
        (b"3\r\nabc2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"0\r\n\r\n", b""),
        (b"3\r\nabc\r\n0\r\n\r\nafter", b"abc"),
        (b"3\r\nabc\r\nzz\r\nde\r\n0\r\n\r\n", b"abc"),
        (b"3\r\nabc\r\n-2\r\nde\r\n0\r\n\r\n", b"abc"),
        (b"3\r\nabc\r\n\r\n0\r\n\r\n", b"abc"),
        (b"ffffffffffffffff\r\nabc", b"abc"),
        (b"7fffffffffffffff\r\nabc\r\n0\r\n\r\n", b"abc\r\n0\r\n\r\n"),
        (b"<html>not chunked", b"<html>not chunked"),
        (b"fffffffffffffffff\r\nabc", b"fffffffffffffffff\r\nabc"),
        (b"", b""),
    ],
)
def test_chunks_as_servers_send_them(body, payload):
    assert dechunk(body) == payload


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
def test_chunks_come_back_as_they_were_put_in(pieces):
    body = chunked(pieces)
    assert dechunk(body) == b"".join(pieces)
    if pieces:
        assert list(chunks(body)) == pieces


def test_a_cut_anywhere_leaves_what_came_before_it():
    pieces = [b"first", b"second one", b"x" * 20]
    body, payload = chunked(pieces), b"".join(pieces)
    for end in range(3, len(body)):
        got = dechunk(body[:end])
        assert payload.startswith(got)
        assert len(got) >= end - (len(body) - len(payload))


# Content codings


@pytest.mark.parametrize(("coding", "coder"), WAYS)
def test_every_coding_is_undone(coding, coder):
    for data in (b"", b"x", TEXT, random.Random(1).randbytes(300_000)):
        assert decode_content(coder(data), (coding,), MIB) == Content(data)


@given(data=st.binary(max_size=2000), ways=st.lists(st.sampled_from(WAYS), max_size=5))
def test_codings_are_undone_from_the_last_to_the_first(data, ways):
    coded = data
    for _, coder in ways:
        coded = coder(coded)
    assert decode_content(coded, tuple(coding for coding, _ in ways), MIB) == Content(data)


@pytest.mark.parametrize(("coding", "coder"), WAYS)
def test_a_cut_payload_gives_its_beginning(coding, coder):
    data = random.Random(2).randbytes(200_000)
    coded = coder(data)
    content = decode_content(coded[: len(coded) // 2], (coding,), MIB)
    assert content.error is None
    assert data.startswith(content.data)
    assert coding == "zstd" or len(content.data) > 90_000


@pytest.mark.parametrize("coding", list(CODERS))
def test_what_was_never_coded_stays_as_it_is(coding):
    page = b"<!DOCTYPE html><title>Not coded</title>"
    assert decode_content(page, (coding,), MIB) == Content(page, "bad_encoding")


@pytest.mark.parametrize(
    "codings", [("utf-8",), ("compress",), ("none",), ("gzip", "sdch"), ("gzip",) * 6]
)
def test_unknown_and_far_too_many_codings_leave_the_payload(codings):
    payload = gzip.compress(TEXT)
    assert decode_content(payload, codings, MIB) == Content(payload, "bad_encoding")


@pytest.mark.parametrize(
    ("payload", "codings"), [(b"", ()), (TEXT, ()), (b"", ("gzip",)), (b"", ("br", "zstd"))]
)
def test_without_codings_or_bytes_there_is_nothing_to_undo(payload, codings):
    assert decode_content(payload, codings, MIB) == Content(payload)


def test_what_follows_the_last_gzip_member_is_dropped():
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    for tail in (b"", b"\0" * 5000, b"<!-- cached -->", b"\x1f"):
        assert decode_content(two + tail, ("gzip",), MIB) == Content(b"one two")


def test_gzip_members_may_end_anywhere_in_the_payload():
    members = [random.Random(n).randbytes(n * 37 % 9000) for n in range(60)]
    coded = b"".join(gzip.compress(member, 1) for member in members)
    assert decode_content(coded, ("gzip",), MIB) == Content(b"".join(members))


def test_a_broken_payload_gives_what_came_before_the_fault():
    random_ = random.Random(3)
    data = b" ".join(b"%d" % random_.randrange(10**6) for _ in range(50_000))
    coded = gzip.compress(data)
    wrong_checksum = coded[:-8] + bytes(8)
    garbled = coded[: len(coded) // 2] + random_.randbytes(100_000)
    for payload, kept in ((wrong_checksum, len(data) - 4000), (garbled, len(data) // 3)):
        content = decode_content(payload, ("gzip",), MIB)
        assert content.error == "bad_encoding"
        assert content.data[:kept] == data[:kept]


@pytest.mark.parametrize("limit", [0, 1, 10, len(TEXT) - 1])
@pytest.mark.parametrize(("coding", "coder"), WAYS)
def test_the_limit_is_kept_to_the_byte(coding, coder, limit):
    assert decode_content(coder(TEXT), (coding,), limit) == Content(TEXT[:limit], "too_large")


@pytest.mark.parametrize(("coding", "coder"), WAYS)
def test_content_of_exactly_the_limit_is_whole(coding, coder):
    assert decode_content(coder(TEXT), (coding,), len(TEXT)) == Content(TEXT)


def bomb(coding: str) -> bytes:
    """A payload that holds 10 GiB (0.5 GiB for brotli, which knows no parts to repeat) of NUL."""
    piece = bytes(16 * MIB)
    if coding == "br":
        compressor = brotli.Compressor(quality=1)
        return b"".join(compressor.process(piece) for _ in range(32)) + compressor.finish()
    return {"gzip": gzip.compress, "zstd": zstd}[coding](piece) * 640


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_bomb_stays_within_memory(coding):
    payload = bomb(coding)
    tracemalloc.start()
    try:
        content = decode_content(payload, (coding,), 4 * MIB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert content == Content(bytes(4 * MIB), "too_large")
    assert peak < 16 * MIB


def test_a_bomb_in_a_bomb_stays_within_the_limit():
    payload = gzip.compress(gzip.compress(bytes(64 * MIB)))
    assert decode_content(payload, ("gzip", "gzip"), MIB) == Content(bytes(MIB), "too_large")


def test_a_zstd_window_beyond_what_the_web_allows_is_refused():
    parameters = zstandard.ZstdCompressionParameters(window_log=25, format=0)
    coded = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    payload = coded.compress(random.Random(4).randbytes(100)) + coded.flush()
    assert decode_content(payload, ("zstd",), MIB) == Content(payload, "bad_encoding")


@pytest.mark.timeout(30)
def test_time_grows_with_size_only():
    members = gzip.compress(b"") * 30_000
    assert decode_content(members, ("gzip",), MIB) == Content(b"")
    folded = b"HTTP/1.1 200 OK\r\nA: b\r\n" + b" c\r\n" * 200_000
    assert len(parse_head(folded).fields[0][1]) == 400_001
    assert len(dechunk(b"1\r\nx\r\n" * 200_000)) == 200_000
    assert split_message(b"\r" * 1_000_000)[1] == b""
    assert parse_head(b"HTTP/1.1 " + b" " * 1_000_000).status is None


# Whatever bytes come


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data):
    head, body = split_message(data)
    assert head + body == data
    parsed = parse_head(data)
    assert isinstance((parsed.is_chunked, parsed.content_codings, parsed.media_type), tuple)
    assert len(dechunk(data)) <= len(data)
    for coding in CODERS:
        assert decode_content(data, (coding,), 1000).error in (None, "bad_encoding", "too_large")


@pytest.mark.parametrize(("coding", "coder"), WAYS)
def test_no_damage_makes_a_decoder_fail(coding, coder):
    random_ = random.Random(5)
    for _ in range(150):
        coded = bytearray(coder(TEXT * 3))
        for _ in range(random_.randrange(1, 4)):
            coded[random_.randrange(len(coded))] = random_.randrange(256)
        content = decode_content(bytes(coded), (coding,), 10_000)
        assert len(content.data) <= max(10_000, len(coded))


@pytest.mark.parametrize(
    ("codings", "body", "payload"),
    [
        ("chunked", b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        ("identity", b"abc", b"abc"),
        ("gzip", gzip.compress(b"abc", mtime=0), b"abc"),
        ("deflate, CHUNKED", b"b\r\n" + zlib.compress(b"abc") + b"\r\n0\r\n\r\n", b"abc"),
        ("gzip, chunked", b"3\r\nabc\r\n0\r\n\r\n", b"abc"),  # a lie: what is there stands
        ("compress, chunked", b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        ("chunked, gzip", b"abc", b"abc"),
        ("", b"abc", b"abc"),
    ],
)
def test_transfer_codings_are_undone(codings: str, body: bytes, payload: bytes):
    head = parse_head(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {codings}\r\n\r\n".encode())
    assert undo_transfer(body, head) == payload


def test_a_transfer_coding_that_makes_too_much_stays():
    body = gzip.compress(bytes(MAX_CONTENT + 1))
    head = parse_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")
    assert undo_transfer(body, head) == body
