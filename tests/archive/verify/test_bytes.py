"""Every byte of a WARC file changed, every tail cut off: `verify` names the record each time."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from archive.verify.library import verify
from archive.verify.warc_files import FilePiece, check_piece
from drafts import NAME, Draft, page, record_id

TIME, LEVEL, SYSTEM = range(4, 8), 8, 9
"""Bytes of a gzip header that no reader looks at: MTIME, XFL and OS.

A change of them changes no record. It is told as a warning, and not at all where the new value is
one that zlib or isal might have written.
"""


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The gzip members of a WARC file of one exchange: response, request, metadata."""
    kept: list[bytes] = []
    draft = Draft(captures=[page(1)], members=lambda given: kept.extend(given[1:4]) or given)
    draft.write(tmp_path_factory.mktemp("three") / "library")
    return kept


def offsets(members: list[bytes]) -> list[int]:
    return [sum(map(len, members[:number])) for number in range(len(members))]


def told(folder: Path, data: bytes) -> dict[int | None, set[str]]:
    """The codes that are found in a file of *data*, by the offset of the record."""
    path = folder / Path(NAME).name
    path.write_bytes(data)
    found: dict[int | None, set[str]] = {}
    for finding in check_piece(FilePiece(NAME, path, 0, len(data), len(data))).findings:
        if finding.code != "warc.no_warcinfo":
            found.setdefault(finding.offset, set()).add(finding.code)
    return found


def inflates_to(member: bytes) -> bytes | None:
    try:
        return zlib.decompress(member, 31)
    except zlib.error:
        return None


def masks(at: int) -> tuple[int, int]:
    """All bits of a byte, and one of them: another one for each offset."""
    return 0xFF, 1 << (at % 8)


def test_each_byte_flipped_names_its_record(members: list[bytes], tmp_path: Path) -> None:
    data, unseen = b"".join(members), []
    assert told(tmp_path, data) == {}
    for start, member in zip(offsets(members), members, strict=True):
        for at in range(len(member)):
            for mask in masks(at):
                changed = bytearray(data)
                changed[start + at] ^= mask
                if start not in told(tmp_path, bytes(changed)):
                    unseen.append((start, at, mask))
    for start, at, mask in unseen:
        member = bytearray(members[offsets(members).index(start)])
        before = inflates_to(bytes(member))
        member[at] ^= mask
        assert inflates_to(bytes(member)) == before  # the record is the same
        padding = at == len(member) - 9  # bits between the last code and the byte's end
        assert at in (LEVEL, SYSTEM) or padding
        assert mask != 0xFF
    assert len(unseen) <= 2 * len(members)


def test_a_changed_time_in_a_gzip_header_is_a_warning(members: list[bytes], tmp_path: Path) -> None:
    data = b"".join(members)
    for at in TIME:
        changed = bytearray(data)
        changed[at] ^= 0xFF
        assert told(tmp_path, bytes(changed)) == {0: {"warc.gzip_time"}}


def test_each_tail_cut_off_names_the_record_that_is_torn(
    members: list[bytes], tmp_path: Path
) -> None:
    data = b"".join(members)
    starts = offsets(members)
    for length in range(1, len(data)):
        found = told(tmp_path, data[:length])
        torn = max(start for start in starts if start <= length - 1)
        whole = length in starts
        where = 0 if whole else torn  # cut between records: the exchange lacks its metadata
        assert where in found, length
        assert found[where] & {"warc.truncated", "warc.exchange_torn", "warc.garbage"}, length


def test_a_flip_anywhere_in_a_library_names_the_record(tmp_path: Path) -> None:
    """The captures rows name what is no longer legible in the WARC itself."""
    folder = Draft(captures=[page(1)]).write(tmp_path / "library")
    path = folder / NAME
    data = path.read_bytes()
    (entry,) = _responses(path)
    for at in range(entry[0], entry[0] + entry[1], 7):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        path.write_bytes(bytes(changed))
        found = verify(folder)
        if at - entry[0] not in (*TIME, LEVEL, SYSTEM):
            assert found.errors
        assert record_id(10) in {finding.record_id for finding in found.findings}, at - entry[0]


def _responses(path: Path) -> list[tuple[int, int]]:
    size = path.stat().st_size
    seen = check_piece(FilePiece(NAME, path, 0, size, size)).captures
    return [(one.entry.offset, one.entry.length) for one in seen]
