"""A text that names people into their names, and the news agencies among them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from typing import NamedTuple

from pipelines.metadata.people.agencies import agency_of
from pipelines.metadata.people.days import without_dates
from pipelines.metadata.people.east_asian import names_in as eastern_names
from pipelines.metadata.people.places import is_place, without_places
from pipelines.metadata.people.tails import without_asides, without_tail
from pipelines.metadata.people.vocabulary import (
    BY,
    JOB,
    JOBS_BEFORE,
    JOBS_BEHIND,
    KINDS,
    NOBODY,
    NOT_IN_NAMES,
    ORGANISATION,
    OTHER_PART,
    PARTICLES,
    RANKS,
    WEEKDAYS,
)
from pipelines.text.months import month_names
from pipelines.text.words import collapse, key

_MOST_WORDS, _LONGEST = 6, 60  # words, and characters, of a name
_MOST_AUTHORS = 30  # names that a row keeps
_LONGEST_PIECE = 250  # characters that are searched for jobs and places
_MAX_RAW = 2_000  # characters: of thirty names, or of no name
_STRONG = re.compile(r"\s*(?:[;、；|•·⋅●▪∙‧¦\n→»›]|\s/\s|\s//\s|\s[–—]\s(?=\S*\d))\s*")
_AND = re.compile(
    r"\s*(?:\s&\s|\s\+\s|,?\s(?:and|und|et|y|och|og|en|with|mit|avec|con|com|и|ve|oraz|och|e"
    r"|sowie|ja)\s)\s*"
)
_ADDRESS = re.compile(r"https?://\S*|www\.\S+|\S+@\S+\.\S+|\(?(?<!\w)@\w+\)?", re.IGNORECASE)
_CREDENTIAL = re.compile(
    r"(?:[A-Z][A-Za-z]{0,2}\.?){1,5}(?:-[A-Z]{1,4})?(?:\s\d{2,3})?|Ph\.?D\.?|M\.?D\.?"
    r"|[A-Z]{2,6}(?:\s[A-Z]{2,6})+|[A-Z-]{2,8}[®™]?"
    r"|(?:[A-Z]-)?[A-Z]{2,5}\s?\d{2,3}"
)
_DEGREE = re.compile(r"(?:[A-Z]\.\s?){2,}(?:\s[A-Z]{2,6})*")
_KIND = re.compile(r"(?P<kind>[^\W\d][\w -]{2,20})\s?[::]\s+(?=\w)")
_SUFFIX = re.compile(r"Jr\.?|Sr\.?|I{2,3}|IV")
_ASIDE = re.compile(r"\s*\([^()\s]*\s[^()]*\)")
_DASH = re.compile(r"\s[–—-]\s")
_CALLS = re.compile(
    r"\b(?:view|see|more|all|read|follow|posts?|page|profile|articles?|stories|author|about)\b",
    re.I,
)
_SIGNS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2190-\u21FF\u2B00-\u2BFF\uFE0F\u200d]+")
_SHORT_BY = re.compile(r"\W*(?:von|di|af|av|del|da|der)\s*", re.IGNORECASE)
_LAST_FIRST = re.compile(r"\w[\w’'-]*(?:\s(?:\w[\w’'-]*\.?|[A-Z]\.))?")


class People(NamedTuple):
    """The *names* of people in a text, and the news *agencies*; each once."""

    names: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


def author_names(raws: Iterable[str], not_names: Iterable[str | None] = ()) -> tuple[str, ...]:
    """The names in *raws*, each once. What is in *not_names* is no name. Nor is a text with one of
    *not_names* in it that has three words or more."""
    return people_in(raws, not_names).names


def people_in(raws: Iterable[str], not_names: Iterable[str | None] = ()) -> People:
    """The people and the news agencies that *raws* name; see `author_names`."""
    refused = {key(name) for name in not_names if name} - {""}
    squeezed = {name.replace(" ", "") for name in refused}
    longer = tuple(f" {name} " for name in refused if name.count(" ") > 1)
    found: dict[str, str] = {}
    agencies: dict[str, None] = {}
    for raw in raws:
        for part in _parts(raw):
            if agency := agency_of(part.strip(" .,;:()[]–—-")):
                agencies.setdefault(agency)
                continue
            name = _without_end(_name(part), refused)
            said = key(name) if name else ""
            of_site = any(site in f" {said} " for site in longer)
            if name and said.replace(" ", "") not in squeezed and not of_site:
                found.setdefault(said, name)
    return People(tuple(found.values())[:_MOST_AUTHORS], tuple(agencies))


def _without_end(name: str | None, sites: set[str]) -> str | None:
    """*name* without the name of a site that follows two words at least."""
    words = name.split() if name else []
    for number in range(2, len(words)):
        if key(" ".join(words[number:])) in sites:
            return _without_particle(words[:number])
    return name


def _parts(raw: str) -> list[str]:
    """The pieces of *raw* that may each be a name."""
    text = _SIGNS.sub(" ", _ADDRESS.sub(" ", raw[:_MAX_RAW].replace("\n", " | ")))
    text = collapse(text)
    if names := eastern_names(text):
        return names
    text = text[1:-1] if text[:1] in "([（" and text[-1:] in ")]）" else text
    text = without_dates(_ASIDE.sub("", text)).strip(" ,;:|-–—")
    parts: list[str] = []
    for piece in _STRONG.split(text):
        parts += [part for one in _slashed(piece.strip()) for part in _of_piece(one)]
    people = [part for part in parts if not ORGANISATION.search(part) or agency_of(part)]
    return people if any(agency_of(part) is None for part in people) else parts


def _slashed(piece: str) -> list[str]:
    """*piece* at its slashes, where they part agencies, or names of two words at least."""
    parts = re.split(r"\s*[/／]\s*", without_by(piece))
    known = any(map(agency_of, parts))
    return parts if known or all(len(part.split()) > 1 for part in parts) else [piece]


def _of_piece(piece: str) -> list[str]:
    """The pieces of a list of names: who is named for another part than the writer's is left out,
    and so are jobs and places."""
    if len(piece) > _LONGEST_PIECE:
        return [part for part in _split_commas(piece[:_MAX_RAW]) if len(part) <= _LONGEST]
    piece = without_by(piece)
    kind = _KIND.match(piece)
    if kind and key(kind["kind"]) in KINDS:
        piece = piece[kind.end() :]
    if other := OTHER_PART.search(piece):
        piece = piece[: other.start()].strip(" ,;:|-–—([")
    piece = RANKS.sub("", piece, count=1) if RANKS.match(piece) else piece
    agencies = _agencies_behind(piece)
    piece = without_asides(_without_firm(piece))
    first = piece.partition(",")[0]
    if ORGANISATION.search(_AND.split(first)[0]):
        return [first, *agencies]
    piece = without_places(_without_job(without_tail(piece)))
    found: list[str] = []
    for part in _AND.split(piece):
        found += _split_commas(_without_job(without_by(part)))
    return [*found, *agencies]


def _agencies_behind(piece: str) -> list[str]:
    """The agencies that *piece* names behind a comma, a dash or "of"."""
    parts = re.split(r"\s*[,–—]\s*|\s-\s|\s(?:of|from|von|de|di|van|para|pour|for|per)\s", piece)
    inside = (
        text
        for found in re.findall(r"[(（\[]([^()（）]*)[)）\]]", piece)
        for text in found.split("/")
    )
    return [part for part in (*parts, *inside) if agency_of(part)]


def _without_firm(piece: str) -> str:
    """*piece* without the firm or the agency that a dash or "of" leads to."""
    for match in re.finditer(r"\s[–—-]\s|\s(?:on behalf of|of|from|para|for)\s", piece):
        behind = piece[match.end() :]
        if ORGANISATION.search(behind) or agency_of(behind):
            return piece[: match.start()]
    return piece


def _without_job(text: str) -> str:
    """*text* without a job: one that stands before a name, or follows a sign or a name of two words
    at least. What stands between a dash and the job goes with it."""
    before = JOBS_BEFORE.match(text) if JOB.search(text) else None
    if before and len(text[before.end() :].split()) > 1 and text[before.end()].isupper():
        text = text[before.end() :]
    match = JOBS_BEHIND.search(text) if JOB.search(text) else None
    if match and (len(text[: match.start()].split()) > 1 or not match[0][:1].isspace()):
        kept = text[: match.start()]
        dash = _DASH.search(kept)
        return kept[: dash.start()] if dash else kept
    return text


def without_by(text: str) -> str:
    """*text* without the words that lead to a writer's name. "Von" and "Di" begin names, too."""
    match = BY.match(text)
    if match is None:
        return text
    rest = text[match.end() :]
    if _SHORT_BY.fullmatch(match[0]) and (len(rest.split()) < 2 or rest[:1].islower()):
        return text
    return rest


