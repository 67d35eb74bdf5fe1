from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.politeness.robots import MAX_BYTES, Robots, parse_robots

AGENT = "Backissue/0.1 (+https://archive.example/bot)"
SITE = "https://review.example"


def allowed(content: bytes, path: str, agent: str = AGENT) -> bool:
    return parse_robots(content, 200).allows(SITE + path, agent)


def test_the_most_specific_group_and_the_longest_rule_count() -> None:
    content = b"""
    User-agent: *
    Disallow: /
    User-agent: backissue
    User-agent: other
    Disallow: /private/   # not for us
    Allow: /private/open
    Disallow: /*.pdf$
    Allow: /same
    Disallow: /same
    """
    assert allowed(content, "/2024/x")
    assert not allowed(content, "/private/x")
    assert allowed(content, "/private/open/x")
    assert not allowed(content, "/x.pdf")
    assert allowed(content, "/x.pdf?v=1")
    assert allowed(content, "/same")
    assert not allowed(content, "/2024/x", "Somebody/1.0")
    assert allowed(content, "/robots.txt", "Somebody/1.0")


def test_escapes_compare_equal() -> None:
    content = "User-agent: *\nDisallow: /gesperrt/ä".encode()
    assert not allowed(content, "/gesperrt/%C3%A4")
    assert not allowed(content, "/gesperrt/%c3%a4/x")


@pytest.mark.parametrize(
    ("rule", "forbidden", "allowed_ones"),
    [
        ("/a%2Ab", ("/a*b", "/a%2ab", "/a*bc"), ("/axb", "/a")),
        ("/*%2A*/x", ("/1*2/x", "/1%2A2/x"), ("/12/x",)),
        ("/price%24", ("/price$", "/price%24s"), ("/price", "/prices")),
        ("/price$", ("/price",), ("/prices", "/price/")),
        ("/a$b", ("/a$b", "/a%24b"), ("/a", "/ab")),
        ("/*?*sid=", ("/x?sid=1", "/x?a=1&sid=2"), ("/sid=1", "/x?id=1")),
        ("/*.php?*print=1$", ("/a.php?b=2&print=1",), ("/a.php?print=12", "/a.php")),
        ("/?s=", ("/?s=boats",), ("/", "/?q=s")),
        ("*.pdf$", ("/a/b.pdf",), ("/b.pdf?x=1", "/b.pdfs")),
        ("/~ann/%7Ebob", ("/~ann/~bob", "/%7eann/%7Ebob"), ("/ann/bob",)),
        ("/gr\xf6\xdfe/%C3%A4", ("/gr%C3%B6%c3%9fe/\xe4",), ("/grosse/a",)),
        ("/a%2Fb", ("/a%2fb",), ("/a/b",)),
        ("/part\u2028two", ("/part%E2%80%A8two",), ("/part",)),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_marks_of_rules_are_those_of_the_standard(
    rule: str, forbidden: tuple[str, ...], allowed_ones: tuple[str, ...], end: str
) -> None:
    lines = ("\ufeffUser-agent: *", "Allow: /open", f"Disallow: {rule} # why", "")
    content = end.join(lines).encode()
    assert [path for path in forbidden if allowed(content, path)] == []
    assert [path for path in allowed_ones if not allowed(content, path)] == []


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (None, False),
        (500, False),
        (503, False),
        (404, True),
        (410, True),
        (403, True),
        (302, True),
        (199, False),
    ],
)
def test_without_a_file_the_status_decides(status: int | None, verdict: bool) -> None:
    robots = parse_robots(
        b"User-agent: *\nDisallow: /a\nAllow: /\nSitemap: https://a.example/s", status
    )
    assert robots == Robots(verdict)
    assert robots.allows(f"{SITE}/a", AGENT) is verdict
    assert robots.allows(f"{SITE}/b", AGENT) is verdict
    assert robots.crawl_delay(AGENT) is None


