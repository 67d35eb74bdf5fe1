"""What the wire client's tests share: the raw server, certificates, a bounded event loop."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from raw_server import Server


@dataclass(frozen=True)
class Certificates:
    """An authority of our own, and what a server and a client need of it."""

    authority: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("good.example", "127.0.0.1").configure_cert(context)
    return Certificates(path, context)


@pytest.fixture
def server() -> type[Server]:
    return Server


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a scenario to its end, but not for ever."""

    def to_the_end(scenario: Coroutine[Any, Any, Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(30):
                return await scenario

        return asyncio.run(bounded())

    return to_the_end
