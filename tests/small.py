"""A library of a dozen hand-made captures in two batches: quick to copy, to rebuild and to export.

It has what a real one has: two sources, codings and framings, a new version, revisits of both kinds,
a picture, a page that no recipe gives back, and the logs of its runs.
"""

from __future__ import annotations

import gzip
import random
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli

from archive.library import Library
from archive.source import Source
from archive.tables import journal
from archive.tables.journal import BATCH_URI, Batch
from archive.types import Capture, Discovery, Original
from archive.warc.records import digest, resource_record, warc_date
from archive.warc_file import WarcFile
from archive.writer import WarcWriter
from crawlers.capture.run import Outcome, SourceRun
from pipelines.derive.engine import Engine
from pipelines.derive.recipes.recipe import frame
from pipelines.derive.staging import pending
from pipelines.publish import publish

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SOURCES = ("north", "south")
_WORDS = [
    "the",
    "harbour",
    "light",
    "was",
    "kept",
    "by",
    "two",
    "sisters",
    "who",
    "wrote",
    "down",
    "every",
    "ship",
    "and",
    "its",
    "cargo",
    "in",
    "a",
    "green",
    "book",
    "until",
    "the",
    "winter",
    "when",
    "ice",
    "closed",
    "the",
    "sound",
    "and",
    "no",
    "sail",
    "came",
    "for",
    "eleven",
    "weeks",
]


def page(number: int, changed: bool = False) -> bytes:
    """The HTML of an article of about 160 words, by seed; *changed* puts another end to it."""
    chosen = random.Random(number)
    paragraphs = [" ".join(chosen.choices(_WORDS, k=40)).capitalize() + "." for _ in range(4)]
    if changed:
        paragraphs.append("The second winter was milder, and the book has an entry for every day.")
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!doctype html><html lang=en><head><title>Log {number}</title>"
        f'<meta name=author content="Ada Grey"><meta property="article:published_time" '
        f'content="2026-02-{number + 1:02}T08:00:00Z"></head><body><nav><a href=/>Home</a></nav>'
        f"<article><h1>Log {number}</h1>{body}</article><aside>Related posts</aside></body></html>"
    ).encode()


def gzipped(data: bytes) -> bytes:
    """As nginx sends it."""
    stream = zlib.compressobj(6, zlib.DEFLATED, 31, 8)
    return stream.compress(data) + stream.flush()


def captured(source: str, number: int, minutes: int, body: bytes, *fields: str) -> Capture:
    """A response of the page *number* of a source."""
    given = ("Content-Type: text/html; charset=utf-8", f'ETag: "{number}"', *fields)
    url = f"https://{source}.example/log/{number}"
    return Capture(
        url=url,
        fetch_time=START + timedelta(minutes=minutes, microseconds=number),
        request=f"GET /log/{number} HTTP/1.1\r\nHost: {source}.example\r\n\r\n".encode(),
        head="\r\n".join(["HTTP/1.1 200 OK", *given, "", ""]).encode(),
        body=body,
        warc_record_id=f"urn:uuid:00000000-0000-4000-8000-{SOURCES.index(source)}{minutes:05}{number:06}",
        run_id=f"run-{source}-{minutes}",
        discovery=Discovery(source=source, by="feed", via=f"https://{source}.example/feed"),
        details={"latency_ms": 7},
        role="page",
    )


def first_run(source: str) -> list[Capture]:
    """Six pages in as many codings, and a picture."""
    coded = gzipped(page(1))
    found = [
        captured(source, 0, 0, page(0), f"Content-Length: {len(page(0))}"),
        captured(source, 1, 0, coded, "Content-Encoding: gzip", f"Content-Length: {len(coded)}"),
        captured(
            source,
            2,
            0,
            frame(page(2), [100, 200, len(page(2)) - 300]),
            "Transfer-Encoding: chunked",
        ),
        captured(source, 3, 0, brotli.compress(page(3), quality=5), "Content-Encoding: br"),
        captured(
            source,
            4,
            0,
            b"%x;odd=yes\r\n%b\r\n0\r\n\r\n" % (len(page(4)), page(4)),
            "Transfer-Encoding: chunked",
        ),
        captured(
            source, 5, 0, gzip.compress(page(5), mtime=1_700_000_000), "Content-Encoding: gzip"
        ),
    ]
    picture = captured(source, 6, 0, b"\x89PNG\r\n\x1a\n" + bytes(range(200)))
    head = picture.head.replace(b"text/html; charset=utf-8", b"image/png")
    return [*found, replace(picture, head=head, details={}, role="requisite")]


