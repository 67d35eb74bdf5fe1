"""What a browser follows is followed: odd addresses, cookies on the way, pages that are signs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archive.library import Library
from archive.source import Source
from loopback import Answer, Host, crawled, outcomes, paths
from pipelines.derive.engine import Engine
from pipelines.publish import publish

SITE = "http://ebb.example"
COOKIE = {"Set-Cookie": "seen=1; Path=/"}


def piece(title: str) -> Answer:
    text = "".join(
        f"<p>{title}: on day {n} the tide left {n * n} boats on the sand.</p>" for n in range(30)
    )
    return Answer(f"<title>{title}</title><article><h1>{title}</h1>{text}</article>")


def to(target: str, fields: dict[str, str] | None = None, status: int = 302) -> Answer:
    return Answer("", status, {"Location": target} | (fields or {}))


def sign(target: str, fields: dict[str, str] | None = None) -> Answer:
    return Answer(
        f"<meta http-equiv=refresh content='0; url={target}'><p>Moved.", fields=fields or {}
    )


def crawl(
    library: Library, host: Host, answers: dict[str, Answer | Callable[[str], Answer]], *pages: str
) -> None:
    """Crawl *pages* of a site that answers so by path; a function is given the cookies."""

    feed = "".join(f"<item><link>{SITE}{page}</link></item>" for page in pages)
    plain = {path: found for path, found in answers.items() if isinstance(found, Answer)}
    plain["/feed.xml"] = Answer(f"<rss><channel>{feed}</channel></rss>")
    host.answer = lambda name, path, asked: plain.get(path, Answer("", 404))
    host.with_cookies = {path: found for path, found in answers.items() if callable(found)}
    crawled(library, host, Source(name="ebb", url=f"{SITE}/", feeds=("/feed.xml",), delay=0))


def titles(library: Library) -> dict[str, str]:
    publish(library, Engine("local", 1))
    return {row["headline"]: row["url"].removeprefix(SITE) for row in library.articles()}


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        (b"/2024/se\xf1or/", "/2024/se%F1or/"),
        ("/2024/señor/".encode(), "/2024/se%C3%B1or/"),
        ("/2024/море/".encode("koi8-r"), "/2024/%CD%CF%D2%C5/"),
        ("/read?of=海".encode("shift_jis"), "/read?of=%8AC"),
        (b"//ebb.example/2024/\xdf?x=\xdf#\xdf", "/2024/%DF?x=%DF"),
        (b"/2024/se%F1or/", "/2024/se%F1or/"),
    ],
)
def test_bytes_of_a_location_are_asked_for_as_they_came(
    library: Library, host: Host, location: bytes, asked: str
) -> None:
    answers = {"/old/a/": to(location.decode("latin-1"), status=301), asked: piece("On mud")}
    crawl(library, host, dict(answers), "/old/a/")
    assert titles(library) == {"On mud": asked}


def test_cookies_of_a_chain_come_back_within_it_alone(library: Library, host: Host) -> None:
    def wall(cookies: str) -> Answer:
        return piece("On walls") if "seen=1" in cookies else to("/wall/", COOKIE)

    def gate(cookies: str) -> Answer:
        return piece("On gates") if "in=1" in cookies else to("/login?to=/gate/")

    def meta(cookies: str) -> Answer:
        return piece("On signs") if "seen=1" in cookies else sign("/sign/", COOKIE)

    def other(cookies: str) -> Answer:
        return Answer("", 500) if cookies else piece("On others")

    answers = {
        "/wall/": wall,
        "/gate/": gate,
        "/login?to=/gate/": to("/gate/", {"Set-Cookie": "in=1; Path=/"}, 303),
        "/sign/": meta,
        "/abroad/": to("http://www.ebb.example/other/", {"Set-Cookie": "home=1; Path=/"}),
        "/other/": other,
    }
    crawl(library, host, dict(answers), "/wall/", "/gate/", "/sign/", "/abroad/")
    assert set(titles(library)) == {"On walls", "On gates", "On signs", "On others"}
    assert paths(host.of("ebb.example")).count("/wall/") == 2
    assert outcomes(library)[f"{SITE}/wall/"] == "fetched"
    ids = [row["warc_record_id"] for row in library.captures() if row["url"].endswith("/wall/")]
    requests = [library.capture(record_id).request for record_id in ids]
    assert sum(b"Cookie: [redacted]" in request for request in requests) == 1


def test_a_circle_ends(library: Library, host: Host) -> None:
    crawl(
        library,
        host,
        {"/round/": to("/round/", COOKIE), "/still/": sign("/still/")},
        "/round/",
        "/still/",
    )
    assert outcomes(library)[f"{SITE}/round/"] == "error:redirects"
    assert paths(host.of("ebb.example")).count("/still/") == 1
    assert titles(library) == {}


def test_the_page_behind_a_sign_is_the_article(library: Library, host: Host) -> None:
    answers = {
        "/old/1/": sign("/new/1/", {"ETag": '"one"'}),
        "/new/1/": piece("One"),
        "/old/2/": Answer("<p>Moved.", fields={"Refresh": "0; url=/new/2/"}),
        "/new/2/": sign("/newest/2/"),
        "/newest/2/": piece("Two"),
        "/old/3/": sign("http://elsewhere.test/3/"),
        "/old/4/": Answer(piece("Four").body, fields={"Refresh": "60; url=/"}),
        "/old/5/": Answer(sign("/new/1/").body, 404),
    }
    crawl(library, host, dict(answers), *(f"/old/{n}/" for n in range(1, 6)))
    assert titles(library) == {"One": "/new/1/", "Two": "/newest/2/", "Four": "/old/4/"}
    found = outcomes(library)
    assert found[f"{SITE}/old/1/"] == found[f"{SITE}/new/2/"] == "redirected"
    assert found[f"{SITE}/old/3/"] == "off_scope"
    verdicts = {row["url"]: row["verdict"] for row in library.table("crawl_log")}
    assert verdicts[f"{SITE}/old/1/"] == "not_article:shell"
    assert host.of("elsewhere.test") == []


def test_a_sign_is_followed_anew_though_it_has_not_changed(library: Library, host: Host) -> None:
    answers = {"/old/1/": sign("/new/1/", {"ETag": '"one"'}), "/new/1/": piece("One")}
    source = Source(name="ebb", url=f"{SITE}/", pages=("/old/1/",), delay=0)
    host.answer = lambda name, path, asked: answers.get(path, Answer("", 404))
    for _ in range(2):
        crawled(library, host, source)
    assert paths(host.of("ebb.example")).count("/new/1/") == 2
    asked = [one for one in host.of("ebb.example") if one.path == "/old/1/"]
    assert not any("if-none-match" in one.fields for one in asked)
