"""Headline, authors and date of publication of a corpus beside trafilatura's: right, wrong, absent.

    python benchmarks/metadata.py CORPUS [--show date] [--limit N]

CORPUS is a folder with `pages.jsonl.xz` files whose objects may have a `title`, an `author` and a
`date`. A date is right if its day is, in UTC or as the page writes it; an author if one of the
names is; a headline if its words are. Of pages that name none, what is found is counted apart: it
may be right. `--show FIELD` lists what is wrong.

Two stricter and wider measures follow: *exact*, the same set of names, without titles, degrees and
jobs; *either title*, the true one is the headline or the alternative headline.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trafilatura

import backissue
from pipelines.text.dates import parse_date
from pipelines.text.words import key

FIELDS = ("title", "author", "date")
Found = dict[str, Any]


def pages_of(corpus: Path) -> Iterator[dict[str, Any]]:
    """The pages of which something is known."""
    for path in sorted(corpus.glob("**/pages.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                page = json.loads(line)
                if any(page.get(name) for name in FIELDS):
                    yield page


def ours(html: bytes, url: str) -> Found:
    """What Backissue finds."""
    article = backissue.extract(html, url)
    return {
        "title": article.headline,
        "alternative": article.alternative_headline,
        "author": list(article.author),
        "date": _days(article),
        "changed": _changed_days(article),
        "moment": article.date_published,
        "evidence": article.evidence,
    }


def _days(article: backissue.Article) -> list[str]:
    """The day of publication in UTC, and in the zone of the page."""
    days = (article.date_published, article.date_published_local)
    return [f"{day:%Y-%m-%d}" for day in days if day]


def _changed_days(article: backissue.Article) -> list[str]:
    """The days on which the page says, anywhere, that it was changed."""
    told = article.evidence.get("date_published", {}).get("rejected", [])
    dates = [parse_date(row["raw"]) for row in told if row["why"] == "modified"]
    moments = [article.date_modified, *(date.value for date in dates if date)]
    return [f"{moment:%Y-%m-%d}" for moment in moments if moment]


def _elsewhere_that_day(moment: datetime, truth: str) -> bool:
    """Whether *moment* has a time, and falls on the day *truth* in some zone of the world."""
    if (moment.hour, moment.minute) == (0, 0) or len(truth) < len("2026-02-09"):
        return False
    midnight = datetime.fromisoformat(truth[:10]).replace(tzinfo=UTC)
    return midnight - timedelta(hours=14) <= moment < midnight + timedelta(hours=24 + 12)


def theirs(html: bytes, url: str) -> Found:
    """What trafilatura finds, asked for the original date."""
    document = trafilatura.bare_extraction(
        html, url=url, with_metadata=True, date_extraction_params={"original_date": True}
    )
    if document is None:
        return {"title": None, "author": [], "date": []}
    names = [name.strip() for name in (document.author or "").split(";") if name.strip()]
    date = [document.date] if document.date else []
    return {"title": document.title, "author": names, "date": date}


_DEGREE = re.compile(r"(?:[A-Z][A-Za-z-]{0,2}\.?){1,5}\s?\d*|[A-Z]{2,8}[®™]?|(?:[A-Z]\.){2}.*")
_JOB = re.compile(
    r"\b(?:editor|expert|ceo|director|writer|specialist|representative|lines)\b", re.I
)
_ADDRESS = re.compile(r"^(?:dr|prof|mr|mrs|ms)\.? ")


def names_in(truth: str) -> set[str]:
    """The names that a corpus has in one text, in lower case, without degrees and jobs."""
    bare = re.sub(r"\s*\([^)]*\)", "", truth).split(" | ")[0]
    first, *parts = re.split(r"\s*;\s*|\s*,\s*(?:and\s)?|\s+(?:and|&)\s+", bare)
    if len(parts) == 1 and " " not in first and "," in truth and not _DEGREE.fullmatch(parts[0]):
        return {key(f"{parts[0]} {first}")}
    others = (p for p in parts if not (_DEGREE.fullmatch(p) or _JOB.search(p) or " " not in p))
    alone = parts if " " not in first else others
    return {_ADDRESS.sub("", key(name)) for name in (first, *alone)} - {""}


def is_exact(found: list[str], truth: str) -> bool:
    """Whether the authors *found* are all that *truth* names, and no others."""
    return {_ADDRESS.sub("", key(name)) for name in found} - {""} == names_in(truth)


def is_right(field: str, found: Any, truth: str) -> bool:
    """Whether the value *found* of *field* is what the corpus says."""
    if field == "date":
        return truth[:10] in found
    if field == "title":
        return key(found) == key(truth)
    said = key(truth)
    return any(key(name) in said or said in key(name) for name in found if key(name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--show", choices=FIELDS)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    readers: dict[str, Callable[[bytes, str], Found]] = {"backissue": ours, "trafilatura": theirs}
    counts = {(name, field): Counter[str]() for name in readers for field in FIELDS}
    for page in [
        page
        for page, _ in zip(pages_of(options.corpus), range(options.limit or 10**9), strict=False)
    ]:
        html = page["html"].encode("utf-8", "surrogateescape")
        for name, read in readers.items():
            found = read(html, page["url"])
            for field in FIELDS:
                value, truth = found[field], page.get(field)
                verdict = _verdict(field, value, truth)
                if field == "date" and verdict in ("wrong", "absent"):
                    changed = str(truth)[:10] in found.get("changed", ())
                    moment = found.get("moment")
                    counts[name, field][f"{verdict}, of a change"] += changed
                    counts[name, field]["zone"] += (
                        moment is not None
                        and not changed
                        and _elsewhere_that_day(moment, str(truth))
                    )
                counts[name, field][verdict] += 1
                if truth and field == "author":
                    counts[name, field]["exact"] += is_exact(value, truth)
                if truth and field == "title":
                    either = (value, found.get("alternative"))
                    counts[name, field]["either"] += any(key(o or "") == key(truth) for o in either)
                if verdict == "wrong" and options.show == field and name == "backissue":
                    print(f"{page['url'][:110]}\n   true {truth!r}  found {value!r}")
                    told = found["evidence"].get({"date": "date_published"}.get(field, field))
                    print(f"   {json.dumps(told, ensure_ascii=False)[:300]}")
    _print(counts)
    return 0


def _print(counts: dict[tuple[str, str], Counter[str]]) -> None:
    for (name, field), verdicts in counts.items():
        known = verdicts["right"] + verdicts["wrong"] + verdicts["absent"]
        if not known:
            continue
        shares = "  ".join(
            f"{one} {100 * verdicts[one] / known:5.1f} %" for one in ("right", "wrong", "absent")
        )
        print(f"{field:7} {name:12} {shares}   of {known}; found beyond them: {verdicts['beyond']}")
        for measure in ("exact", "either"):
            if verdicts[measure]:
                print(f"   {measure} {100 * verdicts[measure] / known:5.1f} %")
        if field == "date" and name == "backissue":
            for verdict in ("wrong", "absent"):
                of_change = verdicts[f"{verdict}, of a change"]
                print(f"   {of_change} of the {verdict}: the corpus has the day of a change")
            print(f"   {verdicts['zone']} of the wrong: the moment is of that day in another zone")


def _verdict(field: str, value: Any, truth: str | None) -> str:
    if not truth:
        return "beyond" if value else "neither"
    if not value:
        return "absent"
    return "right" if is_right(field, value, truth) else "wrong"


if __name__ == "__main__":
    raise SystemExit(main())