def _split_commas(text: str) -> list[str]:
    """The names in a list with commas: credentials, jobs and places fall away, "Surname, First" is
    one name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) == 2 and _is_last_first(*parts):
        return [f"{parts[1]} {parts[0]}"]
    people = parts[:1]
    full = bool(people) and len(people[0].split()) > 1
    for part in parts[1:]:
        if _SUFFIX.fullmatch(part):
            people[-1] += f", {part}"
        elif agency_of(part) or not (_is_degree(part) or _is_beside(part, full)):
            people.append(part)
    return people


def _is_degree(part: str) -> bool:
    return (_CREDENTIAL.fullmatch(part) or _DEGREE.fullmatch(part)) is not None


def _is_last_first(last: str, first: str) -> bool:
    own = [word for word in last.split() if word.lower() not in PARTICLES]
    return (
        1 in (len(own), len(last.split()))
        and _LAST_FIRST.fullmatch(first) is not None
        and (len(first.split()) == 1 or first.endswith("."))
        and (sum(map(str.isupper, first)) < 2 or (first.endswith(".") and " " in first))
        and not _SUFFIX.fullmatch(first)
        and not is_place(first)
        and agency_of(first) is None
        and agency_of(last) is None
        and not JOB.search(first)
    )


def _is_beside(part: str, full: bool) -> bool:
    """Whether *part* of a list is what somebody is, or where: behind *full* names single words are
    no names."""
    return (
        (full and len(part.split()) == 1)
        or (full and part.startswith("The "))
        or is_place(part)
        or JOB.search(part) is not None
        or ORGANISATION.search(part) is not None
    )


def _in_capitals(words: list[str]) -> list[str]:
    """The words in capitals with which *words* begin, if there are two and others are not in
    capitals: those are a job. Else all *words*."""
    small = any(word[0].islower() and word not in PARTICLES for word in words)
    if small and all(len(word) > 2 and word.isupper() for word in words[:2]):
        return list(takewhile(str.isupper, words))
    return words


def _without_particle(words: list[str]) -> str:
    """*words* of a name, but no small word at the end."""
    while len(words) > 1 and words[-1] in PARTICLES:
        words.pop()
    return " ".join(words)


def _name(part: str) -> str | None:
    name = without_by(part).strip(" .,;:|-–—\"'“”„«»*#()[]…!©")
    if part.endswith(("Jr.", "Sr.")):
        name += "."
    words = _in_capitals(name.split())
    name = _without_particle(words)
    if _is_no_name(name, words):
        return None
    if any(character.isdigit() for character in name) or not any(c.isalpha() for c in name):
        return None
    return name


def _is_no_name(name: str, words: list[str]) -> bool:
    said = key(name)
    if "admin" in said.split():
        return True
    if "<" in name or ">" in name or len(_CALLS.findall(name)) > 1:
        return True
    if said in NOBODY or said in KINDS or name.lower() in WEEKDAYS or said in month_names():
        return True
    if not 1 <= len(words) <= _MOST_WORDS or len(name) > _LONGEST or is_place(name):
        return True
    small = [word.islower() and word.lower() not in PARTICLES for word in words]
    if len(words) == 1:  # an account's name, a template's, or a word of a byline
        return re.search(r"\w[._/\\]\w", name) is not None or NOT_IN_NAMES.search(name) is not None
    spelt_small = all(small) and len(words) == 2
    return any(small) and not spelt_small and not ORGANISATION.search(name)
