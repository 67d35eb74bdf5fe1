"""The lines around a title where its authors are shown: links to people, bylines, lone names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.header import HeaderLine
from pipelines.metadata.people.days import without_dates
from pipelines.metadata.people.east_asian import names_in
from pipelines.metadata.people.given_names import GIVEN_NAMES, begins_with_given_name
from pipelines.metadata.people.names import author_names
from pipelines.metadata.people.texts import (
    MAX_LINE,
    is_person,
    is_plain,
    is_plain_name,
    text_of,
    until_no_name,
)
from pipelines.metadata.people.vocabulary import BY, BY_ALONE, OTHER_PART
from pipelines.text.words import key

_SIGNS = re.compile(r"\s*[|·•⋅–—]\s*|\s[-/]\s")
MOST_BYLINES = 8
"""Lines of a kind that are read."""
_MOST_BESIDE = 45  # letters beside a name in a line that is taken for one
_MOST_OTHERS = 3  # texts beside a name that are none
_SECTION = re.compile(r"/(?:tags?|category|categories|topics?|thema|section)/")


def shown_authors(declared: Declarations) -> Iterator[list[Candidate]]:
    """What the lines around the title say: links to people first, then lines that begin with by."""
    yield _linked(declared.header)
    yield from _by_lines(declared.header)


def _linked(header: list[HeaderLine]) -> list[Candidate]:
    """The links to people in *header*, but those behind words for another part than a writer's."""
    found: list[Candidate] = []
    other = False
    for line in header:
        start = OTHER_PART.search(line.text)
        for link in line.links():
            name = text_of(link)
            at = line.text.find(name[:20])
            behind = start is not None and start.start() < max(at, 1)
            if is_person(link) and is_plain(name, single=True) and not (behind or other):
                found.append(("markup:author link", name))
        other = start is not None and start.end() >= len(line.text.rstrip(" :"))
    return found[:MOST_BYLINES]


def _by_lines(header: list[HeaderLine]) -> Iterator[list[Candidate]]:
    """The lines of *header* that begin with by, or follow one that says no more than that."""
    following = False
    for line in header:
        said = line.text.replace("\n", " | ")
        said = without_dates(said) if said[:1].isdigit() or said[-1:].isdigit() else said
        said = said if BY.match(said) else _from_by(said)
        if following or (len(said) <= MAX_LINE and (BY.match(said) or names_in(said))):
            first = _names_in(line)
            texts = (first, said) if following or BY.match(first) else (said,)
            for text in dict.fromkeys(texts):
                if until := until_no_name(text):
                    yield [("markup:byline", until)]
                    break
        following = BY_ALONE.fullmatch(line.text) is not None


def _from_by(text: str) -> str:
    """*text* from the sign behind which a piece begins with by; all of it where none does."""
    for sign in _SIGNS.finditer(text):
        if BY.match(text[sign.end() :]):
            return text[sign.end() :]
    return text


def _names_in(line: HeaderLine) -> str:
    """The part of a byline in its first element, or behind a first element that is only `by`."""
    first, *others = line.pieces or (line.text,)
    if others and BY_ALONE.fullmatch(first):
        return f"{first} {others[0]}"
    return first if BY.match(first) and not BY_ALONE.fullmatch(first) else line.text


def lone_names(declared: Declarations) -> list[Candidate]:
    """A line near the title that is nothing but a name."""
    titles = {key(title) for title in declared.titles}
    for line in declared.header:
        text = line.text.replace("\n", " | ")
        if GIVEN_NAMES.isdisjoint(text.lower().replace("-", " ").split()):
            continue
        if len(text) > 2 * MAX_LINE or OTHER_PART.search(text) or key(text) in titles:
            continue
        people = _people_in(text)
        rest = len(re.sub(r"[\W\d]", "", text)) - sum(map(len, people))
        if people and rest <= _MOST_BESIDE and not _is_of_section(line):
            whole = len(people) == len(author_names([text]))
            return [("markup:name", name) for name in ([text] if whole else people)]
    return []


def _people_in(text: str) -> list[str]:
    """The full names in a line, if most of its names begin with a given name, or those that do."""
    names = author_names([text])
    full = [name for name in names if " " in name and is_plain_name(name)]
    given = [name for name in full if begins_with_given_name(name)]
    whole = len(full) == len(names) and 2 * len(given) > len(names)
    return full if whole else given if len(names) - len(given) < _MOST_OTHERS else []


def _is_of_section(line: HeaderLine) -> bool:
    return any(_SECTION.search(link.get("href") or "") for link in line.links())
