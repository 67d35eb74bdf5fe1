"""A real crawl of a server that answers in every shape, three times over."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from archive.library import Library
from raw_server import Site
from wire_crawl import CRAWLED, REVISITED, Conformance, Crawl, Wire, crawl, declare, quarantine


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The file of a certificate authority, and a server's TLS context for `tls.example`."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    made.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("tls.example").configure_cert(context)
    return path, context


@pytest.fixture(scope="session")
def conformance(
    tmp_path_factory: pytest.TempPathFactory, authority: tuple[Path, Any]
) -> Iterator[Conformance]:
    """The three crawls."""
    path = tmp_path_factory.mktemp("wire") / "library"
    wire = Wire()
    with (
        Library.create(path, "wire") as library,
        Site(wire) as plain_site,
        Site(wire, tls=authority[1]) as tls_site,
    ):
        slow = [shape for shape in CRAWLED if shape.ending == "stall"]
        paths = [shape.path for shape in CRAWLED if shape not in slow]
        paths += ["/hop/0", "/loop", "/to-tls", "/flaky"]
        stalls = [f"http://stalled.example{shape.path}" for shape in slow]
        declare(library, "wire", "http://wire.example/", pages=[*paths, *stalls])
        declare(library, "revisits", "http://revisits.example/", pages=REVISITED)
        crawls: list[Crawl] = []
        for sources in ("wire,revisits", "revisits", "revisits"):
            if len(crawls) == 2:
                quarantine(library)
            crawls.append(crawl(library, sources, authority[0], [plain_site, tls_site], crawls))
            wire.edition += 1
        yield Conformance(library, crawls)
