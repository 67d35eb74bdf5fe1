"""The dates that a page shows to its readers into what each is of: a publication or a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, islice, takewhile

from lxml.html import HtmlElement

from pipelines.metadata.declarations import Candidate, Declarations
from pipelines.metadata.header import HeaderLine
from pipelines.page.elements import BITS, bits_of
from pipelines.text.dates import Date, has_day, parse_date, without_date
from pipelines.text.phrases import is_date_line

# `time` elements that are read; characters of what they say, of a line, of a note of a change
_MOST_TIMES, _MAX_RAW, _MAX_LINE = 200, 200, 120
_LONGEST_NOTE = 200
_LONGEST_LABEL = 24  # characters that may stand before the word, or between it and the date
_SMALL_WORDS = 5  # words that begin with a small letter: so many before a date make a sentence
_FIELDS = 2  # elements around a date that hold it alone
_DIGIT = re.compile(r"\d")
_PUBLISHED_NAMES = re.compile(
    r"publish|posted|entry-date|pubdate|post-date|created|article-date", re.I
)
_MODIFIED_NAMES = re.compile(r"modif|updat|revis|edited|(?:^|[\s_-])changed(?:$|[\s_-])", re.I)
_MODIFIED_WORDS = re.compile(
    r"\b(?:updated?|modified|revised|edited|reviewed|aktualisiert|geändert|stand:|actualizado"
    r"|modificado|atualizado|mis à jour|modifiée?|aggiornato|modificato|bijgewerkt|gewijzigd"
    r"|actualitzat|actualizat|opdateret|ændret|uppdaterad|ändrad|oppdatert|endret|uppfært"
    r"|päivitetty|muokattu|uuendatud|atnaujinta|atjaunināts|zaktualizowano|aktualizacja|zmieniono"
    r"|aktualizováno|aktualizované|upraveno|ažurirano|posodobljeno|frissítve|módosítva|frissült"
    r"|güncelleme|güncellendi|cập nhật|diperbarui|обновлено|оновлено|изменено|змінено|обновена"
    r"|актуализирана?|ажурирано|ενημερώθηκε|τελευταία ενημέρωση)"
    r"|更新|更改|修改|改訂|수정|업데이트|अपडेट|تحديث|تعديل|به‌?روزرسانی|ویرایش|עודכן|עדכון|อัปเดต|อัพเดท|แก้ไข",
    re.I,
)
_PUBLISHED_WORDS = re.compile(
    r"\b(?:publish(?:ed|ing)?|publication|posting) date\b|"
    r"\b(?P<first>originally |first |ursprünglich |initialement |originalmente )?"
    r"(?:published|posted|veröffentlicht|publiée?|publicado|pubblicato|gepubliceerd|publicat"
    r"|udgivet|offentliggjort|publicerad|publisert|birt|julkaistu|avaldatud|paskelbta|publicēts"
    r"|opublikowano|publikováno|zveřejněno|publikované|zverejnené|objavljeno|közzétéve|megjelent"
    r"|yayınlan(?:ma|dı)|yayımlan(?:ma|dı)|đăng|diterbitkan|опубликовано|опубліковано"
    r"|публикувана?|објављено|δημοσιεύτηκε|δημοσιεύθηκε|δημοσίευση)\b"
    r"|发布|發布|公開日|投稿日|掲載日|게시|입력|प्रकाशित|نُ?شر(?:ت)? (?:في|بتاريخ)|تاريخ النشر"
    r"|تاریخ انتشار|منتشر شد"
    r"|פורסם|เผยแพร่(?:เมื่อ)?",
    re.I,
)
_ELSEWHERE = sum(
    BITS[name]
    for name in (
        "comments",
        "related",
        "popular",
        "sidebar",
        "footer",
        "aside",
        "navigation",
        "advertisement",
    )
)
_OF_OTHERS = sum(BITS[name] for name in ("comments", "related", "popular", "advertisement"))
"""Boxes whose dates belong to other texts, whatever their labels say."""

_DatedLine = tuple[str, Candidate]
"""A date and what it is of: `published`, `modified`, the `first`, or no more than its `time`."""


@dataclass(frozen=True)
class ShownDates:
    """The dates that a page shows, with their places. Each kind is read when it is asked for."""

    declared: Declarations

    @cached_property
    def modified(self) -> tuple[Candidate, ...]:
        """The dates of a change."""
        times = (time for kind, time in self._times if kind == "modified")
        return (*times, *(date for kind, date in self._header if kind == "modified"))

    @cached_property
    def marked(self) -> tuple[Candidate, ...]:
        """The dates of `time` elements whose names speak of a publication."""
        return tuple(time for kind, time in self._times if kind == "published")

    @property
    def first(self) -> Iterator[Candidate]:
        """The dates with a label that says that they are the original dates."""
        return (date for kind, date in self._labelled if kind == "first")

    @property
    def near(self) -> Iterator[Candidate]:
        """The dates of a publication around the title."""
        return (date for kind, date in self._header if kind == "published")

    @property
    def published(self) -> Iterator[Candidate]:
        """The dates around the title, and the dates with a label that speaks of a publication."""
        yield from self.near
        yield from (date for kind, date in self._labelled if kind == "published")

    @cached_property
    def lone(self) -> tuple[Candidate, ...]:
        """The line that is a date, if the page shows no second day."""
        changes = {found.day for _, raw in self.modified if (found := self._read(raw))}
        dates = ((lone, self._read(lone[1])) for lone in _lone(self.declared))
        return tuple(lone for lone, found in dates if found and found.day not in changes)

    def _read(self, raw: str) -> Date | None:
        return parse_date(raw, language=self.declared.tree.get("lang"))

    @cached_property
    def _times(self) -> tuple[_DatedLine, ...]:
        return tuple(_times(self.declared))

    @cached_property
    def _header(self) -> tuple[_DatedLine, ...]:
        return tuple(_header(self.declared))

    @cached_property
    def _labelled(self) -> tuple[_DatedLine, ...]:
        return tuple(_labelled(self.declared))


def said_days(declared: Declarations, month_first: bool | None = False) -> Iterator[date]:
    """The days that the page says in its short lines, and in `meta` elements; of dates in numbers
    alone as *month_first* says, or none where that is None."""
    lines = (segment.text for segment in declared.segments if len(segment.text) <= _MAX_LINE)
    metas = chain.from_iterable(declared.metas.values())
    for text in chain(lines, metas):
        if (
            len(text) <= _MAX_LINE
            and _DIGIT.search(text)
            and (found := parse_date(text, month_first, declared.tree.get("lang")))
        ):
            yield found.value.date()


def is_elsewhere(element: HtmlElement) -> bool:
    """Whether *element* is a list, a bar or a box beside an article."""
    return bool(bits_of(element) & _ELSEWHERE)


def _times(declared: Declarations) -> Iterator[_DatedLine]:
    """The article's `time` elements: what each is of, where it stands, its text."""
    times = islice(declared.tagged("time"), _MOST_TIMES)
    for element in times:
        raw = (element.get("datetime") or "".join(element.itertext())).strip()[:_MAX_RAW]
        if raw and not _is_beside(element, declared.around_title):
            kind = _kind_of_time(element)
            yield kind, (f"markup:time.{element.get('itemprop') or kind}", raw)


