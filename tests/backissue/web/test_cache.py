"""The sums of the console: right, kept by batch, made again, and enough for every page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import Damaged
from archive.layout import point_to
from archive.library import Library
from backissue.library_health import read_states
from backissue.web.cache.database import ConsoleCache
from backissue.web.cache.facts import kept_state
from backissue.web.cache.tables import week_of
from backissue.web.view import Question, View
from console import console
from mounts import fill, read_only, small_disk
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from small import captured, keep, page

DUMPED = ("files", "versions", "captures", "published", "pages", "days", "outcomes", "announced")


def sums(cache: ConsoleCache) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(cache.query(f"SELECT * FROM {name}"), key=repr) for name in DUMPED}


@pytest.fixture
def cache(small: Library) -> Iterator[ConsoleCache]:
    opened = ConsoleCache(small)
    opened.refresh()
    yield opened
    opened.close()


def add(library: Library, number: int, minutes: int) -> None:
    """One more batch, with one more article."""
    keep(library, [captured("north", number, minutes, page(number))])
    publish(library, Engine("local", 1))


def test_the_state_is_that_of_the_tables(archived: object, copied: Library) -> None:
    (copied.path / "sources/late.toml").write_text('url = "https://tideline.example/"\n')
    for path in (copied.path / "sources").glob("tideline.toml"):
        path.unlink()  # its articles stray then, to the source that covers their addresses
    now = datetime.now(UTC)
    shown, told = View(copied).state(now), read_states(copied, now)
    assert replace(shown, disk_free=0) == replace(told, disk_free=0)
    assert {one.source for one in shown.sources} >= {"late", "tideline"}


def test_status_tells_the_state_of_the_tables(copied: Library, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    told = replace(read_states(copied, now), disk_free=0)
    (copied.path / "state/console.db").unlink(missing_ok=True)
    with read_only(copied.path, tmp_path / "read-only") as folder, Library.open(folder) as unkept:
        assert replace(kept_state(unkept, now), disk_free=0) == told
    for _ in ("the sums are made", "they are there"):
        assert replace(kept_state(copied, now), disk_free=0) == told
    assert (copied.path / "state/console.db").exists()


def test_the_sums_follow_a_batch_at_once(small: Library) -> None:
    before = kept_state(small, datetime.now(UTC))
    add(small, 40, 900)
    now = datetime.now(UTC)
    after = kept_state(small, now)
    assert after.articles == before.articles + 1
    assert replace(after, disk_free=0) == replace(read_states(small, now), disk_free=0)


def test_a_damaged_table_file_leaves_the_state_to_the_tables(small: Library) -> None:
    kept_state(small, datetime.now(UTC))
    (path, *_) = sorted(small.generation.glob("captures/data/*/*[1-9]-*.parquet"))
    path.write_bytes(b"PAR1")
    (small.path / "state/console.db").unlink()
    with pytest.raises(Damaged, match="rebuild"):
        kept_state(small, datetime.now(UTC))


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=9), timedelta(days=200)])
def test_the_state_is_that_of_the_tables_at_any_time(small: Library, later: timedelta) -> None:
    now = datetime.now(UTC) + later
    shown, told = View(small).state(now), read_states(small, now)
    assert replace(shown, disk_free=0) == replace(told, disk_free=0)


def test_by_batch_or_at_once_the_sums_are_the_same(small: Library, cache: ConsoleCache) -> None:
    add(small, 9, 120)
    add(small, 9, 180)
    cache.refresh()
    by_batch = sums(cache)
    cache.forget()
    cache.refresh()
    assert sums(cache) == by_batch
    assert len(by_batch["files"]) > 6


def test_a_new_batch_is_all_that_is_read(small: Library, cache: ConsoleCache) -> None:
    before = [small.generation / path for (path,) in cache.query("SELECT path FROM files")]
    add(small, 9, 120)
    for path in before:
        path.write_bytes(b"not read")
    cache.refresh()
    assert cache.query("SELECT * FROM damaged") == []
    rows = cache.query("SELECT version FROM versions WHERE url LIKE '%north%/9'")
    assert rows == [(1,)]


def test_pages_read_no_file_that_is_not_theirs(small: Library, cache: ConsoleCache) -> None:
    add(small, 9, 120)
    cache.refresh()
    (article, run) = cache.query(
        "SELECT article_id, run_id FROM versions WHERE url LIKE '%north%/9'"
    )[0]
    record = next(r["warc_record_id"] for r in small.articles() if r["article_id"] == article)
    last = cache.first("SELECT max(batch) FROM files")
    for (path,) in cache.query("SELECT path FROM files WHERE batch < ?", last):
        (small.generation / path).write_bytes(b"not read")
    cache.close()
    with console(small.path) as running:
        for path in (
            *("/", "/sources/north", "/storage", "/coverage", "/metrics", "/healthz"),
            *("/feed/north.atom", f"/runs/{run}", f"/articles/{article}", f"/captures/{record}"),
        ):
            assert running.get(path).status == 200, path


def test_a_damaged_table_file_is_named_and_the_rest_is_shown(small: Library) -> None:
    path = next(small.generation.glob("crawl_log/data/*/*000001*.parquet"))
    path.write_bytes(b"damaged")
    with console(small.path) as running:
        facts = running.json("/")
        assert any(path.name in one["where"] for one in facts["concerns"])
        assert running.get("/sources/north").status == 200
        health = running.get("/healthz")
        assert health.status == 503
        assert path.name in health.facts["cause"]


@pytest.mark.parametrize("spoiled", [b"", b"no database at all, but long enough" * 99])
def test_a_damaged_cache_is_made_again(small: Library, spoiled: bytes) -> None:
    opened = ConsoleCache(small)
    opened.refresh()
    whole = sums(opened)
    opened.close()
    (small.path / "state/console.db").write_bytes(spoiled)
    again = ConsoleCache(small)
    again.refresh()
    assert sums(again) == whole
    again.close()


def test_a_cache_with_a_torn_middle_is_made_again(small: Library) -> None:
    opened = ConsoleCache(small)
    opened.refresh()
    opened.close()
    path = small.path / "state/console.db"
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)
    with console(small.path) as running:
        statuses = [running.get("/").status for _ in range(2)]
        assert statuses[-1] == 200
        assert running.get("/sources/north").status == 200


def test_another_generation_makes_other_sums(small: Library, cache: ConsoleCache) -> None:
    before = sums(cache)
    shutil.copytree(small.generation, small.path / "generations/0002")
    point_to(small.path, "0002")
    cache.refresh()
    assert sums(cache) == before
    assert cache.first("SELECT generation FROM progress") == "0002"


def test_two_consoles_share_the_sums(small: Library, cache: ConsoleCache) -> None:
    add(small, 9, 120)
    other = ConsoleCache(small)
    other.refresh()
    cache.refresh()
    assert sums(cache) == sums(other)
    other.close()


def test_a_library_that_cannot_be_written_has_sums_in_memory(
    small: Library, tmp_path: Path
) -> None:
    with read_only(small.path, tmp_path / "ro") as folder, Library.open(folder) as library:
        opened = ConsoleCache(library)
        opened.refresh()
        assert opened.first("SELECT count(*) FROM versions") == len(small.articles("all"))
        opened.close()
    assert not (small.path / "state/console.db").exists()


def test_a_full_disk_is_no_obstacle(small: Library, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        shutil.copytree(small.path, disk / "library", symlinks=True)
        fill(disk)
        with console(disk / "library") as running:
            for path in ("/", "/sources/north", "/search?q=harbour", "/storage"):
                assert running.get(path).status == 200, path
            concern = running.json("/")["concerns"][0]
            assert (concern["where"], concern["state"]) == ("disk", "full")
            assert running.get("/healthz").status == 503


def test_what_became_of_a_page_is_known_by_its_best_day(small: Library) -> None:
    view = View(small)
    from backissue.web.pages.source import source_page

    facts = source_page(view, Question("north")).facts
    articles = len(small.articles(source="north"))
    assert sum(one["articles"] for one in facts["months"]) == articles
    assert sum(one["announced"] for one in facts["months"]) == articles


def test_tables_that_are_gone_are_said(small: Library) -> None:
    small.current.unlink()
    with console(small.path) as running:
        facts = running.json("/")
        assert facts["library"]["missing"]
        assert "backissue rebuild" in facts["concerns"][0]["to_do"]
        assert running.get("/").status == 200
        for path in ("/storage", "/coverage", "/search?q=a", "/articles/x", "/feed/north.atom"):
            reply = running.get(path)
            assert reply.status == 503, path
        assert "backissue rebuild" in running.get("/storage").text
        assert running.get("/healthz").status == 503


def test_a_damaged_state_is_said_on_a_plain_page(small: Library) -> None:
    small.close()
    for path in (small.path / "state").glob("backissue.db*"):
        path.unlink()
    (small.path / "state/backissue.db").write_bytes(b"no database at all, but long enough" * 99)
    with pytest.raises(Damaged, match="repair"):
        read_states(small, datetime.now(UTC))
    with console(small.path) as running:
        for path in ("/", "/storage", "/sources/north"):
            reply = running.get(path)
            assert reply.status == 503, path
            assert "backissue repair" in reply.text
        assert running.get("/coverage").status == 200
        assert running.get("/healthz").status == 503
        assert running.get("/metrics").status == 503


def test_a_week_begins_on_monday() -> None:
    for day in range(-20, 20):
        monday = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=week_of(day))
        assert monday.weekday() == 0
        assert 0 <= day - week_of(day) < 7
