"""What tables, journal, state and settings say of a damaged record, as a record that says the same.

What they do not have is lost: the id of a record that is no capture, the title that a feed gave,
the microseconds in the time of a batch's record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from archive.errors import ArchiveError
from archive.library import Library
from archive.tables import journal
from archive.tables.dataset import rows
from archive.tables.journal import BATCH_URI, JournalEntry, Quarantined
from archive.types import Discovery, Row
from archive.warc import crawl_log
from archive.warc.captures import CrawlNotes, is_concurrent, notes_block
from archive.warc.crawl_log import CRAWL_LOG_URI, SOURCE_URI
from archive.warc.records import (
    Located,
    Record,
    from_bytes,
    make_record,
    record_bytes,
    resource_record,
    warc_date,
)
from archive.warc.restored import Restored
from archive.warc.scan import Damaged, scan
from archive.warcinfo import warcinfo_of
from pipelines.exporting.from_payloads import request_record

_CAPTURE = ["warc_record_id", "url_surtkey", "warc_record_offset", "warc_record_length"]
_OF_CAPTURE = ["source", "run_id", "fetch_time", "url"]
_LINE = ("url", "outcome", "detail", "discovered_by", "discovered_via", "fetch_status")
_MORE_OF_LINE = ("latency_ms", "bytes_received", "warc_record_id")


@dataclass(frozen=True, slots=True)
class PartialExchange:
    """The exchange whose records come at some place of a file: its first record, and the types of
    those that have come behind it."""

    first: Record | None = None
    behind: tuple[str, ...] = ()

    def then(self, found: Record) -> PartialExchange:
        """The exchange after *found* has come."""
        if found.type in ("response", "revisit"):
            return PartialExchange(found)
        if self.first and is_concurrent(found, self.first):
            return replace(self, behind=(*self.behind, found.type))
        return PartialExchange()


@dataclass(frozen=True, slots=True)
class DamagedPlace:
    """A damaged place of *file*: the exchange before it, the record behind it, and the id of the
    file's warcinfo record."""

    file: str
    damage: Damaged
    exchange: PartialExchange
    following: Record | None
    warcinfo_id: str | None

    def restored(self, data: bytes, source: str) -> Restored:
        """The record *data* for all of it."""
        return Restored(self.file, self.damage.offset, self.damage.end, source, data)


