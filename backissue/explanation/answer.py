"""What is known of a URL into an answer: what came of it, why, and what to do."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from archive import outcomes
from archive.outcomes import REFUSED
from archive.source import ADHOC
from archive.state.rows import Visit
from archive.tables import verdicts
from archive.tables.url_history import FoundArticle
from archive.tables.verdicts import NONE
from archive.types import Row
from backissue.explanation.facts import Facts
from backissue.explanation.rules import FORBIDDING, Cover
from crawlers.frontier import look_again

Kind = Literal[
    "removed",
    "article",
    "page_of",
    "withdrawn",
    "no_article",
    "no_page",
    "unpublished",
    "failed",
    "kept_out",
    "redirected",
    "not_announced",
    "unknown",
]
_KEPT_OUT = (
    *("robots", "removed", "off_scope", "denied", "before_since"),
    *outcomes.NOT_REACHED,
)
_ORDER = ("seed", "new", "not_announced", "shape", *FORBIDDING)  # of covers: the likeliest first


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a URL. *evidence* says what shows it, *next* what can be done.

    Nothing is known of a URL of the kind `unknown`.
    """

    kind: Kind
    because: str
    evidence: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


def answer(facts: Facts) -> Answer:
    """The answer to why the URL is in the tables, or is not."""
    if removed := facts.removed:
        by = (f"{removed.by} had it removed",) if removed.by else ()
        return Answer(
            "removed", f"it is shown to nobody: it was {removed.words}", by, (removed.target.cure,)
        )
    if facts.articles:
        return _of_article(facts, facts.articles[0])
    if facts.unpublished:
        return _of_unpublished(facts, facts.unpublished[-1])
    if visit := _decisive(facts):
        return _of_visit(facts, visit)
    if facts.last.captures and facts.last.captures[-1]["subset"] == "robotstxt":
        return Answer("no_page", "it was read for what it allows to crawlers")
    if facts.last.captures:
        words = "it is captured; its run has not ended, or is not in the tables yet"
        return Answer("unpublished", words, next=(_publish(facts),))
    if len(facts.chain) > 1:
        words = f"it leads to {facts.last.url}, and nothing is known of that"
        return Answer("redirected", words, next=(_by_hand(facts),))
    return _of_rules(facts)


def _decisive(facts: Facts) -> Row | None:
    """The newest visit; one that was asked for before those by which nothing was asked."""
    visits = facts.last.log
    asked = [one for one in visits if one["outcome"] not in _KEPT_OUT]
    return asked[-1] if asked else visits[-1] if visits else None


def _of_article(facts: Facts, found: FoundArticle) -> Answer:
    row = found.newest
    identity, headline = row["article_id"], row["headline"] or "without a headline"
    if found.withdrawn:
        words = verdicts.NO_ARTICLE_FOR.get(found.withdrawn, found.withdrawn)
        because = f"it was the article “{headline}” ({identity}), and was withdrawn: {words}"
        return Answer("withdrawn", because, _shown(facts), _read_on(facts))
    page = row["url"] != facts.last.url and _newest_verdict(facts) == "page_of"
    kind: Kind = "page_of" if page else "article"
    what = "a later page of" if page else f"version {row['version']} of"
    because = f"it is {what} the article “{headline}” ({identity})"
    return Answer(kind, because, tuple(_about(facts, found)), tuple(_for_article(found)))


def _about(facts: Facts, found: FoundArticle) -> Iterator[str]:
    row = found.newest
    why = json.loads(row["evidence"] or "{}").get("completeness", {}).get("from")
    meaning = verdicts.COMPLETENESS.get(row["completeness"], "")
    yield f"completeness: {row['completeness']}: {meaning}{f' ({why})' if why else ''}"
    if row["url"] != facts.last.url:
        yield f"its address is {row['url']}"
    if found.duplicate_of:
        share = f"{found.similarity:.0%}" if found.similarity is not None else "part"
        yield f"it repeats the article {found.duplicate_of} ({share} of its words)"
    newest = _newest_verdict(facts)
    if newest == "worse" or (newest or "").startswith(NONE):
        yield f"the newest capture of it: {verdicts.in_words(newest or '')}"
    for visit in facts.unpublished:
        yield f"{_waiting(facts, visit)}"


def _for_article(found: FoundArticle) -> Iterator[str]:
    yield f"backissue show {found.newest['article_id']}"
    if found.newest["completeness"] == "paywall":
        yield "`headers` in the source file let a reader in: docs/settings.md"


def _newest_verdict(facts: Facts) -> str | None:
    found = [row["verdict"] for row in facts.last.log if row["verdict"]]
    return found[-1] if found else None


def _of_unpublished(facts: Facts, visit: Visit) -> Answer:
    if visit.outcome in _KEPT_OUT or outcomes.is_failure(visit.outcome):
        row = {"outcome": visit.outcome, "detail": None, "source": visit.source, "verdict": None}
        return _of_visit(facts, row)
    return Answer("unpublished", _waiting(facts, visit), next=(_publish(facts),))


