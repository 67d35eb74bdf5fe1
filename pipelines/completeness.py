"""A page and its text into how much of an article it holds: full, a teaser, a list …

No single sign decides. What a page says of itself is weighed against the text that was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.types import Completeness
from pipelines.body.blocks import Block
from pipelines.boilerplate.teaser_rows import TeaserRows, rows_of
from pipelines.boilerplate.walls import (
    NOT_FOUND,
    READ_ON,
    TEASER_END,
    WALL,
    asks_for_consent,
    box_that_says,
    consent_box,
    gate_on,
)
from pipelines.metadata.declarations import Declarations
from pipelines.metadata.links import following_page
from pipelines.page.html import Tagged
from pipelines.text.words import word_count

_ORDINARY = 150  # words that make a text of ordinary length
_SHORT = 350  # words below which a wall on the page means that the rest is behind it
_SCRAP = 40  # words that are no article at all
_TEASERS = 6  # linked headings that make a page a list of other pages
_PER_TEASER = 40  # words of prose for each linked heading: a list has fewer
_ROWS, _IN_ROWS = 4, 60  # rows of a title and a teaser that make a list; percent of words in them
_CUT = 50  # percent of the words that the page declares, or its feed gave: with less it is cut
_LONG_DECLARED = 120  # words: a shorter declared text says nothing
_SHELL, _SHOWN = 10, 15  # words of text, and on the whole page, that are too few for a page
_LOOKED_THROUGH = 40  # lines of a page whose words are counted: with more it is no shell
LIST_TYPES = ("CollectionPage", "SearchResultsPage", "ProfilePage")
LIST_BODY = re.compile(r"(?:^|\s)(?:archive|category|tag|author|search|home|blog|paged)(?:\s|$)")
_SINGLE_BODY = re.compile(r"(?:^|\s)(?:single|single-post|postid-\d+|page-template\S*)(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Judgement:
    """How complete the text is, and *why*."""

    completeness: Completeness
    why: str


_NO_ROWS = TeaserRows()


GOES_ON = "it goes on at"
"""How the evidence begins where a page is not the last of its article."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page's markup says of its completeness, whatever its text is.

    *declared_words* is how long the page says that its article is, 0 where it does not say.
    *wall*, *gate* (a wall that hides the rest, however long the text is), *consent* and *not_found*
    quote what was found, *listed* says why it looks like a list,
    *question* quotes a page that is nothing but a question about cookies, *goes_on* is the address
    of the article's next page. *is_bare*: it shows hardly a word, and has scripts.
    """

    article: bool = False
    password: bool = False
    liveblog: bool = False
    declared_words: int = 0
    linked_headings: int = 0
    times: int = 0
    listed: str | None = None
    wall: str | None = None
    gate: str | None = None
    consent: str | None = None
    not_found: str | None = None
    question: str | None = None
    rows: TeaserRows = _NO_ROWS
    goes_on: str | None = None
    is_bare: bool = False


def signs_of(declared: Declarations, url: str = "", rows: TeaserRows | None = None) -> Signs:
    """The signs on the page at *url* that *declared* describes; *rows* are its teaser rows, if
    known."""
    tagged = declared.tagged
    linked = sum(1 for heading in tagged("h2", "h3") if _links_away(heading))
    return Signs(
        article=is_article(declared),
        password=_has_password_form(tagged),
        liveblog=declared.article_type == "LiveBlogPosting",
        declared_words=_declared_words(declared),
        linked_headings=linked,
        times=len(tagged("time")),
        listed=_listed(declared, linked),
        wall=box_that_says(declared.segments, "wall", WALL),
        gate=gate_on(declared.segments),
        consent=consent_box(declared.segments),
        question=asks_for_consent(declared.segments),
        not_found=_not_found(tagged),
        rows=rows_of(declared.segments) if rows is None else rows,
        goes_on=following_page(declared.tree, url, tagged("link", "a")),
        is_bare=_is_bare(declared),
    )


def _is_bare(declared: Declarations) -> bool:
    """Whether a page shows hardly a word, and has scripts that may bring its text."""
    segments = declared.segments
    if len(segments) > _LOOKED_THROUGH or not declared.tagged("script"):
        return False
    return sum(word_count(segment.text) for segment in segments) < _SHOWN


def judge(
    signs: Signs,
    blocks: Sequence[Block],
    status: int | None,
    free: bool | None,
    announced: int | None = None,
    behind: str | None = None,
) -> Judgement:
    """How much of an article the page holds; `unknown` where nothing is sure.

    *announced* is how many words of it a feed had, if it gave any text; *behind* quotes a line that
    asks for a subscription right behind the text.
    """
    count = sum(word_count(block.text) for block in blocks)
    if status is not None and status >= 400:
        return Judgement("error", f"status {status}")
    if signs.not_found and count < _ORDINARY and not signs.declared_words:
        return Judgement("soft404", f"{signs.not_found!r}, {count} words")
    if signs.password and count < _ORDINARY:
        return Judgement("password", "a form asks for the post's password")
    if why := _list_evidence(signs, blocks, count):
        return Judgement("list", why)
    if signs.liveblog:
        return Judgement("liveblog", "json-ld:LiveBlogPosting")
    if why := _consent_evidence(signs, count):
        return Judgement("consent", why)
    if why := _wall_evidence(signs, count, free, behind):
        return Judgement("paywall", why)
    return _judge_text(signs, blocks, count, announced or 0)


def _judge_text(signs: Signs, blocks: Sequence[Block], count: int, announced: int) -> Judgement:
    if signs.is_bare and count < _SHELL:
        return Judgement("shell", f"{count} words, and scripts")
    if not blocks or count < _SCRAP // 4:
        return Judgement("unknown", f"{count} words")
    last = blocks[-1].text
    if count < _ORDINARY and (TEASER_END.search(last) or READ_ON.match(last)):
        return Judgement("teaser", f"ends with {last[-40:]!r}")
    if signs.declared_words > _LONG_DECLARED and 100 * count < _CUT * signs.declared_words:
        return Judgement("teaser", f"{count} of {signs.declared_words} declared words")
    if announced > _LONG_DECLARED and 100 * count < _CUT * announced:
        return Judgement("teaser", f"{count} words, the feed had {announced}")
    if signs.goes_on:
        return Judgement("teaser", f"{GOES_ON} {signs.goes_on}")
    if signs.article:
        enough = count >= _SCRAP
        return Judgement("full" if enough else "unknown", f"an article of {count} words")
    enough = count >= _ORDINARY
    return Judgement("full" if enough else "unknown", f"{count} words, no declared article")


def is_article(declared: Declarations) -> bool:
    """Whether the page declares that it is an article."""
    kinds = declared.metas.get("og:type", [])
    return bool(
        declared.article_type
        or any(kind.strip().lower() in ("article", "news", "blog") for kind in kinds)
        or "article:published_time" in declared.metas
        or "citation_title" in declared.metas
        or _SINGLE_BODY.search(_body_classes(declared.tree))
    )


def _body_classes(tree: HtmlElement) -> str:
    body = tree.find("body")
    return body.get("class", "") if body is not None else ""


_MOST_DIGITS = 10  # of a count of words


def _declared_words(declared: Declarations) -> int:
    """How many words the article has by its JSON-LD: a count, or the text itself."""
    counts = declared.linked.texts(declared.article, "wordCount")
    numbers = (text for text in counts if text.isascii() and text.isdecimal())
    count = max((int(text) for text in numbers if len(text) < _MOST_DIGITS), default=0)
    texts = declared.linked.texts(declared.article, "articleBody")
    whole = max((word_count(text[:200_000]) for text in texts), default=0)
    return max(count if count < 100_000 else 0, whole)


def _has_password_form(tagged: Tagged) -> bool:
    """Whether the page asks for the password of a WordPress post."""
    return any(field.get("name") == "post_password" for field in tagged("input")) or any(
        "post-password-form" in (form.get("class") or "") for form in tagged("form")
    )


def _listed(declared: Declarations, linked: int) -> str | None:
    """What names the page a list of other pages, None where nothing does."""
    typed = next(iter(declared.linked.of_type(*LIST_TYPES)), None)
    if typed is not None:
        return f"json-ld:{typed.get('@type')}"
    classes = _body_classes(declared.tree)
    match = LIST_BODY.search(classes)
    if linked >= 2 and match and not _SINGLE_BODY.search(classes):
        return f"body class {match[0].strip()!r}, {linked} linked headings"
    return None


def _list_evidence(signs: Signs, blocks: Sequence[Block], count: int) -> str | None:
    """Why the page is a list of other pages, None where it is none."""
    if signs.article:
        return None
    if why := _in_rows(signs.rows, blocks, count):
        return why
    prose = sum(word_count(block.text) for block in blocks if block.kind == "paragraph")
    linked = signs.linked_headings
    if signs.listed and prose < max(linked * _PER_TEASER, _SHORT):
        return signs.listed
    if linked >= 2 and signs.times >= 2 and count < linked * _PER_TEASER:
        return f"{linked} linked headings, dated, {count} words"
    if linked >= _TEASERS and prose < linked * _PER_TEASER and not _has_long_prose(blocks):
        return f"{linked} linked headings, {prose} words of prose"
    return None


def _consent_evidence(signs: Signs, count: int) -> str | None:
    """Why the page only asks for consent, None where it does not."""
    if signs.article:
        return None
    if signs.question:
        return f"nothing but {signs.question!r}"
    return (
        f"{signs.consent!r}, {count} words beside it" if signs.consent and count < _SCRAP else None
    )


def _in_rows(rows: TeaserRows, blocks: Sequence[Block], count: int) -> str | None:
    """Why the text is that of teaser rows; None where it is not."""
    inside = sum(word_count(block.text) for block in blocks if block.text in rows.texts)
    if rows.count < _ROWS or 100 * inside < _IN_ROWS * count:
        return None
    return f"{rows.count} rows of a linked title and a teaser, {inside} of {count} words"


def _has_long_prose(blocks: Sequence[Block]) -> bool:
    return sum(n for block in blocks if (n := word_count(block.text)) >= 25) >= _SHORT


def _links_away(heading: HtmlElement) -> bool:
    inside = any(link.get("href", "#")[:1] != "#" for link in heading.iter("a"))
    return inside or any(link.get("href", "#")[:1] != "#" for link in heading.iterancestors("a"))


def _wall_evidence(
    signs: Signs, count: int, free: bool | None, behind: str | None = None
) -> str | None:
    """Why the text is cut off by a wall, None where it is not; a whole text is never behind one."""
    whole = signs.declared_words and 100 * count >= 80 * signs.declared_words
    if whole and count >= _SCRAP:
        return None
    if signs.gate:
        return f"a wall: {signs.gate!r}"
    if count >= _SHORT and 100 * count >= _CUT * signs.declared_words:
        return None
    if free is False:
        return f"isAccessibleForFree is false, {count} words"
    wall = signs.wall or behind
    return f"a wall: {wall!r}" if wall and count < _SHORT else None


def is_barred(signs: Signs, free: bool | None, behind: str | None) -> bool:
    """Whether a page shows a wall, or says that its text is not free: what it holds beside the
    shown text is not for everybody."""
    return free is False or bool(signs.gate or signs.wall or behind)


def _not_found(tagged: Tagged) -> str | None:
    """The title or heading by which the page says that there is nothing."""
    for element in tagged("title", "h1", "h2"):
        text = " ".join("".join(map(str, element.itertext())).split())
        if len(text) <= 120 and NOT_FOUND.search(text):
            return text
    return None
