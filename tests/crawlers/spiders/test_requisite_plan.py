"""What pages are shown with: all of it is captured, once, within bounds, and a player finds it."""

from __future__ import annotations

import pytest

from archive.library import Library
from archive.source import Source
from backissue.sample.picture import picture
from crawlers.spiders.requisite_plan import DEEPEST, MOST, MOST_BYTES, MOST_PLACES
from loopback import Answer, Host, crawled, outcomes, paths
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from players import chromium, needs_chromium, needs_pywb, playing

SITE = "http://kiln.example"
CDN = "http://cdn.example"
STORY = "/2026/slow-glaze/"
TEXT = "".join(f"<p>On day {n} the oven held {n * n} bowls of blue clay.</p>" for n in range(30))
IMAGE = {"Content-Type": "image/png"}
CSS = {"Content-Type": "text/css"}


def css(text: str, **fields: str) -> Answer:
    return Answer(text, fields=CSS | fields)


def story(head: str = "", body: str = "") -> Answer:
    return Answer(
        f"<!doctype html><html lang=en><head><title>Slow glaze</title>{head}</head>"
        f"<body><article><h1>Slow glaze</h1>{body}{TEXT}</article></body></html>"
    )


def crawl(library: Library, host: Host, answers: dict[str, Answer]) -> dict[str, str]:
    """The outcomes of a crawl for the pages that *answers* has below /2026/."""
    settings = library.path / "library.toml"
    settings.write_text(settings.read_text().replace("requisites = false", "requisites = true"))
    host.answer = lambda name, path, _: answers.get(
        f"http://{name}{path}", answers.get(path, Answer("", 404))
    )
    pages = tuple(path for path in answers if path.startswith("/2026/"))
    crawled(library, host, Source(name="kiln", url=f"{SITE}/", pages=pages, delay=0))
    return outcomes(library)


@pytest.mark.long
@needs_pywb
@needs_chromium
def test_a_page_looks_in_the_replay_as_it_did(library: Library, host: Host) -> None:
    image = Answer(picture("kiln"), fields=IMAGE)
    answers = {
        STORY: story(
            '<link rel=stylesheet href=/theme/main.css><link rel=icon href="/icon.png">'
            '<style>aside { background: url("/aside.png") }</style>',
            '<aside style="list-style: url(/mark.png)">Aside</aside>'
            '<img src=/small.png srcset="/small.png 1x, /large.png 2x" alt="">'
            '<picture><source srcset="/wide.png"><img src="/narrow.png" alt=""></picture>'
            '<video poster="/still.png"></video>',
        ),
        "/theme/main.css": css(f'@import "parts/type.css"; @import url({CDN}/reset.css);'),
        "/theme/parts/type.css": css(
            "@font-face { font-family: Kiln; src: url(../fonts/kiln.woff2?v=2#x) format('woff2') }"
            "body { font-family: Kiln; background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) }"
            "h1 { background-image: image-set(url('../img/clay.png') 1x) }"
        ),
        f"{CDN}/reset.css": css("article { background: url(paper.png) }"),
        "/theme/fonts/kiln.woff2?v=2": Answer(b"wOF2", fields={"Content-Type": "font/woff2"}),
        **dict.fromkeys(
            ["/theme/img/clay.png", "/icon.png", "/aside.png", "/mark.png", "/small.png"], image
        ),
        **dict.fromkeys(["/large.png", "/wide.png", "/narrow.png", "/still.png"], image),
        f"{CDN}/paper.png": image,
    }
    found = crawl(library, host, answers)
    named = {path if path.startswith("http") else f"{SITE}{path}" for path in answers}
    assert {url for url, outcome in found.items() if outcome == "fetched"} == named
    asked = [(one.host, one.path) for one in host.log]
    assert len(asked) == len(set(asked))
    publish(library, Engine("local", 1))
    assert [row["url"] for row in library.articles()] == [f"{SITE}{STORY}"]
    verdicts = {row["url"]: row["verdict"] for row in library.crawl_log().to_pylist()}
    assert {verdicts[url] for url in named - {f"{SITE}{STORY}"}} == {None}

    answered: dict[str, int] = {}
    failed: list[str] = []
    with playing(library.path) as url, chromium() as browser:
        page = browser.new_page()
        page.on("response", lambda reply: answered.update({reply.url: reply.status}))
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.goto(f"{url}2099/{SITE}{STORY}")
        frame = page.frame_locator("#replay_iframe")
        frame.locator("h1").wait_for(timeout=30_000)
        page.wait_for_load_state("networkidle")
    played = {one.rpartition("_/")[2] for one, status in answered.items() if status == 200}
    assert {f"{SITE}/theme/fonts/kiln.woff2?v=2", f"{SITE}/theme/img/clay.png"} <= played
    assert {f"{SITE}/aside.png", f"{CDN}/paper.png", f"{SITE}/wide.png"} <= played
    assert [one for one, status in answered.items() if status >= 400] == failed == []


