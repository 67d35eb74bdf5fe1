"""What a page declares and prints of its authors into their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from lxml import etree
from lxml.html import HtmlElement

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.header import HeaderLine
from pipelines.text.words import collapse, key

_AUTHORS = etree.XPath("descendant-or-self::*[(self::a and @rel='author') or @itemprop='name']")
_JOBS = re.compile(
    r"[\s,|·⋅•–—-]+(?:(?:(?:senior|sr\.?|junior|chief|associate|assistant|managing|executive|contributing"
    r"|guest|head|deputy|lead|freelance|content|product|marketing|technical|creative|editorial|former)"
    r"\s+)+(?:\w+\s+){0,2}?)?(?:staff|co-?founder|founder|ceo|cto|cmo|writer|author|editor|director"
    r"|manager|reporter|coordinator|correspondent|contributor|columnist|specialist|strategist|analyst"
    r"|winemaker|consultant|expert|president|researcher|enthusiast|journalist)s?\b.*$",
    re.IGNORECASE,
)
_PARTICLE_WORDS = """
de da do dos das del della der den di du la le les el al bin ibn ben van von vom zu zur ter ten
y e und and et of af av the
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())

_MOST_WORDS, _LONGEST = 6, 60  # words, and characters, of a name
_MOST_AUTHORS = 30  # names that a row keeps
_BY = re.compile(
    r"(?:(?:article|story|authored|words and photos|posted|published|written|reviewed|words"
    r"|text|report|reporting|edited)"
    r"\s+(?:and\s+\w+\s+)?by|by|authors?|von|par|por|di|door|af|av)\b\s*:?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:;|\||•|·|\s/\s|\s&\s|\s\+\s|,?\s(?:and|und|et|y|with)\s)\s*")
_ADDRESS = re.compile(r"https?://\S*|www\.\S+|\S+@\S+\.\S+|\(?@\w+\)?", re.IGNORECASE)
_TAIL = re.compile(
    r"\s*(?:[(\[].*[)\]]"
    r"|[,|–—-]\s*(?:updated|published|posted|on|in|for|staff|senior|editor|contributor|\d)\b.*"
    r"|[,|–—-]\s*(?:correspondent|reporter|writer|special to|product|\w+day)\b.*"
    r"|\s(?:on|updated|published|posted)\s+(?=\S*\s?\d).*)$",
    re.IGNORECASE,
)
_CREDENTIAL = re.compile(
    r"(?:[A-Z][A-Za-z]{0,2}\.?){1,5}(?:-[A-Z]{1,4})?|Ph\.?D\.?|M\.?D\.?|Jr\.?|Sr\.?|I{2,3}|IV"
)
_ASIDE = re.compile(r"\s*\([^()\s]*\s[^()]*\)")
_DASH = re.compile(r"\s[–—-]\s")
_MAX_RAW = 2_000  # characters: of thirty names, or of no name
_CALLS = re.compile(
    r"\b(?:view|see|more|all|read|follow|posts?|page|profile|articles?|stories|author)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"Jr\.?|Sr\.?|I{2,3}|IV")
_NOBODY = frozenset(
    {
        *("admin", "administrator", "site admin", "web admin", "webmaster", "user", "wordpress"),
        *("author", "authors", "editor", "contributor", "contributors", "guest", "guest author"),
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "by", "team", "staff", "editorial team"),
        *("unknown", "anonymous", "null", "none", "default", "undefined", "view all posts"),
    }
)
"""What stands in place of a name."""


