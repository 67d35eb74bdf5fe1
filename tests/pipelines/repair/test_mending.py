"""One byte of a small library's WARC files flipped: `repair` puts it right, and no row vanishes."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import BytesMissing, UsageError
from archive.library import Library
from archive.repair.recover import recover
from archive.source import Source
from archive.tables.digest import digests, library_digest
from archive.verify.library import verify
from archive.warc.records import Located
from archive.warc.restored import restored_in
from archive.warc.scan import scan
from archive.writer import WarcWriter
from backissue.cli import main
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.lost_state import note_lost_state, recover_state
from pipelines.rebuild.rebuild import RebuildOptions, rebuild
from pipelines.repair.damaged_records import mend_damage
from small import Small, first_run, keep, make_small

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


def _codes(path: Path) -> set[str]:
    return {one.code for one in verify(path).findings}


def _sweep(made: Small, folder: Path, places: list[tuple[str, int]], *, every: int) -> int:
    """In how many of *places* the very bytes are there again; some are looked at more closely."""
    exact = 0
    source = made.library.path
    before = _digest(source)
    for number, (file, at) in enumerate(places):
        path = folder / f"{number}"
        shutil.copytree(source, path, symlinks=True)
        _flip(path / file, at, 1 + (at * 7 + number) % 255)
        with Library.open(path, writing=True) as library:
            done = list(mend_damage(library))
            assert all(one.source for one in done), (file, at, done)
            same = (path / file).read_bytes() == (source / file).read_bytes()
            exact += same or _codes(path) == {
                "warc.gzip_time"
            }  # two bytes that nothing vouches for
            if number % every == 0 or not same:
                assert _errors(path) == [], (file, at, done)
                rebuild(library, ENGINE)
                assert _digest(path) == before, (file, at, done)
                assert _errors(path) == [], (file, at, done)
        shutil.rmtree(path)
    return exact


def test_a_flipped_byte_costs_no_row(made: Small, tmp_path: Path) -> None:
    places = _places(made.library.path)
    some = places[:: max(1, len(places) // 12)]
    assert _sweep(made, tmp_path, some, every=4) == len(some)


@pytest.mark.long
def test_a_flipped_byte_costs_no_row_at_each_97th_position(made: Small, tmp_path: Path) -> None:
    places = _places(made.library.path)
    exact = _sweep(made, tmp_path, places, every=20)
    assert exact > len(places) * 0.95  # in others a record stands in, and all else is the same


# What no single byte is to blame for


def _blank(path: Path, start: int, end: int) -> None:
    """The bytes become zeros, as of a sector that was lost."""
    data = path.read_bytes()
    path.write_bytes(data[:start] + bytes(end - start) + data[end:])


def _records(path: Path) -> list[Located]:
    with path.open("rb") as stream:
        return [one for one in scan(stream) if isinstance(one, Located)]


def _of_kind(library: Path, kind: str, uri: str = "") -> tuple[Path, Located]:
    """The first record of a type, whose address begins with *uri*, and not that of a picture."""
    for path in sorted(library.glob("warc/[0-9]*/**/*.warc.gz")):
        for one in _records(path):
            target = one.record.get("WARC-Target-URI") or ""
            if one.record.type == kind and target.startswith(uri):
                return path, one
    raise AssertionError(kind)


@pytest.mark.parametrize(
    ("kind", "uri"),
    [
        ("response", "https://north.example/log/1"),
        ("request", ""),
        ("warcinfo", ""),
        ("resource", "urn:backissue:batch:"),
        ("resource", "urn:backissue:crawl-log:"),
    ],
)
def test_a_record_that_is_lost_in_part_is_had_from_elsewhere(
    made: Small, tmp_path: Path, kind: str, uri: str
) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    file, one = _of_kind(path, kind, uri)
    with Library.open(path, writing=True) as library:
        library.state.put_runs([])
        rebuild(library, ENGINE)  # the state knows the runs again
        _blank(file, one.offset + one.length * 2 // 3, one.offset + one.length)
        assert _errors(path) != []
        done = list(mend_damage(library))
        assert [bool(mended.source) for mended in done] == [True]
        assert _errors(path) == []
        assert list(mend_damage(library)) == []
        rebuild(library, ENGINE)
        for row in library.captures(columns=["warc_record_id"]):
            assert library.capture(row["warc_record_id"]).warc_record_id == row["warc_record_id"]
    assert _digest(path) == _digest(made.library.path)
    assert _errors(path) == []
    name = str(file.relative_to(path))
    exact = file.read_bytes() == (made.library.path / name).read_bytes()
    assert bool(restored_in(path, name)) != exact


def test_a_declaration_that_is_lost_is_had_from_another_run(made: Small, tmp_path: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    source = Source(name="north", url="https://north.example/", article={"deny": ("/tag/",)})
    uri = f"urn:backissue:source:north:{source.digest}"
    with Library.open(path, writing=True) as library:
        for _ in range(2):
            with closing(WarcWriter(library)) as writer:
                writer.write_resource(uri, source.canonical_json, "application/json").result()
        file, one = _of_kind(path, "resource", uri)
        _blank(file, one.offset + one.length - 20, one.offset + one.length)
        assert [mended.source is not None for mended in mend_damage(library)] == [True]
        assert list(mend_damage(library)) == []
    assert _errors(path) == []


def test_metadata_that_is_lost_is_had_from_the_tables(made: Small, tmp_path: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    file, one = _of_kind(path, "metadata")
    _blank(file, one.offset + 9, one.offset + one.length)
    with Library.open(path, writing=True) as library:
        rows = len(library.captures())
        assert [mended.source for mended in mend_damage(library)] == ["captures and crawl_log"]
        rebuild(library, ENGINE)
        assert len(library.captures()) == rows
        assert {row["source"] for row in library.captures()} == {"north", "south"}
    assert _errors(path) == []


def test_what_nothing_else_has_is_named_and_costs_a_rebuild_its_leave(
    made: Small, tmp_path: Path
) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    file, one = _of_kind(path, "response", "https://north.example/log/6")
    _blank(file, one.offset + 9, one.offset + one.length)
    with Library.open(path, writing=True) as library:
        rows = len(library.captures())
        assert [mended.source for mended in mend_damage(library)] == [None]
        with pytest.raises(BytesMissing):
            rebuild(library, ENGINE)
        assert len(library.captures()) == rows
        rebuild(library, ENGINE, how=RebuildOptions(accept_loss=True))
        assert len(library.captures()) == rows - 1
        assert list(mend_damage(library)) == []
        rebuild(library, ENGINE)
    assert _errors(path) == []


# Several things at once


def _whole_exchange(path: Path, number: int) -> list[Located]:
    """The records of the exchange of that number, in the order of the file."""
    groups: list[list[Located]] = []
    for one in _records(path):
        if one.record.type == "response":
            groups.append([one])
        elif groups and one.record.type in ("request", "metadata"):
            groups[-1].append(one)
    return groups[number]


def test_what_stands_in_for_a_warcinfo_hides_no_capture(tmp_path: Path) -> None:
    path = tmp_path / "library"
    with Library.create(path, "small") as library:
        keep(library, first_run("north"))
        publish(library, ENGINE)  # no payloads yet
        file, _ = _of_kind(library.path, "response")
        _blank(file, 3, _whole_exchange(file, 1)[-1].offset)
        done = list(mend_damage(library))
        assert done[0].source == "library.toml"
        assert None in [mended.source for mended in done]
        with pytest.raises(BytesMissing):
            rebuild(library, ENGINE)


def test_neighbours_that_are_damaged_together_are_mended_in_one_pass(
    made: Small, tmp_path: Path
) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    file, _ = _of_kind(path, "response")
    metadata, response = _whole_exchange(file, 0)[-1], _whole_exchange(file, 1)[0]
    _blank(file, metadata.offset + 20, response.offset + response.length // 2)
    with Library.open(path, writing=True) as library:
        assert all(mended.source for mended in mend_damage(library))
        assert list(mend_damage(library)) == []
    assert _errors(path) == []


def test_a_damaged_warcinfo_costs_a_rebuild_nothing(made: Small, tmp_path: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    file, info = _of_kind(path, "warcinfo")
    _blank(file, info.offset + 60, info.offset + 100)
    with Library.open(path, writing=True) as library:
        rebuild(library, ENGINE)
    assert _digest(path) == _digest(made.library.path)


@pytest.mark.parametrize("gone", ["warc/[0-9]*/**/*.cdxj", "state"])
@pytest.mark.parametrize("uri", ["https://north.example/log/1", "urn:backissue:crawl-log:"])
def test_repair_mends_a_record_where_an_index_or_the_state_is_gone_too(
    made: Small, tmp_path: Path, gone: str, uri: str
) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    file, one = _of_kind(path, "resource" if uri.startswith("urn") else "response", uri)
    _flip(file, one.offset + one.length // 2, 16)
    for found in list(path.glob(gone)):
        shutil.rmtree(found) if found.is_dir() else found.unlink()
    assert main(["repair", "--engine", "local:1", "--library", str(path)]) == 0
    assert _errors(path) == []
    main(["publish", "--engine", "local:1", "--library", str(path)])
    assert _digest(path) == _digest(made.library.path)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.2, 0.5, 0.9])
def test_a_run_whose_log_is_damaged_gets_no_second_one_where_the_state_is_gone(
    made: Small, tmp_path: Path, share: float
) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    file, one = _of_kind(path, "resource", "urn:backissue:crawl-log:")
    _flip(file, one.offset + int(share * one.length), 16)
    shutil.rmtree(path / "state")
    assert main(["repair", "--engine", "local:1", "--library", str(path)]) == 0
    main(["publish", "--engine", "local:1", "--library", str(path)])
    assert _digest(path) == _digest(made.library.path)


def test_a_restored_state_that_was_interrupted_is_gone_on_with(made: Small, tmp_path: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path, symlinks=True)
    shutil.rmtree(path / "state")
    with Library.open(path, writing=True) as library:
        assert note_lost_state(library)
        recover(library)  # the files are known now, what they hold is not
        assert library.state.runs() == []
        recover_state(library)
        assert len(library.state.runs()) == 4
        assert not note_lost_state(library)


def test_a_copy_that_followed_links_says_what_to_remove(made: Small, tmp_path: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(made.library.path, path)
    with pytest.raises(UsageError, match="is no link"):
        Library.open(path, writing=True)
