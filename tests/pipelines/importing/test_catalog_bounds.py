"""Files made so that all their records share something: the work grows with the records alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import warcs
from archive.imported.index import HeldCapture
from archive.imported.reader import ForeignRecord, foreign_records
from pipelines.importing.catalog import Catalog

R, Q = warcs.response, warcs.request
URL = "https://paper.example/2020/1"
SAME = "<urn:uuid:same>"
REVISIT = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
PROFILE = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
_STEPS = 100  # instructions of SQLite's machine that count as one


def one_id(count: int) -> list[bytes]:
    """Pairs that all have the same id."""
    pairs = [
        [R(n, b"x%d" % n, identity=SAME), Q(n, identity=SAME, WARC_Concurrent_To=SAME)]
        for n in range(count)
    ]
    return [record for pair in pairs for record in pair]


def one_id_and_address(count: int) -> list[bytes]:
    """The same, at one address and time: only the bytes differ."""
    given = {"identity": SAME, "url": URL, "date": "2020-05-04T08:00:00Z"}
    pairs = [
        [R(n, b"x%d" % n, **given), Q(n, WARC_Concurrent_To=SAME, **given)] for n in range(count)
    ]
    return [record for pair in pairs for record in pair]


def all_named_by_one(count: int) -> list[bytes]:
    """One response names all requests, and all of them name it."""
    first = R(0, b"x", identity=SAME)
    many = "".join(f"WARC-Concurrent-To: <{warcs.id_of('request', n)}>\r\n" for n in range(count))
    named = first.replace(b"Content-Length", many.encode() + b"Content-Length", 1)
    others = (R(n, b"y", identity=SAME) for n in range(1, count))
    return [named, *(Q(n, WARC_Concurrent_To=SAME) for n in range(count)), *others]


def one_digest(count: int) -> list[bytes]:
    """Originals and revisits with one payload, none of them tied by an id."""
    digest = {"WARC_Payload_Digest": warcs.sha1(b"same")}
    given = digest | {"date": "2020-06-04T08:00:00Z", "WARC_Profile": PROFILE}
    again = [
        warcs.record("revisit", f"{URL}/{n % 7}", REVISIT, number=n, **given) for n in range(count)
    ]
    return [*(R(n, b"same", **digest) for n in range(count)), *again]


def one_original(count: int) -> list[bytes]:
    """Revisits of an id that many responses have."""
    given = {"WARC_Profile": PROFILE, "WARC_Refers_To": SAME, "date": "2020-06-04T08:00:00Z"}
    again = [warcs.record("revisit", URL, REVISIT, number=n, **given) for n in range(count)]
    return [*(R(n, b"x", identity=SAME) for n in range(count)), *again]


def one_body(count: int) -> list[bytes]:
    """Responses of one id that all begin a body, and that many parts of it."""
    first = [R(1, b"x", identity=SAME, WARC_Segment_Number="1") for _ in range(count)]
    parts = [
        warcs.record(
            "continuation",
            URL,
            b"y",
            number=n,
            WARC_Segment_Number=str(n),
            WARC_Segment_Origin_ID=SAME,
        )
        for n in range(2, count)
    ]
    return [*first, *parts]


def work(path: Path, records: list[bytes]) -> int:
    """How many instructions SQLite ran to connect *records*, in hundreds."""
    catalog, steps = Catalog(path), [0]

    def count() -> int:
        steps[0] += 1
        return 0

    connection: sqlite3.Connection = catalog._connection
    connection.set_progress_handler(count, _STEPS)
    data = b"".join(records)
    for found in foreign_records(warcs.stream(data), 0, len(data)):
        assert isinstance(found, ForeignRecord)
        catalog.add("a", found)
    catalog.connect()
    while catalog.tell_apart():
        pass
    assert list(catalog.new("run-1", "imported"))
    list(catalog.of_file("a", "run-1", "imported"))
    catalog.close()
    return steps[0]


@pytest.mark.parametrize(
    "made", [one_id, one_id_and_address, all_named_by_one, one_digest, one_original, one_body]
)
def test_twice_the_records_are_about_twice_the_work(
    tmp_path: Path, made: Callable[[int], list[bytes]]
) -> None:
    few = work(tmp_path / "few.db", made(300))
    many = work(tmp_path / "many.db", made(600))
    assert many < 2.6 * few


def listed(tmp_path: Path, records: list[bytes]) -> list[HeldCapture]:
    catalog = Catalog(tmp_path / "catalog.db")
    data = b"".join(records)
    for found in foreign_records(warcs.stream(data), 0, len(data)):
        assert isinstance(found, ForeignRecord)
        catalog.add("a", found)
    catalog.connect()
    while catalog.tell_apart():
        pass
    held = list(catalog.new("run-1", "imported"))
    catalog.close()
    return held


def test_each_capture_of_one_id_has_the_request_of_its_own_address(tmp_path: Path) -> None:
    records = one_id(40)
    found = listed(tmp_path, records)
    starts = [sum(map(len, records[:at])) for at in range(len(records))]
    asked = {one.url: one.request.offset for one in found if one.request}
    assert asked == {
        f"https://paper.example/2020/{number}": starts[2 * number + 1] for number in range(40)
    }


def test_other_bytes_under_the_same_id_address_and_date_are_another_capture(
    tmp_path: Path,
) -> None:
    found = listed(tmp_path, one_id_and_address(3) * 2)
    assert len(found) == 3
    assert len({one.warc_record_id for one in found}) == 3
