"""WACZ files: what is sound is listed, and each kind of lie is refused by the name of its entry."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import warcs
from archive.errors import NotImportable
from archive.imported.wacz import WaczFile, read_wacz
from archive.imported.zip_entries import MAX_ENTRIES

GOOD = warcs.members(warcs.warcinfo(), warcs.response(1), warcs.request(1))


def parts(path: Path) -> list[tuple[str, bytes]]:
    with path.open("rb") as stream:
        data = path.read_bytes()
        return [
            (part.name, data[part.start : part.end])
            for part in read_wacz(stream, path, strict=True).parts
        ]


def refused(path: Path) -> str:
    before = sorted(path.parent.rglob("*"))
    with path.open("rb") as stream, pytest.raises(NotImportable) as caught:
        read_wacz(stream, path, strict=True)
    assert sorted(path.parent.rglob("*")) == before
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return caught.value.reason


def lenient(path: Path) -> WaczFile:
    with path.open("rb") as stream:
        return read_wacz(stream, path)


def test_the_warc_files_in_it_are_ranges_of_it(tmp_path: Path) -> None:
    other = warcs.members(warcs.response(2))
    path = warcs.wacz(tmp_path / "a.wacz", {"b.warc.gz": GOOD, "a.warc": other, "note.txt": b"x"})
    assert parts(path) == [("archive/a.warc", other), ("archive/b.warc.gz", GOOD)]


def test_other_entries_may_be_compressed_and_the_file_may_have_something_before_it(
    tmp_path: Path,
) -> None:
    path = warcs.wacz(
        tmp_path / "a.wacz",
        {"b.warc.gz": GOOD},
        others={"indexes/index.cdx.gz": bytes(3_000_000)},
        compressed=("indexes/index.cdx.gz", "pages/pages.jsonl"),
    )
    assert parts(path) == [("archive/b.warc.gz", GOOD)]
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert parts(path) == [("archive/b.warc.gz", GOOD)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../evil.warc", "leads out"),
        ("archive/../../evil.warc", "leads out"),
        ("archive/./evil.warc", "leads out"),
        ("/etc/evil.warc", "absolute"),
        ("C:/evil.warc", "absolute"),
        ("c:evil.warc", "absolute"),
        ("archive\\..\\evil.warc", "characters"),
        ("archive/evil\x07.warc", "characters"),
        ("archive/evil\n.warc", "characters"),
        ("archive/evil\0.warc", "characters"),
        ("archive/evil\u202e.warc", "characters"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str, why: str) -> None:
    path = warcs.wacz(
        tmp_path / "a.wacz", {"a.warc.gz": GOOD}, others={"archive/_placeholder": b""}
    )
    data = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(data, "a") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = info.orig_filename = name
        archive.writestr(info, b"x")
    path.write_bytes(data.getvalue())
    reason = refused(path)
    assert why in reason
    assert reason.startswith(repr(name))


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("archive/link.warc")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert refused(path) == "'archive/link.warc': it is a symbolic link"


@pytest.mark.parametrize("name", ["archive/a.warc.gz", "archive/A.WARC.gz"])
def test_two_entries_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(name, b"another")
    assert refused(path) == f"{name!r}: two entries have this name"


def test_a_compressed_warc_file_is_refused(tmp_path: Path) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD}, compressed=("archive/a.warc.gz",))
    assert refused(path).startswith("'archive/a.warc.gz': it is compressed")


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD, "b.warc.gz": GOOD})
    data = bytearray(path.read_bytes())
    directory = data.rindex(b"PK\1\2", 0, data.index(b"PK\1\2") + 4)
    second = data.index(b"PK\1\2", directory + 4)
    data[second + 42 : second + 46] = data[directory + 42 : directory + 46]
    path.write_bytes(bytes(data))
    assert "tells of another entry" in refused(path)  # the first one's header has its own name


def test_an_entry_within_another_is_refused(tmp_path: Path) -> None:
    """An inner ZIP's header, pointed at by the outer directory: names match, bytes overlap."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("archive/b.warc.gz", GOOD)
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc": inner.getvalue(), "b.warc.gz": GOOD})
    data = bytearray(path.read_bytes())
    name = b"archive/b.warc.gz"
    at = data.rindex(name) - 46
    assert data[at : at + 4] == b"PK\1\2"
    data[at + 42 : at + 46] = struct.pack("<I", data.index(name) - 30)
    path.write_bytes(bytes(data))
    assert "'archive/b.warc.gz': its bytes overlap those of 'archive/a.warc'" in refused(path)