def test_what_style_sheets_name_is_bounded_in_depth_and_asked_for_politely(
    library: Library, host: Host
) -> None:
    depths = range(DEEPEST + 3)
    chain = {f"/c{n}.css": css(f"@import '/c{n + 1}.css'; @import '/c0.css';") for n in depths}
    found = crawl(
        library,
        host,
        {
            STORY: story("<link rel=stylesheet href=/c0.css><link rel=stylesheet href=/odd.css>"),
            "/robots.txt": Answer("User-agent: *\nDisallow: /closed/"),
            "/odd.css": css(
                "a { b: url(/closed/a.png); c: url(http://127.0.0.1:1/a.png); d: url(/moved.png) }"
                "@import '/page.css';"
            ),
            "/page.css": Answer("<style>a { b: url(/never.png) }</style>"),
            "/moved.png": Answer("", 301, {"Location": "/moved/a.png"}),
            "/moved/a.png": Answer(picture("a"), fields=IMAGE),
            **chain,
        },
    )
    chained = [url for url in found if "/c" in url and url.endswith(".css")]
    assert len(chained) == DEEPEST
    assert found[f"{SITE}/closed/a.png"] == "robots"
    assert found[f"{SITE}/moved.png"] == "redirected"
    assert found[f"{SITE}/moved/a.png"] == "fetched"
    assert f"{SITE}/never.png" not in found
    asked = paths(host.of("kiln.example"))
    assert len(asked) == len(set(asked))
    assert "/closed/a.png" not in asked


def test_what_a_page_needs_comes_from_so_many_hosts_and_no_odd_ports(
    library: Library, host: Host
) -> None:
    hosts = "".join(f"<img src=http://h{n}.example/a.png>" for n in range(MOST_PLACES + 5))
    ports = "".join(f"<img src={SITE}:{port}/b.png>" for port in (22, 443, 6000, 8080))
    found = crawl(library, host, {STORY: story(body=f"<img src={SITE}/c.png>{ports}{hosts}")})
    assert f"{SITE}/c.png" in found
    assert [url for url in found if ":22/" in url or ":6000/" in url] == []
    others = [url for url in found if url.endswith("/a.png")]
    assert len(others) == MOST_PLACES - 3  # and its own with three ports


def test_what_a_page_needs_is_bounded_in_bytes(library: Library, host: Host) -> None:
    large = Answer(b"x" * (MOST_BYTES // 5), fields=IMAGE)
    answers = {f"/p/{n}.png": large for n in range(8)}
    images = "".join(f"<img src={path}>" for path in answers)
    found = crawl(library, host, {STORY: story(body=images), **answers})
    kinds = [outcome for url, outcome in found.items() if url.endswith(".png")]
    assert sorted(set(kinds)) == ["fetched", "too_large"]
    assert 5 <= kinds.count("fetched") <= 6  # one is under way when the last byte is spent


@pytest.mark.long
def test_what_a_page_needs_is_bounded_in_number(library: Library, host: Host) -> None:
    images = "".join(f"<img src=/p/{n}.png>" for n in range(MOST - 10))
    more = "".join(f"a {{ b: url(/q/{n}.png) }}" for n in range(30))
    found = crawl(
        library,
        host,
        {STORY: story("<link rel=stylesheet href=/a.css>", images), "/a.css": css(more)},
    )
    named = [url for url in found if url.endswith((".png", ".css"))]
    assert len(named) == MOST


def test_what_a_kept_style_sheet_names_is_asked_for_later(library: Library, host: Host) -> None:
    head = "<link rel=stylesheet href=/a.css>"
    answers = {
        STORY: story(head),
        "/a.css": css("@import '/b.css';"),
        "/b.css": css("a { b: url(/late.png) }", ETag='"1"'),
        "/late.png": Answer("", 503),
    }
    assert crawl(library, host, answers)[f"{SITE}/late.png"] == "error:http_503"
    image = Answer(picture("late"), fields=IMAGE)
    found = crawl(library, host, answers | {"/late.png": image, "/2026/other/": story(head)})
    assert found[f"{SITE}/late.png"] == "fetched"
    asked = paths(host.of("kiln.example"))
    assert [asked.count(path) for path in ("/a.css", "/b.css")] == [1, 1]


def test_a_style_sheet_that_another_source_has_need_not_be_sent_again(
    library: Library, host: Host
) -> None:
    page = story(f"<link rel=stylesheet href={CDN}/a.css>")
    sheet = css("a { b: url(b.png) }", ETag='"1"')
    crawl(library, host, {STORY: page, f"{CDN}/a.css": sheet})
    unchanged = Answer("", 304, {"ETag": '"1"'})
    host.answer = lambda name, path, asked: {"/a.css": unchanged, STORY: page}.get(
        path, Answer("", 404)
    )
    crawled(library, host, Source(name="clay", url="http://clay.example/", pages=(STORY,), delay=0))
    asked = paths(host.of("cdn.example"))
    assert [asked.count(path) for path in ("/a.css", "/b.png")] == [2, 2]
