"""A page and its text into how much of an article it holds: full, a teaser, a list …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.types import Completeness
from pipelines.blocks import Block
from pipelines.declarations import Declarations
from pipelines.text import word_count

_ORDINARY = 150  # words that make a text of ordinary length
_SHORT = 350  # words below which a wall on the page means that the rest is behind it
_SCRAP = 40  # words that are no article at all
_TEASERS = 6  # linked headings that make a page a list of other pages
_LIST_TYPES = ("CollectionPage", "SearchResultsPage", "ProfilePage")
_LIST_BODY = re.compile(r"(?:^|\s)(?:archive|category|tag|author|search|home|blog|paged)(?:\s|$)")
_SINGLE_BODY = re.compile(r"(?:^|\s)(?:single|single-post|postid-\d+|page-template\S*)(?:\s|$)")
_WALL_NAMES = re.compile(
    r"(?:^|[-_\s])(?:pay-?wall|piano-?(?:offer|inline|container)|tp-modal|meter(?:ed)?-?(?:pay)?wall"
    r"|regwall|subscriber-?only|subscribe-?wall|premium-?wall|locked-?content)(?:$|[-_\s])",
    re.IGNORECASE,
)
_WALL_WORDS = re.compile(
    r"subscribe (?:now )?to (?:continue|keep|read)|to (?:continue|keep) reading"
    r"|(?:continue|keep) reading (?:this (?:article|story) )?(?:with|by|for)"
    r"|already a (?:subscriber|member)\?|(?:log|sign) in to (?:continue|read)"
    r"|this (?:article|story|content|post) is (?:only )?(?:for|available to|reserved for) "
    r"(?:\w+ )?(?:subscribers|members)|become a (?:subscriber|member) to read"
    r"|unlock (?:this|the full) (?:article|story)|abonnez-vous pour|réservé aux abonnés"
    r"|jetzt abonnieren|nur für abonnenten|solo para suscriptores|suscríbete para (?:leer|seguir)",
    re.IGNORECASE,
)
_TEASER_END = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*"
    r"(?:(?:continue|keep) reading|read (?:more|the (?:rest|full)).*)?\W*$",
    re.IGNORECASE,
)
_READ_ON = re.compile(r"\W*(?:continue reading|read the (?:full|whole|rest)|read more)\b", re.I)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How complete the text is, and *why*."""

    completeness: Completeness
    why: str


def judge(
    declared: Declarations, blocks: Sequence[Block], status: int | None, free: bool | None
) -> Judgement:
    """How much of an article the page holds; `unknown` where nothing is sure."""
    count = word_count(" ".join(block.text for block in blocks))
    if status is not None and status >= 400:
        return Judgement("error", f"status {status}")
    if _has_password_form(declared.tree) and count < _ORDINARY:
        return Judgement("password", "a form asks for the post's password")
    if why := _list_evidence(declared, blocks, count):
        return Judgement("list", why)
    if declared.article_type == "LiveBlogPosting":
        return Judgement("liveblog", "json-ld:LiveBlogPosting")
    if why := _wall_evidence(declared.tree, count, free):
        return Judgement("paywall", why)
    return _judge_text(declared, blocks, count)


def _judge_text(declared: Declarations, blocks: Sequence[Block], count: int) -> Judgement:
    if not blocks or count < _SCRAP // 4:
        return Judgement("unknown", f"{count} words")
    last = blocks[-1].text
    if count < _ORDINARY and (_TEASER_END.search(last) or _READ_ON.match(last)):
        return Judgement("teaser", f"ends with {last[-40:]!r}")
    if is_article(declared):
        enough = count >= _SCRAP
        return Judgement("full" if enough else "unknown", f"an article of {count} words")
    enough = count >= _ORDINARY
    return Judgement("full" if enough else "unknown", f"{count} words, no declared article")


def is_article(declared: Declarations) -> bool:
    """Whether the page declares that it is an article."""
    kinds = declared.metas.get("og:type", [])
    body = declared.tree.find("body")
    classes = body.get("class", "") if body is not None else ""
    return bool(
        declared.article_type
        or any(kind.strip().lower() in ("article", "news", "blog") for kind in kinds)
        or "article:published_time" in declared.metas
        or "citation_title" in declared.metas
        or _SINGLE_BODY.search(classes)
    )


def _has_password_form(tree: HtmlElement) -> bool:
    """Whether the page asks for the password of a WordPress post."""
    return any(field.get("name") == "post_password" for field in tree.iter("input")) or any(
        "post-password-form" in (form.get("class") or "") for form in tree.iter("form")
    )


def _list_evidence(declared: Declarations, blocks: Sequence[Block], count: int) -> str | None:
    """Why the page is a list of other pages, None where it is none."""
    if is_article(declared):
        return None
    linked = sum(1 for heading in declared.tree.iter("h2", "h3") if _links_away(heading))
    prose = sum(word_count(block.text) for block in blocks if block.kind == "paragraph")
    typed = next(iter(declared.linked.of_type(*_LIST_TYPES)), None)
    if typed is not None:
        return f"json-ld:{typed.get('@type')}"
    body = declared.tree.find("body")
    classes = body.get("class", "") if body is not None else ""
    if linked >= 2 and (match := _LIST_BODY.search(classes)) and not _SINGLE_BODY.search(classes):
        return f"body class {match[0].strip()!r}, {linked} linked headings"
    if linked >= 2 and len(list(declared.tree.iter("time"))) >= 2 and count < linked * 40:
        return f"{linked} linked headings, dated, {count} words"
    if linked >= _TEASERS and prose < linked * 40 and not _own_title_is_followed_by_prose(blocks):
        return f"{linked} linked headings, {prose} words of prose"
    return None


def _own_title_is_followed_by_prose(blocks: Sequence[Block]) -> bool:
    return sum(word_count(block.text) for block in blocks if word_count(block.text) >= 25) >= _SHORT


def _links_away(heading: HtmlElement) -> bool:
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    return any(link.get("href", "#")[:1] != "#" for link in links)


def _wall_evidence(tree: HtmlElement, count: int, free: bool | None) -> str | None:
    """Why the text is cut off by a wall, None where it is not; a long text is never behind one."""
    if count >= _SHORT:
        return None
    if free is False:
        return f"isAccessibleForFree is false, {count} words"
    for element in tree.iter("div", "section", "aside"):
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if _WALL_NAMES.search(names):
            text = " ".join(" ".join(element.itertext()).split())
            if _WALL_WORDS.search(text[:2000]):
                return f"a wall: {text[:80]!r}"
    return None
