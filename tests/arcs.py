"""ARC files as the crawlers of the years 1996 to 2009 wrote them, made by hand."""

from __future__ import annotations

import gzip
from typing import Any

import warcs

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
IP, DATE = "192.0.2.7", "20040102030405"


def filedesc(version: int = 1, name: str = "paper.arc", tail: bytes = b"\n") -> bytes:
    """The record that a file begins with."""
    fields = "URL IP-address Archive-date Content-type Archive-length"
    if version == 2:
        fields = (
            "URL IP-address Archive-date Content-type Result-code Checksum Location Offset "
            "Filename Archive-length"
        )
    block = f"{version} 0 Paper Crawls\n{fields}\n".encode()
    return record(
        f"filedesc://{name}", block, ip="0.0.0.0", kind="text/plain", version=version, tail=tail
    )


def record(
    url: str,
    block: bytes,
    *,
    ip: str = IP,
    date: str = DATE,
    kind: str = "text/html",
    version: int = 1,
    length: int | None = None,
    tail: bytes = b"\n",
) -> bytes:
    """One record."""
    more = "200 d41d8cd9 - 4711 paper.arc " if version == 2 else ""
    size = len(block) if length is None else length
    return f"{url} {ip} {date} {kind} {more}{size}\n".encode("latin-1") + block + tail


def response(number: int, **changes: Any) -> bytes:
    """The answer for `https://paper.example/2020/N`, with the page of `warcs.response`."""
    body = warcs.page(f"Essay number {number}", f"Essay {number}.")
    given = {"date": f"200401020304{number % 60:02}"} | changes
    url = given.pop("url", f"https://paper.example/2020/{number}")
    block = given.pop("block", HEAD + body)
    return record(url, block, **given)


def members(*records: bytes) -> bytes:
    """Each record as a gzip member."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)
