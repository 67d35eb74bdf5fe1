"""What a conditional request and its revisit refer to: read and hashed once for each exchange.

Reads are counted from outside: an audit hook in the crawl's process notes each file that is opened.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive.library import Library
from archive.revisits import validator_of
from archive.types import Capture, Pointer
from archive.warc.captures import read_captures
from archive.warc.records import new_record_id
from archive.writer import WarcWriter
from raw_server import Site
from wire_crawl import MISSING, ROOT, as_page, declare, path_of, redirect

NOTING_OPENS = """
import os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def note(event, values):
    if event == "open" and str(values[0]).endswith((".warc.gz", ".open")):
        if values[2] & os.O_ACCMODE == os.O_RDONLY:
            os.write(log, os.fsencode(values[0]) + b"\\n")
sys.addaudithook(note)
from scrapy.cmdline import execute
execute(["scrapy", "crawl", "magazine", *sys.argv[1:]])
"""
ETAG = b'ETag: "one"\r\n'
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'


@dataclass
class Magazine:
    """Its answers by path, and what is done at the moment when a request for one has come."""

    library: Library
    pages: dict[str, bytes] = field(default_factory=dict)
    meanwhile: dict[str, Capture] = field(default_factory=dict)

    def __call__(self, request: bytes) -> Sequence[bytes]:
        path = path_of(request)
        if path in self.meanwhile:
            keep(self.library, self.meanwhile.pop(path))
        if b'If-None-Match: "one"\r\n' in request:
            return [NOT_MODIFIED]
        return [self.pages.get(path, MISSING)]

    def crawl(self, name: str) -> Crawl:
        """Crawl the source *name*, which has one page."""
        before = {one.run_id for one in captures_of(self.library)} | {""}
        log = self.library.path / f"state/opened-{name}"
        log.write_bytes(b"")
        with Site(self) as server:
            done = subprocess.run(
                [
                    *(sys.executable, "-c", NOTING_OPENS, str(log), "-a", f"source={name}"),
                    *("-s", f"BACKISSUE_RESOLVE=*:80:127.0.0.1:{server.port}"),
                    *("-s", "BACKISSUE_PUBLISH=False"),
                ],
                cwd=ROOT,
                env=os.environ | {"BACKISSUE_LIBRARY": str(self.library.path)},
                capture_output=True,
                text=True,
                check=False,
                timeout=240,
            )
        assert done.returncode == 0, done.stderr
        new = [one for one in captures_of(self.library) if one.run_id not in before]
        opened = Counter(Path(line).name for line in log.read_text().splitlines())
        return Crawl({path_of(one.request): one for one in new}, opened)


@dataclass(frozen=True)
class Crawl:
    """What a crawl captured, by path, and how often it opened each WARC file for reading."""

    captures: dict[str, Capture]
    opened: Counter[str]


def captures_of(library: Library) -> Iterator[Capture]:
    for path in sorted(library.path.glob("warc/**/*.warc.gz")):
        with path.open("rb") as stream:
            yield from read_captures(stream)


def keep(library: Library, capture: Capture) -> None:
    """Keep and remember *capture*, as a crawl in another process does."""

    def remember(kept: list[tuple[Capture, Pointer]]) -> None:
        found = (validator_of(one, at.filename, at.offset) for one, at in kept)
        library.state.put_validators(filter(None, found))

    writer = WarcWriter(library, remember)
    writer.write(capture).result()
    writer.close()


def newer(first: Capture, body: bytes, etag: bytes = b'"two"') -> Capture:
    """A response of the same URL that came later."""
    head = re.sub(rb"ETag: [^\r]*", b"ETag: " + etag, first.head)
    length = b"Content-Length: %d" % len(body)
    return Capture(
        url=first.url,
        fetch_time=first.fetch_time,
        request=first.request,
        head=re.sub(rb"Content-Length: \d+", length, head),
        body=body,
        warc_record_id=new_record_id(),
    )


@pytest.fixture
def magazine(tmp_path: Path) -> Iterator[Magazine]:
    """Three sources of one page each; the page of `moved` leads to that of `etag`."""
    with Library.create(tmp_path / "library") as library:
        settings = library.path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        made = Magazine(library)
        made.pages = {
            "/etag": as_page("etag", ETAG),
            "/same": as_page("same"),
            "/moved": redirect("/etag"),
        }
        for name in ("etag", "same", "moved"):
            declare(library, name, "http://review.example/", pages=[f"/{name}"])
        yield made


def referred(capture: Capture) -> tuple[str, str]:
    assert capture.original is not None
    return capture.original.warc_record_id, capture.original.profile


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "profile"),
    [("/etag", "server-not-modified"), ("/same", "identical-payload-digest")],
)
def test_the_record_is_read_once_for_an_exchange(
    magazine: Magazine, path: str, profile: str
) -> None:
    name = path[1:]
    first = magazine.crawl(name)
    assert first.opened.total() == 0
    for _ in range(2):  # also after a revisit, and in each new process
        again = magazine.crawl(name)
        assert referred(again.captures[path]) == (first.captures[path].warc_record_id, profile)
        assert again.opened.total() == 1


@pytest.mark.long
def test_the_target_of_a_redirect_is_a_revisit_by_its_own_address(magazine: Magazine) -> None:
    first = magazine.crawl("etag").captures["/etag"]
    again = magazine.crawl("moved")
    assert again.captures["/moved"].original is None
    assert referred(again.captures["/etag"]) == (first.warc_record_id, "server-not-modified")
    assert again.opened.total() == 1


def test_a_304_refers_to_what_was_asked_about_though_a_newer_response_came_meanwhile(
    magazine: Magazine,
) -> None:
    first = magazine.crawl("etag").captures["/etag"]
    magazine.meanwhile["/etag"] = newer(first, b"<p>Another edition.")
    again = magazine.crawl("etag")
    revisit = again.captures["/etag"]
    assert b'If-None-Match: "one"' in revisit.request
    assert referred(revisit) == (first.warc_record_id, "server-not-modified")
    assert again.opened.total() == 1


def test_the_same_payload_as_a_response_that_came_meanwhile_is_a_revisit_of_that(
    magazine: Magazine,
) -> None:
    first = magazine.crawl("same").captures["/same"]
    magazine.pages["/same"] = as_page("another edition")
    magazine.meanwhile["/same"] = made = newer(first, magazine.pages["/same"].split(b"\r\n\r\n")[1])
    again = magazine.crawl("same")
    assert referred(again.captures["/same"]) == (made.warc_record_id, "identical-payload-digest")
    assert sorted(again.opened.values()) == [1, 1]  # the older before, the newer after the answer
