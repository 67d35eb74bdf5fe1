"""What belongs together in files that others made, in whatever order it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import warcs
from archive.imported.index import HeldCapture, RecordPlace
from archive.imported.reader import ForeignRecord, foreign_records
from pipelines.importing.catalog import Catalog

R, Q = warcs.response, warcs.request
URL = "https://paper.example/2020/{}"
REVISIT = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    found = Catalog(tmp_path / "catalog.db")
    yield found
    found.close()


def entered(catalog: Catalog, *records: bytes, file: str = "a") -> list[RecordPlace]:
    """Enter *records*; where each stands."""
    data = b"".join(records)
    places = []
    for found in foreign_records(warcs.stream(data), 0, len(data)):
        assert isinstance(found, ForeignRecord)
        catalog.add(file, found)
        places.append(RecordPlace(found.offset, found.length))
    return places


def listed(catalog: Catalog) -> list[HeldCapture]:
    catalog.connect()
    while catalog.tell_apart():
        pass
    return list(catalog.new("run-1", "imported"))


def revisit(
    number: int,
    block: bytes = REVISIT,
    profile: str = "identical-payload-digest",
    **fields: str | None,
) -> bytes:
    given = {
        "number": number,
        "date": "2020-06-04T08:00:00Z",
        "WARC_Profile": f"http://netpreserve.org/warc/1.0/revisit/{profile}",
    } | fields
    return warcs.record("revisit", URL.format(1), block, **given)  # type: ignore[arg-type]


def test_requests_behind_their_responses_are_found(catalog: Catalog) -> None:
    places = entered(catalog, R(1), Q(1), R(2), Q(2))
    assert [one.request for one in listed(catalog)] == [places[1], places[3]]


def test_requests_before_their_responses_are_found(catalog: Catalog) -> None:
    """wget and Common Crawl write the request first; there the response names it, or both do."""
    named = f"<{warcs.id_of('request', 1)}>"
    places = entered(
        catalog,
        Q(1, WARC_Concurrent_To=None),
        R(1, WARC_Concurrent_To=named),
        Q(2),
        R(2, WARC_Concurrent_To=f"<{warcs.id_of('request', 2)}>"),
    )
    assert [one.request for one in listed(catalog)] == [places[0], places[2]]


def test_requests_far_away_are_found_by_their_names_alone(catalog: Catalog) -> None:
    places = entered(catalog, Q(1), Q(2), *(R(n) for n in range(3, 30)), R(2), R(1))
    found = {one.url: one.request for one in listed(catalog)}
    assert found[URL.format(1)] == places[0]
    assert found[URL.format(2)] == places[1]
    assert [found[URL.format(number)] for number in range(3, 30)] == [None] * 27


@pytest.mark.parametrize("first", ["request", "response"])
def test_a_request_that_nothing_names_belongs_to_its_neighbour_of_the_same_url(
    catalog: Catalog, first: str
) -> None:
    pairs = []
    for number in (1, 2):
        pair = [Q(number, WARC_Concurrent_To=None), R(number)]
        pairs += pair if first == "request" else pair[::-1]
    places = entered(catalog, *pairs, *(R(n) for n in range(3, 9)), Q(3, WARC_Concurrent_To=None))
    found = [one.request for one in listed(catalog)]
    asked = [places[0], places[2]] if first == "request" else [places[1], places[3]]
    assert found == [*asked, *[None] * 6]  # the last request is too far from its response


def test_a_request_that_names_one_response_goes_to_no_other(catalog: Catalog) -> None:
    """The same URL twice in a row, as with a retry."""
    twice = R(7, url=URL.format(1), date="2020-05-04T08:30:00Z")
    places = entered(catalog, R(1), Q(1), twice)
    assert [one.request for one in listed(catalog)] == [places[1], None]


def test_captures_come_by_the_time_when_they_were_fetched_from_all_files(catalog: Catalog) -> None:
    entered(catalog, R(5), R(1), file="a")
    entered(catalog, R(4), R(2), file="b")
    assert [one.url[-1] for one in listed(catalog)] == ["1", "2", "4", "5"]
    assert [one.url[-1] for one in catalog.of_file("a", "r", "s")] == ["5", "1"]


@pytest.mark.parametrize(
    "kind", ["warcinfo", "conversion", "metadata", "continuation", "unheard-of", ""]
)
def test_other_records_are_no_captures(catalog: Catalog, kind: str) -> None:
    entered(catalog, warcs.record(kind, URL.format(1), b"whatever"))
    assert listed(catalog) == []


@pytest.mark.parametrize(
    "url",
    [
        "dns:paper.example",
        "urn:pageinfo:https://paper.example/",
        "metadata://gnu.org/wget",
        "ftp://paper.example/",
        "whois://x",
    ],
)
@pytest.mark.parametrize("kind", ["response", "resource"])
def test_what_did_not_come_over_http_is_no_capture(catalog: Catalog, kind: str, url: str) -> None:
    entered(catalog, warcs.record(kind, url, b"whatever"))
    assert listed(catalog) == []


def test_a_page_without_an_address_is_an_error_and_a_resource_is_none(catalog: Catalog) -> None:
    entered(catalog, warcs.record("resource", None, b"whatever"))
    with pytest.raises(ValueError, match="it has no WARC-Target-URI"):
        entered(catalog, warcs.record("response", None, b"whatever"))
    assert listed(catalog) == []


def test_a_resource_of_a_web_address_is_a_capture(catalog: Catalog) -> None:
    entered(
        catalog,
        warcs.record("resource", URL.format(1), b"<p>x", Content_Type="text/html; charset=x"),
    )
    (one,) = listed(catalog)
    assert (one.kind, one.mime, one.payload_type, one.status) == (
        "resource",
        "text/html",
        "text/html",
        None,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"WARC_Refers_To": f"<{warcs.id_of('response', 1)}>"},
        {"WARC_Refers_To_Target_URI": URL.format(1), "WARC_Refers_To_Date": "2020-05-04T08:01:00Z"},
        {"WARC_Payload_Digest": warcs.sha1(b"same")},
    ],
    ids=["by id", "by URI and date", "by digest"],
)
@pytest.mark.parametrize("order", ["before", "behind", "in another file"])
def test_the_original_of_a_revisit_is_found(
    catalog: Catalog, fields: dict[str, str], order: str
) -> None:
    original, again = R(1, b"same"), revisit(9, **fields)
    if order == "before":
        place = entered(catalog, original, R(2, b"other"), again)[0]
    elif order == "behind":
        place = entered(catalog, again, R(2, b"other"), original)[2]
    else:
        entered(catalog, again)
        (place,) = entered(catalog, original, file="b")
    found = listed(catalog)[-1].original
    assert found is not None
    assert (found.warc_record_id, found.url) == (warcs.id_of("response", 1), URL.format(1))
    assert (found.offset, found.length) == (place.offset, place.length)
    assert found.fetch_time == "2020-05-04T08:01:00.000000Z"
    assert found.payload_digest == warcs.sha1(b"same")


def test_an_original_of_the_same_url_goes_before_one_of_another(catalog: Catalog) -> None:
    entered(
        catalog,
        R(5, b"same"),
        R(1, b"same"),
        R(6, b"same"),
        revisit(9, WARC_Payload_Digest=warcs.sha1(b"same")),
    )
    found = listed(catalog)[-1].original
    assert found is not None
    assert found.url == URL.format(1)


def test_an_original_that_is_nowhere_is_told_as_far_as_the_record_tells(catalog: Catalog) -> None:
    entered(
        catalog,
        revisit(1),
        revisit(2, WARC_Refers_To="<urn:uuid:gone>", WARC_Payload_Digest="sha1:X"),
    )
    first, second = [one.original for one in listed(catalog)]
    assert first is not None
    assert second is not None
    assert (first.warc_record_id, first.url, first.fetch_time, first.file) == (
        "",
        URL.format(1),
        None,
        None,
    )
    assert (second.warc_record_id, second.payload_digest, second.file) == (
        "urn:uuid:gone",
        "sha1:X",
        None,
    )


def test_revisits_that_refer_to_each_other_have_no_original(catalog: Catalog) -> None:
    ids = [f"<{warcs.id_of('revisit', number)}>" for number in (1, 2)]
    entered(
        catalog,
        revisit(1, WARC_Refers_To=ids[1]),
        revisit(2, WARC_Refers_To=ids[0]),
        revisit(3, WARC_Refers_To=f"<{warcs.id_of('revisit', 3)}>"),
    )
    assert [one.original.file for one in listed(catalog) if one.original] == [None] * 3


def test_a_revisit_may_have_no_block_and_another_profile(catalog: Catalog) -> None:
    entered(
        catalog,
        R(1, b"same"),
        revisit(2, b"", "server-not-modified", WARC_Refers_To=f"<{warcs.id_of('response', 1)}>"),
    )
    one = listed(catalog)[-1]
    assert one.original is not None
    assert (one.status, one.original.profile) == (None, "server-not-modified")


def _segment(number: int, of: str, data: bytes, total: int | None = None) -> bytes:
    return warcs.record(
        "continuation",
        URL.format(1),
        data,
        number=number,
        WARC_Segment_Number=str(number),
        WARC_Segment_Origin_ID=f"<{of}>",
        WARC_Segment_Total_Length=None if total is None else str(total),
    )


def test_the_parts_of_a_body_are_put_together(catalog: Catalog) -> None:
    origin = warcs.id_of("response", 1)
    places = entered(
        catalog,
        _segment(3, origin, b"c", 3),
        R(1, b"a", WARC_Segment_Number="1"),
        _segment(2, origin, b"b"),
    )
    (one,) = listed(catalog)
    assert (one.continued, one.complete) == ((places[2], places[0]), True)


@pytest.mark.parametrize("lost", [2, 3])
def test_a_body_that_lacks_a_part_is_short(catalog: Catalog, lost: int) -> None:
    origin = warcs.id_of("response", 1)
    parts = [_segment(2, origin, b"b"), _segment(3, origin, b"c", 3)]
    del parts[lost - 2]
    entered(catalog, R(1, b"a", WARC_Segment_Number="1"), *parts)
    (one,) = listed(catalog)
    assert not one.complete
    assert len(one.continued) == lost - 2


def test_a_record_that_stands_twice_counts_once(catalog: Catalog) -> None:
    entered(catalog, R(1), R(2), R(1))
    entered(catalog, R(2), file="b")
    assert [one.url[-1] for one in listed(catalog)] == ["1", "2"]
    assert catalog.new_count() == 2


def test_two_records_of_one_id_are_two_captures(catalog: Catalog) -> None:
    same = "<urn:uuid:same>"
    entered(catalog, R(1, identity=same), R(2, identity=same), R(3, identity=same))
    found = listed(catalog)
    assert [one.url[-1] for one in found] == ["1", "2", "3"]
    assert len({one.warc_record_id for one in found}) == 3
    assert found[0].warc_record_id == "urn:uuid:same"


def test_a_record_that_stands_twice_under_the_id_of_another_is_one_capture(
    catalog: Catalog,
) -> None:
    same = "<urn:uuid:same>"
    places = entered(catalog, *(R(number, identity=same) for number in (1, 2, 2, 1)))
    found = listed(catalog)
    assert [one.url[-1] for one in found] == ["1", "2"]
    known = list(catalog.of_file("a", "run-1", "imported"))
    assert [one.offset for one in known] == [place.offset for place in places]
    first, second = (one.warc_record_id for one in found)
    assert [one.warc_record_id for one in known] == [first, second, second, first]


def test_a_record_that_already_has_the_id_that_another_is_given_is_the_same(
    catalog: Catalog, tmp_path: Path
) -> None:
    """As where a file is imported beside one that was exported of what it became."""
    same = "<urn:uuid:same>"
    entered(catalog, R(1, identity=same), R(2, identity=same))
    given = listed(catalog)[1].warc_record_id
    again = Catalog(tmp_path / "again.db")
    entered(again, R(1, identity=same), R(2, identity=same), R(2, identity=f"<{given}>"))
    assert [one.url[-1] for one in listed(again)] == ["1", "2"]
    again.close()


def test_what_was_added_after_a_mark_can_be_taken_back(catalog: Catalog) -> None:
    entered(catalog, R(1), Q(1))
    mark = catalog.mark()
    entered(catalog, R(2), Q(2), R(1))
    catalog.forget_after(mark)
    (one,) = listed(catalog)
    assert one.url == URL.format(1)
    assert one.request is not None
