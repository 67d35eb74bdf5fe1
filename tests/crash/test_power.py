"""A power cut at any moment of a crawl, publish or rebuild: what was acknowledged was on the disk."""

from __future__ import annotations

from typing import Any

import pytest

from crash.harness import Harness, complaints, sample
from crash.power import LEFT

STAGES = ("first", "again", "rebuild")


def cuts(trials: Harness, stages: tuple[str, ...], **options: Any) -> list[dict[str, Any]]:
    """A power cut at every moment of *stages*, with all that it may leave."""
    found = []
    for stage in stages:
        recorded, count = trials.record(stage, **options)
        found += [
            {"recorded": recorded, "stage": stage, "at": at, "left": left, "seed": seed}
            for left in LEFT
            for seed in range(3 if left == "mixed" else 1)
            for at in range(count + 1)
        ]
    return found


@pytest.mark.long
def test_a_sample_of_power_cuts_costs_nothing(trials: Harness) -> None:
    jobs = sample(cuts(trials, ("again",)), 3, seed=1)
    assert not complaints(trials.all(trials.lose_power, jobs))


@pytest.mark.sweep
@pytest.mark.timeout(3600)
def test_no_power_cut_costs_anything(many_trials: Harness) -> None:
    stages = many_trials.undisturbed()
    verdicts = list(many_trials.all(many_trials.lose_power, cuts(many_trials, STAGES)))
    print(f"{len(verdicts)} power cuts")
    assert not complaints(verdicts, stages)


@pytest.mark.sweep
@pytest.mark.timeout(600)
@pytest.mark.parametrize("unsynced", [".warc.gz.open", "warc/*", "batches.jsonl", ".parquet"])
def test_a_sync_that_were_missing_would_be_found(many_trials: Harness, unsynced: str) -> None:
    jobs = cuts(many_trials, ("again",), unsynced=unsynced)
    assert complaints(many_trials.all(many_trials.lose_power, sample(jobs, 60, seed=1)))
