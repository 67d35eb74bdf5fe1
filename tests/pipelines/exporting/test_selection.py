"""Which captures articles were made from: of every version, and of every page."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from archive.library import Library
from archive.tables.parquet import file_path, write_rows
from archive.tables.schema import TABLES
from mails import row
from pipelines.exporting.selection import records_of_articles


def add(library: Library, table: str, rows: list[dict[str, Any]]) -> None:
    found = pa.Table.from_pylist(rows, schema=TABLES[table])
    write_rows(library.generation, file_path(table, "2026-10", "one"), table, found)


def logged(article: str | None, verdict: str, record: str) -> dict[str, Any]:
    blank = dict.fromkeys(TABLES["crawl_log"].names)
    return blank | {"article_id": article, "verdict": verdict, "warc_record_id": record}


def test_further_pages_and_earlier_versions_go_along(library: Library) -> None:
    one, other = row(1), row(2, in_language="fr")
    add(
        library,
        "articles",
        [
            one | {"warc_record_id": "urn:a1"},
            one | {"warc_record_id": "urn:a2", "version": 2},
            other | {"warc_record_id": "urn:b1"},
        ],
    )
    log = [
        logged(one["article_id"], "article", "urn:a1"),
        logged(one["article_id"], "page_of", "urn:a1-page-2"),
        logged(one["article_id"], "unchanged", "urn:a1-again"),
        logged(other["article_id"], "page_of", "urn:b1-page-2"),
        logged(None, "not_article:list", "urn:list"),
    ]
    add(library, "crawl_log", log)
    found = records_of_articles(library, language="no")
    assert found == {"urn:a1", "urn:a2", "urn:a1-page-2"}
    assert records_of_articles(library, language="fr") == {"urn:b1", "urn:b1-page-2"}
    assert records_of_articles(library, language="de") == frozenset()
