"""Fields as they are written in the wild: dates, URIs, ids."""

from __future__ import annotations

import pytest

import warcs
from archive.imported.header_values import moment_of
from archive.imported.reader import ForeignRecord, foreign_records, target_uri
from pipelines.importing.catalog_rows import catalogued_capture, check_target, record_id


def only(data: bytes) -> ForeignRecord:
    (found,) = foreign_records(warcs.stream(data), 0, len(data))
    assert isinstance(found, ForeignRecord)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-05-04T08:09:10Z", "2020-05-04T08:09:10+00:00"),
        (" 2020-05-04T08:09:10Z ", "2020-05-04T08:09:10+00:00"),
        ("2020-05-04T08:09:10.5Z", "2020-05-04T08:09:10.500000+00:00"),
        ("2020-05-04T08:09:10.123456789Z", "2020-05-04T08:09:10.123456+00:00"),
        ("2020-05-04T08:09Z", "2020-05-04T08:09:00+00:00"),
        ("2020-05-04", "2020-05-04T00:00:00+00:00"),
        ("2020-05", "2020-05-01T00:00:00+00:00"),
        ("2020", "2020-01-01T00:00:00+00:00"),
        ("20200504080910", "2020-05-04T08:09:10+00:00"),
        ("2020-05-04 08:09:10", "2020-05-04T08:09:10+00:00"),
        ("2020-05-04T08:09:10", "2020-05-04T08:09:10+00:00"),
        ("2020-05-04T08:09:10+02:00", "2020-05-04T06:09:10+00:00"),
        ("2020-05-04T08:09:10-0530", "2020-05-04T13:39:10+00:00"),
        ("2009-03-65T08:43:19-0800", "2009-03-06T16:43:19+00:00"),  # ClueWeb09: day of the year
        ("2009-04-105T00:00:00Z", "2009-04-15T00:00:00+00:00"),
        ("2012-02-60T08:00:00", "2012-02-29T08:00:00+00:00"),
        ("200401020304", "2004-01-02T03:04:00+00:00"),
        ("20040102030405678", "2004-01-02T03:04:05+00:00"),
        ("2009-03-66T08:43:19 +0100", "2009-03-07T07:43:19+00:00"),
        ("2009-03-58T08:43:19Z", None),  # the 58th day is one of February
        ("2009-12-366T08:43:19Z", None),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        *((text, None) for text in ("", "Z", "yesterday", "2020-13-01", "2020-05-04T25:00:00Z")),
        *(
            (text, None)
            for text in ("0001-01-01T00:00:00+12:00", "1066-10-14", "2020-05-04T08:09:10PST")
        ),
    ],
)
def test_dates_of_any_precision_are_read(text: str, expected: str | None) -> None:
    found = moment_of(text)
    assert (found and found.isoformat()) == expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://paper.example/a", "https://paper.example/a"),
        ("<https://paper.example/a>", "https://paper.example/a"),
        ("https://paper.example/a b\tc", "https://paper.example/a%20b%09c"),
        ("https://paper.example/é", "https://paper.example/é"),
        ("https://paper.example/\x7f", "https://paper.example/%7F"),
    ],
)
def test_targets_are_read_with_and_without_brackets(uri: str, expected: str) -> None:
    assert target_uri(only(warcs.response(1, b"x", url=uri)).record) == expected


def test_a_record_without_an_id_gets_one_that_follows_from_it() -> None:
    first = only(warcs.response(1, b"x", identity=None))
    again = only(warcs.response(1, b"x", identity=None))
    other = only(warcs.response(1, b"y", identity=None))
    assert record_id(first) == record_id(again) != record_id(other)
    assert record_id(first).startswith("urn:uuid:")


@pytest.mark.parametrize("given", ["<>", "<no colon>", "<urn:uuid:1 2>", "<urn:\x07:1>"])
def test_an_id_that_could_not_be_looked_up_counts_as_none(given: str) -> None:
    made = record_id(only(warcs.response(1, b"x", identity=given)))
    assert made.startswith("urn:uuid:")
    assert made != given.strip("<>")


def test_ids_stay_as_they_are_written() -> None:
    assert record_id(only(warcs.response(1, identity="<urn:uuid:ABC>"))) == "urn:uuid:ABC"
    assert record_id(only(warcs.response(1, identity="urn:uuid:abc"))) == "urn:uuid:abc"


def test_a_declared_digest_is_kept_and_a_missing_one_is_computed_without_the_chunks() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = only(warcs.response(1, warcs.chunked(b"payload"), head))
    assert catalogued_capture(found, "u")["digest"] == warcs.sha1(b"payload")
    said = only(warcs.response(1, b"payload", WARC_Payload_Digest="sha256:00ff"))
    assert catalogued_capture(said, "u")["digest"] == "sha256:00ff"


def test_a_date_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="WARC-Date is 'soon'"):
        catalogued_capture(only(warcs.response(1, date="soon")), "u")


@pytest.mark.parametrize("url", ["", "review.example/a", "//review.example/a", "/a"])
@pytest.mark.parametrize("kind", ["response", "revisit"])
def test_a_page_without_an_address_is_an_error(kind: str, url: str) -> None:
    with pytest.raises(ValueError, match="WARC-Target-URI"):
        check_target(kind, url)


@pytest.mark.parametrize(
    ("kind", "url"),
    [("response", "dns:a"), ("revisit", "urn:a"), ("warcinfo", ""), ("request", "")],
)
def test_other_records_need_none(kind: str, url: str) -> None:
    check_target(kind, url)
