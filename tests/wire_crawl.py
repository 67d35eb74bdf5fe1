"""A server that answers in every shape, and `scrapy crawl` of it, with both sides of each exchange."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.library import Library
from archive.types import Capture
from archive.warc.captures import read_captures
from raw_server import Server, Step
from shapes import BREAKS, NO_HEADS, SHAPES, Shape, html, page

ROOT = Path(__file__).parents[1]
MAX_BODY = 200_000
LARGE = Shape("larger than the limit", html(b"", b"x" * 300_000), b"<p>" + b"x" * 299_997, truncated="length")  # fmt: skip
CRAWLED = [shape for shape in (*SHAPES, *NO_HEADS, *BREAKS, LARGE) if shape.method == "GET"]
REVISITED = ("/same", "/etag", "/dated", "/changing", "/never-modified", "/suddenly-304")
HOPS = 10
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"

Answer = Callable[[bytes], Sequence[Step]]


def path_of(request: bytes) -> str:
    """The target of a request."""
    return request.split(b" ", 2)[1].decode()


def redirect(target: str) -> bytes:
    """A redirect to *target*."""
    return b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % target.encode()


def as_page(name: str, fields: bytes = b"") -> bytes:
    """A whole answer: the page on *name*."""
    return html(fields, page(name)) + page(name)


@dataclass
class Wire:
    """Answers by path, and by what it has answered before."""

    asked: Counter[str] = field(default_factory=Counter)
    edition: int = 1

    def __call__(self, request: bytes) -> Sequence[Step]:
        path = path_of(request)
        self.asked[path] += 1
        for shape in CRAWLED:
            if shape.path == path:
                stall: Step = 30.0
                then = {"stall": [stall], None: []}.get(shape.ending, [shape.ending])
                return [shape.sent, *then]
        return [self.page(path, request)]

    def page(self, path: str, request: bytes) -> bytes:
        """What is no shape."""
        if hop := re.fullmatch(r"/hop/(\d+)", path):
            number = int(hop[1])
            return redirect(f"/hop/{number + 1}") if number < HOPS else as_page("hop")
        answers: dict[str, Callable[[], bytes]] = {
            "/loop": lambda: redirect("/loop"),
            "/to-tls": lambda: redirect("https://tls.example/landed"),
            "/flaky": lambda: self._flaky(),
            "/same": lambda: as_page("same"),
            "/etag": lambda: self._unless(request, b'If-None-Match: "caf\xe9"', b'ETag: "caf\xe9"'),
            "/dated": lambda: self._unless(
                request,
                b"If-Modified-Since: Sun, 01 Nov 2026 00:00:00 GMT",
                b"Last-Modified: Sun, 01 Nov 2026 00:00:00 GMT",
            ),
            "/changing": lambda: as_page(f"edition {self.edition}"),
            "/never-modified": lambda: b"HTTP/1.1 304 Not Modified\r\n\r\n",
            "/suddenly-304": lambda: self._suddenly(),
        }
        made = answers.get(path)
        if made:
            return made()
        return MISSING if path == "/robots.txt" else as_page(path)

    def _flaky(self) -> bytes:
        if self.asked["/flaky"] == 1:
            return b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
        return as_page("flaky")

    def _unless(self, request: bytes, condition: bytes, validator: bytes) -> bytes:
        if condition + b"\r\n" in request:
            return b"HTTP/1.1 304 Not Modified\r\n" + validator + b"\r\n\r\n"
        return as_page("condition", validator + b"\r\n")

    def _suddenly(self) -> bytes:
        return as_page("suddenly") if self.edition == 1 else b"HTTP/1.1 304 Not Modified\r\n\r\n"


@dataclass(frozen=True)
class Crawl:
    """One crawl: how it ended, what went over the wire, what the WARC holds of it."""

    done: subprocess.CompletedProcess[str]
    asked: list[tuple[bytes, bytes]]
    captures: list[Capture]

    def of(self, path: str) -> list[Capture]:
        """The captures of a path, in order."""
        return [one for one in self.captures if path_of(one.request) == path]


@dataclass(frozen=True)
class Conformance:
    """Three crawls of one library. The third came after the WARC files of the first were gone."""

    library: Library
    crawls: list[Crawl]

    def rows(self, table: str, url: str) -> list[dict[str, Any]]:
        """The rows of a URL, in the order of their times."""
        found = [row for row in self.library.table(table) if row["url"] == url]
        return sorted(found, key=lambda row: row["fetch_time"])


def scrapy(library: Path, sources: str, *settings: str, **env: str) -> Any:
    """`scrapy crawl magazine`, as its user would run it."""
    command = [sys.executable, "-m", "scrapy", "crawl", "magazine", "-a", f"source={sources}"]
    flags = [word for setting in settings for word in ("-s", setting)]
    environment = os.environ | {"BACKISSUE_LIBRARY": str(library)} | env
    return subprocess.run(
        [*command, *flags],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def declare(library: Library, name: str, url: str, **lists: Sequence[str]) -> None:
    """Write a source file."""
    lines = [f'url = "{url}"', "delay = 0"]
    lines += [f"{key} = {list(values)}" for key, values in lists.items()]
    (library.path / "sources" / f"{name}.toml").write_text("\n".join(lines))


def captures_of(library: Library, known: Sequence[str] = ()) -> list[Capture]:
    """All captures in the WARC files, but those of the record ids *known*."""
    found = []
    for file in sorted(library.path.glob("warc/**/*.warc.gz")):
        with file.open("rb") as stream:
            found += [one for one in read_captures(stream) if one.warc_record_id not in known]
    return found


def crawl(
    library: Library, sources: str, ca: Path, sites: list[Server], before: list[Crawl]
) -> Crawl:
    """Crawl *sources*, and tell what is new since the crawls *before*."""
    known = {one.warc_record_id for crawl in before for one in crawl.captures}
    seen = [len(site.received) for site in sites]
    done = scrapy(
        library.path,
        sources,
        f"BACKISSUE_RESOLVE=*:80:127.0.0.1:{sites[0].port},*:443:127.0.0.1:{sites[1].port}",
        f"BACKISSUE_CA_FILE={ca}",
        f"DOWNLOAD_MAXSIZE={MAX_BODY}",
        "DOWNLOAD_TIMEOUT=5",
        "DOWNLOAD_DELAY=0",
        "RETRY_TIMES=1",
        f"BACKISSUE_PUBLISH={len(before) != 1}",  # the third publishes the second's too
    )
    asked = [
        pair
        for site, start in zip(sites, seen, strict=True)
        for pair in list(zip(site.received, site.sent, strict=True))[start:]
    ]
    return Crawl(done, asked, captures_of(library, sorted(known)))


def quarantine(library: Library) -> None:
    """Take the first crawl's WARC files away, as somebody would who found them damaged."""
    first = min(library.path.glob("warc/**/BACKISSUE-*.warc.gz"))
    with first.open("rb") as stream:
        assert any(path_of(one.request) == "/same" for one in read_captures(stream))
    shutil.move(first, library.path / "quarantine" / first.name)
