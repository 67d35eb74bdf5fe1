"""What pages write where an author stands into names of people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.text import fold, key

_MOST_WORDS, _LONGEST = 6, 60
_MOST_AUTHORS = 30
_BY = re.compile(
    r"^(?:(?:article|story|posted|published|written|reviewed|words|text|report|reporting|edited|medically reviewed)\s+(?:and\s+\w+\s+)?by|by|author|authors|von|par|por|di|door|af|av)\b\s*:?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:;|\||•|·|\n|\s/\s|\s&\s|\s\+\s|,?\s(?:and|und|et|y|with)\s)\s*")
_ADDRESS = re.compile(r"https?://\S*|www\.\S+|\S+@\S+\.\S+|\(?@\w+\)?", re.IGNORECASE)
_TAIL = re.compile(
    r"\s*(?:[(\[].*[)\]]|[,|–—-]\s*(?:updated|published|posted|on|in|for|staff\b|senior\b|editor\b|contributor\b|correspondent\b|reporter\b|writer\b|special to\b|\w+day\b|\d).*"
    r"|\s(?:on|updated|published|posted)\s+(?=\S*\s?\d).*)$",
    re.IGNORECASE,
)
_CREDENTIAL = re.compile(r"(?:[A-Z][A-Za-z]{0,2}\.?){1,5}(?:-[A-Z]{1,4})?|Ph\.?D\.?|M\.?D\.?|Jr\.?|Sr\.?|I{2,3}|IV")
_SUFFIX = re.compile(r"Jr\.?|Sr\.?|I{2,3}|IV")
_NOBODY = frozenset(
    "admin administrator user webmaster guest unknown anonymous null none author authors editor "
    "contributor contributors wordpress default undefined by view all posts".split()
) | {"view all posts", "guest author", "site admin", "web admin"}


def author_names(raws: Iterable[str], not_names: Iterable[str | None] = ()) -> tuple[str, ...]:
    """The names in *raws*, each once: without "By", addresses, titles, and what is in *not_names*."""
    refused = {key(name) for name in not_names if name} | _NOBODY
    found: dict[str, str] = {}
    for raw in raws:
        for part in _parts(raw):
            name = _name(part)
            if name and key(name) not in refused:
                found.setdefault(key(name), name)
    return tuple(found.values())[:_MOST_AUTHORS]


def _parts(raw: str) -> list[str]:
    text = _BY.sub("", _ADDRESS.sub(" ", fold(raw))).strip(" ,;:|-–—")
    parts: list[str] = []
    for part in _SPLIT.split(text):
        parts += _split_commas(_TAIL.sub("", part))
    return parts


def _split_commas(text: str) -> list[str]:
    """The names in a list with commas: credentials fall away, "Surname, First" is one name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    people = [part for part in parts[:1]]
    for part in parts[1:]:
        if _SUFFIX.fullmatch(part):
            people[-1] += f", {part}"
        elif not _CREDENTIAL.fullmatch(part):
            people.append(part)
    if len(people) == 2 and all(len(person.split()) == 1 for person in people):
        return [f"{people[1]} {people[0]}"]
    return people


def _name(part: str) -> str | None:
    name = _BY.sub("", part).strip(" .,;:|-–—\"'“”*")
    if part.endswith(("Jr.", "Sr.")):
        name += "."
    words = name.split()
    if not 1 <= len(words) <= _MOST_WORDS or len(name) > _LONGEST:
        return None
    if any(character.isdigit() for character in name) or not any(c.isalpha() for c in name):
        return None
    return name
