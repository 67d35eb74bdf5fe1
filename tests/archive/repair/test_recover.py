"""Recovery: a writer killed at any moment leaves nothing acknowledged lost, nothing torn behind."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.disk import files
from archive.disk.locks import lock
from archive.library import Library
from archive.repair.recover import recover
from archive.types import Capture, Pointer
from archive.warc import cdxj
from archive.warc.captures import read_groups, records_of, write_capture
from archive.warc_file import WarcFile, index_path
from archive.writer import WarcWriter

MakeCapture = Callable[..., Capture]

_WRITER = """
import pathlib, random, sys
from datetime import UTC, datetime
from archive.library import Library
from archive.warc.records import new_record_id
from archive.types import Capture
from archive.writer import WarcWriter

noise = random.Random(int(sys.argv[2]))
library = Library.open(sys.argv[1])
writer = WarcWriter(library)

def tell(future, number):
    at = future.result()
    print(number, at.filename, at.offset, at.length, flush=True)

for number in range(10000):
    capture = Capture(
        url=f"https://review.example/{number}",
        fetch_time=datetime.now(UTC),
        request=b"GET / HTTP/1.1\\r\\n\\r\\n",
        head=b"HTTP/1.1 200 OK\\r\\n\\r\\n",
        body=noise.randbytes(noise.randrange(60000)),
        warc_record_id=new_record_id(),
    )
    future = writer.write(capture)
    future.add_done_callback(lambda done, number=number: tell(done, number))
    if number % 3 == 0:
        future.result()
"""


def run_and_kill(library: Library, lines: int, seed: int) -> list[tuple[int, Pointer]]:
    """What a writer acknowledged before it was killed, some time after its line *lines*."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(library.path), str(seed)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
    )
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    told += rest.splitlines(keepends=True)
    parts = [line.split() for line in told if line.endswith("\n")]
    return [(int(n), Pointer(name, int(at), int(size))) for n, name, at, size in parts]


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files but the state database's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("backissue.db")
    }


def check(library: Library, acknowledged: list[tuple[int, Pointer]]) -> None:
    for number, pointer in acknowledged:
        assert library.read(pointer).url == f"https://review.example/{number}"
    assert list(library.path.glob("warc/**/*.open")) == []
    for path in library.path.glob("warc/**/*.warc.gz"):
        with path.open("rb") as stream:
            groups = list(read_groups(stream))  # to its end: nothing torn is left
        entries = {entry.offset for entry in cdxj.read_index(index_path(path).read_bytes())}
        assert entries == {g[0].offset for g in groups if g[0].record.type == "response"}
        (state,) = [f for f in library.state.warc_files() if library.path / f.name == path]
        assert (state.synced_offset, state.sealed) == (path.stat().st_size, True)


@pytest.mark.parametrize("seed", range(8))
def test_a_killed_writer_loses_nothing_that_it_acknowledged(library: Library, seed: int):
    acknowledged = run_and_kill(library, 1 + 7 * seed, seed)
    assert len(acknowledged) > 7 * seed
    (mended,) = recover(library).mended
    assert mended.records >= 1 + 3 * len(acknowledged)
    assert mended.records % 3 == 1  # whole exchanges behind the warcinfo record
    check(library, acknowledged)
    before = snapshot(library.path)
    assert not recover(library)
    assert snapshot(library.path) == before


def torn_library(library: Library, make_capture: MakeCapture) -> tuple[Path, bytes, list[Pointer]]:
    """An `.open` file without a writer, its bytes, and where its captures stand."""
    file = WarcFile(library, 0)
    file.sync()
    file.abandon()
    with file.path.open("ab") as stream:
        several = [make_capture(number) for number in range(2)]
        found = [write_capture(stream, capture) for capture in several]
    pointers = [Pointer(file.name, at.offset, at.length) for at in found]
    return file.path, file.path.read_bytes(), pointers


