"""The language of an article: declared by its page, as a BCP 47 tag, or else its text's."""

from __future__ import annotations

import re
from itertools import chain

from pipelines.metadata.declarations import Declarations
from pipelines.text.language import language_tag

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def language_of_article(declared: Declarations, text: str) -> tuple[str | None, str]:
    """The BCP 47 tag of the article and where it comes from: what is declared, else its *text*."""
    html = declared.tree.get("lang") or declared.tree.get(
        "{http://www.w3.org/XML/1998/namespace}lang"
    )
    attribute = [("markup:html.lang", html)] if html else []
    for source, raw in chain(declared.candidates("language"), attribute):
        if tag := normalise_language(raw):
            return tag, source
    return language_tag(text), "text"


def normalise_language(raw: str) -> str | None:
    """*raw* (`en_us`, `EN-us`, `pt-BR`) as a BCP 47 tag; None where it is none."""
    tag = raw.strip().replace("_", "-").lower().split(",")[0]
    if not _LANGUAGE.fullmatch(tag) or tag in ("und", "xx", "mul", "zxx"):
        return None
    first, *rest = tag.split("-")
    return "-".join([first, *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    """A region in capitals, a script with one, anything else as it is."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part
