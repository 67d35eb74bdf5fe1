"""Articles in lists: of a source, of a run."""

from __future__ import annotations

from typing import Any

from archive.web.userinfo import hide_userinfo
from backissue.web.cache.tables import moment_of
from backissue.web.view import View

_COLUMNS = "article_id, version, url, headline, date, fetch_time"
_NEWEST = (
    f"SELECT {_COLUMNS} FROM versions AS first WHERE version = 1 AND withdrawn = 0 "  # noqa: S608 - words of ours; values are bound
    "AND source = ? ORDER BY date DESC LIMIT ?"
)
_OF_RUN = (
    f"SELECT {_COLUMNS} FROM versions WHERE run_id = ? AND withdrawn = 0 ORDER BY date DESC LIMIT ?"  # noqa: S608 - words of ours; values are bound
)


def newest_articles(view: View, source: str, count: int) -> list[dict[str, Any]]:
    """The newest articles of *source* by their own dates."""
    return [_in_list(*row) for row in view.cache.query(_NEWEST, source, count)]


def articles_of_run(view: View, run: str, count: int) -> list[dict[str, Any]]:
    """Articles that a run brought, or new versions of them."""
    return [_in_list(*row) for row in view.cache.query(_OF_RUN, run, count)]


def _in_list(*row: Any) -> dict[str, Any]:
    identity, version, url, headline, date, fetched = row
    return {
        "article_id": identity,
        "version": version,
        "url": hide_userinfo(url),
        "headline": headline,
        "date": moment_of(date),
        "fetch_time": moment_of(fetched),
    }
