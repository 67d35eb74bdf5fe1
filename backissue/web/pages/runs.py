"""`/runs/ID`: what a run did, and what it brought."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final

import pyarrow.compute as pc

from archive.outcomes import is_failure
from archive.state.rows import Run
from archive.tables import verdicts
from archive.types import Row
from archive.web.userinfo import hide_userinfo
from backissue.run_results import TABLES_OF_RUNS, announced_pages
from backissue.web.errors import NotFound
from backissue.web.pages.articles import articles_of_run
from backissue.web.view import Page, Question, View, shallow

_MOST = 200  # rows of each list
_LOG: Final = [
    *("url", "source", "run_id", "discovered_by", "discovered_via", "date_announced"),
    *("fetch_time", "outcome", "detail", "fetch_status", "verdict", "article_id"),
]


def run_page(view: View, question: Question) -> Page:
    """The page."""
    identity = question.name
    run = view.ask(lambda state: state.run(identity))
    query = "SELECT file FROM run_files WHERE run_id = ?"
    numbers = [number for (number,) in view.cache.query(query, identity)]
    if run is None and not numbers:
        raise NotFound(f"no run {identity}")
    log = view.rows("crawl_log", numbers, _LOG, pc.field("run_id") == identity)
    announced = announced_pages(log)
    failed = [row for row in log if is_failure(row["outcome"])]
    return Page(
        "run.html",
        {
            "run_id": identity,
            "source": run.source if run else log[0]["source"] if log else None,
            "run": in_short(run) if run else None,
            "rows": _counts(view, identity, numbers, len(log)),
            "outcomes": dict(Counter(row["outcome"] for row in log).most_common()),
            "verdicts": [
                {"verdict": verdict, "words": verdicts.in_words(verdict), "pages": count}
                for verdict, count in Counter(
                    row["verdict"] for row in log if row["verdict"]
                ).most_common()
            ],
            "announced": announced.in_words() if announced.pages else None,
            "failed": [_failure(row) for row in failed[:_MOST]],
            "failures": len(failed),
            "articles": articles_of_run(view, identity, _MOST),
        },
    )


def _counts(view: View, identity: str, numbers: list[int], log: int) -> dict[str, int]:
    """The rows of each table that name the run."""
    first = view.cache.first
    known = {
        "articles": first("SELECT count(*) FROM versions WHERE run_id = ?", identity),
        "captures": first("SELECT captures FROM published WHERE run_id = ?", identity) or 0,
        "crawl_log": log,
    }
    return {name: known[name] for name in TABLES_OF_RUNS}


def _failure(row: Row) -> dict[str, Any]:
    return {
        "url": hide_userinfo(row["url"]),
        "outcome": row["outcome"],
        "detail": row["detail"],
        "fetch_time": row["fetch_time"],
    }


def in_short(run: Run) -> dict[str, Any]:
    """A run, its times as times."""
    times = {
        name: datetime.fromisoformat(text) if text else None
        for name, text in (("started", run.started), ("ended", run.ended))
    }
    detail = run.detail and hide_userinfo(run.detail)
    return {**shallow(run), **times, "detail": detail}
