"""The sample magazines on a loopback port: a thread that serves them, and a log of every request it saw."""

from __future__ import annotations

import zlib
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from socketserver import TCPServer
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from backissue.sample.magazines import MAGAZINES, TODAY, UNDERSTOREY, Magazine
from backissue.sample.pieces import Piece
from backissue.sample.quarry import QUARRY
from backissue.sample.quarrysite import QuarrySite
from backissue.sample.resource import Resource
from backissue.sample.site import Edition, build_edition
from backissue.sample.truth import Truth, truths

_CODED = ("text/", "application/")
_CHUNK = 4096


class LogEntry(NamedTuple):
    """One request that the magazines answered; *time* is monotonic."""

    method: str
    host: str
    path: str
    status: int
    user_agent: str
    time: float


class Outage(NamedTuple):
    """What a host answers to so many requests, instead of what stands there."""

    status: int
    requests: int
    retry_after: str | None = None


class SampleMagazines:
    """The invented magazines, served on loopback while the context is open.

    With *flaky*, one page (`flaky_url`) answers 503 the first time it is asked for. `magazines` and
    `pieces` are those whose texts were written; The Quarry Post, at `quarry.example`, is in `truth`.
    """

    def __init__(self, port: int = 0, *, flaky: bool = False, today: date = TODAY) -> None:
        self.magazines: tuple[Magazine, ...] = MAGAZINES
        self.hosts = tuple(magazine.host for magazine in (*MAGAZINES, QUARRY))
        self._today = today
        self._lock = Lock()
        self._log: list[LogEntry] = []
        self._outages: dict[str, Outage] = {}
        self._edition: Edition = build_edition(1, today)
        self._quarry = QuarrySite(1)
        self.edition = 1
        self.flaky_url = min(p.url for p in self.pieces() if p.magazine is UNDERSTOREY)
        self._ill = {self.flaky_url} if flaky else set()
        self._server = _Server(self, port)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> SampleMagazines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def resolve(self) -> list[str]:
        """Where the hosts are, as `--resolve` takes it: HOST:PORT:ADDRESS:PORT."""
        return [f"{host}:80:127.0.0.1:{self.port}" for host in self.hosts]

    @property
    def log(self) -> list[LogEntry]:
        """Every request answered so far, oldest first."""
        with self._lock:
            return list(self._log)

    def pieces(self) -> tuple[Piece, ...]:
        """What is published at this edition."""
        return self._edition.pieces

    def truth(self) -> dict[str, Truth]:
        """Every piece of every magazine at this edition, by the address of its (first) page."""
        found = truths(self.pieces(), self._quarry.stories)
        return {truth.url: truth for truth in found}

    def advance(self) -> None:
        """Move on by an edition; after the second, only The Quarry Post changes."""
        self.edition += 1
        self._quarry = QuarrySite(self.edition)
        self._edition = build_edition(min(self.edition, 2), self._today)

    def fail(self, host: str, status: int = 503, requests: int = 1, retry_after: str = "") -> None:
        """Have *host* answer its next so many *requests* with *status*."""
        with self._lock:
            self._outages[host] = Outage(status, requests, retry_after or None)

    def close(self) -> None:
        """Stop serving and drop every connection."""
        self._server.shutdown()
        self._server.drop_connections()
        self._server.server_close()
        self._thread.join()

    def find(self, host: str, target: str) -> Resource | None:
        """What stands at *target*, a path with its query, of the magazine that *host* names.

        Any other host is the first magazine.
        """
        named = _bare(host).partition(".")[0]
        if named == QUARRY.name:
            return self._quarry.find(target)
        magazine = next((m for m in self.magazines if m.name == named), self.magazines[0])
        resources = self._edition.resources[magazine.host]
        return resources.get(target) or resources.get(urlsplit(target).path)

    def fault(self, host: str, path: str) -> Outage | None:
        """What this request gets instead of an answer, if it does."""
        name = _bare(host)
        with self._lock:
            if f"http://{name}{path}" in self._ill:
                self._ill.clear()
                return Outage(503, 1, "1")
            outage = self._outages.pop(name, None)
            if outage and outage.requests > 1:
                self._outages[name] = outage._replace(requests=outage.requests - 1)
        return outage

    def record(self, entry: LogEntry) -> None:
        """Keep *entry* in the log."""
        with self._lock:
            self._log.append(entry)


