"""Broken inputs into every reader of bytes that others wrote, and what must not come of them.

    python benchmarks/fuzz.py [TARGET ...] [--minutes 5] [--seed 1] [--guided] [--keep FOLDER]

Nothing but the errors that a reader declares may come, each in one line, within ten seconds and
2 GiB. Without `--guided`, sound inputs are changed at random, and the same seed gives the same
inputs. With it, libFuzzer chooses (`pip install atheris`). `tests/fuzzing` reads again what was
ever found.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzzing.judging import Finding, judged, keep
from benchmarks.fuzzing.mutations import MOST_BYTES, mutated
from benchmarks.fuzzing.targets import Target, targets

ROOT = Path(__file__).parents[1]
_MEMORY = 2 * 2**30


@dataclass(slots=True)
class Tried:
    """How many inputs a target was given, in how much processor time, and what was found."""

    inputs: int = 0
    seconds: float = 0.0
    found: dict[str, tuple[Finding | str, Path]] = field(default_factory=dict)


def main(arguments: list[str] | None = None) -> int:
    names = [target.name for target in targets()]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="*", help=f"some of {', '.join(names)}")
    parser.add_argument("--minutes", type=float, default=5, help="processor time for each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guided", action="store_true", help="by atheris and libFuzzer")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    options = parser.parse_args(arguments)
    if unknown := set(options.target) - set(names):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    found = False
    print(f"{'target':14} {'inputs':>10} {'CPU min':>8} {'findings':>9}")
    for target in chosen(options.target):
        seconds = 60 * options.minutes
        if options.guided:
            tried = try_guided(target, seconds, options.keep)
        else:
            tried = try_at_random(target, seconds, options.seed, options.keep)
        line = f"{tried.inputs:10,} {tried.seconds / 60:8.1f} {len(tried.found):9}"
        print(f"{target.name:14} {line}", flush=True)
        for kind, (finding, path) in tried.found.items():
            print(f"  {kind}: {path}\n{getattr(finding, 'text', finding)}", flush=True)
            found = True
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    print(f"peak memory of this process: {peak >> 20} MiB")
    return int(found or peak > _MEMORY)


def chosen(names: Iterable[str]) -> list[Target]:
    """The targets called *names*; all where none are named."""
    wanted = set(names)
    return [target for target in targets() if not wanted or target.name in wanted]


def try_at_random(target: Target, seconds: float, seed: int, folder: Path) -> Tried:
    """Give *target* changed seeds for *seconds* of processor time."""
    chance, seeds, tried = random.Random(f"{seed} {target.name}"), target.seeds(), Tried()
    begun = time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        data = mutated(chance, seeds, target.tokens)
        tried.inputs += 1
        if (finding := judged(target, data)) and finding.kind not in tried.found:
            tried.found[finding.kind] = finding, keep(folder, target, data)
    tried.seconds = spent
    return tried


def try_guided(target: Target, seconds: float, folder: Path) -> Tried:
    """Have libFuzzer choose the inputs for *target*; it keeps what it finds in *folder*."""
    tried = Tried()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as seeds:
        for number, data in enumerate(target.seeds()):
            (Path(seeds) / str(number)).write_bytes(data)
        flags = (
            f"-max_total_time={int(seconds)} -max_len={MOST_BYTES} -timeout=60 -verbosity=0 "
            f"-print_final_stats=1 -rss_limit_mb={_MEMORY >> 20} -artifact_prefix={seeds}/found-"
        )
        module = [sys.executable, "-m", "benchmarks.fuzzing.guided"]
        done = subprocess.run(
            [*module, target.name, seeds, str(folder), *flags.split()],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        output = done.stdout + done.stderr
        for path in Path(seeds).glob("found-*"):  # it used too much time or memory at once
            tried.found[path.name] = output[-800:], keep(folder, target, path.read_bytes())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    tried.seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    for kind, path in re.findall(rf"^FOUND {target.name}: (.*): (\S+)$", output, re.MULTILINE):
        tried.found[kind] = output.partition(path)[2][:800], Path(path)
    runs = re.search(r"number_of_executed_units: (\d+)", output)
    tried.inputs = int(runs[1]) if runs else 0
    if done.returncode and not tried.found:
        tried.found["libFuzzer ended"] = output[-800:], folder
    return tried


if __name__ == "__main__":
    sys.exit(main())
