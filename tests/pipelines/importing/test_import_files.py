"""Files of many shapes into one library: captures, articles, pointers, and the same tables again."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

import warcs
from archive.errors import ArchiveError
from archive.imported.index import FOLDER, SUMMARY_URI, find_held
from archive.library import Library
from archive.repair.recover import recover
from archive.types import Pointer
from archive.verify.library import verify
from archive.warc.records import Located, made_id
from archive.warc.scan import scan
from pipelines.derive.engine import Engine
from pipelines.derive.recipes.recipe import restore_body
from pipelines.importing.import_files import Imported, import_files
from pipelines.rebuild.indexes import restore_indexes
from pipelines.rebuild.rebuild import rebuild
from support import contents

ENGINE = Engine("local", 1)
R, Q = warcs.response, warcs.request
GZIPPED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n"


def essay(number: int) -> bytes:
    return warcs.page(f"Essay number {number}", f"Essay {number}.")


def _like_wget() -> bytes:
    """The request first, its id in the response; a log as a resource at the end."""
    named = f"<{warcs.id_of('request', 1)}>"
    log = warcs.record("resource", "metadata://gnu.org/software/wget/warc/wget.log", b"log")
    return warcs.members(
        warcs.warcinfo("Wget/1.21"),
        Q(1, WARC_Concurrent_To=None, url="<https://paper.example/2020/1>"),
        R(
            1,
            warcs.chunked(essay(1)),
            CHUNKED + b"\r\n",
            WARC_Concurrent_To=named,
            url="<https://paper.example/2020/1>",
        ),
        log,
    )


def _like_common_crawl() -> bytes:
    """Request, response with the codings undone and renamed, metadata."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Crawler-Content-Encoding: gzip\r\n"
        b"X-Crawler-Content-Length: 999\r\nContent-Length: %d\r\n\r\n" % len(essay(2))
    )
    to = f"<{warcs.id_of('response', 2)}>"
    return warcs.members(
        warcs.warcinfo("Apache Nutch"),
        Q(2),
        R(2, essay(2), head, WARC_Payload_Digest=warcs.sha1(essay(2))),
        warcs.record(
            "metadata", "https://paper.example/2020/2", b"fetchTimeMs: 7\r\n", WARC_Concurrent_To=to
        ),
    )


def _like_heritrix() -> bytes:
    """dns, a response without a request near it, metadata, revisits with and without head."""
    same = {"WARC_Profile": "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"}
    return warcs.members(
        warcs.warcinfo("heritrix/3.4"),
        warcs.record(
            "response",
            "dns:paper.example",
            b"20200504\npaper.example. 60 IN A 192.0.2.1",
            Content_Type="text/dns",
        ),
        R(
            3,
            gzip.compress(essay(3), mtime=0),
            GZIPPED + b"\r\n",
            WARC_Payload_Digest=warcs.sha1(gzip.compress(essay(3), mtime=0)),
            WARC_IP_Address="192.0.2.1",
        ),
        warcs.record("metadata", "https://paper.example/2020/3", b"via: x\r\n"),
        warcs.record(
            "revisit",
            "https://paper.example/2020/3",
            b"",
            number=31,
            date="2020-06-01T00:00:00Z",
            WARC_Payload_Digest=warcs.sha1(gzip.compress(essay(3), mtime=0)),
            **same,
        ),
        warcs.record(
            "revisit",
            "https://mirror.example/essay-3",
            GZIPPED + b"\r\n",
            number=32,
            date="2020-06-02T00:00:00Z",
            WARC_Refers_To_Target_URI="https://paper.example/2020/3",
            WARC_Refers_To_Date="2020-05-04T08:03:00Z",
            **same,
        ),
        Q(3),
    )


