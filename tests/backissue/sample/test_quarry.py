"""The Quarry Post: years of pieces, every kind of page, editions that change what they say they change."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from html import escape
from typing import Any

import pytest

from backissue.sample import SampleMagazines, Truth
from backissue.sample.quarry import edits_of, stories
from backissue.sample.quarrysite import QuarrySite

HOME = "http://quarry.example"


def quarry(site: SampleMagazines) -> list[Truth]:
    return [truth for truth in site.truth().values() if truth.magazine == "quarry"]


def body(site: QuarrySite, target: str) -> str:
    found = site.find(target)
    assert found is not None, target
    return found.body.decode()


def test_there_are_years_of_pieces_and_every_kind_of_page(site: SampleMagazines) -> None:
    kinds = Counter(truth.kind for truth in quarry(site))
    assert kinds.total() > 250
    assert set(kinds) == {
        *("article", "pages", "paywall", "password", "consent", "soft404", "liveblog"),
        *("members", "slow", "moved"),
    }
    years = {truth.date_published.year for truth in quarry(site)}
    assert years == set(range(2019, 2027))


def test_each_piece_stands_where_the_truth_says(site: SampleMagazines, fetch: Any) -> None:
    for truth in quarry(site):
        if truth.kind == "slow":
            continue
        page = fetch(truth.url)
        assert page.status == 200
        whole = "".join(fetch(url).body.decode() for url in truth.page_urls)
        for paragraph in truth.text.split("\n\n"):
            assert escape(paragraph) in whole
        if truth.kind == "moved":
            old = fetch(truth.announced_url)
            assert (old.status, old.headers["Location"]) == (301, truth.url.removeprefix(HOME))


def test_listings_lead_to_every_piece_page_by_page() -> None:
    site = QuarrySite(1)
    paths = {story.path for story in site.stories if story.kind != "members"}
    for first, key in (("/", "page"), ("/section/stone", "paged"), ("/archive/2024/03/", "page")):
        seen: list[str] = []
        number = 1
        while page := site.find(f"{first}?{key}={number}"):
            seen += re.findall(
                r'<a href="(/stories/[^"?]+)"><div class="css-\w+">', page.body.decode()
            )
            number += 1
        assert number > 2
        assert len(seen) == len(set(seen)) > 10
        assert set(seen) <= paths
        if first == "/":
            assert set(seen) == paths


def test_sitemaps_of_years_name_every_piece() -> None:
    site = QuarrySite(1)
    named = re.findall(r"<loc>([^<]+)", body(site, "/sitemap-index.xml"))
    assert len(named) == 8
    found: list[str] = []
    for url in named:
        packed = site.find(url.removeprefix(HOME))
        assert packed is not None
        found += re.findall(r"<loc>([^<]+)", gzip.decompress(packed.body).decode())
    assert sorted(found) == sorted(f"{HOME}{story.announced_path}" for story in site.stories)
    assert "news:publication_date" in body(site, "/news-sitemap.xml")


def test_a_piece_of_several_pages_is_whole_in_one() -> None:
    site = QuarrySite(1)
    piece = next(story for story in site.stories if story.kind == "pages")
    parts = [body(site, path) for path in piece.page_paths]
    assert len(parts) > 1
    assert all(sum(text[:60] in part for text in piece.text) < len(piece.text) for part in parts)
    whole = body(site, f"{piece.path}?view=all")
    assert all(text[:30] in whole for text in piece.text)


def test_an_edition_edits_some_pieces_and_dresses_all_anew() -> None:
    before, after = stories(1), stories(6)
    old = {story.number: story for story in before}
    assert len(after) - len(before) == 10
    edited = {story.number: edits_of(story.number, 6) for story in after}
    kinds = {kind for edits in edited.values() for _, kind in edits}
    assert kinds == {"corrected", "retitled", "joined", "extended", "touched"}
    for story in after:
        then = old.get(story.number)
        if then is None or story.kind == "liveblog":
            continue
        said = (story.title, story.authors, story.text) == (then.title, then.authors, then.text)
        assert said == all(kind == "touched" for _, kind in edited[story.number])
        assert story.path == then.path
    unedited = next(s for s in before if s.kind == "article" and not edited[s.number])
    assert body(QuarrySite(1), unedited.path) != body(QuarrySite(2), unedited.path)


def test_an_outage_lasts_as_long_as_it_is_told_to(site: SampleMagazines, fetch: Any) -> None:
    site.fail("quarry.example", 429, requests=2, retry_after="7")
    answers = [fetch(f"{HOME}/about") for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    "target", ["/?page=99", "/section/nothing", "/stories/x", "/archive/2018/01/"]
)
def test_what_is_not_there_is_none(target: str) -> None:
    assert QuarrySite(1).find(target) is None
