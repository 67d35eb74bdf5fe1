"""Files that somebody made to do harm: bounded memory, no hang, and a clear word."""

from __future__ import annotations

import errno
import io
import resource
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from archive.verify.warc_files import CheckedPiece, FilePiece, check_piece, walk_stream
from archive.warc.records import record_bytes, record_member
from drafts import EXTRA, EXTRA_INFO, note, renamed, warcinfo

INFO = record_member(renamed(warcinfo(EXTRA), EXTRA_INFO))
ROOT = Path(__file__).parents[3]


def member(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    return compressor.compress(data) + compressor.flush()


def walked(data: bytes) -> CheckedPiece:
    return walk_stream(io.BytesIO(data), FilePiece(EXTRA, Path(EXTRA), 0, len(data), len(data)))


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in walked(data).findings]


def edited(old: bytes, new: bytes) -> bytes:
    raw = record_bytes(note())
    assert old in raw
    return member(raw.replace(old, new, 1))


def test_a_length_of_terabytes() -> None:
    assert codes(INFO + edited(b"Length: 7", b"Length: 99999999999999")) == [
        "warc.length",
    ]


def test_a_negative_length() -> None:
    assert codes(INFO + edited(b"Length: 7", b"Length: -7")) == ["warc.field_value", "warc.length"]


def test_a_length_that_is_too_small() -> None:
    assert set(codes(INFO + edited(b"Length: 7", b"Length: 3"))) == {
        "warc.length",
    }


def test_a_record_without_its_line_ends() -> None:
    raw = record_bytes(note())[:-4]
    assert set(codes(INFO + member(raw))) == {"warc.length", "warc.block_digest"}


def test_a_header_without_end_or_of_a_mebibyte() -> None:
    assert codes(INFO + member(b"WARC/1.1\r\nA: b\r\n" * 10)) == ["warc.header"]
    assert codes(INFO + edited(b"\r\n\r\n", b"\r\nA: " + b"b" * 2**20 + b"\r\n\r\n")) == [
        "warc.header"
    ]


def test_many_header_fields() -> None:
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(5000))
    assert codes(INFO + edited(b"Content-Type", many + b"Content-Type")) == []


def test_a_member_without_a_record() -> None:
    assert codes(INFO + member(b"") + member(b"hello")) == ["warc.header", "warc.header"]


def test_the_walk_goes_on_behind_what_is_no_member() -> None:
    other = record_member(note(902))
    found = walked(INFO + b"\x1f\x8b rubbish " * 1000 + other + bytes(50))
    first, *others = found.findings
    assert (first.code, first.offset) == ("warc.damaged", len(INFO))
    assert [one.code for one in others] == ["warc.zeros"]
    assert found.records == 2


def test_a_sector_that_the_disk_cannot_read_costs_the_records_in_it() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            at = self.tell()
            end = len(self.getvalue()) if size is None or size < 0 else at + size
            if at < 12288 and end > 8192:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(size)

    notes = [record_member(note(901 + n, block=bytes(range(256)) * 16)) for n in range(100)]
    data = INFO + b"".join(notes)
    found = walk_stream(Failing(data), FilePiece(EXTRA, Path(EXTRA), 0, len(data), len(data)))
    assert {one.code for one in found.findings} == {"warc.damaged"}
    touching = [n for n in range(len(notes)) if _touches(n, notes)]
    assert found.records == 101 - len(touching)


def _touches(number: int, notes: list[bytes]) -> bool:
    start = len(INFO) + sum(map(len, notes[:number]))
    return start < 12288 and start + len(notes[number]) > 8192


@pytest.mark.long
def test_a_bomb_is_given_up_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / Path(EXTRA).name
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    raw = record_bytes(note()).replace(b"Length: 7", b"Length: 10737418240")
    parts = [INFO, compressor.compress(raw)]
    parts += [compressor.compress(bytes(2**20)) for _ in range(1024)]
    path.write_bytes(b"".join([*parts, compressor.flush()]))
    code = (
        "import sys; from pathlib import Path; from archive.verify.warc_files import FilePiece, check_piece\n"
        "path = Path(sys.argv[1]); size = path.stat().st_size\n"
        "print([one.code for one in check_piece(FilePiece(path.name, path, 0, size, size)).findings])"
    )
    limit = (1 << 30) + (1 << 29)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (done.stdout, done.returncode) == ("['warc.too_large']\n", 0), done.stderr


@pytest.mark.parametrize("length", [0, 1, 9, 10])
def test_a_file_that_ends_within_a_gzip_header(length: int) -> None:
    found = codes(INFO + INFO[:length])
    assert found == ([] if not length else ["warc.truncated"])


def test_a_piece_checks_the_records_that_begin_in_it(tmp_path: Path) -> None:
    path = tmp_path / Path(EXTRA).name
    notes = [record_member(note(901 + number)) for number in range(10)]
    data = INFO + b"".join(notes)
    path.write_bytes(data)
    middle = len(INFO) + sum(map(len, notes[:5]))
    first = check_piece(FilePiece(EXTRA, path, 0, middle, len(data)))
    second = check_piece(FilePiece(EXTRA, path, middle, len(data), len(data)))
    assert (first.records, second.records) == (6, 5)
    assert (first.end, second.end) == (middle, len(data))
    assert first.findings == second.findings == []
    within = check_piece(FilePiece(EXTRA, path, 0, middle - 1, len(data)))
    assert (within.records, within.end) == (6, middle)
