"""Feeds that another host serves than the magazine's: what is in scope, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from archive.library import Library
from archive.source import Source
from loopback import Answer, Host, crawled, outcomes, paths
from pipelines.derive.engine import Engine
from pipelines.publish import publish

SERVICE = "http://feeds.kiln.example"
MAGAZINE = "http://clay.example"


def piece(title: str) -> Answer:
    text = "".join(
        f"<p>{title}: on day {n} the oven held {n * n} bowls of clay.</p>" for n in range(30)
    )
    return Answer(f"<title>{title}</title><article><h1>{title}</h1>{text}</article>")


PIECES = {f"/2024/{name}/": piece(name) for name in ("glaze", "ash", "slip")}


def rss(*items: str, link: str = f"<link>{MAGAZINE}/</link>") -> Answer:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return Answer(f"<rss><channel><title>Clay</title>{link}{entries}</channel></rss>")


def crawl(
    library: Library, host: Host, answers: dict[str, Answer], **fields: Any
) -> dict[str, str]:
    """The addresses of the articles of a run, by headline; *answers* are those of the service."""
    service = {f"{SERVICE}{path}": found for path, found in answers.items() if path[0] == "/"}
    known = {f"{MAGAZINE}{path}": found for path, found in PIECES.items()} | service | answers
    host.answer = lambda name, path, asked: known.get(f"http://{name}{path}", Answer("", 404))
    crawled(library, host, Source(name="clay", delay=0, **fields))
    publish(library, Engine("local", 1))
    return {row["headline"]: row["url"] for row in library.articles()}


@pytest.mark.long
@pytest.mark.parametrize("url", [f"{MAGAZINE}/", f"{SERVICE}/"])
@pytest.mark.parametrize(
    "feed",
    [
        rss(f"<link>{MAGAZINE}/2024/glaze/</link>"),
        Answer(
            f"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self' href='{SERVICE}/clay'/><link href='{MAGAZINE}/'/>"
            f"<entry><link href='{MAGAZINE}/2024/glaze/'/></entry></feed>"
        ),
        Answer(
            f'{{"version": "https://jsonfeed.org/version/1.1", "home_page_url": "{MAGAZINE}/",'
            f' "items": [{{"url": "{MAGAZINE}/2024/glaze/"}}]}}'
        ),
        rss(
            f"<link>{SERVICE}/~r/clay/~3/x1/</link><feedburner:origLink>{MAGAZINE}/2024/glaze/</feedburner:origLink>",
            link=f"<image><link>http://picture.example/</link></image><link>{MAGAZINE}</link>",
        ),
        rss(f"<link>{SERVICE}/~r/clay/~3/x2/</link>"),
    ],
    ids=["rss", "atom", "json", "original link", "counted link"],
)  # fmt: skip
def test_the_magazine_of_the_feed_is_in_scope(
    library: Library, host: Host, url: str, feed: Answer
) -> None:
    counted = Answer("", 301, {"Location": f"{MAGAZINE}/2024/glaze/?utm_source=feed"})
    answers = {"/clay": feed, "/~r/clay/~3/x2/": counted}
    answers[f"{MAGAZINE}/2024/glaze/?utm_source=feed"] = PIECES["/2024/glaze/"]
    found = crawl(library, host, answers, url=url, feeds=(f"{SERVICE}/clay",))
    assert found["glaze"].partition("?")[0] == f"{MAGAZINE}/2024/glaze/"
    assert len(found) == 1


def test_a_counted_link_is_judged_where_it_ends(library: Library, host: Host) -> None:
    ends = {
        "/~r/clay/~3/a/": f"http://count.example/~r/{MAGAZINE}",
        "/~r/clay/~3/b/": "http://elsewhere.example/2024/ash/",
        "/~r/clay/~3/d/": f"{MAGAZINE}/tag/ash/",
    }
    answers = {path: Answer("", 302, {"Location": end}) for path, end in ends.items()}
    on = Answer("", 302, {"Location": f"{MAGAZINE}/2024/slip/"})
    answers[f"http://count.example/~r/{MAGAZINE}"] = on
    answers["/~r/clay/~3/c/"] = piece("an advertisement")
    answers["http://elsewhere.example/2024/ash/"] = piece("a stranger")
    answers[f"{MAGAZINE}/tag/ash/"] = piece("a tag")
    links = [f"<link>{SERVICE}/~r/clay/~3/{name}/</link>" for name in "abcd"]
    answers["/clay"] = rss(*links, "<link>http://elsewhere.example/2024/glaze/</link>")
    rules = {"deny": ("/tag/",)}
    found = crawl(
        library, host, answers, url=f"{MAGAZINE}/", feeds=(f"{SERVICE}/clay",), article=rules
    )
    assert found == {"slip": f"{MAGAZINE}/2024/slip/"}
    known = outcomes(library)
    assert known["http://elsewhere.example/2024/ash/"] == "off_scope"
    assert known[f"{SERVICE}/~r/clay/~3/c/"] == "off_scope"
    assert "/2024/glaze/" not in paths(host.of("elsewhere.example"))


def test_a_run_that_finds_nothing_in_scope_says_so_each_time(library: Library, host: Host) -> None:
    items = [f"<link>http://elsewhere.example/2024/{name}/</link>" for name in ("a", "b", "c")]
    host.answer = lambda name, path, asked: rss(*items) if path == "/clay" else Answer("", 404)
    source = Source(name="clay", url=f"{MAGAZINE}/", feeds=(f"{SERVICE}/clay",), delay=0)
    for _ in range(2):
        run = crawled(library, host, source)["clay"]
        assert run.state == "done"
        assert run.detail == (
            "off scope: 3 of 3 addresses that listings name, as http://elsewhere.example/2024/a/; "
            "the source's url is http://clay.example/"
        )


def test_some_links_elsewhere_are_nothing_to_speak_of(library: Library, host: Host) -> None:
    items = ["<link>http://elsewhere.example/a/</link>", f"<link>{MAGAZINE}/2024/ash/</link>"]
    known = {"/clay": rss(*items), **PIECES}
    host.answer = lambda name, path, asked: known.get(path, Answer("", 404))
    source = Source(name="clay", url=f"{MAGAZINE}/", feeds=(f"{SERVICE}/clay",), delay=0)
    assert crawled(library, host, source)["clay"].detail is None
