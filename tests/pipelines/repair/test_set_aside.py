"""What is derived and damaged goes to quarantine; what is whole, and what a person declared, stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import Damaged, LeadsOutside, TablesMissing
from archive.library import Library
from archive.tables import journal
from archive.tables.damage.table_files import check_journal
from archive.tables.digest import digests, library_digest
from backissue.cli import main
from pipelines.fold.memory import FoldMemory
from pipelines.repair.set_aside import set_aside
from small import make_small

_ENGINE = ("--engine", "local:1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library. Tests work on a copy."""
    with make_small(tmp_path_factory.mktemp("made") / "library").library as library:
        return library.path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of the small library, to damage."""
    return Path(shutil.copytree(made, tmp_path / "library", symlinks=True))


def _digest(path: Path) -> str:
    with Library.open(path) as library:
        return library_digest(digests(library.generation))


def test_a_whole_library_is_left_as_it_is(path: Path) -> None:
    before = sorted(path.rglob("*"))
    assert set_aside(path) == []
    assert sorted(path.rglob("*")) == before


def _garbage(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"\xb5" * 200)


def _header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _folder(path: Path) -> None:
    path.unlink()
    (path / "deep").mkdir(parents=True)


def _no_object(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"[1, 2]\n")


def _nul(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0\0\n")


def _index_line(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"com,example)/ 20260302060000 [1, 2]\n")


def _circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES: list[tuple[str, Callable[[Path], None]]] = [
    *(("state/backissue.db", one) for one in (_garbage, _header, _half, _folder)),
    *(("generations/0001/fold.db", one) for one in (_garbage, _header, _half, _folder)),
    *(("generations/0001/batches.jsonl", one) for one in (_garbage, _half, _no_object, _nul)),
    *(("generations/0001/batches.jsonl", one) for one in (_emptied, _folder)),
    *(("current", one) for one in (_circle, _folder)),
    *(("articles", one) for one in (_circle, _folder)),
    *(("locks/publish", one) for one in (_folder,)),
    *(("warc/[0-9]*/**/*.cdxj", one) for one in (_index_line, _emptied, _folder)),
    *(("generations/0001/captures/data/*/*-000002-*", one) for one in (_garbage, _half, _folder)),
]


@pytest.mark.parametrize(
    ("name", "damage"), DAMAGES, ids=[f"{name}-{one.__name__}" for name, one in DAMAGES]
)
def test_what_is_damaged_is_put_aside_and_repair_makes_it_again(
    path: Path, name: str, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    told, captures = _digest(path), sorted(path.glob("warc/**/*.warc.gz"))
    place = max(path.glob(name), key=lambda one: one.lstat().st_size)
    damage(place)
    assert main(["repair", "--library", str(path), *_ENGINE]) == 0
    said = capsys.readouterr()
    assert f"{place.relative_to(path)}: damaged, put aside to be made again" in said.out
    assert said.err == ""
    assert _digest(path) == told
    assert set(captures) <= set(path.glob("warc/**/*.warc.gz"))
    assert set_aside(path) == []


def test_a_journal_that_lost_lines_is_told_of_by_what_the_fold_remembers(path: Path) -> None:
    place = path / "generations/0001/batches.jsonl"
    place.write_bytes(place.read_bytes().split(b"\n")[0] + b"\n")
    with Library.open(path) as library:
        with pytest.raises(Damaged, match="it lacks batches: the last was 2: `backissue rebuild`"):
            check_journal(library.generation)
        with pytest.raises(Damaged, match="it lacks batches"):
            library.captures()
        with pytest.raises(Damaged, match="it lacks batches"):
            library.search("harbour")


def test_a_table_file_that_is_gone_or_damaged_is_named(path: Path) -> None:
    with Library.open(path) as library:
        place = max(library.generation.glob("articles/data/*/*-000001-*"))
        data = place.read_bytes()
        place.write_bytes(data[: len(data) // 2])
        with pytest.raises(Damaged, match=f"{place.name}: a table file that is damaged: `backi"):
            library.articles().to_arrow()
        place.unlink()
        with pytest.raises(TablesMissing, match=place.name):
            library.articles()


@pytest.mark.parametrize(
    "change",
    [
        {"files": [{"path": "/etc/passwd", "rows": 1, "sha256": ""}]},
        {"files": [{"path": "../../x", "rows": 1, "sha256": ""}]},
        {"files": [{"path": 7, "rows": 1, "sha256": ""}]},
        {"files": [{"path": "x", "rows": 10.5, "sha256": ""}]},
        {"record": {"file": "x", "start": -1, "end": 1}},
        {"batch": []},
        {"batch": None},
    ],
    ids=str,
)
def test_a_journal_line_that_describes_no_batch_is_told_of(
    path: Path, change: dict[str, object]
) -> None:
    place = path / "generations/0001/batches.jsonl"
    first, *_ = place.read_bytes().splitlines()
    line = json.dumps(json.loads(first) | change, sort_keys=True).encode()
    place.write_bytes(first + b"\n" + line + b"\n")
    with pytest.raises(Damaged, match=r"batches.jsonl: line 2 describes no batch: `backissue"):
        journal.read_journal(place.parent)


def test_a_link_that_leads_out_is_neither_followed_nor_removed(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".x.tmp").write_text("somebody's")
    (path / "templates/x").symlink_to(elsewhere)
    with pytest.raises(LeadsOutside, match="templates/x is a link that leads out of the library"):
        set_aside(path)
    assert main(["repair", "--library", str(path), *_ENGINE]) == 1
    assert main(["rebuild", "--library", str(path), *_ENGINE]) == 1
    assert (elsewhere / ".x.tmp").read_text() == "somebody's"
    (path / "templates/x").unlink()
    assert main(["repair", "--library", str(path), *_ENGINE]) == 0


def test_a_fold_memory_that_is_damaged_says_what_mends_it(path: Path) -> None:
    place = path / "generations/0001/fold.db"
    _garbage(place)
    with pytest.raises(Damaged, match=r"fold.db: file is not a database: `backissue rebuild`"):
        FoldMemory(place.parent)
