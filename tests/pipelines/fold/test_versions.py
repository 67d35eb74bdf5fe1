"""Versions, identity and verdicts: what the fold makes of pages in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.web.surt import article_id, url_surtkey
from pipelines.fold.memory import FoldMemory
from pipelines.fold.versions import Verdict, fold_pages

URL = "https://review.example/2026/05/tides/"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[FoldMemory]:
    opened = FoldMemory(tmp_path)
    yield opened
    opened.close()


def page(text: str = "one", url: str = URL, **other: Any) -> dict[str, Any]:
    made = _page(text, url, **other)
    return {
        "page_headline": made["headline"],
        "page_date": made["date_published"],
        "page_date_precision": made["date_published_precision"],
    } | made


def _page(text: str, url: str, **other: Any) -> dict[str, Any]:
    return {
        "url": url,
        "url_surtkey": url_surtkey(url),
        "canonical_url": None,
        "headline": "Tides",
        "author": ["Ada Moor"],
        "date_published": datetime(2026, 5, 1, tzinfo=UTC),
        "date_published_raw": "2026-05-01",
        "date_published_precision": "day",
        "content_digest": None,
        "word_count": 500,
        "completeness": "full",
        "text_digest": f"sha256:{text}",
        "warc_record_id": f"urn:uuid:{text}-{len(other)}",
        "in_language": "en",
        "part_of": None,
        "robots_meta": None,
        "tdm_reservation": None,
        "url_host_name": "review.example",
        "boxes": None,
        "flow_digest": None,
    } | other


def verdicts(memory: FoldMemory, *pages: dict[str, Any]) -> list[Verdict]:
    return [verdict for _, verdict in fold_pages(pages, memory)]


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
    ],
)
def test_a_change_of_what_counts_is_a_version(memory: FoldMemory, change: dict[str, Any]) -> None:
    assert verdicts(memory, page(), page(**change))[1] == Verdict("version", article_id(URL), 2)


def test_a_summary_that_comes_or_goes_is_no_version(memory: FoldMemory) -> None:
    above = page(text_digest="sha256:with the summary", flow_digest="sha256:one")
    other = page(text_digest="sha256:two", flow_digest="sha256:other")
    found = verdicts(memory, page(text="one"), above, page(text="one"), other)
    assert [verdict.verdict for verdict in found] == [
        "article",
        "unchanged",
        "unchanged",
        "version",
    ]


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
    wall = page(word_count=0, completeness="password")
    assert verdicts(memory, wall) == [Verdict("not_article:password")]


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


def test_a_canonical_that_names_another_piece_does_not_merge_the_two(memory: FoldMemory) -> None:
    shared = "https://review.example/about/"
    pages = [
        page(f"{n}", url=f"{URL}{n}", canonical_url=shared, headline=f"Piece {n}") for n in range(3)
    ]
    ids = [verdict.article_id for verdict in verdicts(memory, *pages)]
    assert ids == [article_id(shared), article_id(f"{URL}1"), article_id(f"{URL}2")]


def test_language_versions_of_a_piece_stay_apart(memory: FoldMemory) -> None:
    german = page("zwei", url=URL + "?lang=de", canonical_url=URL, in_language="de-DE")
    assert [v.article_id for v in verdicts(memory, page(), german)] == [
        article_id(URL),
        article_id(URL + "?lang=de"),
    ]


@pytest.mark.parametrize(
    "variant",
    [
        "https://review.example/2026/05/tides/amp/",
        "https://review.example/amp/2026/05/tides/",
        "https://review.example/2026/05/tides/?amp=1",
        "https://review.example/2026/05/tides/?print=true",
        "https://m.review.example/2026/05/tides/",
        "http://www.review.example/2026/05/tides",
        "https://review.example/2026/05/tides/index.html",
        "https://review.example/2026/05/tides/print/",
    ],
)
@pytest.mark.parametrize("declares", [True, False])
def test_variants_of_an_address_meet_in_one_article(
    memory: FoldMemory, variant: str, declares: bool
) -> None:
    canonical = {"canonical_url": URL} if declares else {}
    texts = ["one", "one, shorter", "three", "four"]
    pages = [page(), *(page(text, url=variant, **canonical) for text in texts[1:])]
    found = verdicts(memory, *pages)
    assert {verdict.article_id for verdict in found} == {article_id(URL)}


def test_an_address_that_only_looks_like_a_variant_keeps_its_own(memory: FoldMemory) -> None:
    listing = page(url="https://review.example/what-is/", completeness="list")
    piece = page("amp", url="https://review.example/what-is/amp", headline="What is AMP?")
    assert verdicts(memory, listing, piece)[1].article_id == article_id(piece["url"])


def test_sites_under_a_shared_name_are_not_one_site(memory: FoldMemory) -> None:
    one = page(url="https://one.github.io/tides", canonical_url="https://two.github.io/tides")
    assert verdicts(memory, one)[0].article_id == article_id(one["url"])


def test_an_address_keeps_its_article_whatever_it_declares_later(memory: FoldMemory) -> None:
    later = page("two", canonical_url="https://review.example/tides-and-times/")
    assert verdicts(memory, page(), later)[1] == Verdict("version", article_id(URL), 2)


@pytest.mark.parametrize(
    "lost", [{"headline": None}, {"author": []}, {"date_published": None}], ids=str
)
def test_what_a_page_does_not_say_any_more_has_not_changed(
    memory: FoldMemory, lost: dict[str, Any]
) -> None:
    found = verdicts(memory, page(), page(**lost), page(), page("two", **lost), page("two"))
    said = [verdict.verdict for verdict in found]
    assert said == ["article", "unchanged", "unchanged", "version", "unchanged"]


@pytest.mark.parametrize(
    ("before", "after", "words", "verdict"),
    [
        ("liveblog", "paywall", 60, "worse"),
        ("teaser", "consent", 20, "worse"),
        ("unknown", "teaser", 100, "worse"),
        ("teaser", "paywall", 480, "version"),
        ("full", "full", 41, "worse"),
        ("full", "full", 200, "version"),
    ],
)
def test_no_capture_that_has_less_replaces_a_text(
    memory: FoldMemory, before: str, after: str, words: int, verdict: str
) -> None:
    less = page("two", completeness=after, word_count=words)
    assert verdicts(memory, page(completeness=before), less)[1].verdict == verdict


def test_a_whole_text_that_is_far_shorter_is_believed_when_it_comes_again(
    memory: FoldMemory,
) -> None:
    notice = page("withdrawn", word_count=41)
    found = verdicts(memory, page(), notice, notice, notice)
    assert [v.verdict for v in found] == ["article", "worse", "version", "unchanged"]


def test_a_short_text_that_came_by_chance_is_never_believed(memory: FoldMemory) -> None:
    torn = page("torn", word_count=9)
    found = verdicts(memory, page(), torn, page(), torn, page())
    assert [v.verdict for v in found] == ["article", "worse", "unchanged", "worse", "unchanged"]


def test_a_list_that_is_the_same_again_stays_a_list(memory: FoldMemory) -> None:
    pages = [page(completeness="list"), page(completeness=None), page(completeness=None)]
    assert {v.verdict for v in verdicts(memory, *pages)} == {"not_article:list"}


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
    judged = [verdict for _, verdict in fold_pages([reserved], memory, respect=("robots", "tdm"))]
    assert judged == [Verdict("not_article:tdm")]
    assert verdicts(memory, reserved)[0].verdict == "article"


def test_a_memory_of_an_earlier_version_is_read_on(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "fold.db")) as old:
        old.execute(
            "CREATE TABLE articles (article_id TEXT PRIMARY KEY, version INTEGER, text_digest TEXT, "
            "headline TEXT, author TEXT, date_published TEXT, word_count INTEGER, completeness TEXT)"
        )
        old.execute(
            "INSERT INTO articles VALUES (?, 1, 'sha256:one', 'Tides', ?, ?, 500, 'full')",
            (article_id(URL), '["Ada Moor"]', "2026-05-01T00:00:00+00:00"),
        )
        old.execute("CREATE TABLE canonicals (url_surtkey TEXT, text_digest TEXT)")
        old.commit()
    memory = FoldMemory(tmp_path)
    assert [v.verdict for v in verdicts(memory, page(), page("two"))] == ["unchanged", "version"]
    memory.close()


def test_a_page_behind_the_first_is_no_article_of_its_own(memory: FoldMemory) -> None:
    second = page("two", url=URL + "?page=2", part_of=URL, canonical_url=URL)
    found = verdicts(
        memory, page(), second, page(), page(url=URL + "?page=2", completeness=None, part_of=URL)
    )
    assert [v.verdict for v in found] == ["article", "page_of", "unchanged", "page_of"]
    assert {v.article_id for v in found} == {article_id(URL)}


def test_a_page_behind_the_first_stays_one_however_it_is_found(memory: FoldMemory) -> None:
    second = page("two", url=URL + "?page=2", part_of=URL)
    alone = page("two, edited", url=URL + "?page=2", canonical_url=URL, word_count=400)
    found = verdicts(memory, page(), second, alone, page())
    assert [v.verdict for v in found] == ["article", "page_of", "page_of", "unchanged"]
    assert {v.article_id for v in found} == {article_id(URL)}


def test_a_page_with_a_number_that_is_first_seen_alone_replaces_no_article(
    memory: FoldMemory,
) -> None:
    alone = page("two", url=URL + "2/", canonical_url=URL)
    assert [v.verdict for v in verdicts(memory, page(), alone)] == ["article", "page_of"]
    other = page("two", url=URL + "2/", canonical_url="https://review.example/2026/05/other/")
    assert [v.verdict for v in verdicts(memory, other)] == ["page_of"]
