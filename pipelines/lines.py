"""Blocks of an article into those that are its text: title, byline, date lines and small print are told by their words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.types import Removed
from pipelines.blocks import Block
from pipelines.text import key, words

_HEADING_REACH = 4  # blocks from the top among which the title and the date are looked for
_SHORT, _MEDIUM = 25, 45  # words
_TITLE_SPLIT = re.compile(r"\s[|–—·»:-]+\s|\s?\|\s?")

_OPENINGS = re.compile(
    r"""(?xi) [\W_]* (?:
      (?P<related> related(?:\ (?:posts?|articles?|stor(?:y|ies)|reading|content|news|links?|topics?|coverage|video))?\s*(?:[:–—-]|$)
        | related\ (?:posts?|articles?|stor(?:y|ies)|reading|content|coverage)\b
        | (?:also\ )?read(?:\ (?:more|next|also|on|this|the\ full))\s*(?:[:–—-]|\b(?:about|on|from|in|at|articles?|stories|here)\b|$)
        | also\ (?:read|see|watch|on)\b.*[:–—-] | also\ read\b | see\ also\s*[:–—-] | see\ more\s*[:–—-]
        | more\ (?:from|stories|articles|news|posts|on\ this|coverage|reading)\b | more\s*:
        | you\ (?:may|might)\ (?:also\ )?(?:like|enjoy|be\ interested)\b | don['’]?t\ miss\b
        | (?:next|previous)\ (?:article|post|story)\b | up\ next\b | recommended(?:\ (?:for\ you|reading|stories|articles))?\s*(?:[:–—-]|$)
        | lire\ (?:aussi|également)\b | à\ lire\ (?:aussi|également)\b | lesen\ sie\ auch\b | mehr\ zum\ thema\b
        | lea\ (?:también|además)\b | te\ puede\ interesar\b | leia\ (?:também|mais)\b | leggi\ anche\b | lees\ ook\b
        | читайте\ также\b )
    | (?P<popular> top\ \d+\ (?:this|of\ the)\ (?:week|month)\b | (?:most\ )?popular\ (?:articles?|posts?|stories|now|this\ week)\b
        | trending(?:\ (?:now|articles|stories|posts))?\s*$ | most\ (?:read|viewed|shared)\s*$ | latest\ (?:news|articles|posts|stories)\s*$ )
    | (?P<newsletter> sign\ up\ (?:for|to|now|here|today)\b | subscribe\ (?:to|now|here|today|for|via)\b | subscribe\s*$
        | (?:get|join)\ (?:our|the)\ (?:\w+\ )?(?:newsletter|mailing\ list)\b | newsletter\s*$ )
    | (?P<share> follow\ (?:us|me|him|her|them|@?\w+(?:\ \w+)?\ on)\b | share\ (?:this|on|via|with|the\ (?:article|post|story))\b | share\s*:?\s*$
        | (?:like|find|join)\ us\ on\b | tweet\ this\b | click\ to\ (?:share|tweet)\b | print\s*$ )
    | (?P<comments> leave\ a\ (?:reply|comment|response)\b | please\ enter\ (?:your|a|an)\b | (?:post|add|write)\ (?:a|your)\ comment\b
        | (?:no|\d+)\ comments?\s*$ | comments?\s*(?:\(\d+\))?\s*$ | comments\ are\ closed\b | join\ the\ (?:conversation|discussion)\b
        | cancel\ reply\b | save\ my\ name,\ email\b | you\ have\ entered\ an\ incorrect\ email\b )
    | (?P<caption> (?:photo|image|picture|video|graphic|illustration)s?(?:\ (?:credits?|by|courtesy|source|via))?\s*(?:[:|]|\b(?:by|courtesy|credits?)\b)
        | (?:photo|image|featured\ image)\ credit\b | credit\s*: | \(?photo\ by\b )
    | (?P<copyright> copyright\b | ©  | \(c\)\ ?(?:\d{4}|copyright) | all\ rights\ reserved\b )
    | (?P<meta> (?:tags?|tagged|filed\ under|categor(?:y|ies)|posted\ (?:in|on|by)|topics?|keywords?)\s*(?:[:|]|\b(?:in|on|with|under|by)\b)
        | (?:last\ |first\ )?(?:updated|published|modified|posted)(?:\ (?:on|at|by))?\s*[:,]?\s*(?=.*\d)
        | \d+\ min(?:ute)?s?\.?\ read\b | (?:estimated\ )?reading\ time\b )
    | (?P<advertisement> [-\s]*advertisement[-\s]*$ | (?:article|story)\ continues\ below\b | sponsored\s*(?:content|by|$) | advertisement\s*:
        | promoted\s*(?:content|by|$) | scroll\ to\ continue\b )
    )"""
)  # fmt: skip
_BYLINE = re.compile(
    r"(?:by|von|par|por|di|door|text|words)[:\s]\s*[A-ZÀ-ÞА-ЯΑ-Ω][\w.’'-]*(?:\s+(?:de|van|von|der|la|da|and|&|und|et|y|e|[A-ZÀ-ÞА-Я][\w.’'-]*),?){0,7}\s*"
    r"(?:[|,–—-].{0,60})?",
    re.IGNORECASE,
)
_BYLINE_STRICT = re.compile(
    r"[Bb](?:y|Y):? [A-ZÀ-Þ][\w.’'-]*(?:,? (?:and |& |de |van |von )?[A-ZÀ-Þ][\w.’'-]*){0,6}"
)
_ANYWHERE = re.compile(
    r"""(?xi) sign\ up\ (?:for|to)\ (?:our|the|get|receive)\b | subscribe\ to\ (?:our|the)\b
    | all\ rights\ reserved\b | personal,?\ (?:and\ )?non-?commercial\ use
    | may\ not\ be\ (?:published|reproduced|republished)\b | follow\ (?:us|him|her|me)\ on\ (?:twitter|facebook|instagram)
    | (?:like|follow)\ us\ on\ (?:facebook|twitter|instagram) | this\ (?:post|article|page)\ (?:may\ )?contains?\ affiliate\ links
    | we\ may\ (?:earn|receive)\ (?:a|an)\ (?:small\ )?(?:affiliate\ )?commission | enable\ javascript\b
    | click\ here\ to\ (?:subscribe|sign|download\ the\ app|join)""",
)  # fmt: skip
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|januar|februar|märz|mai|juni|juli|okt|dez"
    "|janv|févr|avril|juin|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|out|fev"
)
_DATE_LINE = re.compile(
    rf"(?i)\W*(?:(?:published|posted|date|on|the)[\s:]*){{0,3}}(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?(?:{_MONTHS})\w*\.?,?\s+(?:de\s+)?(?:19|20)\d\d"
    rf"|(?:{_MONTHS})\w*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d\d|(?:19|20)\d\d[./-]\d{{1,2}}[./-]\d{{1,2}})"
    rf"(?:[\s,|•·–-]*(?:at|um|à)?\s*\d{{1,2}}[:.h]\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?(?:\s*\(?[A-Z]{{2,5}}\)?)?)?\W*"
)


def titles_of(candidates: Iterable[str | None]) -> frozenset[str]:
    """What counts as the title in the text: each candidate, and its part before or after a site's name."""
    found = set()
    for title in candidates:
        if title:
            parts = [title, *_TITLE_SPLIT.split(title)]
            found |= {key(part) for part in parts if len(words(part)) > 2 or part == title}
    return frozenset(found - {""})


def keep_text(blocks: list[Block], titles: frozenset[str]) -> tuple[list[Block], list[Removed]]:
    """The blocks that are the article's text, and those that are not, with the reason."""
    kept: list[Block] = []
    removed: list[Removed] = []
    for number, block in enumerate(blocks):
        reason = _heading_reason(number, block, titles) or _reason(block)
        if reason:
            removed.append(Removed(reason=reason, block=block.text))
        else:
            kept.append(block)
    while kept and kept[-1].kind == "heading":  # a heading over nothing
        removed.append(Removed(reason="empty section", block=kept.pop().text))
    return kept, removed


def is_date_line(text: str) -> bool:
    """Whether *text* is a date and nothing else: `Posted on Friday, 12 March 2021 at 10:30`."""
    return len(text) <= 80 and _DATE_LINE.fullmatch(text) is not None


def _heading_reason(number: int, block: Block, titles: frozenset[str]) -> str | None:
    """Why a block near the top is the page's heading: the title again, or the date below it."""
    if number >= _HEADING_REACH:
        return None
    if is_date_line(block.text):
        return "date"
    return "title" if key(block.text) in titles else None


def _reason(block: Block) -> str | None:
    text = block.text
    if block.kind in ("code", "row") or len(text) > 400:
        return None
    count = len(words(text))
    if count <= _SHORT:
        if opening := _OPENINGS.match(text):
            return opening.lastgroup
        if _BYLINE_STRICT.fullmatch(text):
            return "author"
    return "small print" if count <= _MEDIUM and _ANYWHERE.search(text) else None
