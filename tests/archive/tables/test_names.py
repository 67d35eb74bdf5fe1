"""An article, an address or a capture by whatever a person has at hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from archive.errors import CaptureNotFound, UsageError
from archive.library import Library
from archive.tables.names import (
    address_named,
    addresses_of,
    article_named,
    pointer_named,
    versions_named,
    versions_of,
)
from archive.types import Pointer
from archive.web.surt import url_surtkey

Make = Callable[..., dict[str, Any]]
ONE, TWO, GONE = "abcdefgh" + "2" * 18, "abcdxyz" + "3" * 19, "wwww" + "4" * 22
URL = "https://review.example/{}"


@pytest.fixture
def named(library: Library, make_row: Make, add_rows: Callable[..., None]) -> Library:
    """A library with an article of two versions at two addresses, another, and a withdrawn list.

    The newest capture of the first gave no version.
    """
    rows, captures, log = [], [], []
    plan = [
        (ONE, 1, "one", "urn:uuid:1"),
        (ONE, 2, "one-moved", "urn:uuid:2"),
        (TWO, 1, "two", "urn:uuid:3"),
        (GONE, 1, "list", "urn:uuid:4"),
        (ONE, None, "one-moved", "urn:uuid:5"),
    ]
    for number, (identity, version, name, record) in enumerate(plan):
        url = URL.format(name)
        place = {
            "url": url,
            "url_surtkey": url_surtkey(url),
            "fetch_time": make_row("captures")["fetch_time"] + timedelta(days=number),
            "warc_record_id": record,
        }
        held = {
            "warc_filename": "warc/a.warc.gz",
            "warc_record_offset": 100 * number,
            "warc_record_length": 50,
        }
        captures.append(
            make_row("captures", fetch_status=200, warc_type="response", **place, **held)
        )
        log.append(make_row("crawl_log", outcome="fetched", article_id=identity, **place))
        if version:
            made = {"article_id": identity, "version": version, "article_body": f"text {number}"}
            rows.append(make_row("articles", **made, **place, **held))
    add_rows("articles", rows[:1], "one")
    add_rows("articles", rows[1:], "two")
    add_rows("captures", captures)
    add_rows("crawl_log", log)
    gone = make_row("withdrawn", article_id=GONE, version=1, reason="list")
    add_rows("withdrawn", [gone])
    return library


@pytest.mark.parametrize(
    ("wanted", "identity"),
    [
        (ONE, ONE),
        (ONE[:5], ONE),
        (ONE[:5].upper(), ONE),
        (TWO[:25], TWO),
        ("https://review.example/two", TWO),
        ("http://www.review.example/two?utm_source=x", TWO),
        ("review.example/two", TWO),
        ("https://review.example/one-moved", ONE),
        ("urn:uuid:1", ONE),
        ("<urn:uuid:3>", TWO),
        ("urn:uuid:5", ONE),
    ],
)
def test_an_article_by_all_its_names(named: Library, wanted: str, identity: str) -> None:
    assert article_named(named.generation, wanted) == identity
    found = versions_named(named.generation, wanted)
    assert {row["article_id"] for row in found} == {identity}
    assert found == versions_of(named.generation, identity)


def test_versions_come_in_their_order_and_whole(named: Library) -> None:
    found = versions_of(named.generation, ONE)
    assert [row["version"] for row in found] == [1, 2]
    usual = [row for row in named.articles("all") if row["article_id"] == ONE]
    assert found == sorted(usual, key=lambda row: int(row["version"]))
    assert versions_of(named.generation, GONE) == []


@pytest.mark.parametrize(
    "wanted",
    [
        *("abc", "abcdq", "zzzz", "no-such-article", "", "urn:uuid:9", "<urn:uuid:9>"),
        *("https://review.example/none", "review.example/list"),
    ],
)
def test_what_no_article_has_is_told(named: Library, wanted: str) -> None:
    with pytest.raises(CaptureNotFound):
        article_named(named.generation, wanted)
    assert versions_named(named.generation, wanted) == []


def test_a_beginning_that_several_share_names_them(named: Library) -> None:
    for ask in (article_named, versions_named, address_named, addresses_of, pointer_named):
        with pytest.raises(UsageError, match=r"^abcd names 2 articles \(") as caught:
            ask(named.generation, "abcd")
        assert ONE in str(caught.value)
        assert TWO in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        (ONE, URL.format("one-moved")),
        ("abcde", URL.format("one-moved")),
        ("urn:uuid:1", URL.format("one")),
        ("https://other.example/", "https://other.example/"),
        ("nothing", "nothing"),
        ("urn:uuid:9", "urn:uuid:9"),
    ],
)
def test_the_address_of_what_is_named(named: Library, wanted: str, address: str) -> None:
    assert address_named(named.generation, wanted) == address


def test_an_article_has_the_addresses_of_all_its_versions(named: Library) -> None:
    found = addresses_of(named.generation, ONE)
    assert found == ["example,review)/one", "example,review)/one-moved"]
    assert addresses_of(named.generation, URL.format("two")) == ["example,review)/two"]


@pytest.mark.parametrize(
    ("wanted", "record", "offset"),
    [
        (ONE, "urn:uuid:2", 100),
        ("abcde", "urn:uuid:2", 100),
        ("urn:uuid:1", "urn:uuid:1", 0),
        ("<urn:uuid:1>", "urn:uuid:1", 0),
        (URL.format("one-moved"), "urn:uuid:5", 400),
        ("review.example/two", "urn:uuid:3", 200),
    ],
)
def test_the_capture_of_what_is_named(
    named: Library, wanted: str, record: str, offset: int
) -> None:
    assert pointer_named(named.generation, wanted) == (
        record,
        Pointer("warc/a.warc.gz", offset, 50),
    )


def test_no_capture(named: Library) -> None:
    for wanted in ("zzzz", "urn:uuid:9", URL.format("none"), "no-such-article"):
        assert pointer_named(named.generation, wanted) is None


def test_a_record_id_that_is_an_address(
    library: Library, make_row: Make, add_rows: Callable[..., None]
) -> None:
    place = {"warc_filename": "w", "warc_record_offset": 1, "warc_record_length": 2}
    row = make_row("captures", warc_record_id="http://records.example/7", **place)
    add_rows("captures", [row])
    for wanted in ("http://records.example/7", "<http://records.example/7>"):
        assert pointer_named(library.generation, wanted) == (
            "http://records.example/7",
            Pointer("w", 1, 2),
        )
