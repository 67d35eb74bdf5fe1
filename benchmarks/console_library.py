"""A made-up library of many sources for the console: tables, journal, state and source files."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.library import Library
from archive.state.rows import Run, now_text
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span, TableFile
from archive.tables.parquet import by_month, file_path, sort_rows, write_rows
from archive.tables.schema import TABLES
from archive.types import Capture
from archive.web.surt import article_id
from archive.writer import WarcWriter

_WORDS = ("the", "harbour", "light", "was", "kept", "by", "two", "sisters", "and", "its", "cargo")
_FAILED_EVERY = 97  # articles: one in so many could not be had
_RUNS = 40  # of each source


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made up: *articles* in all, spread over *sources* and one batch a day."""

    sources: int = 1000
    articles: int = 200_000
    days: int = 100


def make(path: Path, size: Size) -> Library:
    """The library at *path*."""
    chosen = random.Random(1)
    now = datetime.now(UTC).replace(microsecond=0)
    library = Library.create(path)
    for number in range(size.sources):
        text = f'url = "https://s{number}.example/"\nfeeds = ["/feed"]\nschedule = "every 6h"\n'
        (path / f"sources/s{number}.toml").write_text(text)
    each = size.articles // size.days
    for day in range(size.days):
        moment = now - timedelta(days=size.days - day, hours=-12)
        numbers = range(day * each, (day + 1) * each)
        rows = [_row(number, chosen.randrange(size.sources), moment, chosen) for number in numbers]
        _publish(library, day + 1, moment, rows)
    library.state.put_runs(run for number in range(size.sources) for run in _runs(number, now))
    library.close()
    return library


def add_kept(library: Library, number: int) -> str:
    """Publish batch *number*: an article whose capture is kept in a WARC file; returns its id."""
    now = datetime.now(UTC).replace(microsecond=0)
    rows = [_row(10**9 + place, 0, now, random.Random(2)) for place in range(2)]
    capture = Capture(
        url=rows[1]["url"],
        fetch_time=now,
        request=b"GET / HTTP/1.1\r\nHost: s0.example\r\n\r\n",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        body=f"<h1>{rows[1]['headline']}</h1><p>{rows[1]['article_body']}".encode() * 8,
        warc_record_id=rows[1]["warc_record_id"],
    )
    writer = WarcWriter(library)
    pointer = writer.write(capture).result()
    writer.close()
    rows[1] |= {
        "warc_filename": pointer.filename,
        "warc_record_offset": pointer.offset,
        "warc_record_length": pointer.length,
    }
    _publish(library, number, now, rows)
    return str(rows[1]["article_id"])


def _row(number: int, source: int, moment: datetime, chosen: random.Random) -> dict[str, Any]:
    url = f"https://s{source}.example/{number}"
    fetched = moment + timedelta(seconds=number % 3600)
    identity = hashlib.sha256(url.encode()).hexdigest()
    return {
        "article_id": article_id(url),
        "version": 1,
        "url": url,
        "url_surtkey": f"example,s{source})/{number}",
        "headline": " ".join(chosen.choices(_WORDS, k=7)).capitalize(),
        "article_body": "\n\n".join(" ".join(chosen.choices(_WORDS, k=60)) for _ in range(4)),
        "date_published": fetched - timedelta(hours=chosen.randrange(1, 40)),
        "word_count": 240,
        "completeness": "full",
        "fetch_time": fetched,
        "fetch_status": 200,
        "warc_filename": f"warc/{moment:%Y/%m}/BENCH-{moment:%Y%m%d}.warc.gz",
        "warc_record_offset": 1000 * (number % 4000),
        "warc_record_length": 1000,
        "warc_record_id": f"urn:uuid:{identity[:32]}",
        "run_id": f"{moment:%Y%m%dT%H%M%S}Z-s{source}",
        "source": f"s{source}",
        "evidence": "{}",
    }


def _publish(library: Library, number: int, moment: datetime, rows: list[dict[str, Any]]) -> None:
    kept = [row for place, row in enumerate(rows) if place % _FAILED_EVERY]
    log = [_logged(row, bool(place % _FAILED_EVERY)) for place, row in enumerate(rows)]
    tables = {"articles": kept, "captures": kept, "crawl_log": log}
    files = tuple(
        file for name, of in tables.items() for file in _write(library.generation, number, name, of)
    )
    warc = rows[0]["warc_filename"]
    span = Span(warc, 0, 1000 * len(rows))
    batch = Batch(number, moment.strftime("%Y-%m-%dT%H:%M:%SZ"), (span,))
    record = Span(warc, span.end, span.end + 500)
    journal.append(library.generation, JournalEntry(batch, record, "made", "up", files))
    library.state.set_synced(warc, record.end, sealed=True)


def _logged(row: dict[str, Any], good: bool) -> dict[str, Any]:
    return row | {
        "discovered_by": "feed",
        "discovered_via": f"https://{row['source']}.example/feed",
        "date_announced": row["date_published"],
        "outcome": "fetched" if good else "error:http_404",
        "verdict": "article" if good else None,
    }


def _write(
    generation: Path, number: int, name: str, rows: list[dict[str, Any]]
) -> Iterator[TableFile]:
    schema = TABLES[name]
    columns = {column: [row.get(column) for row in rows] for column in schema.names}
    table = sort_rows(name, pa.table(columns, schema=schema))
    for month, part in by_month(table, table["fetch_time"]):
        path = file_path(name, month, f"g{generation.name}-{number:06}-00000000")
        yield write_rows(generation, path, name, part)


def _runs(source: int, now: datetime) -> Iterator[Run]:
    for place in range(_RUNS):
        began = now - timedelta(hours=6 * (_RUNS - place), seconds=source)
        bad = source % 50 == 0 and place > _RUNS - 4
        yield Run(
            f"{began:%Y%m%dT%H%M%S}Z-s{source}-{place}",
            f"s{source}",
            None,
            now_text(began),
            now_text(began + timedelta(seconds=20)),
            "aborted" if bad else "done",
            "no seed could be read: the server answered with status 503" if bad else None,
            known=6,
            finished=6,
            captures=0,
            failed=int(bad),
        )
