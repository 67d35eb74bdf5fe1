"""Full-text search: words as people type them, over the newest versions, after every batch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.errors import UsageError
from archive.library import Library
from archive.search.hits import Hit, count, search
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span, TableFile
from archive.tables.parquet import file_path
from mounts import fill, read_only, small_disk

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
ENTRY = JournalEntry(
    Batch(1, "2026-11-05T10:00:00Z", ()), Span("warc/b", 0, 1), "x 1", "sha256:0", ()
)

Add = Callable[..., None]
MakeRow = Callable[..., dict[str, Any]]


@pytest.fixture
def publish(library: Library, make_row: MakeRow, add_rows: Add) -> Callable[..., None]:
    """Publishes articles given as `name=(version, headline, body)` as batch *number*."""

    def add(number: int, **texts: tuple[int, str | None, str]) -> None:
        rows = [
            make_row(
                "articles",
                article_id=name,
                version=version,
                url=f"https://review.example/{name}",
                url_surtkey=f"example,review)/{name}",
                headline=headline,
                article_body=body,
                source="review",
                fetch_time=MOMENT + timedelta(days=number),
            )
            for name, (version, headline, body) in texts.items()
        ]
        add_rows("articles", rows, f"batch-{number}")
        batch = replace(ENTRY.batch, number=number)
        file = TableFile(file_path("articles", "2026-11", f"batch-{number}"), len(rows), "")
        journal.append(library.generation, replace(ENTRY, batch=batch, files=(file,)))

    return add


@pytest.fixture
def found(library: Library, publish: Callable[..., None]) -> Callable[[str], list[str]]:
    """The ids of the articles that match a query, sorted."""
    publish(
        1,
        ferry=(1, "On ferries", "The ferry to the island runs in winter. It carries mail."),
        korea=(1, "Korea after the vote", "Security on the peninsula, and ferries too."),
        cafe=(1, None, "Ein Café in Zürich, ĺa vie: déjà-vu."),
        chinese=(1, "審査", "東京都の審査。今日"),
    )
    return lambda query: sorted(hit.article_id for hit in search(library, query))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ferry", ["ferry"]),
        ("FERRIES", ["ferry", "korea"]),
        ("ferr*", ["ferry", "korea"]),
        ("korea AND security", ["korea"]),
        ("korea security", ["korea"]),
        ("korea OR mail", ["ferry", "korea"]),
        ("ferries NOT korea", ["ferry"]),
        ('"runs in winter"', ["ferry"]),
        ('"winter in runs"', []),
        ("headline : ferries", ["ferry"]),
        ("zurich cafe", ["cafe"]),
        ("ZÜRICH CAFÉ", ["cafe"]),
        ('"deja-vu"', ["cafe"]),
        ("審査", ["chinese"]),
        ("東京*", ["chinese"]),
        ("nothing", []),
    ],
)
def test_words_phrases_and_prefixes(found: Callable[[str], list[str]], query: str, ids: list[str]):
    assert found(query) == ids


@pytest.mark.parametrize(
    "query", ["", "  ", '"open', "AND", "a AND", "title : x", "deja-vu", "*", "(", "\ud800"]
)
def test_a_query_that_cannot_be_read_is_told_in_one_line(
    found: Callable[[str], list[str]], query: str
):
    with pytest.raises(UsageError, match="query") as caught:
        found(query)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("found")
def test_a_hit_says_what_and_where(library: Library):
    (hit,) = search(library, "mail")
    assert hit == Hit(
        article_id="ferry",
        url="https://review.example/ferry",
        headline="On ferries",
        source="review",
        fetch_time=MOMENT + timedelta(days=1),
        snippet="The ferry to the island runs in winter. It carries [mail].",
    )
    (untitled,) = search(library, "cafe")
    assert untitled.headline is None


@pytest.mark.usefixtures("found")
def test_there_are_no_more_hits_than_wanted(library: Library):
    assert len(list(search(library, "the OR ferries", limit=1))) == 1


def test_an_empty_library_has_no_hits(library: Library):
    assert list(search(library, "word")) == []


def test_the_index_follows_the_tables(
    library: Library, found: Callable[[str], list[str]], publish: Callable[..., None]
):
    assert found("mail") == ["ferry"]
    publish(2, ferry=(2, "On ferries", "Now it carries parcels."), new=(1, "New", "mail"))
    assert found("mail") == ["new"]
    assert found("parcels") == ["ferry"]
    assert len(list((library.path / "state/search").iterdir())) == 1


def test_the_index_is_made_once(library: Library, found: Callable[[str], list[str]]):
    found("mail")
    (path,) = (library.path / "state/search").iterdir()
    before = path.stat()
    found("mail")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_an_index_in_the_making_does_not_disturb(
    library: Library, found: Callable[[str], list[str]]
):
    folder = library.path / "state/search"
    folder.mkdir()
    other = folder / "0001-000001.0badcafe.tmp"
    other.write_bytes(b"another process is at it")
    assert found("mail") == ["ferry"]
    assert other.exists()


def test_an_index_that_cannot_be_kept_is_made_for_one_search(
    library: Library, found: Callable[[str], list[str]], tmp_path: Path
):
    found("mail")
    shutil.rmtree(library.path / "state/search")
    told: list[str] = []
    with read_only(library.path, tmp_path / "read-only") as folder:
        with Library.open(folder) as other:
            assert [hit.article_id for hit in search(other, "mail", on_notice=told.append)] == [
                "ferry"
            ]
        (why,) = told
        assert why.startswith("the index is made for this search alone: ")
        assert "read-only file system" in why
    assert not (library.path / "state/search").exists()


def test_an_index_for_which_there_is_no_room_leaves_nothing_behind(
    library: Library, found: Callable[[str], list[str]], tmp_path: Path
):
    found("mail")
    with small_disk(tmp_path / "disk", "2m") as disk:
        shutil.copytree(library.path, disk / "library", symlinks=True)
        shutil.rmtree(disk / "library/state/search")
        fill(disk, 20000)
        with Library.open(disk / "library") as other:
            assert [hit.article_id for hit in search(other, "mail")] == ["ferry"]
        assert list((disk / "library/state/search").iterdir()) == []


def test_pages_of_hits_come_one_after_the_other(
    library: Library, publish: Callable[..., None]
) -> None:
    publish(1, **{f"piece{n:02}": (1, "Mail", "mail " * (1 + n % 3)) for n in range(23)})
    every = [hit.article_id for hit in search(library, "mail", 100)]
    pages = [
        [hit.article_id for hit in search(library, "mail", 5, offset=at)] for at in range(0, 25, 5)
    ]
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [one for page in pages for one in page] == every
    assert list(search(library, "mail", offset=23)) == []


@pytest.mark.usefixtures("found")
def test_hits_are_counted_up_to_a_bound(library: Library) -> None:
    assert count(library, "ferries") == 2
    assert count(library, "ferries", 1) == 1
    assert count(library, "nothing") == 0
    with pytest.raises(UsageError, match="not understood"):
        count(library, '"open')


@pytest.mark.usefixtures("found")
def test_an_open_library_is_searched(library: Library) -> None:
    assert library.search("ferries") == list(search(library, "ferries"))
    assert library.search("ferries", 1, source="review") == list(search(library, "ferries", 1))
    assert library.search("ferries", since="2027-01-01") == []
