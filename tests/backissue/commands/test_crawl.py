"""The main job, end to end: two magazines on loopback, crawled twice, in WARC and in Parquet."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import duckdb
import pandas
import polars
import pytest

from archive.errors import ExitCode
from archive.warc.captures import read_captures
from archive.web.surt import url_surtkey
from backissue.sample import Piece
from support import Archived

CLUTTER = (
    "Top 5 This Week",
    "Related Posts",
    "LEAVE A REPLY",
    "Please enter your comment!",
    "Please enter your name here",
    "Popular Articles",
)


def newest(archived: Archived) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in archived.library.articles()}


def wanted(archived: Archived) -> list[Piece]:
    return [piece for piece in archived.pieces[-1] if not piece.forbidden]


def test_both_crawls_end_well(archived: Archived) -> None:
    assert [crawled.exit_code for crawled in archived.crawls] == [ExitCode.DONE, ExitCode.DONE]
    assert all(run.state == "done" for crawled in archived.crawls for run in crawled.runs)


def test_every_piece_is_an_article_and_nothing_else_is(archived: Archived) -> None:
    assert set(newest(archived)) == {piece.url for piece in wanted(archived)}


def test_headline_authors_and_dates_are_those_of_the_piece(archived: Archived) -> None:
    rows = newest(archived)
    for piece in wanted(archived):
        row = rows[piece.url]
        assert row["headline"] == piece.title
        assert row["author"] == list(piece.authors)
        assert row["date_published"].date() == piece.date_published.date()


def test_texts_are_free_of_clutter_and_nearly_all_exact(archived: Archived) -> None:
    rows, exact = newest(archived), 0
    for piece in wanted(archived):
        body = rows[piece.url]["article_body"]
        assert not [words for words in CLUTTER if words in body]
        exact += re.findall(r"\w+", body) == re.findall(r"\w+", piece.true_text)
    assert exact >= 0.8 * len(wanted(archived)), exact


def test_only_what_changed_is_a_new_version(archived: Archived) -> None:
    versions = Counter(row["article_id"] for row in archived.library.articles("all"))
    again = [key for key, count in versions.items() if count > 1]
    before = {piece.url: piece.true_text for piece in archived.pieces[0]}
    changed = [p.url for p in archived.pieces[1] if before.get(p.url, p.true_text) != p.true_text]
    assert [
        row["url"] for row in archived.library.articles() if row["article_id"] in again
    ] == changed


def test_the_second_crawl_asks_for_little_and_conditionally(archived: Archived) -> None:
    second = [entry for entry in archived.requests[1] if entry.path != "/robots.txt"]
    assert len(second) < 0.4 * len(archived.requests[0])
    assert any(entry.status == 304 for entry in second)
    verdicts = archived.crawls[1].published
    assert verdicts is not None
    # The tag pages that the sitemap lists are lists: they are asked for as such, and give no row.
    assert verdicts.verdicts == {"article": 2, "version": 1, "unchanged": 2}


def test_what_robots_forbid_is_never_asked_for_and_said_in_the_log(archived: Archived) -> None:
    forbidden = [piece for piece in archived.pieces[0] if piece.forbidden]
    assert forbidden
    asked = {(entry.host, entry.path) for log in archived.requests for entry in log}
    log = {row["url"]: row["outcome"] for row in archived.library.crawl_log()}
    for piece in forbidden:
        assert (piece.magazine.host, piece.path) not in asked
        assert log[piece.url] == "robots"


def test_every_request_was_captured(archived: Archived) -> None:
    asked = sum(len(log) for log in archived.requests)
    assert len(archived.library.captures()) == asked


def test_requests_say_who_asks(archived: Archived) -> None:
    agents = {entry.user_agent for log in archived.requests for entry in log}
    assert agents == {archived.library.user_agent}
    assert agents.pop().startswith("Backissue/")


def test_every_url_that_was_found_has_an_outcome(archived: Archived) -> None:
    log = archived.library.crawl_log().to_pylist()
    assert all(row["outcome"] for row in log)
    articles = [row for row in log if row["verdict"] in ("article", "version")]
    assert len(articles) == len(archived.library.articles("all"))
    ways = {row["discovered_by"] for row in articles}
    assert {"feed"} < ways <= {"feed", "sitemap", "section", "archive", "link", "redirect"}
    assert all(row["article_id"] for row in articles)


def test_a_redirect_is_two_captures_and_two_outcomes(archived: Archived) -> None:
    log = archived.library.crawl_log().to_pylist()
    hops = [row for row in log if row["outcome"] == "redirected"]
    assert hops
    for hop in hops:
        target = hop["detail"].removeprefix("to ")
        after = [row for row in log if row["url"] == target and row["discovered_by"] == "redirect"]
        assert after[0]["discovered_via"] == hop["url"]


def test_every_pointer_leads_to_the_record_of_its_url(archived: Archived) -> None:
    for table in ("articles", "captures"):
        for row in archived.library.table(table):
            path = archived.library.path / row["warc_filename"]
            with path.open("rb") as stream:
                stream.seek(row["warc_record_offset"])
                member = gzip.decompress(stream.read(row["warc_record_length"]))
            head = member.partition(b"\r\n\r\n")[0].decode()
            assert f"WARC-Target-URI: {row['url']}\r\n" in head
            assert f"WARC-Record-ID: <{row['warc_record_id']}>" in head


def test_how_a_url_was_found_stands_in_its_metadata_record(archived: Archived) -> None:
    found = []
    for path in archived.library.path.glob("warc/**/*.warc.gz"):
        with path.open("rb") as stream:
            found += [c.discovery for c in read_captures(stream) if c.role == "page"]
    assert {one.by for one in found if one} >= {"feed", "sitemap", "redirect"}
    assert all(one and one.via for one in found)
    assert any(one and one.announced and one.title for one in found)


def test_a_capture_is_had_by_article_and_by_record(archived: Archived) -> None:
    row = archived.library.articles().to_pylist()[0]
    by_article = archived.library.capture(row["article_id"])
    assert by_article == archived.library.capture(row["warc_record_id"])
    assert by_article.url == row["url"]
    assert by_article.request.startswith(b"GET ")
    assert by_article.status == 200


def test_all_readers_see_the_same(archived: Archived) -> None:
    path = archived.library.path
    for table in ("articles", "captures", "payloads", "crawl_log"):
        count = len(archived.library.table(table))
        glob = f"{path}/{table}/data/**/*.parquet"
        assert len(pandas.read_parquet(path / table / "data")) == count
        assert polars.read_parquet(glob).height == count
        with duckdb.connect() as connection:
            assert connection.execute(f"SELECT count(*) FROM '{glob}'").fetchall() == [(count,)]
    frame = archived.library.articles().to_pandas()
    assert len(frame) == archived.library.articles().to_polars().height
    assert archived.library.articles().to_duckdb().fetchall()


@pytest.mark.filterwarnings("ignore")
def test_hugging_face_datasets_loads_it(archived: Archived, tmp_path: Any) -> None:
    import datasets

    whole = datasets.load_dataset(str(archived.library.path), "articles", cache_dir=str(tmp_path))
    alone = datasets.load_dataset(str(archived.library.path / "articles"), cache_dir=str(tmp_path))
    assert (
        whole["train"].num_rows == alone["train"].num_rows == len(archived.library.articles("all"))
    )


def test_the_warc_passes_other_peoples_checks(archived: Archived) -> None:
    for path in archived.library.path.glob("warc/**/*.warc.gz"):
        for tool in (["gzip", "-t"], [sys.executable, "-m", "fastwarc.cli", "check"]):
            subprocess.run([*tool, str(path)], check=True, capture_output=True)


def test_addresses_are_kept_as_fetched_and_keyed_by_surt(archived: Archived) -> None:
    for row in archived.library.captures(columns=["url", "url_surtkey"]):
        assert row["url_surtkey"] == url_surtkey(row["url"])
