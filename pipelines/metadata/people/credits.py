"""The news agencies that a text is credited to: in bylines, before its first words, at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.people.agencies import agencies_in, alternation
from pipelines.metadata.people.east_asian import EAST
from pipelines.metadata.people.phrases import Phrases
from pipelines.metadata.people.places import is_place
from pipelines.metadata.people.vocabulary import OTHER_PART
from pipelines.page.elements import BITS
from pipelines.page.segments import Segment, Segments, is_prose
from pipelines.text.months import month_names

_LONGEST = 200  # characters of a line that credits somebody
_OPENING = 110  # characters of a paragraph in which a dateline stands
_FIRST, _LAST = 3, 4  # paragraphs at the begin and the end of a text that are read
_BEHIND = 25  # lines behind the last paragraph that are read
_OF_OTHERS = sum(
    BITS[name]
    for name in [
        "comments",
        "related",
        "popular",
        "navigation",
        "newsletter",
        "dialog",
        "share",
        "caption",
        "figure",
    ]
)
_AGENCY = f"(?:{alternation()})"
_LIST = rf"(?:{_AGENCY})(?:\s*(?:[/,;&+、]|and|und|et|y|e|och|og|en|и)\s*(?:{_AGENCY}))*"
_ANY = Phrases(_AGENCY)
_IN_BRACKETS = re.compile(
    rf"^(?P<place>[^(（\[【]{{0,70}}?)[(（\[【](?P<before>[^()\[\]（）]{{0,"
    rf"25}}?[\s=]?)(?P<names>{_LIST})(?P<after>[^()（）\[\]】]{{0,20}})[)）\]】]",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    rf"^(?P<place>[^.!?]{{0,60}}?[\s,.—–-]|)\s*(?P<names>{_LIST})\s*(?:[—–|]|--?\s|\.\s[—–-]"
    rf"|(?<=\w)[:：]|,\s\d|\s/|/\s)",
    re.IGNORECASE,
)
_AFTER_PLACE = re.compile(
    rf"^(?P<place>[^!?]{{2,40}}?[.—–])\s*(?P<names>{_LIST})[.,]?\s", re.IGNORECASE
)
_EAST = re.compile(
    r"^(?:据)?(?P<names>新华社|新華社|中新社|中新网|中央社)[^\s，。]{0,25}\d+日?\s?[电電讯訊]"
    r"|^[^。]{0,12}?[(（]?(?P<of>中央社|共同|時事|ロイター)[)）]?\s?[】\]=＝]"
)
_END = re.compile(
    rf"(?:[(（\[/]|--|—\s?|–\s)\s*(?:(?:with|mit|avec|con|com|med|met|z|source|quelle"
    rf"|via)\s*:?\s+)?(?P<names>{_LIST})(?:\s+\w{{2,5}}(?:/\w{{2,5}})*)?\s*[)）\]/]?\s*\.?$",
    re.IGNORECASE,
)
_SOURCE = (
    r"(?:sources?|quellen?|fuentes?|fonti|fonte|bron(?:nen)?|kilder?|källa|lähde|źródło|zdroj"
    r"|forrás|источник|джерело|kaynak|sumber|nguồn|來源|来源|출처|出典|agentur|agenturen|agencies?"
    r"|agencias|agences?"
    r"|mit material von|mit informationen von|mit agenturmaterial von"
    r"|unter verwendung von material von|mit agenturen|with (?:material|reporting|inputs?|files"
    r"|information|reports) (?:from|by)|with|via|from|by|von|mit|avec|con información de"
    r"|con informaciones de|com informações d[aeo]|con|com|med|met"
    r"|with agency inputs?|additional reporting by|reporting by"
    r"|this article was (?:originally )?published by|©|\(c\)|copyright(?:\s*©)?"
    r"|dieser text ist von|dieser artikel stammt von)"
)
_CREDIT = re.compile(
    rf"^\W*{_SOURCE}?\s*[:：]?\s*(?:©"
    rf"|\(c\))?\s*(?:\d{{4}}\s*)?(?:the\s+)?(?P<names>{_LIST})(?:\s+(?P<rest>contributed"
    rf"|contributed to|and staff|staff|report|reports|news|newswire|news agency"
    rf"|all rights reserved|\d{{4}}).*|, dpa:[\d/-]+)?[\W\d]*$|"
    rf"^(?:[^.]{{0,60}}?\b(?:and|und|,"
    rf")\s)?(?:the\s+)?(?P<names2>{_LIST})\s+(?:also\s+)?contributed\b"
    rf"|^copyright\s[^.]{{0,12}}(?:the\s+)?(?P<names3>{_LIST})\b|\bcontribut\w+ .{{0,40}}\b(?:by"
    rf"|from) (?:the\s+)?(?P<names4>{_LIST})\W*$",
    re.IGNORECASE,
)
_SMALL = month_names() | frozenset(
    ["de", "del", "di", "den", "der", "am", "le", "of", "the", "in", "dpa", "lni", "tmn"]
)
_PICTURE = re.compile(
    r"foto|photo|bild|picture|image|archiv|file|handout|getty|video|grafik|graphic|фото|写真|사진|图",
    re.I,
)
_DEFINED = re.compile(
    r"(?:agentur|agency|press|presse|agence|agencia|france-presse|агентство)\s*$", re.IGNORECASE
)


def credited(declared: Declarations) -> dict[str, Candidate]:
    """The agencies that the text of the page is credited to, each with the place that says so."""
    found: dict[str, Candidate] = {}
    for source, raw, names in chain(_in_header(declared), _in_text(declared)):
        for agency in agencies_in(names, alone=source not in _BRACKETED):
            found.setdefault(agency, (source, raw))
    return found


_BRACKETED = ("text:dateline", "text:end")
_Credit = tuple[str, str, str]
"""The place of a credit, its text, and the part of it that is a list of agencies."""


def _in_header(declared: Declarations) -> Iterator[_Credit]:
    for line in declared.header:
        if len(line.text) <= _LONGEST and _may_credit(line.text):
            for piece in re.split(r"\n|\s[|•·]\s", line.text):
                yield from _credits("markup:byline", piece)


def _in_text(declared: Declarations) -> Iterator[_Credit]:
    above = declared.segments.nodes.above
    own = (one for one in declared.segments if not above[one.node] & _OF_OTHERS)
    first = list(islice(filter(is_prose, own), _FIRST))
    for segment in first:
        yield from _datelines(segment.text)
    if first:
        for segment in _last(declared.segments):
            if not above[segment.node] & _OF_OTHERS:
                yield from _at_the_end(segment)


def _last(segments: Segments) -> list[Segment]:
    """The last paragraphs of *segments*, and the lines between and behind them."""
    above = segments.nodes.above
    backwards = range(len(segments) - 1, -1, -1)
    prose = (
        number
        for number in backwards
        if is_prose(segments[number]) and not above[segments[number].node] & _OF_OTHERS
    )
    numbers = list(islice(prose, _LAST))
    begin = max(numbers[-1], numbers[0] - _BEHIND) if numbers else 0
    return segments[begin : numbers[0] + _BEHIND] if numbers else []


def _datelines(text: str) -> Iterator[_Credit]:
    opening = text[:_OPENING]
    if not _may_credit(opening):
        return
    for pattern in (_EAST, _IN_BRACKETS, _DATELINE, _AFTER_PLACE):
        match = pattern.search(opening)
        if match is None:
            continue
        groups = match.groupdict()
        names = groups.get("names") or groups.get("of") or ""
        place, behind = groups.get("place") or "", opening[match.end() :].lstrip()
        ends = pattern is not _IN_BRACKETS or behind[:1] in "-–—:.=*,"
        if pattern is _EAST or _is_place_and_day(place, names, ends):
            yield "text:dateline", match[0].strip(), names
        return


def _is_place_and_day(text: str, names: str, ends: bool) -> bool:
    """Whether *text*, which stands before the *names* of agencies, is a place and a day at most.

    *ends*: whether a sign behind the names ends a dateline.
    """
    if _PICTURE.search(text) or _DEFINED.search(text):
        return False
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word.lower() not in _SMALL]
    if not ends and not (is_place(text.strip(" ,.")) or len(words) < 2 or text.isupper()):
        return False
    return len(words) < 6 and not any(word.islower() for word in words)


def _at_the_end(segment: Segment) -> Iterator[_Credit]:
    text = segment.text
    tail = text[-80:]
    if not _may_credit(tail if len(text) > _LONGEST else text):
        return
    if len(text) <= _LONGEST:
        yield from _credits("text:credit", text)
    match = _END.search(tail)
    if match is None or 2 * segment.linked > len(text):
        return
    of_picture = _PICTURE.search(tail[max(match.start() - 30, 0) :])
    if not of_picture and not _DEFINED.search(tail[: match.start()]):
        yield "text:end", match[0].strip(), match["names"]


def _credits(source: str, text: str) -> Iterable[_Credit]:
    text = text.strip()
    match = (
        None
        if _PICTURE.search(text) or OTHER_PART.match(text.lstrip("©(c) "))
        else _CREDIT.search(text)
    )
    if match:
        names = next(
            filter(
                None, (match.groupdict().get(n) for n in ("names", "names2", "names3", "names4"))
            )
        )
        yield source, text, names


def _may_credit(text: str) -> bool:
    return _ANY.search(text) is not None or EAST.search(text) is not None
