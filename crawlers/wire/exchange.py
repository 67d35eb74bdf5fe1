"""The values of the wire: how a client is set up, what an exchange left behind, how one fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from archive.types import Truncated
from archive.web.http import Head
from crawlers.errors import CrawlError
from crawlers.wire.guard import Override

FailureKind = Literal[
    "bad_request",
    "dns",
    "private_address",
    "refused",
    "connect_timeout",
    "tls",
    "timeout",
    "disconnect",
    "protocol",
    "too_large",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a pool fetches. Sizes are bytes as received, times are seconds.

    *connect_timeout* holds for name, connection and TLS together, *timeout* from the sending of the
    request to the last byte of its answer; waiting for a turn at the host counts for neither.
    A chunked body may have *max_chunks*: those of a byte each cost a thousand times their size.
    *ca_file* replaces the system's certificates. A kept connection is closed after *keep_idle*.
    """

    max_body: int = 64 * 2**20
    max_head: int = 256 * 2**10
    max_chunks: int = 2**18
    timeout: float = 60.0
    connect_timeout: float = 15.0
    keep_idle: float = 30.0
    per_host: int = 1
    allow_private: bool = False
    overrides: tuple[Override, ...] = ()
    verify: bool = True
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, byte for byte.

    *interim* bytes of 1xx heads before the answer and *surplus* bytes after it were received too,
    and left out. *truncated* says why the body ends before its end, *detail* says it in words.
    """

    url: str
    started: datetime
    elapsed: float
    request: bytes
    head: bytes
    body: bytes
    interim: int
    surplus: int
    ip_address: str
    truncated: Truncated | None
    detail: str
    parsed: Head


class ExchangeFailed(CrawlError):
    """No answer came of a request; *exchange* holds the bytes that were received, if any were.

    Once a readable head is there nothing fails any more: a body that is cut, too large or broken
    comes back as an `Exchange` with `truncated` set, for the archive keeps it.
    """

    def __init__(self, kind: FailureKind, detail: str, exchange: Exchange | None = None) -> None:
        super().__init__(kind, detail, exchange)  # plain args, so it pickles across processes
        self.kind, self.detail, self.exchange = kind, detail, exchange

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"
