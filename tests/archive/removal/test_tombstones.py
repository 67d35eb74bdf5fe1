from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import ArchiveError, UsageError
from archive.removal.in_force import Removals
from archive.removal.tombstones import NAME, Target, Tombstone, Tombstones, read, target_of, union
from archive.web.surt import url_surtkey


def removal(
    text: str, *more: str, number: int = 1, time: str = "2026-11-01T00:00:00Z"
) -> Tombstone:
    target = target_of(text)
    keys = (*target.keys, *map(url_surtkey, more))
    return Tombstone(str(number), time, None, "why", target.kind, target.what, keys)


@pytest.mark.parametrize(
    ("text", "covered", "not_covered"),
    [
        (
            "review.example",
            [
                "http://review.example/",
                "https://www.review.example/a?b=1",
                "https://review.example:8443/",
            ],
            [
                "https://other.review.example/",
                "https://review.example.org/",
                "https://ereview.example/",
            ],
        ),
        (
            "https://review.example:8443",
            ["http://review.example:8443/a"],
            ["https://review.example/a", "https://review.example:84/a"],
        ),
        (
            "https://review.example/2026/",
            [
                "http://review.example/2026",
                "https://review.example/2026/11/a",
                "http://review.example/2026?p=2",
            ],
            [
                "https://review.example/20261",
                "https://review.example/2025/",
                "https://review.example/",
            ],
        ),
        (
            "review.example/2026/*",
            ["http://review.example/2026/11/a"],
            ["https://review.example/2026-11"],
        ),
        (
            "https://review.example/a?page=2",
            ["http://www.review.example/a?page=2&utm_source=x"],
            [
                "https://review.example/a",
                "https://review.example/a?page=22",
                "https://review.example/a/b?page=2",
            ],
        ),
        (
            "https://review.example/a",
            ["http://review.example/a/", "https://review.example/a?fbclid=1"],
            ["https://review.example/a/b", "https://review.example/a?page=2"],
        ),
        (
            "http://[2001:db8::1]/",
            ["http://[2001:db8::1]/a"],
            ["http://[2001:db8::2]/a"],
        ),
        ("http://127.0.0.1:8300/x/", ["http://127.0.0.1:8300/x/y"], ["http://127.0.0.1/x/y"]),
    ],
)
def test_a_removal_covers_what_it_names(
    text: str, covered: list[str], not_covered: list[str]
) -> None:
    tombstones = Tombstones([removal(text)])
    assert [url for url in covered if not tombstones.of(url)] == []
    assert [url for url in not_covered if tombstones.of(url)] == []


def test_an_address_brings_along_those_that_belong_to_it() -> None:
    tombstones = Tombstones(
        [removal("https://review.example/a", "https://review.example/a?page=2")]
    )
    assert tombstones.covers(url_surtkey("https://review.example/a?page=2"))
    assert not tombstones.covers(None)


@pytest.mark.parametrize(
    "text", ["", "  ", "http://[bad", "https://review.example/2026/1*", "a b", "*"]
)
def test_what_is_no_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as told:
        target_of(text)
    assert "\n" not in str(told.value)


def test_a_removal_that_is_taken_back_covers_nothing() -> None:
    gone, other = removal("review.example"), removal("other.example", number=2)
    undo = Tombstone("3", "2026-11-02T00:00:00Z", undoes=gone.id)
    tombstones = Tombstones([undo, other, gone])
    assert tombstones.in_force == (other,)
    assert not tombstones.of("https://review.example/")
    assert tombstones.of_target(Target("host", "", ("example,other",))) == other


def test_an_article_goes_with_one_of_its_pages_or_its_own_canonical_address() -> None:
    tombstones = Tombstones([removal("https://review.example/a")])
    key, domain = url_surtkey("https://review.example/print/a"), "review.example"
    cover = tombstones.cover_article
    assert cover(key, ["https://review.example/a"], None, domain)
    assert cover(key, None, "https://review.example/a", domain)
    assert not cover(key, None, "https://review.example/b", domain)
    other = url_surtkey("https://other.example/a")  # it only says that it copies
    assert not cover(other, [], "https://review.example/a", "other.example")
    front = Tombstones([removal("https://review.example/?a=1", "https://review.example/")])
    assert not front.cover_article(key, [], "https://review.example/", domain)  # as all pages say


def test_the_list_gives_back_what_was_written(tmp_path: Path) -> None:
    undo = Tombstone("2", "2026-11-02T00:00:00Z", by="Ada", undoes="1")
    written = Tombstones([removal("review.example/ü/"), undo])
    (tmp_path / NAME).write_bytes(written.to_bytes())
    assert read(tmp_path / NAME) == written.records
    assert union(written.records, written.records).records == written.records
    assert read(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    "line",
    [
        b"garbage",
        b"[]",
        b"{}",
        b"\xff",
        b"1",
        b'{"format": 99, "id": "1", "time": ""}',
        b'{"format": 1, "id": 1, "time": "", "undoes": "2"}',
        b'{"format": 1, "id": "1", "time": null, "undoes": "2"}',
        b'{"format": 1, "id": "1", "time": "", "kind": "url", "keys": "example,review)/"}',
        b'{"format": 1, "id": "1", "time": "", "kind": "url", "keys": [{}]}',
        b'{"format": 1, "id": "1", "time": "", "kind": "site", "keys": ["example,review"]}',
        b'{"format": 1, "id": "1", "time": ""}',
    ],
)
def test_a_damaged_list_is_named(tmp_path: Path, line: bytes) -> None:
    (tmp_path / NAME).write_bytes(removal("review.example").to_line() + b"\n" + line + b"\n")
    with pytest.raises(
        ArchiveError, match=r"tombstones.jsonl: line 2 is no removal: .*`backissue repair`"
    ):
        read(tmp_path / NAME)


def test_a_process_that_lives_on_hears_of_removals(tmp_path: Path) -> None:
    removals = Removals(tmp_path)
    assert not removals.now()
    (tmp_path / NAME).write_bytes(Tombstones([removal("review.example")]).to_bytes())
    assert removals.now().of("https://review.example/")
    (tmp_path / "current").mkdir()  # now there are tables, which know of none
    assert not removals.now()
