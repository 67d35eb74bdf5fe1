"""Answers that would fill memory or time: a crawl keeps what it may, says so, and goes on.

Each comes from a raw server. The compressed bytes are small; what they inflate to is not.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import socketserver
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest
import zstandard

from archive.library import Library
from archive.source import Source
from archive.types import Capture
from crawlers.politeness.pace import host_delays
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Order
from loopback import outcomes
from pipelines.derive.engine import Engine
from pipelines.publish import publish

pytestmark = pytest.mark.long
GIB = 2**30
HOST = "bombs.example"
ZEROS = bytes(GIB // 8)
TEN_GIB = gzip.compress(ZEROS, 6) * 80  # members of 128 KiB
PARAGRAPHS = b"".join(
    b"<p>On day %d the crane lifted %d crates, and the harbour master wrote them down." % (n, n * n)
    for n in range(1, 40)
)
Send = Callable[[bytes], None]


def gzip_stream() -> bytes:
    """Ten GiB in one member; nobody gets as far as its checksum, which is wrong."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    piece = packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)  # stands for itself anywhere
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + piece * 80 + b"\x03\0" + bytes(8)


def brotli_stream() -> bytes:
    """Ten GiB in one stream: what follows the first piece may be repeated."""
    packer = brotli.Compressor(quality=5)
    first, next_one = (packer.process(ZEROS) + packer.flush() for _ in range(2))
    return bytes(first + next_one * 79 + b"\x03")


def zstd_stream() -> bytes:
    """Ten GiB in one frame of blocks that each say: 128 KiB of this byte (RFC 8878, 3.1.1.2)."""
    size = 2**17 << 3
    block = (size | 1 << 1).to_bytes(3, "little") + b"\0"
    last = (size | 1 << 1 | 1).to_bytes(3, "little") + b"\0"
    return zstandard.FRAME_HEADER + b"\0\x68" + block * (10 * 2**13 - 1) + last


def message(body: bytes, *fields: bytes, kind: bytes = b"text/html") -> bytes:
    head = [
        b"HTTP/1.1 200 OK",
        b"Content-Type: " + kind,
        b"Content-Length: %d" % len(body),
        *fields,
    ]
    return b"\r\n".join([*head, b"", body])


