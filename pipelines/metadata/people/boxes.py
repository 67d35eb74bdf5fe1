"""Authors beside the lines around a title: in boxes that are named after them, in lists of links to
people, in bylines anywhere, at the end of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from lxml import etree
from lxml.html import HtmlElement

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.people.bylines import MOST_BYLINES, lone_names
from pipelines.metadata.people.east_asian import editors_in, names_in
from pipelines.metadata.people.given_names import begins_with_given_name
from pipelines.metadata.people.names import author_names
from pipelines.metadata.people.others import OF_OTHERS, is_of_others
from pipelines.metadata.people.texts import (
    LONGEST,
    MAX_LINE,
    PERSON_PATH,
    is_person,
    is_plain,
    may_be_name,
    text_of,
    until_no_name,
)
from pipelines.metadata.people.vocabulary import BY, BY_ALONE, OTHER_PART
from pipelines.page.elements import BITS
from pipelines.page.segments import Segment, Segments, is_prose

_NAMES = etree.XPath("descendant::*[@itemprop='name']")
_LETTERS = ("aut", "Aut", "ylin", "y-li", "yLin", "riter", "osted-by", "edakteur")
"""Any name that `_CALLED` matches has one of these."""
_CALLED = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z]))(?:[Aa]uthors?|[Bb]y-?[Ll]ines?|[Ww]riters?|[Aa]utor(?:en|es|in)?"
    r"|[Aa]uteurs?|posted-by|[Rr]edakteur)(?=$|[\s_-]|[A-Z])"
)
_NOT_CALLED = re.compile(
    r"avatar|image|img|photo|picture|portrait|social|follow|share|comment|related|posts?-by|more"
    r"|archive|url|icon|quote|book|link-list|desc|about|intro|summary|job|role|position",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"^[(（\[【]\s*(?:(?:web|responsible|executive|duty|copy|online)\s+)?(?:editors?|redaktion"
    r"|redakteur|редактор|редакторы)\s*[:：]\s*(?P<names>[^)）\]】]{3,120})[)）\]】]\W*$",
    re.I,
)
_MOST_CALLED = 100  # elements that are called a byline of which any is read
_MOST_LINKS = 60  # links to people of a page that may be its authors
_MAX_BOX = 300  # characters of a box that only names authors
_OPENING = 90  # characters of a paragraph in which reporters of the East are named


def further_authors(declared: Declarations) -> Iterator[list[Candidate]]:
    """What other places of the page say, the most trusted first."""
    found = (one for one in _declared_authors(declared) if not is_of_others(one))
    yield list(declared.markup("rel=author", found))[:MOST_BYLINES]
    yield _named_bylines(declared)
    yield lone_names(declared)
    yield _listed(declared)
    yield from _elsewhere(declared)


def _declared_authors(declared: Declarations) -> Iterator[HtmlElement]:
    """Links to the author, and the names in what microdata calls the author."""
    for relations, link in declared.related:
        if relations == ["author"] and link.tag == "a":
            yield link
    marked = declared.microdata or declared.segments.nodes.that_say(BITS["scope"])
    for element in _NAMES(declared.tree) if marked else ():
        if any(outer.get("itemprop") == "author" for outer in element.iterancestors()):
            yield element


def _named_bylines(declared: Declarations) -> list[Candidate]:
    """The first element that is called a byline and names anybody, with those that look like it."""
    elements, first = declared.segments.nodes.elements, declared.segments.nodes.first
    headings = (first[n] for n, element in enumerate(elements) if element.tag == "h1")
    heading = next(headings, -1)
    before: list[tuple[HtmlElement, str]] = []
    called = _called(declared.segments)[:_MOST_CALLED]
    for place, (number, element) in enumerate(called):
        said = _said_by(element)
        if said is None or is_of_others(element, _boxes_beside(element)):
            continue
        if number > heading:
            inner = _innermost(element, called[place + 1 :])
            said = _said_by(inner) or said
            return [("markup:class author", text) for text in (said, *_alike(inner))]
        before.append((element, said))
    people = {name for _, said in before for name in author_names([said])}
    return [("markup:class author", said) for _, said in before if len(people) < 3]


def _boxes_beside(element: HtmlElement) -> int:
    """The bits of boxes in which *element* names no author: a column that names people with links
    to their pages is often called navigation."""
    linked = any(PERSON_PATH.search(link.get("href") or "") for link in element.iter("a"))
    return OF_OTHERS & ~BITS["navigation"] if linked else OF_OTHERS


def _innermost(element: HtmlElement, called: list[tuple[int, HtmlElement]]) -> HtmlElement:
    """The first of the elements *called* a byline in *element* that names anybody; else itself."""
    for _, inner in called[: 2 * MOST_BYLINES]:
        said = _said_by(inner) if element in inner.iterancestors() else None
        if said and is_plain(said):
            return inner
    return element


def _called(segments: Segments) -> list[tuple[int, HtmlElement]]:
    """The elements that are called a byline, each with the number of its first segment."""
    nodes = segments.nodes
    called = {names for names in {look[2] for look in nodes.look} if _is_called(names)}
    columns = zip(nodes.elements, nodes.first, nodes.look, strict=True) if called else ()
    found = [(first, 0, element) for element, first, look in columns if look[2] in called]
    for number, segment in enumerate(segments):
        if len(segment.text) <= _MAX_BOX:
            block = nodes.elements[segment.node]
            inline = _inline(segment, block)
            found += [(number, 1, one) for one in inline if _is_called(one.get("class") or "")]
    found.sort(key=lambda one: one[:2])
    return [(number, element) for number, _, element in found]


def _inline(segment: Segment, block: HtmlElement) -> Iterator[HtmlElement]:
    """The inline elements in *block* that hold pieces of *segment*, the outer after the inner."""
    pieces = segment.pieces
    if len(pieces) == 1 and pieces[0][1] is block:
        return
    seen = {block}
    for _, owner in pieces:
        while owner is not None and owner not in seen:
            seen.add(owner)
            yield owner
            owner = owner.getparent()


def _is_called(names: str) -> bool:
    return (
        any(part in names for part in _LETTERS)
        and _CALLED.search(names) is not None
        and _NOT_CALLED.search(names) is None
    )


def _said_by(element: HtmlElement) -> str | None:
    """The names in *element*: those of its links or cards, else those of its first line that has
    any."""
    whole = text_of(element)
    if len(whole) > _MAX_BOX:
        return None
    cards = [
        one
        for one in element.iter("a", "span")
        if one.tag == "a" or "fn" in (one.get("class") or "").split()
    ]
    texts = list(dict.fromkeys(filter(None, map(text_of, cards))))
    if len(texts) > 1 and all(is_plain(text) for text in texts):
        return "; ".join(texts)
    lines = [line.strip() for line in whole.split(" | ")]
    for last, line in pairwise(["", *lines]):
        if last and OTHER_PART.search(last):
            continue
        if is_plain(line):
            return line
    names = author_names([whole]) if len(lines) == 1 and len(whole) <= LONGEST else ()
    return whole if len(names) == 1 and may_be_name(names[0]) else None


def _alike(element: HtmlElement) -> Iterator[str]:
    """What the next siblings of *element* say that have its tag and classes."""
    for other in islice(element.itersiblings(element.tag), MOST_BYLINES):
        if other.get("class") == element.get("class") and (said := _said_by(other)):
            yield said


def _listed(declared: Declarations) -> list[Candidate]:
    """The links to people of the only box on the page that holds nothing else."""
    boxes: dict[HtmlElement, list[str]] = {}
    people = [one for one, href in declared.links if one.tag == "a" and PERSON_PATH.search(href)]
    for link in people if len(people) <= _MOST_LINKS else ():
        if not is_of_others(link):
            name = text_of(link)
            if is_plain(name) and (box := _box_of(link)) is not None:
                boxes.setdefault(box, []).append(name)
    people_only = (one for one in boxes.values() if any(map(begins_with_given_name, one)))
    distinct = {tuple(dict.fromkeys(names)) for names in people_only}
    if len(distinct) != 1:
        return []
    return [("markup:author link", name) for name in next(iter(distinct))][:MOST_BYLINES]


def _box_of(link: HtmlElement) -> HtmlElement | None:
    """The largest box around *link*, three steps up at most, all of whose links lead to people."""
    found = None
    for box in islice(link.iterancestors(), 3):
        inner = list(box.iter("a"))
        if box.tag in ("body", "main", "article") or not all(
            is_person(a) or not text_of(a) for a in inner
        ):
            break
        size = len("".join(map(str, box.itertext())).strip())
        if size > _MAX_BOX or 2 * sum(len(text_of(a)) for a in inner) < size:
            break
        found = box
    return found


def _elsewhere(declared: Declarations) -> Iterator[list[Candidate]]:
    """Lines that begin with by, anywhere in the page's own text; then who is named at its end."""
    nodes = declared.segments.nodes
    own = [one for one in declared.segments if _is_own(nodes.above[one.node])]
    lines = list(dict.fromkeys(islice(_by_lines(own), _MOST_CALLED)))
    if len({author_names([line]) for line in lines}) == 1:
        yield [("markup:byline", lines[0])]
    for segment in islice(filter(is_prose, own), 3):
        if names := names_in(segment.text[:_OPENING]):
            yield [("text:opening", " | ".join(names))]
    for segment in reversed(own):
        if named := _named_at_the_end(segment.text):
            yield [("text:end", named)]
            return


