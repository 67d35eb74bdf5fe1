"""The verdict on a capture, and how complete its page is: what each value means, in words.

The fold decides on the verdict (`pipelines.fold.versions`), and the extractor on the completeness
(`pipelines.completeness`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archive.types import NO_ARTICLE, Completeness

NONE: Final = "not_article:"
"""How the verdicts on pages begin that made no row of `articles`; the reason follows."""

COMPLETENESS: Final[Mapping[Completeness, str]] = {
    "full": "the whole text, as far as the page tells",
    "teaser": "the beginning of a text that goes on elsewhere",
    "paywall": "what stands before a wall: the rest is for subscribers",
    "consent": "a question about cookies or consent, and hardly any text beside it",
    "password": "a form that asks for the password of the text",
    "liveblog": "the entries of a live blog as they were then",
    "unknown": "a text of which nothing tells whether it is whole, or no text",
    "list": "a list of other pages",
    "page": "a page about the magazine: imprint, privacy, contact",
    "shell": "a page without text, which only a script would fill",
    "soft404": "a page that says that there is nothing, with the status of a good page",
    "error": "an error page, or a page that cannot be read",
}
"""What each value of `articles.completeness` means; `NO_ARTICLE` names those that make no row."""

SIGNALS: Final[Mapping[str, str]] = {
    "noindex": "the page says `noindex`, which `policy.respect` names",
    "noarchive": "the page says `noarchive`, which `policy.respect` names",
    "noai": "the page says `noai`, which `policy.respect` names",
    "tdm": "the page or its host reserves text and data mining, which `policy.respect` names",
}
"""The signals by which a page opts out, as they follow `not_article:`."""

VERDICTS: Final[Mapping[str, str]] = {
    "article": "a new article",
    "version": "a new version of a known article",
    "unchanged": "a known article, as it was",
    "worse": "less of a known article than was there before: put aside",
    "page_of": "a later page of an article of several pages",
}
"""What each verdict on a page of an article means. All others begin with `not_article:`."""

NO_ARTICLE_FOR: Final[Mapping[str, str]] = {
    **{kind: text for kind, text in COMPLETENESS.items() if kind in NO_ARTICLE},
    "paywall": "a wall, and no text before it",
    "consent": "a question about cookies or consent, and no text beside it",
    "password": "a form that asks for the password of the text",
    "unknown": "no text",
    **SIGNALS,
}
"""What may follow `not_article:`, and what it means."""


def in_words(verdict: str) -> str:
    """What *verdict* means; one that is not known stands for itself.

    >>> in_words("not_article:list")
    'no article: a list of other pages'
    """
    if not verdict.startswith(NONE):
        return VERDICTS.get(verdict, verdict)
    why = verdict.removeprefix(NONE)
    return f"no article: {NO_ARTICLE_FOR.get(why, why)}"
