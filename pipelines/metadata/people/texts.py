"""The text of elements that may name authors, and whether it plainly names people."""

from __future__ import annotations

import re
from itertools import takewhile

from lxml.html import HtmlElement

from pipelines.metadata.people.days import without_dates
from pipelines.metadata.people.east_asian import EAST
from pipelines.metadata.people.given_names import begins_with_given_name
from pipelines.metadata.people.names import author_names, without_by
from pipelines.metadata.people.places import is_place
from pipelines.metadata.people.vocabulary import JOB, NOT_IN_NAMES, ORGANISATION, PARTICLES
from pipelines.page.elements import BLOCKS
from pipelines.text.words import collapse, key

PERSON_PATH = re.compile(
    r"/(?:authors?|contributors?|profiles?|people|persons?|staff|our-team|team|writers?"
    r"|journalists?|reporters?|columnists?|bios?|redaktion|redakteure?"
    r"|autor(?:en|es|i|ki|zy|in)?|auteurs?|autore|firmas?|verfasser|skribent(?:er)?|forfatter"
    r"|redaktor(?:zy)?|toimittaja|yazarlar?|medarbetare|producers|byline|by)/[^/?#]{3,}"
    r"|[?&]_?author(?:_name|_id)?=[^&]{2,}|/@[\w.-]{3,}",
    re.IGNORECASE,
)
MAX_LINE = 120
"""Characters of a line that may name authors."""
_LONG = 1_000  # characters of an element that names nobody alone
_MOST_WORDS = 5  # words of a name
LONGEST = 60
"""Characters of a name."""


def text_of(element: HtmlElement) -> str:
    """The text of *element* with a sign where a block begins, or a word that no space parts; of a
    long text as much as shows that it is long."""
    said = ""
    for inner in element.iter():
        edge = inner.tag in BLOCKS or inner.tag == "br"
        if inner.text and isinstance(inner.tag, str) and inner.tag not in ("script", "style"):
            said += _joint(said, inner.text, edge) + inner.text
        if inner.tail and inner is not element:
            said += _joint(said, inner.tail, edge) + inner.tail
        if len(said) > _LONG:
            break
    return collapse(said).strip(" |")


def _joint(said: str, text: str, edge: bool) -> str:
    if edge:
        return " | "
    return " | " if said[-1:].isalpha() and text[:1].isupper() else ""


def is_person(link: HtmlElement) -> bool:
    """Whether *link* leads to the page of a person."""
    relation = (link.get("rel") or "").split()
    return "author" in relation or PERSON_PATH.search(link.get("href") or "") is not None


def is_plain_name(name: str) -> bool:
    """Whether *name* looks like a person's where only its place says that it is one."""
    words = name.split()
    if NOT_IN_NAMES.search(name) or ORGANISATION.search(name) or JOB.search(name):
        return False
    if EAST.search(name):
        return True
    if len(words) == 1:
        return begins_with_given_name(name) and name[:1].isupper()
    capital = [word[:1].isupper() or not word[:1].isalpha() for word in words]
    cased = any(character.isupper() or character.islower() for character in name)
    led = [
        big or word in PARTICLES or "’" in word or "'" in word
        for big, word in zip(capital, words, strict=True)
    ]
    return len(words) <= _MOST_WORDS and (not cased or (all(led) and sum(capital) > 1))


def is_plain(text: str, single: bool = False) -> bool:
    """Whether *text* names people, and they are plainly such; a *single* word may do, too."""
    names = author_names([text]) if len(text) <= MAX_LINE else ()
    alone = single and len(names) == 1 and not NOT_IN_NAMES.search(names[0])
    return bool(names) and (alone or all(map(is_plain_name, names)))


def until_no_name(text: str) -> str | None:
    """The beginning of a byline *text*, as far as it names people; None: it names nobody."""
    names = author_names([text])
    people = list(takewhile(is_plain_name, names))
    if people:
        end = text.find(people[-1])
        return text if len(people) == len(names) or end < 0 else text[: end + len(people[-1])]
    if len(names) != 1 or len(text) > LONGEST or not may_be_name(names[0]):
        return None
    return text if key(without_by(without_dates(text))) == key(names[0]) else None


def may_be_name(name: str) -> bool:
    """Whether *name* may be that of a team, or what somebody calls himself."""
    bare = re.sub(r"^the\s", "", name, flags=re.IGNORECASE)
    if is_place(bare, alone=True):
        return False
    return (" " not in bare or ORGANISATION.search(bare) is not None) and not NOT_IN_NAMES.search(
        bare
    )
