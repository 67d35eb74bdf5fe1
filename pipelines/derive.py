"""Bytes of a WARC file into staged rows: what a worker process does with one span."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from archive.exchange import capture_of, read_groups
from archive.hosts import registered_domain
from archive.http import MAX_CONTENT, decode_content
from archive.journal import BATCH_URI, Span
from archive.records import Located, Record
from archive.surt import url_surtkey
from archive.types import Article, Capture, Pointer
from pipelines.extract import Context, extract, page_of
from pipelines.index import capture_row
from pipelines.page import HTML
from pipelines.rows import page_row, revisit_row, stage

CRAWL_LOG_URI = "urn:backissue:crawl-log:"
_REDIRECTS = (300, 301, 302, 303, 307, 308)
_NO_PAGE = ("listing", "robots", "requisite")

Staged = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Task:
    """One span to derive: where its file stands, and the folder that the rows go to."""

    span: Span
    warc: Path
    folder: Path
    library: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a task; the rows themselves are in its folder."""

    span: Span
    captures: int
    pages: int


def derive(task: Task) -> Receipt:
    """Stage the rows of *task*: the same span and extractor give the same rows anywhere."""
    with _open(task.warc) as stream:
        rows = _derive_stream(stream, task)
    stage(task.folder, rows)
    return Receipt(task.span, len(rows["captures"]), len(rows["pages"]))


def _open(path: Path) -> BinaryIO:
    """The file, which may have been sealed since the task was made."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return path.with_name(path.name.removesuffix(".open")).open("rb")


def _derive_stream(stream: BinaryIO, task: Task) -> Staged:
    rows: Staged = {"pages": [], "captures": [], "crawl_log": [], "batches": []}
    for group in read_groups(stream, task.span.start, task.span.end):
        first = group[0].record
        if first.type in ("response", "revisit"):
            _derive_capture(group, task, rows)
        elif first.type == "resource":
            _derive_resource(group[0], task.span.file, rows)
    return rows


def _derive_resource(located: Located, file: str, rows: Staged) -> None:
    record = located.record
    uri = record.get("WARC-Target-URI") or ""
    if uri.startswith(CRAWL_LOG_URI):
        rows["crawl_log"] += crawl_log_rows(record)
    elif uri.startswith(BATCH_URI):
        end = located.offset + located.length
        rows["batches"].append({"body": record.block, "file": file, "end": end})


def _derive_capture(group: list[Located], task: Task, rows: Staged) -> None:
    capture = capture_of([located.record for located in group])
    pointer = Pointer(task.span.file, group[0].offset, group[0].length)
    rows["captures"].append(capture_row(capture, pointer, task.library, "wire"))
    if page := derive_page(capture, pointer):
        rows["pages"].append(page)


def derive_page(capture: Capture, pointer: Pointer) -> dict[str, Any] | None:
    """The page row of a capture; None where it holds no page: a listing, an image, a redirect."""
    if capture.details.get("role") in _NO_PAGE or capture.status in _REDIRECTS:
        return None
    if capture.original:
        return revisit_row(capture, pointer)
    if page_of(capture) is None:
        return _unreadable(capture, pointer)
    try:
        article = extract(capture, Context(discovery=capture.discovery))
    except Exception as error:  # noqa: BLE001 -- a bad page costs one page, whatever it raises
        evidence = {"error": f"{type(error).__name__}: {error}"}
        article = Article(url=capture.url, completeness="error", evidence=evidence)
    return page_row(article, capture, pointer)


def _unreadable(capture: Capture, pointer: Pointer) -> dict[str, Any] | None:
    """The row of a page that came whole and cannot be read: its coding is unknown or broken."""
    head = capture.parsed
    if capture.truncated or head.media_type not in HTML:
        return None
    error = decode_content(capture.payload, head.content_codings, MAX_CONTENT).error
    if error is None:
        return None
    article = Article(url=capture.url, completeness="error", evidence={"error": error})
    return page_row(article, capture, pointer)


def crawl_log_rows(record: Record) -> Iterable[dict[str, Any]]:
    """The rows of a run's log, a `resource` record of JSON Lines, the run's card first."""
    card, *lines = (json.loads(line) for line in record.block.splitlines())
    for line in lines:
        url = line["url"]
        announced = line.get("date_announced")
        yield line | {
            "source": card["source"],
            "run_id": card["run_id"],
            "url_surtkey": url_surtkey(url),
            "url_host_registered_domain": registered_domain(urlsplit(url).hostname or ""),
            "date_announced": announced and datetime.fromisoformat(announced),
            "fetch_time": datetime.fromisoformat(line["fetch_time"]),
        }