def _like_a_browser() -> bytes:
    """HTTP/2 heads, decoded bodies under heads that name the coding, page information, WARC 1.1."""
    head = b"HTTP/2 200\r\ncontent-type: text/html\r\ncontent-encoding: br\r\n\r\n"
    plain = b"HTTP/2 200\r\ncontent-type: text/html\r\n\r\n"
    return warcs.members(
        warcs.record("warcinfo", None, b"software: a browser\r\n", version="WARC/1.1"),
        R(4, essay(4), head, version="WARC/1.1", date="2020-05-04T08:04:00.123456Z"),
        Q(4, version="WARC/1.1"),
        R(5, essay(5), plain, version="WARC/1.1"),
        warcs.record(
            "resource",
            "urn:pageinfo:https://paper.example/2020/4",
            b"{}",
            Content_Type="application/json",
        ),
    )


def _old_and_plain() -> bytes:
    """WARC 0.18 without compression; a resource, and a record without an id."""
    return b"".join(
        [
            warcs.record("warcinfo", None, b"x: y\r\n", version="WARC/0.18"),
            R(6, version="WARC/0.18", identity=None),
            warcs.record(
                "resource",
                "http://paper.example/2020/7",
                essay(7),
                number=7,
                version="WARC/0.18",
                Content_Type="text/html",
            ),
            warcs.record(
                "conversion", "http://paper.example/2020/7", b"text of essay 7", version="WARC/0.18"
            ),
        ]
    )


def _in_parts() -> bytes:
    """A body over three records."""
    body, origin = essay(8), f"<{warcs.id_of('response', 8)}>"
    cut = [body[:500], body[500:1500], body[1500:]]
    parts = [
        warcs.record(
            "continuation",
            "https://paper.example/2020/8",
            part,
            number=n,
            WARC_Segment_Number=str(n),
            WARC_Segment_Origin_ID=origin,
            WARC_Segment_Total_Length=str(len(warcs.HTML + body)) if n == 3 else None,
        )
        for n, part in ((2, cut[1]), (3, cut[2]))
    ]
    return warcs.members(R(8, cut[0], WARC_Segment_Number="1"), *parts)


def _hurt() -> bytes:
    """Two good pages; between them a torn member, a lying length and a date that is none."""
    torn = bytearray(warcs.members(R(90)))
    torn[60] ^= 0xFF
    return b"".join(
        [
            warcs.members(R(9)),
            bytes(torn),
            warcs.members(R(91, length=7), R(92, date="soon"), R(10)),
        ]
    )


