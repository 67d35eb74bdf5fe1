"""Records as the code writes them today into the examples of `warc.md`.

Times and addresses are made up; random parts (record ids) are counted up instead, so that the same
code gives the same page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive import cdxj, exchange
from archive.config import DiskSettings, LibrarySettings
from archive.journal import BATCH_URI, Batch, Entry, Span, append
from archive.library import Library
from archive.records import Located, Record, digest, read_record, to_bytes
from archive.source import ArticleRules, Source
from archive.tables import TableFile
from archive.types import Capture, Discovery, Original
from archive.writer import WarcFile, resource
from crawlers.runs import Outcome, SourceRun

_TIME = datetime(2026, 11, 23, 6, 0, 2, 125000, UTC)
_ID = "urn:uuid:00000000-0000-4000-8000-000000000000"
_FILE = "warc/2026/11/BACKISSUE-20261123060000-00000-5f0c2a91.warc.gz"
_RECORD = "warc/2026/11/BACKISSUE-20261123060010-00000-c81d07e4.warc.gz"
_RUN = "20261123T060000Z-review-9ac41e"
_WIDTH = 96

_SOURCE = Source(
    name="review",
    url="https://review.example/",
    feeds=("/feed/",),
    article=ArticleRules(deny=("/tag/",)),
)
_FOUND = Discovery(
    source="review",
    by="feed",
    via="https://review.example/feed/",
    announced=datetime(2026, 11, 23, 5, 30, tzinfo=UTC),
    title="On ferries",
)
_CAPTURE = Capture(
    url="https://review.example/2026/11/on-ferries/",
    fetch_time=_TIME,
    request=b"GET /2026/11/on-ferries/ HTTP/1.1\r\nHost: review.example\r\n\r\n",
    head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n",
    body=b"10\r\n<p>On ferries.</p\r\n1\r\n>\r\n0\r\n\r\n",
    warc_record_id=_ID,
    run_id=_RUN,
    ip_address="192.0.2.7",
    discovery=_FOUND,
    details={"role": "page", "latency_ms": 184},
)


def _original(capture: Capture) -> Original:
    return Original(
        profile="identical-payload-digest",
        warc_record_id=_ID[:-1] + "9",
        url=capture.url,
        fetch_time=datetime(2026, 11, 22, 6, 0, 3, 250000, UTC),
        payload_digest=digest(capture.payload),
    )


def _text(record: Record) -> str:
    """The record, its ids counted up in the order in which they come."""
    text = to_bytes(record).decode().replace("\r\n", "\n").rstrip("\n")
    known: dict[str, str] = {}

    def count(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"{_ID[:-1]}{len(known) + 1}")

    text = re.sub(r"urn:uuid:[0-9a-f-]{36}", count, text)
    return f"```http\n{text}\n```\n"


def _json(body: bytes) -> str:
    lines = [_wrapped(json.loads(line)) for line in body.splitlines()]
    return "```json\n" + "\n".join(lines) + "\n```\n"


def _wrapped(value: object) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) <= _WIDTH:
        return line
    return json.dumps(value, ensure_ascii=False, indent=2)


def warcinfo() -> str:
    """The first record of a file, as the writer begins it."""
    with TemporaryDirectory() as folder:
        settings = LibrarySettings(
            name="review",
            created=_TIME,
            operator="Example Library",
            contact="mailto:archive@example.org",
            disk=DiskSettings(floor=0),
        )
        file = WarcFile(Library(Path(folder), settings), 0)
        with file.path.open("rb") as stream:
            located = read_record(stream, 0)
        file.abandon()
    if located is None:
        raise AssertionError("the writer begins a file with no record")
    text = re.sub(r"BACKISSUE-[\w-]+", Path(_FILE).name.partition(".")[0], _text(located.record))
    return re.sub(r"WARC-Date: .*", f"WARC-Date: {_TIME:%Y-%m-%dT%H:%M:%S.%fZ}", text)


def response() -> str:
    """A chunked response."""
    return _text(exchange.records_of(_CAPTURE, _ID[:-1] + "8")[0])


def request() -> str:
    """The request of the same exchange."""
    return _text(exchange.records_of(_CAPTURE, _ID[:-1] + "8")[1])


def revisit_same() -> str:
    """The same payload again."""
    again = replace(_CAPTURE, body=b"", original=_original(_CAPTURE))
    return _text(exchange.records_of(again, _ID[:-1] + "8")[0])


def revisit_304() -> str:
    """What the server said was not modified."""
    original = replace(_original(_CAPTURE), profile="server-not-modified")
    head = b'HTTP/1.1 304 Not Modified\r\nETag: "9ac41e"\r\n\r\n'
    again = replace(_CAPTURE, head=head, body=b"", original=original)
    return _text(exchange.records_of(again, _ID[:-1] + "8")[0])


def metadata() -> str:
    """The body of the exchange's third record."""
    return _json(exchange.records_of(_CAPTURE)[2].block)


def crawl_log() -> str:
    """The body of a run's log: the run, then a line for each URL."""
    run = SourceRun(_SOURCE)
    run.run_id, run.started = _RUN, datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    outcome = Outcome(
        url=_CAPTURE.url,
        outcome="fetched",
        discovery=_FOUND,
        fetch_status=200,
        latency_ms=184,
        bytes_received=104,
        warc_record_id=_ID,
        time=_TIME,
    )
    run.outcomes.append(outcome)
    run.end("done")
    run.ended = datetime(2026, 11, 23, 6, 0, 9, tzinfo=UTC)
    return _json(run.log())


def source() -> str:
    """The body of a source's declaration."""
    return _json(_SOURCE.canonical_json)


def _batch() -> Batch:
    return Batch(7, "2026-11-23T06:00:10.000000Z", (Span(_FILE, 0, 48213),), (6, 7))


def batch() -> str:
    """The record that tells what a batch takes in."""
    record = resource(f"{BATCH_URI}7", _batch().to_bytes(), "application/json", _TIME)
    return _text(record).partition("\n\n")[0] + "\n```\n\n" + _json(record.block)


def journal() -> str:
    """The line that completes it."""
    name = "articles/data/fetch_month=2026-11/g0001-000007-3f9a1c20.parquet"
    file = TableFile(name, 12, "0" * 64)
    entry = Entry(
        _batch(), Span(_RECORD, 0, 596), "backissue 1", "sha256:3f9a1c20" + "0" * 56, (file,)
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "batches.jsonl"
        path.touch()
        append(path.parent, entry)
        return _json(path.read_bytes())


def cdxj_line() -> str:
    """The index line of a response."""
    record = exchange.records_of(_CAPTURE)[0]
    entry = cdxj.entry_of(Located(record, 612, 431), _FILE)
    if entry is None:
        raise AssertionError("a response has no index line")
    return f"```\n{cdxj.to_line(entry)}\n```\n"


PARTS: dict[str, Callable[[], str]] = {
    "warcinfo": warcinfo,
    "response": response,
    "request": request,
    "revisit-same": revisit_same,
    "revisit-304": revisit_304,
    "metadata": metadata,
    "crawl-log": crawl_log,
    "source": source,
    "batch": batch,
    "journal": journal,
    "cdxj": cdxj_line,
}
