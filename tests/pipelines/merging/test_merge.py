"""A library of eight batches on five days of three months: merged as it grew, all at once, rebuilt."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive.library import Library
from archive.removal.withheld import table_files
from archive.repair.recover import recover
from archive.tables import journal
from archive.tables.digest import digests, library_digest
from archive.tables.parquet import write_rows
from archive.verify.library import verify
from backissue.cli import main
from backissue.web.cache.database import ConsoleCache
from pipelines.derive.engine import Engine
from pipelines.merging.merge import merge
from pipelines.publish import mend_batches, publish
from pipelines.rebuild.comparison import compare_generations
from pipelines.rebuild.rebuild import built, rebuild
from pipelines.removal.remove import find_target, removals_named, remove, undo
from pipelines.repair.damaged_records import mend_damage
from small import START, captured, close_batch, keep, page

ENGINE = Engine("local", 1)
DAYS = (
    "03-02T08",
    "03-02T20",
    "03-03T08",
    "04-01T08",
    "04-01T20",
    "04-02T08",
    "04-02T20",
    "05-01T08",
)
GROUPS = [[1, 2, 3], [4, 5, 6, 7], [8]]
PAGE = "https://north.example/log/0"


def moments() -> list[datetime]:
    return [datetime.fromisoformat(f"2026-{day}:00:00+00:00").astimezone(UTC) for day in DAYS]


def grow(library: Library, number: int) -> None:
    """Capture what the run *number* finds, and close a batch of it without its files: a changed
    article, a new one, a copy of another magazine's."""
    minutes = int((moments()[number] - START).total_seconds()) // 60
    found = [
        captured("north", 0, minutes, page(0, changed=number % 2 == 1)),
        captured("north", 10 + number, minutes, page(10 + number)),
        captured("south", 40 + number, minutes + 1, page(10 + number)),
    ]
    keep(library, found)
    over = {3: (1, 2, 3), 7: (4, 5, 6, 7)}  # the first batch of a month
    close_batch(library, moments()[number], payloads=over.get(number, ()))


