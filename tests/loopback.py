"""A loopback server whose pages, statuses and header fields a test decides, and whose log it reads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from archive.library import Library
from archive.source import Source
from archive.state.rows import Run
from crawlers.politeness.pace import host_delays
from crawlers.process.child import CrawlJob
from crawlers.process.parent import CrawlProcess
from crawlers.process_orders import Order


@dataclass(frozen=True)
class Answer:
    """What is sent back, after so many *seconds*."""

    body: str | bytes = "<p>A page."
    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Asked:
    """One request: when it came and when its answer had been sent (monotonic seconds)."""

    host: str
    path: str
    at: float
    until: float
    fields: dict[str, str] = field(default_factory=dict)


class Host:
    """All hosts of a test. *answer* decides by host, path, and how often that was asked before."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answer: Callable[[str, str, int], Answer] = lambda *_: Answer()
        self.with_cookies: dict[str, Callable[[str], Answer]] = {}  # by path, given `Cookie`
        self.log: list[Asked] = []
        self._counts: dict[tuple[str, str], int] = {}
        self._lock = Lock()

    @property
    def resolve(self) -> tuple[str, ...]:
        """What lets a crawl reach it under any name."""
        return (f"*:80:127.0.0.1:{self.port}",)

    def count(self, host: str, path: str) -> int:
        """How often this was asked before."""
        with self._lock:
            before = self._counts.get((host, path), 0)
            self._counts[host, path] = before + 1
            return before

    def of(self, host: str) -> list[Asked]:
        """The requests to *host*, in the order in which they came."""
        with self._lock:
            return sorted((one for one in self.log if one.host == host), key=lambda one: one.at)

    def note(self, one: Asked) -> None:
        with self._lock:
            self.log.append(one)


@contextmanager
def serving() -> Iterator[Host]:
    """A server for any host name, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            came, name = time.monotonic(), self.headers["Host"]
            found = made.answer(name, self.path, made.count(name, self.path))
            if by_cookie := made.with_cookies.get(self.path):
                found = by_cookie(self.headers.get("Cookie", ""))
            time.sleep(found.seconds)
            body = found.body.encode() if isinstance(found.body, str) else found.body
            self.send_response_only(found.status)
            fields = {
                "Date": self.date_time_string(),
                "Content-Type": "text/html",
                "Content-Length": str(len(body)),
            }
            for key, value in (fields | found.fields).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)
            fields = {key.lower(): value for key, value in self.headers.items()}
            made.note(Asked(name, self.path, came, time.monotonic(), fields))

        def log_message(self, format: str, *args: Any) -> None:
            """The log is the test's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Host(server.server_port)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def crawled(library: Library, host: Host, *sources: Source) -> dict[str, Run]:
    """The runs of *sources*, all given at once to one process, by source."""

    async def crawl() -> dict[str, Run]:
        process = await CrawlProcess.start(CrawlJob(library.path, sources, True, host.resolve))
        for one in sources:
            process.give(Order(one, host_delays(sources)))
        runs: dict[str, Run] = {}
        async for report in process.reports():
            assert isinstance(report, Run), report
            runs[report.source] = report
            if len(runs) == len(sources) and all(run.ended for run in runs.values()):
                process.end()
        assert await process.wait() == 0
        return runs

    return asyncio.run(crawl())


def outcomes(library: Library) -> dict[str, str]:
    """The newest outcome of each URL."""
    rows = library.state.rows("SELECT url, outcome FROM frontier")
    return dict(rows)


def paths(asked: list[Asked]) -> list[str]:
    return [one.path for one in asked]
