"""Files that others made, walked: what is whole comes out, what is not is named, nothing hangs."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import warcs
from archive.imported.reader import (
    ForeignRecord,
    Unreadable,
    foreign_records,
    parse_fields,
    read_one,
)

THREE = [warcs.response(number, b"x" * 300) for number in range(3)]
IDS = [warcs.id_of("response", number) for number in range(3)]


def walked(data: bytes) -> list[ForeignRecord | Unreadable]:
    return list(foreign_records(io.BytesIO(data), 0, len(data)))


def ids(data: bytes) -> list[str]:
    return [found.record.id for found in walked(data) if isinstance(found, ForeignRecord)]


def damage(data: bytes) -> list[Unreadable]:
    return [found for found in walked(data) if isinstance(found, Unreadable)]


def plain(*records: bytes) -> bytes:
    return b"".join(records)


@pytest.mark.parametrize("pack", [plain, warcs.members], ids=["plain", "gzip"])
def test_a_record_is_read_alone_where_it_stands(pack: Callable[..., bytes]) -> None:
    data = b"something else" + pack(*THREE)
    found = list(foreign_records(io.BytesIO(data), 14, len(data)))
    assert [one.record.id for one in found if isinstance(one, ForeignRecord)] == IDS
    for one in found:
        assert isinstance(one, ForeignRecord)
        assert one.alone
        assert read_one(io.BytesIO(data), one.offset, one.length) == one
        assert one.head + one.record.block + b"\r\n\r\n" in THREE
    assert found[-1].offset + found[-1].length == len(data)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gzip.compress(b"".join(THREE)), id="all in one member"),
        pytest.param(
            gzip.compress(b"".join(THREE)[:700]) + gzip.compress(b"".join(THREE)[700:]),
            id="members cut anywhere",
        ),
        pytest.param(gzip.compress(THREE[0] + THREE[1]) + gzip.compress(THREE[2]), id="two in one"),
    ],
)
def test_records_without_members_of_their_own_are_read_and_are_not_alone(data: bytes) -> None:
    found = [one for one in walked(data) if isinstance(one, ForeignRecord)]
    assert [one.record.id for one in found] == IDS
    assert not all(one.alone for one in found)


@pytest.mark.parametrize("pack", [plain, warcs.members], ids=["plain", "gzip"])
@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n", b"\n\n", b"\r\n" * 5])
def test_line_ends_behind_a_record_may_lack_or_abound(
    pack: Callable[..., bytes], tail: bytes
) -> None:
    data = pack(*(warcs.response(number, b"x", tail=tail) for number in range(3)))
    assert ids(data) == IDS
    assert damage(data) == []
    assert all(isinstance(one, ForeignRecord) and one.alone for one in walked(data))


@pytest.mark.parametrize("version", ["WARC/0.18", "WARC/1.0", "WARC/1.1"])
def test_versions_and_the_case_of_names_do_not_matter(version: str) -> None:
    data = warcs.response(0, b"x", version=version).replace(b"WARC-Type", b"warc-type")
    data = data.replace(b"Content-Length", b"CONTENT-LENGTH").replace(
        b"\r\nWARC-Date: ", b"\nwarc-date:"
    )
    (found,) = walked(data)
    assert isinstance(found, ForeignRecord)
    assert (found.record.type, found.record.get("WARC-Date")) == (
        "response",
        "2020-05-04T08:00:00Z",
    )


def test_a_file_like_those_of_clueweb09_is_read() -> None:
    """Line feeds alone, a blank line too many, dates that count the days of the year."""
    records = [
        warcs.response(number, b"x" * 300, version="WARC/0.18", date="2009-03-65T08:43:19-0800")
        for number in range(3)
    ]
    data = b""
    for one in records:
        head, _, block = one.partition(b"\r\n\r\n")
        data += head.replace(b"\r\n", b"\n") + b"\n\n" + block.removesuffix(b"\r\n\r\n") + b"\n\n\n"
    assert ids(data) == ids(gzip.compress(data)) == IDS
    assert damage(data) == []


def test_folded_lines_and_odd_bytes_in_a_header_are_read() -> None:
    head = b"WARC/1.0\r\nA: one\r\n  two\r\nno colon\r\n: nameless\r\nB: \xe9t\xe9\r\nC: \xc3\xa9\r\n\r\n"
    assert parse_fields(head) == (("A", "one two"), ("B", "été"), ("C", "é"))


@pytest.mark.parametrize("pack", [plain, warcs.members], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("length", "why"),
    [
        (10 * 2**30, "more than 256 MiB are not read"),
        (10**17, "more than 256 MiB are not read"),
        (2**28, "bytes follow"),
        (400, "the record goes on"),
        (10, "the record goes on"),
    ],
)
def test_a_wrong_length_costs_its_record_alone(
    pack: Callable[..., bytes], length: int, why: str
) -> None:
    data = pack(THREE[0], warcs.response(9, b"x" * 300, length=length), THREE[1], THREE[2])
    assert ids(data) == IDS
    (found,) = damage(data)
    assert why in found.why
    assert found.offset == len(pack(THREE[0]))
    assert found.end == len(data) - len(pack(*THREE[1:]))


@pytest.mark.parametrize("value", ["-1", "0x10", "", "1e3", "12 12", "9" * 40])
def test_a_length_that_is_none_is_named(value: str) -> None:
    told = b"Content-Length: " + value.encode()
    bad = re.sub(rb"Content-Length: \d+", told, warcs.response(9, b""))
    assert ids(THREE[0] + bad + THREE[1]) == IDS[:2]
    assert repr(value[:40]) in damage(THREE[0] + bad + THREE[1])[0].why


def test_no_length_and_two_lengths_are_named() -> None:
    without = THREE[0].replace(b"Content-Length", b"Content-Width")
    twice = THREE[0].replace(b"Content-Length: ", b"Content-Length: 7\r\nContent-Length: ")
    assert [one.why for one in damage(without + twice + THREE[1])] == [
        "it has no Content-Length",
        "it has two Content-Lengths",
    ]


def test_a_record_that_ends_with_its_file_too_early_is_named() -> None:
    data = THREE[0] + THREE[1][:-100]
    (found,) = damage(data)
    assert (found.offset, found.end) == (len(THREE[0]), len(data))
    assert "bytes follow" in found.why


def test_what_is_wrong_with_a_gzip_file_is_told_apart() -> None:
    good = warcs.members(*THREE)
    torn, after = good[:-9], len(warcs.members(*THREE[:2]))
    cases = {
        good + bytes(100) + good: (len(good), "zero bytes, no gzip member"),
        good + b"who wrote this here": (len(good), "no gzip member begins here"),
        torn: (after, "the gzip member is torn"),
    }
    for data, expected in cases.items():
        (found,) = damage(data)
        assert (found.offset, found.why) == expected
        assert found.end == (len(good) + 100 if data.endswith(good) else len(data))


@pytest.mark.parametrize("pack", [plain, warcs.members], ids=["plain", "gzip"])
@pytest.mark.parametrize("end", [bytes(100), bytes(1 << 20), b"\r\n\r\n", b"\n" * 70, b"\0\r\n\0"])
def test_zeros_and_line_ends_behind_the_last_record_are_no_damage(
    pack: Callable[..., bytes], end: bytes
) -> None:
    data = pack(*THREE) + end
    assert ids(data) == IDS
    assert damage(data) == []
    assert all(isinstance(one, ForeignRecord) and one.alone for one in walked(data))


def test_line_ends_between_members_are_no_damage_and_zeros_are() -> None:
    first, second = warcs.members(THREE[0]), warcs.members(THREE[1])
    assert damage(first + b"\r\n" + second) == []
    assert [one.alone for one in walked(first + b"\r\n" + second)] == [True, True]  # type: ignore[union-attr]
    (found,) = damage(first + bytes(4096) + second)
    assert (found.offset, found.end) == (len(first), len(first) + 4096)


def test_each_flipped_byte_costs_at_most_its_record() -> None:
    """A byte of a member's header that says nothing (time, system) costs none."""
    data = warcs.members(*THREE)
    start = len(warcs.members(THREE[0]))
    end = start + len(warcs.members(THREE[1]))
    harmless = []
    for at in range(start, end):
        hurt = bytearray(data)
        hurt[at] ^= 0xFF
        found = walked(bytes(hurt))
        good = [one.record.id for one in found if isinstance(one, ForeignRecord)]
        if good == IDS:
            harmless.append(at - start)
            assert found == walked(data)
        else:
            assert good == [IDS[0], IDS[2]]
            assert [(one.offset, one.end) for one in damage(bytes(hurt))] == [(start, end)]
    assert harmless == [4, 5, 6, 7, 8, 9]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_bytes_make_it_raise_or_lose_what_stands_before_them(data: st.DataObject) -> None:
    pack = data.draw(st.sampled_from([plain, warcs.members]))
    good = pack(*THREE)
    at = data.draw(st.integers(0, len(good)))
    cut = data.draw(st.integers(at, len(good)))
    hurt = good[:at] + data.draw(st.binary(max_size=40)) + good[cut:]
    found = walked(hurt)
    before = [
        one.record.id
        for one in walked(good)
        if isinstance(one, ForeignRecord) and one.offset + one.length <= at
    ]
    assert [one.record.id for one in found if isinstance(one, ForeignRecord)][
        : len(before)
    ] == before
    for one in found:
        if isinstance(one, Unreadable):
            assert 0 <= one.offset <= one.end <= len(hurt)


