"""What files that others made hold, in a scratch database: captures, and what belongs to each.

Requests may stand before or after their responses, originals behind their revisits, parts of one
body anywhere: so all files of an import are read first, and put together then. Memory is bounded,
however many records there are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from archive.imported.index import HeldCapture, RecordPlace, Referred
from archive.imported.reader import MAX_BLOCK, ForeignRecord, target_uri
from archive.warc.records import made_id
from pipelines.importing.catalog_rows import (
    catalogued_capture,
    catalogued_companion,
    check_target,
    content_of,
    record_id,
)
from pipelines.importing.catalog_tables import (
    HELD,
    INDEXES,
    NAMED_IN_LIBRARY,
    NEIGHBOUR,
    OF_ANOTHER,
    SCHEMA,
    TWIN,
    linked,
    originals,
)

_MOST_PARTS = 256  # of one body; a part is usually as large as a WARC file
_SCHEMES = ("http:", "https:")


class Catalog:
    """The scratch database; `add` all records, `connect` them, `tell_apart`, then read.

    Where there is a library, `meet` all its captures before each `tell_apart`, until no id changes
    any more: a capture may be known under its new id.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(SCHEMA)
        self._connection.execute("BEGIN")
        self._no = 0

    def close(self) -> None:
        """Close the database; what is in it is not needed any more."""
        self._connection.close()

    def add(self, file: str, found: ForeignRecord) -> str:
        """Enter a record of *file*; returns `capture`, `companion` or `other`.

        ValueError says what makes it unusable.
        """
        self._no += 1
        record = found.record
        url, kind = target_uri(record), record.type.lower()
        if kind in ("response", "revisit", "resource") and url.lower().startswith(_SCHEMES):
            self._insert(
                "captures", catalogued_capture(found, url) | {"no": self._no, "file": file}
            )
            self._link(file, found, "WARC-Concurrent-To")
            return "capture"
        check_target(kind, url)
        companion = catalogued_companion(found, kind)
        if companion is None:
            return "other"
        self._insert("companions", companion | {"no": self._no, "file": file, "url": url})
        self._link(file, found, "WARC-Concurrent-To")
        return "companion"

    def _link(self, file: str, found: ForeignRecord, field: str) -> None:
        for name, value in found.record.fields:
            if name.lower() == field.lower():
                row = {"file": file, "one": record_id(found), "other": value.strip("<> ")}
                self._insert("links", row)

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*row.values()])  # noqa: S608 - words of ours; values are bound

    def connect(self) -> None:
        """Find what belongs to each capture."""
        run = self._connection.execute
        self._connection.executescript(INDEXES)  # commits
        for kind in ("request", "metadata"):
            for own, to in (("one", "other"), ("other", "one")):
                found = linked(kind, own, to)
                run(f"UPDATE captures SET {kind} = {found} WHERE {kind} IS NULL")  # noqa: S608 - words of ours; values are bound
        run("UPDATE companions SET taken = 1 WHERE no IN (SELECT request FROM captures)")
        run(f"UPDATE captures SET request = ({NEIGHBOUR}) WHERE request IS NULL")  # noqa: S608 - words of ours; values are bound
        for found in originals():
            run(
                f"UPDATE captures SET original = {found} "  # noqa: S608 - words of ours; values are bound
                "WHERE kind = 'revisit' AND original IS NULL"
            )

    def tell_apart(self) -> int:
        """A record that stands twice counts once; another record with the same id gets an id of its
        own.

        Returns how many ids had to be changed.
        """
        run = self._connection.execute
        run(f"UPDATE captures SET known = 1 WHERE EXISTS (SELECT 1 {TWIN})")  # noqa: S608 - words of ours; values are bound
        rows = run(OF_ANOTHER).fetchall()
        self._rename(rows)
        return len(rows)

    def _rename(self, rows: Iterable[tuple[int, str, str, str, str, int]]) -> None:
        """Give captures that share an id with another an id that follows from their content: from
        its bytes only where address and date do not tell the two apart."""
        for no, identity, url, time, content, alike in rows:
            what = [identity, url, time, content] if alike else [identity, url, time]
            made = made_id(repr(what).encode())
            self._connection.execute("UPDATE captures SET id = ? WHERE no = ?", (made, no))

    def mark(self) -> int:
        """The number of the last record that was added."""
        return self._no

    def forget_after(self, mark: int) -> None:
        """Take back what was added after *mark*."""
        self._connection.execute("DELETE FROM captures WHERE no > ?", (mark,))
        self._connection.execute("DELETE FROM companions WHERE no > ?", (mark,))

    def held_like(self, ids: Iterable[str], digests: Iterable[str]) -> list[int]:
        """Which of a library's captures, by their numbers, are here too, or are originals of
        captures here."""
        run = self._connection.execute
        run("DELETE FROM probe")
        rows = zip(count(), ids, digests, strict=False)
        self._connection.executemany("INSERT INTO probe VALUES (?, ?, ?)", rows)
        return [number for (number,) in run(NAMED_IN_LIBRARY)]

    def meet(self, row: Mapping[str, Any]) -> bool:
        """Compare with a row of a library's `captures`; True where an id had to be changed.

        *row* has `fetch_time` as WARC-Date has it, and `digest` with its prefix.
        """
        run = self._connection.execute
        kept = "" if row["kind"] == "revisit" else content_of(row["digest"], row["status"])
        found = run("SELECT no, id, url, time, content FROM captures WHERE id = ?", (row["id"],))
        others = []
        for no, identity, url, time, content in found.fetchall():
            alike = (url, time) == (row["url"], row["time"])
            if not alike or (content and kept and content != kept):
                others.append((no, identity, url, time, content, alike))
                continue
            run("UPDATE captures SET known = 1 WHERE no = ?", (no,))
            run(
                "UPDATE captures SET run_id = ?, source = ? WHERE no = ? AND file = ? "
                "AND offset = ?",
                (row["run_id"], row["source"], no, row["file"], row["offset"]),
            )
        self._rename(others)
        if row["kind"] != "revisit":
            names = ("id", "url", "time", "digest", "file", "offset", "length")
            place = json.dumps([row[name] for name in names])
            refers = "UPDATE captures SET outside = ? WHERE kind = 'revisit' AND original IS NULL "
            run(f"{refers} AND refers_id = ?", (place, row["id"]))
            run(
                f"{refers} AND digest = ? AND url = ? AND outside IS NULL "
                "AND profile = 'identical-payload-digest'",
                (place, row["digest"], row["url"]),
            )
        return bool(others)

    def new_count(self) -> int:
        """How many captures are new."""
        return int(
            self._connection.execute("SELECT count(*) FROM captures WHERE NOT known").fetchone()[0]
        )

    def new(self, run_id: str, source: str) -> Iterator[HeldCapture]:
        """The captures that are not known yet, by the time when they were fetched."""
        return self._held("NOT k.known ORDER BY k.time, k.id, k.no", run_id, source)

    def of_file(self, file: str, run_id: str, source: str) -> Iterator[HeldCapture]:
        """All captures of *file*, in the order in which they stand there."""
        return self._held("k.file = ? ORDER BY k.offset, k.no", run_id, source, file)

    def _held(
        self, condition: str, run_id: str, source: str, *values: Any
    ) -> Iterator[HeldCapture]:
        cursor = self._connection.execute(HELD + condition, values)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield self._made(dict(zip(names, row, strict=True)), run_id, source)

    def _made(self, row: dict[str, Any], run_id: str, source: str) -> HeldCapture:
        twin = row["known"] and not row["run_id"]  # it is read where it stood first
        continued, complete = self._continued(
            row["file"], "" if twin else row["id"], row["segmented"]
        )
        return HeldCapture(
            file=row["file"],
            offset=row["offset"],
            length=row["length"],
            kind=row["kind"],
            warc_record_id=row["id"],
            url=row["url"],
            fetch_time=row["time"],
            run_id=row["run_id"] or run_id,
            source=row["source"] or source,
            status=row["status"],
            mime=row["mime"],
            digest=row["digest"] or "",
            payload_type=row["payload_type"],
            request=_place(row["r_offset"], row["r_length"]),
            metadata=_place(row["m_offset"], row["m_length"]),
            continued=continued,
            complete=complete,
            original=self._referred(row) if row["kind"] == "revisit" else None,
        )

    def _continued(
        self, file: str, identity: str, segmented: int
    ) -> tuple[tuple[RecordPlace, ...], bool]:
        """The later parts of a body as far as they are there, and whether they are all there."""
        if not segmented:
            return (), True
        places, size = list[RecordPlace](), 0
        for segment in range(2, 2 + _MOST_PARTS):
            found = self._connection.execute(
                "SELECT offset, length, size, last FROM companions WHERE file = ? AND origin = ? "
                "AND segment = ? ORDER BY no LIMIT 1",
                (file, identity, segment),
            ).fetchone()
            if found is None or (size := size + found[2]) > MAX_BLOCK:
                break
            places.append(RecordPlace(found[0], found[1]))
            if found[3]:
                return tuple(places), True
        return tuple(places), False

    def _referred(self, row: dict[str, Any]) -> Referred:
        if row["outside"]:
            return Referred(row["profile"], *json.loads(row["outside"]))
        if row["o_id"] is None:
            return Referred(
                row["profile"],
                row["refers_id"] or "",
                row["refers_url"] or row["url"],
                row["refers_time"],
                row["digest"] or "",
            )
        continued, _ = self._continued(row["o_file"], row["o_id"], row["o_segmented"])
        return Referred(
            row["profile"],
            row["o_id"],
            row["o_url"],
            row["o_time"],
            row["o_digest"] or row["digest"] or "",
            row["o_file"],
            row["o_offset"],
            row["o_length"],
            continued,
        )


def _place(offset: int | None, length: int | None) -> RecordPlace | None:
    return None if offset is None or length is None else RecordPlace(offset, length)
