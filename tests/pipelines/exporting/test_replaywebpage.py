"""A WACZ in ReplayWeb.page, which is AGPL: a program that a browser runs, not kept here.

`BACKISSUE_REPLAYWEBPAGE` names its npm package, unpacked: `npm pack replaywebpage@2.5.3`, then `tar`.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import pytest

from pipelines.exporting.selection import Filters
from pipelines.exporting.wacz import export_wacz
from players import chromium, needs_chromium
from small import Small, make_small

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAYER = Path(os.environ.get("BACKISSUE_REPLAYWEBPAGE", "nowhere"))
pytestmark = [
    pytest.mark.long,
    needs_chromium,
    pytest.mark.skipif(
        not (PLAYER / "sw.js").exists(),
        reason="BACKISSUE_REPLAYWEBPAGE names no unpacked npm package replaywebpage",
    ),
]
Answers = dict[str, tuple[str, bytes | Path]]
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Handler(BaseHTTPRequestHandler):
    """Answers from what its server has, in ranges if asked for them."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[Answers]

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        kind, content = self.answers.get(self.path.partition("?")[0], ("text/plain", b""))
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2] or size), size - 1) if asked else size - 1
        self.send_response(206 if asked else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        if self.command == "GET":
            self._send(content, first, last + 1 - first)

    def _send(self, content: bytes | Path, first: int, count: int) -> None:
        if isinstance(content, bytes):
            self.wfile.write(content[first : first + count])
            return
        with content.open("rb") as stream:
            stream.seek(first)
            while count and (piece := stream.read(min(count, 1 << 20))):
                self.wfile.write(piece)
                count -= len(piece)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def served(wacz: Path) -> Iterator[str]:
    """A server of ReplayWeb.page and *wacz*: the beginning of an address that shows a page of it.

    It answers to ranges, as players need.
    """
    embed = (
        '<!doctype html><meta charset="utf-8"><script src="/ui.js"></script>'
        '<replay-web-page replayBase="/replay/" embed="replayonly" source="/library.wacz"'
        ' style="display: block; height: 90vh"></replay-web-page>'
        "<script>document.querySelector('replay-web-page')"
        ".setAttribute('url', new URLSearchParams(location.search).get('url'))</script>"
    )
    answers: Answers = {
        "/": ("text/html", embed.encode()),
        "/ui.js": ("text/javascript", PLAYER / "ui.js"),
        "/replay/sw.js": ("text/javascript", PLAYER / "sw.js"),
        "/library.wacz": ("application/zip", wacz),
    }
    bound = type("Bound", (Handler,), {"answers": answers})
    with ThreadingHTTPServer(("127.0.0.1", 0), bound) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/?url="
        server.shutdown()


def shown(page: Page, address: str, url: str, seconds: float = 60) -> str:
    """The words that ReplayWeb.page shows for *url*; empty where it shows none in time."""
    page.goto(f"{address}{quote(url, safe='')}")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for frame in page.frames:  # inside two shadow roots
            if "/w/" in frame.url and (text := frame.locator("body").inner_text()):
                return re.sub(r"\s+", " ", text)
        page.wait_for_timeout(200)
    return ""


@pytest.fixture(scope="module")
def small_made(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The tests only read it."""
    return make_small(tmp_path_factory.mktemp("small") / "library")


@pytest.mark.parametrize("cut", [False, True], ids=["one WARC file", "several"])
def test_articles_of_a_wacz_are_shown(small_made: Small, tmp_path: Path, cut: bool) -> None:
    wacz = tmp_path / "small.wacz"
    options = {"max_warc": 3_000} if cut else {}
    export_wacz(small_made.library, wacz, Filters(), **options)
    rows = [row for row in small_made.library.articles() if row["source"] == "north"]
    assert len(rows) == 6
    with served(wacz) as address, chromium() as browser:
        page = browser.new_page()
        for row in rows[:3]:  # of the second it has a revisit, of the third a 304 too
            text = shown(page, address, row["url"])
            for block in row["article_body"].split("\n\n"):
                assert block[:60] in text, row["url"]
