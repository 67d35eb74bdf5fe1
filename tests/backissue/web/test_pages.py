"""The pages over a library that was crawled for real: what they show is what the tables hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive.library import Library
from backissue.library_health import read_states
from console import Console, console
from mounts import read_only
from support import Archived

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def shown(archived: Archived) -> Iterator[Console]:
    with console(archived.library.path) as running:
        yield running


def revised(library: Library) -> dict[str, object]:
    """The newest version of an article that has two."""
    row: dict[str, object] = next(r for r in library.articles() if r["version"] == 2)
    return row


def pages(library: Library) -> list[str]:
    row = revised(library)
    return [
        "/",
        f"/sources/{row['source']}",
        f"/sources/{row['source']}?month=2026-06",
        f"/runs/{row['run_id']}",
        f"/articles/{row['article_id']}",
        f"/captures/{row['warc_record_id']}",
        "/search",
        "/search?q=village",
        "/storage",
        "/coverage",
        "/coverage?back=12",
        "/why",
        f"/why?url={row['url']}",
    ]


def test_every_page_is_there_for_people_and_for_programs(
    archived: Archived, shown: Console
) -> None:
    for path in pages(archived.library):
        reply = shown.get(path, Accept="text/html")
        assert reply.status == 200, (path, reply.text)
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert reply.text.startswith("<!DOCTYPE html>")
        assert "<script" not in reply.text
        assert "style=" not in reply.text
        assert isinstance(shown.json(path), dict)


def test_the_overview_says_what_status_says(archived: Archived, shown: Console) -> None:
    state = read_states(archived.library, datetime.now(UTC))
    facts = shown.json("/")
    assert facts["library"]["articles"] == state.articles
    assert facts["library"]["versions"] == state.versions
    assert facts["library"]["captures"] == state.captures
    told = [(one["source"], one["state"], one["cause"]) for one in facts["sources"]]
    assert told == [(one.source, one.state, one.cause) for one in state.sources]
    causes = {one["source"]: one["cause"] for one in facts["concerns"]}
    silent = {one.source: one.cause for one in state.sources if one.state == "silent"}
    assert silent.items() <= causes.items()


def test_the_overview_keeps_to_the_sources_of_one_state(shown: Console) -> None:
    facts = shown.json("/?state=silent")
    assert {one["state"] for one in facts["sources"]} <= {"silent"}
    assert sum(facts["states"].values()) >= facts["matching"]


def test_a_source_shows_what_was_announced_and_captured(archived: Archived, shown: Console) -> None:
    facts = shown.json("/sources/understorey")
    log = [row for row in archived.library.crawl_log() if row["source"] == "understorey"]
    forbidden = {row["url"] for row in log if row["outcome"] == "robots"}
    assert {one["url"] for one in facts["missing"]} == forbidden
    assert {one["why"] for one in facts["missing"]} == {"robots"}
    own = [r for r in archived.library.articles() if r["source"] == "understorey"]
    assert sum(one["articles"] for one in facts["months"]) == len(own)
    assert sum(one["urls"] for one in facts["outcomes"]) == len(log)
    assert {one["headline"] for one in facts["articles"]} == {row["headline"] for row in own}


def test_a_run_shows_what_it_did(archived: Archived, shown: Console) -> None:
    run = archived.library.state.runs()[-1]
    facts = shown.json(f"/runs/{run.run_id}")
    log = [row for row in archived.library.crawl_log() if row["run_id"] == run.run_id]
    assert facts["rows"]["crawl_log"] == len(log)
    assert facts["rows"]["captures"] == run.captures
    assert sum(facts["outcomes"].values()) == len(log)


def test_an_article_shows_its_text_its_versions_and_what_was_cut(
    archived: Archived, shown: Console
) -> None:
    row = revised(archived.library)
    facts = shown.json(f"/articles/{row['article_id']}")
    assert "\n\n".join(facts["blocks"]) == row["article_body"]
    assert [one["version"] for one in facts["versions"]] == [1, 2]
    pieces = [piece for one in facts["diff"]["rows"] if one for piece in one["new"]]
    assert any(kind == "+" for kind, _ in pieces)
    cut = archived.library.table("removed").to_pylist()
    own = [r for r in cut if (r["article_id"], r["version"]) == (row["article_id"], 2)]
    assert len(facts["removed"]) == len(own) > 0
    assert {"headline", "date_published"} <= {one["field"] for one in facts["evidence"]}
    captures = [r for r in archived.library.captures() if r["url"] == row["url"]]
    assert len(facts["captures"]) == len(captures)
    html = shown.get(f"/articles/{row['article_id']}").text
    assert "<ins>" in html


def test_an_article_is_proved(archived: Archived, shown: Console) -> None:
    row = revised(archived.library)
    facts = shown.json(f"/articles/{row['article_id']}?prove=1")
    assert facts["proof"] == {"tried": True, "same": True, "findings": []}
    assert "Proved" in shown.get(f"/articles/{row['article_id']}?prove=1").text


def test_a_capture_shows_its_head_and_its_place(archived: Archived, shown: Console) -> None:
    row = revised(archived.library)
    facts = shown.json(f"/captures/{row['warc_record_id']}")
    assert facts["record"]["response"].startswith("HTTP/1.1 200")
    assert facts["record"]["request"].startswith("GET ")
    assert facts["capture"]["warc_record_offset"] == row["warc_record_offset"]
    assert facts["path"].endswith(str(row["warc_filename"]))


def test_a_search_finds_and_says_what_it_does_not_understand(shown: Console) -> None:
    found = shown.json("/search?q=village")
    assert found["hits"]
    assert any(part["found"] for part in found["hits"][0]["parts"])
    assert shown.json("/search?q=village&source=branchline")["hits"] == []
    pilot = shown.json("/search?q=pilot&author=lindqvist&published_since=2026-01-01")
    assert [hit["headline"] for hit in pilot["hits"]] == ["What the Pilot Knows"]
    assert shown.json("/search?q=pilot&author=lindqvist&published_until=2026-01-01")["hits"] == []
    page = shown.get("/search?q=village&language=en&author=%3Cb%3E%22")
    assert 'value="&lt;b&gt;&#34;"' in page.text
    assert "<details open>" in page.text
    assert shown.get("/search?q=village&since=yesterday").status == 400
    wrong = shown.get("/search?q=%22")
    assert wrong.status == 400
    assert "not understood" in wrong.text


def test_the_feed_of_a_source_is_atom(archived: Archived, shown: Console) -> None:
    reply = shown.get("/feed/tideline.atom")
    assert reply.headers["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(reply.body)
    titles = {entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")}
    own = archived.library.articles(source="tideline")
    assert titles == {row["headline"] for row in own}
    assert len({entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")}) == len(titles)
    dates = [entry.findtext(f"{ATOM}published") for entry in root.iter(f"{ATOM}entry")]
    assert dates == sorted(dates, reverse=True)


def test_metrics_and_health(archived: Archived, shown: Console) -> None:
    assert shown.get("/healthz").facts == {"status": "ok"}
    reply = shown.get("/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain")
    lines = reply.text.splitlines()
    assert f"backissue_articles {len(archived.library.articles())}.0" in lines
    assert any(line.startswith('backissue_sources{state="silent"}') for line in lines)
    for source in ("tideline", "branchline", "understorey"):
        name = f'backissue_source_last_success_age_seconds{{source="{source}"}}'
        assert any(line.startswith(name) for line in lines)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/sources/nobody",
        "/runs/none",
        "/articles/x",
        "/captures/urn:x",
        "/feed/no.atom",
    ],
)
def test_what_is_not_there_is_said_on_a_plain_page(shown: Console, path: str) -> None:
    reply = shown.get(path)
    assert reply.status == 404
    assert "Not found" in reply.text


@pytest.mark.parametrize(
    "query",
    [
        "?from=999999",
        "?from=-1",
        "?from=x",
        "?month=2026-13",
        "?month=0000-01",
        "?back=999999",
        "?to=7",
        "?with=9&to=1",
    ],
)
def test_a_query_that_makes_no_sense_does_no_harm(
    archived: Archived, shown: Console, query: str
) -> None:
    for path in pages(archived.library):
        if "?" not in path:
            assert shown.get(f"{path}{query}").status == 200, path


def test_a_library_that_cannot_be_written_is_shown_too(archived: Archived, tmp_path: Path) -> None:
    with (
        read_only(archived.library.path, tmp_path / "ro") as folder,
        console(folder) as running,
    ):
        for path in pages(archived.library):
            assert running.get(path).status == 200, path


def test_a_declared_source_that_has_not_run_has_a_page(copied: Library) -> None:
    (copied.path / "sources/fresh.toml").write_text('url = "https://fresh.example/"\n')
    (copied.path / "sources/wrong.toml").write_text("url = 3\n")
    with console(copied.path) as running:
        assert running.json("/sources/fresh")["source"]["state"] == "new"
        assert running.get("/sources/fresh").status == 200
        assert running.json("/sources/wrong")["source"]["state"] == "broken file"
        wrong = next(one for one in running.json("/")["concerns"] if one["source"] == "wrong")
        assert "wrong.toml" in wrong["cause"]
