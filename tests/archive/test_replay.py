"""The archive in real players: pywb serves it, a real browser shows it."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError

import pytest

from archive import replay
from archive.library import Library
from archive.source import Source
from backissue.crawling import crawl_sources
from backissue.output import meter
from backissue.sample import SampleMagazines
from console import console
from mounts import read_only
from pipelines.derive.engine import Engine
from players import chromium, needs_chromium, needs_pywb, playing
from support import SILENT, command, sample_job

QUARRY = Source(name="quarry", url="http://quarry.example/", feeds=("/rss.xml",), delay=0)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, str]]:
    """A library of both editions, and the address at which `backissue replay` plays it."""
    path = tmp_path_factory.mktemp("played") / "library"
    with Library.create(path) as library, SampleMagazines() as site:
        for _ in range(2):
            with meter(SILENT, "") as shown:
                job = sample_job(library, site)
                job = replace(job, sources=(*job.sources, QUARRY))
                crawl_sources(library, job, Engine("local", 1), shown)
            site.advance()
        with playing(path) as url:
            yield library, url


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:
        return bytes(response.read())


@pytest.mark.long
@needs_pywb
def test_pywb_gives_every_article_back_byte_for_byte(played: tuple[Library, str]) -> None:
    library, url = played
    for row in library.articles("all"):
        moment = f"{row['fetch_time']:%Y%m%d%H%M%S}"
        body = fetch(f"{url}{moment}id_/{row['url']}")
        content = [
            one["payload"]
            for one in library.table("payloads", columns=["warc_record_id", "payload"])
            if one["warc_record_id"] == row["warc_record_id"]
        ]
        assert hashlib.sha256(body).digest() == hashlib.sha256(content[0]).digest()


@needs_pywb
def test_the_console_leads_to_the_page_as_it_was(played: tuple[Library, str]) -> None:
    library, url = played
    row = next(iter(library.articles()))
    with console(library.path) as running:
        link = running.json(f"/articles/{row['article_id']}")["replay"]
        assert f'href="{link}"' in running.get(f"/articles/{row['article_id']}").text
    assert link.startswith(url)
    assert row["headline"].encode() in fetch(link.replace("/http://", "id_/http://", 1))


@needs_pywb
def test_a_page_that_was_not_modified_plays_as_it_was(played: tuple[Library, str]) -> None:
    library, url = played
    log = library.crawl_log().to_pylist()
    unmodified = [row["url"] for row in log if row["outcome"] == "not_modified"]
    assert unmodified
    assert all(len(fetch(f"{url}2099id_/{one}")) > 200 for one in unmodified)


@needs_pywb
@needs_chromium
def test_a_browser_shows_captured_articles(played: tuple[Library, str]) -> None:
    library, url = played
    with chromium() as browser:
        page = browser.new_page()
        for name in ("tideline", "understorey", "branchline", "quarry"):
            host = f"{name}.example"
            row = next(r for r in library.articles() if r["url_host_name"] == host)
            page.goto(f"{url}2099/{row['url']}")
            frame = page.frame_locator("#replay_iframe")
            frame.locator("h1").first.wait_for(timeout=30_000)
            shown = frame.locator("body").inner_text()
            assert row["headline"].casefold() in shown.casefold()
            words = re.sub(r"\s+", " ", shown)
            for block in row["article_body"].split("\n\n")[:3]:
                assert block[:40] in words


@needs_pywb
def test_what_is_removed_is_answered_451_at_once(played: tuple[Library, str]) -> None:
    library, url = played
    row, other = list(library.articles())[:2]
    page, title = row["url"], row["headline"].encode()
    where = ("--library", library.path)
    assert fetch(f"{url}2099id_/{page}")
    assert title in fetch(url)
    assert command("remove", page, "--yes", *where).returncode == 0
    try:
        with pytest.raises(HTTPError) as told:
            fetch(f"{url}2099id_/{page}")
        assert told.value.code == 451
        told.value.close()
        assert title not in fetch(url)
        assert fetch(f"{url}2099id_/{other['url']}")
    finally:
        assert command("remove", "--undo", page, *where).returncode == 0
    assert fetch(f"{url}2099id_/{page}")
    assert title in fetch(url)


@needs_pywb
def test_a_library_that_cannot_be_written_is_played_too(
    played: tuple[Library, str], tmp_path: Path
) -> None:
    library, _ = played
    row = next(iter(library.articles()))
    with read_only(library.path, tmp_path / "read-only") as folder:
        command = [sys.executable, "-m", "backissue", "replay", "--library", str(folder)]
        process = subprocess.Popen(
            [*command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout
        url = process.stdout.readline().strip()
        try:
            body = fetch(f"{url}{row['fetch_time']:%Y%m%d%H%M%S}id_/{row['url']}")
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=30)[1]
    assert process.returncode == 0
    assert row["headline"].encode() in body
    assert "the index for pywb is made for this time alone: " in said


def test_what_is_played_is_listed_without_the_answers_that_have_no_page(
    library: Library, tmp_path: Path
) -> None:
    line = b'example,a)/ 20261123060000 {"mime": "%b", "status": "%b"}\n'
    folder = library.path / "warc/2026/11"
    folder.mkdir(parents=True)
    (folder / "a.warc.gz").write_bytes(b"")
    (folder / "a.cdxj").write_bytes(
        line % (b"text/html", b"200") + line % (b"warc/revisit", b"304")
    )
    with replay.prepared(library, pytest.fail) as made:
        assert made == library.path / "state/replay"
        assert (made / "index.cdxj").read_bytes() == line % (b"text/html", b"200")
        config = json.loads((made / "config.yaml").read_text())
    assert config["collections"]["library"]["archive_paths"] == f"{library.path}/"
