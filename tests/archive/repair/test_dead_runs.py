"""Runs that died: their logs come from the WARC, their state says so, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.disk.locks import lock
from archive.library import Library
from archive.repair.dead_runs import KILLED, Lost
from archive.repair.recover import recover
from archive.source import Source
from archive.state.rows import Run, now_text
from archive.types import Capture, Discovery, Original
from archive.warc import crawl_log
from archive.warc.crawl_log import CRAWL_LOG_URI, SOURCE_URI, line_of
from archive.warc.records import Record, new_record_id
from archive.warc.scan import scan_groups
from archive.web.surt import url_surtkey
from archive.writer import WarcWriter

MakeCapture = Callable[..., Capture]
SOURCE = Source(name="review", url="https://review.example/")
RUN = "20261105T093000Z-review-abcdef"


def begun(library: Library, make_capture: MakeCapture, run_id: str = RUN) -> Run:
    """A run of the state that goes on, as far as the state knows."""
    run = Run(
        run_id=run_id,
        source="review",
        scheduled_for=None,
        started=now_text(make_capture().fetch_time - timedelta(seconds=9)),
        ended=None,
        state="running",
        detail=None,
        known=7,
    )
    library.state.put_runs([run])
    return run


def write(library: Library, captures: list[Capture], log: list[bytes] | None = None) -> None:
    """What a crawl that captured *captures* has in its WARC file; it is killed, or ended by *log*."""
    with closing(WarcWriter(library)) as writer:
        name = f"{SOURCE_URI}review:{SOURCE.digest}"
        writer.write_resource(name, SOURCE.canonical_json, "application/json")
        for one in captures:
            writer.write(one)
        if log:
            writer.write_resource(f"{CRAWL_LOG_URI}{RUN}", log, "application/jsonl")


def logs(library: Library) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """All crawl logs in the WARC files."""
    found: list[Record] = []
    for path in sorted(library.path.glob("warc/**/*.warc.gz")):
        with path.open("rb") as stream:
            groups = [group for group in scan_groups(stream) if isinstance(group, list)]
        found += [g[0].record for g in groups if g[0].record.type == "resource"]
    return [
        crawl_log.read_log(record)
        for record in found
        if (record.get("WARC-Target-URI") or "").startswith(CRAWL_LOG_URI)
    ]


@pytest.fixture
def several(make_capture: MakeCapture) -> list[Capture]:
    return [make_capture(number, run_id=RUN) for number in range(3)]


def test_a_dead_run_gets_a_log_and_is_lost(
    library: Library, make_capture: MakeCapture, several: list[Capture]
):
    run = begun(library, make_capture)
    write(library, [*several, make_capture(8, run_id="another")])
    assert recover(library).lost == (Lost(RUN, "review", "lost", 3, 3),)
    ((card, lines),) = logs(library)
    assert card["run_id"] == RUN
    assert card["source_digest"] == SOURCE.digest
    assert (card["state"], card["detail"]) == ("lost", KILLED)
    assert [line["url"] for line in lines] == [one.url for one in several]
    assert [line["warc_record_id"] for line in lines] == [one.warc_record_id for one in several]
    (row,) = library.state.runs()
    assert row == replace(
        run,
        ended=now_text(several[-1].fetch_time),
        state="lost",
        detail=KILLED,
        finished=3,
        captures=3,
    )


def test_the_second_recovery_does_nothing(
    library: Library, make_capture: MakeCapture, several: list[Capture]
):
    begun(library, make_capture)
    write(library, several)
    recover(library)
    before = {path.name for path in library.path.glob("warc/**/*")}
    assert not recover(library)
    assert {path.name for path in library.path.glob("warc/**/*")} == before


def test_a_recovery_that_was_cut_short_after_the_log_does_not_write_it_again(
    library: Library, make_capture: MakeCapture, several: list[Capture]
):
    run = begun(library, make_capture)
    write(library, several)
    recover(library)
    (row,) = library.state.runs()
    library.state.put_runs([run])  # as a crash before the state was written leaves it
    assert recover(library).lost == (Lost(RUN, "review", "lost", 3, 0),)
    assert library.state.runs() == [row]
    assert len(logs(library)) == 1


def test_a_run_that_wrote_its_log_and_died_then_ended_as_the_log_says(
    library: Library, make_capture: MakeCapture, several: list[Capture]
):
    begun(library, make_capture)
    card = {
        "format": 1,
        "run_id": RUN,
        "source": "review",
        "source_digest": SOURCE.digest,
        "started": "2026-11-05T09:30:06.000000Z",
        "ended": "2026-11-05T09:31:00.000000Z",
        "state": "done",
        "detail": None,
    }
    write(library, several, crawl_log.bodies(card, map(line_of, several[:2])))
    assert recover(library).lost == (Lost(RUN, "review", "done", 3, 0),)
    (row,) = library.state.runs()
    assert (row.state, row.detail, row.finished) == ("done", None, 2)
    assert row.ended == "2026-11-05T09:31:00.000000+00:00"
    assert len(logs(library)) == 1


def test_a_log_of_which_parts_are_missing_is_completed(
    library: Library,
    make_capture: MakeCapture,
    several: list[Capture],
    monkeypatch: pytest.MonkeyPatch,
):
    begun(library, make_capture)
    card = {
        "format": 1,
        "run_id": RUN,
        "state": "done",
        "detail": None,
        "ended": "2026-11-05T10:00:00Z",
    }
    with monkeypatch.context() as small:
        small.setattr(crawl_log, "_PART", 1)
        parts = crawl_log.bodies(card, map(line_of, several))
    assert len(parts) == 3
    write(library, several, parts[:2])
    assert recover(library).lost == (Lost(RUN, "review", "done", 3, 1),)
    lines = sorted(line["url"] for _, part in logs(library) for line in part)
    assert lines == [one.url for one in several]


def test_a_run_whose_source_is_locked_is_alive(
    library: Library, make_capture: MakeCapture, several: list[Capture]
):
    run = begun(library, make_capture)
    write(library, several)
    with lock(library.lock_file("source-review")):
        assert not recover(library)
        assert library.state.runs() == [run]
        assert recover(library, {"source-review"}).lost  # the caller itself holds it


def test_a_run_that_captured_nothing_is_lost_too(library: Library, make_capture: MakeCapture):
    run = begun(library, make_capture)
    assert recover(library).lost == (Lost(RUN, "review", "lost", 0, 0),)
    ((card, lines),) = logs(library)
    assert (card["source_digest"], lines) == (None, [])
    (row,) = library.state.runs()
    assert (row.state, row.ended) == ("lost", run.started)


def test_what_a_dead_run_captured_is_not_asked_for_again(
    library: Library, make_capture: MakeCapture
):
    begun(library, make_capture)
    found = Discovery(source="review", by="feed", announced=make_capture().fetch_time)
    write(library, [make_capture(1, run_id=RUN, discovery=found)])
    recover(library)
    visit = library.state.visit("review", url_surtkey("https://review.example/issue/1"))
    assert visit is not None
    assert visit.outcome == "fetched"
    assert visit.fetch_time == visit.changed_time == now_text(make_capture(1).fetch_time)
    assert visit.announced == '{"feed": "2026-11-05T09:30:15.123456+00:00"}'


def test_what_the_state_knows_of_later_visits_stays(
    library: Library, make_capture: MakeCapture, several: list[Capture]
):
    begun(library, make_capture)
    write(library, several)
    recover(library)
    key = url_surtkey(several[0].url)
    visit = library.state.visit("review", key)
    assert visit is not None
    newer = replace(visit, outcome="error:http_404", fetch_time="2026-12-01T00:00:00.000000+00:00")
    library.state.put_visits([newer])
    begun(library, make_capture)
    recover(library)
    assert library.state.visit("review", key) == newer


def test_a_redirect_whose_target_did_not_come_is_asked_for_again(
    library: Library, make_capture: MakeCapture
):
    begun(library, make_capture)
    hops = [
        make_capture(
            n, run_id=RUN, head=b"HTTP/1.1 301 Moved\r\nLocation: /issue/%d#a\r\n\r\n" % (n + 1)
        )
        for n in (1, 2, 5)
    ]
    write(library, [*hops, make_capture(3, run_id=RUN)])
    recover(library)
    urls = {n: url_surtkey(f"https://review.example/issue/{n}") for n in (1, 2, 3, 5)}
    known = {n: library.state.visit("review", key) for n, key in urls.items()}
    assert [n for n, visit in known.items() if visit and not visit.failed] == [1, 2, 3]
    assert [line["outcome"] for line in logs(library)[0][1]] == [
        "redirected",
        "redirected",
        "error:lost",
        "fetched",
    ]


# Lines


ORIGINAL = Original(
    profile="server-not-modified",
    warc_record_id=new_record_id(),
    url="https://review.example/issue/0",
    fetch_time=datetime(2026, 11, 4, tzinfo=UTC),
    payload_digest="sha1:A",
)
MOVED = b"HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\n"


@pytest.mark.parametrize(
    ("changes", "outcome", "detail"),
    [
        ({}, "fetched", None),
        ({"head": MOVED}, "redirected", "to https://review.example/b"),
        ({"head": b"HTTP/1.1 404 No\r\n\r\n"}, "error:http_404", None),
        ({"head": b"HTTP/1.1 429 Slower\r\n\r\n"}, "blocked:http_429", None),
        ({"truncated": "length"}, "too_large", None),
        ({"truncated": "time"}, "error:timeout", None),
        ({"truncated": "disconnect"}, "error:disconnect", None),
        ({"truncated": "unspecified"}, "error:protocol", None),
        ({"original": ORIGINAL}, "not_modified", None),
        (
            {"original": replace(ORIGINAL, profile="identical-payload-digest")},
            "duplicate",
            None,
        ),
    ],
)
def test_the_outcome_follows_from_the_capture(
    make_capture: MakeCapture, changes: dict[str, Any], outcome: str, detail: str | None
):
    line = line_of(make_capture(0, **changes))
    assert (line["outcome"], line["detail"]) == (outcome, detail)


def test_a_url_that_was_tried_again_has_one_line(make_capture: MakeCapture):
    tries = [make_capture(0, truncated="disconnect"), make_capture(0)]
    (line,) = crawl_log.lines_of(tries)
    assert (line["outcome"], line["warc_record_id"]) == ("fetched", tries[1].warc_record_id)
