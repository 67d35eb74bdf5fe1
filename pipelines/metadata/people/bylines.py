"""The places of a page where its authors are shown: links to people, bylines, names by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise, takewhile

from lxml import etree
from lxml.html import HtmlElement

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.header import HeaderLine
from pipelines.metadata.people.east_asian import editors_in, names_in
from pipelines.metadata.people.given_names import begins_with_given_name
from pipelines.metadata.people.names import author_names, is_plain_name, without_dates
from pipelines.metadata.people.vocabulary import (
    BY,
    BY_ALONE,
    NOT_IN_NAMES,
    ORGANISATION,
    OTHER_PART,
)
from pipelines.page.elements import BITS, BLOCKS, bits_of
from pipelines.page.segments import Segment, is_prose
from pipelines.text.words import collapse, key

_AUTHORS = etree.XPath("descendant-or-self::*[(self::a and @rel='author') or @itemprop='name']")
_NAMED_TAGS = (
    "a",
    "span",
    "p",
    "div",
    "li",
    "strong",
    "b",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "address",
    "cite",
    "td",
    "small",
)
_CALLED = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z]))(?:[Aa]uthors?|[Bb]y-?[Ll]ines?|[Ww]riters?|[Aa]utor(?:en|es|in)?|[Aa]uteurs?|posted-by|[Rr]edakteur)(?=$|[\s_-]|[A-Z])"
)
_NOT_CALLED = re.compile(
    r"avatar|image|img|photo|picture|portrait|social|follow|share|comment|related|posts?-by|more|archive|url|icon|quote|book|link-list|desc|about|intro|summary|job|role|position",
    re.IGNORECASE,
)
_PERSON_PATH = re.compile(
    r"/(?:authors?|contributors?|profiles?|people|persons?|staff|our-team|team|writers?|journalists?|reporters?|columnists?|bios?|redaktion|redakteure?"
    r"|autor(?:en|es|i|ki|zy|in)?|auteurs?|autore|firmas?|verfasser|skribent(?:er)?|forfatter|redaktor(?:zy)?|toimittaja|yazarlar?|medarbetare|producers|byline|by)/[^/?#]{3,}"
    r"|[?&]_?author(?:_name|_id)?=[^&]{2,}|/@[\w.-]{3,}",
    re.IGNORECASE,
)
_ENDS = re.compile(r"^[(（\[【]\s*(?:(?:web|responsible|executive|duty|copy|online)\s+)?(?:editors?|redaktion|redakteur|редактор|редакторы)\s*[:：]\s*(?P<names>[^)）\]】]{3,120})[)）\]】]\W*$", re.I)  # fmt: skip
_SIGNS = re.compile(r"\s*[|·•⋅–—]\s*|\s-\s")
_MOST_BYLINES = 8  # lines of a kind that are read
_MAX_LINE = 120  # characters of a line that may name authors
_MAX_BOX = 300  # characters of a box that only names authors
_OPENING = 90  # characters of a paragraph in which reporters of the East are named
_LONGEST = 60  # characters of a name
_OF_OTHERS = sum(
    BITS[name]
    for name in (
        "comments",
        "related",
        "popular",
        "navigation",
        "footer",
        "newsletter",
        "dialog",
        "share",
        "caption",
    )
)
_COMMENT = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|kommentare?|commentaires?|comentarios?|respond|replies|disqus)(?:$|[\s_-])",
    re.I,
)
_OPEN_TO_COMMENTS = re.compile(r"(?:no|has|with|without|post|entry|open)[_-]comments?|comments?[_-](?:open|closed|off|on|enabled)", re.I)  # fmt: skip


def shown_authors(declared: Declarations) -> Iterator[list[Candidate]]:
    """What the lines around the title say: links to people first, then lines that begin with by."""
    yield _linked(declared.header)
    yield from _by_lines(declared.header)


def further_authors(declared: Declarations) -> Iterator[list[Candidate]]:
    """What other places of the page say, the most trusted first."""
    found = (one for one in _declared_authors(declared.tree) if not is_of_others(one))
    yield list(declared.markup("rel=author", found))[:_MOST_BYLINES]
    yield _named_bylines(declared)
    yield _alone(declared)
    yield _listed(declared)
    yield from _elsewhere(declared)


def is_of_others(element: HtmlElement) -> bool:
    """Whether *element* stands among readers' comments, other articles or what is on every page."""
    for outer in (element, *element.iterancestors()):
        if outer.tag in ("body", "html"):
            return False
        names = f"{outer.get('class') or ''} {outer.get('id') or ''}"
        if _COMMENT.search(names) and not _OPEN_TO_COMMENTS.search(names):
            return True
        if (
            outer.get("itemtype", "").endswith(("Comment", "UserComments"))
            or outer.get("itemprop") == "comment"
        ):
            return True
        if bits_of(outer) & _OF_OTHERS and outer is not element:
            return (
                outer.tag != "footer" or next(outer.iterancestors("article", "main"), None) is None
            )
    return False