class OtherCopies:
    """What a library holds of its captures beside the WARC files; nothing where there are no
    tables."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def captures(self, file: str, start: int, end: int) -> list[Row]:
        """The `captures` rows whose records begin in bytes *start* to *end* of *file*."""
        at = pc.field("warc_record_offset")
        where = (pc.field("warc_filename") == file) & (at >= start) & (at < end)
        return sorted(
            self._rows("captures", where, [*_CAPTURE, *_OF_CAPTURE]),
            key=lambda row: int(row["warc_record_offset"]),
        )

    def payload(self, record_id: str) -> Row | None:
        """The `payloads` row of a capture."""
        return self._one("payloads", record_id)

    def _one(self, table: str, record_id: str, columns: list[str] | None = None) -> Row | None:
        found = self._rows(table, pc.field("warc_record_id") == record_id, columns)
        return found[0] if found else None

    def _rows(
        self, table: str, where: pc.Expression, columns: list[str] | None = None
    ) -> list[Row]:
        try:
            query = rows(self._library.generation, table, columns=columns, condition=where)
            return query.to_pylist()
        except (ArchiveError, pa.ArrowInvalid, OSError):  # gone, or damaged: `verify` says so
            return []

    @cached_property
    def _entries(self) -> list[JournalEntry]:
        try:
            return journal.read_journal(self._library.generation)
        except (ArchiveError, ValueError, KeyError, TypeError):
            return []

    @cached_property
    def never_derived(self) -> list[Quarantined]:
        """What the batches' own records leave out."""
        return [one for entry in self._entries for one in entry.batch.quarantined]

    @cached_property
    def left_out(self) -> list[Quarantined]:
        """What the tables were made without, as far as that is known."""
        later = (one for entry in self._entries for one in entry.left_out)
        return [*self.never_derived, *later]

    def of_exchange(self, damaged: DamagedPlace) -> list[Restored]:
        """Request and metadata of the exchange, as far as they are damaged."""
        first, damage, following = damaged.exchange.first, damaged.damage, damaged.following
        if first is None or "metadata" in damaged.exchange.behind:
            return []
        made: list[tuple[str, bytes | None]] = []
        if "request" not in damaged.exchange.behind:
            row = self.payload(first.id)
            made.append(("payloads", _request(row, first) if row else None))
        if not (following and is_concurrent(following, first) and following.type == "metadata"):
            made.append(("captures and crawl_log", self._metadata(first)))
        found = [(source, data) for source, data in made if data]
        ends = [*range(damage.offset + 1, damage.offset + len(found)), damage.end]
        starts = [damage.offset, *ends[:-1]]
        return [
            Restored(damaged.file, start, end, source, data)
            for start, end, (source, data) in zip(starts, ends, found, strict=True)
        ]

    def _metadata(self, first: Record) -> bytes | None:
        row = self._one("captures", first.id, ["source", "run_id"])
        if row is None:
            return None
        log = self._one("crawl_log", first.id) or {}
        found = row["source"] and Discovery(
            source=row["source"],
            by=log.get("discovered_by") or "link",
            via=log.get("discovered_via"),
            announced=log.get("date_announced"),
        )
        notes = CrawlNotes(
            run_id=row["run_id"],
            discovery=found or None,
            role="page" if log.get("verdict") else "listing",
            details={"restored": True},
        )
        return _metadata_record(first, notes_block(notes))

    def of_ours(self, damaged: DamagedPlace) -> Restored | None:
        """The `resource` record of ours that is damaged."""
        for entry in self._entries:
            place = entry.record
            if (
                place.file == damaged.file
                and damaged.damage.offset < place.end <= damaged.damage.end
            ):
                uri, moment = f"{BATCH_URI}{entry.batch.number}", entry.batch.closed
                what = (uri, entry.batch.to_bytes(), "application/json")
                return _resource(damaged, what, datetime.fromisoformat(moment), "batches.jsonl")
        uri = damaged.damage.url or ""
        if uri.startswith(CRAWL_LOG_URI):
            return self._log(damaged, uri)
        return self._declaration(damaged, uri) if uri.startswith(SOURCE_URI) else None

    def _declaration(self, damaged: DamagedPlace, uri: str) -> Restored | None:
        """The declaration of a source as another run wrote it: its address has its digest."""
        for path in sorted(self._library.path.glob("warc/[0-9]*/**/BACKISSUE-*.warc.gz")):
            with path.open("rb") as stream:
                for found in scan(stream):
                    record = found.record if isinstance(found, Located) else None
                    if record and record.get("WARC-Target-URI") == uri:
                        what = (uri, record.block, record.get("Content-Type") or "")
                        return _resource(damaged, what, record.date, str(path.name))
        return None

    def _log(self, damaged: DamagedPlace, uri: str) -> Restored | None:
        """The log of a run, in one part, from the state and the rows that were made of it."""
        run_id = uri.removeprefix(CRAWL_LOG_URI)
        found = self._rows("crawl_log", pc.field("run_id") == run_id)
        run = self._library.state.run(run_id)
        if run is None or not found:
            return None
        body, *more = crawl_log.bodies(crawl_log.card_of(run), map(_line, found))
        if more:  # a log of several parts: nothing says which part this was
            return None
        ended = datetime.fromisoformat(run.ended or run.started)
        return _resource(damaged, (uri, body, "application/jsonl"), ended, "crawl_log")

    def warcinfo(self, damaged: DamagedPlace) -> Restored:
        """The first record of a file: its id is in those behind it, the settings are today's."""
        moment = damaged.following.date if damaged.following else self._library.settings.created
        name = damaged.file.rpartition("/")[2]
        made = warcinfo_of(self._library, name, moment, damaged.warcinfo_id)
        return damaged.restored(record_bytes(made), "library.toml")


def _line(row: Row) -> crawl_log.LogLine:
    """A line of a log, given the row that was made of it."""
    announced = row["date_announced"]
    return {
        **{name: row[name] for name in (*_LINE, *_MORE_OF_LINE)},
        "date_announced": announced and warc_date(announced),
        "fetch_time": warc_date(row["fetch_time"]),
    }


def _resource(
    damaged: DamagedPlace, what: tuple[str, bytes, str], moment: datetime, source: str
) -> Restored:
    return damaged.restored(
        record_bytes(resource_record(*what, moment, damaged.warcinfo_id)), source
    )


def _request(row: Row, first: Record) -> bytes | None:
    """The request record of the exchange that *first* begins."""
    made = request_record(row)
    info = first.get("WARC-Warcinfo-ID")
    if made is None or info is None:
        return made
    record = from_bytes(made)
    return record_bytes(replace(record, fields=(*record.fields, ("WARC-Warcinfo-ID", info))))


def _metadata_record(first: Record, block: bytes) -> bytes:
    """A metadata record of the exchange that *first* begins."""
    fields = [
        ("WARC-Target-URI", first.get("WARC-Target-URI")),
        ("WARC-Warcinfo-ID", first.get("WARC-Warcinfo-ID")),
        ("WARC-Concurrent-To", f"<{first.id}>"),
        ("Content-Type", "application/warc-fields"),
    ]
    return record_bytes(make_record("metadata", first.date, block, fields))
