"""What a page says of itself never acts: one hostile title through all pages, JSON and Atom."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from archive.library import Library
from console import Console, console
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from small import captured, keep

TITLE = "<script>alert(1)</script>\"'&amp; <b>x</b> \u202egnp.exe\u2066 \x1b[31m \x07 ]]> {{ 7*7 }}"
URL = "https://north.example/log/1?q=%22%3E%3Cscript%3E&<script>alert(2)</script>\"'"


def body(changed: bool) -> bytes:
    facts = {
        "@type": "NewsArticle",
        "author": {"@type": "Person", "name": f"Ada {TITLE}"},
        "datePublished": "2026-02-03T08:00:00Z",
        "articleSection": TITLE,
    }
    told = json.dumps(facts).replace("<", "\\u003c")
    escaped = TITLE.replace("&", "&amp;").replace("<", "&lt;")
    text = " ".join(["The harbour light was kept by two sisters, who wrote down every ship."] * 4)
    texts = "".join(f"<p>{escaped} {number} {text}</p>" for number in range(5))
    more = f"<p>{escaped} a new end. {text}</p>" if changed else ""
    return (
        f"<!doctype html><html lang='en\"><script>'><head><title>{escaped}</title>"
        f'<script type="application/ld+json">{told}</script></head><body>'
        f"<nav>{escaped}</nav><article><h1>{escaped}</h1>{texts}{more}</article>"
        f"<aside><h2>Related posts</h2><ul><li><a href=/x>{escaped}</a></ul></aside></body></html>"
    ).encode()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("hostile") / "library"
    with Library.create(path) as library:
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        (path / "sources/north.toml").write_text('url = "https://north.example/"\n')
    with Library.open(path) as library:
        for minutes, changed in ((0, False), (60, True)):
            made = captured(
                "north", 1, minutes, body(changed), "X-Odd: <script>alert(3)</script>\x1b"
            )
            keep(library, [replace(made, url=URL)])
            publish(library, Engine("local", 1))
        yield library


@pytest.fixture(scope="module")
def shown(hostile: Library) -> Iterator[Console]:
    with console(hostile.path) as running:
        yield running


def paths(library: Library) -> list[str]:
    (row,) = library.articles()
    assert "<script>" in row["headline"]
    return [
        "/",
        "/sources/north",
        f"/runs/{row['run_id']}",
        f"/articles/{row['article_id']}",
        f"/articles/{row['article_id']}?prove=1",
        f"/captures/{row['warc_record_id']}",
        "/search?q=harbour",
        "/search?q=%3Cscript%3Ealert(9)%3C/script%3E%E2%80%AE%1B",
        "/storage",
        "/coverage",
        "/why?url=%3Cscript%3Ealert(9)%3C/script%3E%E2%80%AE%1B",
        "/why?url=https://north.example/log/1",
        "/nothing/%3Cscript%3Ealert(9)%3C/script%3E",
        "/sources/%3Cscript%3Ealert(9)%3C%2Fscript%3E%E2%80%AE",
        "/articles/%3Cscript%3Ealert(9)%3C%2Fscript%3E",
    ]


def test_pages_show_it_as_text(hostile: Library, shown: Console) -> None:
    seen = 0
    for path in paths(hostile):
        text = shown.get(path).text
        for forbidden in ("<script", "<b>x", "\u202e", "\u2066", "\x1b", "\x07", "onerror"):
            assert forbidden not in text, (path, forbidden)
        seen += "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert seen >= 4


def test_json_has_it_in_plain_ascii(hostile: Library, shown: Console) -> None:
    for path in paths(hostile):
        body = shown.get(path, Accept="application/json").body
        assert body.isascii(), path
        assert b"\x1b" not in body
        json.loads(body)


def test_the_feed_has_it_as_text(hostile: Library, shown: Console) -> None:
    root = ElementTree.fromstring(shown.get("/feed/north.atom").body)
    (title,) = root.findall(".//{*}entry/{*}title")
    assert title.text
    assert "<script>alert(1)</script>" in title.text
    assert not {"\u202e", "\x1b", "\x07"} & set(title.text)


def test_a_browser_runs_none_of_it(hostile: Library, shown: Console) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        said: list[str] = []
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: said.append(message.text))
        for path in paths(hostile):
            page.goto(f"{shown.url.rstrip('/')}{path}")
            assert page.locator("script").count() == 0, path
        browser.close()
    assert [text for text in said if "Failed to load resource" not in text] == []


def test_no_link_leads_to_what_a_browser_would_run() -> None:
    from backissue.web.rendering import href

    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//x.example/",
        "\x01javascript:alert(1)",
        "http://u:p@x.example/",
        "vbscript:x",
        "http://[",
        "",
        None,
    ):
        assert href(url) is None, url
    assert href("https://x.example/a?b=1&c") == "https://x.example/a?b=1&c"


def test_the_hostile_library_has_two_versions(hostile: Library) -> None:
    assert [row["version"] for row in hostile.articles("all")] == [1, 2]
