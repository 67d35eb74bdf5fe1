"""Formulas of a page into text: the words or the TeX that its markup gives, else its letters.

Sources: MathML Core; how KaTeX and MathJax 2 and 3 write their output.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from lxml.html import HtmlElement

from pipelines.page.edit import drop, put_text

FORMULAS = ("math", "script")
"""The elements that may be a formula."""
_TEX = ("application/x-tex", "application/x-latex", "TeX", "LaTeX", "text/x-latex")
_RENDERED = "MathJax"  # begins the names of what MathJax 2 puts before its scripts
_SIGNS = {"msup": "^", "msub": "_", "mfrac": "/", "mover": "^", "munder": "_"}
_MOST_COPIES = 2  # elements before a script that show the same formula
_LONGEST = 2_000  # characters of a formula


def show_formulas(elements: Iterable[HtmlElement]) -> None:
    """Put a text in the place of each formula among *elements*, once."""
    for element in elements:
        if element.tag == "script" and not (element.get("type") or "").startswith("math/"):
            continue
        if element.getparent() is None or element.tag not in FORMULAS:
            continue
        text = _said_by(element)[:_LONGEST]
        for copy in _copies_of(element):
            drop(copy)
        put_text(element, text)


def _said_by(element: HtmlElement) -> str:
    if element.tag == "script":
        return _as_tex(element.text or "")
    for note in element.iter("annotation"):
        if note.get("encoding") in _TEX and (note.text or "").strip():
            return _as_tex(note.text)
    return _as_tex(element.get("alttext") or "") or _letters(element)


def _as_tex(text: str) -> str:
    """TeX with its signs around it, where it says more than its letters do."""
    formula = " ".join(text.split())
    return f"${formula}$" if any(sign in formula for sign in "\\^_") else formula


def _letters(element: HtmlElement) -> str:
    """The letters of MathML, on one line."""
    if element.tag in ("annotation", "annotation-xml"):
        return ""
    inner = [part for child in element if (part := _letters(child))]
    own = " ".join((element.text or "").split())
    if not inner:
        return own
    if element.tag == "msqrt":
        return f"√({''.join(inner)})"
    sign = _SIGNS.get(element.tag)
    if sign is None or len(inner) < 2:
        return own + "".join(inner)
    return sign.join(part if len(part) == 1 or part.isalnum() else f"({part})" for part in inner)


def _copies_of(element: HtmlElement) -> list[HtmlElement]:
    """What shows the same formula for the eye: KaTeX's boxes, what MathJax puts before a script."""
    parent = element.getparent()
    if element.tag == "script":
        return [
            one
            for one in islice(element.itersiblings(preceding=True), _MOST_COPIES)
            if (one.get("class") or "").startswith(_RENDERED) and not (one.tail or "").strip()
        ]
    if parent is None or parent.get("class") != "katex-mathml":
        return []
    return [one for one in parent.itersiblings() if one.get("class") == "katex-html"]
