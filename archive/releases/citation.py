"""How a release is cited: `CITATION.cff`, BibTeX, and a line for a reference list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from archive.releases.facts import Facts
from archive.releases.yaml_text import to_yaml

_KEYWORDS: Final = ["magazines", "news", "text corpus", "web archive", "WARC", "Parquet"]
_IN_BIBTEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
}


def citation_file(facts: Facts) -> bytes:
    """`CITATION.cff`, as https://github.com/citation-file-format (1.2.0) has it."""
    values: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them, and the magazines that published "
        "the articles.",
        "type": "dataset",
        "title": facts.title,
        "abstract": facts.summary,
        "authors": [{"name": facts.keeper}],
        "version": facts.version,
        "date-released": f"{facts.date:%Y-%m-%d}",
        "keywords": _KEYWORDS,
    }
    return to_yaml(values).encode()


def bibtex(facts: Facts) -> str:
    """An entry for BibTeX."""
    fields = {
        "title": f"{{{_in_bibtex(facts.title)}}}",
        "author": f"{{{_in_bibtex(facts.keeper)}}}",
        "year": str(facts.date.year),
        "month": str(facts.date.month),
        "version": facts.version,
        "note": "Data set",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{facts.name},\n{lines}}}"


def _in_bibtex(text: str) -> str:
    return "".join(_IN_BIBTEX.get(sign, sign) for sign in text)


def reference(facts: Facts, shown: Callable[[str], str] = str) -> str:
    """A line for a list of references (APA); *shown* writes the keeper's name in its format."""
    who = shown(facts.keeper) + ("" if facts.keeper.endswith(".") else ".")
    return f"{who} ({facts.date.year}). {facts.title} ({facts.version}) [Data set]."
