"""Captures in imported files: what kind of bytes they have, how they are listed and found again."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import warcs
from archive.errors import ArchiveError, CorruptRecord
from archive.imported.captures import fidelity_of, read_held
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
from archive.web.http import parse_head

BODY = warcs.page("Coding")
CHUNKED = "Transfer-Encoding: chunked"
GZIPPED = "Content-Encoding: gzip"


def held(offset: int = 0, length: int = 0, **changes: object) -> HeldCapture:
    given = {
        "file": f"{FOLDER}/a.warc",
        "offset": offset,
        "length": length,
        "kind": "response",
        "warc_record_id": f"urn:uuid:{offset}",
        "url": "https://paper.example/2020/1",
        "fetch_time": "2020-05-04T08:00:00.000000Z",
        "run_id": "run-1",
        "source": "imported",
    }
    return HeldCapture(**given | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("head", "body", "cut", "expected"),
    [
        ("HTTP/1.1 200 OK", BODY, False, "imported"),
        ("HTTP/1.0 200 OK", BODY, False, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", warcs.chunked(BODY), False, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", warcs.chunked(BODY)[:-5], False, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", warcs.chunked(BODY, 10**6)[:-90], True, "imported"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", BODY, False, "dechunked"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", b"face\r\nthe music, it says", False, "dechunked"),
        (f"HTTP/1.1 200 OK\n{CHUNKED}", b"", False, "imported"),
        (f"HTTP/1.1 200 OK\n{GZIPPED}", gzip.compress(BODY), False, "imported"),
        (f"HTTP/1.1 200 OK\n{GZIPPED}", BODY, False, "decoded"),
        (
            f"HTTP/1.1 200 OK\n{GZIPPED}\n{CHUNKED}",
            warcs.chunked(gzip.compress(BODY)),
            False,
            "imported",
        ),
        (f"HTTP/1.1 200 OK\n{GZIPPED}\n{CHUNKED}", gzip.compress(BODY), False, "dechunked"),
        (f"HTTP/1.1 200 OK\n{GZIPPED}\n{CHUNKED}", BODY, False, "decoded"),
        ("HTTP/1.1 200 OK\nX-Crawler-Content-Encoding: gzip", BODY, False, "decoded"),
        ("HTTP/1.1 200 OK\nX-Crawler-Transfer-Encoding: chunked", BODY, False, "dechunked"),
        ("HTTP/1.1 200 OK\nx-orig-content-encoding: br", BODY, False, "decoded"),
        ("HTTP/1.1 200 OK\nX-Archive-Orig-Transfer-Encoding: chunked", BODY, False, "dechunked"),
        ("HTTP/2 200", BODY, False, "reconstructed"),
        ("HTTP/2.0 200 OK", BODY, False, "reconstructed"),
        (f"HTTP/3 200\n{GZIPPED}", BODY, False, "decoded"),
    ],
)
def test_head_and_body_tell_what_kind_of_bytes_they_are(
    head: str, body: bytes, cut: bool, expected: str
) -> None:
    lines = head.replace("\n", "\r\n").encode() + b"\r\n\r\n"
    assert fidelity_of(parse_head(lines), body, cut) == expected


@pytest.mark.parametrize(
    ("head", "body", "payload"),
    [
        (f"HTTP/1.1 200 OK\r\n{CHUNKED}", warcs.chunked(BODY), BODY),
        (f"HTTP/1.1 200 OK\r\n{CHUNKED}", BODY, BODY),
        (f"HTTP/1.1 200 OK\r\n{CHUNKED}", b"face\r\nthe music", b"face\r\nthe music"),
        (f"HTTP/2 200\r\n{GZIPPED}", BODY, BODY),
    ],
)
def test_the_payload_is_the_same_however_the_body_is_kept(
    library_folder: Path, head: str, body: bytes, payload: bytes
) -> None:
    data = warcs.response(1, body, head.encode() + b"\r\n\r\n")
    (library_folder / "a.warc").write_bytes(data)
    capture = read_held(library_folder.parents[1], held(0, len(data)))
    assert (capture.payload, capture.body) == (payload, body)


@pytest.fixture
def library_folder(tmp_path: Path) -> Path:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    "one",
    [
        held(),
        held(
            7,
            9,
            request=RecordPlace(1, 2),
            metadata=RecordPlace(3, 4),
            status=200,
            mime="text/html",
        ),
        held(continued=(RecordPlace(1, 2), RecordPlace(3, 4)), complete=False, kind="resource"),
        held(
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
        held_to_line(held(offset, url="https://x.example/" + "y" * offset)) + "\n"
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


def test_a_lost_or_changed_file_is_named(library_folder: Path) -> None:
    root, one = library_folder.parents[1], held(0, 100)
    with pytest.raises(CorruptRecord, match=r"a\.warc at byte 0: the imported file is gone"):
        read_held(root, one)
    (library_folder / "a.warc").write_bytes(b"\0" * 100)
    with pytest.raises(CorruptRecord, match="no WARC record begins here"):
        read_held(root, one)


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


@pytest.mark.parametrize(
    ("said", "complete", "expected"),
    [
        (None, True, None),
        ("length", True, "length"),
        ("Disconnect", True, "disconnect"),
        ("because", True, "unspecified"),
        (None, False, "unspecified"),
    ],
)
def test_a_short_body_is_marked(
    library_folder: Path, said: str | None, complete: bool, expected: str | None
) -> None:
    data = warcs.response(1, WARC_Truncated=said)
    (library_folder / "a.warc").write_bytes(data)
    one = held(0, len(data), complete=complete)
    assert read_held(library_folder.parents[1], one).truncated == expected
