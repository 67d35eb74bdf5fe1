"""What a site says against the use of its pages, and where its articles lead: obeyed, by policy."""

from __future__ import annotations

import json

import pytest

from archive.library import Library
from archive.source import Source
from crawlers.middlewares.tdmrep import parse_rules, reserved
from loopback import Answer, crawled, outcomes, serving
from pipelines.derive.engine import Engine
from pipelines.publish import publish

TEXT = "".join(
    f"<p>On day {n} the crane lifted {n * n} crates, and the harbour master wrote them down in ink."
    for n in range(1, 40)
)
RULES = [
    {"location": "/open/*", "tdm-reservation": 0},
    {"location": "/*.html$", "tdm-reservation": 1},
    {"location": 7, "tdm-reservation": 1},
    {"location": "/else", "tdm-reservation": 2},
    "none",
]


def page(name: str, head: str = "", **fields: str) -> Answer:
    html = f"<html><head><title>{name}</title>{head}</head><body><article><h1>{name}</h1>{TEXT}"
    return Answer(html, fields={key.replace("_", "-"): value for key, value in fields.items()})


PAGES = {
    "/plain": page("Plain"),
    "/file.html": page("By the file"),
    "/open/file.html": page("Open by the file"),
    "/header": page("By its header", TDM_Reservation="1"),
    "/meta": page("By its meta", '<meta name="tdm-reservation" content="1">'),
    "/noarchive": page("Kept by nobody", X_Robots_Tag="noarchive"),
    "/moved": Answer("", 301, {"Location": "http://rights.example/plain-too"}),
    "/plain-too": page("Moved"),
    "/gone-over": Answer("", 302, {"Location": "http://elsewhere.example/it"}),
}


def answer(host: str, path: str, asked: int) -> Answer:
    if path == "/feed.xml":
        rows = "".join(f"<item><link>http://rights.example{one}</link></item>" for one in PAGES)
        return Answer(f'<rss version="2.0"><channel>{rows}</channel></rss>')
    if path == "/.well-known/tdmrep.json":
        return Answer(json.dumps(RULES), fields={"Content-Type": "application/json"})
    return PAGES.get(path, Answer("", 404))


@pytest.mark.parametrize("respect", [["robots"], ["robots", "tdm", "noarchive"]])
def test_pages_that_opt_out_are_captured_and_no_articles_where_it_is_respected(
    library: Library, respect: list[str]
) -> None:
    settings = library.path / "library.toml"
    text = settings.read_text().replace('respect = ["robots"]', f"respect = {json.dumps(respect)}")
    settings.write_text(text)
    source = Source(name="rights", url="http://rights.example/", feeds=("/feed.xml",), delay=0)
    with Library.open(library.path) as opened, serving() as host:
        host.answer = answer
        crawled(opened, host, source)
        publish(opened, Engine("local", 1))
        asked = [one.path for one in host.log]
        found = {row["url"].removeprefix("http://rights.example") for row in opened.articles()}
        verdicts = {
            row["url"].removeprefix("http://rights.example"): row["verdict"]
            for row in opened.crawl_log()
        }
        outcome = outcomes(opened)
    assert not [one for one in host.log if one.host == "elsewhere.example"]
    assert outcome["http://rights.example/gone-over"] == "off_scope"
    everything = {"/plain", "/file.html", "/open/file.html", "/header", "/meta", "/noarchive"}
    if respect == ["robots"]:
        assert found == everything | {"/plain-too"}
        assert "/.well-known/tdmrep.json" not in asked
        return
    assert found == {"/plain", "/open/file.html", "/plain-too"}
    assert asked.count("/.well-known/tdmrep.json") == 1
    assert {verdicts[path] for path in ("/file.html", "/header", "/meta")} == {"not_article:tdm"}
    assert verdicts["/noarchive"] == "not_article:noarchive"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://a.example/open/x.html", False),
        ("http://a.example/x.html", True),
        ("http://a.example/x.html?y=1", None),
        ("http://a.example/else", None),
        ("http://a.example", None),
    ],
)
def test_the_first_rule_that_fits_counts(url: str, said: bool | None) -> None:
    assert reserved(parse_rules(json.dumps(RULES).encode()), url) is said


@pytest.mark.parametrize(
    ("location", "path", "said"),
    [
        ("/a", "/ab", True),
        ("/a$", "/ab", None),
        ("/a$", "/a", True),
        ("/*/b", "/a/c/b/d", True),
        ("/*/b$", "/a/b/b", True),
        ("/*/b$", "/a/b/bc", None),
        ("/a*a$", "/a", None),
        ("*", "/", True),
        ("/" + "*a" * 900 + "$", "/" + "a" * 899, None),
    ],
)
def test_stars_and_ends(location: str, path: str, said: bool | None) -> None:
    rules = parse_rules(json.dumps([{"location": location, "tdm-reservation": 1}]).encode())
    assert reserved(rules, f"http://a.example{path}") is said


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"{}", b"<html>", b"[[]]"])
def test_what_is_no_file_of_rules_has_none(content: bytes) -> None:
    assert parse_rules(content) == ()
