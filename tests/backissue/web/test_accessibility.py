"""The pages in a real browser: axe-core finds nothing, they fit a phone, and the keyboard suffices."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from console import Console, console
from support import Archived

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="Debian's chromium is not installed"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        started = browsers.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def shown(archived: Archived) -> Iterator[Console]:
    with console(archived.library.path) as running:
        yield running


def paths(archived: Archived) -> list[str]:
    row = next(r for r in archived.library.articles() if r["version"] == 2)
    return [
        "/",
        f"/sources/{row['source']}?month=2026-06",
        "/sources/understorey",
        f"/runs/{row['run_id']}",
        f"/articles/{row['article_id']}?prove=1",
        f"/captures/{row['warc_record_id']}",
        "/search?q=village",
        "/search?q=village&language=en&author=a",
        "/search?q=%22",
        "/storage",
        "/coverage",
        "/why?url=http://understorey.example/private/",
        "/nothing",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    archived: Archived, shown: Console, browser: Browser, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    for path in paths(archived):
        page.goto(f"{shown.url.rstrip('/')}{path}")
        found = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.close()


def test_the_first_key_leads_to_the_content(shown: Console, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=True)
    page.goto(shown.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    page.keyboard.press("Tab")
    assert page.evaluate(outline) == "solid"
    page.close()


def test_all_works_without_javascript(archived: Archived, shown: Console, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shown.url)
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("village")
    page.get_by_role("searchbox").press("Enter")
    page.locator(".hits a").first.click()
    assert page.locator("article h1").inner_text()
    page.locator("summary").click()
    assert page.locator("details tbody tr").first.is_visible()
    page.get_by_role("link", name="Prove this row").click()
    assert "Proved" in page.locator("#proof").inner_text()
    context.close()
