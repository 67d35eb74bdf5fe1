from __future__ import annotations

from pathlib import Path

import pytest

import warcs
from archive.errors import ArchiveError, CorruptRecord
from archive.imported.index import (
    FOLDER,
    HeldCapture,
    RecordPlace,
    Referred,
    captures_file_of,
    find_held,
    held_from_line,
    held_of,
    held_to_line,
    is_imported,
    to_block,
)


@pytest.mark.parametrize(
    "one",
    [
        warcs.held(),
        warcs.held(
            7,
            9,
            request=RecordPlace(1, 2),
            metadata=RecordPlace(3, 4),
            status=200,
            mime="text/html",
        ),
        warcs.held(
            continued=(RecordPlace(1, 2), RecordPlace(3, 4)), complete=False, kind="resource"
        ),
        warcs.held(
            kind="revisit",
            original=Referred(
                "server-not-modified",
                "urn:uuid:o",
                "https://é.example/",
                None,
                "",
                "f",
                1,
                2,
                (RecordPlace(3, 4),),
            ),
        ),
    ],
)
def test_a_line_gives_back_what_was_written(one: HeldCapture) -> None:
    assert held_from_line(held_to_line(one)) == one
    assert "\n" not in held_to_line(one)
    assert held_of(to_block(one)) == one


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_a_capture_is_found_by_its_offset(library_folder: Path, count: int) -> None:
    offsets = [number**2 * 37 for number in range(count)]
    lines = "".join(
        held_to_line(warcs.held(offset, url="https://x.example/" + "y" * offset)) + "\n"
        for offset in offsets
    )
    captures_file_of(library_folder / "a.warc").write_text(lines)
    root, name = library_folder.parents[1], f"{FOLDER}/a.warc"
    assert [find_held(root, name, offset).offset for offset in offsets] == offsets
    for missing in (1, 36, 38, 10**9):
        with pytest.raises(CorruptRecord, match="no capture begins here"):
            find_held(root, name, missing)


def test_a_lost_list_says_how_it_comes_back(library_folder: Path) -> None:
    with pytest.raises(ArchiveError, match="`backissue repair` makes it again"):
        find_held(library_folder.parents[1], f"{FOLDER}/a.warc", 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("warc/imported/a.warc", True),
        ("warc/2026/11/a.warc.gz", False),
        ("warc/imported/more/a.warc", False),
        ("warc/imported", False),
    ],
)
def test_names_tell_which_files_are_imported(name: str, expected: bool) -> None:
    assert is_imported(name) is expected
