"""A corpus of saved pages as a web: each page under its own host and path, a sitemap on every host.

A corpus is a folder with `pages.jsonl.xz`, one JSON object per line with `url` and `html` (decoded
as UTF-8 with surrogateescape). The server is a process of its own: its CPU time is not ours.
"""

from __future__ import annotations

import gzip
import json
import lzma
import multiprocessing
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from archive.web.surt import normalise_url, url_surtkey

SITEMAP = "/corpus-sitemap.xml"


@dataclass(frozen=True)
class SavedPage:
    """A page of the corpus, at its http address."""

    url: str
    body: bytes

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


def read_corpus(folder: Path, limit: int | None = None) -> list[SavedPage]:
    """Pages of *folder* and those below it, at most *limit* of each file; each address once."""
    found: dict[str, SavedPage] = {}
    for path in sorted(folder.rglob("pages.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            taken = 0
            for line in lines:
                if limit is not None and taken >= limit:
                    break
                page = json.loads(line)
                url = _http(page["url"])
                if url and url_surtkey(url) not in found:
                    body = page["html"].encode("utf-8", "surrogateescape")
                    found[url_surtkey(url)] = SavedPage(url, body)
                    taken += 1
    return list(found.values())


def _http(url: str) -> str | None:
    try:
        parts = urlsplit(normalise_url(url))
    except ValueError:
        return None
    return parts._replace(scheme="http", netloc=parts.hostname or "").geturl()


@contextmanager
def served(pages: list[SavedPage]) -> Iterator[int]:
    """Serve *pages* on a loopback port, which is given."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(pages, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def _serve(pages: list[SavedPage], pipe: Connection) -> None:
    answers: dict[tuple[str, str], tuple[str, bytes]] = {}
    hosts = defaultdict(list)
    for page in pages:
        answers[page.host, _target(page.url)] = "text/html", gzip.compress(page.body, 6, mtime=0)
        hosts[page.host].append(page.url)
    for host, urls in hosts.items():
        answers[host, SITEMAP] = "application/xml", gzip.compress(_sitemap(urls), 6, mtime=0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            target = self.path.removeprefix(
                f"http://{self.headers['Host']}"
            )  # as proxies are asked
            kind, body = answers.get((self.headers["Host"], target), ("", b""))
            self.send_response(200 if kind else 404)
            if kind:
                self.send_header("Content-Type", kind)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        pipe.send(server.server_address[1])
        server.serve_forever()


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _sitemap(urls: list[str]) -> bytes:
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()