def test_a_directory_of_a_million_entries_is_refused_unread(tmp_path: Path) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    data = path.read_bytes()
    at = data.rindex(b"PK\5\6")
    many = bytearray(data)
    many[at + 8 : at + 12] = struct.pack("<HH", 65535, 65535)
    (tmp_path / "many.wacz").write_bytes(many)
    assert f"more than {MAX_ENTRIES:,} entries" in refused(tmp_path / "many.wacz")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 10**6, 10**6, 10**8, 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    big = data[:at] + record + locator + data[at:]
    (tmp_path / "zip64.wacz").write_bytes(big)
    assert f"more than {MAX_ENTRIES:,} entries" in refused(tmp_path / "zip64.wacz")
    lost = data[:at] + record + struct.pack("<4sIQI", b"PK\6\7", 0, 10**9, 1) + data[at:]
    (tmp_path / "lost.wacz").write_bytes(lost)
    assert "ZIP64" in refused(tmp_path / "lost.wacz")


def test_many_entries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(zipfile.ZipInfo(f"archive/{number}.warc"), b"")
    assert "entries" in refused(path)


@pytest.mark.parametrize(
    ("field", "value"), [(20, 2**31), (24, 2**31), (20, 10), (24, 10)], ids=str
)
def test_lengths_that_lie_are_refused(tmp_path: Path, field: int, value: int) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\1\2")
    data[at + field : at + field + 4] = struct.pack("<I", value)
    path.write_bytes(bytes(data))
    assert refused(path)


def test_a_small_entry_that_unpacks_to_much_is_refused(tmp_path: Path) -> None:
    path = warcs.wacz(
        tmp_path / "a.wacz",
        {"a.warc.gz": GOOD},
        others={"pages/extra.jsonl": bytes(50_000_000)},
        compressed=("pages/extra.jsonl",),
    )
    data = bytearray(path.read_bytes())
    for mark, field in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = (
            data.index(b"pages/extra.jsonl")
            if mark == b"PK\3\4"
            else data.rindex(b"pages/extra.jsonl")
        )
        header = data.rindex(mark, 0, at)
        data[header + field : header + field + 4] = struct.pack("<I", 1000)
    path.write_bytes(bytes(data))
    assert "pages/extra.jsonl" in refused(path)


def _package(change: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        package = json.loads(data)
        return json.dumps(change(package)).encode()

    return changed


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ({"archive/a.warc.gz": {"hash": "sha256:" + "0" * 64}}, "has not the digest"),
        ({"pages/pages.jsonl": {"hash": "sha256:" + "0" * 64}}, "has not the digest"),
        ({"archive/a.warc.gz": {"hash": "crc32:1234"}}, "has not the digest"),
        ({"archive/a.warc.gz": {"hash": None}}, "has not the digest"),
        ({"archive/a.warc.gz": {"bytes": 7}}, "has not the length"),
        ({"archive/a.warc.gz": None}, "does not list it"),
        ({"pages/pages.jsonl": {"path": "pages/gone.jsonl"}}, "does not list it"),
    ],
)
def test_what_the_package_says_otherwise_is_refused(
    tmp_path: Path, listed: dict[str, object], reason: str
) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD}, listed=listed)
    found = refused(path)
    assert reason in found
    assert found.startswith(repr(next(iter(listed))))