_NAMED_TAGS = ("a", "span", "p", "div", "li", "strong")
_NAMES_OF_BYLINES = re.compile(
    r"(?<!\S)author(?!\S)|author(?:-name|__name|Name)|byline|posted-by|post-author"
)
_MOST_BYLINES = 8  # lines of a kind that are read
_MAX_LINE = 120  # characters of a line that may name authors
_PERSON_PATH = re.compile(
    r"/(?:authors?|contributors?|profiles?|people|persons?|staff|writers?|journalists?|redaktion"
    r"|autor(?:en|es|i)?|auteurs?|producers|byline|by)/[^/?#]{3,}",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(
    r"\W*(?:(?:written|posted|words|story|article|text)\s+)?(?:by|von|par|por|di|door|автор|作者|文|लेखक)\W*",
    re.IGNORECASE,
)
_BY_LINE = re.compile(r"(?:(?:written|posted|words|story) by|by|von|par|por) \S", re.IGNORECASE)
_WRITTEN_BY = ("written by", "verfasst von", "écrit par", "escrito por", "scritto da")


@dataclass(frozen=True, slots=True)
class Authors:
    """The *names* of a page's authors, the *source* that gave them and what it says."""

    names: tuple[str, ...] = ()
    source: str | None = None
    raws: tuple[str, ...] = ()


def authors_of(declared: Declarations, not_names: Iterable[str | None] = ()) -> Authors:
    """The authors by the first source that names any: declarations first, then bylines."""
    refused = tuple(not_names)
    for group in _sources(declared):
        raws = tuple(raw for _, raw in group)
        if names := author_names(raws, refused):
            return Authors(names, group[0][0], raws)
    return Authors()


def _sources(declared: Declarations) -> Iterator[list[Candidate]]:
    """What each place on the page says, most trusted first."""
    by_source: dict[str, list[Candidate]] = {}
    for candidate in chain(declared.candidates("author"), _written_by(declared)):
        by_source.setdefault(candidate[0], []).append(candidate)
    yield from by_source.values()
    yield from _in_header(declared)
    for label, found in (("rel=author", _declared_authors), ("class author", _named_bylines)):
        yield list(declared.markup(label, found(declared.tree)))[:_MOST_BYLINES]
    for segment in declared.segments:
        if len(segment.text) <= _MAX_LINE and _BY_LINE.match(segment.text):
            yield [("markup:byline", segment.text)]
            return


def _declared_authors(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Links to the author, and the names in what microdata calls the author."""
    for element in _AUTHORS(tree):
        linked = element.tag == "a" and element.get("rel") == "author"
        named = element.get("itemprop") == "name" and any(
            outer.get("itemprop") == "author" for outer in element.iterancestors()
        )
        if linked or named:
            yield element


def _named_bylines(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The elements that are called a byline, except those of comments and of other articles."""
    for element in tree.iter(*_NAMED_TAGS):
        names = element.get("class")
        if names and _NAMES_OF_BYLINES.search(names) and not _is_of_others(element):
            yield element


def _is_of_others(element: HtmlElement) -> bool:
    for outer in element.iterancestors():
        names = outer.get("class") or ""
        if outer.tag == "aside" or "comment" in names or "related" in names:
            return True
    return False


def _in_header(declared: Declarations) -> Iterator[list[Candidate]]:
    """What the lines around the title say: links to people first, then lines that begin with by."""
    linked = []
    for line in declared.header:
        for link in line.links():
            name = collapse("".join(map(str, link.itertext())))
            if name and len(name) <= _LONGEST and _is_person(link):
                linked.append(("markup:author link", name))
    yield linked[:_MOST_BYLINES]
    following = False
    for line in declared.header:
        if following or (_BY_LINE.match(line.text) and len(line.text) <= _MAX_LINE):
            for text in dict.fromkeys((_names_in(line), line.text)):
                yield [("markup:byline", text)]
        following = _BY_ALONE.fullmatch(line.text) is not None


def _names_in(line: HeaderLine) -> str:
    """The part of a byline in its first element, or behind a first element that is only `by`."""
    first, *others = line.pieces or (line.text,)
    if others and _BY_ALONE.fullmatch(first):
        return f"{first} {others[0]}"
    return first if _BY_LINE.match(first) else line.text


def _is_person(link: HtmlElement) -> bool:
    relation = (link.get("rel") or "").split()
    return "author" in relation or _PERSON_PATH.search(link.get("href") or "") is not None


def _written_by(declared: Declarations) -> Iterator[Candidate]:
    if declared.metas.get("twitter:label1", [""])[0].lower().startswith(_WRITTEN_BY):
        for text in declared.metas.get("twitter:data1", ()):
            yield "meta:twitter:data1", collapse(text)


def _in_capitals(words: list[str]) -> list[str]:
    """The words in capitals with which *words* begin, if there are two and others are not in
    capitals: those are a job. Else all *words*."""
    small = any(word[0].islower() and word not in _PARTICLES for word in words)
    if small and all(len(word) > 2 and word.isupper() for word in words[:2]):
        return list(takewhile(str.isupper, words))
    return words


def author_names(raws: Iterable[str], not_names: Iterable[str | None] = ()) -> tuple[str, ...]:
    """The names in *raws*, each once. What is in *not_names* is no name. Nor is a text with one of
    *not_names* in it that has three words or more."""
    sites = {key(name) for name in not_names if name} - {""}
    refused = sites | _NOBODY
    longer = tuple(f" {site} " for site in sites if site.count(" ") > 1)
    found: dict[str, str] = {}
    for raw in raws:
        for part in _parts(raw):
            name = _name(part)
            said = key(name) if name else ""
            of_site = any(site in f" {said} " for site in longer)
            if name and said not in refused and not of_site:
                found.setdefault(said, name)
    return tuple(found.values())[:_MOST_AUTHORS]


def _parts(raw: str) -> list[str]:
    text = _ASIDE.sub("", _ADDRESS.sub(" ", collapse(raw[:_MAX_RAW])))
    text = _without_by(text.strip()).strip(" ,;:|-–—")
    parts: list[str] = []
    for part in _SPLIT.split(text):
        parts += _split_commas(_without_job(_TAIL.sub("", part)))
    return parts


def _without_job(text: str) -> str:
    """*text* without a job that follows a sign or a name of two words at least. What stands between
    a dash and the job goes with it."""
    match = _JOBS.search(text)
    if match and (len(text[: match.start()].split()) > 1 or not match[0][0].isspace()):
        before = text[: match.start()]
        dash = _DASH.search(before)
        return before[: dash.start()] if dash else before
    return text


def _without_by(text: str) -> str:
    match = _BY.match(text)
    return text[match.end() :] if match else text


def _split_commas(text: str) -> list[str]:
    """The names in a list with commas: credentials fall away, "Surname, First" is one name."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    people = parts[:1]
    for part in parts[1:]:
        if _SUFFIX.fullmatch(part):
            people[-1] += f", {part}"
        elif not _CREDENTIAL.fullmatch(part):
            people.append(part)
    if len(people) == 2 and all(len(person.split()) == 1 for person in people):
        return [f"{people[1]} {people[0]}"]
    return people


def _name(part: str) -> str | None:
    name = _without_by(part).strip(" .,;:|-–—\"'“”*")
    if part.endswith(("Jr.", "Sr.")):
        name += "."
    words = _in_capitals(name.split())
    name = " ".join(words)
    if "<" in name or ">" in name or len(_CALLS.findall(name)) > 1:
        return None
    if len(words) > 1 and any(w.islower() and w.isascii() and w not in _PARTICLES for w in words):
        return None
    if len(words) == 1 and re.search(r"\w[._]\w", name):
        return None  # an account's name, or a template's
    if not 1 <= len(words) <= _MOST_WORDS or len(name) > _LONGEST:
        return None
    if any(character.isdigit() for character in name) or not any(c.isalpha() for c in name):
        return None
    return name
