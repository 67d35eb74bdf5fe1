"""A capture into an Article: pure, the same bytes give the same article anywhere, in any year."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from lxml.html import HtmlElement

from archive.source import Source
from archive.types import Article, Capture, Row
from archive.web.charset import decode
from pipelines.body.blocks import markdown, plain
from pipelines.body.choice import Body, body_of
from pipelines.body.corrections import corrections_in
from pipelines.body.page_data import declared_text, state_text
from pipelines.body.site_templates import Template, applied_to
from pipelines.boilerplate.teaser_rows import TeaserRows, rows_of
from pipelines.boilerplate.walls import wall_behind
from pipelines.comments import comments_of
from pipelines.completeness import LIST_TYPES, Judgement, is_barred, judge, signs_of
from pipelines.extractor_version import CONFIG_DIGEST, EXTRACTOR, EXTRACTOR_VERSION
from pipelines.metadata.declarations import Declarations, declarations_of
from pipelines.metadata.fields import Context, Metadata, metadata_of, without_announcement
from pipelines.metadata.jsonld import types_of
from pipelines.metadata.language import evidence_of, language_of_article
from pipelines.metadata.links import base_of
from pipelines.outline.marks import marks_of
from pipelines.outline.openings import opening_of
from pipelines.outline.outline import GUESSED, LONE, NO_OUTLINE, SHOWN, Outline
from pipelines.outline.reading import outline_of
from pipelines.page.front_matter import top_of
from pipelines.page.html import Page, page_of, parse_html
from pipelines.page.refresh import sent_to
from pipelines.text.words import plain_values, text_digest, without_controls, word_count

__all__ = [
    "CONFIG_DIGEST",
    "EXTRACTOR",
    "EXTRACTOR_VERSION",
    "Context",
    "Page",
    "extract",
    "extract_html",
    "extract_page",
    "page_of",
]


_THICK = 3_000
"""Characters: a page that shows more is not thin in any script."""
_THIN = 150
"""Words: a page that shows fewer may hold its text as data."""
_MORE = 150
"""Percent of the shown words that a text in data has at least, or it says no more."""


class ReadPage(NamedTuple):
    """A page that was read: its article, its body with all that was cut, and its outline."""

    article: Article
    body: Body
    outline: Outline = NO_OUTLINE
    by_itself: Metadata = Metadata()

    @property
    def said(self) -> Row:
        """What is staged beside the article: its title and date as the page gives them, whatever
        announced it."""
        fields = self.by_itself.fields
        return {
            "page_headline": fields.get("headline"),
            "page_date": fields.get("date_published"),
            "page_date_precision": fields.get("date_published_precision"),
        }


def extract(
    capture: Capture,
    context: Context | None = None,
    source: Source | None = None,
    template: Template | None = None,
) -> Article:
    """The article in *capture*; an empty one of completeness `unknown` where it holds no page.

    *template* is what was learned of the site's pages.
    """
    page = page_of(capture)
    if page is None:
        return Article(url=capture.url, text_digest=text_digest(""))
    article, body = read_page(page, context or Context(discovery=capture.discovery))
    return applied_to(article, body, template) if template else article


def extract_html(
    html: bytes | str, url: str | None = None, fetch_time: datetime | None = None
) -> Article:
    """The article in *html*; without *fetch_time* dates have no upper bound."""
    if isinstance(html, str):
        content, kind = html.encode("utf-8", "replace"), "text/html; charset=utf-8"
        return extract_page(Page(url or "", content, kind, fetch_time))
    return extract_page(Page(url or "", html, None, fetch_time))


def extract_page(page: Page, context: Context = Context()) -> Article:  # noqa: B008 - frozen
    """The article on *page*, with what *context* says where the page is silent."""
    return read_page(page, context)[0]


def read_page(page: Page, context: Context = Context()) -> tuple[Article, Body]:  # noqa: B008
    """The article on *page*, and its body with all that was cut."""
    return read_tree(page, parse_html(decode(page.content, page.content_type)), context)[:2]


def read_tree(page: Page, tree: HtmlElement | None, context: Context) -> ReadPage:
    """The article on *page*, whose tree is *tree*, with what a derivation needs beside it."""
    if tree is None:
        return ReadPage(Article(url=page.url, text_digest=text_digest("")), Body())
    declared = declarations_of(tree, page.url)
    metadata = metadata_of(page, declared, context)
    rows = rows_of(declared.segments)
    signs = signs_of(declared, page.url, rows)
    summaries = (text for _, text in declared.candidates("description"))
    comments = comments_of(tree) if context.comments else ()
    top = top_of(declared.titles, summaries)
    body = body_of(declared.segments, tree, top, rows, signs.goes_on is not None)
    announced = context.discovery.words if context.discovery else None
    wall = _wall_behind(body)
    free = metadata.fields.get("is_accessible_for_free")
    body, behind = _with_data(declared, body, is_barred(signs, free, wall))
    judgement = judge(signs, body.blocks, page.status, free, announced, wall)
    metas = declared.tagged("meta")
    there = sent_to(tree, page.url, page.refresh, metas) if page.status in (None, 200) else None
    if there:
        judgement = Judgement("shell", f"it sends its readers on to {there}")
    article = _article(page, declared, metadata, body, judgement, behind)
    found = replace(article, comments=comments)
    outline = _outline(page, declared, rows, found, body) if context.outlined else NO_OUTLINE
    return ReadPage(found, body, outline, _by_itself(page, declared, metadata, context))


def _by_itself(
    page: Page, declared: Declarations, metadata: Metadata, context: Context
) -> Metadata:
    """What *page* says without what announced it: *metadata* where nothing did."""
    found = context.discovery
    if not context.outlined or found is None or not (found.announced or found.title):
        return metadata
    return without_announcement(metadata, page, declared, context)


def outline_of_listing(page: Page, tree: HtmlElement) -> Outline:
    """What a page that is known to be a list names; its text is not looked for."""
    declared = declarations_of(tree, page.url)
    return outline_of(declared.segments, page.url, base_of(declared.tagged("base"), page.url))


def _outline(
    page: Page, declared: Declarations, rows: TeaserRows, article: Article, body: Body
) -> Outline:
    typed = declared.linked.of_type(*LIST_TYPES)
    kinds = (kind for node in typed for kind in sorted(types_of(node).intersection(LIST_TYPES)))
    marks = list(dict.fromkeys(marks_of(declared.tree, page.url, kinds)))
    base = base_of(declared.tagged("base"), page.url)
    found = outline_of(declared.segments, page.url, base, body.blocks, rows, marks)
    summary = opening_of(article.description or "")
    shown = article.evidence.get("date_published", {}).get("from") or ""
    return replace(
        found,
        openings=(*found.openings, *([summary] if summary else [])),
        dated=shown.startswith(SHOWN) and shown != LONE,
        signed=bool(article.author) and article.evidence["author"]["from"] not in GUESSED,
    )


def _wall_behind(body: Body) -> str | None:
    """The line behind the text of *body* that asks for a subscription; None where none does."""
    lines = [part.text for part in body.parts]
    last = max((n for n, part in enumerate(body.parts) if part.reason is None), default=-1)
    return wall_behind(lines, last)


def _with_data(declared: Declarations, body: Body, barred: bool) -> tuple[Body, str | None]:
    """*body*, or where the page shows hardly any, the text that it holds as data; and what of that
    lies behind a wall, where it is *barred*."""
    if not barred and sum(len(block.text) for block in body.blocks) > _THICK:
        return body, None
    words = sum(word_count(block.text) for block in body.blocks)
    if words >= _THIN and not barred:
        return body, None
    held = declared_text(declared.linked.texts(declared.article, "articleBody"))
    held = held or state_text(declared.tagged("script"), declared.titles)
    if held is None or 100 * held.words < _MORE * words:
        return body, None
    if barred:
        return body, f"{held.source}, {held.words} words"
    apart = (False,) * len(held.blocks)
    return replace(body, blocks=held.blocks, apart=apart, reading=held.source, expected=0), None


def _article(
    page: Page,
    declared: Declarations,
    metadata: Metadata,
    body: Body,
    judgement: Judgement,
    behind: str | None,
) -> Article:
    text = without_controls(plain(body.blocks))
    language, told_by, untrue = language_of_article(declared, text)
    chosen = {"from": body.reading, **({"expected_f1": body.expected} if body.expected else {})}
    article = Article(
        url=page.url,
        article_body=text,
        article_body_markdown=without_controls(markdown(body.blocks)),
        in_language=language,
        word_count=sum(word_count(block.text) for block in body.blocks),
        text_digest=text_digest(text),
        completeness=judgement.completeness,
        removed=body.removed,
        evidence={
            **plain_values(metadata.evidence),
            "article_body": chosen,
            "completeness": {"from": judgement.why, **({"behind": behind} if behind else {})},
            **({"corrections": list(notes)} if (notes := corrections_in(body.blocks)) else {}),
            **({"in_language": evidence_of(language, told_by, untrue)} if language else {}),
        },
    )
    return replace(article, **plain_values(metadata.fields))
