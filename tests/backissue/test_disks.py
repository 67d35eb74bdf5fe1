"""Every command on a full disk and on a copy that cannot be written: reading goes on, writing says why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from archive.library import Library
from backissue.cli import main, parser
from backissue.sample import SampleMagazines
from mounts import fill, read_only, small_disk, without_rights
from pipelines.exporting.export_warc import export_warc
from pipelines.exporting.selection import Filters
from small import captured, keep, make_small, page
from support import command

URL = "http://tideline.example/"
SOURCE = f'url = "{URL}"\nfeeds = ["/feed/"]\ndelay = 0\n'
READING = {
    "status": [],
    "search": ["harbour"],
    "captures": ["https://north.example/log/0"],
    "why": ["https://north.example/log/0"],
    "show": ["ID", "--diff"],
    "verify": ["--prove", "2"],
    "digest": [],
    "export": ["warc", "--output", "SCENE/out.warc.gz"],
    "release": ["spring", "--output", "SCENE/spring", "--query", "harbour"],
    "extract": ["SCENE/page.html"],
    "remove": ["https://north.example/log/0", "--dry-run"],
}
WRITING = {
    "add": [URL, "--name", "other"],
    "crawl": [URL],
    "serve": [],
    "pause": ["tideline"],
    "resume": ["tideline"],
    "import": ["SCENE/foreign.warc.gz"],
    "publish": [],
    "rebuild": [],
    "repair": [],
    "export": ["warc", "--output", "DISK/out.warc.gz"],
    "release": ["spring"],
    "remove": ["https://north.example/log/0", "--yes"],
    "demo": [],
}
ELSEWHERE = {"replay", "web"}  # tests/archive/test_replay.py, tests/backissue/web
FULL = "the disk is full: make room; nothing saved is lost\n"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library that has captures to publish, a page, and a file to import."""
    folder = tmp_path_factory.mktemp("scene")
    with make_small(folder / "library").library as library:
        export_warc(library, folder / "foreign.warc.gz", Filters())
        keep(library, [captured("north", 8, 120, page(8))])
        settings = library.path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1MiB"', 'floor = "0B"'))
        (library.path / "sources/tideline.toml").write_text(SOURCE)
    (folder / "page.html").write_bytes(page(9))
    return folder


@pytest.fixture
def disk(scene: Path, tmp_path: Path) -> Iterator[Path]:
    """A small disk with the library on it."""
    with small_disk(tmp_path / "disk") as folder:
        shutil.copytree(scene / "library", folder / "library", symlinks=True)
        yield folder


def words_of(name: str, words: list[str], scene: Path, disk: Path) -> list[str]:
    """The words of a command on the library of *disk*."""
    with Library.open(scene / "library") as library:
        identity = next(row["article_id"] for row in library.articles("all") if row["version"] == 2)
    places = {"ID": identity, "SCENE": str(scene), "DISK": str(disk)}
    for place, meant in places.items():
        words = [word.replace(place, meant) for word in words]
    folder = {"demo": "demo", "extract": None}.get(name, "library")
    return [name, *words, *(["--library", str(disk / folder)] if folder else [])]


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    code: int
    stdout: str
    stderr: str


def run(name: str, words: list[str], scene: Path, disk: Path) -> Done:
    """The command, where the sample magazines can be reached."""
    (scene / "out.warc.gz").unlink(missing_ok=True)
    shutil.rmtree(scene / "spring", ignore_errors=True)
    given = words_of(name, words, scene, disk)
    with ExitStack() as held:
        if name in ("add", "crawl", "serve"):
            site = held.enter_context(SampleMagazines())
            given += [word for one in site.resolve for word in ("--resolve", one)]
        if name == "serve":  # its signals are its own
            done = command(*given)
            return Done(done.returncode, done.stdout, done.stderr)
        said, wrong = StringIO(), StringIO()
        with redirect_stdout(said), redirect_stderr(wrong):
            code = main(given)
    return Done(code, said.getvalue(), wrong.getvalue())


def test_each_command_is_tried() -> None:
    actions = parser()._subparsers
    assert actions is not None
    assert {*READING, *WRITING, *ELSEWHERE} == set(actions._group_actions[0].choices or ())


@pytest.mark.parametrize("name", WRITING)
def test_a_command_that_writes_says_that_the_disk_is_full(
    name: str, scene: Path, disk: Path
) -> None:
    fill(disk)
    done = run(name, WRITING[name], scene, disk)
    assert done.code == 4, done.stderr
    assert done.stderr.endswith(FULL)
    assert "Traceback" not in done.stderr
    assert str(disk) in done.stderr


