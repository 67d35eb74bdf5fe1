"""A rebuild that is interrupted goes on where it was; a lost state comes back from the WARC."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.library import Library
from archive.repair.recover import recover
from archive.search.database import connect, read_state
from archive.search.hits import search
from archive.state.database import State
from archive.state.rows import Validator, Visit
from archive.web.surt import url_surtkey
from backissue.crawling import crawl_sources
from backissue.output import meter
from backissue.sample import SampleMagazines
from pipelines.derive.engine import Engine
from pipelines.rebuild.generation import half_made
from pipelines.rebuild.rebuild import rebuild
from small import Small, captured
from support import SILENT, Archived, command, contents, sample_job

ENGINE = Engine("local", 1)


def stop_after(steps: int) -> Callable[[int, int, str], None]:
    """Interrupts a rebuild when it tells of derived captures for the time *steps*."""
    told = iter(range(steps - 1))

    def tell(_done: int, _total: int, what: str) -> None:
        if what == "captures derived" and next(told, None) is None:
            raise KeyboardInterrupt

    return tell


def killed_when(library: Library, seen: Callable[[Path], bool]) -> None:
    """Run `backissue rebuild` and kill it with all its workers once *seen* is true of what it makes."""
    words = [
        sys.executable,
        "-m",
        "backissue",
        "rebuild",
        "--library",
        str(library.path),
        "--quiet",
    ]
    process = subprocess.Popen([*words, "--engine", "local:1"], start_new_session=True)
    deadline = time.monotonic() + 100
    while not seen(library.path / "generations/building"):
        assert process.poll() is None, "the rebuild ended too soon"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.long
def test_a_rebuild_that_was_killed_goes_on_and_gives_the_same_bytes(
    small_made: Small, small: Library
) -> None:
    before = contents(small)
    killed_when(small, lambda folder: any(folder.glob("staged/*/*/[0-9]*")))
    assert contents(small) == before
    made = rebuild(small, ENGINE)
    assert made.resumed > 0
    assert made.captures == len(small.captures())
    assert small.generation.name == "0002"
    assert contents(small) == contents(small_made.library)
    assert not (small.path / "generations/building").exists()


@pytest.mark.sweep
def test_interrupted_at_any_step_a_rebuild_gives_the_same_bytes(
    small_made: Small, small: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.rebuild.survey._PIECE", 1)
    before, resumed = contents(small), []
    for steps in (2, 9):
        with pytest.raises(KeyboardInterrupt):
            rebuild(small, ENGINE, stop_after(steps))
        assert contents(small) == before
        assert small.generation.name == "0001"
    made = rebuild(small, ENGINE, lambda done, _, what: resumed.append((what, done)))
    assert ("captures derived", made.resumed) in resumed
    assert made.captures > made.resumed > 0
    assert contents(small) == contents(small_made.library)


@pytest.mark.long
def test_a_kill_between_the_new_place_and_the_link_costs_nothing(
    small_made: Small, small: Library
) -> None:
    with pytest.raises(KeyboardInterrupt):
        rebuild(small, ENGINE, stop_after(2))
    building = half_made(small)
    assert building
    building.generation.rename(small.path / "generations" / building.number)
    made = rebuild(small, ENGINE)
    assert made.resumed
    assert small.generation.name == "0002"
    assert contents(small) == contents(small_made.library)


@pytest.mark.long
def test_what_another_extractor_half_made_is_removed(small_made: Small, small: Library) -> None:
    with pytest.raises(KeyboardInterrupt):
        rebuild(small, ENGINE, stop_after(2))
    building = half_made(small)
    assert building
    stray = building.generation / "articles/data/fetch_month=2020-01/g0002-000001-00000000.parquet"
    stray.parent.mkdir()
    stray.write_bytes(b"another extractor's")
    card = building.folder / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"made_by": "sha256:other"}))
    made = rebuild(small, ENGINE)
    assert made.resumed == 0
    assert contents(small) == contents(small_made.library)


def test_a_wrong_or_missing_index_is_written_again(small_made: Small, small: Library) -> None:
    one, other = sorted(small.path.glob("warc/**/*.cdxj"), key=lambda path: -path.stat().st_size)[
        :2
    ]
    one.unlink()
    other.write_bytes(other.read_bytes()[:-10])
    assert rebuild(small, ENGINE).indexes_written == 2
    before = {p.name: p.read_bytes() for p in small_made.library.path.glob("warc/**/*.cdxj")}
    assert {p.name: p.read_bytes() for p in small.path.glob("warc/**/*.cdxj")} == before


@pytest.mark.long
def test_a_search_index_is_made_anew_and_no_generation_is_overwritten(small: Library) -> None:
    folder = small.path / "state/search"
    found = {hit.article_id for hit in search(small, "harbour")}
    rebuild(small, ENGINE)
    (path,) = folder.iterdir()
    with closing(connect(path, "ro")) as connection:
        state = read_state(connection)
    assert state is not None
    assert (state.generation, state.batch) == ("0002", 2)
    assert {hit.article_id for hit in search(small, "harbour")} == found
    (small.path / "current").unlink()
    (small.path / "current").symlink_to("generations/0001")
    assert rebuild(small, ENGINE).generation.name == "0003"  # somebody may read 0002
    assert (small.path / "generations/0002/batches.jsonl").exists()


def visits(state: State) -> dict[tuple[str, str], Visit]:
    rows = state.rows("SELECT * FROM frontier")
    return {row[:2]: replace(Visit(*row), announced=None) for row in rows}


def _lose_state(library: Library) -> None:
    library.close()
    shutil.rmtree(library.path / "state")
    rebuild(library, ENGINE)


@pytest.mark.long
def test_runs_outcomes_and_validators_come_back(archived: Archived, copied: Library) -> None:
    _lose_state(copied)
    before, after = archived.library.state, copied.state
    assert after.runs() == before.runs()
    assert visits(after) == visits(before)
    query = "SELECT * FROM validators ORDER BY url_surtkey"
    assert after.rows(query) == before.rows(query)
    names = {file.name for file in before.warc_files()}
    assert {file.name for file in after.warc_files() if file.sealed} == names


def test_what_the_state_knows_better_stays(small: Library) -> None:
    """A live state is not put back: it is newer than the sealed files."""
    capture = captured("north", 0, 0, b"")
    key, later = url_surtkey(capture.url), "2100-01-01T00:00:00.000000+00:00"
    visit = Visit("north", key, capture.url, "not_modified", later, later, '{"feed": "2099"}')
    validator = Validator(
        key, capture.url, '"new"', None, "sha1:A", later, "urn:uuid:1", "warc/x", 9
    )
    small.state.put_visits([visit])
    small.state.put_validators([validator])
    rebuild(small, ENGINE)
    assert small.state.visit("north", key) == visit
    assert small.state.validator(key) == validator
    other = url_surtkey(captured("north", 1, 0, b"").url)
    assert small.state.visit("north", other).outcome == "duplicate"  # type: ignore[union-attr]
    assert small.state.validator(other).etag == '"1"'  # type: ignore[union-attr]


def test_the_command_says_what_it_made(small: Library) -> None:
    said = command("rebuild", "--library", small.path, "--json", "--quiet")
    assert said.returncode == 0, said.stderr
    summary = json.loads(said.stdout)
    assert summary["generation"] == "0002"
    assert summary["batches"] == 2
    assert summary["captures"] == len(small.captures())
    assert summary["rows"]["articles"] == len(small.articles("all"))


@pytest.mark.sweep
def test_a_crawl_after_a_lost_state_asks_for_little_and_conditionally(
    archived: Archived, copied: Library, site: SampleMagazines
) -> None:
    _lose_state(copied)
    site.advance()
    seen = len(site.log)
    with meter(SILENT, "") as shown:
        crawl_sources(copied, sample_job(copied, site), ENGINE, shown)
    asked = [entry for entry in site.log[seen:] if entry.path != "/robots.txt"]
    known = {entry.path for entry in archived.requests[0] if entry.status == 200}
    articles = {row["url_surtkey"] for row in copied.articles("all")}
    again = [entry for entry in asked if entry.path in known]
    assert {entry.status for entry in again} == {304}
    assert not {entry.path for entry in asked if entry.status == 200} & known
    assert articles == {row["url_surtkey"] for row in archived.library.articles("all")}


@pytest.mark.long
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "of an older version"])
def test_the_old_generation_goes_after_a_time_of_grace(small: Library, marked: bool) -> None:
    rows = small.articles("all").to_arrow()
    rebuild(small, Engine("local", 1))
    old, present = small.path / "generations/0001", small.path / "generations/0002"
    recover(small)
    assert old.exists()
    long_ago = time.time() - small.settings.disk.keep_generations.total_seconds() - 60
    if marked:
        os.utime(old / "superseded", (long_ago, long_ago))
    else:
        (old / "superseded").unlink()
        os.utime(small.path / "current", (long_ago, long_ago), follow_symlinks=False)
    assert "generations/0001" in recover(small).removed
    assert not old.exists()
    assert present.exists()
    with Library.open(small.path) as again:
        assert again.articles("all").to_arrow().num_rows == rows.num_rows