@pytest.mark.parametrize(
    "content", [b"", b"<!doctype html><html><body>Hello</body></html>", b"\x89PNG\0\xff"]
)
def test_what_has_no_rules_allows_everything(content: bytes) -> None:
    assert allowed(content, "/x")


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("2", 2.0), ("0.5", 0.5), ("-1", None), ("inf", None), ("nan", None), ("soon", None)],
)
def test_the_crawl_delay_is_a_number_of_seconds(delay: str, seconds: float | None) -> None:
    robots = parse_robots(f"User-agent: *\nCrawl-delay: {delay}\n".encode(), 200)
    assert robots.crawl_delay(AGENT) == seconds


def test_sitemaps_are_resolved_and_cleaned() -> None:
    content = (
        b"Sitemap: https://review.example/1.xml\nSITEMAP:/2.xml\nSitemap: ftp://x.example/\n"
        b"Sitemap: https://review.example/1.xml\nsitemap: javascript:alert(1)\n"
    )
    robots = parse_robots(content, 200, f"{SITE}/robots.txt")
    assert robots.sitemaps == (f"{SITE}/1.xml", f"{SITE}/2.xml")
    assert parse_robots(content, 200).sitemaps == (f"{SITE}/1.xml",)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"# caf\xe9 \xff\0\n" + text.encode(),
    ],
)
def test_encodings_and_line_ends_do_not_matter(encode) -> None:
    content = encode("User-agent: *\nDisallow: /private/\n")
    assert not allowed(content, "/private/x")
    assert allowed(content, "/x")


def test_half_a_mebibyte_is_read_and_no_half_line() -> None:
    rules = b"User-agent: *\nDisallow: /private/\n"
    filler = b"#" + b"x" * 98 + b"\n"
    content = rules + filler * ((MAX_BYTES - len(rules)) // 100)
    content += (
        b" " * (MAX_BYTES - len(content) - len(b"Disallow: /"))
        + b"Disallow: /archive/2\nDisallow: /beyond\n"
    )
    assert content[:MAX_BYTES].endswith(b"Disallow: /")
    assert not allowed(content, "/private/x")
    assert allowed(content, "/other")
    assert allowed(content, "/beyond")


@pytest.mark.timeout(30)
def test_a_file_that_asks_for_millions_of_rules_closes_the_site() -> None:
    agents = b"".join(b"User-agent: a%d\n" % number for number in range(14_000))
    rules = b"".join(b"Disallow: /%d\n" % number for number in range(14_000))
    assert parse_robots(agents + rules, 200) == Robots(verdict=False)


def test_a_long_list_of_agents_is_no_offence() -> None:
    agents = b"".join(b"User-agent: bot%d\n" % number for number in range(300))
    rules = b"".join(b"Disallow: /%d/\n" % number for number in range(500))
    robots = parse_robots(agents + rules + b"User-agent: *\nDisallow: /private/\n", 200)
    assert robots.allows(f"{SITE}/7/", AGENT)
    assert not robots.allows(f"{SITE}/private/", AGENT)
    assert not robots.allows(f"{SITE}/7/", "bot299")


@pytest.mark.timeout(30)
def test_wildcards_do_not_explode() -> None:
    content = b"User-agent: *\nDisallow: /" + b"*a" * 1000 + b"$\n"
    assert allowed(content, "/" + "a" * 5000 + "b")


def test_what_is_no_url_is_not_allowed() -> None:
    assert not parse_robots(b"User-agent: *\nDisallow: /x", 200).allows(
        "http://[broken/?q=ä", AGENT
    )


LINES = st.sampled_from(
    [
        b"User-agent: *",
        b"user-agent:",
        b"Disallow: /",
        b"Allow: *$",
        b"Disallow: %",
        b"Crawl-delay: 1e999",
        b"Sitemap: http://[",
        b"Sitemap: https://a.example/",
        b"Request-rate: 1/",
        b"Visit-time: x",
        b"Disallow: /$a*",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES | st.binary(max_size=12), max_size=20).map(b"\n".join), st.text(max_size=20))
def test_nothing_raises(content: bytes, path: str) -> None:
    robots = parse_robots(content, 200, f"{SITE}/robots.txt")
    assert robots.allows(f"{SITE}/{path}", AGENT) in (True, False)
    delay = robots.crawl_delay(AGENT)
    assert delay is None or 0 <= delay < float("inf")
    assert all(urlsplit(sitemap).scheme in ("http", "https") for sitemap in robots.sitemaps)
