"""Blocks into HTML, in the form that a theme gives to figures, pull quotes and what it puts between paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template
from urllib.parse import quote

from backissue.sample.blocks import INLINE, Block

_EACH = {
    "paragraph": "<p>{}</p>",
    "heading": "<h2>{}</h2>",
    "quote": "<blockquote><p>{}</p></blockquote>",
    "code": "<pre><code>{}</code></pre>",
}
_LISTS = {"item": "ul", "step": "ol"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a theme dresses a body: *figure* and *pull* hold `{}`; *insert* comes after *position* elements."""

    figure: str
    pull: str
    insert: str
    position: int


def render(blocks: Iterable[Block], form: Form) -> str:
    """The HTML of *blocks*, runs of items and rows gathered into lists and tables."""
    parts: list[str] = []
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        inner = [escape(b.markup) if kind == "code" else inline(b.markup) for b in run]
        if kind in _LISTS:
            parts.append(_list(_LISTS[kind], inner))
        elif kind == "row":
            parts.append(_table(inner))
        else:
            form_of_kind = {"figure": form.figure, "pull": form.pull} | _EACH
            parts += [form_of_kind[kind].format(html) for html in inner]
    parts.insert(form.position, form.insert)
    return "\n".join(parts)


def inline(markup: str) -> str:
    """The HTML of one block's markup."""
    return INLINE.sub(_element, escape(markup, quote=False))


@cache
def template(name: str) -> Template:
    """The page template *name*, which ships beside this module."""
    return Template((files("backissue.sample") / "templates" / name).read_text("utf-8"))


def slugify(words: str) -> str:
    """*words* as they stand in an address, percent-encoded."""
    return quote(re.sub(r"\W+", "-", words.lower()).strip("-"))


def _list(tag: str, items: list[str]) -> str:
    return f"<{tag}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{tag}>"


def _table(rows: list[str]) -> str:
    head, *body = ([cell.strip() for cell in row.split(" | ")] for row in rows)
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body]
    titles = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _element(match: re.Match[str]) -> str:
    if match["ref"]:
        number = match["ref"]
        return f'<sup id="ref-{number}"><a href="#note-{number}">{number}</a></sup>'
    if match["href"]:
        return f'<a href="{match["href"]}">{match["label"]}</a>'
    tag = str(match.lastgroup)
    return f"<{tag}>{match[tag]}</{tag}>"
