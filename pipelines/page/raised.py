"""Raised text into what it is: a part of its word, an exponent, or the mark of a note.

Nothing but its surroundings says which: `21st`, `10²`, `m²`, `¹⁴C` belong to the text, and
`word¹` refers to a note. A mark of a note stays an element, and is no text.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipelines.page.edit import put_text, rest_of, text_before

_MAP = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_RAISED = re.compile(r"[0-9+\-−=()ni]{1,8}")
_TRADE = {"TM": "™", "SM": "℠", "tm": "™"}
_BRACKETED = re.compile(r"[\[(]\s*(?:\w{1,5}|[*†‡§¶#]+)\s*[\])]|[*†‡§¶‖#]+")
_NUMBERS = re.compile(r"\d{1,3}(?:\s?[,–-]\s?\d{1,3})*")
_NOTE_NAMES = re.compile(r"foot-?note|end-?note|note-?ref|fn-?ref|fnref|cite-?ref|reference", re.I)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d$")
_NUMERAL = re.compile(r"(?:^|[\s(])[IVXLCDM]+$")
_ABBREVIATED = re.compile(r"(?:^|[\s('’«\"“])[^\W\d_]{1,2}$")
_UNIT = re.compile(
    r"(?:^|[\s\d/·(×])(?:[kdcmµμn]?m|ft|in|yd|mi|s|sec|r|[a-zA-Zα-ωπ])$|[=×·/^*+−]\w{0,3}$"
)
_IN_BRACKETS = re.compile(r"\([^()\s]*\)$")


def show_raised(element: HtmlElement) -> None:
    """Make text of a raised *element* that belongs to its word, as raised signs where there are
    such; leave any other as it is."""
    text = "".join(map(str, element.itertext())).strip()
    if not text or is_note_mark(element):
        return
    if text in _TRADE:
        put_text(element, _TRADE[text])
    elif (_RAISED.fullmatch(text) and any(map(str.isdecimal, text))) or (
        _RAISED.fullmatch(text) and text_before(element)[-1:].isalnum()
    ):
        put_text(element, text.translate(_MAP))


def is_note_mark(element: HtmlElement) -> bool:
    """Whether a raised *element* is the mark of a note."""
    text = "".join(map(str, element.itertext())).strip()
    if not text or len(text) > 12:
        return not text
    if _BRACKETED.fullmatch(text) or _refers(element):
        return True
    before = text_before(element)
    if _NUMBERS.fullmatch(text):
        if not before or before[-1].isspace():
            return not rest_of(element)[:1].isalnum()
        return not _takes_exponent(before)
    if len(text) == 1 and text.isalpha() and text not in "ni":
        return not _takes_letters(before)
    return False


def _refers(element: HtmlElement) -> bool:
    """Whether *element* holds or is in a link to a place of the page, or is named as a note is."""
    links = [*element.iter("a"), *element.iterancestors("a")]
    if any("#" in (link.get("href") or "") for link in links):
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return _NOTE_NAMES.search(names) is not None


def _takes_exponent(before: str) -> bool:
    """Whether a raised number behind this text is an exponent: the text ends with a number that is
    no year, a unit, a sign of a formula."""
    if before[-1].isdecimal():
        return _YEAR.search(before) is None
    return bool(_UNIT.search(before) or _IN_BRACKETS.search(before))


def _takes_letters(before: str) -> bool:
    """Whether raised letters behind this text belong to it: to a number or an abbreviation."""
    return before[-1:].isdecimal() or bool(_NUMERAL.search(before) or _ABBREVIATED.search(before))