def second_run(source: str) -> list[Capture]:
    """An article that changed, one that is the same again, and one that the server calls so."""
    changed = captured(source, 0, 60, page(0, changed=True))
    first = {capture.url: capture for capture in first_run(source)}
    same = captured(source, 1, 60, b"", "Content-Encoding: gzip")
    unmodified = captured(source, 2, 60, b"")
    return [
        changed,
        replace(same, original=_original(first[same.url], "identical-payload-digest")),
        replace(
            unmodified,
            head=b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n\r\n',
            original=_original(first[unmodified.url], "server-not-modified"),
        ),
    ]


def _original(capture: Capture, profile: str) -> Original:
    return Original(
        profile=profile,  # type: ignore[arg-type]
        warc_record_id=capture.warc_record_id,
        url=capture.url,
        fetch_time=capture.fetch_time,
        payload_digest=digest(capture.payload),
    )


@dataclass(frozen=True)
class Small:
    """The library, and what went into it, in its order."""

    library: Library
    captures: tuple[Capture, ...]


def keep(library: Library, captures: list[Capture]) -> None:
    """Write *captures* into one WARC file, and the log of each source's run after them."""
    writer = WarcWriter(library)
    for capture in captures:
        writer.write(capture).result()
    for source in sorted({capture.discovery.source for capture in captures if capture.discovery}):
        own = [c for c in captures if c.discovery and c.discovery.source == source]
        writer.write_resource(
            f"urn:backissue:crawl-log:{own[0].run_id}", log_of(source, own), "application/jsonl"
        )
    writer.close()


def log_of(source: str, captures: list[Capture]) -> bytes:
    """The log of the run that made *captures*."""
    run = SourceRun(Source(name=source, url=f"https://{source}.example/"))
    run.run_id, run.started = captures[0].run_id, captures[0].fetch_time
    for capture in captures:
        assert capture.discovery
        same = {
            None: "fetched",
            "server-not-modified": "not_modified",
            "identical-payload-digest": "duplicate",
        }
        run.outcomes.append(
            Outcome(
                url=capture.url,
                outcome=same[capture.original and capture.original.profile],
                discovery=capture.discovery,
                fetch_status=capture.status,
                latency_ms=7,
                bytes_received=len(capture.head + capture.body),
                warc_record_id=capture.warc_record_id,
                time=capture.fetch_time,
            )
        )
    run.end("done")
    run.ended = captures[-1].fetch_time
    return run.log()


def close_batch(library: Library, closed: datetime, *, payloads: tuple[int, ...] = ()) -> None:
    """Record, as a publish at *closed* that ended there, the batch of all that waits: the next
    publish or repair writes its files."""
    number = journal.last_number(journal.read_journal(library.generation)) + 1
    batch = Batch(number, warc_date(closed), tuple(sorted(pending(library))), payloads)
    file = WarcFile(library, 0)
    uri, info = f"{BATCH_URI}{number}", file.warcinfo_id
    file.append([resource_record(uri, batch.to_bytes(), "application/json", closed, info)])
    file.seal()


def make_small(path: Path, *, batches: int = 2) -> Small:
    """The library at *path*, published in two batches, or all in one."""
    with Library.create(path, "small") as library:
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    captures: list[Capture] = []
    with Library.open(path) as library:
        for run in (first_run, second_run):
            made = [capture for source in SOURCES for capture in run(source)]
            captures += made
            keep(library, made)
            if batches == 2 or run is second_run:
                publish(library, Engine("local", 1), payloads=True)
        return Small(library, tuple(captures))
