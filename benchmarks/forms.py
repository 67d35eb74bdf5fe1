"""Each kind of line and field on pages of real publishing systems, beside the truth.

    python benchmarks/forms.py FOLDER [SYSTEM[:THEME] ...] [--keep DIR] [--show KIND]

FOLDER is as for `zoo.py`. Every article of a system is fetched and extracted, and its Markdown is
compared with the truth: of each kind of line, how many stand there in the right form; how many
lines are too much; on how many pages all lines are right; how often each field is. Lines that may
be there or not (standfirsts, captions) count neither way. With `--keep` the pages are fetched once
and read again from DIR.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import backissue
from archive.types import Article
from benchmarks.zoo import System

Truth = dict[str, Any]
_FORMS = {
    "heading": re.compile(r"#{1,6} "),
    "quote": re.compile(r"> "),
    "list": re.compile(r"\s*(?:-|\d+\.) "),
}
_FENCED = re.compile(r"^(`{3,})\n(.*?)\n\1$", re.MULTILINE | re.DOTALL)
_NOTE = re.compile(r"\[\^[^\]]+\]: ?(.*)")
_KINDS = ("paragraph", "heading", "quote", "list", "table", "code", "note")
_FIELDS = ("title", "authors", "day", "time", "section", "tags", "language", "full")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("systems", nargs="*", help="all of the folder, by default")
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="keep the pages here, and read them from here")
    parser.add_argument("--show", help="list what is wrong of this kind, or `extra`")
    options = parser.parse_args()
    folder = options.folder.resolve()
    names = options.systems or sorted(path.parent.name for path in folder.glob("*/up.sh"))
    heads = " ".join(f"{name:>11}" for name in (*_KINDS, "extra", "exact"))
    print(f"{'system':22} {heads}", "  ", *(f"{name:>8}" for name in _FIELDS))
    for name in names:
        system, _, theme = name.partition(":")
        one = System(folder, system, theme or None, options.articles)
        right, whole = Counter[str](), Counter[str]()
        for url, html, truth in _pages(one, name, options.keep):
            for kind, is_right, text in judged(backissue.extract(html, url), truth):
                whole[kind] += 1
                right[kind] += is_right
                if options.show == kind and not is_right:
                    print("  ", url, repr(text)[:160])
        shown = (f"{right[kind]:>5}/{whole[kind]:<5}" for kind in (*_KINDS, "extra", "exact"))
        fields = (f"{right[name]:>3}/{whole[name]:<4}" for name in _FIELDS)
        print(f"{name:22}", *shown, "  ", *fields, flush=True)
    return 0


def _pages(system: System, name: str, keep: Path | None) -> list[tuple[str, bytes, Truth]]:
    kept = keep / f"{name.replace(':', '-')}.json" if keep else None
    if kept and kept.exists():
        data = json.loads(kept.read_text())
    else:
        system.up(system.articles)
        try:
            truths = system.truth()["articles"]
            data = [[url, _get(url), truth] for url, truth in truths.items()]
        finally:
            system.down()
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(data))
    return [(url, html.encode(), truth) for url, html, truth in data]


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return str(answer.read().decode())


def judged(article: Article, truth: Truth) -> Iterator[tuple[str, bool, str]]:
    """For each kind of line and each field: whether it is right, and what it is about."""
    text = article.article_body_markdown
    code = [found[1] for found in _FENCED.findall(text)]
    lines = [line for line in _FENCED.sub("", text).split("\n") if _norm(line)]
    by_text = {_said(line): line for line in lines}
    yield from _lines(by_text, truth)
    for row in (row for row in truth["tables"]):
        shown = f"| {' | '.join(row)} |"
        yield "table", _norm(shown) in {_norm(x) for x in lines if x.startswith("|")}, shown
    for want in truth["code"]:
        yield "code", _same_code(want) in {_same_code(one) for one in code}, want
    notes = {_norm(found[1]) for line in lines if (found := _NOTE.match(line))}
    for want in truth["notes"]:
        yield "note", _norm(want) in notes, want
    wanted = {_norm(one) for one in truth["paragraphs"]}
    extra = [line for line in lines if not _is_known(line, wanted, truth)]
    for line in extra:
        yield "extra", False, line
    if not extra:
        yield "extra", True, ""
    yield "exact", not extra and wanted <= by_text.keys(), article.url
    yield from _fields(article, truth)


def _lines(by_text: dict[str, str], truth: Truth) -> Iterator[tuple[str, bool, str]]:
    for want, kind in zip(truth["paragraphs"], truth["kinds"], strict=True):
        found = by_text.get(_norm(want))
        form = _FORMS.get(kind)
        plain = not any(one.match(found or "") for one in _FORMS.values())
        yield _kind(kind), bool(found and (form.match(found) if form else plain)), want


def _kind(kind: str) -> str:
    return kind if kind in _FORMS else "paragraph"


def _is_known(line: str, wanted: set[str], truth: Truth) -> bool:
    """Whether *line* is the article's, or may be there or not."""
    said = _said(line)
    loose = [truth["standfirst"] or "", *truth["captions"], *truth["notes"]]
    loose += [text for texts in truth["loose"].values() for text in texts]
    cells = ["".join(row) for row in truth["tables"]]
    known = {_norm(one) for one in (*loose, *cells)} - {""}
    return (
        said in wanted | known
        or any(said in one or one in said for one in known)
        or (line.startswith("|"))
    )


def _fields(article: Article, truth: Truth) -> Iterator[tuple[str, bool, str]]:
    yield "title", _norm(article.headline) == _norm(truth["title"]), str(article.headline)
    yield "authors", sorted(article.author) == sorted(truth["authors"]), str(article.author)
    true, got = datetime.fromisoformat(truth["date"]), article.date_published
    day = bool(got) and got.date() in (true.date(), true.astimezone(UTC).date())
    yield "day", day, str(got)
    yield "time", bool(got) and abs((got - true).total_seconds()) < 61, str(got)
    section = article.article_section
    yield "section", _norm(section).lower() == _norm(truth["section"]).lower(), str(section)
    tags = {one.lower() for one in article.keywords}
    yield "tags", tags == {one.lower() for one in truth["tags"]}, f"{tags} {truth['tags']}"
    language = article.in_language or ""
    yield "language", language[:2] == truth["language"], language
    yield "full", article.completeness == "full", article.completeness


def _norm(text: str | None) -> str:
    """The letters and digits of a text, or of Markdown without its signs and addresses."""
    plain = re.sub(r"\[\^[^\]]+\]:?|\]\([^)]*\)", "", text or "")
    return re.sub(r"[\W_]+", "", plain)


def _said(line: str) -> str:
    """`_norm` of a line of Markdown without the number of a list's item."""
    return _norm(re.sub(r"^\s*\d+\. ", "", line))


def _same_code(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


if __name__ == "__main__":
    sys.exit(main())
