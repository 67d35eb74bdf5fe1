"""The addresses that the pages name, on loopback over https: sample magazines under other names."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from backissue.sample import SampleMagazines

_NAMES = {"review.example": "tideline.example", "other.example": "branchline.example"}
_PATHS = {"/2026/11/on-ferries/": "/2026/05/in-praise-of-the-slow-ferry/"}


@dataclass(frozen=True)
class Served:
    """Where every host is, and the certificate of the authority that vouches for it."""

    port: int
    ca: Path

    @property
    def resolve(self) -> str:
        """As `--resolve` takes it."""
        return f"*:443:127.0.0.1:{self.port}"


@contextmanager
def review(folder: Path) -> Iterator[Served]:
    """`https://review.example/` and `https://other.example/`; *folder* keeps the certificate."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    with SampleMagazines() as site, ThreadingHTTPServer(("127.0.0.1", 0), _handler(site)) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*_NAMES).configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Served(server.server_address[1], folder / "ca.pem")
        server.shutdown()


def _handler(site: SampleMagazines) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0]
            found = site.find(_NAMES[host], _PATHS.get(self.path, self.path))
            body = _renamed(found.body, host) if found else b"<h1>Not here</h1>"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", found.content_type if found else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _renamed(body: bytes, host: str) -> bytes:
    for path, own in _PATHS.items():
        body = body.replace(own.encode(), path.encode())
    return body.replace(f"http://{_NAMES[host]}".encode(), f"https://{host}".encode())
