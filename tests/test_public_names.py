"""What users rely on, pinned: a change here is a change for them, and belongs in the changelog."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import re
from pathlib import Path

import backissue
import crawlers.wire
from archive.errors import ExitCode
from archive.library import Library
from archive.releases.reading import Release
from archive.source import Source
from archive.tables.filters import ArticleWords, FilterWords
from archive.tables.schema import TABLES
from backissue.cli import parser

COMMON = ["--json", "--quiet"]
NETWORK = ["--allow-private", "--resolve"]

COMMANDS = {
    "demo": [*COMMON, "--library"],
    "add": [*COMMON, "--library", *NETWORK, "URL", "--name", "--delay", "--opml"],
    "crawl": [*COMMON, "--library", "--engine", *NETWORK, "SOURCE|URL", "--recheck"],
    "serve": [*COMMON, "--library", "--engine", *NETWORK, "--port", "--host", "--no-web"],
    "status": [*COMMON, "--library", "SOURCE", "--check"],
    "pause": [*COMMON, "--library", "SOURCE"],
    "resume": [*COMMON, "--library", "SOURCE"],
    "import": [
        *COMMON,
        *("--library", "--engine", "FILE", "--files-from", "--strict", "--source"),
    ],
    "publish": [*COMMON, "--library", "--engine"],
    "rebuild": [*COMMON, "--library", "--engine", "--compare", "--relearn", "--accept-loss"],
    "verify": [*COMMON, "--library", "--prove", "--seed"],
    "digest": [*COMMON, "--library", "--without"],
    "repair": [*COMMON, "--library", "--engine"],
    "remove": [
        *COMMON,
        "--library",
        "URL|PREFIX|HOST",
        "--reason",
        "--by",
        "--dry-run",
        "--undo",
        "--yes",
    ],
    "extract": [*COMMON, "PAGE", "--url", "--format", "--explain", *NETWORK],
    "search": [
        *COMMON,
        "--library",
        "QUERY",
        "--limit",
        "--offset",
        "--source",
        "--since",
        "--until",
        "--published-since",
        "--published-until",
        "--language",
        "--author",
        "--section",
        "--completeness",
    ],
    "show": [*COMMON, "--library", "ID", "--diff", "--compared"],
    "captures": [*COMMON, "--library", "URL"],
    "why": [*COMMON, "--library", "URL"],
    "export": [
        *COMMON,
        "--library",
        "KIND",
        "FILE",
        "--output",
        "--source",
        "--since",
        "--until",
        "--url-prefix",
        "--published-since",
        "--published-until",
        "--language",
        "--author",
        "--section",
        "--completeness",
        "--query",
        "--tables-only",
    ],
    "release": [
        *COMMON,
        "--library",
        "NAME",
        "--output",
        "--source",
        "--since",
        "--until",
        "--published-since",
        "--published-until",
        "--language",
        "--author",
        "--section",
        "--completeness",
        "--query",
    ],
    "replay": [*COMMON, "--library", "--port", "--yes"],
    "web": [*COMMON, "--library", "--port", "--host"],
}


IMPORTED = {
    "backissue": ["open_release", "open", "extract"],
    "library": ["articles", "search", "captures", "crawl_log", "table", "capture", "read", "close"],
    "release": ["articles"],
    "rows": ["to_arrow", "to_pandas", "to_polars", "to_duckdb", "to_pylist"],
    "types": [
        "DiscoveredBy",
        "Role",
        "Truncated",
        "Completeness",
        "Precision",
        "Fidelity",
        "RevisitProfile",
        "Row",
        "NO_ARTICLE",
        "Seed",
        "Discovery",
        "Original",
        "Capture",
        "Removed",
        "Comment",
        "Article",
        "CdxEntry",
        "Pointer",
        "Finding",
    ],
    "errors": [
        "BackissueError",
        "UsageError",
        "InvalidSource",
        "NotALibrary",
        "NewerFormat",
        "NoPermission",
        "LockHeld",
        "DiskFull",
        "DiskFailed",
        "ArchiveError",
        "CorruptRecord",
        "Damaged",
        "LeadsOutside",
        "TablesMissing",
        "BytesMissing",
        "CaptureNotFound",
        "PageRemoved",
        "NotImportable",
    ],
    "source": ["Source", "ArticleRules"],
    "extract": [
        "CONFIG_DIGEST",
        "EXTRACTOR",
        "EXTRACTOR_VERSION",
        "Context",
        "Page",
        "extract",
        "extract_html",
        "extract_page",
        "page_of",
    ],
    "wire": [
        "Exchange",
        "ExchangeFailed",
        "FailureKind",
        "Override",
        "Pool",
        "Settings",
        "parse_override",
    ],
    "settings": [
        "BACKISSUE_LIBRARY",
        "BACKISSUE_ALLOW_PRIVATE",
        "BACKISSUE_RESOLVE",
        "BACKISSUE_CA_FILE",
        "BACKISSUE_CARD",
        "BACKISSUE_PUBLISH",
    ],
}


def test_the_public_names_of_backissue() -> None:
    assert backissue.__all__ == ["extract", "open", "open_release"]
    assert str(inspect.signature(backissue.extract)) == (
        "(html: 'bytes | str', url: 'str | None' = None, fetch_time: 'datetime | None' = None)"
        " -> 'Article'"
    )
    assert list(inspect.signature(backissue.open).parameters) == ["path"]
    assert list(inspect.signature(backissue.open_release).parameters) == ["path"]


def test_the_public_names_of_an_open_library() -> None:
    methods = {name for name in vars(Library) if not name.startswith("_")}
    assert set(IMPORTED["library"]) <= methods
    assert list(inspect.signature(Library.articles).parameters)[1:] == [
        "versions",
        "columns",
        "filters",
    ]


def test_the_public_names_of_an_open_release() -> None:
    fields = [field.name for field in dataclasses.fields(Release)]
    assert fields == ["path", "name", "date", "filters", "files"]
    assert list(inspect.signature(Release.articles).parameters)[1:] == ["columns", "filters"]


def test_the_filters_on_articles() -> None:
    assert [*FilterWords.__annotations__, "query"] == [
        *("source", "since", "until", "published_since", "published_until", "language"),
        *("author", "section", "completeness", "query"),
    ]
    assert set(ArticleWords.__annotations__) >= {*FilterWords.__annotations__, "query"}


def test_the_public_names_of_the_wire_client() -> None:
    assert crawlers.wire.__all__ == IMPORTED["wire"]


def test_the_names_on_the_page_of_what_may_be_imported() -> None:
    page = (Path(__file__).parents[1] / "docs/python.md").read_text(encoding="utf-8")
    parts = re.findall(r"<!-- from the code: python-(\w+) -->\n(.*?)<!-- end", page, re.DOTALL)
    named = {
        part: re.findall(r"^\| `(\w+)", text, re.MULTILINE) or re.findall(r"`(\w+)`", text)
        for part, text in parts
    }
    assert named == IMPORTED


def test_the_commands_and_their_flags() -> None:
    actions = parser()._subparsers
    assert actions is not None
    found: dict[str, argparse.ArgumentParser] = actions._group_actions[0].choices  # type: ignore[assignment]
    named = {
        name: [
            action.option_strings[-1] if action.option_strings else action.metavar
            for action in command._actions
            if action.dest != "help"
        ]
        for name, command in found.items()
    }
    assert named == COMMANDS


def test_the_fields_of_a_source() -> None:
    assert list(Source.model_fields) == [
        *("url", "name", "title", "schedule", "timezone", "feeds", "sitemaps", "sections"),
        *("archives", "pages", "article", "since", "backfill", "delay", "budget", "comments"),
        *("headers", "header_hosts"),
    ]


def test_the_exit_codes() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "DONE": 0,
        "FOUND_WRONG": 1,
        "USAGE": 2,
        "LOCKED": 3,
        "DISK_FULL": 4,
        "INTERRUPTED": 130,
    }


def test_the_tables() -> None:
    assert list(TABLES) == [
        "articles",
        "captures",
        "payloads",
        "crawl_log",
        "removed",
        "comments",
        "duplicates",
        "withdrawn",
    ]
