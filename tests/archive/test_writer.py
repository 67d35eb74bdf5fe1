"""The WARC writer: acknowledged means on the disk, whole events, final names, and no lost waiter."""

from __future__ import annotations

import errno
import gzip
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path
from random import Random
from typing import BinaryIO

import pytest

from archive.disk import files
from archive.disk.locks import try_lock
from archive.errors import DiskFailed, DiskFull
from archive.library import Library
from archive.repair.recover import recover
from archive.types import Capture, Pointer
from archive.warc import cdxj
from archive.warc.captures import read_capture, read_captures, read_groups
from archive.warc.records import Located
from archive.warc_file import WarcFile, index_path
from archive.writer import WarcWriter

MakeCapture = Callable[..., Capture]
WAIT = 20


@contextmanager
def reopened(library: Library, **changes: str) -> Iterator[Library]:
    """The library with other settings."""
    path = library.path / "library.toml"
    text = path.read_text()
    for name, value in changes.items():
        lines = [line for line in text.splitlines() if line.startswith(f"{name} = ")]
        text = text.replace(lines[0], f'{name} = "{value}"')
    path.write_text(text)
    with Library.open(library.path) as again:
        yield again


def groups_of(path: Path) -> list[list[Located]]:
    with path.open("rb") as stream:
        return list(read_groups(stream))


def warcs(library: Library, pattern: str = "*.warc.gz") -> list[Path]:
    return sorted(library.path.glob(f"warc/**/{pattern}"))


def synced(library: Library, name: str) -> int:
    return next(file.synced_offset for file in library.state.warc_files() if file.name == name)


# Acknowledged means on the disk


def test_a_capture_is_on_the_disk_when_its_future_is_done(
    library: Library, make_capture: MakeCapture
):
    seen: list[tuple[Pointer, int, int]] = []

    def look(future: Future[Pointer]) -> None:
        pointer = future.result()
        size = library.warc(pointer.filename).stat().st_size
        seen.append((pointer, synced(library, pointer.filename), size))

    with closing(WarcWriter(library)) as writer:
        for number in range(5):
            future = writer.write(make_capture(number))
            future.add_done_callback(look)
            future.result(WAIT)
    assert len(seen) == 5
    assert all(p.offset + p.length <= safe <= size for p, safe, size in seen)