def _with_package(path: Path, package: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/a.warc.gz", GOOD)
        archive.writestr("datapackage.json", package)
    return path


@pytest.mark.parametrize(
    "package", [b"", b"[]", b"{}", b'{"resources": 3}', b'{"resources": [3]}', b"[" * 100_000]
)
def test_a_package_that_lists_nothing_is_refused(tmp_path: Path, package: bytes) -> None:
    assert refused(_with_package(tmp_path / "a.wacz", package)).startswith("'datapackage.json'")


def test_a_missing_file_and_a_missing_package_are_refused(tmp_path: Path) -> None:
    said = {"path": "archive/a.warc.gz", "hash": "sha256:" + hashlib.sha256(GOOD).hexdigest()}
    gone = said | {"path": "archive/gone.warc.gz"}
    package = json.dumps({"resources": [said, gone]}).encode()
    path = _with_package(tmp_path / "a.wacz", package)
    assert refused(path) == "'archive/gone.warc.gz': datapackage.json lists it, and it is missing"
    with zipfile.ZipFile(tmp_path / "b.wacz", "w") as archive:
        archive.writestr("archive/a.warc.gz", GOOD)
    assert refused(tmp_path / "b.wacz") == "'datapackage.json': it is missing"


def test_a_package_with_another_digest_than_its_own_file_says_is_refused(tmp_path: Path) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    data = path.read_bytes()
    at = data.rindex(b'"hash": "sha256:', 0, data.index(b"PK\1\2")) + 16
    # the last entry is stored: its checksum in the ZIP is not compared, its digest is
    changed = data[:at] + (b"0" if data[at : at + 1] != b"0" else b"1") + data[at + 1 :]
    path.write_bytes(changed)
    assert "datapackage-digest.json gives" in refused(path)


def test_without_a_warc_file_there_is_nothing_to_import(tmp_path: Path) -> None:
    assert "holds no WARC file" in refused(warcs.wacz(tmp_path / "a.wacz", {"a.txt": b"x"}))


@pytest.mark.parametrize("cut", [1, 10, 21, 60, 400])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, cut: int) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    path.write_bytes(path.read_bytes()[:-cut])
    assert "directory is missing" in refused(path)


def test_no_flipped_byte_makes_it_raise_anything_else(tmp_path: Path) -> None:
    """Most are refused; one that changes nothing of what is used may pass."""
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc": b"WARC/1.0\r\n"})
    data = path.read_bytes()
    expected = parts(path)
    passed = 0
    for at in range(len(data)):
        hurt = bytearray(data)
        hurt[at] ^= 0xFF
        path.write_bytes(bytes(hurt))
        try:
            assert parts(path) == expected
            passed += 1
        except NotImportable:
            pass
    assert passed < len(data) / 3


def test_a_locator_that_leads_to_a_decoy_costs_no_memory(tmp_path: Path) -> None:
    """zipfile goes by the record before the locator, whatever the locator says."""
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    data = path.read_bytes()
    ends = data.rindex(b"PK\5\6")
    count = 150_000
    directory = (b"PK\1\2" + bytes(42)) * count
    small = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 3, 3, 150, 0)
    true = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), 0)
    few = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 3, 3, len(directory), 0)
    for record, told, why in (
        (true, 0, "ZIP64 directory is not where it says"),
        (few, len(small) + len(directory), "more than 20,000 entries"),
    ):
        locator = struct.pack("<4sIQI", b"PK\6\7", 0, told, 1)
        path.write_bytes(small + directory + record + locator + data[ends:])
        tracemalloc.start()
        assert why in refused(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2 * len(directory) + (1 << 20)


STALE = {"hash": "sha256:" + "0" * 64}


@pytest.mark.parametrize(
    ("listed", "doubted"),
    [
        ({"archive/a.warc.gz": STALE}, True),
        ({"archive/a.warc.gz": {"bytes": 7}}, True),
        ({"archive/a.warc.gz": {"hash": "crc32:1234"}}, True),
        ({"archive/a.warc.gz": None}, True),
        ({"pages/pages.jsonl": STALE}, False),
        ({"pages/pages.jsonl": {"path": "pages/gone.jsonl"}}, False),
    ],
)
def test_what_the_package_says_otherwise_is_named_and_read(
    tmp_path: Path, listed: dict[str, object], doubted: bool
) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD}, listed=listed)
    found = lenient(path)
    (part,) = found.parts
    assert path.read_bytes()[part.start : part.end] == GOOD
    assert part.doubted is doubted
    assert found.bent[0].startswith(repr(next(iter(listed))))


