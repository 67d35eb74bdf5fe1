"""Every input that a reader once failed at is read again; the long test looks for more."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz import try_at_random
from benchmarks.fuzzing.judging import judged
from benchmarks.fuzzing.targets import Target, targets

TARGETS = {target.name: target for target in targets()}
INPUTS = sorted(Path(__file__).parent.glob("inputs/*/*"))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_is_read(path: Path) -> None:
    found = judged(TARGETS[path.parent.name], path.read_bytes())
    assert found is None, found.text


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_sound_inputs_are_read(target: Target) -> None:
    for data in target.seeds():
        target.read(data)


def test_a_fault_is_found(tmp_path: Path) -> None:
    """A reader that takes no zero fails at the first one, and the input is kept."""

    def read(data: bytes) -> None:
        if b"\0" in data:
            raise ZeroDivisionError("a zero")

    target = Target("zero", read, lambda: [b"text"], (b"\0",))
    tried = try_at_random(target, 0.5, 1, tmp_path)
    ((kind, (_, path)),) = tried.found.items()
    assert kind.startswith("ZeroDivisionError")
    assert b"\0" in path.read_bytes()
    assert tried.inputs > 10


@pytest.mark.long
@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_nothing_but_what_is_declared_comes_of_broken_inputs(
    target: Target, tmp_path: Path
) -> None:
    tried = try_at_random(target, 8, 20_261_130, tmp_path)
    assert not tried.found, [found for found, _ in tried.found.values()]