def begun(path: Path) -> Library:
    with Library.create(path, "days"):
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    return Library.open(path, writing=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library before any of its files is merged."""
    path = tmp_path_factory.mktemp("days") / "library"
    with begun(path) as library:
        for number in range(len(DAYS)):
            grow(library, number)
            mend_batches(library, ENGINE)
    return path


@pytest.fixture
def days(made: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "library", symlinks=True)
    with Library.open(tmp_path / "library", writing=True) as library:
        yield library


def digest_of(library: Library) -> str:
    return library_digest(digests(library.generation))


def files_of(library: Library) -> dict[str, str]:
    """The hashes of all table files with rows, by their names without the generation's number."""
    generation = library.generation
    return {
        f"{path.relative_to(generation).parent}/{path.name.partition('-')[2]}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for pattern in ("*/data/*/*.parquet", "withheld/*/*/*.parquet")
        for path in generation.glob(pattern)
        if "-000000-" not in path.name
    }


def errors(library: Library) -> list[str]:
    return [str(one) for one in verify(library.path).findings if one.severity == "error"]


def runs(library: Library) -> list[list[int]]:
    entries = journal.read_journal(library.generation)
    return [[entry.batch.number for entry in run] for run in journal.together(entries)]


def test_closed_days_and_months_become_one_file_for_each_table(days: Library) -> None:
    digest, old, before = digest_of(days), days.generation, files_of(days)
    rows = {name: days.table(name).to_arrow() for name in ("articles", "captures", "payloads")}
    assert errors(days) == []
    assert publish(days, ENGINE) is None
    assert (days.generation.name, runs(days)) == ("0002", GROUPS)
    assert digest_of(days) == digest
    assert errors(days) == []
    for name, wanted in rows.items():
        assert days.table(name).to_arrow().equals(wanted)
        assert 0 < len(list(days.generation.glob(f"{name}/data/*/*[0-9]-0*.parquet"))) < len(DAYS)
    duplicates = days.generation / "duplicates"
    assert sum(pq.read_table(path).num_rows for path in duplicates.glob("data/*/*.parquet")) >= 8
    assert len(files_of(days)) < len(before) / 2
    assert old.is_dir()  # for those who read it
    assert publish(days, ENGINE) is None
    assert days.generation.name == "0002"


def test_what_is_not_merged_is_linked(days: Library) -> None:
    old = days.generation
    publish(days, ENGINE)
    (last,) = days.generation.glob("captures/data/*/*-000008-*.parquet")
    (same,) = old.glob("captures/data/*/*-000008-*.parquet")
    assert last.samefile(same)


def test_it_makes_no_difference_when_files_are_merged(days: Library, tmp_path: Path) -> None:
    publish(days, ENGINE)
    with begun(tmp_path / "hourly") as hourly:
        generations = []
        for number in range(len(DAYS)):
            grow(hourly, number)
            publish(hourly, ENGINE)
            generations.append(hourly.generation.name)
            assert errors(hourly) == []
        assert generations == ["0001", "0001", "0002", "0003", "0003", "0004", "0004", "0005"]
        # another library has other WARC files, so its rows have other places
        assert sorted(files_of(hourly)) == sorted(files_of(days))
        assert runs(hourly) == GROUPS
        before = files_of(hourly)
        rebuild(hourly, ENGINE)
        assert files_of(hourly) == before
        assert errors(hourly) == []


def test_a_rebuild_merges_alike(days: Library) -> None:
    publish(days, ENGINE)
    before, digest = files_of(days), digest_of(days)
    rebuild(days, ENGINE)
    assert (files_of(days), digest_of(days), runs(days)) == (before, digest, GROUPS)
    assert errors(days) == []


@pytest.mark.parametrize("text", ["south.example", PAGE])
def test_a_removal_hides_the_same_rows_of_merged_files(
    days: Library, made: Path, tmp_path: Path, text: str
) -> None:
    publish(days, ENGINE)
    before, digest = files_of(days), digest_of(days)
    (removal,) = [remove(days, find_target(days, text))]
    hidden = files_of(days)
    assert errors(days) == []
    assert hidden != before
    assert any(name.startswith("withheld/") for name in hidden)
    shutil.copytree(made, tmp_path / "later", symlinks=True)
    (tmp_path / "later/tombstones.jsonl").write_bytes(removal.to_line() + b"\n")
    with Library.open(tmp_path / "later", writing=True) as later:
        publish(later, ENGINE)  # hides, then merges
        assert files_of(later) == hidden
        assert errors(later) == []
    rebuild(days, ENGINE)
    assert files_of(days) == hidden
    undo(days, removals_named(days, text))
    assert (files_of(days), digest_of(days)) == (before, digest)
    assert errors(days) == []


def test_a_search_finds_the_same_before_and_after(days: Library) -> None:
    before = [hit.article_id for hit in days.search("harbour", limit=100)]
    publish(days, ENGINE)
    assert before
    assert [hit.article_id for hit in days.search("harbour", limit=100)] == before


def sums(library: Library) -> dict[str, list[object]]:
    """What the console has summed up, whatever files it read it from."""
    cache = ConsoleCache(library)
    cache.refresh()
    found = {
        "versions": "article_id, version, source, url, headline, date, fetch_time, withdrawn",
        "captures": "url, record",
        "published": "run_id, captures",
        "pages": "source, page, day, state, url, why",
        "days": "source, day, announced, captured, articles",
        "outcomes": "source, week, outcome, urls",
        "announced": "source, run_id, began, pages, without",
        "taken": "file, until",
    }
    rows = {name: sorted(cache.query(f"SELECT {of} FROM {name}")) for name, of in found.items()}
    rows["files"] = cache.query("SELECT kind, sum(rows) FROM files GROUP BY kind ORDER BY kind")
    cache.close()
    return rows


def test_the_console_tells_the_same_before_and_after(days: Library) -> None:
    before = sums(days)
    assert all(before.values())
    publish(days, ENGINE)
    assert sums(days) == before


def test_a_damaged_record_is_mended_from_merged_payloads(days: Library) -> None:
    publish(days, ENGINE)
    before = files_of(days)
    kept = {row["warc_record_id"] for row in days.table("payloads", columns=["warc_record_id"])}
    row = next(row for row in days.captures() if row["warc_record_id"] in kept)
    file = days.path / row["warc_filename"]
    whole, end = file.read_bytes(), row["warc_record_offset"] + row["warc_record_length"]
    file.write_bytes(whole[: end - 40] + bytes(40) + whole[end:])
    assert errors(days) != []
    assert [mended.source for mended in mend_damage(days)] == ["payloads"]
    assert file.read_bytes() == whole
    assert errors(days) == []
    rebuild(days, ENGINE)
    assert files_of(days) == before


def test_publish_says_that_it_merged(days: Library, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["publish", "--library", str(days.path), "--engine", "local:1"]
    assert main(words) == 0
    count = len(list(table_files(days.generation)))
    said = f"merged the files of closed days: the tables have {count} files now"
    assert said in capsys.readouterr().out
    assert main(words) == 0
    assert "merged" not in capsys.readouterr().out


def test_verify_names_a_record_that_merged_files_lack(days: Library) -> None:
    publish(days, ENGINE)
    (path,) = days.generation.glob("captures/data/fetch_month=2026-04/*-000004-000007-*.parquet")
    rows = pq.ParquetFile(path).read()
    path.unlink()
    file = write_rows(path.parent, path.name, "captures", rows.slice(1))
    entries = journal.read_journal(days.generation)
    named = str(path.relative_to(days.generation))
    listed = [
        replace(f, rows=file.rows, sha256=file.sha256) if f.path == named else f
        for f in entries[6].files
    ]
    entries[6] = replace(entries[6], files=tuple(listed))
    lines = [journal.to_line(entry) + b"\n" for entry in entries]
    (days.generation / "batches.jsonl").write_bytes(b"".join(lines))
    (found,) = [one for one in verify(days.path).findings if one.code == "parquet.lacking"]
    assert found.detail == "no row in `captures` (batches 4 to 7)"
    assert found.record_id == rows["warc_record_id"][0].as_py()


def test_a_half_made_rebuild_is_gone_on_with_after_a_merge(days: Library) -> None:
    with built(days, ENGINE) as (building, rebuilt):
        assert (building.number, rebuilt.resumed) == ("0002", 0)
        sources = compare_generations(days.generation, building.generation).sources
    assert {name: one.rows_before for name, one in sources.items()} == {"north": 16, "south": 8}
    assert all(one.same_text == one.rows_before == one.rows_after for one in sources.values())
    publish(days, ENGINE)
    before = files_of(days)
    assert days.generation.name == "0002"
    made = rebuild(days, ENGINE)
    assert (made.generation.name, made.resumed) == ("0003", made.captures)
    assert files_of(days) == before
    assert errors(days) == []


def test_what_an_interrupted_merge_left_is_removed(days: Library) -> None:
    left = days.path / "generations/merging/0002"
    left.mkdir(parents=True)
    (left.parent / "next.json").write_text('{"generation": "0002"}')
    shutil.copytree(days.generation, days.path / "generations/0002")
    publish(days, ENGINE)
    assert (days.generation.name, runs(days)) == ("0002", GROUPS)
    assert not left.parent.exists()
    assert errors(days) == []


def test_nothing_is_merged_where_the_disk_has_no_room(days: Library) -> None:
    disk = days.settings.disk.model_copy(update={"floor": shutil.disk_usage(days.path).total})
    full = Library(days.path, days.settings.model_copy(update={"disk": disk}))
    assert merge(full) is False
    assert days.generation.name == "0001"
    assert merge(days) is True


def test_generations_go_each_after_its_own_time(days: Library) -> None:
    first = days.generation
    publish(days, ENGINE)
    second = days.generation
    rebuild(days, ENGINE)
    week = days.settings.disk.keep_generations.total_seconds()
    long_ago = time.time() - week - 1
    os.utime(first / "superseded", (long_ago, long_ago))
    recover(days)
    assert (first.exists(), second.exists()) == (False, True)
    os.utime(second / "superseded", (long_ago, long_ago))
    recover(days)
    assert not second.exists()
    assert errors(days) == []
