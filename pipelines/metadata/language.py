"""The language of an article as a BCP 47 tag: that which its page declares, unless the text is
beyond doubt in another one; where none is declared, the text's."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.text.language import language_tag, sure_language

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "sh": "sr", "hr": "sr", "bs": "sr"}
_SAME |= {"fil": "tl", "ms": "id", "yue": "zh", "cmn": "zh", "prs": "fa"}
"""Languages that a text does not tell from another."""


def language_of_article(
    declared: Declarations, text: str
) -> tuple[str | None, str, list[dict[str, str]]]:
    """The tag of the article, where it comes from, and what was declared and is not true.

    What is declared keeps its region (`zh-TW`, `pt-BR`) where *text* is in its language.
    """
    html = declared.tree.get("lang") or declared.tree.get(
        "{http://www.w3.org/XML/1998/namespace}lang"
    )
    attribute: list[Candidate] = [("markup:html.lang", html)] if html else []
    said = [
        (tag, source, raw)
        for source, raw in chain(declared.candidates("language"), attribute)
        if (tag := normalise_language(raw))
    ]
    if not said:
        return language_tag(text), "text", []
    told = sure_language(text, _base(said[0][0]))
    if told is None or _main(told) == _main(said[0][0]):
        return said[0][0], said[0][1], []
    rejected = [
        {"from": source, "raw": raw, "why": f"the text is in {told}"}
        for tag, source, raw in said
        if _main(tag) != _main(told)
    ]
    for tag, source, _ in said:
        if _main(tag) == _main(told):
            return tag, source, rejected
    return told, "text", rejected


def evidence_of(language: str, source: str, rejected: list[dict[str, str]]) -> dict[str, Any]:
    """The evidence for *language*, which comes from *source*."""
    return {"from": source, "raw": language, **({"rejected": rejected} if rejected else {})}


def _base(tag: str) -> str:
    return tag.partition("-")[0]


def _main(tag: str) -> str:
    return _SAME.get(_base(tag), _base(tag))


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
