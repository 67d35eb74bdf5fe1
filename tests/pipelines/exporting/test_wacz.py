"""A WACZ: the very records, an index that leads to them, pages with their texts; the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.errors import UsageError
from archive.imported.wacz import read_wacz
from archive.library import Library
from archive.warc.captures import read_groups
from archive.warc.cdxj import from_line
from archive.warc.records import record_bytes
from backissue.cli import main
from pipelines.exporting.selection import Filters
from pipelines.exporting.wacz import MAX_WARC, Packed, export_wacz
from small import START, Small, make_small

ALL = Filters()


@pytest.fixture(scope="module")
def small_made(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The tests only read it."""
    return make_small(tmp_path_factory.mktemp("small") / "library")


@pytest.fixture
def packed(small_made: Small, tmp_path: Path) -> tuple[Path, Packed]:
    path = tmp_path / "small.wacz"
    return path, export_wacz(small_made.library, path, ALL)


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def records(data: bytes) -> dict[str, bytes]:
    groups = read_groups(io.BytesIO(data))
    return {one.record.id: record_bytes(one.record) for group in groups for one in group}


def originals(library: Library) -> dict[str, bytes]:
    files = library.path.glob("warc/**/*.warc.gz")
    return {id: data for path in files for id, data in records(path.read_bytes()).items()}


def test_records_are_those_of_the_library_bit_for_bit(
    small_made: Small, packed: tuple[Path, Packed]
) -> None:
    path, made = packed
    found, before = records(part(path, "archive/data.warc.gz")), originals(small_made.library)
    assert found.items() <= before.items()
    assert {one.warc_record_id for one in small_made.captures} <= found.keys()
    assert made.captures == len(small_made.captures)
    used = {row["warc_filename"] for row in small_made.library.captures()}
    infos = {next(iter(records((small_made.library.path / name).read_bytes()))) for name in used}
    assert len(infos) > 1
    assert infos <= found.keys()


def test_each_line_of_the_index_leads_to_its_record(packed: tuple[Path, Packed]) -> None:
    path, made = packed
    warc = part(path, "archive/data.warc.gz")
    lines = gzip.decompress(part(path, "indexes/index.cdx.gz")).decode().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == made.captures - 2  # the server said of two that they were as before
    for entry in map(from_line, lines):
        assert entry.status == 200
        member = gzip.decompress(warc[entry.offset : entry.offset + entry.length])
        assert f"WARC-Target-URI: {entry.url}\r\n".encode() in member
    _, first = part(path, "indexes/index.idx").decode().splitlines()
    assert first.startswith(" ".join(lines[0].split(" ")[:2]))


def test_pages_are_the_articles_with_their_texts(
    small_made: Small, packed: tuple[Path, Packed]
) -> None:
    path, made = packed
    head, *pages = map(json.loads, part(path, "pages/pages.jsonl").splitlines())
    assert head["format"] == "json-pages-1.0"
    rows = {row["article_id"]: row for row in small_made.library.articles()}
    assert len(pages) == made.pages == len(rows)
    for page in pages:
        row = rows[page["id"]]
        assert (page["url"], page["text"]) == (row["url"], row["article_body"])
        assert page["title"] == row["headline"]


def test_the_description_has_the_digest_of_each_file(packed: tuple[Path, Packed]) -> None:
    path, made = packed
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    package: dict[str, Any] = json.loads(part(path, "datapackage.json"))
    own = {"datapackage.json", "datapackage-digest.json"}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        stored = {one.filename for one in archive.infolist() if not one.compress_type}
    assert {one["path"] for one in package["resources"]} == {*names} - own
    assert {"archive/data.warc.gz", "indexes/index.cdx.gz"} <= stored
    for one in package["resources"]:
        data = part(path, one["path"])
        assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert one["bytes"] == len(data)
    with path.open("rb") as stream:
        assert [one.name for one in read_wacz(stream, path, strict=True).parts] == [
            "archive/data.warc.gz"
        ]


def test_the_same_captures_give_the_same_bytes(
    small_made: Small, packed: tuple[Path, Packed], tmp_path: Path
) -> None:
    again = tmp_path / "again.wacz"
    export_wacz(small_made.library, again, ALL)
    assert again.read_bytes() == packed[0].read_bytes()


