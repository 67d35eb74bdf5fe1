"""What servers and people get wrong: one clear line each, the crawl goes on, the outcome is logged."""

from __future__ import annotations

import gzip
import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from archive.library import Library
from support import command, free_port

PAGE = (
    b"<html><head><title>Low water</title></head><body><article><h1>Low water</h1>"
    + b"<p>The harbour was empty for an hour, and the boats lay on their sides in the mud.</p>" * 9
    + b"</article></body></html>"
)
RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Odd</title>%s</channel></rss>'
PATHS = [
    "/good",
    "/wrong-charset",
    "/empty",
    "/huge",
    "/picture",
    "/with space",
    "/with&#10;newline",
    "/bomb",
    "/short",
    "/gone",
    "/loop",
]


class Odd(BaseHTTPRequestHandler):
    """A magazine where nothing is as it should be."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        answer = ANSWERS.get(path)
        if path == "/huge":
            self._send(200, "text/html", b"<p>huge</p>" + b" " * (50 * 2**20))
        elif path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(PAGE)
            self.close_connection = True
        elif path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop?again=" + self.path.partition("=")[2] + "x")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif answer is None:
            self._send(404, "text/html", b"<h1>Not here</h1>")
        else:
            self._send(200, *answer)

    def _send(self, status: int, kind: str, body: bytes, coding: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if coding:
            self.send_header("Content-Encoding", coding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


ANSWERS: dict[str, tuple[Any, ...]] = {
    "/feed": (
        "application/rss+xml",
        (RSS % "".join(f"<item><link>http://odd.example{p}</link></item>" for p in PATHS)).encode(),
    ),
    "/empty-feed": ("application/rss+xml", b""),
    "/torn-feed": (
        "application/rss+xml",
        (RSS % "<item><link>http://odd.example/good</link></item><item><li").encode()[:-30],
    ),
    "/html-feed": ("text/html", PAGE),
    "/good": ("text/html", PAGE),
    "/with%20space": ("text/html", PAGE.replace(b"harbour", b"space")),
    "/wrong-charset": (
        "text/html; charset=utf-8",
        PAGE.replace(b"harbour", "hâvre".encode("latin-1")),
    ),
    "/empty": ("text/html", b""),
    "/picture": ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "/bomb": ("text/html", gzip.compress(bytes(300 * 2**20)), "gzip"),
}


@dataclass(frozen=True)
class Crawled:
    """What the command left behind."""

    done: subprocess.CompletedProcess[str]
    log: dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def tls_port() -> Iterator[int]:
    """A server whose certificate nobody trusts."""
    import ssl

    with ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("tls.example").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, port: int, tls_port: int) -> Crawled:
    """One crawl of everything odd at once."""
    folder = tmp_path_factory.mktemp("odd") / "library"
    with Library.create(folder) as library:
        declared = {
            "odd": 'url = "http://odd.example/"\nfeeds = ["/feed"]',
            "empty": 'url = "http://odd.example/"\nfeeds = ["/empty-feed"]',
            "torn": 'url = "http://odd.example/"\nfeeds = ["/torn-feed"]',
            "html": 'url = "http://odd.example/"\nfeeds = ["/html-feed"]',
            "away": 'url = "http://away.example/"\nfeeds = ["/feed"]',
            "tls": 'url = "https://tls.example/"\nfeeds = ["/feed"]',
        }
        for name, text in declared.items():
            (library.path / "sources" / f"{name}.toml").write_text(f"{text}\ndelay = 0\n")
    done = command(
        "crawl",
        "--library",
        folder,
        "--allow-private",
        *("--resolve", f"odd.example:80:127.0.0.1:{port}"),
        *("--resolve", f"tls.example:443:127.0.0.1:{tls_port}"),
        *("--resolve", f"away.example:80:127.0.0.1:{free_port()}"),
    )
    with Library.open(folder) as library:
        log = {(row["source"], row["url"]): row for row in library.crawl_log()}
    return Crawled(done, log)


def outcome(crawled: Crawled, path: str, source: str = "odd") -> str:
    return str(crawled.log[source, f"http://odd.example{path}"]["outcome"])


def test_a_crawl_with_sources_that_failed_exits_1_and_names_each_in_a_line(
    crawled: Crawled,
) -> None:
    assert crawled.done.returncode == 1, crawled.done.stderr
    assert "Traceback" not in crawled.done.stderr
    for name in ("empty", "html", "away", "tls"):
        lines = [x for x in crawled.done.stderr.splitlines() if f"{name}: aborted" in x]
        assert len(lines) == 1, crawled.done.stderr


def test_an_unreachable_host_is_an_outcome(crawled: Crawled) -> None:
    row = crawled.log["away", "http://away.example/feed"]
    assert row["outcome"] == "error:refused"


def test_a_certificate_that_nobody_trusts_is_an_outcome(crawled: Crawled) -> None:
    assert crawled.log["tls", "https://tls.example/feed"]["outcome"] == "error:tls"


@pytest.mark.parametrize(
    ("path", "source", "words"),
    [("/empty-feed", "empty", "empty"), ("/html-feed", "html", "HTML")],
)
def test_a_feed_that_is_none_is_fetched_and_its_row_says_why(
    crawled: Crawled, path: str, source: str, words: str
) -> None:
    row = crawled.log[source, f"http://odd.example{path}"]
    assert row["outcome"] == "fetched"
    assert words.lower() in row["detail"].lower()


def test_a_torn_feed_gives_what_can_be_read(crawled: Crawled) -> None:
    assert outcome(crawled, "/good", "torn") in ("fetched", "duplicate")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/good", "fetched"),
        ("/wrong-charset", "fetched"),
        ("/empty", "fetched"),
        ("/huge", "fetched"),
        ("/picture", "fetched"),
        ("/with%20space", "fetched"),
        ("/bomb", "fetched"),
        ("/short", "error:disconnect"),
        ("/gone", "error:http_404"),
    ],
)
def test_every_odd_page_has_its_outcome(crawled: Crawled, path: str, wanted: str) -> None:
    assert outcome(crawled, path) == wanted


def test_redirects_without_end_are_followed_for_a_while_only(crawled: Crawled) -> None:
    rows = [row for (_, url), row in crawled.log.items() if "/loop" in url]
    outcomes = sorted(row["outcome"] for row in rows)
    assert outcomes.count("error:redirects") == 1
    assert 5 < outcomes.count("redirected") < 40


def test_a_url_with_a_line_end_is_never_asked_for(crawled: Crawled) -> None:
    assert not [url for _, url in crawled.log if "newline" in url and "\n" in url]


def test_what_is_cut_short_is_captured_and_marked(crawled: Crawled) -> None:
    assert crawled.log["odd", "http://odd.example/short"]["warc_record_id"]


def test_no_library_is_said_in_one_line(tmp_path: Path) -> None:
    done = command("status", "--library", tmp_path / "nowhere")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "is not a library" in done.stderr


def test_a_library_of_a_newer_format_is_refused(library: Library) -> None:
    path = library.path / "library.toml"
    path.write_text(path.read_text().replace("format = 2 ", "format = 99 "))
    done = command("status", "--library", library.path)
    assert done.returncode == 2
    assert "format 99" in done.stderr


def test_a_disk_below_its_floor_stops_the_crawl_with_4(library: Library, port: int) -> None:
    path = library.path / "library.toml"
    path.write_text(path.read_text().replace('floor = "1MiB"', 'floor = "1000TiB"'))
    done = command(
        "crawl",
        "http://odd.example/good",
        "--library",
        library.path,
        *("--resolve", f"odd.example:80:127.0.0.1:{port}"),
    )
    assert done.returncode == 4
    assert "must stay free" in done.stderr
    assert "Traceback" not in done.stderr
    said = command("status", "--library", library.path).stdout
    assert "below the floor of 1,048,576,000 MiB: crawls wait" in said
    *_, summary = command("status", "--json", "--library", library.path).stdout.splitlines()
    assert json.loads(summary)["disk_free"] < json.loads(summary)["disk_floor"]


@pytest.mark.parametrize(
    "url", ["http://odd.example/a b", "http:///nowhere", "http://odd.example/\r\nX: y"]
)
def test_a_url_that_is_none_is_refused_in_one_line(library: Library, url: str) -> None:
    done = command("crawl", url, "--library", library.path)
    assert done.returncode == 2
    assert done.stderr.rstrip("\n").count("\n") == 0
    assert "Traceback" not in done.stderr


def test_an_unknown_source_is_refused_with_the_names_that_are_there(library: Library) -> None:
    (library.path / "sources/review.toml").write_text('url = "http://review.example/"\n')
    done = command("crawl", "revue", "--library", library.path)
    assert done.returncode == 2
    assert "review" in done.stderr


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_a_folder_that_may_not_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    done = command("crawl", "http://odd.example/", "--library", "/proc/no-library")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
