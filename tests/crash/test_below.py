"""The same faults where the C library is called: what SQLite and Arrow write fails too."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.conftest import harness
from crash.harness import complaints, every

_UNSEEN = re.compile(r"\S+ \S+\.db(-\w+)?|(write|create) \S+\.(arrow|parquet)")
_STAGES = ("first", "again", "rebuild")


@pytest.fixture(scope="session")
def below(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that is loaded before all others."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    made = tmp_path_factory.mktemp("below") / "below.so"
    source = Path(__file__).with_name("below.c")
    words = [compiler, "-shared", "-fPIC", "-O2", "-o", made, source, "-ldl"]
    subprocess.run(words, check=True)
    return made


def unseen(operations: list[str]) -> Iterator[str]:
    """Operations that are not Python's; of the many writes of Arrow the first, a middle, the last."""
    found = [name for name in operations if _UNSEEN.match(name)]
    last = Counter(name.rpartition(" #")[0] for name in found)
    for name in found:
        kind, _, count = name.rpartition(" #")
        if ".db" in kind or int(count) in (1, last[kind] // 2, last[kind]):
            yield name


@pytest.mark.sweep
@pytest.mark.timeout(3600)
def test_what_sqlite_and_arrow_write_may_fail_too(below: Path) -> None:
    with harness(2, below) as trials:
        stages = trials.undisturbed()
        jobs = every({name: list(unseen(stages[name]["operations"])) for name in _STAGES})
        assert {job["stage"] for job in jobs if ".db-wal" in job["at"]} >= {"first", "again"}
        verdicts = list(trials.all(trials.attempt, jobs))
    print(f"{len(verdicts)} trials")
    assert not complaints(verdicts, stages)
