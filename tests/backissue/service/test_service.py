"""The service and interrupted crawls: clean stops, locks, runs that a kill ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.library import Library
from backissue.sample import SampleMagazines
from crawlers.sources.toml import write_source
from serving import flags, is_serving, slow, started, states, wait_for
from support import command, sample_sources


@pytest.fixture
def declared(library: Library, site: SampleMagazines) -> Library:
    """A library whose source files declare the sample magazines."""
    for source in sample_sources(site):
        write_source(library.path / "sources" / f"{source.name}.toml", source)
    return library


def test_serve_crawls_what_is_due_and_stops_cleanly(
    declared: Library, site: SampleMagazines
) -> None:
    with started("serve", *flags(declared, site)) as service:
        wait_for(lambda: states(declared) == ["done"] * 3)
        second = command("serve", *flags(declared, site))
        assert second.returncode == 3
        assert re.search(rf"pid {service.pid} ", second.stderr)
        assert second.stderr.count("\n") == 1
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    assert len(declared.articles()) == len([p for p in site.pieces() if not p.forbidden])
    assert all(run.scheduled_for for run in declared.state.runs())


@pytest.mark.long
def test_a_source_that_is_not_due_yet_is_not_crawled_again(
    declared: Library, site: SampleMagazines
) -> None:
    for _ in range(2):
        with started("serve", *flags(declared, site)) as service:
            wait_for(lambda: states(declared) == ["done"] * 3 and is_serving(declared))
            time.sleep(2)
            service.send_signal(signal.SIGINT)
            assert service.wait(60) == 0
    assert states(declared) == ["done"] * 3


@pytest.mark.long
def test_a_killed_service_is_followed_by_one_that_says_so_and_publishes(
    declared: Library, site: SampleMagazines
) -> None:
    slow(declared)
    with started("serve", *flags(declared, site)) as service:
        wait_for(lambda: len(site.log) > 12)
        os.kill(service.pid, signal.SIGKILL)
        service.wait(10)
    crawl_ended = lambda: not list(declared.path.glob("warc/**/*.open"))  # noqa: E731
    wait_for(crawl_ended)  # the crawl process sees that its parent is gone, and stops in good order
    captured = len(list(_captured(declared)))
    with started("serve", *flags(declared, site)) as service:
        wait_for(lambda: is_serving(declared))
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    assert len(declared.captures()) >= captured
    assert "running" not in states(declared)


@pytest.mark.long
def test_ctrl_c_keeps_what_was_captured_and_the_next_crawl_goes_on(
    declared: Library, site: SampleMagazines
) -> None:
    slow(declared)
    with started("crawl", *flags(declared, site)) as crawl:
        wait_for(lambda: len(site.log) > 12)
        crawl.send_signal(signal.SIGINT)
        output, _ = crawl.communicate(timeout=60)
    assert crawl.returncode == 130, output
    assert "Traceback" not in output
    pages = [entry for entry in site.log if entry.status == 200 and "/2026/" in entry.path]
    first = {(entry.host, entry.path) for entry in pages}
    assert len(declared.captures()) == len(site.log)
    count = len(site.log)
    slow(declared, 0)
    assert command("crawl", *flags(declared, site)).returncode == 0
    again = {(entry.host, entry.path) for entry in site.log[count:]}
    assert not first & again
    assert len(declared.articles()) == len([p for p in site.pieces() if not p.forbidden])


@pytest.mark.long
def test_a_source_that_is_being_crawled_is_not_crawled_twice(
    declared: Library, site: SampleMagazines
) -> None:
    slow(declared)
    with started("crawl", *flags(declared, site)) as crawl:
        wait_for(lambda: len(site.log) > 2)
        second = command("crawl", *flags(declared, site))
        assert second.returncode == 3
        assert str(crawl.pid) in second.stderr
        crawl.send_signal(signal.SIGINT)
        crawl.communicate(timeout=60)


@pytest.mark.long
def test_scrapy_itself_lists_and_runs_the_spider(declared: Library, site: SampleMagazines) -> None:
    root = Path(__file__).parents[3]
    environment = os.environ | {"BACKISSUE_LIBRARY": str(declared.path)}

    def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scrapy", *words],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )

    assert scrapy("list").stdout.split() == ["magazine"]
    resolve = f"BACKISSUE_RESOLVE={','.join(site.resolve)}"
    scrapy("crawl", "magazine", "-a", "source=understorey", "-s", resolve)
    hosts = {row["url_host_name"] for row in declared.articles()}
    assert hosts == {"understorey.example"}
    assert declared.state.runs()[-1].state == "done"


def _captured(library: Library) -> Iterator[str]:
    from archive.warc.captures import read_captures

    for path in library.path.glob("warc/**/*.warc.gz"):
        with path.open("rb") as stream:
            yield from (capture.url for capture in read_captures(stream))
