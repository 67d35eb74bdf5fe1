"""ARC and Zstandard files into a library: every path that reads imported captures reads them."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard
from warcio.archiveiterator import ArchiveIterator

import arcs
import warcs
from archive.imported.index import FOLDER
from archive.library import Library
from archive.replay import prepare
from archive.verify.library import verify
from pipelines.derive.engine import Engine
from pipelines.exporting.export_warc import export_warc
from pipelines.exporting.selection import Filters
from pipelines.exporting.wacz import export_wacz
from pipelines.importing.import_files import Imported, import_files
from pipelines.rebuild.indexes import restore_indexes
from pipelines.rebuild.rebuild import rebuild
from support import contents

ENGINE = Engine("local", 1)
OLD = "http://old.example/0.9"


def _zstd() -> bytes:
    """Frames with a dictionary of the file's own."""
    records = [warcs.warcinfo()]
    for number in range(6, 20):
        records += [warcs.response(number), warcs.request(number)]
    dictionary = zstandard.train_dictionary(8192, records)
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    data = dictionary.as_bytes()
    first = struct.pack("<II", 0x184D2A5D, len(data)) + data
    return first + b"".join(compressor.compress(one) for one in records[:5])


FILES = {
    "v1.arc": arcs.filedesc()
    + arcs.response(1)
    + arcs.record(OLD, warcs.page("An old answer", "Essay 0."))
    + arcs.record("dns:paper.example", b"20040102030405\n", kind="text/dns"),
    "v2.arc.gz": arcs.members(arcs.filedesc(2), arcs.response(2, version=2)),
    "bare.arc.gz": arcs.members(arcs.response(3)),
    "one member.arc.gz": gzip.compress(arcs.filedesc() + arcs.response(4)),
    "packed.arc.zst": zstandard.compress(arcs.filedesc() + arcs.response(5)),
    "dictionary.warc.zst": _zstd(),
}
URLS = {f"https://paper.example/2020/{number}" for number in range(1, 8)} | {OLD}


@dataclass(frozen=True)
class World:
    library: Library
    folder: Path
    imported: Imported


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("came")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    with Library.create(tmp_path_factory.mktemp("made") / "library", "old") as library:
        yield World(library, folder, import_files(library, sorted(folder.iterdir()), ENGINE))


def test_each_page_becomes_an_article(world: World) -> None:
    assert all(one.is_sound for one in world.imported.files), world.imported.files
    assert {row["url"] for row in world.library.articles()} == URLS
    titles = {row["url"]: row["headline"] for row in world.library.articles()}
    assert titles[OLD] == "An old answer"
    rows = {row["url"]: row for row in world.library.captures()}
    assert rows.keys() == URLS
    arc = rows["https://paper.example/2020/1"]
    assert arc["fetch_time"].isoformat() == "2004-01-02T03:04:01+00:00"
    assert (arc["warc_type"], arc["fetch_status"]) == ("response", 200)
    assert (rows[OLD]["warc_type"], rows[OLD]["capture_fidelity"]) == ("resource", "headless")


def test_the_files_are_kept_as_they_came_and_pointers_lead_into_arc(world: World) -> None:
    for name, data in FILES.items():
        assert (world.library.path / FOLDER / name.replace(" ", "-")).read_bytes() == data
    leads = {
        row["url"][-1]: row["warc_filename"].rpartition("/")[2] for row in world.library.captures()
    }
    assert leads == {
        "1": "v1.arc",
        "9": "v1.arc",
        "2": "v2.arc.gz",
        "3": "bare.arc.gz",
        "4": "one-member.arc.gz.members.warc.gz",
        "5": "packed.arc.zst.members.warc.gz",
        "6": "dictionary.warc.zst.members.warc.gz",
        "7": "dictionary.warc.zst.members.warc.gz",
    }


def test_warcio_reads_each_record_where_its_pointer_leads(world: World) -> None:
    """pywb reads it so, too. Of a line of version 2 it takes the first fields for the address."""
    for row in world.library.captures():
        with (world.library.path / row["warc_filename"]).open("rb") as stream:
            stream.seek(row["warc_record_offset"])
            data = stream.read(row["warc_record_length"])
        record = next(iter(ArchiveIterator(io.BytesIO(data), no_record_parse=True)))
        headers = record.rec_headers
        uri = headers.get_header("WARC-Target-URI") or headers.get_header("uri")
        assert uri.partition(" ")[0] == row["url"]
        capture = world.library.capture(row["warc_record_id"])
        assert record.content_stream().read() == capture.head + capture.body


