"""What a replay opens with: every magazine and its articles, as links to the pages as they were."""

from __future__ import annotations

import re
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest

from archive.library import Library
from backissue.web.replay_pages import FEWEST, write_pages
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from players import chromium, needs_chromium, needs_pywb, playing
from small import captured, keep

TITLE = (
    "<script>alert(1)</script>\"'&amp; {{ 7*7 }} {% raw %} \u202egnp.exe \x1b[31m <!-- asked -->"
)
COUNT = FEWEST + 20


def story(title: str, number: int) -> bytes:
    escaped = title.replace("&", "&amp;").replace("<", "&lt;")
    text = "".join(
        f"<p>Entry {number * line} of the light: {number} ships, {line} sails, none lost.</p>"
        for line in range(1, 9)
    )
    return (
        f"<!doctype html><html lang=en><title>{escaped}</title><article><h1>{escaped}</h1>"
        f"{text}</article></html>"
    ).encode()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Many articles of one magazine; of another one, whose title means no good."""
    path = tmp_path_factory.mktemp("shelf") / "library"
    with Library.create(path):
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        (path / "sources/north.toml").write_text(
            'url = "https://north.example/"\ntitle = "North & <b>Light</b> {{ 7*7 }}"\n'
        )
    with Library.open(path) as library:
        north = [
            captured("north", n, n, story(f"The keeper's log, entry {n}", n))
            for n in range(1, COUNT + 1)
        ]
        odd = replace(
            captured("south", 1, 500, story(TITLE, 3)),
            url="https://south.example/log/1?q=%22%3E<script>&b={{7*7}}",
        )
        keep(library, [*north, odd])
        publish(library, Engine("local", 1))
        yield library


@dataclass(frozen=True)
class Player:
    url: str

    def get(self, path: str) -> str:
        with urllib.request.urlopen(urljoin(self.url, path), timeout=30) as answer:
            assert answer.headers.get_content_type() == "text/html"
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def player(shelf: Library) -> Iterator[Player]:
    with playing(shelf.path) as url:
        yield Player(url)


def links(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<li><a href="([^"]*)"', page)]


@pytest.mark.long
@needs_pywb
def test_each_article_is_listed_once_and_its_link_plays_it(shelf: Library, player: Player) -> None:
    first = player.get("/library/")
    assert len(links(first)) == 6
    assert f"{COUNT} articles" in first
    assert player.get("/") == first
    pages = [player.get(f"/static/magazines/north/{number}.html") for number in (1, 2)]
    found = [link for page in pages for link in links(page)]
    urls = {row["url"] for row in shelf.articles(source="north")}
    assert [len(links(page)) for page in pages] == [100, 20]
    assert {link.split("/", 3)[3] for link in found} == urls
    assert links(first)[:5] == found[:5]  # the newest
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[1]
    for link in found[::50]:
        assert "<h1>The keeper" in player.get(re.sub(r"(\d{14})/", r"\1id_/", link))


@pytest.mark.long
@needs_pywb
def test_what_titles_say_is_text(player: Player) -> None:
    for path in ("/library/", "/static/magazines/south/1.html", "/static/magazines/north/1.html"):
        page = player.get(path)
        for forbidden in ("<script", "<b>", "\u202e", "\x1b", "Light</b> 49"):
            assert forbidden not in page, path
        assert "{{ 7*7 }}" in unescape(page)
    (link,) = links(player.get("/static/magazines/south/1.html"))
    played = player.get(re.sub(r"(\d{14})/", r"\1id_/", quote(link, safe="/:?=&%")))
    assert "Entry 3 of the light" in played


@pytest.mark.long
@needs_pywb
@needs_chromium
def test_the_form_leads_to_the_captures_of_an_address(player: Player) -> None:
    with chromium() as browser:
        page = browser.new_page()
        for asked, all_that_begin_so, shown in [
            ("https://north.example/log/7", False, "1 capture"),
            ("https://north.example/log/12", True, "2 results"),
            ('"><script>alert(1)</script>', False, "0 captures"),
        ]:
            page.goto(player.url)
            page.get_by_role("searchbox").fill(asked)
            page.get_by_label("begin so").set_checked(all_that_begin_so)
            page.get_by_role("button", name="Find captures").click()
            page.wait_for_function("words => document.body?.innerText.includes(words)", arg=shown)


@pytest.mark.long
@needs_pywb
@needs_chromium
def test_a_browser_without_scripts_shows_it_on_a_phone(player: Player) -> None:
    with chromium() as browser:
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": 320, "height": 640}
        )
        page = context.new_page()
        failed: list[str] = []
        page.on("response", lambda reply: failed.append(reply.url) if reply.status > 399 else None)
        page.goto(player.url)
        wide = page.locator("html").evaluate("root => root.scrollWidth")
        assert wide <= 320
        assert page.locator("h2").all_inner_texts()[0] == "North & <b>Light</b> {{ 7*7 }}"
        assert "<script>alert(1)</script>" in page.locator("main").inner_text()
        page.get_by_role("link", name="All articles of North").click()
        assert page.locator("h1").inner_text().startswith("North &")
        page.get_by_role("link", name="Older").click()
        assert page.locator("li").count() == COUNT - 100
        assert failed == []


def test_a_library_without_articles_has_its_form(library: Library, tmp_path: Path) -> None:
    write_pages(library, tmp_path)
    page = (tmp_path / "templates/search.html").read_text()
    assert "No article yet" in page
    assert "<form" in page


def test_tables_that_are_missing_are_named(shelf: Library, tmp_path: Path) -> None:
    path = tmp_path / "copy"
    shutil.copytree(shelf.path, path, symlinks=True)
    (path / "state/console.db").unlink(missing_ok=True)
    shutil.rmtree(path / "generations")
    with Library.open(path) as copy:
        write_pages(copy, tmp_path)
    page = (tmp_path / "templates/search.html").read_text()
    assert "backissue rebuild" in page
    assert "<form" in page


def test_lists_are_bounded_and_say_so(shelf: Library, tmp_path: Path) -> None:
    old = tmp_path / "static/magazines/gone/1.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    write_pages(shelf, tmp_path, most=1)
    (page,) = sorted((tmp_path / "static/magazines/north").iterdir())
    assert len(links(page.read_text())) == FEWEST
    assert f"{COUNT - FEWEST} older articles are not listed here" in page.read_text()
    assert not old.exists()
