"""`backissue why`: one answer for every way that a URL may have gone."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.library import Library
from archive.source import ArticleRules, Source
from backissue.cli import main
from crawlers.sources.toml import write_source
from loopback import Answer, crawled, serving
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from small import page
from support import Archived

HOST = "http://review.example"
ENGINE = Engine("local", 1)
PAGES = {
    "/robots.txt": "User-agent: *\nDisallow: /secret/\n",
    "/": "<a href=/2026/on-ferries-in-the-rain/>1</a><a href=/2026/a-list-of-all-things/>2</a>"
    "<a href=/2026/the-old-name-of-it/>3</a><a href=/2026/gone-for-ever-now/>4</a>"
    "<a href=/secret/2026/the-hidden-part-of-it/>5</a><a href=/2026/a-denied-page-of-it/>6</a>",
    "/2026/on-ferries-in-the-rain/": page(1).decode(),
    "/2026/a-list-of-all-things/": "<html><body class=archive>"
    + "".join(f"<h2><a href=/2026/the-thing-number-{n}/>Thing {n}</a></h2>" for n in range(9)),
}


def answered(_: str, path: str, __: int) -> Answer:
    if path == "/2026/the-old-name-of-it/":
        return Answer(status=301, fields={"Location": "/2026/on-ferries-in-the-rain/"})
    if path not in PAGES:
        return Answer("<h1>Gone", 404)
    plain = {"Content-Type": "text/plain"} if path == "/robots.txt" else {}
    return Answer(PAGES[path], fields=plain)


SOURCE = Source(
    url=f"{HOST}/",
    name="review",
    delay=0,
    article=ArticleRules(allow=("/2026/",), deny=("denied",)),
)


@pytest.fixture(scope="module")
def crawled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has crawled a front page with a link of each kind, and published it."""
    path = tmp_path_factory.mktemp("why") / "library"
    with Library.create(path) as library, serving() as host:
        write_source(path / "sources/review.toml", SOURCE)
        host.answer = answered
        crawled(library, host, SOURCE)
        publish(library, ENGINE)
    return path


def asked(
    capsys: pytest.CaptureFixture[str], library: Path, url: str, *flags: str
) -> tuple[int, str]:
    code = main(["why", url, "--library", str(library), *flags])
    found = capsys.readouterr()
    assert found.err == ""
    return code, found.out


def summary(capsys: pytest.CaptureFixture[str], library: Path, url: str) -> dict[str, Any]:
    code, out = asked(capsys, library, url, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    last: dict[str, Any] = lines[-1]
    assert (last["type"], code) == ("summary", int(last["kind"] == "unknown"))
    return last


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/2026/on-ferries-in-the-rain/", "article", "it is version 1 of the article “Log 1”"),
        ("/2026/the-old-name-of-it/", "article", "it is version 1 of the article “Log 1”"),
        ("/2026/a-list-of-all-things/", "no_article", "it is no article: a list of other pages"),
        ("/2026/gone-for-ever-now/", "no_article", "it is no article: an error page, or a page"),
        ("/secret/2026/the-hidden-part-of-it/", "kept_out", "not asked for: robots.txt forbids it"),
        ("/2026/a-denied-page-of-it/", "kept_out", "keeps it out: denied"),
        ("/2026/another-word-on-ferries/", "not_announced", "nothing that it read has announced"),
        ("/secret/2026/never-linked-at-all/", "kept_out", "robots.txt forbids it, as it was at"),
        ("/robots.txt", "no_page", "it was read for what it allows to crawlers"),
        ("/", "no_page", "it was read for what it lists or shows"),
    ],
)
def test_each_url_has_its_answer(
    capsys: pytest.CaptureFixture[str], crawled_once: Path, path: str, kind: str, words: str
) -> None:
    found = summary(capsys, crawled_once, f"{HOST}{path}")
    assert found["kind"] == kind
    assert words in found["because"]


def test_nothing_is_known_of_a_stranger(
    capsys: pytest.CaptureFixture[str], crawled_once: Path
) -> None:
    code, out = asked(capsys, crawled_once, "https://stranger.example/a")
    assert code == 1
    assert "It was never seen, and no declared source covers it." in out


def test_it_says_what_happened_in_80_columns(
    capsys: pytest.CaptureFixture[str], crawled_once: Path
) -> None:
    _, out = asked(capsys, crawled_once, f"{HOST}/2026/a-list-of-all-things/")
    found = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "T", out)
    assert "by what is known of its site: list: " in found
    assert f"found    T UTC, for review, linked on the page\n         {HOST}/\n" in found
    assert "judged   not_article:list: no article: a list of other pages\n" in found
    assert f"next     backissue captures {HOST}/2026/a-list-of-all-things/\n" in found
    assert [line for line in out.splitlines() if len(line) > 80] == []


def test_the_lines_of_json_hold_outcomes_articles_and_sources(
    capsys: pytest.CaptureFixture[str], crawled_once: Path
) -> None:
    _, out = asked(capsys, crawled_once, f"{HOST}/2026/the-old-name-of-it/", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds == ["outcome", "outcome", "outcome", "article", "source", "summary"]
    assert [line["outcome"] for line in lines[:2]] == ["redirected", "fetched"]
    assert lines[-1]["leads_to"] == [f"{HOST}/2026/on-ferries-in-the-rain/"]


@pytest.fixture
def unpublished(tmp_path: Path) -> Path:
    """A library that has crawled and published nothing."""
    path = tmp_path / "library"
    with Library.create(path) as library, serving() as host:
        host.answer = answered
        crawled(library, host, SOURCE)
    return path


def test_what_waits_for_publish_says_so_and_failures_do_not_wait(
    capsys: pytest.CaptureFixture[str], unpublished: Path
) -> None:
    found = summary(capsys, unpublished, f"{HOST}/2026/on-ferries-in-the-rain/")
    assert (found["kind"], found["next"]) == ("unpublished", ["backissue publish"])
    assert "it waits for `publish`" in found["because"]
    gone = summary(capsys, unpublished, f"{HOST}/2026/gone-for-ever-now/")
    assert (gone["kind"], "status 404" in gone["because"]) == ("failed", True)


def test_an_article_of_the_sample_shows_its_versions(
    capsys: pytest.CaptureFixture[str], archived: Archived
) -> None:
    newest = max(archived.library.articles("all"), key=lambda row: row["version"])
    found = summary(capsys, archived.library.path, newest["url"])
    assert (
        f"it is version {newest['version']} of the article “{newest['headline']}”"
        in found["because"]
    )
    assert found["next"] == [f"backissue show {newest['article_id']}"]


def test_an_address_that_is_none_is_bad_usage(
    capsys: pytest.CaptureFixture[str], unpublished: Path
) -> None:
    assert main(["why", "https://a b/", "--library", str(unpublished)]) == 2
    assert "expected an address without spaces" in capsys.readouterr().err


def test_a_library_without_state_answers_from_its_tables(
    capsys: pytest.CaptureFixture[str], crawled_once: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(crawled_once, copy, symlinks=True)
    shutil.rmtree(copy / "state")
    code = main(["why", f"{HOST}/2026/on-ferries-in-the-rain/", "--json", "--library", str(copy)])
    said = capsys.readouterr()
    assert (code, json.loads(said.out.splitlines()[-1])["kind"]) == (0, "article")
    assert said.err.endswith("`backissue repair` reads it from warc/ again\n")
    assert said.err.count("\n") == 1
