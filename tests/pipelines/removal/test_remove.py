from __future__ import annotations

import hashlib
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.disk.locks import lock
from archive.errors import ArchiveError, CaptureNotFound, LockHeld, PageRemoved, UsageError
from archive.library import Library
from archive.removal.in_force import in_force
from archive.removal.tombstones import NAME
from archive.tables.digest import digests, library_digest
from archive.types import Capture
from archive.verify.library import verify
from pipelines.derive.engine import Engine
from pipelines.exporting.export_warc import export_warc
from pipelines.exporting.selection import Filters
from pipelines.exporting.wacz import export_wacz
from pipelines.importing.import_files import import_files
from pipelines.publish import publish
from pipelines.rebuild.readiness import make_ready
from pipelines.rebuild.rebuild import rebuild
from pipelines.removal.remove import covered, find_target, removals_named, remove, undo
from small import SOURCES, captured, first_run, keep, make_small, page, second_run

ENGINE = Engine("local", 1)
TABLES = ("articles", "captures", "payloads", "crawl_log")
PAGE = "https://north.example/log/0"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small library, whose copies the tests take apart."""
    path = tmp_path_factory.mktemp("small") / "library"
    make_small(path)
    return path


@pytest.fixture
def small(made: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(made, tmp_path / "library", symlinks=True)
    with Library.open(tmp_path / "library", writing=True) as library:
        yield library


_PLACE = ("warc_filename", "warc_record_offset", "warc_record_length", "warc_headers")


def digest_of(library: Library, without: tuple[str, ...] = ()) -> str:
    return library_digest(digests(library.generation, without))


def shown(library: Library, text: str) -> dict[str, int]:
    """How many rows readers find of addresses that begin with *text*, by table."""
    columns = {"payloads": "url_surtkey"}
    keys = {"payloads": text.replace("https://north.example", "example,north)")}
    found = {}
    for table in TABLES:
        column, start = columns.get(table, "url"), keys.get(table, text)
        rows = library.table(table, columns=[column])
        found[table] = sum(row[column].startswith(start) for row in rows)
    return found


def table_bytes(library: Library) -> dict[str, str]:
    """The hashes of the files that readers see, whatever their generation is."""
    paths = sorted(library.generation.glob("*/data/*/*[1-9]-*.parquet"))
    return {
        f"{path.parts[-4]}/{path.name.partition('-')[2]}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in paths
    }


def errors(library: Library) -> list[str]:
    return [
        str(finding) for finding in verify(library.path).findings if finding.severity == "error"
    ]


@pytest.mark.parametrize("text", ["north.example", "https://north.example/log/", PAGE])
def test_what_is_removed_stands_in_no_table_and_comes_back_byte_for_byte(
    small: Library, text: str
) -> None:
    before, digest, old = table_bytes(small), digest_of(small), small.generation
    start = "https://north.example/" if text != PAGE else PAGE
    assert all(shown(small, start).values())
    counts = covered(small, find_target(small, text))
    assert (counts.captures, counts.crawl_log) == (
        shown(small, start)["captures"],
        shown(small, start)["crawl_log"],
    )
    remove(small, find_target(small, text), by="Ada", reason="asked for")
    assert set(shown(small, start).values()) == {0}
    assert shown(small, "https://south.example/") == shown(
        Library(small.path, small.settings), "https://south.example/"
    )
    assert errors(small) == []
    hidden = digest_of(small)
    assert hidden != digest
    if text == PAGE:  # a rebuild takes its time
        rebuild(small, ENGINE)
        assert (digest_of(small), set(shown(small, start).values())) == (hidden, {0})
        assert errors(small) == []
    undo(small, removals_named(small, text))
    assert (digest_of(small), table_bytes(small)) == (digest, before)
    assert errors(small) == []
    assert old.is_dir()  # for those who read it


def test_files_that_no_removal_touches_are_linked(small: Library) -> None:
    remove(small, find_target(small, "https://north.example/log/6"))  # a picture: it has no payload
    links = {
        name: {path.stat().st_nlink for path in small.generation.glob(f"{name}/data/*/*-000001-*")}
        for name in ("articles", "payloads", "captures")
    }
    assert links == {"articles": {2}, "payloads": {2}, "captures": {1}}


def test_no_reader_of_the_library_finds_it(small: Library, tmp_path: Path) -> None:
    (row,) = [row for row in small.articles() if row["url"] == PAGE]
    assert len(small.search("harbour", limit=100)) == len(small.articles())
    remove(small, find_target(small, row["article_id"][:8]), reason="asked for")
    for name in (row["article_id"], row["article_id"][:6], row["warc_record_id"], PAGE):
        with pytest.raises(PageRemoved, match=r"removed on \d{4}-\d\d-\d\d \(asked for\)"):
            small.capture(name)
    hits = small.search("harbour", limit=100)
    assert row["article_id"] not in {hit.article_id for hit in hits}
    assert len(hits) == len(small.articles()) == 11
    export_wacz(small, tmp_path / "all.wacz", Filters())
    with zipfile.ZipFile(tmp_path / "all.wacz") as packed:
        assert PAGE not in packed.read("pages/pages.jsonl").decode()
    assert errors(small) == []


@pytest.mark.long
def test_a_page_that_comes_after_its_removal_is_not_shown(tmp_path: Path, made: Path) -> None:
    with Library.create(tmp_path / "library", "small") as library:
        settings = library.path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    with Library.open(tmp_path / "library", writing=True) as library:
        keep(library, [capture for source in SOURCES for capture in first_run(source)])
        publish(library, ENGINE, payloads=True)
        remove(library, find_target(library, "north.example"))
        keep(library, [capture for source in SOURCES for capture in second_run(source)])
        assert publish(library, ENGINE, payloads=True)
        assert set(shown(library, "https://north.example/").values()) == {0}
        assert errors(library) == []
        hidden = digest_of(library)
        rebuild(library, ENGINE)
        assert digest_of(library) == hidden
        undo(library, removals_named(library, "https://www.north.example"))
        with Library.open(made) as control:
            assert digest_of(library, _PLACE) == digest_of(control, _PLACE)


@pytest.mark.long
@pytest.mark.parametrize("again", [publish, rebuild], ids=["publish", "rebuild"])
def test_a_backup_of_the_warc_files_knows_what_is_removed(
    small: Library, tmp_path: Path, again: object
) -> None:
    remove(small, find_target(small, "north.example"))
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(small.path / "library.toml", copy)
    for part in ("warc", "sources"):
        shutil.copytree(small.path / part, copy / part)
    with Library.open(copy, writing=True) as restored:
        make_ready(restored, ENGINE)
        (publish if again is publish else rebuild)(restored, ENGINE)
        assert digest_of(restored) == digest_of(small)
        assert in_force(copy)
        assert (copy / NAME).read_bytes() == (small.path / NAME).read_bytes()
        assert errors(restored) == []


def test_a_removal_of_which_only_the_record_was_written_comes_into_force(
    small: Library, made: Path, tmp_path: Path
) -> None:
    remove(small, find_target(small, "north.example"))
    shutil.copytree(made, tmp_path / "killed", symlinks=True)
    shutil.copytree(small.path / "warc", tmp_path / "killed/warc", dirs_exist_ok=True)
    with Library.open(tmp_path / "killed", writing=True) as killed:
        make_ready(killed, ENGINE)
        assert all(shown(killed, "https://north.example/").values())
        assert publish(killed, ENGINE) is None
        assert digest_of(killed) == digest_of(small)
        assert errors(killed) == []


def test_what_is_imported_again_of_it_is_known(small: Library, tmp_path: Path) -> None:
    export_warc(small, tmp_path / "all.warc.gz", Filters(source="north"))
    remove(small, find_target(small, "north.example"))
    imported = import_files(small, [tmp_path / "all.warc.gz"], ENGINE)
    (file,) = imported.files
    assert file.captures == 20 - 10
    assert file.new == 0
    assert set(shown(small, "https://north.example/").values()) == {0}
    assert errors(small) == []


def test_a_lost_or_shortened_list_comes_back(small: Library) -> None:
    remove(small, find_target(small, "north.example"))
    written = (small.path / NAME).read_bytes()
    (small.path / NAME).unlink()
    assert [f.code for f in verify(small.path).findings if f.severity == "error"] == [
        "library.removal"
    ]
    publish(small, ENGINE)
    assert (small.path / NAME).read_bytes() == written
    (small.path / NAME).write_bytes(written + b"garbage\n")
    assert "library.tombstones" in {finding.code for finding in verify(small.path).findings}
    with pytest.raises(ArchiveError, match="line 2"):
        publish(small, ENGINE)


def test_verify_sees_rows_on_the_wrong_side(small: Library) -> None:
    remove(small, find_target(small, "north.example"))
    for path in (small.path / NAME, small.generation / NAME):
        path.write_bytes(b"")
    assert {finding.code for finding in verify(small.path).findings} == {"parquet.withheld"}
    publish(small, ENGINE)  # the record in the WARC is not taken in yet: it comes into force again
    assert errors(small) == []
    assert set(shown(small, "https://north.example/").values()) == {0}


def test_nothing_is_removed_while_another_publishes(small: Library) -> None:
    before = digest_of(small)
    target = find_target(small, "north.example")
    with lock(small.lock_file("publish")), pytest.raises(LockHeld):
        remove(small, target)
    assert digest_of(small) == before
    assert not (small.path / NAME).exists()
    with pytest.raises(UsageError, match="not removed"):
        removals_named(small, "north.example")


def told(path: str, body: bytes) -> Capture:
    """A page that the first site gave at *path*."""
    one = captured("north", len(path), 120, body)
    return replace(
        one,
        url=f"https://north.example{path}",
        request=f"GET {path} HTTP/1.1\r\nHost: north.example\r\n\r\n".encode(),
        warc_record_id=str(uuid.uuid5(uuid.NAMESPACE_URL, path).urn),
    )


def declaring(canonical: str, body: bytes) -> bytes:
    link = f"<link rel=canonical href=https://north.example{canonical}>"
    return body.replace(b"<title>", link.encode() + b"<title>")


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose articles stand at more addresses than one."""
    path = tmp_path_factory.mktemp("addressed") / "library"
    with Library.create(path, "small") as library:
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        pages = [
            told("/", page(1)),
            told("/ferries/", page(2)),
            told("/?number=2", declaring("/ferries/", page(2))),
            told("/quays", page(3)),
            told("/read?number=3", declaring("/quays", page(3))),
            told("/home/a", declaring("/", page(4))),
            told("/home/other", declaring("/", page(5))),
        ]
        keep(library, pages)
        publish(library, ENGINE, payloads=True)
    return path


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("https://north.example/ferries/", {"/ferries/", "/?number=2"}),
        ("https://north.example/quays", {"/quays", "/read?number=3"}),
        ("https://north.example/home/a", {"/home/a"}),
        ("the id of /ferries/", {"/ferries/", "/?number=2"}),
        ("the id of /", {"/"}),
        ("the record of /", {"/"}),
    ],
)
def test_an_article_goes_with_all_addresses_that_gave_it_and_no_other(
    addressed: Path, tmp_path: Path, text: str, gone: set[str]
) -> None:
    shutil.copytree(addressed, tmp_path / "library", symlinks=True)
    with Library.open(tmp_path / "library", writing=True) as library:
        digest, before = digest_of(library), paths(library, "captures")
        if text.startswith("the "):
            table, column = (
                ("articles", "article_id") if " id " in text else ("captures", "warc_record_id")
            )
            url = f"https://north.example{text.rpartition(' ')[2]}"
            text = next(row[column] for row in library.table(table) if row["url"] == url)
        remove(library, target := find_target(library, text))
        for table in ("articles", "captures", "crawl_log"):
            assert paths(library, table) & gone == set()
        assert before - paths(library, "captures") == gone
        assert len(library.table("articles")) == 5 - 1
        assert errors(library) == []
        undo(library, removals_named(library, target.what))
        assert digest_of(library) == digest


def paths(library: Library, table: str) -> set[str]:
    rows = library.table(table, columns=["url"])
    return {row["url"].removeprefix("https://north.example") for row in rows}


def test_a_record_that_is_not_there_is_named_as_such(small: Library) -> None:
    with pytest.raises(CaptureNotFound):
        find_target(small, "urn:uuid:00000000-0000-4000-8000-ffffffffffff")
