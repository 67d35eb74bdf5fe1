"""How much of an article a page holds is told with the evidence, and not guessed."""

from __future__ import annotations

import pytest

from pipelines.body.blocks import Block
from pipelines.completeness import judge, signs_of
from pipelines.extract import extract_html
from pipelines.metadata.declarations import declarations_of
from pipelines.page.html import parse_html

_ARTICLE = "<meta property='og:type' content='article'>"
_CARDS = "".join(
    f"<h2><a href='/{n}'>Piece {n}</a></h2><time>2026-03-0{n + 1}</time>" for n in range(8)
)
_ROWS = "".join(
    f"<div><a href='/{n}'><div>How a town keeps its clock {n}</div></a><div>The clock of the town "
    f"number {n} has been wrong since the winter.</div><div>{n + 1} March 2026</div></div>"
    for n in range(8)
)
_COOKIES = (
    "<div><div>Before you go on: we use cookies and other cookies, and ask for your consent.</div>"
    "<button>Reject</button><button>Accept</button></div>"
)
_WALL = "<div class='paywall'>Subscribe to continue reading</div>"


def _judge(
    html: str,
    words: int,
    status: int | None = 200,
    free: bool | None = None,
    end: str = ".",
    announced: int | None = None,
) -> str:
    tree = parse_html(f"<html><head>{html}</head></html>" if html.startswith("<meta") else html)
    assert tree is not None
    text = "word " * words + end
    blocks = [Block("paragraph", text, text)] if words else []
    judgement = judge(
        signs_of(declarations_of(tree, "https://estuary.example/a")),
        blocks,
        status,
        free,
        announced,
    )
    assert judgement.why
    return judgement.completeness


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("404", "soft404"),
        ("404 Not Found", "soft404"),
        ("Error 404 | The Estuary", "soft404"),
        ("The Estuary - 404", "soft404"),
        ("On bus 404 to the harbour", "unknown"),
        ("Driving the Peugeot 404", "unknown"),
        ("404 Day: the city celebrates", "unknown"),
    ],
)
def test_the_number_of_a_bus_says_not_that_a_page_is_missing(title: str, expected: str) -> None:
    assert _judge(f"<title>{title}</title><p>x", 60) == expected


@pytest.mark.parametrize(
    ("words", "announced", "expected"),
    [(190, 400, "teaser"), (210, 400, "full"), (50, 110, "full"), (400, 30, "full")],
)
def test_a_feed_that_had_more_tells_of_a_cut_text(
    words: int, announced: int, expected: str
) -> None:
    assert _judge(_ARTICLE, words, announced=announced) == expected


@pytest.mark.parametrize(
    ("html", "words", "expected"),
    [
        (_ARTICLE, 400, "full"),
        (_ARTICLE, 90, "full"),
        (_ARTICLE, 3, "unknown"),
        ("<p>x", 400, "full"),
        ("<p>x", 60, "unknown"),
        ("<form class='post-password-form'><input name='post_password'></form>", 12, "password"),
        (_CARDS, 60, "list"),
        (f"<body class='single postid-1'>{_CARDS}", 400, "full"),
        ('<script type="application/ld+json">{"@type": "CollectionPage"}</script>x', 60, "list"),
        (_ARTICLE + _WALL, 80, "paywall"),
        (_ARTICLE + _WALL, 900, "paywall"),
        (_ARTICLE + "<div class='paywall'></div>", 80, "full"),
        (
            '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>x',
            400,
            "liveblog",
        ),
        ("<p>x", 0, "unknown"),
    ],
)
def test_a_page_is_judged_by_what_it_shows(html: str, words: int, expected: str) -> None:
    assert _judge(html, words) == expected


def test_a_status_of_failure_is_an_error_whatever_the_text() -> None:
    assert _judge(_ARTICLE, 400, status=404) == "error"


def test_what_is_not_free_and_short_is_behind_a_wall() -> None:
    assert _judge(_ARTICLE, 80, free=False) == "paywall"
    assert _judge(_ARTICLE, 900, free=False) == "full"


def test_a_short_text_that_breaks_off_is_a_teaser() -> None:
    assert _judge(_ARTICLE, 60, end="and so […]") == "teaser"
    assert _judge(_ARTICLE, 400, end="and so […]") == "full"