def _is_own(above: int) -> bool:
    """Whether what stands in boxes of the bits *above* may be the page's own text; the foot of an
    article is."""
    others = above & OF_OTHERS
    return not others or (others == BITS["footer"] and bool(above & BITS["article"]))


def _by_lines(segments: list[Segment]) -> Iterator[str]:
    read = 0
    for before, segment in pairwise([Segment("", 0, ()), *segments]):
        text = segment.text
        if len(text) > MAX_LINE:
            continue
        if BY.match(text):
            read += 1
            if read > _MOST_CALLED:
                return
            linked = [text_of(one) for one in _links_to_people(segment)]
            if len(linked) > 1 and all(map(is_plain, linked)):
                yield "; ".join(linked)
                continue
            said = until_no_name(text)
            if said and is_plain(said) and _is_known(segment):
                yield said
        elif BY_ALONE.fullmatch(before.text) and is_plain(text):
            yield text


def _links_to_people(segment: Segment) -> list[HtmlElement]:
    """The links in a line that lead to pages of people."""
    owners = dict.fromkeys(owner for _, owner in segment.pieces if owner is not None)
    links = (owner for owner in owners if owner.tag == "a")
    return [link for link in links if PERSON_PATH.search(link.get("href") or "")]


def _named_at_the_end(text: str) -> str | None:
    """The names of the editors that the last line of a *text* gives."""
    if len(text) > MAX_LINE:
        return None
    match = _ENDS.match(text)
    return match["names"] if match else "、".join(editors_in(text)) or None


def _is_known(segment: Segment) -> bool:
    """Whether a line names people with given names or links to their pages, or others where it is
    no link."""
    if _links_to_people(segment):
        return True
    names = author_names([segment.text])
    named = all(begins_with_given_name(name) or " " in name for name in names)
    return (named and 2 * segment.linked < len(segment.text)) or all(
        map(begins_with_given_name, names)
    )
