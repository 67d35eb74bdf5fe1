"""Whatever operation of a crawl, publish, repair or rebuild fails: nothing acknowledged is lost.

Every trial breaks one write, sync, rename … and then demands: `repair` and `verify` end with 0, each
acknowledged capture is there, once, with the bytes that the magazine sent; a second `repair` changes
no byte; the next crawl asks for no article again that was acknowledged, and brings the tables to what
they say when nothing was disturbed. By hand: `python -m crash.attempt STAGE MODE OPERATION`.
"""

from __future__ import annotations

from typing import Any

import pytest

from crash.harness import Harness, complaints, every, sample
from crash.magazine import LETTER

ONCE_WRONG = [  # trials that found something
    ("again", "enospc", "fsync warc/*/*-00002.warc.gz.open #2"),
    ("again", "eio", "commit state/backissue.db #2"),
    ("first", "eio", "commit state/backissue.db #20"),
    ("first", "eio", "commit state/backissue.db #3"),
]


def jobs_of(stages: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return every({name: verdict["operations"] for name, verdict in stages.items()})


@pytest.mark.long
def test_a_sample_of_faults_costs_nothing(trials: Harness) -> None:
    stages = trials.undisturbed()
    jobs = jobs_of(stages)
    known = [{"stage": stage, "mode": mode, "at": at} for stage, mode, at in ONCE_WRONG]
    learnt = [job for job in jobs if job["mode"] == "kill" and "write templates/" in job["at"]]
    chosen = [*known, *learnt[:1], *sample(jobs, 4, seed=1)]
    verdicts = list(trials.all(trials.attempt, chosen))
    assert learnt
    assert any(verdict["reached"] for verdict in verdicts)
    assert not complaints([*stages.values(), *verdicts], stages)
    assert len(jobs) > 2000
    assert {"remove", "merge"} <= {job["stage"] for job in jobs}
    assert stages["first"]["acknowledged"] == 8
    assert stages["again"]["acknowledged"] == 9
    articles = [" ".join(row) for row in stages["publish"]["contents"]["articles"]]
    assert sum(LETTER in text for text in articles) == 5
    assert len(articles) == 7


def test_the_judge_sees_what_is_wrong(trials: Harness) -> None:
    found = trials.ask("damaged", libraries=trials.libraries, folder=trials.new_folder())["found"]
    before = found.pop("nothing")
    assert not before
    assert [name for name, wrong in found.items() if set(wrong) <= set(before)] == []


@pytest.mark.sweep
@pytest.mark.timeout(3600)
def test_no_operation_that_fails_costs_anything(many_trials: Harness) -> None:
    stages = many_trials.undisturbed()
    verdicts = list(many_trials.all(many_trials.attempt, jobs_of(stages)))
    missed = [verdict for verdict in verdicts if not verdict["reached"]]
    print(f"{len(verdicts)} trials, {len(missed)} whose operation did not come")
    assert len(missed) < len(verdicts) / 20
    assert not complaints(verdicts, stages)


@pytest.mark.sweep
@pytest.mark.timeout(7200)
def test_two_hundred_kills_of_a_real_crawl_cost_nothing(many_trials: Harness) -> None:
    verdicts = list(many_trials.all(lambda seed: many_trials.kill(seed, 10), range(20)))
    assert sum(len(verdict["operations"]) for verdict in verdicts) == 200
    assert not complaints(verdicts)
