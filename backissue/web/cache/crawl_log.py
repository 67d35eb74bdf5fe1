"""Rows of the crawl log into sums: what was announced and what came of it, outcomes by week."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from archive.outcomes import HAD, NOT_REACHED, REDIRECTED
from archive.tables.verdicts import NONE
from archive.types import Row
from backissue.run_results import AnnouncedPages, announced_pages
from backissue.web.cache.tables import DAY, micros, short_key, week_of

LOG_COLUMNS: Final = (
    *("url", "url_surtkey", "source", "run_id", "discovered_by", "discovered_via"),
    *("date_announced", "fetch_time", "outcome", "verdict"),
)
KEPT_OUT, FAILED, CAPTURED, ARTICLE = range(4)
"""What came of an announced page, from worst to best."""

_NOT_ASKED: Final = (
    *("robots", "off_scope", "denied", "before_since", "removed"),
    *NOT_REACHED,
)
_OF_SITES: Final = (f"{NONE}list", f"{NONE}page")  # a sitemap names these beside the articles
_MOST_HOPS = 10  # redirects between what was announced and its page
_SEVERAL = 5  # announced pages that tell of a redesign: see `backissue.run_results`
_UNKNOWN: Final[Row] = {"discovered_by": None}
_AT_ONCE = 50_000  # rows that are looked at together, so that few are in memory
_Hops = dict[str, dict[str, Row]]


def add_log(connection: sqlite3.Connection, log: pa.Table) -> None:
    """Add the rows of one file of `crawl_log` to the sums."""
    ordered = log.sort_by("fetch_time")
    hops = _hops(connection, ordered)
    for part in ordered.to_batches(max_chunksize=_AT_ONCE):
        rows: list[Row] = part.to_pylist()
        _add_outcomes(connection, rows)
        _add_pages(connection, rows, hops)
        _add_announced(connection, rows, hops)


def _hops(connection: sqlite3.Connection, log: pa.Table) -> _Hops:
    """The redirects of the runs of *log*, those of earlier batches too; those of others go."""
    runs = set(pc.unique(log["run_id"]).to_pylist())
    found: _Hops = {}
    for run, url, by, via in connection.execute("SELECT * FROM hops").fetchall():
        if run in runs:
            found.setdefault(run, {})[url] = {
                **{"run_id": run, "url": url, "outcome": REDIRECTED, "verdict": None},
                **{"discovered_by": by, "discovered_via": via},
            }
    for row in log.filter(pc.equal(log["outcome"], REDIRECTED)).to_pylist():
        found.setdefault(row["run_id"] or "", {})[row["url"]] = row
    connection.execute("DELETE FROM hops")
    connection.executemany(
        "INSERT OR REPLACE INTO hops VALUES (?, ?, ?, ?)",
        [
            (run, url, row["discovered_by"], row["discovered_via"])
            for run, of_run in found.items()
            for url, row in of_run.items()
        ],
    )
    return found


def _add_outcomes(connection: sqlite3.Connection, log: list[Row]) -> None:
    weeks = Counter(
        (row["source"] or "", week_of(micros(row["fetch_time"]) // DAY), row["outcome"])
        for row in log
    )
    connection.executemany(
        "INSERT INTO outcomes VALUES (?, ?, ?, ?) ON CONFLICT (source, week, outcome) "
        "DO UPDATE SET urls = urls + excluded.urls",
        [(*key, count) for key, count in weeks.items()],
    )


# announced pages, by day


@dataclass(frozen=True, slots=True)
class _Page:
    """An announced page as it is known now."""

    day: int
    state: int
    url: str | None
    why: str | None
    seen: int


def _add_pages(connection: sqlite3.Connection, log: list[Row], hops: _Hops) -> None:
    changes: Counter[tuple[str, int, str]] = Counter()
    for row, state in _judged(log, hops):
        key = (row["source"] or "", short_key(row["url_surtkey"]))
        known = _known(connection, key)
        page = _page(row, state, known)
        if known:
            changes.subtract(_counts(key[0], known))
        changes.update(_counts(key[0], page))
        connection.execute(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*key, page.day, page.state, page.url, page.why, page.seen),
        )
    _add_days(connection, changes)


def _judged(log: list[Row], hops: _Hops) -> Iterator[tuple[Row, int]]:
    """The rows of announced pages that tell what came of them, and how good that is."""
    for row in log:
        outcome, verdict = row["outcome"], row["verdict"]
        if outcome == REDIRECTED or row["discovered_via"] is None:
            continue
        by = _announced_by(row, hops)
        if row["date_announced"] is None and by not in ("feed", "sitemap"):
            continue
        if outcome in HAD and verdict is None:  # a list of addresses, or a page as it was
            continue
        if verdict in _OF_SITES and by != "feed":
            continue
        yield row, _state(outcome, verdict)


def _announced_by(row: Row, hops: _Hops) -> str | None:
    """What named the page, or the address that it was redirected from."""
    for _ in range(_MOST_HOPS):
        if row["discovered_by"] != "redirect":
            break
        row = hops.get(row["run_id"] or "", {}).get(row["discovered_via"], _UNKNOWN)
    found: str | None = row["discovered_by"]
    return found


def _state(outcome: str, verdict: str | None) -> int:
    if verdict:
        return CAPTURED if verdict.startswith(NONE) else ARTICLE
    return CAPTURED if outcome in HAD else KEPT_OUT if outcome in _NOT_ASKED else FAILED


def _known(connection: sqlite3.Connection, key: tuple[str, int]) -> _Page | None:
    found = connection.execute(
        "SELECT day, state, url, why, seen FROM pages WHERE source = ? AND page = ?", key
    ).fetchone()
    return _Page(*found) if found else None


def _page(row: Row, state: int, known: _Page | None) -> _Page:
    """The page after *row*: what was captured once stays captured."""
    stated = micros(row["date_announced"]) // DAY if row["date_announced"] else None
    seen = micros(row["fetch_time"])
    day = stated if stated is not None else known.day if known else seen // DAY
    if known and known.state > max(state, FAILED):
        return _Page(day, known.state, known.url, known.why, seen)
    if state == ARTICLE:
        return _Page(day, state, None, None, seen)
    return _Page(day, state, row["url"], row["verdict"] or row["outcome"], seen)


def _counts(source: str, page: _Page) -> dict[tuple[str, int, str], int]:
    return {
        (source, page.day, "announced"): 1,
        (source, page.day, "captured"): int(page.state >= CAPTURED),
        (source, page.day, "articles"): int(page.state == ARTICLE),
    }


def _add_days(connection: sqlite3.Connection, changes: Mapping[tuple[str, int, str], int]) -> None:
    days: dict[tuple[str, int], dict[str, int]] = {}
    for (source, day, name), change in changes.items():
        days.setdefault((source, day), {})[name] = change
    connection.executemany(
        "INSERT INTO days VALUES (?, ?, ?, ?, ?) ON CONFLICT (source, day) DO UPDATE SET "
        "announced = announced + excluded.announced, captured = captured + excluded.captured, "
        "articles = articles + excluded.articles",
        [
            (*key, *(counts.get(name, 0) for name in ("announced", "captured", "articles")))
            for key, counts in days.items()
            if any(counts.values())
        ],
    )


# announced pages, of the newest runs


def _add_announced(connection: sqlite3.Connection, log: list[Row], hops: _Hops) -> None:
    runs: dict[tuple[str, str], list[Row]] = {}
    for row in log:
        if row["outcome"] == "fetched" and row["source"] and row["run_id"]:
            runs.setdefault((row["source"], row["run_id"]), []).append(row)
    for (source, run), rows in runs.items():
        began = micros(rows[0]["fetch_time"])
        of_run = [hop | {"fetch_time": rows[0]["fetch_time"]} for hop in hops.get(run, {}).values()]
        found = announced_pages([*rows, *of_run])
        if found.pages:
            _put_announced(connection, (source, run), began, found)
    for source in {source for source, _ in runs}:
        _keep_newest(connection, source)


def _put_announced(
    connection: sqlite3.Connection, key: tuple[str, str], began: int, found: AnnouncedPages
) -> None:
    before = connection.execute(
        "SELECT began, pages, without, newest FROM announced WHERE source = ? AND run_id = ?", key
    ).fetchone()
    without = Counter(found.without)
    pages, newest = found.pages, found.newest
    if before:
        began, pages = min(began, before[0]), pages + before[1]
        without.update(json.loads(before[2]))
        newest = newest or before[3]
    connection.execute(
        "INSERT OR REPLACE INTO announced VALUES (?, ?, ?, ?, ?, ?)",
        (*key, began, pages, json.dumps(without), newest),
    )


def _keep_newest(connection: sqlite3.Connection, source: str) -> None:
    """Forget the runs that are older than those which have several announced pages together."""
    total = 0
    query = "SELECT run_id, pages FROM announced WHERE source = ? ORDER BY began DESC"
    for run, pages in connection.execute(query, (source,)).fetchall():
        if total >= _SEVERAL:
            connection.execute(
                "DELETE FROM announced WHERE source = ? AND run_id = ?", (source, run)
            )
        total += pages
