"""A console in the background, asked over HTTP by a real client."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    """What the console answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def facts(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Console:
    """A running console at *url*."""

    url: str
    process: subprocess.Popen[str]

    @property
    def place(self) -> str:
        return urlsplit(self.url).netloc

    def get(self, path: str, method: str = "GET", **headers: str) -> Reply:
        """The answer; an underscore in a header's name is a hyphen."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        port = urlsplit(self.url).port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request(method, path, headers=given)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        """The facts of a page."""
        reply = self.get(path, Accept="application/json")
        assert reply.headers["Content-Type"] == "application/json", reply.text
        return reply.facts


@contextmanager
def console(library: Path, *flags: str) -> Iterator[Console]:
    """`backissue web` at a free port; it ends well."""
    words = ["web", "--library", str(library), "--port", "0", *flags]
    process = subprocess.Popen(
        [sys.executable, "-m", "backissue", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield Console(process.stdout.readline().strip(), process)
    finally:
        process.terminate()
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 0, said
    assert "Traceback" not in said, said
