"""`/articles/ID`: its newest text, its versions, and what each value of it rests on."""

from __future__ import annotations

import json
import threading
from typing import Any, Final

import pyarrow.compute as pc

from archive.removal.in_force import not_found
from archive.types import Row
from archive.web.userinfo import hide_userinfo
from backissue.web.cache.tables import short_key
from backissue.web.errors import Busy, NotFound
from backissue.web.pages.word_diff import near_changes, side_by_side
from backissue.web.replays import replay_of
from backissue.web.view import Page, Question, View

_LONGEST = 400_000  # characters of a text that are shown
_MOST = 300  # captures, removed blocks
_CAPTURE: Final = [
    *("url", "fetch_time", "fetch_status", "warc_type", "content_mime_type", "warc_record_id"),
    *("warc_filename", "warc_record_offset", "source", "run_id"),
]
_COMPARED: Final = ("headline", "author", "date_published")
_PROVING = threading.Lock()  # extraction takes a processor: one at a time


def article_page(view: View, question: Question) -> Page:
    """The page."""
    places = view.cache.query(
        "SELECT version, file, url, withdrawn FROM versions WHERE article_id = ? ORDER BY version",
        question.name,
    )
    if not places:
        raise not_found(view.library.generation, question.name)
    rows = _versions(view, question.name, [place[1] for place in places])
    standing = [row for row in rows if (row["version"], 1) not in {(p[0], p[3]) for p in places}]
    newest = (standing or rows)[-1]
    evidence = json.loads(newest["evidence"] or "{}")
    return Page(
        "article.html",
        {
            "article": {**newest, "evidence": evidence},
            "blocks": newest["article_body"][:_LONGEST].split("\n\n"),
            "cut": len(newest["article_body"]) > _LONGEST,
            "withdrawn": not standing,
            "versions": [_in_list(row) for row in rows],
            "diff": _difference(rows, question),
            "evidence": _evidence(newest, evidence),
            "removed": _removed(view, newest, places),
            "captures": _captures(view, newest["url_surtkey"]),
            "proof": _proof(view, newest) if question.get("prove") == "1" else None,
            "replay": _replay(view, newest),
        },
    )


def _versions(view: View, identity: str, numbers: list[int]) -> list[Row]:
    condition = pc.field("article_id") == identity
    columns = view.columns("articles")
    rows = view.rows("articles", sorted(set(numbers)), columns, condition)
    if not rows:
        raise NotFound(f"no article {identity} in the tables as they are now")
    return sorted(rows, key=lambda row: int(row["version"]))


def _in_list(row: Row) -> dict[str, Any]:
    names = ("version", "headline", "fetch_time", "word_count", "completeness", "run_id")
    return {name: row[name] for name in names}


def _difference(rows: list[Row], question: Question) -> dict[str, Any] | None:
    """Two versions side by side: the last two, or those that are asked for."""
    if len(rows) < 2:
        return None
    of = {row["version"]: row for row in rows}
    new = of.get(question.number("to", rows[-1]["version"]), rows[-1])
    before = [row for row in rows if row["version"] < new["version"]] or [rows[0]]
    old = of.get(question.number("with", before[-1]["version"]), before[-1])
    return {
        "old": old["version"],
        "new": new["version"],
        "fields": [
            {"name": name, "old": _text(old[name]), "new": _text(new[name])}
            for name in _COMPARED
            if old[name] != new[name]
        ],
        "rows": near_changes(side_by_side(old["article_body"], new["article_body"])),
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def _evidence(row: Row, evidence: dict[str, Any]) -> list[dict[str, Any]]:
    """For each field its value, where it comes from, and what was rejected."""
    found = []
    for name, said in sorted(evidence.items()):
        if not isinstance(said, dict) or name == "article_body":
            continue
        rejected = said.get("rejected")
        found.append(
            {
                "field": name,
                "value": _text(row.get(name)),
                "from": _text(said.get("from")),
                "raw": _text(said.get("raw")),
                "rejected": [
                    {key: _text(one.get(key)) for key in ("from", "raw", "why")}
                    for one in rejected or []
                    if isinstance(one, dict)
                ],
            }
        )
    return found


def _removed(view: View, row: Row, places: list[Any]) -> list[dict[str, Any]]:
    """The blocks of the page that are not in its text."""
    number = next(place[1] for place in places if place[0] == row["version"])
    query = (
        "SELECT id FROM files WHERE kind = 'removed' "
        "AND batch = (SELECT batch FROM files WHERE id = ?)"
    )
    numbers = [found for (found,) in view.cache.query(query, number)]
    condition = pc.field("article_id") == row["article_id"]
    blocks = view.rows("removed", numbers, ["version", "reason", "block"], condition)
    return [
        {"reason": one["reason"], "block": one["block"][:2000]}
        for one in blocks[:_MOST]
        if one["version"] == row["version"]
    ]


def _captures(view: View, key: str) -> list[dict[str, Any]]:
    """The captures of the article's address, the newest first."""
    query = "SELECT DISTINCT file FROM captures WHERE url = ?"
    numbers = [number for (number,) in view.cache.query(query, short_key(key))]
    rows = view.rows("captures", numbers, _CAPTURE, pc.field("url_surtkey") == key)
    newest = sorted(rows, key=lambda row: row["fetch_time"], reverse=True)
    return [{**row, "url": hide_userinfo(row["url"])} for row in newest[:_MOST]]


def _proof(view: View, row: Row) -> dict[str, Any]:
    """The row, made again from its capture just now: whether it is the same."""
    from pipelines.rebuild.proof import prove_rows

    if not _PROVING.acquire(timeout=10):
        raise Busy("another row is being proved: try again in a moment")
    try:
        proven = prove_rows(view.library, [row], lambda work, tasks: map(work, tasks))
    finally:
        _PROVING.release()
    return {
        "tried": bool(proven.rows),
        "same": bool(proven.rows) and not proven.findings,
        "findings": [f"{one.code}: {one.detail}" for one in proven.findings],
    }


def _replay(view: View, row: Row) -> str | None:
    """Where a running replay shows the capture that the text comes from."""
    base = replay_of(view.library) if view.local else None
    return f"{base}{row['fetch_time']:%Y%m%d%H%M%S}/{row['url']}" if base else None
