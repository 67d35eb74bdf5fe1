"""What two libraries, or two states of one, have in common: the words of the tables, the whole tree."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from crash.judge import read_tables

_CONTENT = (
    "url",
    "version",
    "headline",
    "author",
    "date_published",
    "article_body",
    "completeness",
)


def contents(library: Path) -> dict[str, Any]:
    """What the tables say, without ids and times: for comparing with an undisturbed run.

    Of the log only the articles: of a run that died, the captures of robots.txt are listed, too.
    """
    rows = read_tables(library)[0]
    articles = [[str(row[name]) for name in _CONTENT] for row in rows["articles"]]
    logged = {row["url"] for row in rows["crawl_log"] if "/2026/" in row["url"]}
    return {"articles": sorted(articles), "logged": sorted(logged)}


def counts(library: Path) -> dict[str, int]:
    """How many rows each table has."""
    return {name: len(rows) for name, rows in read_tables(library)[0].items()}


def unreadable(library: Path, least: dict[str, int]) -> list[str]:
    """What a reader stumbles over, whatever state the library is in; fewer rows than *least*."""
    rows, wrong = read_tables(library)
    fewer = [name for name, count in least.items() if len(rows[name]) < count]
    return [
        f"a reader finds {what}" for what in (*wrong, *(f"rows of {name} gone" for name in fewer))
    ]


def rows_of(library: Path, prefix: str) -> set[str]:
    """The tables that have a row of an address that begins with *prefix*."""
    rows = read_tables(library)[0]
    tables = ("articles", "captures", "crawl_log")
    return {name for name in tables if any(row["url"].startswith(prefix) for row in rows[name])}


def half_removed(library: Path, prefix: str) -> list[str]:
    """What is wrong where a reader sees *prefix* in some tables, or against the list of removals."""
    if not (library / "current").exists():
        return []
    there = rows_of(library, prefix)
    listed = library / "current/tombstones.jsonl"
    lines = (
        [json.loads(line) for line in listed.read_bytes().splitlines()] if listed.exists() else []
    )
    undone = {line.get("undoes") for line in lines}
    removed = any("keys" in line and line["id"] not in undone for line in lines)
    if len(there) not in (0, 3):
        return [f"half removed: {sorted(there)} have rows"]
    return ["removed, and still there"] if removed and there else []


def half_releases(library: Path) -> list[str]:
    """The files of releases that are not as their list of digests says, and lists that lack one."""
    wrong = []
    for folder in library.glob("releases/[!.]*"):
        sums = folder / "SHA256SUMS"
        lines = sums.read_text().splitlines() if sums.exists() else []
        named = {line[66:]: line[:64] for line in lines}
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        digests = {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in there - {sums.name}
        }
        if digests != named or not any(name.startswith("data/") for name in named):
            wrong.append(f"a half release: {folder.name}")
    return wrong


def fingerprint(library: Path) -> dict[str, str]:
    """Each name in the tree and what stands there; databases by their content."""
    found = {}
    for path in sorted(library.rglob("*")):
        name = str(path.relative_to(library))
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_dir():
            found[name] = "folder"
        elif ".db" in path.name:
            if path.suffix == ".db":
                found[name] = _dump(path)
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _dump(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        text = "\n".join(sorted(connection.iterdump()))
    finally:
        connection.close()
    return hashlib.sha256(text.encode()).hexdigest()
