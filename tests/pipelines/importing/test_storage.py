"""Files into `warc/imported/`: as they came, under plain names, never over another file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import zstandard

import arcs
import warcs
from archive.disk import files
from archive.errors import DiskFull, NotImportable
from archive.imported.index import FOLDER
from archive.imported.reader import ForeignRecord, foreign_records
from archive.library import Library
from pipelines.importing.storage import (
    StoredFile,
    TwinSource,
    kind_of,
    safe_name,
    sha256_of,
    store_file,
    write_twin,
)

GOOD = warcs.members(warcs.warcinfo(), warcs.response(1))


def kept(library: Library, path: Path, suffix: str = ".warc.gz") -> StoredFile:
    with path.open("rb") as stream:
        return store_file(library, stream, path, suffix, lambda _: None)


def names(library: Library) -> list[str]:
    return sorted(path.name for path in (library.path / FOLDER).iterdir())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("crawl.warc.gz", "crawl.warc.gz"),
        ("Crawl.WARC.GZ", "Crawl.warc.gz"),
        ("crawl.gz", "crawl.warc.gz"),
        ("a/b\\c:d.warc.gz", "a-b-c-d.warc.gz"),
        ("../../etc/passwd", "etc-passwd.warc.gz"),
        ("..", "file.warc.gz"),
        (".hidden.warc.gz", "hidden.warc.gz"),
        ("-rf.warc.gz", "rf.warc.gz"),
        ("CON.warc.gz", "file-CON.warc.gz"),
        ("com1", "file-com1.warc.gz"),
        ("naïve\n\x00雪.warc.gz", "na-ve.warc.gz"),
        ("雪.warc.gz", "file.warc.gz"),
        ("x" * 300 + ".warc.gz", "x" * 120 + ".warc.gz"),
    ],
)
def test_names_become_plain(name: str, expected: str) -> None:
    assert safe_name(name, ".warc.gz") == expected


def test_a_file_is_kept_as_it_came(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a crawl.warc.gz"
    path.write_bytes(GOOD)
    found = kept(library, path)
    assert found.file == f"{FOLDER}/a-crawl.warc.gz"
    assert (library.path / found.file).read_bytes() == GOOD
    assert (found.name, found.size) == ("a crawl.warc.gz", len(GOOD))
    path.write_bytes(b"changed later, in its place")
    with (library.path / found.file).open("rb") as stream:
        assert sha256_of(stream) == found.sha256


def test_equal_content_is_kept_once_and_other_content_under_another_name(
    library: Library, tmp_path: Path
) -> None:
    found = []
    for folder, content in (("a", GOOD), ("b", GOOD), ("c", GOOD + GOOD), ("d", GOOD + GOOD)):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "crawl.warc.gz"
        path.write_bytes(content)
        found.append(kept(library, path).file)
    assert found[0] == found[1] != found[2] == found[3]
    assert len(names(library)) == 2
    assert (library.path / found[0]).read_bytes() == GOOD
    assert (library.path / found[2]).read_bytes() == GOOD + GOOD


def test_a_file_that_changes_meanwhile_is_not_kept(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "growing.warc.gz"
    path.write_bytes(GOOD)

    def grow(_: int) -> None:
        with path.open("ab") as stream:
            stream.write(GOOD)
            os.utime(path, (1, 1))

    with path.open("rb") as stream, pytest.raises(NotImportable, match="changed while it was read"):
        store_file(library, stream, path, ".warc.gz", _once(grow))
    assert names(library) == []


def _once(function):  # type: ignore[no-untyped-def]
    called: list[int] = []
    return lambda count: None if called else (called.append(1), function(count))


def test_the_floor_is_looked_at_before_the_copy(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "large.warc.gz"
    with path.open("wb") as stream:
        stream.write(GOOD)
        stream.truncate(shutil.disk_usage(library.path).free - library.settings.disk.floor // 2)
    with pytest.raises(DiskFull):
        kept(library, path)
    assert names(library) == []


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.warc", b"WARC/1.0\r\n", ".warc"),
        ("a.warc.gz", GOOD, ".warc.gz"),
        ("a.gz", GOOD, ".warc.gz"),
        ("a.wacz", b"PK\3\4", ".wacz"),
        ("a.zip", b"PK\3\4", ".wacz"),
        ("anything", b"WARC/0.18\r\n", ".warc"),
        ("torn.warc", b"garbage first", ".warc"),
        ("torn.ARC.gz", b"garbage first", ".arc"),
        ("a.warc.gz", b"WARC/1.0\r\n", ".warc"),
        ("a.warc", GOOD, ".warc.gz"),
        ("a.wacz", GOOD, ".warc.gz"),
        ("a", arcs.record("http://paper.example/", b"x"), ".arc"),
        ("a.warc.gz", arcs.filedesc(), ".arc"),
        ("a", arcs.members(arcs.filedesc()), ".arc.gz"),
        ("a.gz", zstandard.compress(warcs.warcinfo()), ".warc.zst"),
        ("a", zstandard.compress(arcs.filedesc()), ".arc.zst"),
        ("a", b"\x50\x2a\x4d\x18\0\0\0\0", ".warc.zst"),
    ],
)
def test_the_content_tells_what_a_file_is(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    assert kind_of(warcs.stream(content), tmp_path / name) == expected


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.warc.gz", b"", "the file is empty"),
        ("a.wacz", b"<!doctype html>", "no ZIP file"),
        ("a.html", b"<!doctype html>", "neither WARC, ARC nor WACZ"),
    ],
)
def test_what_is_no_warc_is_said_in_its_own_words(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(NotImportable, match=why):
        kind_of(warcs.stream(content), tmp_path / name)


def test_a_twin_has_each_record_in_a_member_of_its_own_with_the_same_bytes(
    library: Library, tmp_path: Path
) -> None:
    import gzip

    records = [warcs.warcinfo(), warcs.response(1), warcs.request(1)]
    path = tmp_path / "one.warc.gz"
    path.write_bytes(gzip.compress(b"".join(records) + b"torn record"))
    one = kept(library, path)
    source = TwinSource(library.path / one.file, 0, one.size)
    name = write_twin(library, one, source)
    assert name == f"{one.file}.members.warc.gz"
    data = (library.path / name).read_bytes()
    found = [
        each
        for each in foreign_records(warcs.stream(data), 0, len(data))
        if isinstance(each, ForeignRecord)
    ]
    assert all(each.alone for each in found)
    assert b"isReformattedFrom: warc/imported/one.warc.gz\r\n" in found[0].record.block
    assert f"sha256: {one.sha256}\r\n".encode() in found[0].record.block
    assert [each.head + each.record.block + b"\r\n\r\n" for each in found[1:]] == records
    files.sync_folder((library.path / name).parent)
    assert write_twin(library, one, source) == name
    assert (library.path / name).read_bytes() == data
