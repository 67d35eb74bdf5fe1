"""A URL that was never seen, and a declared source, into whether the source would ask for it, and
why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from archive.library import Library
from archive.source import Source
from archive.state.database import State
from archive.state.host_notes import robots_note
from archive.web.surt import url_surtkey
from crawlers.discovery import Announced
from crawlers.discovery.leads import is_before, refused_by_rules
from crawlers.discovery.url_shapes import Shapes
from crawlers.politeness.robots import parse_robots

_ANY_AGE = timedelta(days=36_500)  # a robots.txt that was read once says something still
Reason = Literal["denied", "before_since", "robots", "seed", "new", "shape", "not_announced"]
FORBIDDING: tuple[Reason, ...] = ("denied", "before_since", "robots")
"""The reasons by which a source would not ask for a URL, whoever announces it."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A declared source that a URL is in the scope of: why it did not ask, and what may help."""

    source: str
    reason: Reason
    words: str
    paused: bool = False
    running: bool = False


def covers(library: Library, state: State, sources: list[Source], url: str) -> Iterator[Cover]:
    """What each of *sources* that covers *url* makes of it."""
    paused = state.paused()
    running = {run.source for run in state.running()}
    for source in sources:
        if source.in_scope(url):
            reason, words = _reason(library, state, source, url)
            stopped = bool({source.name, "*"} & paused)
            yield Cover(source.name, reason, words, stopped, source.name in running)


def _reason(library: Library, state: State, source: Source, url: str) -> tuple[Reason, str]:
    if seed := _seed(source, url):
        return "seed", f"it is a {seed} of {source.name}, which has not read it"
    if refused_by_rules(source, Announced(url)) == "denied":
        return "denied", _denied_by(source, url)
    if is_before(source.since, url):
        return "before_since", f"its address has a date before `since` of {source.name}"
    if forbidden := _forbidden(library, state, url):
        return "robots", forbidden
    runs = state.last_runs(source.name, 1)
    if not runs:
        return "new", f"{source.name} would cover it, and has not run yet"
    if looks := _unlike_articles(state, source, url):
        words = f"{source.name} follows links that look like articles; this one does not"
        return "shape", f"{words} ({looks})"
    when = runs[-1].started[:16].replace("T", " ")
    words = f"{source.name} would ask for it, but nothing that it read has announced it"
    return "not_announced", f"{words}; its last run began at {when} UTC"


def _seed(source: Source, url: str) -> str | None:
    """Which kind of declared place *url* is; None where it is none."""
    key = url_surtkey(url)
    seeds = (seed for seed in source.seeds() if seed.kind != "archive")
    return next((seed.kind for seed in seeds if url_surtkey(seed.url) == key), None)


def _denied_by(source: Source, url: str) -> str:
    rules = source.article
    for pattern in rules.deny:
        if re.search(pattern, url):
            return f"`article.deny` of {source.name} keeps it out: {pattern}"
    return f"nothing in `article.allow` of {source.name} matches it"


def _unlike_articles(state: State, source: Source, url: str) -> str | None:
    """Why *url* does not look like an article, where only its looks would make a source ask."""
    by_links = any(seed.kind in ("section", "archive") for seed in source.seeds())
    if not by_links or source.article.allow:
        return None
    judged = Shapes.learn(state.announced_urls(source.name)).judge(url)
    return None if judged.kind == "article" else judged.reason


def _forbidden(library: Library, state: State, url: str) -> str | None:
    """That the robots.txt which a crawl read last forbids *url*; None where nothing does."""
    if "robots" not in library.settings.policy.respect:
        return None
    parts = urlsplit(url)
    note = robots_note(state, f"{parts.scheme}://{parts.netloc}", _ANY_AGE)
    if note is None or parse_robots(note.content, note.status).allows(url, library.user_agent):
        return None
    return f"robots.txt forbids it, as it was at {note.fetch_time[:16].replace('T', ' ')} UTC"
