"""Pages of one article become one text; what is missing is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.derive.arrow_rows import PAGES, to_table
from pipelines.fold.memory import FoldMemory
from pipelines.fold.multipage import stitch
from pipelines.text.words import text_digest

FIRST = "http://review.example/tides"


def row(
    number: int, *blocks: str, kind: str | None = "teaser", run: str = "run-1"
) -> dict[str, Any]:
    body = "\n\n".join(blocks)
    return {
        "url": FIRST if number == 1 else f"{FIRST}?page={number}",
        "url_surtkey": f"example,review)/tides?page={number}",
        "part_of": None if number == 1 else FIRST,
        "run_id": run,
        "article_body": body,
        "article_body_markdown": body,
        "word_count": len(body.split()),
        "completeness": kind,
        "evidence": '{"headline": {"from": "h1"}}',
        "headline": "Tides",
        "page_urls": [],
        "removed": [],
        "comments": [],
    }


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[FoldMemory]:
    opened = FoldMemory(tmp_path)
    yield opened
    opened.close()


Stitched = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def stitched(memory: FoldMemory) -> Stitched:
    return lambda *rows: stitch(to_table(rows, PAGES), memory).to_pylist()


def test_pages_are_put_together_in_their_order(stitched: Stitched) -> None:
    other = row(1, "Another.", kind="full") | {"url": "http://review.example/other"}
    first, *rest = stitched(
        row(1, "One.", "Two."), other, row(2, "Three."), row(3, "Four.", kind="full")
    )
    assert (
        first["article_body"] == first["article_body_markdown"] == "One.\n\nTwo.\n\nThree.\n\nFour."
    )
    assert first["page_urls"] == [FIRST, f"{FIRST}?page=2", f"{FIRST}?page=3"]
    assert (first["completeness"], first["word_count"]) == ("full", 4)
    assert first["text_digest"] == text_digest(first["article_body"])
    assert "3 pages" in first["evidence"]
    assert [one["article_body"] for one in rest] == ["Another.", "Three.", "Four."]


def test_what_each_page_begins_with_comes_once(stitched: Stitched) -> None:
    first, _ = stitched(
        row(1, "A summary.", "One."), row(2, "A summary.", "One.", "Two.", kind="full")
    )
    assert first["article_body"] == "A summary.\n\nOne.\n\nTwo."


@pytest.mark.parametrize("kind", ["error", "soft404", "list", None])
def test_a_page_that_did_not_come_leaves_a_teaser(kind: str | None, stitched: Stitched) -> None:
    lost = row(3, "Lost.", kind=kind)
    first, *_ = stitched(row(1, "One."), row(2, "Two."), lost, row(4, "Four.", kind="full"))
    assert first["article_body"] == "One.\n\nTwo."
    assert first["completeness"] == "teaser"


def test_pages_of_another_run_are_not_mixed_in(stitched: Stitched) -> None:
    first, *_ = stitched(row(1, "One."), row(2, "Old.", kind="full", run="run-0"))
    assert first["article_body"] == "One."


def test_pages_that_have_not_changed_are_as_they_were(stitched: Stitched) -> None:
    stitched(row(1, "One."), row(2, "Two."), row(3, "Three.", kind="full"))
    again = [row(n, kind=None, run="run-2") for n in (2, 3)]
    first, *_ = stitched(row(1, "One, corrected.", run="run-2"), *again)
    assert first["article_body"] == "One, corrected.\n\nTwo.\n\nThree."
    assert first["completeness"] == "full"


def test_a_batch_without_such_articles_stays_as_it_is(memory: FoldMemory) -> None:
    table = to_table([row(1, "One.", kind="full")], PAGES)
    assert stitch(table, memory) is table


def test_a_first_page_that_came_twice_in_a_run_is_whole_both_times(stitched: Stitched) -> None:
    found = stitched(row(1, "One."), row(2, "Two.", kind="full"), row(1, "One."))
    assert [one["article_body"] for one in found if not one["part_of"]] == ["One.\n\nTwo."] * 2


def test_the_digest_of_the_whole_is_that_of_all_pages(stitched: Stitched) -> None:
    """Else a page that grew behind an unchanged first page would be no version."""

    def digest(*digests: str | None) -> str | None:
        rows = [
            row(number, f"Text {number}.", kind="teaser" if number < len(digests) else "full")
            | {"content_digest": one}
            for number, one in enumerate(digests, 1)
        ]
        found: str | None = stitched(*rows)[0]["content_digest"]
        return found

    assert digest("a", "b") == digest("a", "b")
    assert len({digest("a"), digest("a", "b"), digest("a", "c"), digest("a", "b", "c")}) == 4
    assert digest("a", None) is None