def _kind_of_time(element: HtmlElement) -> str:
    names = " ".join(element.get(key, "") for key in ("class", "itemprop", "id"))
    if element.get("pubdate") is not None or _PUBLISHED_NAMES.search(names):
        return "published"
    parent = element.getparent()
    before = (parent.text or "") if parent is not None and parent.tag != "body" else ""
    if _MODIFIED_NAMES.search(_names_of(element)) or _MODIFIED_WORDS.search(
        (before + " ".join(element.itertext()))[:_MAX_LINE]
    ):
        return "modified"
    return "time"


def _names_of(element: HtmlElement) -> str:
    """The names of *element* and of the elements around it that hold nothing else."""
    found, inside = [], len("".join(element.itertext()))
    for outer in chain([element], islice(element.iterancestors("span", "div", "p"), _FIELDS)):
        if outer is not element and len("".join(outer.itertext()).strip()) > inside:
            break
        found += [outer.get(key, "") for key in ("class", "itemprop", "id", "property")]
    return " ".join(found)


def _is_beside(element: HtmlElement, around_title: frozenset[HtmlElement]) -> bool:
    """Whether *element* stands in a list, a bar or a box that does not hold the title."""
    outwards = chain([element], element.iterancestors())
    above = takewhile(lambda outer: outer not in around_title, outwards)
    return any(is_elsewhere(outer) for outer in above)


