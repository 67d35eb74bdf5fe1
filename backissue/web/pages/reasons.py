"""`/why?url=`: what came of an address, as `backissue why` says it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from archive.web.userinfo import hide_userinfo
from backissue.web.view import Page, Question, View

_LONGEST = 4000  # characters of an address
_MOST = 100  # outcomes that are shown


def why_page(view: View, question: Question) -> Page:
    """The page."""
    url = question.get("url").strip()[:_LONGEST]
    answer, log, problem = None, list[dict[str, Any]](), None
    if url:
        from backissue.explanation.answer import answer as answer_to
        from backissue.explanation.facts import facts_of

        try:
            facts = facts_of(view.library, url)
        except ValueError as error:
            problem = f"expected {error}"
        else:
            answer = asdict(answer_to(facts))
            answer["article_id"] = (
                facts.articles[0].newest["article_id"] if facts.articles else None
            )
            rows = [row for history in facts.chain for row in history.log]
            log = [{**row, "url": hide_userinfo(row["url"])} for row in reversed(rows)][:_MOST]
    return Page(
        "why.html",
        {"url": hide_userinfo(url), "answer": answer, "log": log, "problem": problem},
        400 if problem else 200,
    )
