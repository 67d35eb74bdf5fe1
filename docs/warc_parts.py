"""Records as the code writes them today, for the examples of `warc.md` and `library.md`.

Times, addresses and record ids are made up, so that the same code gives the same pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.config import DiskSettings, LibrarySettings
from archive.imported.index import HeldCapture, RecordPlace, to_block
from archive.library import Library
from archive.removal.tombstones import Tombstone
from archive.source import ArticleRules, Source
from archive.tables.journal import (
    BATCH_URI,
    Batch,
    JournalEntry,
    Quarantined,
    Span,
    TableFile,
    append,
)
from archive.types import Capture, Discovery, Original, RevisitProfile
from archive.verify.checks import CHECKS
from archive.warc import captures, cdxj
from archive.warc.records import (
    Located,
    Record,
    digest,
    read_record,
    record_bytes,
    resource_record,
    warc_date,
)
from archive.warc_file import WarcFile
from crawlers.capture.run import Outcome, SourceRun

_TIME = datetime(2026, 11, 23, 6, 0, 2, 125000, UTC)
_INFO, _RESPONSE, _REQUEST, _SAME, _UNMODIFIED, _BATCH = (
    f"urn:uuid:00000000-0000-4000-8000-{number:012}" for number in range(1, 7)
)
_FILE = "warc/2026/11/BACKISSUE-20261123060002-00000-5f0c2a91.warc.gz"
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
    warc_record_id=_RESPONSE,
    run_id=_RUN,
    ip_address="192.0.2.7",
    discovery=_FOUND,
    details={"latency_ms": 184},
    role="page",
)


def _again(profile: RevisitProfile, head: bytes, record_id: str) -> Capture:
    """The same page a day later, as a revisit of the capture."""
    original = Original(
        profile=profile,
        warc_record_id=_CAPTURE.warc_record_id,
        url=_CAPTURE.url,
        fetch_time=_TIME,
        payload_digest=digest(_CAPTURE.payload),
    )
    later = _TIME + timedelta(days=1)
    return replace(
        _CAPTURE, fetch_time=later, head=head, body=b"", warc_record_id=record_id, original=original
    )


def _text(record: Record, record_id: str = "") -> str:
    """The record; a random id of its own gives way to *record_id*."""
    text = record_bytes(record).decode().replace("\r\n", "\n").rstrip("\n")
    if record_id:
        text = text.replace(record.id, record_id)
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
    text = _text(located.record, _INFO)
    text = re.sub(r"BACKISSUE-[\w-]+", Path(_FILE).name.partition(".")[0], text)
    return re.sub(r"WARC-Date: .*", f"WARC-Date: {warc_date(_TIME)}", text)


def response() -> str:
    """A chunked response."""
    return _text(captures.records_of(_CAPTURE, _INFO)[0])


def request() -> str:
    """The request of the same exchange."""
    return _text(captures.records_of(_CAPTURE, _INFO)[1], _REQUEST)


def revisit_same() -> str:
    """The same payload again."""
    again = _again("identical-payload-digest", _CAPTURE.head, _SAME)
    return _text(captures.records_of(again, _INFO)[0])


def revisit_304() -> str:
    """What the server said was not modified."""
    head = b'HTTP/1.1 304 Not Modified\r\nETag: "9ac41e"\r\n\r\n'
    again = _again("server-not-modified", head, _UNMODIFIED)
    return _text(captures.records_of(again, _INFO)[0])


def metadata() -> str:
    """The value of the one field in the body of the exchange's third record."""
    body = captures.records_of(_CAPTURE)[2].block
    return _json(body.removeprefix(captures.METADATA_FIELD))


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
        bytes_received=len(_CAPTURE.head) + len(_CAPTURE.body),
        warc_record_id=_RESPONSE,
        time=_TIME,
    )
    run.outcomes.append(outcome)
    run.end("done")
    run.ended = datetime(2026, 11, 23, 6, 0, 9, tzinfo=UTC)
    return _json(b"".join(run.log()))


def source() -> str:
    """The body of a source's declaration."""
    return _json(_SOURCE.canonical_json)


def _batch() -> Batch:
    left = Quarantined(_FILE, 20077, 21340, "no gzip member (incorrect data check)")
    return Batch(7, "2026-11-23T06:00:10.000000Z", (Span(_FILE, 0, 48213),), (6, 7), (left,))


def removal() -> str:
    """The record of what a person had removed."""
    keys = ("example,review)/2026/11/letters",)
    named = ("prefix", "https://review.example/2026/11/letters/", keys)
    who = ("Ada Grey", "asked for by the writer")
    made = Tombstone(f"00000000-0000-4000-8000-{12:012}", warc_date(_TIME), *who, *named)
    return _json(made.to_line())


def batch() -> str:
    """The record that tells what a batch takes in."""
    record = resource_record(f"{BATCH_URI}7", _batch().to_bytes(), "application/json", _TIME, _INFO)
    return _text(record, _BATCH).partition("\n\n")[0] + "\n```\n\n" + _json(record.block)


def journal() -> str:
    """The line that completes it."""
    name = "articles/data/fetch_month=2026-11/g0001-000007-3f9a1c20.parquet"
    file = TableFile(name, 12, "0" * 64)
    entry = JournalEntry(
        _batch(), Span(_RECORD, 0, 596), "backissue 1", "sha256:3f9a1c20" + "0" * 56, (file,)
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "batches.jsonl"
        path.touch()
        append(path.parent, entry)
        return _json(path.read_bytes())


def cdxj_line() -> str:
    """The index line of a response."""
    record = captures.records_of(_CAPTURE)[0]
    entry = cdxj.entry_of(Located(record, 612, 431), _FILE)
    if entry is None:
        raise AssertionError("a response has no index line")
    return f"```\n{cdxj.to_line(entry)}\n```\n"


def import_() -> str:
    """What an import writes down of a capture."""
    held = HeldCapture(
        file="warc/imported/crawl.warc.gz",
        offset=713,
        length=2961,
        kind="response",
        warc_record_id=_RESPONSE,
        url=_CAPTURE.url,
        fetch_time="2020-05-04T08:00:00.000000Z",
        run_id="20261123T060000Z-import-9ac41e",
        source="imported",
        status=200,
        mime="text/html",
        digest=digest(_CAPTURE.payload),
        payload_type="text/html",
        request=RecordPlace(3674, 402),
    )
    return _json(to_block(held))


def checks() -> str:
    """What `verify` looks for."""
    rows = "".join(
        f"| `{code}` | {check.severity} | {check.meaning} | {check.remedy} |\n"
        for code, check in CHECKS.items()
    )
    return f"| code | severity | found where | remedy |\n|---|---|---|---|\n{rows}"


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
    "removal": removal,
    "import": import_,
    "journal": journal,
    "cdxj": cdxj_line,
    "checks": checks,
}