@pytest.mark.parametrize(
    ("name", "room"),
    [
        *(("pause", 36864), ("publish", 65536), ("rebuild", 120000), ("crawl", 81920)),
        *(("release", 16384), ("release", 65536), ("remove", 16384), ("remove", 65536)),
    ],
)
def test_nothing_is_lost_where_room_ends_midway(
    name: str, room: int, scene: Path, disk: Path
) -> None:
    before = run("digest", [], scene, disk).stdout
    filler = fill(disk, room)
    done = run(name, WRITING[name], scene, disk)
    assert done.code == 4, done.stderr
    assert done.stderr.endswith(FULL)
    assert not list(disk.glob("library/releases/*"))
    filler.unlink()
    assert run("digest", [], scene, disk).stdout == before
    for cure in ("repair", "publish", "verify"):
        done = run(cure, [], scene, disk)
        assert done.code == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", READING)
def test_a_command_that_reads_goes_on_where_the_disk_is_full(
    name: str, scene: Path, disk: Path
) -> None:
    usual = run(name, READING[name], scene, disk)
    shutil.rmtree(disk / "library/state/search", ignore_errors=True)
    fill(disk)
    done = run(name, READING[name], scene, disk)
    assert usual.code == 0, usual.stdout
    shown = _without_room(usual.stdout)
    assert (done.code, _without_room(done.stdout)) == (0, shown), done.stderr
    if name == "search":
        assert f"the index is made for this search alone: {disk}" in done.stderr


def _without_room(text: str) -> list[str]:
    """Lines that do not tell of the disk itself."""
    return [line for line in text.splitlines() if not line.startswith("disk: ")]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        *((name, "at rest") for name in READING),
        *((name, left) for name in ("status", "verify") for left in ("log and index", "log")),
    ],
)
def test_a_command_that_reads_works_on_a_copy_that_cannot_be_written(
    name: str, left: str, scene: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    with Library.open(scene / "library") as library:
        if left != "at rest":
            library.state.pause(["tideline"])
        shutil.copytree(scene / "library", copy / "library", symlinks=True)
        library.state.resume(["tideline"])
    if left == "log":
        (copy / "library/state/backissue.db-shm").unlink()
    before = sorted(copy.rglob("*"))
    with read_only(copy, tmp_path / "read-only") as folder:
        done = run(name, READING[name], scene, folder)
    assert sorted(copy.rglob("*")) == before
    usual = run(name, READING[name], scene, copy)
    assert usual.code == 0, usual.stdout
    assert (done.code, done.stdout) == (0, usual.stdout), done.stderr
    if name == "status":
        assert ("paused" in done.stdout) == (left != "at rest")


@pytest.mark.parametrize("left", ["at rest", "log", "older sums", "damaged sums"])
def test_status_works_where_nobody_has_the_right_to_write(
    left: str, scene: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "library"
    shutil.copytree(scene / "library", copy, symlinks=True)
    usual = command("status", "--library", str(copy))
    if left == "log":
        with Library.open(copy) as library:
            library.state.pause(["tideline"])
            shutil.copy(copy / "state/backissue.db-wal", tmp_path)
        shutil.copy(tmp_path / "backissue.db-wal", copy / "state")
    elif left == "older sums":
        assert command("publish", "--library", str(copy), "--engine", "local:1").returncode == 0
    elif left == "damaged sums":
        (copy / "state/console.db").write_bytes(b"no database" * 99)
    before = sorted(copy.rglob("*"))
    with without_rights(copy) as start:
        words = [*start, sys.executable, "-m", "backissue", "status", "--library", str(copy)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert sorted(copy.rglob("*")) == before
    if left in ("at rest", "damaged sums"):
        assert _without_room(done.stdout) == _without_room(usual.stdout)
    assert "tideline" in done.stdout


def test_what_has_no_room_in_any_temporary_folder_is_in_memory(scene: Path, disk: Path) -> None:
    fill(disk)
    name, *words = words_of("search", READING["search"], scene, Path("/mnt"))
    first, *others = "/mnt", "/tmp", "/var/tmp", "/dev/shm"
    binds = f"mount --bind {disk} {first}"
    binds += "".join(f" && mount --bind {first} {folder}" for folder in others)
    inside = f'{binds} && cd / && exec "$@"'
    shell = ["unshare", "--mount", "sh", "-c", inside, "sh", sys.executable, "-m", "backissue"]
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    done = subprocess.run(
        [*shell, name, *words], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == command(*words_of("search", ["harbour"], scene, scene)).stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_has_no_room_is_told_as_such(unbuffered: str, scene: Path) -> None:
    with Path("/dev/full").open("w") as output:
        done = subprocess.run(
            [sys.executable, "-m", "backissue", "digest", "--library", str(scene / "library")],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )
    assert (done.returncode, done.stderr) == (4, f"backissue: standard output: {FULL}")
