"""Articles into Parquet and back: every field, odd texts and dates; and what no file can hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.tables import parquet
from archive.tables.schema import ARTICLES, CRAWL_LOG
from archive.types import Article, Capture, Comment, Discovery, Pointer, Removed
from pipelines.derive.arrow_rows import PAGES, page_row, to_table
from pipelines.derive.spans import derive_page
from pipelines.extract import extract_html
from pipelines.text.words import text_digest, well_formed

MOMENT = datetime(2026, 5, 1, 8, 30, 0, 7, tzinfo=UTC)
POINTER = Pointer("warc/2026/05/a.warc.gz", 7, 2**40)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["", "\0", "\r\n", "e\u0301 – 審査 \U0001f6a2", "\ufeff\u202e", "x" * 5000]
)
maybe = st.none() | texts
OPTIONAL = """canonical_url headline alternative_headline description publisher is_part_of
issue_number article_section in_language date_published_raw image_url license robots_meta"""
moments = st.none() | st.datetimes(timezones=st.just(UTC))
several = st.lists(texts, max_size=3).map(tuple)
articles = st.builds(
    Article,
    url=texts,
    article_body=texts,
    article_body_markdown=texts,
    author=several,
    keywords=several,
    page_urls=several,
    word_count=st.integers(0, 2**31 - 1),
    completeness=st.sampled_from(["full", "teaser", "paywall", "unknown"]),
    text_digest=texts.map(text_digest),
    evidence=st.dictionaries(texts, st.none() | texts | st.lists(texts, max_size=2), max_size=3),
    removed=st.lists(st.builds(Removed, reason=texts, block=texts), max_size=3).map(tuple),
    comments=st.lists(st.builds(Comment, author=texts, text=texts), max_size=3).map(tuple),
    is_accessible_for_free=st.sampled_from([None, True, False]),
    tdm_reservation=st.sampled_from([None, True, False]),
    date_published=moments,
    date_modified=moments,
    date_announced=moments,
    date_published_precision=st.sampled_from([None, "year", "day", "second"]),
    **dict.fromkeys(OPTIONAL.split(), maybe),
)


def a_capture(body: bytes = b"", **changes: Any) -> Capture:
    given: dict[str, Any] = {
        "url": "http://review.example/locks",
        "fetch_time": MOMENT,
        "request": b"",
        "head": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        "body": body,
        "warc_record_id": "urn:uuid:1",
        "run_id": "run-1",
    }
    return Capture(**given | changes)


def through_parquet(rows: pa.Table) -> list[dict[str, Any]]:
    """*rows* of pages as rows of `articles`, written and read by another reader's way."""
    count = rows.num_rows
    whole = rows.append_column("article_id", pa.array(["a"] * count, pa.string()))
    whole = whole.append_column("version", pa.array([1] * count, pa.int32()))
    whole = whole.select(ARTICLES.names).cast(ARTICLES)
    with TemporaryDirectory() as folder:
        parquet.write_rows(Path(folder), "a.parquet", "articles", whole)
        found = pq.read_table(Path(folder) / "a.parquet").to_pylist()
    return list(found)


def article_of(
    row: dict[str, Any], removed: list[dict[str, str]], comments: list[dict[str, Any]]
) -> Article:
    """The article that a row of `articles`, and those of `removed` and `comments`, tell of."""
    names = set(Article.__slots__) - {"removed", "evidence", "comments"}
    values = {name: tuple(v) if isinstance(v := row[name], list) else v for name in names}
    blocks = tuple(Removed(**block) for block in removed)
    said = tuple(Comment(**comment) for comment in comments)
    evidence = json.loads(row["evidence"])
    return Article(**values, evidence=evidence, removed=blocks, comments=said)


@settings(deadline=None, max_examples=60)
@given(st.lists(articles, min_size=1, max_size=4))
def test_an_article_survives_parquet(several: list[Article]) -> None:
    own = [page_row(article, a_capture(url=article.url), POINTER) for article in several]
    pages = to_table(own, PAGES)
    rows = through_parquet(pages)
    beside = (pages["removed"].to_pylist(), pages["comments"].to_pylist())
    assert [article_of(*parts) for parts in zip(rows, *beside, strict=True)] == several
    for row in rows:
        place = ("warc_filename", "warc_record_offset", "warc_record_length")
        assert Pointer(*(row[name] for name in place)) == POINTER
        assert (row["fetch_time"], row["fetch_status"], row["run_id"]) == (MOMENT, 200, "run-1")


HALVES = """<html><head><title>T</title><script type="application/ld+json">{"@type": "NewsArticle",
"headline": "Low \\ud800 water", "author": {"name": "A \\udfff"}, "keywords": ["x\\ud800"],
"datePublished": "\\ud800 2026-01-01"}</script></head><body><article><h1>Low water</h1>""" + (
    "<p>The harbour was empty for an hour, and the boats lay on their sides in the mud.</p>" * 9
)


def test_half_a_character_in_a_page_costs_itself_and_nothing_else() -> None:
    found = Discovery(source="s", by="feed", title="\udc00")
    row = derive_page(a_capture(HALVES.encode(), discovery=found), POINTER)
    assert row
    (again,) = through_parquet(to_table([row], PAGES))
    assert again["headline"] == "Low water"  # as its heading has it
    assert again["author"] == ["A \ufffd"]
    assert again["keywords"] == ["x\ufffd"]
    assert again["text_digest"] == text_digest(again["article_body"])
    json.loads(again["evidence"]).items()
    assert extract_html(HALVES).headline == "Low water"


def test_half_a_character_in_a_log_costs_itself_and_nothing_else() -> None:
    rows = [{"url": "http://a.example/", "detail": "so \ud83d"}, {"url": "b", "detail": "fine"}]
    assert to_table(rows, CRAWL_LOG)["detail"].to_pylist() == ["so \ufffd", "fine"]


@given(st.text(), st.text())
def test_only_halves_are_replaced(one: str, other: str) -> None:
    whole = {one: [(other, 1, None)]}
    made = well_formed(whole)
    json.dumps(made, ensure_ascii=False).encode()
    if all(not "\ud800" <= c <= "\udfff" for c in one + other):
        assert made == whole
