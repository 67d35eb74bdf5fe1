"""`/storage`: the files of a library, and how they grow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backissue.web.cache.tables import DAY, micros
from backissue.web.pages.disk import disk_of
from backissue.web.pages.source import day_of
from backissue.web.view import Page, Question, View

_DAYS = 28
_FILES = 100
_TABLES = (
    "SELECT kind, count(*), sum(rows), sum(bytes) FROM files GROUP BY kind ORDER BY sum(bytes) DESC"
)


def storage_page(view: View, question: Question) -> Page:
    """The page."""
    now = datetime.now(UTC)
    view.cache.refresh()
    files = view.ask(lambda state: state.warc_files())
    taken = dict(view.cache.query("SELECT file, until FROM taken"))
    first = question.number("from", 0)
    newest = sorted(files, key=lambda file: file.name, reverse=True)
    shown = newest[first : first + _FILES]
    return Page(
        "storage.html",
        {
            "disk": disk_of(view, sum(file.synced_offset for file in files), now),
            "generation": view.library.generation.name,
            "batches": view.cache.first("SELECT batch FROM progress") or 0,
            "tables": [
                {"table": kind, "files": count, "rows": rows, "bytes": size}
                for kind, count, rows, size in view.cache.query(_TABLES)
            ],
            "warc_files": [
                {
                    "name": file.name,
                    "bytes": file.synced_offset,
                    "unpublished": max(0, file.synced_offset - taken.get(file.name, 0)),
                    "sealed": file.sealed,
                }
                for file in shown
            ],
            "files": len(files),
            "from": first,
            "more": first + _FILES if first + _FILES < len(files) else None,
            "state": _state_files(view),
            "growth": _growth(view, now),
        },
    )


def _state_files(view: View) -> list[dict[str, Any]]:
    """What the machine keeps beside the archive: it can be made again."""
    folder = view.library.path / "state"
    found = []
    for path in sorted(folder.glob("*")):
        if path.is_file():
            found.append({"name": f"state/{path.name}", "bytes": path.stat().st_size})
        elif path.is_dir():
            size = sum(one.stat().st_size for one in path.glob("*") if one.is_file())
            found.append({"name": f"state/{path.name}/", "bytes": size})
    return found


def _growth(view: View, now: datetime) -> list[dict[str, Any]]:
    """The bytes that each of the last days brought, the oldest first."""
    today = micros(now) // DAY
    query = "SELECT day, warc, tables FROM growth WHERE day > ?"
    known = {day: (warc, tables) for day, warc, tables in view.cache.query(query, today - _DAYS)}
    days = range(today - _DAYS + 1, today + 1)
    return [
        {"day": day_of(day), "warc": warc, "tables": tables}
        for day in days
        for warc, tables in (known.get(day, (0, 0)),)
    ]
