from __future__ import annotations

import random
from itertools import pairwise

import httptools
import pytest

from archive.web.http import dechunk
from crawlers.wire import Settings
from crawlers.wire.reply import Reply
from crawlers.wire.request import compose

GET = compose("GET", "http://good.example/", [])
HEAD = compose("HEAD", "http://good.example/", [])
MESSAGES = [
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\nhello world",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil the end",
    b"HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 3\r\nConnection: close\r\n\r\nnot",
    b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
]  # fmt: skip
SCRAPS = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b":",
    b"0",
    b"9",
    b"f",
    b"\xff",
    b"chunked",
    b",",
    b"-1",
    b"\t",
]
SCRAPS += [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]


class Oracle:
    """What another parser makes of a message."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.body = b""
        self.done = False

    def on_headers_complete(self) -> None:
        if not self.done:
            self.status = self.parser.get_status_code()

    def on_body(self, data: bytes) -> None:
        if not self.done:
            self.body += data

    def on_message_complete(self) -> None:
        self.done = True

    def read(self, message: bytes) -> Oracle:
        self.parser = httptools.HttpResponseParser(self)
        try:
            self.parser.feed_data(message)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self.done:
                self.status = None
        return self


def mutated(rng: random.Random) -> bytes:
    message = bytearray(rng.choice(MESSAGES))
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(message) + 1)
        end = min(len(message), at + rng.choice([0, 0, 1, 4]))
        message[at:end] = rng.choice(
            [b"", rng.choice(SCRAPS), message[at : at + 12], rng.randbytes(1)]
        )
    return bytes(message)


def read(message: bytes, cuts: list[int], request=GET, settings=None) -> Reply:
    reply = Reply(request, settings or Settings())
    for start, end in pairwise([0, *cuts, len(message)]):
        if start < end:
            reply.feed(message[start:end])
    reply.end()
    assert reply.done
    return reply


def payload(reply: Reply) -> bytes:
    body = reply.message()[1]
    return dechunk(body) if reply.parsed.is_chunked else body


def test_mangled_messages_always_end_and_read_as_another_parser_reads_them():
    rng = random.Random(1923)
    compared, different = 0, []
    for _ in range(8000):
        message = mutated(rng)
        cuts = sorted(rng.randrange(len(message) + 1) for _ in range(rng.randint(0, 6)))
        reply, whole = read(message, cuts), read(message, [])
        assert (reply.truncated, reply.failure) == (whole.truncated, whole.failure), message
        head, body = reply.message()
        interim = message[: reply.interim]
        assert message.startswith(interim + head + body)
        if reply.truncated:
            continue
        assert (head, body) == whole.message()
        assert len(message) == len(interim + head + body) + reply.surplus
        other = Oracle().read(message)
        if other.status is not None and not interim:
            compared += 1
            if (other.status, other.body) != (reply.parsed.status, payload(reply)):
                different.append(message)
    assert compared > 2500
    assert not different


@pytest.mark.parametrize("message", MESSAGES)
def test_every_cut_gives_the_same_answer(message):
    expected = read(message, []).message()
    for cut in range(len(message)):
        assert read(message, [cut]).message() == expected
        assert read(message[:cut], []).truncated in (None, "disconnect")


def test_the_limit_of_heads_counts_interim_ones():
    endless = b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100
    reply = read(endless, list(range(0, len(endless), 7)), settings=Settings(max_head=500))
    assert reply.failure == "too_large"
    assert reply.interim <= 500


def test_a_body_that_came_whole_is_cut_at_the_limit_too():
    reply = read(MESSAGES[0], [], settings=Settings(max_body=5))
    assert (reply.message()[1], reply.truncated) == (b"hello", "length")


def test_a_head_answer_has_no_body_whatever_it_says():
    message = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n"
    reply = Reply(HEAD, Settings())
    reply.feed(message)
    assert reply.done
    assert reply.message() == (message, b"")


@pytest.mark.parametrize("after", ["surplus", "end"])
def test_nothing_follows_on_a_connection_that_said_more_or_ended(after):
    reply = Reply(GET, Settings())
    reply.feed(MESSAGES[0])
    assert reply.reusable
    if after == "end":
        reply.end()
    else:
        reply.feed(b"x")
        assert reply.surplus == 1
    assert not reply.reusable
    assert reply.truncated is None


def test_chunks_of_a_byte_each_are_bounded():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    reply = read(head + b"1\r\nx\r\n" * 101 + b"0\r\n\r\n", [], settings=Settings(max_chunks=100))
    assert (reply.truncated, reply.reusable) == ("length", False)
    assert reply.detail == "the body has more than 100 chunks"
    whole = read(head + b"1\r\nx\r\n" * 100 + b"0\r\n\r\n", [], settings=Settings(max_chunks=100))
    assert whole.truncated is None


def test_a_length_of_five_thousand_digits_is_none():
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {'9' * 5_000}\r\n\r\n".encode()
    reply = read(head + b"hello", [])
    assert reply.message() == (head, b"hello")
    assert reply.truncated == "unspecified"
