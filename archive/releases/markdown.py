"""Texts of others as Markdown that shows them as they are: no markup of theirs has an effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import punctuation
from urllib.parse import quote

_OF_URLS = "%/:?#[]@!$&'()*+,;=~"  # `<`, `>`, `|` and spaces are written as %XX
_JOINERS = "\u200c\u200d"  # Persian and Indian scripts are written with them


def plain(text: str) -> str:
    """*text* on one line. CommonMark reads a backslash before any ASCII punctuation as that
    character itself."""
    line = " ".join(text.split())
    shown = (sign if sign.isprintable() or sign in _JOINERS else "\ufffd" for sign in line)
    return "".join(f"\\{sign}" if sign in punctuation else sign for sign in shown)


def link(url: str) -> str:
    """*url* as a link that shows it."""
    return f"<{quote(url, safe=_OF_URLS)}>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """A table whose texts are Markdown already, and whose numbers stand to the right."""
    lines, right = [], [False] * len(heads)
    for row in rows:
        right = [isinstance(cell, int) for cell in row]
        lines.append(_line(f"{cell:,}" if isinstance(cell, int) else cell for cell in row))
    rule = _line("--:" if number else "---" for number in right)
    return "\n".join([_line(heads), rule, *lines])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
