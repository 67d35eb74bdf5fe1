"""In which order a run asks: feeds, sitemaps and sections first, then articles, then more lists."""

from __future__ import annotations

from typing import Final

from crawlers.request_meta import Purpose

WALKED: Final = ("front", "list", "doubtful", "archive")
"""What pages that pages lead to are asked for as, and the front page."""

_SEED_PRIORITY, _LIST_PRIORITY = 10, -1


def priority_of(purpose: Purpose) -> int:
    """The priority of a request for *purpose*; among equals the oldest goes first."""
    if purpose.late:
        return _LIST_PRIORITY
    if purpose.role != "listing":
        return 0
    walked = purpose.kind in WALKED and purpose.kind != "front"
    return _LIST_PRIORITY if walked or purpose.list_of else _SEED_PRIORITY


def is_list_page(purpose: Purpose) -> bool:
    """Whether a page of a list is asked for that pages lead to, or that follows another."""
    return purpose.kind in ("list", "doubtful") or purpose.list_of is not None
