"""One trial: a command with one operation broken, then recovery, then everything that must hold.

Runs in processes forked from one that has imported everything and holds no lock and no thread.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.library import Library
from crash import judge, power
from crash.compare import (
    contents,
    counts,
    fingerprint,
    half_releases,
    half_removed,
    rows_of,
    unreadable,
)
from crash.magazine import HOST
from crash.observed import ACKNOWLEDGED
from crash.operations import MODES, Plan, read_trace
from crash.scene import VICTIMS, Scene
from small import close_batch

UNWANTED = f"http://{HOST}/2026/11/bells/"  # what a trial has removed
_BEFORE_PUBLISHING = ("truncate locks/publish #1", "lone")
SOURCE = f'url = "http://{HOST}/"\nfeeds = ["http://{HOST}/feed.xml"]\ndelay = 0\n'


@dataclass(frozen=True)
class Stage:
    """A command to break: on which library, at which edition, with which words, in which modes."""

    name: str
    begins: str | None  # the name of the library that it starts from; None: a folder with a source
    edition: int
    words: tuple[str, ...]
    modes: tuple[str, ...] = ("kill", "torn", "eio", "enospc", "full")


STAGES = {
    stage.name: stage
    for stage in (
        Stage("first", None, 1, ("crawl", "lantern")),
        Stage("again", "crawled", 2, ("crawl", "lantern", "--recheck"), tuple(MODES)),
        Stage("publish", "captured", 2, ("publish",)),
        Stage("repair", "broken", 2, ("repair",)),
        Stage("rebuild", "published", 2, ("rebuild",)),
        Stage("remove", "published", 2, ("remove", UNWANTED, "--yes")),
        Stage("release", "published", 2, ("release", "spring")),
        Stage("merge", "days", 2, ("publish",)),
    )
}


@dataclass
class Verdict:
    """What came of a trial."""

    stage: str
    at: str
    mode: str
    reached: bool = False
    operations: list[str] = field(default_factory=list)
    ended: int = 0
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)
    contents: dict[str, Any] = field(default_factory=dict)


def begin(stage: Stage, libraries: Path, folder: Path, pause: float = 0) -> Scene:
    """The library that *stage* begins with, and its magazine."""
    shutil.rmtree(folder, ignore_errors=True)
    if stage.begins is None:
        scene = Scene(folder, stage.edition, pause)
        (scene.library / "sources").mkdir(parents=True)
        (scene.library / "sources/lantern.toml").write_text(SOURCE)
        return scene
    shutil.copytree(libraries / stage.begins, folder, symlinks=True)
    return Scene(folder, stage.edition)


def record(libraries: Path, folder: Path, stage: str, unsynced: str = "") -> int:
    """Carry out *stage* undisturbed and record it in *folder*; how many operations it has."""
    scene = begin(STAGES[stage], libraries, folder)
    log = folder / ACKNOWLEDGED
    (folder / "rows.json").write_text(json.dumps(counts(scene.library)))
    recording = power.Recording(scene.library, folder / "recorded", log, unsynced)
    plan = Plan(scene.library, folder / "trace")
    try:
        _must(scene.run(*STAGES[stage].words, plan=plan, note=recording.note))
    finally:
        scene.close()
    return power.moments(folder / "recorded")


def lose_power(recorded: Path, folder: Path, stage: str, at: int, left: str, seed: int) -> Verdict:
    """Recover from a power cut after operation *at* of a recorded stage."""
    verdict = Verdict(stage, str(at), f"{left} {seed}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(recorded / "answers.jsonl", folder / "answers.jsonl")
    count = power.cut(recorded / "recorded", folder / "library", at, left, seed)
    lines = (recorded / ACKNOWLEDGED).read_bytes().splitlines(keepends=True)
    (folder / ACKNOWLEDGED).write_bytes(b"".join(lines[: count if count >= 0 else len(lines)]))
    scene = Scene(folder, STAGES[stage].edition)
    try:
        _mend_and_go_on(scene, verdict, json.loads((recorded / "rows.json").read_text()))
    finally:
        scene.close()
    if not verdict.wrong:
        shutil.rmtree(folder)
    return verdict


def attempt(
    libraries: Path, folder: Path, stage: str, at: str = "", mode: str = "", below: bool = False
) -> Verdict:
    """Break operation *at* of *stage*, recover, and say what is wrong."""
    verdict = Verdict(stage, at, mode)
    scene = begin(STAGES[stage], libraries, folder)
    try:
        _attempt(scene, verdict, below)
    finally:
        scene.close()
    if not verdict.wrong:
        shutil.rmtree(folder)
    return verdict


def _attempt(scene: Scene, verdict: Verdict, below: bool) -> None:
    plan = Plan(scene.library, scene.folder / "trace", verdict.at, verdict.mode, below)
    before, least = len(scene.acknowledged()), counts(scene.library)
    verdict.ended, said = scene.run(*STAGES[verdict.stage].words, plan=plan)
    verdict.operations = read_trace(plan.trace)
    verdict.reached = verdict.at in verdict.operations
    verdict.acknowledged = len(scene.acknowledged()) - before
    _check_end(verdict, said)
    verdict.wrong += half_releases(scene.library)
    _mend_and_go_on(scene, verdict, least, before)


def _mend_and_go_on(
    scene: Scene, verdict: Verdict, least: dict[str, int], before: int | None = None
) -> None:
    """All that must hold of a library that a fault has befallen.

    *least*: how many rows its tables had. *before*: how many captures were acknowledged before the
    command that was disturbed; None after a power cut, which may take back what `state/` knows:
    that costs requests, and nothing else.
    """
    removing = verdict.stage == "remove"
    verdict.wrong += unreadable(scene.library, {} if removing else least)
    verdict.wrong += half_removed(scene.library, UNWANTED)
    if (scene.library / "library.toml").exists():
        _recover(scene, verdict)
        if verdict.stage == "rebuild":
            _expect_done(scene, verdict, "rebuild")
        if removing:
            _remove_and_take_back(scene, verdict)
    _go_on(scene, verdict, before)
    if verdict.stage == "merge" and not _merged(scene.library):
        verdict.wrong.append("the batches of the closed day are not merged")


def _merged(library: Path) -> bool:
    """Whether the first two batches share their files."""
    return len(list(library.glob("captures/data/*/g*-000001-000002-*.parquet"))) == 1


def _remove_and_take_back(scene: Scene, verdict: Verdict) -> None:
    """Removed once more, it is gone; taken back, all is as it was."""
    verdict.wrong += half_removed(scene.library, UNWANTED)
    code, said = scene.run(*STAGES["remove"].words)
    if code not in (0, 2) or rows_of(scene.library, UNWANTED):
        verdict.wrong.append(f"it is not removed: {code}: {said[-600:]}")
    _expect_done(scene, verdict, "verify")
    _expect_done(scene, verdict, "remove", "--undo", UNWANTED)
    verdict.wrong += unreadable(scene.library, counts(scene.library))


def kill_at_random(folder: Path, seed: int, kills: int) -> Verdict:
    """Kill a real crawl, or one of its processes, so many times at moments that *seed* decides."""
    chance = random.Random(seed)
    verdict = Verdict("killed", f"seed {seed}", "random")
    scene = begin(STAGES["first"], folder, folder, pause=0.03)
    try:
        begun = time.monotonic()
        _must(scene.run_and_kill("crawl", "lantern", after=0, victim="none"))
        whole = time.monotonic() - begun
        _make_small(scene.library)
        for number in range(kills):
            scene.show(1 if number < kills / 2 else 2)
            after, victim = whole * chance.uniform(0.3, 1.1), chance.choice(VICTIMS)
            verdict.operations.append(f"{victim} after {after:.2f} s")
            code, _ = scene.run_and_kill(
                "crawl", "lantern", "--recheck", after=after, victim=victim
            )
            verdict.reached |= code != 0
            before = len(verdict.wrong)
            _recover(scene, verdict)
            verdict.wrong[before:] = [
                f"kill {number}, {verdict.operations[-1]}: {what}"
                for what in verdict.wrong[before:]
            ]
        verdict.acknowledged = len(scene.acknowledged())
        _go_on(scene, verdict, None)
    finally:
        scene.close()
    return verdict


def _check_end(verdict: Verdict, said: str) -> None:
    """A command that survives its fault ends with a code of ours, and says why in words."""
    killed = verdict.at and verdict.mode in ("kill", "torn", "lone")
    if not killed and verdict.ended not in (0, 1, 2, 4):
        verdict.wrong.append(f"the command ended with {verdict.ended}: {said[-300:]}")
    if not verdict.at and verdict.ended:
        verdict.wrong.append(f"undisturbed, the command ended with {verdict.ended}: {said[-300:]}")
    if "Traceback" in said and verdict.mode not in ("lone",):
        verdict.wrong.append(f"a traceback: {said[-600:]}")


def _recover(scene: Scene, verdict: Verdict) -> None:
    _expect_done(scene, verdict, "repair")
    verdict.wrong += [f"repair left {path}" for path in scene.library.glob("releases/.*")]
    _expect_done(scene, verdict, "verify")
    verdict.wrong += judge.judge(
        scene.library, scene.acknowledged(), scene.answers(), published=False
    )
    once = fingerprint(scene.library)
    _expect_done(scene, verdict, "repair")
    twice = fingerprint(scene.library)
    changed = sorted(name for name in {*once, *twice} if once.get(name) != twice.get(name))
    verdict.wrong += [f"the second repair changed {name}" for name in changed]


def _go_on(scene: Scene, verdict: Verdict, before: int | None) -> None:
    """The next crawl completes what is missing, and asks for nothing that was acknowledged."""
    asked_before = len(scene.answers())
    kept = {line["url"] for line in scene.acknowledged()[before:]} if before is not None else set()
    _expect_done(scene, verdict, "crawl", "lantern")
    asked = [line["url"] for line in scene.answers()[asked_before:]]
    again = [url for url in asked if url in kept and "/2026/" in url]
    verdict.wrong += [f"asked for again: {url}" for url in again]
    _expect_done(scene, verdict, "verify")
    verdict.wrong += [
        f"in the end: {what}"
        for what in judge.judge(
            scene.library, scene.acknowledged(), scene.answers(), published=True
        )
    ]
    verdict.contents = contents(scene.library)


def _expect_done(scene: Scene, verdict: Verdict, *words: str) -> None:
    if words[0] == "verify" and not _has_verify():
        return
    code, said = scene.run(*words)
    if code:
        verdict.wrong.append(f"`{' '.join(words)}` ended with {code}: {said[-600:]}")
    elif "Traceback" in said:
        verdict.wrong.append(f"`{' '.join(words)}` says: {said[-600:]}")


def _has_verify() -> bool:
    from importlib.util import find_spec

    return find_spec("backissue.commands.verify") is not None


def prepare(libraries: Path) -> None:
    """The libraries that stages begin with."""
    shutil.rmtree(libraries, ignore_errors=True)
    scene = begin(STAGES["first"], libraries, libraries / "crawled")
    scene.library.mkdir(exist_ok=True)
    _must(scene.run("crawl", "lantern"))
    _make_small(scene.library)
    scene.close()
    _derive(libraries, "captured", *_BEFORE_PUBLISHING)
    _derive(libraries, "broken", "write warc/*/*-00001.warc.gz.open #3", "torn")
    _derive(libraries, "published")
    _derive(libraries, "days", *_BEFORE_PUBLISHING, begins="published")
    with Library.open(libraries / "days/library", writing=True) as library:
        close_batch(library, datetime.now(UTC) + timedelta(days=1))


def _make_small(library: Path) -> None:
    """From now on a WARC file takes two or three captures."""
    settings = library / "library.toml"
    text = settings.read_text().replace('max_bytes = "1GiB"', 'max_bytes = "4KiB"')
    settings.write_text(text.replace('floor = "1GiB"', 'floor = "1MiB"'))


def _derive(
    libraries: Path, name: str, at: str = "", mode: str = "", begins: str = "crawled"
) -> None:
    """The library *name*: after one crawl more than *begins*, broken as *at* and *mode* say."""
    shutil.copytree(libraries / begins, libraries / name, symlinks=True)
    scene = Scene(libraries / name, 2)
    plan = Plan(scene.library, scene.folder / "trace", at, mode)
    code, said = scene.run("crawl", "lantern", "--recheck", plan=plan)
    scene.close()
    plan.trace.unlink()
    if code != (-signal.SIGKILL if at else 0):
        raise RuntimeError(f"{name}: {code}: {said}")


def _must(ended: tuple[int, str]) -> None:
    if ended[0]:
        raise RuntimeError(ended[1])