def test_digests_of_version_1_0_0_are_read(tmp_path: Path) -> None:
    said = {"hash": None, "bytes": None, "hashing": "sha256"}
    for algorithm in ("", "sha256:"):
        stats = {"hash": algorithm + hashlib.sha256(GOOD).hexdigest(), "bytes": len(GOOD)}
        path = tmp_path / "a.wacz"
        warcs.wacz(path, {"a.warc.gz": GOOD}, listed={"archive/a.warc.gz": said | {"stats": stats}})
        data = path.read_bytes()
        package = json.loads(zipfile.ZipFile(path).read("datapackage.json"))
        for one in package["resources"]:
            for name in ("hash", "bytes"):
                if one[name] is None:
                    del one[name]
        path = _with_package(tmp_path / "b.wacz", json.dumps(package).encode())
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("pages/pages.jsonl", b'{"format": "json-pages-1.0"}\n')
        assert data
        assert parts(path) == [("archive/a.warc.gz", GOOD)]


@pytest.mark.parametrize(
    "name",
    [".DS_Store", "archive/.DS_Store", "__MACOSX/archive/._a.warc.gz", "archive/._b.warc.gz"],
)
def test_what_a_system_put_into_it_is_named_and_not_read(tmp_path: Path, name: str) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"\0\5\x16\7")
    assert refused(path) == f"{name!r}: datapackage.json does not list it"
    found = lenient(path)
    assert [(part.name, part.doubted) for part in found.parts] == [("archive/a.warc.gz", False)]
    assert found.bent == [f"{name!r}: datapackage.json does not list it"]


def test_a_file_without_a_package_is_read_and_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as archive:
        archive.writestr("archive/a.warc.gz", GOOD)
    found = lenient(tmp_path / "a.wacz")
    assert ([part.doubted for part in found.parts], found.bent) == (
        [True],
        ["'datapackage.json': it is missing"],
    )


def test_a_compressed_warc_file_is_named_with_its_length(tmp_path: Path) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD}, compressed=("archive/a.warc.gz",))
    found = lenient(path)
    assert [(part.unpacked, part.doubted) for part in found.parts] == [(len(GOOD), False)]
    assert "it is compressed" in found.bent[0]


def test_the_files_of_a_collection_are_ranges_of_it(tmp_path: Path) -> None:
    inner = {}
    for number in (1, 2):
        data = warcs.members(warcs.response(number))
        path = warcs.wacz(tmp_path / f"{number}.wacz", {"a.warc.gz": data})
        inner[f"{number}.wacz"] = (path.read_bytes(), data)
    outer = warcs.wacz(
        tmp_path / "all.wacz", {}, others={name: data for name, (data, _) in inner.items()}
    )
    expected = [(f"{name}/archive/a.warc.gz", data) for name, (_, data) in inner.items()]
    assert parts(outer) == expected
    assert lenient(outer).bent == []
    deeper = warcs.wacz(
        tmp_path / "deeper.wacz",
        {"b.warc.gz": GOOD},
        others={"all.wacz": outer.read_bytes(), "bad.wacz": b"PK\3\4 nothing"},
    )
    found = lenient(deeper)
    assert [part.name for part in found.parts] == ["archive/b.warc.gz"]
    assert [one.partition(": ")[2][:9] for one in found.bent] == [
        "'1.wacz':",
        "'2.wacz':",
        "not read:",
    ]


@pytest.mark.parametrize(
    "name", ["../evil.warc", "/etc/evil.warc", "archive/evil\n.warc", "archive/A.WARC.gz"]
)
def test_what_may_harm_is_refused_whether_strict_or_not(tmp_path: Path, name: str) -> None:
    path = warcs.wacz(tmp_path / "a.wacz", {"a.warc.gz": GOOD})
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(NotImportable):
        lenient(path)
