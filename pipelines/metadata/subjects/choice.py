"""What a page says of its subject: the section that it stands in, and its keywords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from urllib.parse import unquote

from lxml.etree import XPath
from lxml.html import HtmlElement

from archive.web.hosts import url_path
from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.subjects.breadcrumbs import crumbs_of
from pipelines.metadata.subjects.names import (
    ANY_PATH,
    CATEGORY_NAMES,
    CATEGORY_PATH,
    DATED_PATH,
    NO_SECTIONS,
    SECTION_LABEL,
    TAG_NAMES,
    TAGS_LABEL,
)
from pipelines.page.elements import BITS, BLOCKS, bits_of
from pipelines.text.words import collapse, key

_MOST_LINKS = 2_000  # links of a page that are looked at
_LONGEST_SECTION, _LONGEST_DECLARED = 60, 100  # characters
_LONGEST_KEYWORD, _LONGEST_LINE = 100, 300  # characters
_MOST_SECTIONS = 6  # links to sections of an article: where there are more, they are a menu
_MOST_KEYWORDS = 60  # keywords of a row
_OUTWARDS = 4  # a link and the elements around it whose names tell what it is
_ROUND_LINKS = 4  # characters beside the links of a line that is links alone
_MOST_TAGS = 15  # links to tags that are an article's: more are those of the site
_MOST_LABELLED = 2  # sections that lines of a page name: where there are more, it lists articles
_NEXT_LINES = 12  # lines after a label that may be a keyword each

_WITH_TAG = frozenset(["tag", "nofollow", "noopener", "noreferrer", "ugc", "external"])
_STOPS = (".", "!", "?", "…", "。")
_SEPARATORS = re.compile(r"\s*[,;，、；|·•]\s*")
_OF_OTHERS = sum(
    BITS[name]
    for name in ("comments", "related", "popular", "sidebar", "navigation", "advertisement")
)
_LISTED_KEYWORDS = XPath("//*[contains(@itemprop, 'keywords')]")
_Link = tuple[HtmlElement, str, str]
"""A link, what `_kind_of` says it is, its text."""
_PARTS = XPath("descendant::a | descendant::li[not(descendant::a)]")


@dataclass(frozen=True)
class Subjects:
    """The subjects that the page of *declared*, at *url*, names."""

    declared: Declarations
    url: str

    def sections(self) -> Iterator[Candidate]:
        """The candidates for its section, most trusted first."""
        marked = crumbs_of(self.declared, self.url, "structured")
        for source, text in chain(self.declared.candidates("section"), marked):
            if len(text) <= _LONGEST_DECLARED and "://" not in text:
                yield source, text
        titles = set(map(key, self.declared.titles))
        found = chain(
            self._links_of_section(),
            self._labelled_sections(),
            crumbs_of(self.declared, self.url, "shown"),
            self._in_address(),
        )
        for source, text in found:
            said = key(text)
            fits = len(text) <= _LONGEST_SECTION and not text.isdecimal()
            if fits and said not in NO_SECTIONS and said not in titles:
                yield source, text

    def keywords(self) -> tuple[str, list[str]] | None:
        """Where its keywords stand, and the texts there, each a keyword or a list of them."""
        groups: dict[str, list[str]] = {}
        listed = [self._words_of(e) for e in self._listed] if self._listed else []
        for source, text in self.declared.candidates("keywords"):
            if source == "microdata:keywords" and any(len(words) > 1 for words in listed):
                groups.setdefault(source, list(chain.from_iterable(listed)))
            else:
                groups.setdefault(source, []).append(text)
        said = chain(groups.items(), self._shown_keywords())
        return next(((source, raws) for source, raws in said if words_of(raws)), None)

    def _shown_keywords(self) -> Iterator[tuple[str, list[str]]]:
        yield "markup:rel=tag", self._tags
        yield "markup:tags label", self._labelled_keywords()
        yield "markup:tag link", self._links_to_tags()

    @cached_property
    def _listed(self) -> list[HtmlElement]:
        if "keywords" not in self.declared.microdata:
            return []
        return list(_LISTED_KEYWORDS(self.declared.tree))

    @staticmethod
    def _words_of(element: HtmlElement) -> list[str]:
        parts = (collapse("".join(part.itertext())) for part in _PARTS(element))
        return [part for part in parts if part]

    @cached_property
    def _all_links(self) -> list[_Link]:
        links = islice((one for one in self.declared.links if one[0].tag == "a"), _MOST_LINKS)
        return [
            (element, kind, text)
            for element, href in links
            if (kind := _kind_of(element, href, self._categories))
            and (text := collapse("".join(element.itertext())).lstrip("#").strip())
            and len(text) <= _LONGEST_KEYWORD
        ]

    @cached_property
    def _categories(self) -> frozenset[HtmlElement]:
        """The block elements that are called a category."""
        nodes = self.declared.segments.nodes
        called = {names for names in {look[2] for look in nodes.look} if _is_category(names)}
        looks = zip(nodes.elements, nodes.look, strict=True) if called else ()
        return frozenset(element for element, look in looks if look[2] in called)

    @cached_property
    def _links(self) -> list[_Link]:
        """The links to categories and tags that belong to the article."""
        return [link for link in self._all_links if not self._is_of_others(link[0])]

    @property
    def _tags(self) -> list[str]:
        """The links that say that they are tags; those beside the article if no others do."""
        everywhere = [(element, text) for element, kind, text in self._all_links if kind == "tag"]
        own = [text for element, text in everywhere if not self._is_of_others(element)]
        return own or [text for _, text in everywhere]

    def _links_to_tags(self) -> list[str]:
        """The links that only lead to tags, in lines that are links alone; none of a cloud."""
        alone = {
            link
            for segment in self.declared.segments
            if segment.links and segment.linked >= len(segment.text) - 2 * segment.links - 2
            for _, owner in segment.pieces
            if (link := _link_of(owner)) is not None
        }
        found = [text for e, kind, text in self._links if kind == "tag path" and e in alone]
        return found if len(set(map(key, found))) <= _MOST_TAGS else []

    def _links_of_section(self) -> Iterator[Candidate]:
        """Those that say that they are categories; near the title, those that lead to one."""
        sure = [text for _, kind, text in self._links if kind == "category"]
        by_path = [(e, text) for e, kind, text in self._links if kind == "category path"]
        for texts in (sure, [text for element, text in by_path if element in self._near]):
            if len(set(map(key, texts))) <= _MOST_SECTIONS:
                yield from (("markup:category link", text) for text in texts)

    @cached_property
    def _near(self) -> frozenset[HtmlElement]:
        """The links in the lines around the title."""
        lines = (line for line in self.declared.header if not line.text.endswith(_STOPS))
        elements = (element for line in lines for element in line.elements)
        return frozenset(link for one in elements if (link := _link_of(one)) is not None)

    def _is_of_others(self, element: HtmlElement) -> bool:
        """Whether *element* stands in a bar, or in a box or list of other texts."""
        for outer in element.iterancestors():
            if outer in self.declared.around_title:
                return False
            if bits_of(outer) & _OF_OTHERS or outer.tag in ("h2", "h3", "nav"):
                return "tag" not in (outer.get("class") or "") and not TAG_NAMES.search(
                    element.get("class") or ""
                )
        return False

    def _labelled_sections(self) -> Iterator[Candidate]:
        """`Filed under: Science`, or `In Science.` where that is a link."""
        found = []
        for segment in self.declared.segments:
            if len(segment.text) > _LONGEST_SECTION:
                continue
            label = SECTION_LABEL.match(segment.text)
            if label is None:
                continue
            links = [link for _, owner in segment.pieces if (link := _link_of(owner)) is not None]
            leads = any(CATEGORY_PATH.search(unquote(link.get("href") or "")) for link in links)
            if not leads and self._is_beside(segment.node):
                continue
            rest = segment.text[label.end() :].strip(" .")
            plain = label[0].rstrip().endswith((":", "："))
            if plain or (leads and segment.linked >= len(rest) - _ROUND_LINKS):
                said = (
                    collapse("".join(links[0].itertext())) if links else _SEPARATORS.split(rest)[0]
                )
                found.append(("markup:section label", said))
        if len({key(text) for _, text in found}) <= _MOST_LABELLED:
            yield from found

    def _labelled_keywords(self) -> list[str]:
        """`Tags: harbours, night`, in one line or in the lines after the label."""
        segments = self.declared.segments
        for number, segment in enumerate(segments):
            if len(segment.text) > _LONGEST_LINE:
                continue
            label = TAGS_LABEL.match(segment.text)
            if label is None or self._is_beside(segment.node):
                continue
            if linked := [
                text for text, owner in segment.pieces if _is_link(owner) and text.strip()
            ]:
                return [collapse(text).lstrip("#").rstrip(",") for text in linked]
            if rest := segment.text[label.end() :].strip():
                return [rest.rstrip(".")]
            after = segments[number + 1 : number + 1 + _NEXT_LINES]
            found = []
            for line in after:
                alone = line.links > 0 and line.linked >= len(line.text) - _ROUND_LINKS
                if not alone or len(line.text) > _LONGEST_KEYWORD or self._is_beside(line.node):
                    break
                found.append(line.text.lstrip("#").strip(" ,"))
            return found
        return []

    def _is_beside(self, node: int) -> bool:
        return bool(self.declared.segments.nodes.above[node] & _OF_OTHERS)

    def _in_address(self) -> Iterator[Candidate]:
        """The first folder before the day in the address: `/science/2026/10/23/…`."""
        found = DATED_PATH.match(unquote(url_path(self.url)))
        for folder in found[1].split("/") if found else ():
            if folder:
                yield "url", folder.replace("-", " ").replace("_", " ")


def words_of(raws: Iterable[str]) -> tuple[str, ...]:
    """The words in lists that commas part, each once."""
    found: dict[str, str] = {}
    for word in chain.from_iterable(map(_SEPARATORS.split, raws)):
        if key(word) and len(word) <= _LONGEST_KEYWORD:
            found.setdefault(key(word), word)
    return tuple(found.values())[:_MOST_KEYWORDS]


def _is_category(classes: str) -> bool:
    """Whether *classes* name a category; the quick looks come first."""
    quick = "cat" in classes or "posted" in classes
    return quick and CATEGORY_NAMES.search(classes) is not None


def _is_in_category(link: HtmlElement, blocks: frozenset[HtmlElement]) -> bool:
    """Whether *link*, or one of the elements close around it, is called a category, of which
    *blocks* are."""
    outer: HtmlElement | None = link
    for _ in range(_OUTWARDS):
        if outer is None:
            break
        if outer.tag in BLOCKS:
            if not blocks:
                break
            if outer in blocks:
                return True
        elif (classes := outer.get("class")) and _is_category(classes):
            return True
        outer = outer.getparent()
    return False


def _kind_of(element: HtmlElement, href: str, categories: frozenset[HtmlElement]) -> str | None:
    """`category` or `tag`; `category path` or `tag path` where the address alone says so.
    *categories* are the blocks that are called one."""
    relations = relation.lower().split() if (relation := element.get("rel")) else []
    if "category" in relations:
        return "category"
    is_category = _is_in_category(element, categories)
    if "tag" in relations and _WITH_TAG.issuperset(relations):
        names_tag = is_category and TAG_NAMES.search(element.get("class") or "")
        if names_tag or not is_category:
            return "tag"
    path = ANY_PATH.search(unquote(href) if "%" in href else href)
    if path and path["tag"]:
        return "tag path"
    if is_category:
        return "category"
    return "category path" if path else None


def _is_link(element: HtmlElement | None) -> bool:
    return _link_of(element) is not None


def _link_of(element: HtmlElement | None) -> HtmlElement | None:
    while element is not None and element.tag in ("span", "strong", "b", "em", "i"):
        element = element.getparent()
    return element if element is not None and element.tag == "a" else None