def test_it_cuts_to_the_last_whole_exchange_wherever_the_file_ends(
    library: Library, make_capture: MakeCapture
):
    path, data, _ = torn_library(library, make_capture)
    with path.open("rb") as stream:
        groups = list(read_groups(stream))
    ends = [0] + [group[-1].offset + group[-1].length for group in groups]
    counts = [0, 1, 4, 7]
    members = [located.offset for group in groups for located in group]
    final = path.with_suffix("")
    lengths = {*range(0, len(data), 97), *members, *(at + 1 for at in members), len(data) - 1}
    for length in sorted(lengths):
        final.unlink(missing_ok=True)
        files.remove_tree(library.path / "quarantine")
        path.write_bytes(data[:length])
        end = max(end for end in ends if end <= length)
        (mended,) = recover(library).mended
        assert not path.exists()
        assert (mended.records, mended.cut) == (counts[ends.index(end)], length - end)
        assert final.exists() == (end > 0)
        if end:
            assert final.read_bytes() == data[:end]
        assert list((library.path / "quarantine").glob("*")) == [] or length > end


def test_the_cut_tail_is_kept_with_what_it_takes_to_find_its_place(
    library: Library, make_capture: MakeCapture
):
    path, data, pointers = torn_library(library, make_capture)
    os.truncate(path, len(data) - 5)
    (mended,) = recover(library).mended
    name = pointers[0].filename
    tail = data[mended.offset : len(data) - 5]
    assert mended.cut == len(tail) > 0
    assert mended.sha256 == hashlib.sha256(tail).hexdigest()
    stem = library.path / "quarantine" / f"{Path(name).name}.{mended.offset}"
    assert stem.with_name(stem.name + ".bytes").read_bytes() == tail
    card = json.loads(stem.with_name(stem.name + ".json").read_bytes())
    assert card == {
        "file": name,
        "offset": mended.offset,
        "length": len(tail),
        "sha256": mended.sha256,
        "why": "torn by a crash",
    }


@pytest.mark.parametrize("rubbish", [b"\0" * 512, b"not gzip at all", b"\x1f\x8b"])
def test_what_is_no_record_is_cut(library: Library, make_capture: MakeCapture, rubbish: bytes):
    path, data, _ = torn_library(library, make_capture)
    with path.open("ab") as stream:
        stream.write(rubbish)
    (mended,) = recover(library).mended
    assert (mended.offset, mended.cut) == (len(data), len(rubbish))
    assert path.with_suffix("").read_bytes() == data


def test_an_empty_file_goes(library: Library):
    path = library.path / "warc/2026/11/BACKISSUE-20261105093015-00000-00000000.warc.gz.open"
    path.parent.mkdir(parents=True)
    path.touch()
    (mended,) = recover(library).mended
    assert (mended.records, mended.cut) == (0, 0)
    assert list(path.parent.iterdir()) == []


def test_a_live_writers_files_are_left_alone(library: Library, make_capture: MakeCapture):
    with closing(WarcWriter(library)) as writer:
        pointer = writer.write(make_capture(1)).result(20)
        before = snapshot(library.path)
        with Library.open(library.path) as other:
            assert not recover(other)
        assert snapshot(library.path) == before
        again = writer.write(make_capture(2)).result(20)
        assert again.filename == pointer.filename


def test_what_a_live_process_puts_is_left_alone(library: Library, monkeypatch: pytest.MonkeyPatch):
    real = files.sync

    def sync(stream: object) -> None:
        recover(library)
        real(stream)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "sync", sync)
    files.put(library.path / "library.toml", (library.path / "library.toml").read_bytes())


def test_what_a_crash_left_of_a_put_goes(library: Library):
    left = [library.path / ".library.toml.00.tmp", library.path / "quarantine" / ".a.tmp"]
    for path in left:
        path.write_bytes(b"half")
    assert sorted(recover(library).removed) == [".library.toml.00.tmp", "quarantine/.a.tmp"]
    assert not any(path.exists() for path in left)
    assert not recover(library)


def test_a_sealed_file_is_entered_as_sealed(library: Library, make_capture: MakeCapture):
    with closing(WarcWriter(library)) as writer:
        name = writer.write(make_capture()).result(20).filename
    (before,) = library.state.warc_files()
    library.state.set_synced(name, before.synced_offset)  # as a crash after the rename leaves it
    library.state.set_derived(name, 7)
    recover(library)
    (after,) = library.state.warc_files()
    assert after.sealed
    assert after.derived_offset == 7


def test_a_lost_state_is_made_again(library: Library, make_capture: MakeCapture):
    with closing(WarcWriter(library)) as writer:
        writer.write(make_capture()).result(20)
    before = library.state.warc_files()
    library.close()
    for path in (library.path / "state").glob("backissue.db*"):
        path.unlink()
    assert not recover(library)
    assert library.state.warc_files() == before


