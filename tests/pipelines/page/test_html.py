"""Captures become pages with their codings undone, and characters become trees."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.types import Capture
from pipelines.page.html import MAX_TAGS, bounded, opened, page_of, parse_html

_AT = datetime(2026, 3, 7, 12, tzinfo=UTC)


def _capture(body: bytes, *fields: str, **changes: Any) -> Capture:
    head = "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode()
    given: dict[str, Any] = {
        "url": "https://estuary.example/",
        "fetch_time": _AT,
        "request": b"",
        "head": head,
        "body": body,
        "warc_record_id": "urn:uuid:1",
    }
    return Capture(**(given | changes))


def test_a_gzipped_page_comes_decoded_with_what_its_head_says() -> None:
    page = page_of(
        _capture(
            gzip.compress(b"<html><p>x"),
            "Content-Type: text/html; charset=utf-8",
            "Content-Encoding: gzip",
            "X-Robots-Tag: noindex",
            "X-Robots-Tag: noarchive",
            "TDM-Reservation: 1",
        )
    )
    assert page is not None
    assert page.content == b"<html><p>x"
    assert page.robots == "noindex, noarchive"
    assert page.tdm_reservation is True
    assert (page.fetch_time, page.status) == (_AT, 200)


@pytest.mark.parametrize(
    ("body", "fields", "changes"),
    [
        (b"<html><p>x", ["Content-Type: text/html"], {"truncated": "length"}),
        (b"not gzip", ["Content-Type: text/html", "Content-Encoding: gzip"], {}),
        (b"\x80\x01<p>x", ["Content-Type: text/html", "Content-Encoding: rot13"], {}),
        (b"\x89PNG\r\n\x1a\n....", ["Content-Type: image/png"], {}),
        (b'{"a": 1}', ["Content-Type: application/json"], {}),
        (b"", ["Content-Type: text/html"], {}),
    ],
)
def test_what_is_no_whole_page_gives_none(
    body: bytes, fields: list[str], changes: dict[str, Any]
) -> None:
    assert page_of(_capture(body, *fields, **changes)) is None


@pytest.mark.parametrize("coding", ["gzip", "br", "rot13", "UTF-8", "none"])
def test_a_page_whose_coding_is_a_fiction_is_read_as_it_is(coding: str) -> None:
    page = page_of(
        _capture(b"<html><p>x", "Content-Type: text/html", f"Content-Encoding: {coding}")
    )
    assert page is not None
    assert page.content == b"<html><p>x"


def test_nothing_parses_to_none() -> None:
    assert parse_html("") is None
    assert parse_html(" \n ") is None


def test_what_xml_forbids_is_left_out() -> None:
    tree = parse_html("<p>a\0b&#0;c&#1;d&#x1F;e\ud800f</p>")
    assert tree is not None
    assert tree.xpath("string(//p)") == "abcdef"


@pytest.mark.parametrize("depth", [250, 3_000, 50_000])
def test_text_survives_nesting_that_the_parser_would_drop(depth: int) -> None:
    tree = parse_html(
        "<body>" + "<div>" * depth + "<p>deep</p>" + "</div>" * depth + "<p>after</p>"
    )
    assert tree is not None
    assert tree.xpath("normalize-space(//body)").split() == ["deepafter"]
    assert not tree.xpath(f"boolean({'/*' * 200})")


def test_of_a_page_of_nothing_but_tags_a_part_is_read() -> None:
    text = "<title>x</title>" + "<p>" * MAX_TAGS
    assert bounded(text).count("<") == MAX_TAGS
    assert text.startswith(bounded(text))
    tree = parse_html(text)
    assert tree is not None
    assert len(tree.findall(".//p")) == MAX_TAGS - 2


def test_a_page_within_the_bounds_is_read_whole() -> None:
    text = "<p>a < b</p>" * 1000
    assert bounded(text) is text


@pytest.mark.parametrize("end", ["</body></html>", "</Body></Html>", "</BODY >", "</bOdY>"])
def test_what_stands_behind_the_end_of_a_page_is_read(end: str) -> None:
    tree = parse_html(f"<html><body><p>one</p>{end}<div><p>{'two ' * 40}</p></div></html>")
    assert tree is not None
    assert "two" in "".join(tree.itertext())


THAI = "เรือข้ามฟากเที่ยวสุดท้ายของฤดูกาลมาถึงในวันอาทิตย์ และดูเหมือนว่าไม่มีใครบนท่าเรือสังเกตเห็นว่ามันมาถึงแล้ว "


def test_a_capture_is_decoded_parsed_and_its_language_told_at_once() -> None:
    page = f"<title>x</title><p>{THAI}".encode("cp874")
    found = opened(_capture(page, "Content-Type: text/html; charset=windows-874"))
    assert (found.media_type, found.charset, found.language) == ("text/html", "windows-874", "tha")
    assert found.tree is not None
    assert found.tree.findtext(".//p") == THAI


@pytest.mark.parametrize(
    ("status", "parsed", "language"), [(200, True, "tha"), (404, True, None), (302, False, None)]
)
def test_of_what_is_no_page_only_the_encoding_is_told(
    status: int, parsed: bool, language: str | None
) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\n\r\n".encode()
    found = opened(_capture(f"<p>{THAI}".encode(), head=head))
    assert (found.charset, found.tree is not None, found.language) == ("UTF-8", parsed, language)


@pytest.mark.parametrize(
    ("body", "fields", "error"),
    [
        (b"", ["Content-Type: text/html"], None),
        (b"\x89PNG\r\n\x1a\n", ["Content-Type: image/png"], None),
        (b"not gzip", ["Content-Type: text/plain", "Content-Encoding: gzip"], "bad_encoding"),
    ],
)
def test_what_is_not_html_is_not_read(body: bytes, fields: list[str], error: str | None) -> None:
    found = opened(_capture(body, *fields))
    assert (found.data, found.error) == (body, error)
    assert (found.charset, found.language, found.tree) == (None, None, None)
