"""A crawl that is killed: whichever command comes next ends its runs, and nothing is lost or twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.library import Library
from archive.types import Capture
from archive.warc.captures import read_captures
from backissue.sample import SampleMagazines
from crawlers.sources.toml import write_source
from support import command, sample_sources


@pytest.fixture
def declared(library: Library, site: SampleMagazines) -> Library:
    """A library whose source files declare the sample magazines, each page a little slow."""
    for source in sample_sources(site, delay=0.1):
        write_source(library.path / "sources" / f"{source.name}.toml", source)
    return library


def flags(library: Library, site: SampleMagazines) -> list[str]:
    resolve = [word for text in site.resolve for word in ("--resolve", text)]
    return ["--library", str(library.path), "--engine", "local:1", *resolve]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that *pid* started, and those that they started."""
    found: list[int] = []
    for path in Path("/proc").glob(f"{pid}/task/*/children"):
        for child in map(int, path.read_text().split()):
            found += [child, *children(child)]
    return found


@pytest.fixture
def killed(declared: Library, site: SampleMagazines) -> list[Capture]:
    """What a crawl had on the disk when it was killed with all its processes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "backissue", "crawl", *flags(declared, site)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: len(site.log) > 15)
    for pid in [process.pid, *children(process.pid)]:
        os.kill(pid, signal.SIGKILL)
    process.wait(20)
    return list(captured(declared))


def captured(library: Library) -> Iterator[Capture]:
    """What was acknowledged."""
    for path in library.path.glob("warc/**/*.warc.gz*"):
        with path.open("rb") as stream:
            synced = next(
                f.synced_offset for f in library.state.warc_files() if f.name in str(path)
            )
            yield from read_captures(stream, 0, synced)


def tree(library: Library) -> dict[str, object]:
    """All names and bytes of the library; of the state database what it says."""
    found: dict[str, object] = {}
    for path in sorted(library.path.rglob("*")):
        if path.name.startswith("backissue.db") or path.is_symlink():
            continue
        found[str(path.relative_to(library.path))] = path.read_bytes() if path.is_file() else None
    with sqlite3.connect(library.path / "state/backissue.db") as state:
        found["state"] = list(state.iterdump())
    return found


@pytest.mark.long
def test_publish_ends_the_runs_of_a_crawl_that_was_killed(
    declared: Library, site: SampleMagazines, killed: list[Capture]
) -> None:
    published = command("publish", "--library", declared.path, "--engine", "local:1")
    assert published.returncode == 0, published.stderr
    states = [run.state for run in declared.state.runs()]
    assert states == ["lost"] * 3
    told = command("status", "--library", declared.path, "--json").stdout.splitlines()
    shown = [line["state"] for line in map(json.loads, told) if line["type"] == "source"]
    assert "running" not in shown
    logged = sorted(row["url"] for row in declared.crawl_log(columns=["url"]))
    assert {one.url for one in killed} <= set(logged)
    assert len(logged) == len(set(logged))
    assert all(row["source"] for row in declared.captures(columns=["source"]))
    count = len(site.log)
    crawl = command("crawl", *flags(declared, site))
    assert crawl.returncode == 0, crawl.stderr
    asked = {f"http://{entry.host}{entry.path}" for entry in site.log[count:]}
    pages = {one.url for one in killed if "/2026/" in one.url and one.status == 200}
    assert pages
    assert not pages & asked
    assert len(declared.articles()) == len([p for p in site.pieces() if not p.forbidden])


def test_repair_says_what_it_did_and_a_second_one_changes_no_byte(
    declared: Library, killed: list[Capture]
) -> None:
    first = command("repair", "--library", declared.path, "--engine", "local:1", "--json")
    assert first.returncode == 0, first.stderr
    *lines, summary = map(json.loads, first.stdout.splitlines())
    assert sorted({line["type"] for line in lines} - {"removed"}) == ["mended", "run"]
    assert [line["state"] for line in lines if line["type"] == "run"] == ["lost"] * 3
    assert summary == {"type": "summary", "mended": len(lines), "quarantined": 0}
    before = tree(declared)
    second = command("repair", "--library", declared.path, "--engine", "local:1")
    assert (second.returncode, second.stdout) == (0, "nothing to mend\n")
    assert tree(declared) == before