def test_what_a_revisit_repeats_goes_along(small_made: Small, tmp_path: Path) -> None:
    repeated = {one.warc_record_id: one.original for one in small_made.captures if one.original}
    assert repeated
    last = max(one.fetch_time for one in small_made.captures if one.original)
    path = tmp_path / "late.wacz"
    made = export_wacz(small_made.library, path, Filters(since=last))
    found = records(part(path, "archive/data.warc.gz"))
    wanted = {original.warc_record_id for id, original in repeated.items() if id in found}
    assert made.originals
    assert wanted <= found.keys()


@pytest.mark.parametrize(
    ("name", "filters", "said"),
    [
        ("small.zip", ALL, "ends in .wacz"),
        ("nowhere/small.wacz", ALL, "is no folder"),
        ("small.wacz", Filters(source="nobody"), "no capture is like that"),
    ],
)
def test_what_cannot_be_is_said_and_leaves_nothing(
    small_made: Small, tmp_path: Path, name: str, filters: Filters, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        export_wacz(small_made.library, tmp_path / name, filters)
    assert [*tmp_path.iterdir()] == []


def test_what_is_too_large_for_one_warc_file_goes_into_several(
    small_made: Small, packed: tuple[Path, Packed], tmp_path: Path
) -> None:
    path, again, most = tmp_path / "cut.wacz", tmp_path / "again.wacz", 3_000
    made = export_wacz(small_made.library, path, ALL, max_warc=most)
    export_wacz(small_made.library, again, ALL, max_warc=most)
    assert path.read_bytes() == again.read_bytes()
    assert made.captures == packed[1].captures
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        warcs = {
            one.filename.removeprefix("archive/"): archive.read(one)
            for one in archive.infolist()
            if one.filename.startswith("archive/")
        }
    assert list(warcs)[:2] == ["data.warc.gz", "data_00001.warc.gz"]
    assert all(len(warc) <= most for warc in warcs.values())
    assert all(len(warc) > most // 3 for warc in [*warcs.values()][:-1])
    whole = records(part(packed[0], "archive/data.warc.gz"))
    found = [records(warc) for warc in warcs.values()]
    assert {id: data for some in found for id, data in some.items()} == whole
    assert all(
        next(iter(some.values())).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo") for some in found
    )
    lines = gzip.decompress(part(path, "indexes/index.cdx.gz")).decode().splitlines()
    assert len(lines) == made.captures - 2
    for entry in map(from_line, lines):
        member = warcs[entry.filename][entry.offset : entry.offset + entry.length]
        assert f"WARC-Target-URI: {entry.url}\r\n".encode() in gzip.decompress(member)
    with path.open("rb") as stream:
        assert [one.name for one in read_wacz(stream, path, strict=True).parts] == [
            f"archive/{name}" for name in warcs
        ]


def test_a_warc_file_of_the_largest_size_has_a_plain_header() -> None:
    assert MAX_WARC * 1.05 < zipfile.ZIP64_LIMIT  # where zipfile begins with ZIP64


def test_a_file_that_is_there_is_kept(small_made: Small, tmp_path: Path) -> None:
    path = tmp_path / "small.wacz"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="is there already"):
        export_wacz(small_made.library, path, ALL)
    assert path.read_bytes() == b"mine"


def test_an_interrupted_export_leaves_nothing(small_made: Small, tmp_path: Path) -> None:
    def stop(done: int, total: int, text: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_wacz(small_made.library, tmp_path / "small.wacz", ALL, stop)
    assert [*tmp_path.iterdir()] == []


def test_the_command_says_what_the_file_holds(
    small_made: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.wacz"
    words = ["export", "wacz", str(path), "--library", str(small_made.library.path)]
    run: Callable[..., int] = main
    assert run([*words, "--json", "--since", START.isoformat()]) == 0
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert summary["file"] == str(path)
    assert summary["captures"] == len(small_made.captures)
    assert run([*words, "--output", str(path)]) == 2


def test_data_stands_where_the_directory_lets_expect_it(packed: tuple[Path, Packed]) -> None:
    """wabac.js finds a record by the directory alone: a local header has no more than that."""
    path, _ = packed
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        for one in archive.infolist():
            header = data[one.header_offset : one.header_offset + 30]
            assert int.from_bytes(header[28:30], "little") == len(one.extra) == 0
