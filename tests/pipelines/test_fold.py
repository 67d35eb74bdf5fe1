"""Versions, identity and verdicts: what the fold makes of pages in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.surt import article_id, url_surtkey
from pipelines.fold import Verdict, fold
from pipelines.memory import FoldMemory

URL = "https://review.example/2026/05/tides/"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[FoldMemory]:
    opened = FoldMemory(tmp_path)
    yield opened
    opened.close()


def page(text: str = "one", url: str = URL, **other: Any) -> dict[str, Any]:
    return {
        "url": url,
        "url_surtkey": url_surtkey(url),
        "canonical_url": None,
        "headline": "Tides",
        "author": ["Ada Moor"],
        "date_published": datetime(2026, 5, 1, tzinfo=UTC),
        "word_count": 500,
        "completeness": "full",
        "text_digest": f"sha256:{text}",
        "warc_record_id": f"urn:uuid:{text}-{len(other)}",
        "robots_meta": None,
        "tdm_reservation": None,
    } | other


def verdicts(memory: FoldMemory, *pages: dict[str, Any]) -> list[Verdict]:
    return [verdict for _, verdict in fold(pages, memory)]


def test_the_first_text_of_an_address_is_version_1(memory: FoldMemory) -> None:
    assert verdicts(memory, page()) == [Verdict("article", article_id(URL), 1)]


def test_the_same_again_is_unchanged_whatever_else_the_page_says(memory: FoldMemory) -> None:
    found = verdicts(memory, page(), page(word_count=501))
    assert found[1] == Verdict("unchanged", article_id(URL))


@pytest.mark.parametrize(
    "change",
    [
        {"text_digest": "sha256:two"},
        {"headline": "Tides, corrected"},
        {"author": ["Ada Moor", "Ben Reed"]},
        {"date_published": datetime(2026, 5, 2, tzinfo=UTC)},
        {"date_published": None},
    ],
)
def test_a_change_of_what_counts_is_a_version(memory: FoldMemory, change: dict[str, Any]) -> None:
    assert verdicts(memory, page(), page(**change))[1] == Verdict("version", article_id(URL), 2)


def test_a_text_that_comes_back_is_a_version_again(memory: FoldMemory) -> None:
    found = verdicts(memory, page("one"), page("two"), page("one"))
    assert [verdict.version for verdict in found] == [1, 2, 3]


@pytest.mark.parametrize("kind", ["teaser", "paywall", "consent", "password", "unknown"])
def test_a_wall_never_replaces_a_full_text(memory: FoldMemory, kind: str) -> None:
    wall = page("wall", completeness=kind, word_count=349)
    assert verdicts(memory, page(), wall)[1].verdict == "worse"
    assert verdicts(memory, page())[0].verdict == "unchanged"


def test_a_long_enough_text_is_a_version_though_it_is_not_full(memory: FoldMemory) -> None:
    other = page("two", completeness="unknown", word_count=350)
    assert verdicts(memory, page(), other)[1].verdict == "version"


def test_a_full_text_replaces_a_teaser(memory: FoldMemory) -> None:
    teaser = page("teaser", completeness="teaser", word_count=60)
    assert [v.version for v in verdicts(memory, teaser, page())] == [1, 2]


@pytest.mark.parametrize("kind", ["list", "soft404", "error"])
def test_what_is_no_article_makes_no_row(memory: FoldMemory, kind: str) -> None:
    assert verdicts(memory, page(completeness=kind)) == [Verdict(f"not_article:{kind}")]


def test_a_page_without_text_makes_no_row(memory: FoldMemory) -> None:
    assert verdicts(memory, page(word_count=0)) == [Verdict("not_article:unknown")]


def test_a_revisit_is_unchanged_and_names_its_article(memory: FoldMemory) -> None:
    found = verdicts(memory, page(), page(completeness=None))
    assert found[1] == Verdict("unchanged", article_id(URL))


def test_an_error_in_between_does_not_make_a_revisit_forget_its_article(
    memory: FoldMemory,
) -> None:
    found = verdicts(memory, page(), page(completeness="error"), page(completeness=None))
    assert found[2] == Verdict("unchanged", article_id(URL))


def test_two_addresses_with_one_canonical_are_one_article(memory: FoldMemory) -> None:
    print_url = "https://www.review.example/print?id=7"
    found = verdicts(memory, page(), page(url=print_url, canonical_url=URL))
    assert found[1] == Verdict("unchanged", article_id(URL))


def test_tracking_parameters_do_not_make_another_article(memory: FoldMemory) -> None:
    found = verdicts(memory, page(), page(url=URL + "?utm_source=letter"))
    assert found[1].verdict == "unchanged"


@pytest.mark.parametrize(
    "lie",
    [
        "https://other.example/2026/05/tides/",
        "https://review.example/",
        "mailto:desk@review.example",
        "/relative/",
    ],
)
def test_a_canonical_that_cannot_be_believed_does_not_count(memory: FoldMemory, lie: str) -> None:
    assert verdicts(memory, page(canonical_url=lie))[0].article_id == article_id(URL)


def test_a_canonical_that_is_a_list_page_does_not_count(memory: FoldMemory) -> None:
    listing = "https://review.example/politics/"
    found = verdicts(
        memory,
        page(url=listing, completeness="list"),
        page(canonical_url=listing),
    )
    assert found[1].article_id == article_id(URL)


def test_a_canonical_shared_by_three_texts_counts_no_more(memory: FoldMemory) -> None:
    shared = "https://review.example/about/"
    pages = [page(f"{n}", url=f"{URL}{n}", canonical_url=shared) for n in range(4)]
    ids = [verdict.article_id for verdict in verdicts(memory, *pages)]
    assert ids[0] == ids[1] == article_id(shared)
    assert ids[2:] == [article_id(f"{URL}2"), article_id(f"{URL}3")]


def test_a_batch_that_fails_is_forgotten_whole(memory: FoldMemory) -> None:
    def fail() -> None:
        with memory.batch(1):
            verdicts(memory, page())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert memory.last_batch() == 0
    with memory.batch(1):
        assert verdicts(memory, page())[0].version == 1
    assert memory.last_batch() == 1


def test_a_page_that_opts_out_is_no_article_where_that_is_respected(memory: FoldMemory) -> None:
    reserved = page("one", tdm_reservation=True)
    judged = [verdict for _, verdict in fold([reserved], memory, respect=("robots", "tdm"))]
    assert judged == [Verdict("not_article:tdm")]
    assert verdicts(memory, reserved)[0].verdict == "article"
