"""Files that a tool has packed into one gzip member: `repair` gives each record its own again."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.disk import files
from archive.library import Library
from archive.repair.recover import recover
from archive.repair.regroup import regroup
from archive.types import Capture, Pointer
from archive.verify.library import verify
from archive.warc_file import index_path
from archive.writer import WarcWriter
from support import command

MakeCapture = Callable[..., Capture]


@pytest.fixture
def written(library: Library, make_capture: MakeCapture) -> list[Pointer]:
    with closing(WarcWriter(library)) as writer:
        return [writer.write(make_capture(number)).result(20) for number in range(3)]


def warc(library: Library) -> Path:
    (path,) = library.path.glob("warc/**/*.warc.gz")
    return path


def codes(library: Library) -> set[str]:
    return {finding.code for finding in verify(library.path).findings}


def test_the_file_is_as_it_was_before_the_tool_came(
    library: Library, written: list[Pointer], make_capture: MakeCapture
) -> None:
    path = warc(library)
    before = path.read_bytes()
    packed = gzip.compress(gzip.decompress(before), mtime=0)
    path.write_bytes(packed)
    assert "warc.one_member" in codes(library)
    (done,) = regroup(library)
    assert (done.records, done.sha256) == (10, hashlib.sha256(packed).hexdigest())
    recover(library)
    assert path.read_bytes() == before
    assert codes(library) == set()
    for number, pointer in enumerate(written):
        found = library.read(pointer)
        assert found == make_capture(number, warc_record_id=found.warc_record_id)
    (kept,) = library.path.glob("quarantine/*.bytes")
    assert kept.read_bytes() == packed
    assert list(regroup(library)) == []


def test_a_crash_after_the_rewriting_leaves_no_index_of_the_old_places(
    library: Library, written: list[Pointer], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = warc(library)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), mtime=0))
    index_path(path).write_bytes(b"")  # what some tool made of the one member
    real = files.put

    def put(target: Path, data: Any) -> None:
        real(target, data)
        if target == path:
            raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(files, "put", put)
        with pytest.raises(KeyboardInterrupt):
            list(regroup(library))
    assert list(regroup(library)) == []
    recover(library)
    assert codes(library) == set()


@pytest.mark.long
def test_repair_says_so_and_a_second_one_changes_nothing(
    library: Library, written: list[Pointer]
) -> None:
    path = warc(library)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    done = command("repair", "--library", library.path)
    assert done.returncode == 0, done.stderr
    assert f"{path.name}: 10 records in a gzip member each" in done.stdout
    assert index_path(path).exists()
    assert command("verify", "--library", library.path).returncode == 0
    assert command("repair", "--library", library.path).stdout == "nothing to mend\n"


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: data + b"not a member", "warc.garbage"),
        (lambda data: data + bytes(512), "warc.zeros"),
        (lambda data: b"", "warc.empty"),
        (gzip.decompress, "warc.not_gzip"),
    ],
)
def test_other_shapes_are_told_by_codes_of_their_own_and_left_as_they_are(
    library: Library, written: list[Pointer], damage: Callable[[bytes], bytes], code: str
) -> None:
    path = warc(library)
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    assert code in codes(library)
    assert list(regroup(library)) == []
    assert path.read_bytes() == before


def test_one_that_lost_its_end_is_left_to_who_looks_at_it(
    library: Library, written: list[Pointer]
) -> None:
    path = warc(library)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()))[:-9])
    before = path.read_bytes()
    assert list(regroup(library)) == []
    assert path.read_bytes() == before
    assert "warc.one_member" in codes(library)
