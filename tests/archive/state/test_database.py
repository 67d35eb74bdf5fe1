"""The state database: what is put is got, from several threads, and all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from archive.errors import Damaged
from archive.state.database import State
from archive.state.rows import Run, Validator, Visit, WarcFileRow, now_text, pointer_of

EARLY, LATE = "2026-11-05T09:00:00.000000+00:00", "2026-11-05T10:00:00.000000+00:00"
VALIDATOR = Validator(
    "example,review)/a",
    "https://review.example/a",
    '"e1"',
    None,
    "sha1:A",
    EARLY,
    "urn:uuid:1",
    "warc/a.warc.gz",
    99,
)
RUN = Run("run-1", "review", None, EARLY, None, "running", None)
VISIT = Visit(
    "review", "example,review)/a", "https://review.example/a", "fetched", EARLY, EARLY, None
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(tmp_path / "backissue.db")
    yield opened
    opened.close()


def test_a_time_is_utc_and_sorts_as_text():
    moment = datetime(2026, 11, 5, 22, 0, tzinfo=timezone(timedelta(hours=13)))
    assert now_text(moment) == EARLY
    assert now_text() > LATE or datetime.now(UTC) < datetime.fromisoformat(LATE)


def test_warc_files_grow_are_derived_and_sealed(state: State):
    state.set_synced("warc/b.warc.gz", 10)
    state.set_synced("warc/a.warc.gz", 7)
    state.set_derived("warc/b.warc.gz", 5)
    state.set_synced("warc/b.warc.gz", 20, sealed=True)
    assert state.warc_files() == [
        WarcFileRow("warc/a.warc.gz", 7, 0, False),
        WarcFileRow("warc/b.warc.gz", 20, 5, True),
    ]
    state.forget_warc("warc/a.warc.gz")
    assert [file.name for file in state.warc_files()] == ["warc/b.warc.gz"]


def test_the_newest_validator_stays(state: State):
    assert state.validator(VALIDATOR.url_surtkey) is None
    newer = replace(VALIDATOR, etag='"e2"', fetch_time=LATE)
    state.put_validators([VALIDATOR])
    state.put_validators([newer])
    assert state.validator(VALIDATOR.url_surtkey) == newer
    assert pointer_of(newer).offset == 99


def test_runs_come_in_the_order_of_their_start(state: State):
    later = replace(RUN, run_id="run-0", started=LATE)
    state.put_runs([later])
    state.put_runs([RUN])
    assert state.runs() == [RUN, later]
    assert state.runs_since(datetime.fromisoformat(LATE)) == [later]
    done = replace(RUN, state="done", ended=LATE, captures=3)
    state.put_runs([done])
    assert state.runs() == [done, later]


def test_runs_are_asked_for_by_what_they_are(state: State):
    done = replace(RUN, run_id="run-2", state="done", started=LATE)
    other = replace(RUN, run_id="run-3", source="other", state="aborted", started=LATE)
    state.put_runs([RUN, done, other])
    assert (state.run("run-2"), state.run("run-9")) == (done, None)
    assert state.runs_named({"run-3", "run-1", "run-9"}) == [RUN, other]
    assert state.runs_named(()) == []
    assert state.running() == [RUN]
    assert (state.has_finished("review"), state.has_finished("other")) == (True, False)
    assert state.unfinished_runs("review", but="run-7") == [RUN]
    assert state.unfinished_runs("review", but="run-1") == []


def test_one_time_of_a_source_has_one_run(state: State):
    first = replace(RUN, scheduled_for=EARLY)
    state.put_runs([first])
    with pytest.raises(sqlite3.IntegrityError):
        state.put_runs([replace(first, run_id="run-2")])
    state.put_runs([replace(first, run_id="run-2", source="other")])
    state.put_runs([replace(first, run_id="run-3", scheduled_for=None)])
    state.put_runs([replace(first, run_id="run-4", scheduled_for=None)])
    assert [run.run_id for run in state.runs()] == ["run-1", "run-2", "run-3", "run-4"]


def test_visits_are_kept_by_source(state: State):
    other = replace(VISIT, source="other", outcome="error:timeout")
    state.put_visits([VISIT, other])
    assert state.visit("review", VISIT.url_surtkey) == VISIT
    assert state.visit("other", VISIT.url_surtkey) == other
    assert state.visit("none", VISIT.url_surtkey) is None
    assert (VISIT.failed, other.failed) == (False, True)


def test_the_newer_of_a_sources_own_visit_and_one_by_hand_is_known(state: State):
    own = replace(VISIT, announced='{"feed": "2026"}')
    by_hand = replace(VISIT, source="adhoc", outcome="error:http_404", fetch_time=LATE)
    state.put_visits([own])
    assert state.known_visit("review", VISIT.url_surtkey) == own
    state.put_visits([by_hand])
    assert state.known_visit("review", VISIT.url_surtkey) == replace(
        by_hand, source="review", announced=own.announced
    )
    state.put_visits([replace(own, fetch_time=LATE)])
    assert state.known_visit("review", VISIT.url_surtkey) == replace(own, fetch_time=LATE)
    assert state.known_visit("none", VISIT.url_surtkey) == replace(by_hand, source="none")


def test_a_transaction_is_all_or_nothing(state: State):
    def fail() -> None:
        with state.transaction() as connection:
            connection.execute("INSERT INTO warc_files VALUES ('a', 1, 0, 0)")
            connection.execute("INSERT INTO missing VALUES (1)")

    with pytest.raises(Damaged, match="no such table: missing: `backissue"):
        fail()
    assert state.warc_files() == []
    state.set_synced("b", 1)


def test_a_full_disk_ends_one_transaction_and_not_the_next(state: State):
    with state.transaction() as connection:
        connection.execute("CREATE TABLE big (data BLOB)")
    with state._lock:
        pages = state._connection.execute("PRAGMA page_count").fetchone()[0]
        state._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(sqlite3.OperationalError, match="full"), state.transaction() as connection:
        connection.execute("INSERT INTO big VALUES (zeroblob(1000000))")
    state.set_synced("a", 1)
    assert [file.name for file in state.warc_files()] == ["a"]


def test_threads_share_it(state: State):
    def work(number: int) -> None:
        state.set_synced(f"{number % 7}", number)
        state.put_visits([replace(VISIT, url_surtkey=f"k{number}")])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert len(state.warc_files()) == 7
    assert all(state.visit("review", f"k{number}") for number in range(200))


def test_a_reopened_state_knows_all(tmp_path: Path):
    first = State(tmp_path / "a.db")
    first.set_synced("a", 5)
    first.close()
    second = State(tmp_path / "a.db")
    assert second.warc_files() == [WarcFileRow("a", 5, 0, False)]
    second.close()


def test_what_is_restored_gives_way_to_what_is_newer(state: State):
    newer = replace(VALIDATOR, etag='"e2"', fetch_time=LATE)
    state.put_validators([newer])
    state.restore_validators([VALIDATOR])
    assert state.validator("example,review)/a") == newer
    latest = replace(newer, fetch_time="2026-11-05T11:00:00.000000+00:00")
    state.restore_validators([latest])
    assert state.validator("example,review)/a") == latest
    ended = replace(RUN, state="done", ended=LATE)
    state.put_runs([ended])
    state.restore_runs([RUN, replace(RUN, run_id="run-2")])
    assert [run.state for run in state.runs()] == ["done", "running"]


def test_no_request_refers_to_a_response_whose_file_is_gone(state: State):
    state.put_validators([VALIDATOR])
    state.set_synced("warc/a.warc.gz", 7)
    state.forget_warc("warc/a.warc.gz")
    assert state.validator("example,review)/a") is None
