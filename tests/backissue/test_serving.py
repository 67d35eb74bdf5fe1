"""What happens while the service runs: files change, crawl processes die, intervals come round."""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from archive.library import Library
from backissue.sample import SampleMagazines
from crawlers.sources.toml import write_source
from serving import flags, is_serving, slow, started, states, wait_for
from support import command, sample_sources


def pieces(site: SampleMagazines) -> int:
    return len([piece for piece in site.pieces() if not piece.forbidden])


def crawl_process(service: int) -> int:
    """The process that crawls for the service: of those that its server forked, the one that leads
    a session of its own."""
    forked = [pid for server in _children(service) for pid in _children(server)]
    (found,) = (pid for pid in forked if os.getsid(pid) == pid)
    return found


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def one_source(library: Library, site: SampleMagazines) -> str:
    """The name of the only source, which is declared."""
    source = sample_sources(site)[0]
    write_source(library.path / "sources" / f"{source.name}.toml", source)
    return source.name


@pytest.mark.long
def test_a_crawl_by_hand_waits_for_the_run_that_the_service_has_begun(
    library: Library, site: SampleMagazines, one_source: str
) -> None:
    slow(library)
    with started("serve", *flags(library, site)) as service:
        wait_for(lambda: len(site.log) > 2 and is_serving(library))
        waited = command("crawl", one_source, *flags(library, site))
        assert states(library) == ["done"], "there is no second run"
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    assert waited.returncode == 0, waited.stderr
    assert f"{one_source}: the service is crawling it: waiting for that run" in waited.stderr
    (run,) = library.state.runs()
    assert re.search(rf"{one_source} +done +{run.finished} +{run.captures}", waited.stdout)
    assert f"articles: {len(library.articles(source=one_source))} new" in waited.stdout


@pytest.mark.long
def test_who_waits_no_longer_does_not_end_the_run_of_the_service(
    library: Library, site: SampleMagazines, one_source: str
) -> None:
    slow(library, 1)
    with started("serve", *flags(library, site)) as service:
        wait_for(lambda: len(site.log) > 2 and is_serving(library))
        with started("crawl", one_source, *flags(library, site)) as impatient:
            time.sleep(5)  # it waits by now
            impatient.send_signal(signal.SIGINT)
            assert impatient.wait(60) == 130
        assert states(library) == ["running"]
        slow(library, 0)
        wait_for(lambda: states(library) == ["done"], seconds=120)
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0


@pytest.mark.long
def test_a_crawl_process_that_is_killed_is_replaced_and_nothing_is_lost_or_twice(
    library: Library, site: SampleMagazines
) -> None:
    for source in sample_sources(site):
        write_source(library.path / "sources" / f"{source.name}.toml", source)
    slow(library)
    with started("serve", *flags(library, site)) as service:
        wait_for(lambda: len(site.log) > 12)
        os.kill(crawl_process(service.pid), signal.SIGKILL)
        wait_for(lambda: states(library).count("done") == 3 and "running" not in states(library))
        service.send_signal(signal.SIGTERM)
        said = service.communicate(timeout=60)[0]
    assert service.returncode == 0
    assert "a crawl process was killed" in said
    assert "Traceback" not in said
    assert "lost" in states(library)
    urls = Counter(row["url"] for row in library.articles("all"))
    assert (len(urls), max(urls.values())) == (pieces(site), 1)
    fetched = Counter(row["url"] for row in library.captures() if row["fetch_status"] == 200)
    assert not [url for url, count in fetched.items() if count > 1 and "/2026/" in url]
    assert command("verify", "--library", library.path).returncode == 0


@pytest.mark.long
def test_files_that_come_break_and_go_are_seen_while_it_serves(
    library: Library, site: SampleMagazines
) -> None:
    first, second, third = sample_sources(site)
    folder = library.path / "sources"
    write_source(folder / "first.toml", first)
    with started("serve", *flags(library, site)) as service:
        wait_for(lambda: states(library) == ["done"])
        write_source(folder / "second.toml", second)
        wait_for(lambda: states(library) == ["done"] * 2)
        (folder / "first.toml").write_text("url = 7\n")
        (folder / "second.toml").unlink()
        write_source(folder / "third.toml", third)
        wait_for(lambda: states(library) == ["done"] * 3)
        listed = command("status", "--json", "--library", library.path).stdout
        service.send_signal(signal.SIGTERM)
        said = service.communicate(timeout=60)[0]
    assert service.returncode == 0
    assert "first.toml" in said
    assert f'"source": "{second.name}", "state": "undeclared"' in listed
    assert [run.source for run in library.state.runs()] == [first.name, second.name, third.name]


@pytest.mark.long
def test_an_interval_comes_round_and_what_was_slept_through_comes_once(
    library: Library, site: SampleMagazines
) -> None:
    first = sample_sources(site)[0].model_copy(update={"schedule": "every 1m"})
    write_source(library.path / "sources" / "first.toml", first)
    with started("serve", *flags(library, site)) as service:
        wait_for(lambda: states(library) == ["done"] * 2, seconds=150)
        os.killpg(service.pid, signal.SIGSTOP)  # as a machine that sleeps
        time.sleep(130)
        os.killpg(service.pid, signal.SIGCONT)
        wait_for(lambda: is_serving(library) and states(library) == ["done"] * 3)
        time.sleep(5)
        assert states(library) == ["done"] * 3, "two were missed: they are made up for once"
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    due = [run.scheduled_for for run in library.state.runs()]
    assert len(due) == len(set(due)) == 3
    urls = Counter(row["url"] for row in library.articles("all"))
    assert max(urls.values()) == 1