def test_rows_of_titles_and_teasers_are_a_list_whatever_they_are_called() -> None:
    tree = parse_html(f"<body>{_ROWS}")
    assert tree is not None
    signs = signs_of(declarations_of(tree, "https://estuary.example/"))
    assert signs.rows.count == 8
    rows = [Block("paragraph", text, text) for text in sorted(signs.rows.texts)]
    assert judge(signs, rows, 200, None).completeness == "list"
    prose = [Block("paragraph", "word " * 400 + ".", "word " * 400 + ".")]
    assert judge(signs, prose, 200, None).completeness == "full"


def test_a_page_that_only_asks_for_consent_is_told_from_one_with_a_banner() -> None:
    assert _judge(_COOKIES, 15) == "consent"
    banner = f"{_COOKIES}<p>{'Nobody had asked for the crane. ' * 60}</p>"
    assert _judge(banner, 360) == "full"
    assert (
        _judge(f"<div class='cookie-notice'>We set one cookie.</div>{'<p>Text. </p>' * 40}", 17)
        == "unknown"
    )


@pytest.mark.parametrize(
    ("url", "link", "goes_on"),
    [
        ("/tides", "/tides?page=2", True),
        ("/tides/", "/tides/2/", True),
        ("/tides", "/tides/2", True),
        ("/tides/page/2/", "/tides/page/3/#top", True),
        ("/tides", " /tides/Seite/2/#top ", True),
        ("/tides", "/tides/P2", True),
        ("/tides", "/tides/02/", True),
        ("/tides", "/tides?page=02&sort", False),
        ("/tides", "?page=002", True),
        ("/tides?page=9", "/tides?page=10#more", True),
        ("/tides?id=7", "?id=7&page=2", True),
        ("/tides", "/next-piece/", False),
        ("/tides", "/other?page=2", False),
        ("/tides?page=3", "/tides?page=2", False),
        ("/2026/04/", "/2026/05/", False),
        ("/tides", "?view=all", True),
        ("/tides?id=7", "/tides?id=7&singlepage=true", True),
        ("/tides/", "/tides/all/#top", True),
        ("/tides?view=all", "/tides?view=all", False),
        ("/tides?page=4", "/tides?view=all", False),
        ("/tides", "/others?view=all", False),
        ("/tides", "?comments=all", False),
    ],
)
def test_an_article_that_goes_on_is_not_taken_for_whole(url: str, link: str, goes_on: bool) -> None:
    tree = parse_html(f"<article><h1>T</h1><p>x</article><a href='{link}'>on</a>")
    assert tree is not None
    url = f"https://estuary.example{url}"
    signs = signs_of(declarations_of(tree, url), url)
    assert bool(signs.goes_on) is goes_on
    prose = [Block("paragraph", "word " * 400 + ".", "word " * 400 + ".")]
    expected = "teaser" if goes_on else "full"
    assert judge(signs, prose, 200, None).completeness == expected


SHELLS = {
    "an empty root": '<body><div id="root"></div><script src="/app.js"></script></body>',
    "a word of patience": '<body><div id=app>Loading …</div><script src="/a.js"></script></body>',
    "only for browsers": (
        "<body><noscript>You need to enable JavaScript to run this app.</noscript>"
        '<div id="__next"></div><script src="/_next/main.js" defer></script></body>'
    ),
}


@pytest.mark.parametrize("body", SHELLS.values(), ids=SHELLS)
def test_a_page_that_scripts_are_to_fill_is_a_shell(body: str) -> None:
    found = extract_html(f"<!doctype html><html><head><title>Quay</title></head>{body}</html>")
    assert found.completeness == "shell"


def test_a_short_text_beside_scripts_is_no_shell() -> None:
    text = "The ferry to the island does not sail today, since the wind has turned to the north."
    page = f"<h1>No ferry today</h1><p>{text}</p><script src='/a.js'></script>"
    assert extract_html(f"<!doctype html><body>{page}</body>").completeness != "shell"


def test_a_count_of_five_thousand_digits_counts_nothing() -> None:
    ld = f'{{"@type": "Article", "wordCount": {"9" * 5_000}, "headline": "One"}}'
    text = "".join(
        f"<p>On day {n} the tide left {n * n} nets upon the quay.</p>" for n in range(40)
    )
    html = f'<script type="application/ld+json">{ld}</script><article><h1>One</h1>{text}</article>'
    assert (
        extract_html(f"<html><body>{html}</body></html>", "https://a.example/1").headline == "One"
    )