def _header(declared: Declarations) -> Iterator[_DatedLine]:
    """The dates around the title: each of the publication, or of a change if it says so."""
    labelled = False
    for line in declared.header:
        text = _spaced(line)
        if len(text) > _MAX_LINE:
            continue
        word = _MODIFIED_WORDS.search(text)
        before, after = (text[: word.start()], text[word.start() :]) if word else (text, "")
        of_change = labelled and not _PUBLISHED_WORDS.search(before)
        first = "modified" if of_change else "published"
        of_changes = True
        for element in line.elements:
            raw = _machine_date(element)
            if raw and not (word and parse_date(before)):
                changed = word or _kind_of_time(element) == "modified"
                yield "modified" if changed else first, ("markup:time", raw)
                of_changes = of_changes and bool(changed)
                first = "modified" if of_changes and not word else first
        for kind, part in ((first, before), ("modified", after)):
            if has_day(part) and (kind == "modified" or not _is_sentence(part)):
                yield kind, ("markup:date line", part.strip())
        labelled = bool(word) and _ends_as_label(after)


def _is_sentence(text: str) -> bool:
    """Whether *text* is a sentence about a day, not the day on which it was written: more words
    stand before the day than the name of a writer has."""
    before = _DIGIT.split(text, maxsplit=1)[0]
    small = sum(word[0].islower() for word in before.split())
    return small >= _SMALL_WORDS and not _PUBLISHED_WORDS.search(before)


def _spaced(line: HeaderLine) -> str:
    """The text of *line*, whose elements may stand without a space between them."""
    return " ".join(line.pieces) or line.text


def _ends_as_label(text: str) -> bool:
    """Whether *text* ends with the label of a date that stands on the next line."""
    return not has_day(text) and len(text) <= _LONGEST_LABEL


def _labelled(declared: Declarations) -> Iterator[_DatedLine]:
    """The dates of lines with a label, anywhere on the page except in boxes of other texts."""
    above = declared.segments.nodes.above
    before = ""
    for segment in declared.segments:
        text, label_before = segment.text, before
        before = text if len(text) <= _LONGEST_LABEL else ""
        if len(text) > _LONGEST_NOTE or not _DIGIT.search(text):
            continue
        word = _PUBLISHED_WORDS.search(text)
        part = text[word.end() :] if word and word.start() <= _LONGEST_LABEL else ""
        if word is None and (word := _PUBLISHED_WORDS.search(label_before)):
            part = text
        if word is None or above[segment.node] & _OF_OTHERS:
            continue
        change = _MODIFIED_WORDS.search(part)
        said = part[: change.start()] if change else part
        if has_day(said[: 2 * _LONGEST_LABEL]):
            yield "first" if word["first"] else "published", ("markup:labelled date", said.strip())


def _lone(declared: Declarations) -> Iterator[Candidate]:
    """The line that is a date, if the page shows no second one outside the boxes beside it."""
    nodes = declared.segments.nodes
    days: dict[date, tuple[str, str]] = {}
    before = ""
    for segment in declared.segments:
        text, label = segment.text, before[-_LONGEST_LABEL:]
        before = text
        if len(text) > _MAX_LINE or not _DIGIT.search(text):
            continue
        read = parse_date(text, language=declared.tree.get("lang"))
        if read is None or read.precision in ("year", "month"):
            continue
        above = nodes.above[segment.node]
        if above & _OF_OTHERS or (above & BITS["footer"] and not above & BITS["article"]):
            continue
        days.setdefault(read.value.date(), (text, label))
        if len(days) > 1:
            return
    for text, label in days.values():
        if _is_date_alone(text) and not _MODIFIED_WORDS.search(label):
            yield "markup:lone date", text


def _is_date_alone(text: str) -> bool:
    """Whether *text* is a date, perhaps with a word for its publication, and nothing else."""
    if is_date_line(text):
        return True
    rest = without_date(text)
    return rest is not None and not any(map(str.isalnum, _PUBLISHED_WORDS.sub("", rest)))


def _machine_date(element: HtmlElement) -> str | None:
    raw = element.get("datetime") or (element.get("title") if element.tag == "abbr" else None)
    if raw is None and (element.get("property") or element.get("itemprop")):
        raw = element.get("content")
        raw = raw if raw and has_day(raw) else None
    return raw.strip()[:_MAX_RAW] if raw else None
