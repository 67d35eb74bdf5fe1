"""One byte of a small library's WARC files flipped: `repair` puts it right, and no row vanishes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.digest import digests, library_digest
from archive.library import Library
from archive.verify.library import verify
from pipelines.damage import mend_damage
from pipelines.engine import Engine
from pipelines.rebuild import rebuild
from small import Small, make_small

_STEP = 97
ENGINE = Engine("local", 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return make_small(tmp_path_factory.mktemp("mending") / "library")


def _places(library: Path) -> list[tuple[str, int]]:
    """Each 97th byte of all WARC files."""
    found, at = [], 0
    for path in sorted(library.glob("warc/[0-9]*/**/*.warc.gz")):
        size = path.stat().st_size
        found += [(str(path.relative_to(library)), one) for one in range(at, size, _STEP)]
        at = (at - size) % _STEP
    return found


def _flip(path: Path, at: int, mask: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= mask
    path.write_bytes(data)


def _digest(path: Path) -> str:
    with Library.open(path) as library:
        return library_digest(digests(library.generation))


def _errors(path: Path) -> list[str]:
    return [str(one) for one in verify(path).findings if one.severity == "error"]


def _sweep(made: Small, folder: Path, places: list[tuple[str, int]]) -> None:
    source = made.library.path
    before = _digest(source)
    for number, (file, at) in enumerate(places):
        path = folder / f"{number}"
        shutil.copytree(source, path, symlinks=True)
        _flip(path / file, at, 1 + (at * 7 + number) % 255)
        with Library.open(path, writing=True) as library:
            done = list(mend_damage(library))
            assert all(one.source for one in done), (file, at, done)
            assert _errors(path) == [], (file, at, done)
            rebuild(library, ENGINE)
        assert _digest(path) == before, (file, at, done)
        assert _errors(path) == [], (file, at, done)
        shutil.rmtree(path)


def test_a_flipped_byte_costs_no_row(made: Small, tmp_path: Path) -> None:
    places = _places(made.library.path)
    _sweep(made, tmp_path, places[:: max(1, len(places) // 12)])


@pytest.mark.long
def test_a_flipped_byte_costs_no_row_at_each_97th_position(made: Small, tmp_path: Path) -> None:
    _sweep(made, tmp_path, _places(made.library.path))
