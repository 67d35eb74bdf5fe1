"""Records of ARC files: both versions, plain and packed, tidy and torn."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

import arcs
import warcs
from archive.imported.arc import LINE_FIELD, parse_line
from archive.imported.reader import ForeignRecord, Unreadable, foreign_records, read_one, target_uri

URLS = [f"https://paper.example/2020/{number}" for number in range(3)]


def plain(*records: bytes) -> bytes:
    return b"".join(records)


def walked(data: bytes) -> list[ForeignRecord | Unreadable]:
    return list(foreign_records(warcs.stream(data), 0, len(data)))


def read(data: bytes) -> list[ForeignRecord]:
    return [one for one in walked(data) if isinstance(one, ForeignRecord)]


def damage(data: bytes) -> list[Unreadable]:
    return [one for one in walked(data) if isinstance(one, Unreadable)]


def urls(data: bytes) -> list[str]:
    return [target_uri(one.record) for one in read(data)]


@pytest.mark.parametrize("pack", [plain, arcs.members], ids=["plain", "gzip"])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("described", [True, False])
def test_each_record_comes_as_one_of_warc_from_where_it_stands(
    pack: Callable[..., bytes], version: int, described: bool
) -> None:
    pages = [arcs.response(number, version=version) for number in range(3)]
    data = pack(*([arcs.filedesc(version)] if described else []), *pages)
    found = read(data)
    assert damage(data) == []
    assert [one.record.type for one in found] == ["warcinfo"] * described + ["response"] * 3
    assert urls(data)[described:] == URLS
    for number, one in enumerate(found[described:]):
        assert one.alone
        assert read_one(warcs.stream(data), one.offset, one.length) == one
        assert one.record.block in pages[number]
        assert one.record.get("WARC-Date") == f"2004-01-02T03:04:{number:02}.000000Z"
        assert one.record.get("WARC-IP-Address") == arcs.IP
        assert one.record.get("Content-Type") == "application/http; msgtype=response"
        assert one.record.get(LINE_FIELD) == pages[number].partition(b"\n")[0].decode()
    assert found[-1].offset + found[-1].length == len(data)


def test_its_header_is_that_of_a_record_of_warc() -> None:
    (one,) = read(arcs.response(1))
    data = one.head + one.record.block + b"\r\n\r\n"
    (again,) = read(data)
    assert again.record == one.record


def test_an_id_follows_from_the_bytes_of_the_record_wherever_it_stands() -> None:
    first, second = arcs.response(1), arcs.response(2)
    alone, packed = read(first)[0], read(arcs.members(second, first))[1]
    assert alone.record.id == packed.record.id
    others = [arcs.response(2), arcs.response(1, date="20050102030405"), arcs.response(1, ip="::1")]
    others.append(arcs.response(1, block=arcs.HEAD + b"other"))
    assert len({read(one)[0].record.id for one in [first, *others]}) == 5


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"http://a.example/ 192.0.2.7 20040102030405 text/html 7", ("text/html", 7)),
        (b"http://a.example/ - 200401020304 - 0", ("-", 0)),
        (b"http://a.example/ 2001:db8::1 19960923142103 no-type 12", ("no-type", 12)),
        (
            b"http://a.example/ 192.0.2.7 20040102030405 text/html; charset=x 7",
            ("text/html; charset=x", 7),
        ),
        (
            b"http://a.example/ 192.0.2.7 20040102030405 text/html 200 abc - 99 f.arc 7",
            ("text/html", 7),
        ),
        (b"http://a.example/ 192.0.2.7 20040102030405 7", ("", 7)),
    ],
)
def test_lines_are_read_as_crawlers_wrote_them(line: bytes, expected: tuple[str, int]) -> None:
    found = parse_line(line + b"\n")
    assert found is not None
    assert (found.url, found.type, found.length) == ("http://a.example/", *expected)
    assert found.size == len(line) + 1


@pytest.mark.parametrize(
    "line",
    [
        b"no address 192.0.2.7 20040102030405 text/html 7",
        b"http://a.example/ somewhere 20040102030405 text/html 7",
        b"http://a.example/ 192.0.2.7 yesterday text/html 7",
        b"http://a.example/ 192.0.2.7 20040102030405 text/html -7",
        b"http://a.example/ 192.0.2.7 20040102030405 text/html 7e3",
        b"http: //a.example/ 192.0.2.7",
        b"",
    ],
)
def test_other_lines_are_none(line: bytes) -> None:
    assert parse_line(line + b"\n") is None


def test_an_address_with_spaces_and_odd_bytes_is_read() -> None:
    data = arcs.record("http://a.example/old b\xe9 c.html", arcs.HEAD + b"x")
    assert urls(data) == ["http://a.example/old%20b\xe9%20c.html"]


@pytest.mark.parametrize(
    ("url", "block", "kind", "type_"),
    [
        ("http://a.example/0.9", b"<html>an old answer", "text/html", "text/html"),
        (
            "dns:a.example",
            b"20040102030405\na.example. 60 IN A 192.0.2.7\n",
            "text/dns",
            "text/dns",
        ),
        ("ftp://a.example/f", b"bytes", "no-type", "application/octet-stream"),
    ],
)
def test_a_block_without_a_status_line_is_a_resource(
    url: str, block: bytes, kind: str, type_: str
) -> None:
    (found,) = read(arcs.record(url, block, kind=kind))
    assert (found.record.type, found.record.get("Content-Type")) == ("resource", type_)
    assert found.record.block == block


@pytest.mark.parametrize("pack", [plain, arcs.members], ids=["plain", "gzip"])
@pytest.mark.parametrize("length", [10, 100_000, 10**15])
def test_a_wrong_length_costs_its_record_alone(pack: Callable[..., bytes], length: int) -> None:
    first, third = arcs.response(0), arcs.response(2)
    data = pack(first, arcs.response(1, length=length), third)
    assert urls(data) == [URLS[0], URLS[2]]
    (found,) = damage(data)
    assert (found.offset, found.end) == (len(pack(first)), len(data) - len(pack(third)))


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n", b"\n\n\n"])
def test_line_ends_behind_a_record_may_lack_or_abound(tail: bytes) -> None:
    pages = [arcs.response(number, tail=tail) for number in range(3)]
    for data in (plain(*pages), arcs.members(*pages)):
        assert (urls(data), damage(data)) == (URLS, [])


def test_a_torn_member_and_garbage_are_named_and_the_rest_is_read() -> None:
    first, second, third = (arcs.members(arcs.response(number)) for number in range(3))
    data = first + second[:-20] + b"garbage" + third
    assert urls(data) == [URLS[0], URLS[2]]
    (found,) = damage(data)
    assert (found.offset, found.end) == (len(first), len(data) - len(third))


def test_all_records_in_one_member_are_read_and_are_not_alone() -> None:
    data = gzip.compress(b"".join([arcs.filedesc(), *(arcs.response(n) for n in range(3))]))
    assert urls(data)[1:] == URLS
    assert not any(one.alone for one in read(data))


def test_a_body_that_holds_lines_of_another_file_is_one_body() -> None:
    inner = arcs.filedesc() + arcs.response(9)
    data = arcs.response(0, block=arcs.HEAD + inner) + arcs.response(1)
    assert urls(data) == URLS[:2]


def test_a_file_of_warc_is_not_read_as_arc_where_it_is_damaged() -> None:
    hurt = warcs.response(1, arcs.response(5) + arcs.response(6), length=10)
    data = warcs.response(0, b"x") + hurt + warcs.response(2, b"x")
    assert urls(data) == [URLS[0], URLS[2]]
