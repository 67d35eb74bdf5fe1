"""The sample magazines, and a plain HTTP client for them."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from backissue.sample import SampleMagazines


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


Fetch = Callable[..., Answer]


@pytest.fixture
def site() -> Iterator[SampleMagazines]:
    with SampleMagazines() as magazines:
        yield magazines


@pytest.fixture
def fetch(site: SampleMagazines) -> Fetch:
    def get(url: str, method: str = "GET", **headers: str) -> Answer:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            connection.request(method, path, headers={"Host": parts.netloc} | fields)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    return get
