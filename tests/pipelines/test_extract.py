"""From bytes to an article: the golden page, the real sample, the sample magazines, and no byte that raises."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Article, Capture, Discovery
from backissue.sample.site import build_edition
from pipelines.extract import (
    CONFIG_DIGEST,
    EXTRACTOR_VERSION,
    Context,
    Page,
    extract,
    extract_html,
    extract_page,
)

_PAGES = Path(__file__).parent / "pages"
_URL = "https://estuary.example/harbour-that-moved-inland/"
_CAPTURED = datetime(2026, 3, 7, 12, tzinfo=UTC)
_GOLDEN = (_PAGES / "harbour.html").read_bytes()
_JUNK = ("Top 5 This Week", "Related Posts", "LEAVE A REPLY", "Please enter", "Popular Articles")


@pytest.fixture(scope="module")
def golden() -> Article:
    """The article of the golden page."""
    return extract_html(_GOLDEN, _URL, _CAPTURED)


def test_the_text_is_the_article_and_nothing_else(golden: Article) -> None:
    assert golden.article_body == (_PAGES / "harbour.txt").read_text("utf-8").rstrip("\n")
    assert golden.article_body_markdown == (_PAGES / "harbour.md").read_text("utf-8").rstrip("\n")
    assert golden.completeness == "full"
    assert golden.word_count == 209


def test_the_fields_are_what_the_page_declares(golden: Article) -> None:
    assert golden.headline == "The Harbour That Moved Inland"
    assert golden.author == ("Ottilie Brandt",)
    assert golden.publisher == golden.is_part_of == "The Estuary Quarterly"
    assert golden.article_section == "Ports"
    assert golden.keywords == ("Dredging", "Railways")
    assert golden.in_language == "en-GB"
    assert golden.canonical_url == _URL
    assert golden.date_published == datetime(2026, 3, 4, 7, 15, tzinfo=UTC)
    assert golden.date_published_raw == "2026-03-04T08:15:00+01:00"
    assert golden.date_modified == datetime(2026, 3, 6, 16, 40, tzinfo=UTC)


def test_what_was_cut_is_told_with_its_reason(golden: Article) -> None:
    reasons = {row.block[:20]: row.reason for row in golden.removed}
    assert reasons["The crane at first l"] == "caption"
    assert reasons["The toll house has b"] == "related"
    assert reasons["By Ottilie Brandt"] == "author"
    assert not any("LEAVE A REPLY" in row.block for row in golden.removed)  # far from the text


def test_the_same_bytes_give_the_same_article(golden: Article) -> None:
    assert extract_html(_GOLDEN, _URL, _CAPTURED) == golden
    assert extract_html(_GOLDEN.decode(), _URL, _CAPTURED) == golden


def test_a_capture_gives_what_its_page_gives(golden: Article) -> None:
    capture = Capture(
        url=_URL,
        fetch_time=_CAPTURED,
        request=b"",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n",
        body=gzip.compress(_GOLDEN),
        warc_record_id="urn:uuid:1",
        discovery=Discovery(source="estuary", by="feed", announced=_CAPTURED),
    )
    article = extract(capture, Context(discovery=capture.discovery))
    assert article.article_body == golden.article_body
    assert article.date_announced == _CAPTURED
    assert article.date_published == golden.date_published


def test_an_image_gives_an_empty_article_of_unknown_completeness() -> None:
    capture = Capture(
        url=_URL,
        fetch_time=_CAPTURED,
        request=b"",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n",
        body=b"\x89PNG\r\n\x1a\n",
        warc_record_id="urn:uuid:1",
    )
    article = extract(capture, Context())
    assert (article.article_body, article.completeness) == ("", "unknown")


def test_version_and_settings_are_named() -> None:
    assert EXTRACTOR_VERSION.startswith("0.7.0+trafilatura-")
    assert len(CONFIG_DIGEST.removeprefix("sha256:")) == 64


def test_the_sample_magazines_come_out_as_they_were_written() -> None:
    edition = build_edition(1, date(2026, 6, 8))
    at = datetime(2026, 6, 8, 12, tzinfo=UTC)
    pieces = {piece.url: piece for piece in edition.pieces}
    read = 0
    for host, resources in edition.resources.items():
        for path, resource in resources.items():
            piece = pieces.get(f"http://{host}{path}")
            if piece is None or not resource.content_type.startswith("text/html"):
                continue
            article = extract_page(Page(piece.url, resource.body, resource.content_type, at))
            read += 1
            assert article.article_body == piece.true_text
            assert (article.headline, article.author) == (piece.title, tuple(piece.authors))
            assert article.date_published == piece.date_published
            assert article.completeness == "full"
    assert read == len(pieces)


def test_the_page_that_the_project_started_from(samples: Path) -> None:
    article = extract_html(
        (samples / "seed" / "page.html").read_bytes(),
        "https://monitor.example/indo-korean-strategic-partnership/",
        datetime(2026, 2, 11, 12, tzinfo=UTC),
    )
    dump = (samples / "seed" / "page.txt").read_text("utf-8").split("\n\n")
    title = next(n for n, block in enumerate(dump) if block == article.headline)
    assert article.article_body.split("\n\n") == dump[title + 1 : dump.index("LEAVE A REPLY")]
    assert article.date_published == datetime(2026, 2, 9, 6, 30, tzinfo=UTC)
    assert article.date_modified == datetime(2026, 2, 10, 9, tzinfo=UTC)
    assert not any(junk in article.article_body for junk in _JUNK)


@given(st.one_of(st.binary(max_size=2_000), st.text(max_size=2_000)))
@settings(max_examples=100, deadline=None)
def test_no_input_raises(html: bytes | str) -> None:
    article = extract_html(html)
    assert article.text_digest.startswith("sha256:")


_SPLINTERS = (
    b"<div>", b"</div>", b"<p>", b"\0", b"<table><tr>", b"<li><ul>", b"&#0;", b"\xff", b"<script>", b"<!--",
    b'"', b"<blockquote>", b"<code>\n", b"<h1></h1>", b"<base href='http://[x'>", b"</html>", b"<svg><p>",
    b'<script type="application/ld+json">{"@type":"Article","author":[[{"name":{"name":1}}]],"headline":null}</script>',
    b"<time datetime='99999-01-01T99:99'>", b"<a rel='license' href='::'>", b"<html lang='\xc3\xa9'>",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(25))
def test_no_mutilation_of_a_real_page_raises(seed: int) -> None:
    chance = random.Random(seed)
    page = bytearray(_GOLDEN)
    for _ in range(chance.randrange(1, 30)):
        at = chance.randrange(len(page) + 1)
        if chance.random() < 0.6:
            page[at:at] = chance.choice(_SPLINTERS)
        else:
            del page[at : at + chance.randrange(800)]
    article = extract_html(bytes(page), _URL, _CAPTURED)
    assert article.date_published is None or article.date_published <= _CAPTURED


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 30_000 + "<p>deep</p>",
        "<p>a paragraph of some words</p>" * 30_000,
        "<span>w" * 30_000,
        "<h1>x</h1><div class=date><time>2020-01-01</time></div>" + "<i class=date>x</i>" * 20_000,
        "<title>" + "a | " * 20_000 + "</title><p>x",
    ],
    ids=["deep", "wide", "unclosed", "dates", "title"],
)
@pytest.mark.timeout(30)
def test_a_huge_page_ends(html: str) -> None:
    assert extract_html(html).url == ""