def _waiting(facts: Facts, visit: Visit) -> str:
    goes_on = visit.source in facts.running
    why = "the run goes on" if goes_on else "it waits for `publish`"
    when = in_utc(datetime.fromisoformat(visit.fetch_time))
    return f"{visit.source} asked for it at {when}, and the tables lack that: {why}"


def _publish(facts: Facts) -> str:
    if facts.running:
        return "wait until the run has ended; then: backissue publish"
    return "backissue publish"


def _of_visit(facts: Facts, visit: Row) -> Answer:
    outcome, verdict, detail = visit["outcome"], visit["verdict"], _detail(visit)
    if outcome in _KEPT_OUT:
        words = f"it was {outcomes.in_words(outcome)}"
        return Answer("kept_out", words, detail, _for_rule(facts, visit))
    if verdict:
        words = f"it is {verdicts.in_words(verdict)}"
        return Answer("no_article", words, _shown(facts), _read_on(facts))
    if outcome == outcomes.REDIRECTED:
        words = "it leads to another address"
        return Answer("redirected", words, detail, (_by_hand(facts),))
    if outcomes.is_failure(outcome):
        words = f"it could not be had: {outcomes.in_words(outcome)}"
        return Answer("failed", words, detail, tuple(_for_failure(facts, visit)))
    newest = facts.last.captures[-1] if facts.last.captures else {}
    kind = newest.get("content_mime_detected") or "unknown type"
    return Answer("no_page", f"it was read for what it lists or shows, as no page ({kind})")


def _shown(facts: Facts) -> tuple[str, ...]:
    if facts.proof:
        return (f"by what is known of its site: {facts.proof}",)
    return (f"read again just now: {facts.reading}",) if facts.reading else ()


def _read_on(facts: Facts) -> tuple[str, ...]:
    return (
        f"backissue captures {shlex.quote(facts.last.url)}",
        "a later extractor may read it better: backissue rebuild",
    )


def _detail(visit: Row) -> tuple[str, ...]:
    detail = str(visit["detail"] or "")
    return (detail,) if detail and detail not in outcomes.in_words(visit["outcome"]) else ()


def _for_failure(facts: Facts, visit: Row) -> Iterator[str]:
    outcome = visit["outcome"]
    if outcome == "error:private_address":
        yield "crawl it with --allow-private"
    elif outcome.startswith(REFUSED):
        yield "no run asks again, unless a listing gives a newer date for it"
    else:
        yield "the next run asks again where a listing names it"
    yield _by_hand(facts, "now: ")


def _for_rule(facts: Facts, visit: Row) -> tuple[str, ...]:
    outcome, source = visit["outcome"], visit["source"]
    if outcome == "robots":
        return ("nothing: robots.txt is obeyed, by hand too (docs/robots.md)",)
    if outcome in outcomes.NOT_REACHED:
        return "the next run asks for it", _by_hand(facts, "now: ")
    rule = {"denied": "article", "before_since": "since"}.get(outcome)
    change = (f"change `{rule}` in sources/{source}.toml",) if rule else ()
    return (*change, _by_hand(facts, "it alone: "))


def _by_hand(facts: Facts, before: str = "") -> str:
    return f"{before}backissue crawl {shlex.quote(facts.last.url)}"


def _of_rules(facts: Facts) -> Answer:
    if not facts.covers:
        words = "it was never seen, and no declared source covers it"
        return Answer("unknown", words, next=(_by_hand(facts), "backissue add, for its magazine"))
    cover = min(facts.covers, key=lambda one: _ORDER.index(one.reason))
    others = tuple(one.words for one in facts.covers if one != cover)
    kind: Kind = "kept_out" if cover.reason in FORBIDDING else "not_announced"
    return Answer(kind, f"it was never asked for: {cover.words}", others, _for_cover(facts, cover))


def _for_cover(facts: Facts, cover: Cover) -> tuple[str, ...]:
    if cover.running:
        return (f"a run of {cover.source} goes on: wait for its end",)
    resume = (f"backissue resume {cover.source}",) if cover.paused else ()
    if cover.reason in ("seed", "new"):
        return (*resume, f"backissue crawl {cover.source}")
    if cover.reason in FORBIDDING:
        return _for_rule(facts, {"outcome": cover.reason, "source": cover.source})
    named = f"name a section, sitemap or archive that lists it in sources/{cover.source}.toml"
    return (*resume, _by_hand(facts), named)


def next_look(facts: Facts, now: datetime) -> str | None:
    """When a known URL is asked for again, in words; None where no declared source knows it."""
    if not facts.covers:
        return None
    asking = {ADHOC, *(cover.source for cover in facts.covers)}
    known = [one for one in facts.known_visits if one.source in asking]
    if not known or known[-1].outcome in _KEPT_OUT or known[-1].failed:
        return None
    again = look_again(known[-1])
    if again is None:
        return "only where a listing gives a newer date for it"
    due = "with the next run" if again <= now else f"not before {in_utc(again)}"
    return f"{due}, or where a listing gives a newer date for it"


def in_utc(moment: datetime) -> str:
    """*moment* for people."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
