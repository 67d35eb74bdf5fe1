"""WACZ files that are not as they say into a library: read and named, or refused if so wished."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
import zstandard

import arcs
import warcs
from archive.imported.index import FOLDER
from archive.library import Library
from archive.verify.library import verify
from pipelines.derive.engine import Engine
from pipelines.importing.import_files import ImportedFile, import_files

ENGINE = Engine("local", 1)
STALE = {"hash": "sha256:" + "0" * 64}


def digested(number: int, declared: bytes | None = None) -> bytes:
    """A response with the block digest of its bytes, or of *declared*."""
    block = warcs.HTML + warcs.page(f"Essay number {number}")
    return warcs.response(
        number,
        warcs.page(f"Essay number {number}"),
        WARC_Block_Digest=warcs.sha1(block if declared is None else declared),
    )


def taken(library: Library, path: Path, *, strict: bool = False) -> list[ImportedFile]:
    return list(import_files(library, [path], ENGINE, strict=strict).files)


def test_records_of_a_stale_file_count_where_nothing_speaks_against_them(
    library: Library, tmp_path: Path
) -> None:
    data = warcs.members(digested(1), digested(2, b"other bytes"), warcs.response(3))
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": data}, listed={"archive/a.warc.gz": STALE})
    (refused,) = taken(library, path, strict=True)
    assert refused.error == "'archive/a.warc.gz': it has not the digest that datapackage.json gives"
    assert not (library.path / FOLDER).exists() or not list((library.path / FOLDER).iterdir())
    (one,) = taken(library, path)
    assert one.bent == ["'archive/a.warc.gz': it has not the digest that datapackage.json gives"]
    assert (one.new, one.is_sound) == (2, False)
    assert [bad.why for bad in one.skipped] == [
        "neither the WACZ nor the record has the digest of its bytes"
    ]
    assert {row["url"][-1] for row in library.captures()} == {"1", "3"}
    assert verify(library.path).findings == ()


def test_a_sound_file_is_taken_at_its_word(library: Library, tmp_path: Path) -> None:
    """A tool may write block digests that were never right."""
    data = warcs.members(digested(1, b"other bytes"))
    (one,) = taken(library, warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": data}))
    assert (one.new, one.is_sound) == (1, True)


@pytest.mark.parametrize("plain", [True, False])
def test_records_of_a_compressed_file_are_written_again(
    library: Library, tmp_path: Path, plain: bool
) -> None:
    records = [warcs.warcinfo(), warcs.response(1), warcs.request(1)]
    data = b"".join(records) if plain else warcs.members(*records)
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc": data}, compressed=("archive/a.warc",))
    (one,) = taken(library, path)
    assert (one.new, one.articles, one.unreadable, len(one.bent)) == (1, 1, 0, 1)
    (row,) = library.captures()
    assert row["warc_filename"].startswith(f"{FOLDER}/a.wacz.a-")
    capture = library.capture(row["warc_record_id"])
    assert capture.head + capture.body in records[1]
    assert capture.request in records[2]
    assert verify(library.path).findings == ()
    assert not (library.path / "state/import").exists()


def test_other_formats_in_it_are_read_too(library: Library, tmp_path: Path) -> None:
    archives = {
        "a.arc.gz": arcs.members(arcs.filedesc(), arcs.response(1)),
        "b.warc.zst": zstandard.compress(warcs.response(2)),
        "C.WARC.GZ": warcs.members(warcs.response(3)),
    }
    (one,) = taken(library, warcs.wacz(tmp_path / "a.wacz", archives))
    assert (one.new, one.is_sound) == (3, True)
    rows = library.captures().to_pylist()
    assert {row["url"][-1] for row in rows} == {"1", "2", "3"}
    assert all(library.capture(row["warc_record_id"]).url == row["url"] for row in rows)
    assert verify(library.path).findings == ()


def _inner(folder: Path) -> list[Path]:
    return [
        warcs.wacz(folder / f"{n}.wacz", {"a.warc.gz": warcs.members(warcs.response(n))})
        for n in (1, 2)
    ]


def test_a_collection_in_one_file_gives_all_its_captures(library: Library, tmp_path: Path) -> None:
    others = {path.name: path.read_bytes() for path in _inner(tmp_path)}
    path = warcs.wacz(tmp_path / "all.wacz", {}, others=others)
    (one,) = taken(library, path)
    assert (one.new, one.is_sound) == (2, True)
    rows = library.captures().to_pylist()
    assert {row["warc_filename"] for row in rows} == {f"{FOLDER}/all.wacz"}
    assert all(library.capture(row["warc_record_id"]).url == row["url"] for row in rows)
    assert verify(library.path).findings == ()


def test_files_of_one_name_in_a_collection_are_told_apart(library: Library, tmp_path: Path) -> None:
    others = {}
    for number in (1, 2):
        data = gzip.compress(warcs.response(number) + warcs.request(number))
        path = warcs.wacz(tmp_path / f"{number}.wacz", {"a.warc.gz": data})
        others[path.name] = path.read_bytes()
    (one,) = taken(library, warcs.wacz(tmp_path / "all.wacz", {}, others=others))
    assert (one.new, one.is_sound) == (2, True)
    assert len({row["warc_filename"] for row in library.captures()}) == 2
    assert verify(library.path).findings == ()


def test_a_list_of_files_stands_for_them(library: Library, tmp_path: Path) -> None:
    first, second = _inner(tmp_path)
    resources = [
        {
            "path": first.name,
            "hash": "sha256:" + hashlib.sha256(first.read_bytes()).hexdigest(),
        },
        {"path": second.name} | STALE,
        {"path": "https://paper.example/3.wacz"},
        {"path": "../4.wacz"},
        {"path": "notes.txt"},
    ]
    path = tmp_path / "multi.json"
    path.write_text(json.dumps({"profile": "multi-wacz-package", "resources": resources}))
    found = taken(library, path)
    assert [(one.new, one.is_sound) for one in found] == [(1, True), (1, False), *[(0, False)] * 2]
    assert found[1].bent == ["it has not the digest that multi.json gives"]
    assert [one.path for one in found[2:]] == ["https://paper.example/3.wacz", "../4.wacz"]
    assert all("not on this disk" in (one.error or "") for one in found[2:])
