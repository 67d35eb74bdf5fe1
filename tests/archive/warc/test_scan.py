"""The tolerant walk: damage costs the record that has it, and is named."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.types import Capture
from archive.warc import gzip as gzip_module
from archive.warc import records
from archive.warc.captures import read_groups, records_of
from archive.warc.records import (
    Located,
    Record,
    make_record,
    new_record_id,
    record_member,
    resource_record,
)
from archive.warc.scan import Damaged, scan, scan_groups

MakeCapture = Callable[..., Capture]
HARMLESS = range(4, 10)  # of a gzip header: the time, the level, the system it was made on


@pytest.fixture
def warc(make_capture: MakeCapture) -> list[Record]:
    """A warcinfo record and three exchanges, as they stand in one of our files."""
    found = make_capture(0)
    info = make_record("warcinfo", found.fetch_time, b"software: Backissue\r\n")
    return [info, *(r for n in range(3) for r in records_of(make_capture(n), info.id))]


def laid_out(warc: list[Record]) -> tuple[bytes, list[int]]:
    """The bytes of a file, and where its members begin and the last one ends."""
    members = [record_member(record) for record in warc]
    ends = [0]
    for member in members:
        ends.append(ends[-1] + len(member))
    return b"".join(members), ends


def walk(data: bytes, start: int = 0, end: int | None = None) -> list[Located | Damaged]:
    return list(scan(io.BytesIO(data), start, end))


def damage(found: list[Located | Damaged]) -> list[tuple[int, int]]:
    return [(one.offset, one.end) for one in found if isinstance(one, Damaged)]


def ids(found: list[Located | Damaged]) -> list[str]:
    return [one.record.id for one in found if isinstance(one, Located)]


def test_a_whole_file_comes_as_it_is(warc: list[Record]):
    data, ends = laid_out(warc)
    found = walk(data)
    assert [one.record for one in found if isinstance(one, Located)] == warc
    assert [one.offset for one in found] == ends[:-1]
    assert list(scan_groups(io.BytesIO(data))) == list(read_groups(io.BytesIO(data)))


def test_each_flipped_byte_costs_the_record_it_is_in(warc: list[Record]):
    warc = warc[:4]
    data, ends = laid_out(warc)
    for position in range(len(data)):
        number = sum(end <= position for end in ends) - 1
        flipped = bytearray(data)
        flipped[position] ^= 0xFF
        found = walk(bytes(flipped))
        if position - ends[number] in HARMLESS:
            assert ids(found) == [record.id for record in warc]
            continue
        rest = [record.id for n, record in enumerate(warc) if n != number]
        assert (ids(found), damage(found)) == (rest, [(ends[number], ends[number + 1])]), position


def test_a_damaged_record_is_named_where_its_head_is_legible(make_capture: MakeCapture):
    noise = random.Random(1).randbytes(5000)
    response = records_of(make_capture(body=noise))[0]
    member = bytearray(record_member(response))
    member[-100] ^= 1
    (found,) = walk(bytes(member))
    assert isinstance(found, Damaged)
    assert found.record_id == f"{response.id}"
    assert found.url == "https://review.example/issue/0"
    member[12] ^= 0xFF
    (found,) = walk(bytes(member))
    assert isinstance(found, Damaged)
    assert found.record_id is None


def test_a_file_cut_anywhere_ends_with_the_damage(warc: list[Record]):
    data, ends = laid_out(warc)
    for length in range(ends[-2] + 1, len(data)):
        found = walk(data[:length])
        assert damage(found) == [(ends[-2], length)]
        assert len(found) == len(warc)


def test_bytes_that_must_be_there_and_are_not_are_damage(warc: list[Record]):
    data, ends = laid_out(warc)
    (last,) = walk(data[: ends[-2]], ends[-2], ends[-1])
    assert last == Damaged(ends[-2], ends[-1], f"the file ends at byte {ends[-2]}")
    found = walk(data[: ends[-2] + 9], ends[-2], ends[-1])
    assert damage(found) == [(ends[-2], ends[-1])]


def test_a_range_is_left_neither_at_its_start_nor_at_its_end(warc: list[Record]):
    data, ends = laid_out(warc)
    hurt = bytearray(data)
    hurt[ends[3] + 20] ^= 0xFF
    assert ids(walk(bytes(hurt), ends[1], ends[3])) == [record.id for record in warc[1:3]]
    found = walk(bytes(hurt), ends[2], ends[4])
    assert damage(found) == [(ends[3], ends[4])]  # and not to the next whole record behind the end


@pytest.mark.parametrize(
    "between", [bytes(700), b"not gzip at all", gzip.compress(b"no record", mtime=0), b"\x1f\x8b"]
)
def test_what_is_no_record_is_damage_and_the_next_record_is_found(
    warc: list[Record], between: bytes
):
    data, ends = laid_out(warc)
    found = walk(data[: ends[2]] + between + data[ends[2] :])
    assert damage(found) == [(ends[2], ends[2] + len(between))]
    assert ids(found) == [record.id for record in warc]
    assert damage(walk(data + between)) == [(len(data), len(data) + len(between))]


def test_damage_longer_than_a_reading_is_left_behind(warc: list[Record]):
    data, ends = laid_out(warc)
    noise = random.Random(2).randbytes(700_000)
    found = walk(data[: ends[4]] + noise + data[ends[4] :])
    assert damage(found) == [(ends[4], ends[4] + len(noise))]
    assert ids(found) == [record.id for record in warc]


def stored(record: Record) -> bytes:
    """A member whose bytes stand in the file as they are: what is packed already is not packed."""
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    return packer.compress(records.record_bytes(record)) + packer.flush()


def test_records_inside_a_damaged_body_are_not_taken_for_ours(
    warc: list[Record], make_capture: MakeCapture
):
    inner, _ = laid_out(warc)
    info = make_record("warcinfo", make_capture().fetch_time, b"software: Backissue\r\n")
    response, request, metadata = records_of(make_capture(9, body=inner * 3), info.id)
    member = bytearray(stored(response))
    member[-3] ^= 1
    members = [record_member(info), bytes(member), *map(record_member, (request, metadata))]
    found = walk(b"".join(members))
    assert damage(found) == [(len(members[0]), len(members[0]) + len(member))]
    assert ids(found) == [info.id, request.id, metadata.id]


def test_a_damaged_warcinfo_costs_nothing_but_itself(warc: list[Record]):
    data, ends = laid_out(warc)
    for position in (0, 11, ends[1] - 1):
        hurt = bytearray(data)
        hurt[position] ^= 0xFF
        found = walk(bytes(hurt))
        assert damage(found) == [(0, ends[1])]
        assert ids(found) == [record.id for record in warc[1:]]


@pytest.mark.parametrize("size", [0, 1, 7, 100_000])
def test_what_is_no_warc_at_all_is_one_damage(size: int):
    data = random.Random(size).randbytes(size)
    assert damage(walk(data)) == ([(0, size)] if size else [])


def test_many_records_in_one_member_are_damage(warc: list[Record]):
    data = gzip.compress(b"".join(map(records.record_bytes, warc)))
    assert damage(walk(data)) == [(0, len(data))]


def test_a_record_that_inflates_without_end_is_damage(
    warc: list[Record], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gzip_module, "MAX_RECORD", 1 << 23)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    size = 8 * gzip_module.MAX_RECORD
    head = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % size
    bomb = packer.compress(head)
    bomb += b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    data, ends = laid_out(warc)
    tracemalloc.start()
    found = walk(data[: ends[4]] + bomb + data[ends[4] :])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert damage(found) == [(ends[4], ends[4] + len(bomb))]
    assert ids(found) == [record.id for record in warc]
    assert most < 2.5 * gzip_module.MAX_RECORD


# Exchanges


def groups(data: bytes) -> list[list[str] | tuple[int, int]]:
    """The types of each group, the place of each damage."""
    return [
        (found.offset, found.end)
        if isinstance(found, Damaged)
        else [located.record.type for located in found]
        for found in scan_groups(io.BytesIO(data))
    ]


WHOLE = ["response", "request", "metadata"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (4, [["warcinfo"], WHOLE, (4, 5), ["request"], ["metadata"], WHOLE]),
        (5, [["warcinfo"], WHOLE, (5, 6), ["response", "metadata"], WHOLE]),
        (6, [["warcinfo"], WHOLE, (6, 7), (4, 6), WHOLE]),
    ],
)
def test_damage_costs_one_exchange_and_never_its_neighbours(
    warc: list[Record], number: int, expected: list[list[str] | tuple[int, int]]
):
    data, ends = laid_out(warc)
    hurt = bytearray(data)
    hurt[ends[number] + 30] ^= 0xFF
    placed = [(ends[one[0]], ends[one[1]]) if isinstance(one, tuple) else one for one in expected]
    assert groups(bytes(hurt)) == placed


def test_the_last_exchange_that_lost_its_metadata_is_damage(warc: list[Record]):
    data, ends = laid_out(warc)
    found = list(scan_groups(io.BytesIO(data[:-4])))
    assert [one.offset for one in found if isinstance(one, Damaged)] == [ends[-2], ends[-4]]
    last = found[-1]
    assert isinstance(last, Damaged)
    assert (last.end, last.record_id) == (ends[-2], warc[-3].id)
    assert last.url == "https://review.example/issue/2"


def test_records_that_stand_alone_are_no_damage(make_capture: MakeCapture):
    log = resource_record(
        "urn:backissue:crawl-log:r", b"{}", "application/jsonl", make_capture().fetch_time
    )
    hurt = bytearray(record_member(log))
    hurt[30] ^= 0xFF
    assert groups(record_member(log) + bytes(hurt)) == [["resource"], (len(hurt), 2 * len(hurt))]


def test_a_file_on_disk_is_walked_without_holding_it(tmp_path: Path, make_capture: MakeCapture):
    info = new_record_id()
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as stream:
        for number in range(40):
            noise = random.Random(number).randbytes(1 << 20)
            for record in records_of(make_capture(number, body=noise), info):
                stream.write(record_member(record))
    with path.open("r+b") as stream:
        stream.seek(15 << 20)
        stream.write(bytes(3 << 20))
    tracemalloc.start()
    with path.open("rb") as stream:
        count = sum(isinstance(found, list) for found in scan_groups(stream))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 36 <= count <= 40
    assert most < 12 << 20