def test_a_whole_file_of_lies_is_walked_in_time_that_grows_with_its_size() -> None:
    """Each of these made a simpler reader read the rest of the file once per record."""
    for lie in (b"WARC/1.0\r\nA: b\r\n", b"WARC/1.0\r\nContent-Length: 268435456\r\n\r\n"):
        count = 20_000
        assert len(walked(lie * count)) <= count + 1


_BOMB = """
import gzip, io, resource, sys
from archive.imported.reader import foreign_records
packer = gzip.GzipFile(fileobj=(out := io.BytesIO()), mode="wb", mtime=0)
packer.write(b"WARC/1.0\\r\\n" + {head!r})
for _ in range({pieces}):
    packer.write({piece!r} * 1024)
packer.close()
data = out.getvalue()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = list(foreign_records(io.BytesIO(data), 0, len(data)))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(found), after - before, found[0].why)
"""


@pytest.mark.parametrize(
    ("head", "piece", "why"),
    [
        pytest.param(b"A: ", b"a" * 1024, "header does not end", id="an endless header"),
        pytest.param(
            b"Content-Length: 10737418240\r\n\r\n", bytes(1024), "not read", id="a huge block"
        ),
    ],
)
def test_a_bomb_is_not_unpacked_into_memory(head: bytes, piece: bytes, why: str) -> None:
    script = _BOMB.format(head=head, piece=piece, pieces=120)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=True
    )
    count, grown, *words = done.stdout.split()
    assert int(count) == 1
    assert int(grown) < 60_000  # KiB, of 120 MiB unpacked
    assert why in " ".join(words)
