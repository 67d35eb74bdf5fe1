"""Readers' comments in a page's own HTML: who said what, when, in answer to whom.

A thread is the box that a comment form stands in, or a box whose name says so. A comment is a box
in it that looks like others there and holds prose. What scripts load later is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from archive.types import Comment
from pipelines.page.elements import BITS, HEADINGS, bits_of
from pipelines.page.segments import Segment
from pipelines.page.walk import segments_of
from pipelines.text.dates import parse_date
from pipelines.text.words import collapse

_MOST = 2000  # comments of a page
_MOST_FORMS, _FARTHEST = 4, 6  # forms that are looked at, and boxes around one
_ITEMS = frozenset({"li", "article", "div", "section", "dd", "blockquote"})
_LONGEST_NAME, _LONGEST_DATE = 60, 60  # characters of a line
_AUTHOR_NAMES = ("author", "fn", "vcard", "username", "user-name", "commenter")
_REPLY_WORDS = 3  # words of a link such as "Reply" or "Reply to this"
_FIELDS = ("textarea", "form", "input")
_PARTS = ("p", "div", "span", "b", "cite", "time", "footer", "header")
_INITIAL = re.compile(r"\b\w\.$")


@dataclass(frozen=True, slots=True)
class _Item:
    """A box of a comment, and the comment around it that it answers."""

    element: HtmlElement
    parent: int | None


def comments_of(tree: HtmlElement) -> tuple[Comment, ...]:
    """The comments on a page, in its order; *parent* counts them from 1."""
    found: list[Comment] = []
    for thread in _threads(tree):
        offset = len(found)
        items = _items(thread)
        inside = {item.element for item in items}
        numbers: dict[int, int] = {}  # of items that say nothing there is no comment
        for place, item in enumerate(items[:_MOST]):
            parent = numbers.get(item.parent) if item.parent is not None else None
            comment = _comment(item.element, inside, parent)
            if comment:
                found.append(comment)
                numbers[place] = len(found)
        if len(found) > offset:
            break  # a page has one thread; what else looks like one is a copy, or a form
    return tuple(found)


def _threads(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The boxes that may be the page's thread: first boxes whose names say so, then boxes around a
    form."""
    for element in tree.iter("div", "section", "details", "ol", "ul", "aside"):
        if bits_of(element) & BITS["comments"] and element.getparent() is not None:
            yield element
    for field in islice(tree.iter("textarea"), _MOST_FORMS):
        around = field.iterancestors("div", "section", "details", "aside")
        for above in islice(around, _FARTHEST):
            if _items(above):
                yield above
                break


def _items(thread: HtmlElement) -> list[_Item]:
    """The boxes alike in *thread* that hold most of its prose; a reply stands in the box that it
    answers."""
    groups: Counter[tuple[str, str]] = Counter()
    for element in thread.iterdescendants(*_ITEMS):
        if not _holds_form(element) and _says_something(element):
            groups[_alike(element)] += 1 + 2 * _names_itself(element)
    if not groups:
        return []
    alike, _ = min(groups.items(), key=lambda one: (-one[1], one[0]))
    found: list[_Item] = []
    place: dict[HtmlElement, int] = {}
    for element in thread.iterdescendants(*_ITEMS):
        if _alike(element) == alike and not _holds_form(element):
            above = next((a for a in element.iterancestors() if a in place), None)
            place[element] = len(found)
            found.append(_Item(element, place[above] if above is not None else None))
    return found


def _alike(element: HtmlElement) -> tuple[str, str]:
    """Tag and first class name: a theme numbers the other class names."""
    return str(element.tag), next(iter((element.get("class") or "").split()), "")


def _holds_form(element: HtmlElement) -> bool:
    return next(element.iter(*_FIELDS), None) is not None


def _says_something(element: HtmlElement) -> bool:
    """Whether it has a name or a date, and words beside them: two parts at the least."""
    parts = (part for part in element.iter(*_PARTS) if part is not element)
    said = sum(1 for part in parts if (part.text or "").strip())
    return said > 1 and next(element.iter(*HEADINGS), None) is None


def _names_itself(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    kind = element.get("itemtype") or ""
    return "comment" in names or kind.endswith(("Comment", "UserComments"))


def _comment(element: HtmlElement, items: set[HtmlElement], parent: int | None) -> Comment | None:
    """What *element* says, without the comments inside it; None where it says nothing."""
    segments = segments_of(element)
    own = [s for s in segments if not _within(segments.nodes.elements[s.node], element, items)]
    author = _author(element, own, items)
    date = next((d for d in _dates(element, own, items) if d), None)
    prose = [s.text for s in own if not _is_about(s, author)]
    text = "\n\n".join(prose)
    if not text:
        return None
    return Comment(author=author, date_published=date, text=text, parent=parent)


def _within(node: HtmlElement, item: HtmlElement, items: set[HtmlElement]) -> bool:
    """Whether *node* belongs to a comment inside *item*."""
    while node is not None and node is not item:
        if node in items:
            return True
        node = node.getparent()
    return False


def _author(element: HtmlElement, own: list[Segment], items: set[HtmlElement]) -> str | None:
    for part in element.iter("cite", "b", "strong", "span", "a", "div", "p"):
        names = (part.get("class") or "").lower()
        named = any(name in names for name in _AUTHOR_NAMES) or part.tag in ("cite", "b")
        text = (
            collapse("".join(part.itertext()))
            if named and not _within(part, element, items)
            else ""
        )
        if 0 < len(text) <= _LONGEST_NAME and parse_date(text) is None:
            return text.removesuffix(":").removesuffix(" says").strip()
    short = [s.text for s in own if _may_be_a_name(s.text)]
    first_or_last = [t for t in short if own and t in (own[0].text, own[-1].text)]
    return first_or_last[0] if first_or_last and len(own) > 1 else None


def _may_be_a_name(text: str) -> bool:
    ends = text[-1] in ".!?。！？" and not _INITIAL.search(text)
    return len(text) <= _LONGEST_NAME and not ends and parse_date(text) is None


def _dates(
    element: HtmlElement, own: list[Segment], items: set[HtmlElement]
) -> Iterator[datetime | None]:
    for time in element.iter("time"):
        if not _within(time, element, items):
            found = parse_date(time.get("datetime") or "".join(time.itertext()))
            yield found.value if found else None
    for segment in own:
        if len(segment.text) <= _LONGEST_DATE:
            found = parse_date(segment.text)
            yield found.value if found else None


def _is_about(segment: Segment, author: str | None) -> bool:
    """Whether a segment is the name, the date, or a link to click for an answer."""
    text = segment.text
    if author and text.startswith(author) and len(text) <= len(author) + _LONGEST_DATE:
        return True
    if segment.links and 10 * segment.linked >= 8 * len(text) and text.count(" ") < _REPLY_WORDS:
        return True
    return len(text) <= _LONGEST_DATE and parse_date(text) is not None
