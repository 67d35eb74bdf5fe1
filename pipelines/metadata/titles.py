"""A page's titles into the headline of its article, and its other headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import chain, dropwhile, islice
from typing import NamedTuple

from lxml.html import HtmlElement

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.headings.shown import text_of_heading
from pipelines.metadata.headings.site_names import Sites, without_site
from pipelines.page.elements import BESIDE, BITS, bits_of
from pipelines.page.segments import is_prose
from pipelines.text.words import UNSPACED, collapse, key

LONGEST_TITLE = 250
"""Characters of a headline that are read; what follows is cut off."""
_ARTICLE = BITS["article"] | BITS["main"]
_IN_COMMON = 30  # percent of the words of the shorter of two titles
_LONGEST_RAW = 1_000  # characters of a title with the names around it
_CUT_AT = 90  # characters at which titles for machines are cut off
_MOST_HEADINGS = 12  # main headings among which the article's is looked for
_BROKEN = re.compile(
    "[ÃÂ][\x80-\xbf\u0152-\u0178\u2018-\u203a\u20ac\u2122¡-¿ ]|â[\x80-\x9f€˜’“”–—\u2122œ]"
    "|â(?=s\\b)|\ufffd|ï¿½"
)
_AND_WORDS = "and und et y e og och en"
_ANDS = frozenset(_AND_WORDS.split())
_GENERIC_WORDS = """
home blog news menu index untitled article articles post posts login search error 404 not found
startseite accueil inicio search results navigation share comments
"""
_GENERIC = frozenset(_GENERIC_WORDS.split()) | {"page not found", "open menu close menu"}


class Headlines(NamedTuple):
    """The *headline* of an article and its *other* headline, each with the place that said so; the
    texts are without the name of the site."""

    headline: tuple[str, str, str] | None = None
    other: tuple[str, str, str] | None = None


def headlines_in(declared: Declarations, sites: Sites, announced: str | None) -> Headlines:
    """The headlines of the page that *declared* describes: source, raw text, text."""
    summaries = {key(text) for _, text in declared.candidates("description")}
    found = _read(declared, sites, announced, summaries)
    return found if found.headline else _read(declared, sites, announced, set())


def _read(
    declared: Declarations, sites: Sites, announced: str | None, summaries: set[str]
) -> Headlines:
    shown = {key(text_of_heading(one)) for one in declared.tagged("h1")[:_MOST_HEADINGS]} - {""}
    kept = frozenset(text for text in shown if not sites.holds(text))

    def read(candidates: Iterable[Candidate]) -> list[tuple[str, str, str]]:
        texts = (
            (source, raw, without_site(raw[:_LONGEST_RAW], sites, kept))
            for source, raw in candidates
        )
        return [one for one in texts if _is_fit(one[2], sites, summaries)]

    linked = read(declared.structured("headline"))
    metas = read(declared.meta("headline"))
    title = read(_title(declared))
    heading = read(_heading(declared, [*linked, *metas, *title], sites))
    others = read(declared.candidates("alternative_headline"))
    found = list(
        _in_order(
            heading, linked, metas, title, read([("announced", announced)] if announced else [])
        )
    )
    if not found:
        return Headlines()
    best = _mended(_whole(found[0], found), found, declared)
    related = [one for one in heading if _is_in_other_words(one[2], best[2])]
    unlike = [one for one in heading if one not in related and _is_above_text(one[1], declared)]
    all_others = chain(others, related, metas, title, linked, unlike)
    further = (_mended(one, found, declared) for one in all_others)
    other = (one for one in further if _says_something_else(one[2], best[2], sites))
    return Headlines(best, next(other, None))


_Read = tuple[str, str, str]


def _in_order(
    heading: list[_Read],
    linked: list[_Read],
    metas: list[_Read],
    title: list[_Read],
    announced: list[_Read],
) -> Iterator[_Read]:
    """The candidates, the most trusted first. The heading that readers see goes before a title for
    machines that it says in other words."""
    machine = [*linked[:1], *metas[:1]][:1]
    known = {key(one[2]) for one in (*metas, *title)}
    for one in heading:
        if machine and (_is_in_other_words(one[2], machine[0][2]) or key(one[2]) in known):
            yield one
    yield from linked
    yield from metas
    yield from heading
    yield from title
    yield from announced


def _title(declared: Declarations) -> Iterator[Candidate]:
    titles = [one for one in declared.tagged("title") if one.getparent().tag == "head"]
    if len(titles) == 1:
        yield (
            "markup:title",
            collapse(unescape("".join(map(str, titles[0].itertext()))[:_LONGEST_RAW])),
        )


def _heading(declared: Declarations, machine: list[_Read], sites: Sites) -> list[Candidate]:
    """The main heading of the article: the only one that is not the site's, or the one that says
    what a title for machines says."""
    said = [(one, text_of_heading(one)) for one in declared.tagged("h1")[:_MOST_HEADINGS]]
    known = {key(text) for _, _, text in machine}
    own = [(one, text) for one, text in said if key(text) and not sites.holds(text)]
    same = [text for _, text in own if key(text) in known]
    alike = [one for one in own if any(_is_in_other_words(one[1], text) for _, _, text in machine)]
    distinct = list(dict.fromkeys(text for _, text in own))
    if same:
        return [("markup:h1", same[0])]
    if len({text for _, text in alike}) == 1:
        element, text = alike[0]
        return [("markup:h1", _own_part(element, text, machine))]
    if len(distinct) == 1 and not _is_masthead(own[0][0], declared, known):
        return [("markup:h1", distinct[0])]
    return []


def _own_part(heading: HtmlElement, text: str, machine: list[_Read]) -> str:
    """*text* without what an element in *heading* adds to a title: a day, a source, a subtitle."""
    said = key(text)
    for _, _, title in machine if len(heading) else ():
        short = key(title)
        edge = said.startswith(f"{short} ") or said.endswith(f" {short}")
        if edge and " " in short:
            return title
    return text


def _is_masthead(heading: HtmlElement, declared: Declarations, known: set[str]) -> bool:
    """Whether *heading*, none of whose words a title has, names the site or a part of it: it leads
    to the front page, stands beside the article, or a lower heading has the title."""
    words = set(key(text_of_heading(heading)).split())
    if not known or any(words & set(title.split()) for title in known):
        return False
    if any(link.get("href") in ("/", "./", "../") for link in heading.iter("a")):
        return True
    around = [*heading.iterancestors()]
    inside = any(one.tag in ("article", "main") for one in around)
    if not inside and declared.segments.nodes.that_say(_ARTICLE):
        return True
    if not inside and any(
        bits_of(one) & (BESIDE | BITS["header"])
        for one in around
        if one.tag not in ("body", "html")
    ):
        return True
    behind = dropwhile(lambda one: one is not heading, declared.tagged("h1", "h2", "h3"))
    lower = (key(text_of_heading(one)) for one in islice(behind, 60) if one.tag != "h1")
    return any(" " in text and any(title.startswith(text) for title in known) for text in lower)


def _is_above_text(heading: str, declared: Declarations) -> bool:
    """Whether the main *heading* stands above the first paragraph, in the box of the article where
    there is one."""
    said = key(heading)
    nodes = declared.segments.nodes
    boxed = bool(declared.segments.nodes.that_say(_ARTICLE))
    for segment in declared.segments:
        if is_prose(segment):
            return False
        if key(segment.text) == said:
            return not boxed or bool(nodes.above[segment.node] & _ARTICLE)
    return False


def _is_fit(title: str, sites: Sites, summaries: set[str]) -> bool:
    said = key(title)
    return (
        bool(said)
        and len(title) <= LONGEST_TITLE
        and not (said in summaries or said in _GENERIC or sites.holds(title))
    )


def _is_in_other_words(heading: str, title: str) -> bool:
    """Whether *heading* says what *title* says in other words. Titles are often made for search
    engines; the heading that readers see is the headline."""
    seen, title_words = set(key(heading).split()), set(key(title).split())
    fewer = min(len(seen), len(title_words))
    common = seen & title_words
    telling = len(common) > 1 or any(len(word) > 3 for word in common)
    return len(seen) > 1 and telling and 100 * len(common) >= _IN_COMMON * max(fewer, 1)


def _whole(best: _Read, found: list[_Read]) -> _Read:
    """*best*, or the title that goes on where it is cut off."""
    bare = re.sub(r"\s*(?:…|\.\.\.)$", "", best[2])
    if bare == best[2] and len(bare) < _CUT_AT:
        return best
    longer = (one for one in found if one[2].startswith(bare) and len(one[2]) > len(best[2]))
    return next(longer, best)


def _mended(title: _Read, found: list[_Read], declared: Declarations) -> _Read:
    """*title* as another place on the page writes it, where its letters are broken."""
    if not _BROKEN.search(title[2]):
        return title
    pattern = re.compile(r".{0,4}".join(map(re.escape, re.split(r"[^\x00-\x7f]+", title[2]))))
    for source, raw, text in found:
        if not _BROKEN.search(text) and pattern.fullmatch(text):
            return source, raw, text
    right = _read_again(title[2])
    rare = [word for word in right.split() if not word.isascii()]
    shown = "\n".join(segment.text for segment in declared.segments)
    whole = right != title[2] and all(word in shown for word in rare)
    return (title[0], title[1], right) if whole else title


def _read_again(text: str) -> str:
    """*text*, whose UTF-8 was read as if a character were a byte, as it was meant."""
    for charset in ("cp1252", "latin-1"):
        try:
            return text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _says_something_else(title: str, headline: str, sites: Sites) -> bool:
    """Whether *title* is no mere spelling, shortening or lengthening of *headline*."""
    one, other = _bare(title), _bare(headline)
    if one == other or not one or (len(one) < 2 and not UNSPACED.search(title)):
        return False
    if "".join(one) == "".join(other) or _BROKEN.search(title):
        return False
    if re.search(r"(?:…|\.\.\.)$", title) and other[: len(one) - 1] == one[:-1]:
        return False
    if len(title) >= _CUT_AT and headline.startswith(title):
        return False
    return not (_is_lengthened(title, headline) or _is_lengthened(headline, title))


def _is_lengthened(longer: str, shorter: str) -> bool:
    """Whether *longer* is *shorter* with a name of the site or of a section at one end."""
    for separator in re.finditer(r"\s*[|│ㅣ»›·•]\s*|\s[–—-]\s|\s[–—-](?=\S)", longer):
        before, after = longer[: separator.start()], longer[separator.end() :]
        if (key(before) == key(shorter) and len(after.split()) < 4) or (
            key(after) == key(shorter) and len(before.split()) < 4
        ):
            return True
    return False


def _bare(title: str) -> list[str]:
    return [word for word in key(title).split() if word not in _ANDS]