def endless(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"%x\r\n%b\r\n" % (2**20, b"<p>" * (2**20 // 3) + b"x")
    for _ in range(4096):
        send(piece)


def crumbs(send: Send) -> None:
    """Chunks of one byte each, without end."""
    send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(2000):
        send(b"1\r\nx\r\n" * 1000)


def heads(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\n")
    for _ in range(1000):
        send(b"X-Field: value\r\n" * 1000)
    send(b"\r\n")


PAGES: dict[str, bytes | Callable[[Send], None]] = {
    "/robots.txt": message(b"User-agent: *\nAllow: /\n", kind=b"text/plain"),
    "/gzip": message(gzip_stream(), b"Content-Encoding: gzip"),
    "/members": message(TEN_GIB, b"Content-Encoding: gzip"),
    "/brotli": message(brotli_stream(), b"Content-Encoding: br"),
    "/zstd": message(zstd_stream(), b"Content-Encoding: zstd"),
    "/nested": message(gzip.compress(TEN_GIB), b"Content-Encoding: gzip, gzip"),
    "/sitemap.xml.gz": message(TEN_GIB, kind=b"application/gzip"),
    "/deep": message(b"<div>" * 1_000_000),
    "/endless": endless,
    "/crumbs": crumbs,
    "/heads": heads,
    "/good": message(b"<title>Good</title><h1>Good</h1>" + PARAGRAPHS),
}


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):
            while line := self.rfile.readline():
                while self.rfile.readline() not in (b"\r\n", b""):
                    pass
                page = PAGES.get(line.split()[1].decode(), message(b"not here"))
                if isinstance(page, bytes):
                    self.wfile.write(page)
                else:
                    page(lambda data: self.wfile.write(data) and None)
                    return


@dataclass(frozen=True)
class Aftermath:
    """What the crawl came to, and the most memory that it and publishing held in one process."""

    outcomes: dict[str, str]
    captures: dict[str, Capture]
    memory: int
    published: int
    memory_of_publishing: int


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """All bombs, met by one crawl process."""
    path = tmp_path_factory.mktemp("bombs") / "library"
    with (
        Library.create(path) as library,
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server,
    ):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        memory = asyncio.run(_crawl(path, server.server_address[1]))
        server.shutdown()
        with watched() as peaks:
            made = publish(library, Engine("local", 1))
        rows = {row["url"]: row["warc_record_id"] for row in library.captures()}
        captures = {
            url.removeprefix(f"http://{HOST}"): library.capture(i) for url, i in rows.items()
        }
        found = {url.removeprefix(f"http://{HOST}"): o for url, o in outcomes(library).items()}
        yield Aftermath(found, captures, memory, made.rows["articles"] if made else 0, max(peaks))


@contextmanager
def watched() -> Iterator[list[int]]:
    """The most memory that each look has found in a child of this process, in bytes."""
    peaks, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
            peaks.extend(peak_of(pid) for path in children for pid in path.read_text().split())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        over.set()
        thread.join()


def peak_of(pid: int | str) -> int:
    """The most memory that a process has held, in bytes; 0 of one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return (
        max((int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line), default=0)
        * 1024
    )


async def _crawl(library: Path, port: int) -> int:
    """Crawl all pages; the most memory that the process held, in bytes."""
    sitemap = f"http://{HOST}/sitemap.xml.gz"
    pages = [
        f"http://{HOST}{path}" for path in PAGES if path[1:] not in ("robots.txt", "sitemap.xml.gz")
    ]
    source = Source(
        url=f"http://{HOST}/", name="bombs", pages=tuple(pages), sitemaps=(sitemap,), delay=0
    )
    job = CrawlJob(library, (source,), True, (f"*:80:127.0.0.1:{port}",))
    process = await CrawlProcess.start(job)
    process.give(Order(source, host_delays((source,))))
    peak = 0
    async for report in process.reports():
        peak = max(peak, peak_of(process.pid))
        if getattr(report, "ended", None):
            process.end()
    assert await process.wait() == 0
    return peak


def test_the_crawl_goes_on_to_the_good_page(aftermath: Aftermath) -> None:
    assert aftermath.outcomes["/good"] == "fetched"
    assert aftermath.published >= 1


def test_memory_is_bounded(aftermath: Aftermath) -> None:
    print(f"{aftermath.memory >> 20} MiB, publishing {aftermath.memory_of_publishing >> 20} MiB")
    assert aftermath.memory < 700 * 2**20
    assert 0 < aftermath.memory_of_publishing < 700 * 2**20


@pytest.mark.parametrize(
    "path", ["/gzip", "/members", "/brotli", "/zstd", "/nested", "/sitemap.xml.gz", "/deep"]
)
def test_what_is_small_on_the_wire_is_kept_as_it_came(aftermath: Aftermath, path: str) -> None:
    page = PAGES[path]
    assert isinstance(page, bytes)
    capture = aftermath.captures[path]
    assert capture.head + capture.body == page
    assert capture.truncated is None


def test_an_endless_body_is_kept_as_far_as_it_may_go(aftermath: Aftermath) -> None:
    capture = aftermath.captures["/endless"]
    assert capture.truncated == "length"
    assert 60 * 2**20 < len(capture.body) < 70 * 2**20
    assert aftermath.outcomes["/endless"] == "too_large"


def test_crumbs_without_end_are_cut_by_their_number(aftermath: Aftermath) -> None:
    assert aftermath.captures["/crumbs"].truncated is not None
    assert len(aftermath.captures["/crumbs"].body) < 4 * 2**20


def test_a_head_without_end_is_refused(aftermath: Aftermath) -> None:
    assert aftermath.outcomes["/heads"] == "too_large"


def test_no_bomb_becomes_an_article(aftermath: Aftermath) -> None:
    assert aftermath.published == 1


@pytest.mark.parametrize(
    ("bomb", "coding"),
    [(TEN_GIB, "gzip"), (gzip_stream(), "gzip"), (brotli_stream(), "br"), (zstd_stream(), "zstd")],
    ids=["members", "gzip", "brotli", "zstd"],
)
def test_time_is_bounded(bomb: bytes, coding: str) -> None:
    """A payload that would inflate to ten GiB is given up at the limit, not after it."""
    from archive.web.http import MAX_CONTENT, decode_content

    begun = time.process_time()
    found = decode_content(bomb, (coding,), MAX_CONTENT)
    assert (found.error, len(found.data)) == ("too_large", MAX_CONTENT)
    assert time.process_time() - begun < 20  # reading all of it takes minutes