def test_each_capture_is_read_by_its_id(world: World) -> None:
    for row in world.library.captures():
        capture = world.library.capture(row["warc_record_id"])
        assert (capture.url, capture.fetch_time) == (row["url"], row["fetch_time"])
        assert warcs.sha1(capture.payload)[5:] == row["content_digest"]
        if ".arc" in row["warc_filename"]:
            assert capture.ip_address == arcs.IP


def test_verify_finds_nothing_and_a_rebuild_gives_the_same(world: World, tmp_path: Path) -> None:
    assert verify(world.library.path).findings == ()
    shutil.copytree(world.library.path, tmp_path / "copy", symlinks=True)
    with Library.open(tmp_path / "copy") as library:
        for path in library.path.glob("warc/imported/*.json*"):
            path.unlink()
        for path in library.path.glob("warc/imported/*.cdxj"):
            path.unlink()
        assert restore_indexes(library)
        assert restore_indexes(library) == []
        rebuild(library, ENGINE)
        assert contents(library) == contents(world.library)
        assert verify(library.path).findings == ()


def test_a_changed_byte_of_an_arc_file_is_found(world: World, tmp_path: Path) -> None:
    shutil.copytree(world.library.path, tmp_path / "copy", symlinks=True)
    path = tmp_path / "copy" / FOLDER / "v1.arc"
    path.write_bytes(path.read_bytes().replace(b"harbour master", b"harbour maSter", 1))
    codes = {finding.code for finding in verify(tmp_path / "copy").findings}
    assert "parquet.value" in codes


def test_imported_again_in_another_packing_nothing_comes_twice(
    world: World, tmp_path: Path
) -> None:
    shutil.copytree(world.library.path, tmp_path / "copy", symlinks=True)
    (tmp_path / "again.arc.gz").write_bytes(arcs.members(arcs.response(3), arcs.response(1)))
    (tmp_path / "again.warc.gz").write_bytes(warcs.members(warcs.response(6)))
    with Library.open(tmp_path / "copy") as library:
        for path in library.path.glob("warc/imported/*.json"):
            path.unlink()  # as if nothing were known of the files
        again = [*sorted(world.folder.iterdir()), *sorted(tmp_path.glob("again*"))]
        found = import_files(library, again, ENGINE)
        assert sum(one.new for one in found.files) == 0
        assert sum(one.captures for one in found.files) == 11


def test_an_export_has_records_of_warc(world: World, tmp_path: Path) -> None:
    for number, only in enumerate((False, True)):
        output = tmp_path / f"{number}.warc.gz"
        made = export_warc(world.library, output, Filters(), tables_only=only)
        assert (made.captures, made.missing.total()) == (8, 0)
        with output.open("rb") as stream:
            found = {}
            for record in ArchiveIterator(stream):
                if record.rec_type in ("response", "resource"):
                    headers = record.rec_headers
                    found[headers.get_header("WARC-Target-URI")] = (
                        record.rec_type,
                        headers.get_header("WARC-Date"),
                        headers.get_header("WARC-IP-Address"),
                        headers.get_header("Backissue-ARC-Line"),
                    )
        line = FILES["v1.arc"].split(b"\n")[4].decode()
        assert found["https://paper.example/2020/1"] == (
            "response",
            "2004-01-02T03:04:01.000000Z",
            arcs.IP,
            line,
        )
        assert found[OLD][0] == "resource"
        assert found.keys() == URLS


def test_a_wacz_and_the_index_for_replay_have_them_all(world: World, tmp_path: Path) -> None:
    made = export_wacz(world.library, tmp_path / "a.wacz", Filters())
    assert made.captures == 8
    with Library.create(tmp_path / "library") as library:
        (one,) = import_files(library, [tmp_path / "a.wacz"], ENGINE).files
        assert (one.captures, one.is_sound) == (8, True)
    prepare(world.library, tmp_path / "replay")
    lines = (tmp_path / "replay/index.cdxj").read_text().splitlines()
    assert {json.loads(line.split(" ", 2)[2])["url"] for line in lines} == URLS