@dataclass(frozen=True)
class World:
    """A library, the files that were imported into it, and what the import said."""

    library: Library
    folder: Path
    imported: Imported

    def rows(self) -> dict[str, dict[str, object]]:
        return {row["url"]: row for row in self.library.captures()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("came")
    for name, data in {
        "wget.warc.gz": _like_wget(),
        "cc.warc.gz": _like_common_crawl(),
        "heritrix.warc.gz": _like_heritrix(),
        "browser.warc.gz": _like_a_browser(),
        "old.warc": _old_and_plain(),
        "parts.warc.gz": _in_parts(),
        "hurt.warc.gz": _hurt(),
        "one member.warc.gz": gzip.compress(warcs.warcinfo() + R(11) + Q(11) + R(12)),
    }.items():
        (folder / name).write_bytes(data)
    warcs.wacz(
        folder / "crawl.wacz",
        {
            "a.warc.gz": warcs.members(warcs.warcinfo(), R(13), Q(13)),
            "b.warc": warcs.warcinfo() + R(14),
            "one.warc.gz": gzip.compress(R(15) + Q(15)),
        },
    )
    path = tmp_path_factory.mktemp("imported") / "library"
    with Library.create(path, "imported") as library:
        imported = import_files(library, sorted(folder.iterdir()), ENGINE, source="old-papers")
        yield World(library, folder, imported)


def test_each_page_becomes_an_article(world: World) -> None:
    rows = world.library.articles()
    mirrored = {"https://mirror.example/essay-3": "Essay number 3"}
    expected = {
        f"{'http' if n == 7 else 'https'}://paper.example/2020/{n}": f"Essay number {n}"
        for n in range(1, 16)
    }
    assert {row["url"]: row["headline"] for row in rows} == expected | mirrored
    assert {row["source"] for row in rows} == {"old-papers"}
    assert {row["run_id"] for row in rows} == {world.imported.run_id}
    for row in rows:
        assert row["article_body"].startswith(f"Essay {row['headline'].split()[-1]}. The harbour")


def test_each_file_is_counted(world: World) -> None:
    found = {
        Path(one.path).name: (one.records, one.captures, one.new, one.articles, one.unreadable)
        for one in world.imported.files
    }
    assert found == {
        "browser.warc.gz": (5, 2, 2, 2, 0),
        "cc.warc.gz": (4, 1, 1, 1, 0),
        "crawl.wacz": (7, 3, 3, 3, 0),
        "heritrix.warc.gz": (7, 3, 3, 2, 0),
        "hurt.warc.gz": (2, 2, 2, 2, 3),
        "old.warc": (4, 2, 2, 2, 0),
        "one member.warc.gz": (4, 2, 2, 2, 0),
        "parts.warc.gz": (3, 1, 1, 1, 0),
        "wget.warc.gz": (4, 1, 1, 1, 0),
    }
    assert world.imported.rows["captures"] == len(world.rows()) + 1  # one URL was captured twice
    assert sum(world.imported.verdicts.values()) == world.imported.rows["captures"]


def test_what_cannot_be_read_is_named_by_its_place(world: World) -> None:
    (hurt,) = (one for one in world.imported.files if "hurt" in one.path)
    sizes = [len(warcs.members(one)) for one in (R(9), R(90), R(91, length=7), R(92, date="soon"))]
    starts = [sum(sizes[:number]) for number in range(5)]
    assert [(one.offset, one.end) for one in hurt.skipped] == [*pairwise(starts[1:])]
    words = ("member is torn", "Content-Length is 7", "WARC-Date is 'soon'")
    assert all(word in one.why for word, one in zip(words, hurt.skipped, strict=True))
    assert not hurt.is_sound


def test_the_files_are_kept_as_they_came(world: World) -> None:
    for one in world.imported.files:
        data = Path(one.path).read_bytes()
        assert one.file
        assert (world.library.path / one.file).read_bytes() == data
        assert one.sha256 == hashlib.sha256(data).hexdigest()


def test_the_kind_of_bytes_is_told(world: World) -> None:
    found = {
        row["url"].rpartition("/")[2]: row["capture_fidelity"] for row in world.rows().values()
    }
    assert found == {
        **{str(number): "imported" for number in (1, 3, 6, 8, 9, 10, 11, 12, 13, 14, 15)},
        "essay-3": "imported",
        "2": "decoded",
        "4": "decoded",
        "5": "reconstructed",
        "7": "headless",
    }
    types = Counter(row["warc_type"] for row in world.library.captures())
    assert types == {"response": 14, "revisit": 2, "resource": 1}


def test_each_pointer_leads_to_its_record_for_other_readers_too(world: World) -> None:
    rows = world.library.captures().to_pylist()
    assert {Path(row["warc_filename"]).suffix for row in rows} == {".gz", ".warc", ".wacz"}
    for row in rows:
        with (world.library.path / row["warc_filename"]).open("rb") as stream:
            stream.seek(row["warc_record_offset"])
            data = stream.read(row["warc_record_length"])
        (record,) = list(ArchiveIterator(io.BytesIO(data), no_record_parse=True))
        assert record.rec_headers.get_header("WARC-Target-URI").strip("<>") == row["url"]
        named = record.rec_headers.get_header("WARC-Record-ID")
        assert named is None or named.strip("<>") == row["warc_record_id"]


def test_each_capture_is_read_by_its_id_with_its_request(world: World) -> None:
    asked = {1, 2, 3, 4, 11, 13, 15}
    for row in world.library.captures():
        capture = world.library.capture(row["warc_record_id"])
        number = row["url"].rpartition("/")[2]
        assert (capture.url, capture.fetch_time) == (row["url"], row["fetch_time"])
        assert (capture.fidelity, capture.status) == (row["capture_fidelity"], row["fetch_status"])
        assert (capture.run_id, capture.warc_type) == (row["run_id"], row["warc_type"])
        assert capture.discovery
        assert (capture.discovery.by, capture.discovery.source) == ("import", "old-papers")
        if capture.original is None:
            has = number.isdecimal() and int(number) in asked
            assert capture.request == (
                b"GET /2020/%d HTTP/1.1\r\nHost: paper.example\r\n\r\n" % int(number)
                if has
                else b""
            )
            assert warcs.sha1(capture.payload)[5:] == row["content_digest"]
            coded = gzip.decompress(capture.payload) if number == "3" else capture.payload
            assert coded == essay(int(number))


def test_articles_lead_to_the_capture_that_shows_them(world: World) -> None:
    for row in world.library.articles():
        assert world.library.capture(row["article_id"]).warc_record_id == row["warc_record_id"]


def test_revisits_name_their_original(world: World) -> None:
    revisits = [row for row in world.library.captures() if row["warc_type"] == "revisit"]
    for row in revisits:
        original = world.library.capture(row["warc_record_id"]).original
        assert original
        assert original.warc_record_id == warcs.id_of("response", 3)
        assert original.url == "https://paper.example/2020/3"
        assert row["content_digest"] == warcs.sha1(gzip.compress(essay(3), mtime=0))[5:]
    log = {row["warc_record_id"]: row["verdict"] for row in world.library.crawl_log()}
    assert sorted(log[row["warc_record_id"]] for row in revisits) == ["article", "unchanged"]


def test_every_capture_is_in_the_crawl_log(world: World) -> None:
    log = world.library.crawl_log().to_pylist()
    assert {row["warc_record_id"] for row in log} == {
        row["warc_record_id"] for row in world.library.captures()
    }
    assert {(row["outcome"], row["discovered_by"], row["source"]) for row in log} == {
        ("imported", "import", "old-papers")
    }
    assert {row["run_id"] for row in log} == {world.imported.run_id}


def test_payloads_give_the_body_back(world: World) -> None:
    rows = {row["warc_record_id"]: row for row in world.library.table("payloads")}
    places = {row["warc_record_id"]: row for row in world.library.captures()}
    assert rows.keys() == places.keys()
    for row in rows.values():  # of a revisit its own few bytes, not those that it stands for
        at = places[row["warc_record_id"]]
        capture = world.library.read(
            Pointer(at["warc_filename"], at["warc_record_offset"], at["warc_record_length"])
        )
        assert restore_body(row["payload"], row["payload_exact"]) == capture.body
        assert (row["http_headers"], row["request"] or b"") == (capture.head, capture.request)
        assert row["warc_headers"].startswith(b"WARC/")
        assert row["warc_headers"].endswith(b"\r\n\r\n")


def test_the_index_beside_a_file_leads_to_the_same_places(world: World) -> None:
    lines = [
        line
        for path in (world.library.path / FOLDER).glob("*.cdxj")
        for line in path.read_text().splitlines()
    ]
    assert len(lines) == len(world.library.captures())
    for path in (world.library.path / FOLDER).glob("*.cdxj"):
        data = path.read_bytes().splitlines()
        assert data == sorted(data)
    places = {(row["warc_filename"], row["warc_record_offset"]) for row in world.library.captures()}
    for file, offset in places:
        assert find_held(world.library.path, file, offset).file == file


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def copy_of(world: World, path: Path) -> Library:
    shutil.copytree(world.library.path, path, symlinks=True)
    return Library.open(path)


def test_imported_again_nothing_changes(world: World, tmp_path: Path) -> None:
    with copy_of(world, tmp_path / "copy") as library:
        before = tree(library.path / "warc") | tree(library.generation)
        again = import_files(library, sorted(world.folder.iterdir()), ENGINE)
        assert all(one.known and one.new == 0 for one in again.files)
        assert again.rows == {}
        assert tree(library.path / "warc") | tree(library.generation) == before


def test_the_warc_folder_alone_gives_the_same_tables(world: World, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(world.library.path / "library.toml", bare)
    (bare / "locks").mkdir()
    shutil.copytree(world.library.path / "warc", bare / "warc")
    before = tree(bare / "warc")
    for path in bare.glob("warc/imported/*.json*"):
        path.unlink()
    for path in bare.glob("warc/**/*.cdxj"):
        path.unlink()
    with Library.create(bare) as library:
        rebuild(library, ENGINE)
        assert contents(library) == contents(world.library)
        assert tree(bare / "warc") == before
        for row in library.captures():
            assert library.capture(row["warc_record_id"]) == world.library.capture(
                row["warc_record_id"]
            )


def test_lost_indexes_are_made_again_and_recovery_leaves_the_files_alone(
    world: World, tmp_path: Path
) -> None:
    with copy_of(world, tmp_path / "copy") as library:
        before = tree(library.path / "warc")
        (library.path / FOLDER / "wget.warc.gz.cdxj").unlink()
        (library.path / FOLDER / "old.warc.captures.jsonl").unlink()
        assert restore_indexes(library) == [f"{FOLDER}/old.warc", f"{FOLDER}/wget.warc.gz"]
        assert restore_indexes(library) == []
        recover(library)
        assert tree(library.path / "warc") == before


def test_the_same_captures_in_another_file_count_once(world: World, tmp_path: Path) -> None:
    """As in a WACZ and in the files that it was made of, a page of each kind and one that is new."""
    path = tmp_path / "again.warc"
    path.write_bytes(R(13) + Q(13) + R(6, version="WARC/0.18", identity=None) + R(99))
    with copy_of(world, tmp_path / "copy") as library:
        before = len(library.captures())
        again = import_files(library, [path], ENGINE)
        assert [(one.captures, one.new, one.articles) for one in again.files] == [(3, 1, 1)]
        assert len(library.captures()) == before + 1
        capture = library.read(Pointer(f"{FOLDER}/again.warc", 0, 0))
        assert capture.url == "https://paper.example/2020/13"


A, B = "<urn:uuid:00000000-0000-4000-8000-00000000000a>", "<urn:uuid:b>"
R2_URL, R2_TIME = "https://paper.example/2020/2", "2020-05-04T08:02:00.000000Z"


def _taken_in(library: Library, path: Path, *records: bytes) -> tuple[int, int]:
    path.write_bytes(b"".join(records))
    (one,) = import_files(library, [path], ENGINE).files
    return one.captures, one.new


@pytest.mark.parametrize(
    "again",
    [
        (R(2, identity=A), R(4, identity=B)),
        (R(4, identity=B), R(2, identity=A)),
        (R(2, identity=A), R(1, identity=A), R(4, identity=B), R(3, identity=B)),
    ],
    ids=["alone", "alone, the other first", "before the one whose id it is"],
)
def test_captures_whose_ids_are_those_of_others_count_once(
    library: Library, tmp_path: Path, again: tuple[bytes, ...]
) -> None:
    first = (R(1, identity=A), R(2, identity=A), R(3, identity=B), R(4, identity=B))
    assert _taken_in(library, tmp_path / "first.warc", *first) == (4, 4)
    before = {row["warc_record_id"]: row["url"] for row in library.captures()}
    assert len(before) == 4
    assert _taken_in(library, tmp_path / "again.warc", *again) == (len(again), 0)
    assert {row["warc_record_id"]: row["url"] for row in library.captures()} == before
    listed = [find_held(library.path, f"{FOLDER}/again.warc", at) for at in _starts(again)]
    assert all(before[one.warc_record_id] == one.url for one in listed)


def _starts(records: tuple[bytes, ...]) -> list[int]:
    return [sum(map(len, records[:at])) for at in range(len(records))]


def test_a_capture_beside_itself_under_the_id_that_it_is_given_counts_once(
    library: Library, tmp_path: Path
) -> None:
    """The library has another capture of that id; one of the two came from an export."""
    given = made_id(repr([A.strip("<>"), R2_URL, R2_TIME]).encode())
    assert _taken_in(library, tmp_path / "first.warc", R(1, identity=A)) == (1, 1)
    both = (R(2, identity=A), R(2, identity=f"<{given}>"))
    assert _taken_in(library, tmp_path / "both.warc", *both) == (2, 1)
    assert [row["warc_record_id"] for row in library.captures() if row["url"] == R2_URL] == [given]


def test_an_original_that_the_library_has_is_found_there(world: World, tmp_path: Path) -> None:
    said = {"WARC_Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"}
    path = tmp_path / "later.warc.gz"
    revisit = warcs.record(
        "revisit",
        "https://third.example/thirteen",
        warcs.HTML,
        date="2020-07-01T00:00:00Z",
        WARC_Refers_To=f"<{warcs.id_of('response', 13)}>",
        **said,
    )
    path.write_bytes(warcs.members(revisit))
    with copy_of(world, tmp_path / "copy") as library:
        import_files(library, [path], ENGINE)
        (row,) = (
            row for row in library.articles() if row["url"] == "https://third.example/thirteen"
        )
        assert row["headline"] == "Essay number 13"
        original = library.capture(row["article_id"]).original
        assert original
        assert original.url == "https://paper.example/2020/13"


def _records(path: Path) -> list[Located]:
    with path.open("rb") as stream:
        return [found for found in scan(stream) if isinstance(found, Located)]


def test_the_import_is_written_down_in_our_own_warc(world: World) -> None:
    summaries = [
        located.record
        for path in world.library.path.glob("warc/[0-9]*/**/*.warc.gz")
        for located in _records(path)
        if (located.record.get("WARC-Target-URI") or "").startswith(SUMMARY_URI)
    ]
    (summary,) = summaries
    for one in world.imported.files:
        assert one.sha256
        assert one.sha256.encode() in summary.block


def test_verify_finds_nothing_wrong_and_each_byte_that_counts_changed(
    world: World, tmp_path: Path
) -> None:
    with copy_of(world, tmp_path / "copy") as library:
        assert verify(library.path).findings == ()
        rows = {row["url"]: row for row in library.captures()}
        row = rows["https://paper.example/2020/1"]
        path = library.path / row["warc_filename"]
        data = bytearray(path.read_bytes())
        data[row["warc_record_offset"] + row["warc_record_length"] // 2] ^= 0xFF
        path.write_bytes(bytes(data))
        found = verify(library.path).findings
        assert [one.code for one in found] == ["import.record"]
        place = f"{row['warc_filename']} at byte {row['warc_record_offset']}: "
        assert found[0].detail.startswith(place)


def test_a_rebuild_stops_where_an_imported_file_is_gone(world: World, tmp_path: Path) -> None:
    with copy_of(world, tmp_path / "copy") as library:
        (library.path / FOLDER / "crawl.wacz").unlink()
        with pytest.raises(ArchiveError, match=r"crawl\.wacz is not there.*put the file"):
            rebuild(library, ENGINE)
        assert len(library.articles()) == 16


def test_a_file_without_captures_is_kept_and_said(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "wet.warc.gz"
    path.write_bytes(
        warcs.members(warcs.warcinfo(), warcs.record("conversion", "https://x.example/", b"text"))
    )
    imported = import_files(library, [path, path], ENGINE)
    assert [(one.records, one.captures, one.known, one.is_sound) for one in imported.files] == [
        (2, 0, False, True),
        (0, 0, True, True),
    ]
    assert len(library.captures()) == 0


def test_a_file_that_is_refused_leaves_nothing_behind(library: Library, tmp_path: Path) -> None:
    came = tmp_path / "came"
    came.mkdir()
    (came / "empty.warc").write_bytes(b"")
    (came / "garbage.warc").write_bytes(b"hello" * 100)
    (came / "zeros.warc.gz").write_bytes(b"\x1f\x8b\x08" + bytes(100))
    warcs.wacz(came / "evil.wacz", {"a.warc.gz": _like_wget()}, others={"../evil.warc": b"x"})
    before = tree(tmp_path)
    imported = import_files(library, sorted(came.iterdir()), ENGINE)
    assert [one.error for one in imported.files] == [
        "the file is empty",
        "'../evil.warc': its path leads out of the file",
        "it holds no WARC record",
        "it holds no WARC record: at byte 0: the gzip member is torn",
    ]
    changed = {name for name in tree(tmp_path) if tree(tmp_path)[name] != before.get(name)}
    own = ("/locks/", "/state/", "/fold.db")
    assert [name for name in changed if not any(part in name for part in own)] == []