def test_a_machine_in_another_zone_writes_utc_and_a_second_may_have_two_captures(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    moment = datetime(2026, 4, 4, 14, 30, 0, 5, tzinfo=UTC)  # 02:30 or 03:30 there: clocks go back
    made = [replace(make_capture(n), url="http://a.example/", fetch_time=moment) for n in (1, 2)]
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        with closing(WarcWriter(library)) as writer:
            pointers = [writer.write(capture).result(WAIT) for capture in made]
    finally:
        monkeypatch.undo()
        time.tzset()
    (path,) = warcs(library)
    named = datetime.strptime(path.name.split("-")[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - named) < timedelta(minutes=5)
    dates = {member.record.get("WARC-Date") for group in groups_of(path) for member in group[:1]}
    assert dates >= {"2026-04-04T14:30:00.000005Z"}
    assert all(date and date.endswith("Z") for date in dates)
    lines = list(cdxj.read_index(index_path(path).read_bytes()))
    assert [line.timestamp for line in lines] == ["20260404143000"] * 2
    with path.open("rb") as stream:
        assert [read_capture(stream, pointer.offset) for pointer in pointers] == made


def test_nothing_is_acknowledged_before_its_sync(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    events: list[str] = []
    real = files.sync

    def sync(stream: BinaryIO) -> None:
        real(stream)
        if stream.name.endswith(".warc.gz.open"):
            events.append("sync")

    monkeypatch.setattr(files, "sync", sync)
    with closing(WarcWriter(library, lambda kept: events.append(f"kept {len(kept)}"))) as writer:
        future = writer.write(make_capture())
        future.add_done_callback(lambda _: events.append("done"))
        future.result(WAIT)
        assert events == ["sync", "kept 1", "done"]


def test_many_threads_share_syncs_and_each_gets_its_own_pointer(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    syncs: list[str] = []
    real = files.sync

    def slow(stream: BinaryIO) -> None:
        real(stream)
        if stream.name.endswith(".warc.gz.open"):
            syncs.append(stream.name)
            time.sleep(0.005)

    monkeypatch.setattr(files, "sync", slow)
    several = [make_capture(number) for number in range(240)]
    kept: list[tuple[Capture, Pointer]] = []
    with closing(WarcWriter(library, kept.extend)) as writer, ThreadPoolExecutor(8) as pool:
        pointers = list(pool.map(lambda capture: writer.write(capture).result(WAIT), several))
    assert len(syncs) < len(several) / 2
    assert [library.read(pointer) for pointer in pointers] == several
    assert sorted(at.offset for _, at in kept) == sorted(pointer.offset for pointer in pointers)
    (path,) = warcs(library)
    with path.open("rb") as stream:
        found = {capture.warc_record_id for capture in read_captures(stream)}
    assert found == {capture.warc_record_id for capture in several}


# Files


def test_a_file_is_open_and_locked_until_it_is_sealed(library: Library, make_capture: MakeCapture):
    writer = WarcWriter(library)
    pointer = writer.write(make_capture()).result(WAIT)
    path = library.path / pointer.filename
    assert not path.exists()
    assert not index_path(path).exists()
    with library.warc(pointer.filename).open("rb") as stream:
        assert stream.name == f"{path}.open"
        assert not try_lock(stream)
    writer.close()
    assert warcs(library) == [path]
    assert warcs(library, "*.open") == []
    (file,) = library.state.warc_files()
    assert (file.name, file.synced_offset, file.sealed) == (
        pointer.filename,
        path.stat().st_size,
        True,
    )


def test_the_index_beside_a_sealed_file_finds_its_captures(
    library: Library, make_capture: MakeCapture
):
    several = [make_capture(number) for number in range(3)]
    with closing(WarcWriter(library)) as writer:
        pointers = [writer.write(capture).result(WAIT) for capture in several]
    (path,) = warcs(library)
    data = path.read_bytes()
    entries = list(cdxj.read_index(index_path(path).read_bytes()))
    assert [Pointer(e.filename, e.offset, e.length) for e in entries] == pointers
    for entry in entries:
        assert entry.filename == str(path.relative_to(library.path))
        member = gzip.decompress(data[entry.offset : entry.offset + entry.length])
        assert f"WARC-Target-URI: {entry.url}\r\n".encode() in member


def test_a_full_file_is_followed_by_the_next_and_no_event_is_split(
    library: Library, make_capture: MakeCapture
):
    noise = Random(1)
    with reopened(library, max_bytes="24KiB") as small, closing(WarcWriter(small)) as writer:
        for number in range(24):
            writer.write(make_capture(number, noise.randbytes(5000))).result(WAIT)
    paths = warcs(library)
    assert len(paths) > 3
    assert all(24 * 1024 <= path.stat().st_size < 32 * 1024 for path in paths[:-1])
    urls = []
    for path in paths:
        (info,), *events = groups_of(path)
        assert info.record.type == "warcinfo"
        assert info.record.get("WARC-Filename") == path.name
        for event in events:
            assert [r.record.type for r in event] == ["response", "request", "metadata"]
            assert {r.record.get("WARC-Warcinfo-ID") for r in event} == {f"<{info.record.id}>"}
            urls.append(event[0].record.get("WARC-Target-URI"))
    assert urls == [f"https://review.example/issue/{number}" for number in range(24)]
    assert all(file.sealed for file in library.state.warc_files())


def test_a_burst_over_the_limit_is_acknowledged_whole(library: Library, make_capture: MakeCapture):
    noise = Random(2)
    several = [make_capture(number, noise.randbytes(60_000)) for number in range(60)]
    with reopened(library, max_bytes="64KiB") as small:
        with closing(WarcWriter(small)) as writer:
            pointers = [f.result(WAIT) for f in [writer.write(c) for c in several]]
        assert [small.read(pointer) for pointer in pointers] == several
    assert len(warcs(library)) > 1


def test_an_old_file_is_followed_by_the_next(library: Library, make_capture: MakeCapture):
    with reopened(library, max_age="0.1s") as brief, closing(WarcWriter(brief)) as writer:
        first = writer.write(make_capture(1)).result(WAIT)
        time.sleep(0.15)
        second = writer.write(make_capture(2)).result(WAIT)
    assert first.filename != second.filename


def test_a_writer_that_wrote_nothing_leaves_no_file(library: Library):
    WarcWriter(library).close()
    assert warcs(library, "*") == []


def test_names_that_are_taken_are_left_alone(library: Library, monkeypatch: pytest.MonkeyPatch):
    taken = []
    folder = library.path / f"warc/{datetime.now(UTC):%Y/%m}"
    folder.mkdir(parents=True)
    for seconds in range(10):
        stamp = f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y%m%d%H%M%S}"
        for ending in ("aaaaaaaa.warc.gz.open", "bbbbbbbb.warc.gz"):
            taken.append(folder / f"BACKISSUE-{stamp}-00000-{ending}")
            taken[-1].write_bytes(b"somebody else's")
    tokens = chain(["aaaaaaaa", "bbbbbbbb"], map("{:08x}".format, count()))
    monkeypatch.setattr(secrets, "token_hex", lambda _: next(tokens))
    file = WarcFile(library, 0)
    file.seal()
    assert file.name.endswith("-00000000.warc.gz")
    assert {path.read_bytes() for path in taken} == {b"somebody else's"}


def test_resources_stand_in_the_file_too(library: Library):
    with closing(WarcWriter(library)) as writer:
        pointer = writer.write_resource("urn:x:log", b"[1]", "application/json").result(WAIT)
    (path,) = warcs(library)
    (_, (found,)) = groups_of(path)
    assert found.offset == pointer.offset
    assert (found.record.type, found.record.block) == ("resource", b"[1]")
    assert found.record.get("WARC-Target-URI") == "urn:x:log"
    assert index_path(path).read_bytes() == b""


# Faults


def test_below_the_floor_nothing_is_written(library: Library, make_capture: MakeCapture):
    with reopened(library, floor="1000000TiB") as full, closing(WarcWriter(full)) as writer:
        for number in range(3):
            with pytest.raises(DiskFull) as caught:
                writer.write(make_capture(number)).result(WAIT)
            assert caught.value.floor == 1_000_000 * 2**40
    assert [path for path in warcs(library, "*") if path.is_file()] == []


def test_a_capture_that_cannot_be_written_fails_alone(library: Library, make_capture: MakeCapture):
    good, bad = make_capture(1), make_capture(2, url="https://review.example/\r\nx")
    with closing(WarcWriter(library)) as writer:
        futures = [writer.write(capture) for capture in (good, bad, good)]
        with pytest.raises(ValueError, match="control character"):
            futures[1].result(WAIT)
        assert library.read(futures[0].result(WAIT)) == good
        assert library.read(futures[2].result(WAIT)) == good


@pytest.mark.parametrize(
    ("error", "told"),
    [(RuntimeError("a bug"), RuntimeError), (OSError(errno.EIO, "I/O error"), DiskFailed)],
)
def test_who_waits_is_told_when_keeping_fails(
    library: Library, make_capture: MakeCapture, error: Exception, told: type[Exception]
):
    faults = [error]

    def kept(_: list[tuple[Capture, Pointer]]) -> None:
        if faults:
            raise faults.pop()

    with closing(WarcWriter(library, kept)) as writer:
        with pytest.raises(told):
            writer.write(make_capture(1)).result(WAIT)
        assert writer.write(make_capture(2)).result(WAIT)


def test_a_cancelled_capture_does_not_stop_the_writer(library: Library, make_capture: MakeCapture):
    with closing(WarcWriter(library)) as writer:
        futures = [writer.write(make_capture(number)) for number in range(40)]
        gone = [number for number, future in enumerate(futures) if future.cancel()]
        kept = [futures[number].result(WAIT) for number in range(40) if number not in gone]
        assert writer.write(make_capture(99)).result(WAIT)
    assert gone
    (path,) = warcs(library)
    assert len(groups_of(path)) == 1 + len(kept) + 1


def test_a_file_that_cannot_be_synced_is_never_synced_again(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    real, synced_names = files.sync, list[str]()

    def sync(stream: BinaryIO) -> None:
        if stream.name.endswith(".warc.gz.open"):
            synced_names.append(stream.name)
            if len(synced_names) == 2:
                raise OSError(errno.EIO, "I/O error")
        real(stream)

    with closing(WarcWriter(library)) as writer:
        monkeypatch.setattr(files, "sync", sync)
        first = writer.write(make_capture(1)).result(WAIT)
        second = writer.write(make_capture(2)).result(WAIT)
        third = writer.write(make_capture(3)).result(WAIT)
    assert first.filename != second.filename == third.filename
    assert synced_names.count(str(library.path / f"{first.filename}.open")) == 2
    (mended,) = recover(library).mended  # that file is free, and what was acknowledged is in it
    assert (mended.file, mended.cut, mended.records) == (first.filename, 0, 4)
    for number, pointer in ((1, first), (2, second), (3, third)):
        found = library.read(pointer)
        assert found == make_capture(number, warc_record_id=found.warc_record_id)


def test_a_disk_that_syncs_nothing_is_told_to_who_waits(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    real = files.sync

    def sync(stream: BinaryIO) -> None:
        if stream.name.endswith(".warc.gz.open"):
            raise OSError(errno.EIO, "I/O error")
        real(stream)

    with closing(WarcWriter(library)) as writer:
        with monkeypatch.context() as broken:
            broken.setattr(files, "sync", sync)
            with pytest.raises(DiskFailed):
                writer.write(make_capture(1)).result(WAIT)
        assert writer.write(make_capture(2)).result(WAIT)
    recover(library)
    assert len(warcs(library)) == 1


def test_a_torn_write_is_taken_back(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    several = [make_capture(number) for number in range(3)]
    real, calls = files.write, list[int]()

    def write(stream: BinaryIO, data: bytes) -> None:
        if stream.name.endswith(".warc.gz.open"):
            calls.append(len(data))
            if len(calls) == 3:
                real(stream, data[: len(data) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(stream, data)

    monkeypatch.setattr(files, "write", write)
    with closing(WarcWriter(library)) as writer:
        first = writer.write(several[0]).result(WAIT)
        with pytest.raises(DiskFull):
            writer.write(several[1]).result(WAIT)
        assert library.warc(first.filename).stat().st_size == synced(library, first.filename)
        third = writer.write(several[2]).result(WAIT)
    assert [library.read(at) for at in (first, third)] == [several[0], several[2]]
    (path,) = warcs(library)
    assert len(groups_of(path)) == 3


def test_a_file_that_cannot_be_sealed_is_left_to_recovery(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    def put(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    writer = WarcWriter(library)
    capture = make_capture()
    pointer = writer.write(capture).result(WAIT)
    with monkeypatch.context() as patched:
        patched.setattr(files, "put", put)
        with pytest.raises(DiskFull):
            writer.close()
    assert [mended.records for mended in recover(library).mended] == [4]
    assert library.read(pointer) == capture
    assert index_path(library.path / pointer.filename).exists()


def test_a_failed_rotation_costs_no_capture(
    library: Library, make_capture: MakeCapture, monkeypatch: pytest.MonkeyPatch
):
    real, faults = files.put, [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))]

    def put(path: Path, data: bytes) -> None:
        if path.suffix == ".cdxj" and faults:
            raise faults.pop()
        real(path, data)

    monkeypatch.setattr(files, "put", put)
    noise = Random(3)
    several = [make_capture(number, noise.randbytes(40_000)) for number in range(8)]
    with reopened(library, max_bytes="32KiB") as small:
        with closing(WarcWriter(small)) as writer:
            futures = [writer.write(several[0])]
            futures[0].result(WAIT)
            futures += [writer.write(capture) for capture in several[1:]]
            done = [future.exception(WAIT) for future in futures]
        assert done == [None] * 8  # all that is in the file is on the disk: recovery seals it
        recover(small)
        for capture, future in zip(several, futures, strict=True):
            assert small.read(future.result()) == capture


def test_a_closed_writer_refuses(library: Library, make_capture: MakeCapture):
    writer = WarcWriter(library)
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(make_capture())


# A disk that is really full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MiB; skipped where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_nothing_and_goes_on_when_there_is_room(
    small_disk: Path, make_capture: MakeCapture
):
    noise = Random(4)
    Library.create(small_disk / "library").close()
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    kept: list[tuple[Capture, Pointer]] = []
    with Library.open(small_disk / "library") as found, reopened(found, floor="0") as library:
        with closing(WarcWriter(library)) as writer:
            for number in range(60):
                capture = make_capture(number, noise.randbytes(100_000))
                try:
                    kept.append((capture, writer.write(capture).result(WAIT)))
                except DiskFull:
                    break
            assert 3 < len(kept) < 40
            for path in warcs(library, "*.open"):
                assert groups_of(path)  # whole to its last byte
            assert [library.read(at) for _, at in kept] == [capture for capture, _ in kept]
            ballast.unlink()
            capture = make_capture(99, noise.randbytes(100_000))
            kept.append((capture, writer.write(capture).result(WAIT)))
        recover(library)
        assert [library.read(at) for _, at in kept] == [capture for capture, _ in kept]
        assert warcs(library, "*.open") == []


def test_below_the_floor_no_capture_is_written_and_above_it_the_same_file_goes_on(
    small_disk: Path, make_capture: MakeCapture
):
    Library.create(small_disk / "library").close()
    ballast = small_disk / "ballast"
    with Library.open(small_disk / "library") as found, reopened(found, floor="1MiB") as library:
        with closing(WarcWriter(library)) as writer:
            first = writer.write(make_capture(1)).result(WAIT)
            path = library.path / f"{first.filename}.open"
            ballast.write_bytes(bytes(2 << 20))
            before = path.stat().st_size
            with pytest.raises(DiskFull):
                writer.write(make_capture(2)).result(WAIT)
            assert path.stat().st_size == before
            log = writer.write_resource("urn:a:log", b"{}", "application/json")
            assert log.result(WAIT).filename == first.filename  # what a run says at its end
            ballast.unlink()
            assert writer.write(make_capture(3)).result(WAIT).filename == first.filename
        assert len(groups_of(library.path / first.filename)) == 4
