"""Pages and listings whose content coding is a fiction: kept as they came, and read."""

from __future__ import annotations

import gzip

import pytest

from archive.library import Library
from archive.source import Source
from loopback import Answer, Host, crawled, outcomes
from pipelines.derive.engine import Engine
from pipelines.publish import publish

SITE = "http://salt.example"
LABELS = {"a": "gzip", "b": "br", "c": "UTF-8", "d": "none", "e": "gzip, gzip", "f": "zstd"}


def body(name: str) -> bytes:
    lines = "".join(
        f"<p>Salt {name}, pan {n}: the water left {n * n} stone.</p>" for n in range(40)
    )
    return f"<!doctype html><title>Salt {name}</title><article><h1>Salt {name}</h1>{lines}".encode()


@pytest.mark.long
def test_a_page_is_read_whatever_coding_it_claims(library: Library, host: Host) -> None:
    plain = {f"/{name}": body(name) for name in LABELS}
    plain["/e"] = gzip.compress(plain["/e"])

    def answer(name: str, path: str, asked: int) -> Answer:
        if path == "/feed.xml":
            items = "".join(f"<item><link>{SITE}{page}</link></item>" for page in plain)
            feed = f"<rss><channel>{items}</channel></rss>"
            return Answer(feed, fields={"Content-Encoding": "gzip"})
        if path not in plain:
            return Answer("", 404)
        return Answer(plain[path], fields={"Content-Encoding": LABELS[path[1:]]})

    host.answer = answer
    crawled(library, host, Source(name="salt", url=f"{SITE}/", feeds=("/feed.xml",), delay=0))
    found = outcomes(library)
    assert {found[f"{SITE}{page}"] for page in (*plain, "/feed.xml")} == {"fetched"}
    publish(library, Engine("local", 1))
    rows = {row["url"].removeprefix(SITE): row for row in library.articles()}
    assert {url: row["completeness"] for url, row in rows.items()} == dict.fromkeys(plain, "full")
    for url, row in rows.items():
        assert library.capture(row["warc_record_id"]).body == plain[url]
