"""Which hosts hear a source's header fields, read from what arrived at servers of every kind."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from archive.library import Library
from crawlers.sources.toml import load_source, write_source
from raw_server import Server, Site
from wire_crawl import MISSING, as_page, path_of, redirect, scrapy

COOKIE, TOKEN = "reader=7; key=hush-4711", "Bearer hush-4712"
OWN = ("review.github.io", "www.review.github.io")
VISITED = (*OWN, "feeds.review.github.io", "attacker.github.io")  # in the crawl's scope
NAMED, FOREIGN = "named.other.example", "other.example"
PORTS = {"http": (80, 8080), "https": (443, 8443)}
ORIGINS = [
    f"{scheme}://{host}" + (f":{port}" if port in (8080, 8443) else "")
    for host, scheme in product((*VISITED, NAMED, FOREIGN), PORTS)
    for port in PORTS[scheme]
]


def origins(*schemes: str, port: str = "") -> set[str]:
    """Those that hear."""
    return {f"{scheme}://{host}{port}" for scheme in schemes for host in (*OWN, NAMED)}


TOLD = {
    "https://review.github.io/": origins("https"),
    "http://www.review.github.io/": origins("http", "https"),
    "https://www.review.github.io:8443/": origins("https", port=":8443"),
    "http://review.github.io:8080/": origins("http", port=":8080"),
}


def answer(request: bytes) -> list[bytes]:
    """One page for each way that leads from the magazine to all origins, and what is behind it."""
    way, _, number = path_of(request)[1:].partition("/")
    there = ORIGINS[int(number)] if number else ""
    match way:
        case "robots.txt":
            return [MISSING]
        case "feed":
            links = [f"<item><link>{o}/link/{n}</link></item>" for n, o in enumerate(ORIGINS)]
            return [whole(f'<rss version="2.0"><channel>{"".join(links)}</channel></rss>')]
        case "redirect":
            return [redirect(f"{there}/landed/{number}")]
        case "away":
            return [redirect("http://attacker.github.io/bounce")]
        case "bounce":
            return [redirect("https://review.github.io/back")]
        case "section":
            following = f'<link rel="next" href="{there}/next/{number}">'
            return [whole(f'{following}<a href="/story/{number}">A story</a>')]
        case "pictures":
            return [whole("".join(f"<img src={o}/part/{n}>" for n, o in enumerate(ORIGINS)))]
        case _:
            return [as_page(way)]


def whole(body: str) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body.encode())


@dataclass(frozen=True)
class Heard:
    """A crawl of a magazine with secrets: each request as origin, path and header fields."""

    url: str
    library: Library
    asked: list[tuple[str, str, dict[str, str]]]

    def where(self, way: str) -> dict[str, bool]:
        """For each origin that was asked in this way, whether it heard all secrets; not some."""
        found = {}
        for origin, path, fields in self.asked:
            if path.split("/")[1] == way:
                told = {fields.get("cookie"), fields.get("authorization")}
                assert told in ({COOKIE, TOKEN}, {None}), (origin, path)
                found[origin] = told != {None}
        return found


def requests_of(server: Server, scheme: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for request in server.received:
        lines = request.decode().split("\r\n")[1:-2]
        fields = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        yield f"{scheme}://{fields['host']}", path_of(request), fields


@pytest.fixture(scope="module", params=TOLD)
def heard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """One crawl for each address that a magazine may have."""
    folder = tmp_path_factory.mktemp("secrets")
    made, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.cert_pem.write_to_path(str(folder / "authority.pem"))
    made.issue_cert(*VISITED, NAMED, FOREIGN).configure_cert(context)
    numbers = range(len(ORIGINS))
    with (
        Library.create(folder / "library") as library,
        Site(answer) as plain,
        Site(answer, tls=context) as secure,
    ):
        settings = library.path / "library.toml"
        settings.write_text(
            settings.read_text()
            .replace("requisites = false", "requisites = true")
            .replace('floor = "1GiB"', 'floor = "1MiB"')
        )
        (library.path / "sources/review.toml").write_text(
            f'url = "{request.param}"\ndelay = 0\n'
            f"feeds = {['/feed', *(f'{o}/listing/{n}' for n, o in enumerate(ORIGINS))]}\n"
            f"sections = {[f'/section/{n}' for n in numbers]}\n"
            f"pages = {['/pictures', '/away', *(f'/redirect/{n}' for n in numbers)]}\n"
            'article = { allow = ["/story/", "/link/"] }\n'
            'headers = { Cookie = "REVIEW_COOKIE", Authorization = "REVIEW_TOKEN" }\n'
            f'header_hosts = ["{NAMED.upper()}"]\n'
        )
        to = {80: plain.port, 8080: plain.port, 443: secure.port, 8443: secure.port}
        done = scrapy(
            library.path,
            "review",
            f"BACKISSUE_RESOLVE={','.join(f'*:{p}:127.0.0.1:{q}' for p, q in to.items())}",
            f"BACKISSUE_CA_FILE={folder / 'authority.pem'}",
            f"BACKISSUE_PUBLISH={request.param == min(TOLD)}",
            REVIEW_COOKIE=COOKIE,
            REVIEW_TOKEN=TOKEN,
        )
        assert done.returncode == 0, done.stderr
        assert "hush" not in done.stdout + done.stderr
        asked = [*requests_of(plain, "http"), *requests_of(secure, "https")]
    return Heard(request.param, library, asked)


@pytest.mark.parametrize("way", ["robots.txt", "listing", "link", "landed", "next", "part"])
def test_each_way_tells_those_who_may_hear_and_nobody_else(heard: Heard, way: str) -> None:
    limited = way in ("link", "next")  # by the crawl's scope
    visited = [o for o in ORIGINS if not limited or urlsplit(o).hostname in VISITED]
    assert heard.where(way) == {origin: origin in TOLD[heard.url] for origin in visited}


def test_who_is_left_and_come_back_to_is_judged_anew(heard: Heard) -> None:
    told = TOLD[heard.url]
    (start,) = heard.where("away").items()
    assert start == (heard.url.rstrip("/"), True)
    assert heard.where("bounce") == {"http://attacker.github.io": False}
    assert heard.where("back") == {"https://review.github.io": "https://review.github.io" in told}


def test_no_other_origin_hears_which_page_one_comes_from(heard: Heard) -> None:
    home = heard.url.rstrip("/")
    elsewhere = [fields for origin, _, fields in heard.asked if origin != home]
    named = {fields["referer"] for fields in elsewhere if "referer" in fields}
    assert named
    assert all(urlsplit(referer).path == "/" for referer in named)


def test_no_secret_is_in_any_file(heard: Heard) -> None:
    records = b"".join(
        gzip.decompress(path.read_bytes()) for path in heard.library.path.glob("warc/**/*.gz")
    )
    assert b"\r\nCookie: [redacted]\r\nAuthorization: [redacted]\r\n" in records or (
        b"\r\nAuthorization: [redacted]\r\nCookie: [redacted]\r\n" in records
    )
    files = [path.read_bytes() for path in heard.library.path.rglob("*") if path.is_file()]
    assert not any(b"hush-47" in data for data in (records, *files))
    assert b"REVIEW_COOKIE" in records  # by name, in the declaration


def test_the_hosts_are_read_from_the_file_and_written_to_it(heard: Heard, tmp_path: Path) -> None:
    made = load_source(heard.library.path / "sources/review.toml")
    assert made.header_hosts == (NAMED.upper(),)
    write_source(tmp_path / "review.toml", made)
    assert load_source(tmp_path / "review.toml") == made
