"""Looking things up: with the index, without one, and where none can be kept, with one answer."""

from __future__ import annotations

import shutil
from pathlib import Path

from archive.library import Library
from archive.tables import names
from archive.tables.dataset import rows
from archive.tables.index.answers import ids_with
from archive.tables.index.follow import index_path
from archive.tables.lookup import rows_with
from archive.tables.url_history import articles_of, histories
from archive.types import Row
from mounts import fill, read_only, small_disk


def answers(library: Library) -> list[object]:
    """What is found of all articles, captures and addresses of *library*."""
    generation = library.generation
    articles = library.articles("all").to_pylist()
    captures = library.captures().to_pylist()
    found: list[object] = [len(library.articles())]
    wanted = [
        *(row["article_id"] for row in articles),
        *(row["article_id"][:8] for row in articles),
        *(row["warc_record_id"] for row in captures),
        *(row["url"] for row in captures),
        *("aaaaaaaaaaaaaaaaaaaaaaaaaa", "urn:uuid:none", "https://none.example/"),
    ]
    for one in dict.fromkeys(wanted):
        found.append((one, names.pointer_named(generation, one)))
        found.append(names.versions_named(generation, one))
        found.append((names.address_named(generation, one), names.addresses_of(generation, one)))
    for url in dict.fromkeys(row["url"] for row in captures):
        history = histories(generation, url)[-1]
        found.append((history, articles_of(generation, history)))
    return found


def test_the_index_changes_no_answer(copied: Library) -> None:
    indexed = answers(copied)
    assert ids_with(copied.generation, "") is not None
    shutil.rmtree(index_path(copied.generation).parent)
    index_path(copied.generation).parent.write_bytes(b"")  # so none can be made
    assert ids_with(copied.generation, "") is None
    assert answers(copied) == indexed


def test_pointers_and_rows_are_those_of_the_tables(archived: object, copied: Library) -> None:
    newest: dict[str, Row] = {}
    for row in copied.articles("all"):
        if row["version"] >= newest.get(row["article_id"], row)["version"]:
            newest[row["article_id"]] = row
    for identity, row in newest.items():
        found = names.pointer_named(copied.generation, identity)
        assert found is not None
        assert (found[0], found[1].offset) == (row["warc_record_id"], row["warc_record_offset"])
        assert names.versions_named(copied.generation, identity)[-1] == row
    for row in copied.captures():
        found = names.pointer_named(copied.generation, row["warc_record_id"])
        assert found is not None
        assert (found[1].filename, found[1].offset) == (
            row["warc_filename"],
            row["warc_record_offset"],
        )
    log = rows(copied.generation, "crawl_log").to_pylist()
    keys = sorted({row["url_surtkey"] for row in log})
    assert len(list(rows_with(copied.generation, "crawl_log", "url_surtkey", keys))) == len(log)


def test_a_library_that_cannot_be_written_is_read(small: Library, tmp_path: Path) -> None:
    identity = small.articles().to_pylist()[0]["article_id"]
    shutil.rmtree(small.path / "state/lookup", ignore_errors=True)
    with read_only(small.path, tmp_path / "read-only") as folder, Library.open(folder) as library:
        capture = library.capture(identity)
        assert not (folder / "state/lookup").exists()
    assert small.capture(identity) == capture
    with read_only(small.path, tmp_path / "read-only") as folder, Library.open(folder) as library:
        assert ids_with(library.generation, identity) == [identity]
        assert library.capture(identity) == capture


def test_a_full_disk_is_read(small: Library, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        shutil.copytree(small.path, disk / "library", symlinks=True)
        shutil.rmtree(disk / "library/state/lookup", ignore_errors=True)
        fill(disk)
        with Library.open(disk / "library") as library:
            identity = library.articles().to_pylist()[0]["article_id"]
            assert library.capture(identity).warc_record_id
            assert not list((disk / "library/state").glob("lookup/*"))