def test_a_file_that_is_gone_is_forgotten(library: Library, make_capture: MakeCapture):
    with closing(WarcWriter(library)) as writer:
        name = writer.write(make_capture()).result(20).filename
    (library.path / name).unlink()
    recover(library)
    assert library.state.warc_files() == []


def test_nothing_to_do_is_nothing_done(library: Library):
    before = snapshot(library.path)
    assert not recover(library)
    assert snapshot(library.path) == before


# What is damaged before the end, and what was acknowledged


def unsynced(library: Library, make_capture: MakeCapture) -> tuple[Path, list[Pointer], int]:
    """An `.open` file without a writer that holds three captures, the first two acknowledged."""
    file = WarcFile(library, 0)
    pointers = [file.append(records_of(make_capture(n), file.warcinfo_id)) for n in range(2)]
    file.sync()
    synced = file.size
    pointers.append(file.append(records_of(make_capture(2), file.warcinfo_id)))
    file.abandon()
    return file.path, pointers, synced


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)[0]
        stream.seek(at)
        stream.write(bytes([byte ^ 0xFF]))


def test_damage_before_whole_captures_stays_and_costs_none_of_them(
    library: Library, make_capture: MakeCapture
):
    path, pointers, _ = unsynced(library, make_capture)
    flip(path, pointers[0].offset + pointers[0].length // 2)
    data = path.read_bytes()
    (mended,) = recover(library).mended
    assert (mended.cut, mended.damaged, mended.missing) == (0, 1, 0)
    final = path.with_suffix("")
    assert final.read_bytes() == data
    entries = {entry.offset for entry in cdxj.read_index(index_path(final).read_bytes())}
    assert entries == {pointers[1].offset, pointers[2].offset}


def test_bytes_that_were_acknowledged_are_not_cut_though_they_cannot_be_read(
    library: Library, make_capture: MakeCapture
):
    path, pointers, synced = unsynced(library, make_capture)
    for at in pointers[1:]:
        flip(path, at.offset + at.length // 2)
    data = path.read_bytes()
    (mended,) = recover(library).mended
    assert (mended.offset, mended.cut) == (synced, len(data) - synced)
    assert path.with_suffix("").read_bytes() == data[:synced]


def test_acknowledged_bytes_that_are_gone_are_told(library: Library, make_capture: MakeCapture):
    path, pointers, synced = unsynced(library, make_capture)
    os.truncate(path, pointers[1].offset + 5)
    (mended,) = recover(library).mended
    assert mended.missing == synced - pointers[1].offset - 5
    assert library.read(pointers[0]).url.endswith("/0")


# Leftovers


def test_what_a_crash_left_goes_and_what_is_held_stays(library: Library):
    staged = library.staging / "abc-1/BACKISSUE-1"
    left = [
        library.path / "generations/0001/.batches.jsonl.ab.tmp",
        staged / ".000-001.ab.tmp/pages.arrow",
        staged / ".000-001.cd.mark",
        library.staging / "batch-000007/articles/a.parquet",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    (library.path / ".current.77").symlink_to("generations/0009")
    held = staged / ".000-002.ef.tmp"
    held.mkdir()
    with files.held(held):
        assert recover(library)
        assert held.exists()
    assert not any(path.exists() for path in left)
    assert not (library.path / ".current.77").is_symlink()
    assert recover(library).removed
    assert list(library.staging.iterdir()) == []
    assert not recover(library)


def test_what_publishing_makes_stays_while_somebody_publishes(library: Library):
    workspace = library.staging / "batch-000007"
    workspace.mkdir()
    with lock(library.lock_file("publish")):
        assert not recover(library)
        assert workspace.exists()
        assert recover(library, {"publish"}).removed == ("state/staging/batch-000007",)


def test_an_index_that_is_gone_is_made_again(library: Library, make_capture: MakeCapture):
    with closing(WarcWriter(library)) as writer:
        name = writer.write(make_capture()).result(20).filename
    index = index_path(library.path / name)
    before = index.read_bytes()
    index.unlink()
    assert recover(library).indexed == (str(index.relative_to(library.path)),)
    assert index.read_bytes() == before