class _Server(ThreadingHTTPServer):
    """A server that knows its connections, so that closing it ends the threads behind keep-alive."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, site: SampleMagazines, port: int) -> None:
        self.site = site
        self._connections: set[socket] = set()
        self._connections_lock = Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer would ask a name server who 127.0.0.1 is
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        with self._connections_lock:
            self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        with self._connections_lock:
            for connection in self._connections:
                with suppress(OSError):  # the client was faster
                    connection.shutdown(SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own business."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "SamplePress/1"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        host, site = self.headers.get("Host", ""), self.server.site
        if outage := site.fault(host, urlsplit(self.path).path):
            fields = {"Retry-After": outage.retry_after} if outage.retry_after else {}
            self._short(HTTPStatus(outage.status), fields)
            return
        resource = site.find(host, self.path)
        if resource is None:
            self._short(HTTPStatus.NOT_FOUND, {})
        elif resource.location is not None:
            self._short(HTTPStatus.MOVED_PERMANENTLY, {"Location": resource.location})
        else:
            self._serve(resource)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.close_connection = True  # the body stays unread
        self._short(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD", "Connection": "close"})

    def _serve(self, resource: Resource) -> None:
        sleep(resource.seconds)
        coded = self._takes_gzip() and resource.content_type.startswith(_CODED)
        etag = f'{resource.etag[:-1]}-gzip"' if coded else resource.etag
        headers = {"ETag": etag, "Vary": "Accept-Encoding"}
        headers["Last-Modified"] = format_datetime(resource.last_modified, usegmt=True)
        if self._is_known(resource):
            self._start(HTTPStatus.NOT_MODIFIED, headers)
            return
        body = _gzip(resource.body) if coded else resource.body
        headers |= {"Content-Encoding": "gzip"} if coded else {}
        headers["Content-Type"] = resource.content_type
        if resource.chunked and self.request_version == "HTTP/1.1":
            self._start(HTTPStatus.OK, headers | {"Transfer-Encoding": "chunked"})
            self._write(_chunks(body))
        else:
            self._start(HTTPStatus.OK, headers | {"Content-Length": str(len(body))})
            self._write(body)

    def _short(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        """An answer of one line: a redirect or an error."""
        body = f"<!doctype html><title>{status.phrase}</title><h1>{status.phrase}</h1>\n".encode()
        own = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        self._start(status, headers | own)
        self._write(body)

    def _start(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        agent = self.headers.get("User-Agent", "")
        host = self.headers.get("Host", "")
        self.server.site.record(
            LogEntry(self.command, host, self.path, int(status), agent, monotonic())
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _write(self, body: bytes) -> None:
        if self.command != "HEAD":
            self.wfile.write(body)

    def _takes_gzip(self) -> bool:
        codings = (c.partition(";") for c in self.headers.get("Accept-Encoding", "").split(","))
        return any(
            name.strip().lower() == "gzip" and weight.replace(" ", "") not in ("q=0", "q=0.0")
            for name, _, weight in codings
        )

    def _is_known(self, resource: Resource) -> bool:
        """Whether the client's copy is the current one (RFC 9110, 13.2.2)."""
        if (tags := self.headers.get("If-None-Match")) is not None:
            known = {
                tag.strip().removeprefix("W/").replace('-gzip"', '"') for tag in tags.split(",")
            }
            return bool(known & {resource.etag, "*"})
        since = _http_date(self.headers.get("If-Modified-Since"))
        return since is not None and resource.last_modified <= since

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are kept in the site's log, not printed."""


def _bare(host: str) -> str:
    return host.partition(":")[0].lower()


def _http_date(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _gzip(body: bytes) -> bytes:
    coder = zlib.compressobj(6, zlib.DEFLATED, 31)  # writes a gzip header with mtime 0
    return coder.compress(body) + coder.flush()


def _chunks(body: bytes) -> bytes:
    pieces = (body[at : at + _CHUNK] for at in range(0, len(body), _CHUNK))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