def _declared_authors(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Links to the author, and the names in what microdata calls the author."""
    for element in _AUTHORS(tree):
        linked = element.tag == "a" and element.get("rel") == "author"
        named = element.get("itemprop") == "name" and any(
            outer.get("itemprop") == "author" for outer in element.iterancestors()
        )
        if linked or named:
            yield element


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
            if is_person(link) and _plain(name, single=True) and not (behind or other):
                found.append(("markup:author link", name))
        other = start is not None and start.end() >= len(line.text.rstrip(" :"))
    return found[:_MOST_BYLINES]


def _by_lines(header: list[HeaderLine]) -> Iterator[list[Candidate]]:
    """The lines of *header* that begin with by, or follow one that says no more than that."""
    following = False
    for line in header:
        said = line.text.replace("\n", " | ")
        said = without_dates(said) if said[:1].isdigit() or said[-1:].isdigit() else said
        said = said if BY.match(said) else _from_by(said)
        if following or (len(said) <= _MAX_LINE and (BY.match(said) or names_in(said))):
            first = _names_in(line)
            texts = (first, said) if following or BY.match(first) else (said,)
            for text in dict.fromkeys(texts):
                if until := _until_no_name(text):
                    yield [("markup:byline", until)]
                    break
        following = BY_ALONE.fullmatch(line.text) is not None


def _from_by(text: str) -> str:
    """*text* from the sign behind which a piece begins with by; all of it where none does."""
    for sign in _SIGNS.finditer(text):
        if BY.match(text[sign.end() :]):
            return text[sign.end() :]
    return text


def _until_no_name(text: str) -> str | None:
    """The beginning of a byline *text*, as far as it names people; None: it names nobody."""
    names = author_names([text])
    people = list(takewhile(is_plain_name, names))
    if people:
        end = text.find(people[-1])
        return text if len(people) == len(names) or end < 0 else text[: end + len(people[-1])]
    short = len(names) == 1 and len(names[0].split()) < 5 and len(text) <= _LONGEST
    return text if short and _may_be_name(names[0]) else None


def _may_be_name(name: str) -> bool:
    """Whether *name* may be that of a team, or what somebody calls himself."""
    bare = re.sub(r"^the\s", "", name, flags=re.IGNORECASE)
    return (" " not in bare or ORGANISATION.search(bare) is not None) and not NOT_IN_NAMES.search(
        bare
    )


def _names_in(line: HeaderLine) -> str:
    """The part of a byline in its first element, or behind a first element that is only `by`."""
    first, *others = line.pieces or (line.text,)
    if others and BY_ALONE.fullmatch(first):
        return f"{first} {others[0]}"
    return first if BY.match(first) and not BY_ALONE.fullmatch(first) else line.text


def text_of(element: HtmlElement) -> str:
    """The text of *element* with a sign where a block begins, or a word that no space parts."""
    said = ""
    for inner in element.iter():
        for text, edge in ((inner.text, inner.tag in BLOCKS or inner.tag == "br"), (None, False)):
            if text and isinstance(inner.tag, str) and inner.tag not in ("script", "style"):
                said += _joint(said, text, edge) + text
        if inner.tail and inner is not element:
            said += _joint(said, inner.tail, inner.tag in BLOCKS or inner.tag == "br") + inner.tail
    return collapse(said).strip(" |")


def _joint(said: str, text: str, edge: bool) -> str:
    if edge:
        return " | "
    return " | " if said[-1:].isalpha() and text[:1].isupper() else ""


def is_person(link: HtmlElement) -> bool:
    """Whether *link* leads to the page of a person."""
    relation = (link.get("rel") or "").split()
    return "author" in relation or _PERSON_PATH.search(link.get("href") or "") is not None


def _named_bylines(declared: Declarations) -> list[Candidate]:
    """The first element that is called a byline and names anybody, with those that look like it."""
    heading = next(iter(declared.tagged("h1")), None)
    before: list[tuple[HtmlElement, str]] = []
    passed = heading is None
    for element in declared.tree.iter(*_NAMED_TAGS, "h1"):
        passed = passed or element is heading
        names = element.get("class")
        if not names or not _CALLED.search(names) or _NOT_CALLED.search(names):
            continue
        said = _said_by(element)
        if said is None or is_of_others(element):
            continue
        if passed:
            return [("markup:class author", text) for text in (said, *_alike(element))]
        before.append((element, said))
    people = {name for _, said in before for name in author_names([said])}
    return [("markup:class author", said) for _, said in before if len(people) < 3]


def _said_by(element: HtmlElement) -> str | None:
    """The names in *element*: those of its links or cards, else those of its first line that has
    any."""
    cards = [
        one
        for one in element.iter("a", "span")
        if one.tag == "a" or "fn" in (one.get("class") or "").split()
    ]
    texts = list(dict.fromkeys(filter(None, map(text_of, cards))))
    if len(texts) > 1 and all(_plain(text) for text in texts):
        return "; ".join(texts)
    whole = text_of(element)
    if len(whole) > _MAX_BOX:
        return None
    lines = [line.strip() for line in whole.split(" | ")]
    for last, line in pairwise(["", *lines]):
        if last and OTHER_PART.search(last):
            continue
        if _plain(line):
            return line
    names = author_names([whole]) if len(lines) == 1 and len(whole) <= _LONGEST else ()
    return whole if len(names) == 1 and _may_be_name(names[0]) else None


def _plain(text: str, single: bool = False) -> bool:
    """Whether *text* names people, and they are plainly such; a *single* word may do, too."""
    names = author_names([text]) if len(text) <= _MAX_LINE else ()
    alone = single and len(names) == 1 and not NOT_IN_NAMES.search(names[0])
    return bool(names) and (alone or all(map(is_plain_name, names)))


def _alike(element: HtmlElement) -> Iterator[str]:
    """What the next siblings of *element* say that have its tag and classes."""
    for other in islice(element.itersiblings(element.tag), _MOST_BYLINES):
        if other.get("class") == element.get("class") and (said := _said_by(other)):
            yield said


def _alone(declared: Declarations) -> list[Candidate]:
    """A line near the title that is nothing but a name."""
    titles = {key(title) for title in declared.titles}
    for line in declared.header:
        text = line.text.replace("\n", " | ")
        if len(text) > 2 * _MAX_LINE or OTHER_PART.search(text) or key(text) in titles:
            continue
        names = author_names([text])
        given = [begins_with_given_name(name) for name in names]
        known = all(is_plain_name(name) and " " in name for name in names) and sum(given) * 2 > len(
            names
        )
        rest = len(re.sub(r"[\W\d]", "", text)) - sum(len(n) for n in names)
        if names and known and rest <= _LONGEST // 2 and not _is_of_section(line):
            return [("markup:name", text)]
    return []


def _is_of_section(line: HeaderLine) -> bool:
    return any(
        re.search(r"/(?:tags?|category|categories|topics?|thema|section)/", link.get("href") or "")
        for link in line.links()
    )


def _listed(declared: Declarations) -> list[Candidate]:
    """The links to people of the only box on the page that holds nothing else."""
    boxes: dict[HtmlElement, list[str]] = {}
    for link, href in declared.links:
        if link.tag == "a" and _PERSON_PATH.search(href) and not is_of_others(link):
            name = text_of(link)
            if _plain(name) and begins_with_given_name(name) and (box := _box_of(link)) is not None:
                boxes.setdefault(box, []).append(name)
    distinct = {tuple(dict.fromkeys(names)) for names in boxes.values()}
    if len(distinct) != 1:
        return []
    return [("markup:author link", name) for name in next(iter(distinct))][:_MOST_BYLINES]


def _box_of(link: HtmlElement) -> HtmlElement | None:
    """The largest box around *link*, three steps up at most, all of whose links lead to people."""
    found = None
    for box in islice(link.iterancestors(), 3):
        inner = list(box.iter("a"))
        if box.tag in ("body", "main", "article") or not all(
            is_person(a) or not text_of(a) for a in inner
        ):
            break
        if len("".join(map(str, box.itertext()))) > _MAX_BOX:
            break
        found = box
    return found


def _elsewhere(declared: Declarations) -> Iterator[list[Candidate]]:
    """Lines that begin with by, anywhere in the page's own text; then who is named at its end."""
    nodes = declared.segments.nodes
    own = [s for s in declared.segments if not nodes.above[s.node] & _OF_OTHERS]
    short = [segment for segment in own if len(segment.text) <= _MAX_LINE]
    lines = {}
    for before, segment in pairwise(own):
        if BY_ALONE.fullmatch(before.text) and _plain(segment.text) and not BY.match(segment.text):
            lines.setdefault(author_names([segment.text]), segment.text)
    for segment in short:
        said = _until_no_name(segment.text) if BY.match(segment.text) else None
        if said and _plain(said) and _is_known(segment):
            lines.setdefault(author_names([said]), said)
    if len(lines) == 1:
        yield [("markup:byline", text) for text in lines.values()]
    for segment in islice(filter(is_prose, own), 3):
        opening = segment.text[:_OPENING]
        if names := names_in(opening):
            yield [("text:opening", " | ".join(names))]
    for segment in reversed(short):
        names_at_end = _ENDS.match(segment.text)
        if names_at_end or editors_in(segment.text):
            yield [
                (
                    "text:end",
                    names_at_end["names"] if names_at_end else "、".join(editors_in(segment.text)),
                )
            ]
            return


def _is_known(segment: Segment) -> bool:
    names: Iterable[str] = author_names([segment.text])
    named = all(begins_with_given_name(name) or " " in name for name in names)
    return (named and 2 * segment.linked < len(segment.text)) or all(
        map(begins_with_given_name, names)
    )
