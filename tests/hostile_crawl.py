"""Servers that mean no good, or have odd manners: what they answer, and one crawl of all of them."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from archive.library import Library
from archive.types import Capture
from raw_server import Server, Site, Step
from wire_crawl import MISSING, as_page, captures_of, declare, path_of, redirect, scrapy

PASSWORD = "hunter2-of-nobody"
INWARD = (
    "127.0.0.1", "127.0.0.1.", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0.0.0.0",
    "0", "localhost", "localhost.", "LOCALHOST", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::1]", "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]", "10.0.0.1", "100.64.0.1",
    "169.254.169.254", "172.16.0.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
    "127。0。0。1", "①②⑦.0.0.1",
)  # fmt: skip
"""Spellings of places that no crawl has any business with."""

NOWHERE = (
    "file:///etc/passwd", "ftp://inward.example/x", "data:text/html,x", "s3://bucket/key",
    "gopher://127.0.0.1/", "javascript:alert(1)", "mailto:a@b.example", "http://[",
    "http://a b/", "http://inward.example:99999/", "http://[fe80::1%25eth0]/",
)  # fmt: skip
"""Redirects that lead to no http or https URL."""

ODD_LINKS = {
    "http://bücher.example/straße?q=ä b": "/stra%C3%9Fe?q=%C3%A4%20b",
    "HTTP://BÜCHER.EXAMPLE:80/Upper": "/Upper",
    "http://xn--bcher-kva.example/with space": "/with%20space",
    "http://bücher.example/a%2fb%zz": "/a%2fb%25zz",
    "http://bücher.example/a|b{c}^`": "/a%7Cb%7Bc%7D%5E%60",
    "http://bücher.example/part#fragment": "/part",
    "http://bücher.example/a/./b/../c//d": "/a/c//d",
    "http://bücher.example/審査?x=%E5%AF%A9": "/%E5%AF%A9%E6%9F%BB?x=%E5%AF%A9",
    "http://bücher.example/'q'?a='b'": "/'q'?a=%27b%27",
    "http://bücher.example/" + "y" * 7900: "/" + "y" * 7900,
}
"""Links of a feed, and the targets that are asked for."""

FORGED = {
    "http://bücher.example/a&#13;&#10;X-Forged: 1": "/aX-Forged:%201",
    "http://bücher.example/b&#9;X-Forged": "/bX-Forged",
    "http://bücher.example/c%0d%0aX-Forged:%201": "/c%0d%0aX-Forged:%201",
    f"http://user:{PASSWORD}@bücher.example/X-Forged/login": None,
}
"""Links that would add a line, or tell a password; and what is asked for, if anything is."""

RULES = b"User-agent: *\nDisallow: /private\n"
BIG = RULES + b"# filler\n" * 66_000 + b"Disallow: /\n"


def ok(body: bytes, kind: bytes = b"text/plain") -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        kind,
        len(body),
        body,
    )


def status(line: str) -> bytes:
    """An answer that is a status and no more."""
    return f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()


ROBOTS: dict[str, Sequence[Step]] = {
    "rules": [ok(RULES)],
    "marked": [ok(b"\xef\xbb\xbf" + RULES)],
    "utf-16": [ok(RULES.decode().encode("utf-16"))],
    "big": [ok(BIG)],
    "page": [ok(b"<!doctype html><p>Welcome", b"text/html")],
    "empty": [ok(b"")],
    "missing": [status("404 Not Found")],
    "gone": [status("410 Gone")],
    "unauthorized": [status("401 Unauthorized")],
    "forbidden": [status("403 Forbidden")],
    "broken": [status("500 Oops")],
    "silent": [30.0],
    "cut": [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + RULES, "end"],
    "elsewhere": [redirect("http://rules.robots.example/robots.txt")],
    "looping": [redirect("/robots.txt")],
    "nowhere": [redirect("file:///etc/passwd")],
    "inward": [redirect("http://127.0.0.1:9/robots.txt")],
}
"""The robots.txt of hosts that differ in nothing else."""


@dataclass
class Hostile:
    """Answers by host and path; *trap* is a port where nobody should come."""

    trap: int = 0
    hosts: list[str] = field(default_factory=list)

    def __call__(self, request: bytes) -> Sequence[Step]:
        path = path_of(request)
        host = request.lower().split(b"\r\nhost: ")[1].split(b"\r\n")[0].decode()
        kind = host.removesuffix(".robots.example")
        if kind in ROBOTS:
            return ROBOTS[kind] if path == "/robots.txt" else [as_page(host + path)]
        if path == "/robots.txt":
            return [MISSING]
        return [self._page(path)]

    def _page(self, path: str) -> bytes:
        if path.startswith("/inward/"):
            return redirect(f"http://{INWARD[int(path[8:])]}:{self.trap}/")
        if path.startswith("/nowhere/"):
            return redirect(NOWHERE[int(path[9:])])
        if path == "/sitemap.xml":
            return redirect(f"http://127.0.0.1:{self.trap}/sitemap.xml")
        if path == "/with-password":
            return redirect(f"http://user:{PASSWORD}@inward.example/after")
        if path == "/feed":
            links = "".join(f"<item><link>{x}</link></item>" for x in (*ODD_LINKS, *FORGED))
            feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Odd</title>{links}</channel></rss>'
            return ok(feed.encode(), b"application/rss+xml")
        return as_page(path)


@dataclass(frozen=True)
class HostileCrawl:
    """What the crawl left behind: at the servers, in the library, on standard error."""

    library: Library
    done: subprocess.CompletedProcess[str]
    site: Server
    trap: Server
    ipv6: Server | None
    captures: list[Capture]
    log: dict[str, list[dict[str, Any]]]

    def outcomes(self, url: str) -> list[str]:
        """The outcomes of a URL, hops first."""
        return [str(row["outcome"]) for row in self.log.get(url, [])]


@contextmanager
def hostile_crawl(library: Library) -> Iterator[HostileCrawl]:
    """Crawl without `--allow-private`, and with a proxy in the environment that is a trap too."""
    script = Hostile()
    with (
        Site(script) as site,
        Site(lambda _: [as_page("trapped")], host="0.0.0.0") as trap,
        _ipv6() as six,
    ):
        script.trap = trap.port
        overrides = _declare(library, site.port, trap.port, six and six.port)
        proxy = f"http://user:{PASSWORD}@127.0.0.1:{trap.port}"
        done = scrapy(
            library.path,
            "",
            f"BACKISSUE_RESOLVE={','.join(overrides)}",
            "DOWNLOAD_TIMEOUT=5",
            "DOWNLOAD_DELAY=0",
            "RETRY_TIMES=1",
            HTTP_PROXY=proxy,
            https_proxy=proxy,
        )
        log: dict[str, list[dict[str, Any]]] = {}
        for row in library.crawl_log():
            log.setdefault(row["url"], []).append(row)
        yield HostileCrawl(library, done, site, trap, six, captures_of(library), log)


@contextmanager
def _ipv6() -> Iterator[Server | None]:
    try:
        site = Site(lambda _: [as_page("six")], host="::1")
        server = site.__enter__()
    except OSError:
        yield None
        return
    with_site = site
    try:
        yield server
    finally:
        with_site.__exit__(None, None, None)


def _declare(library: Library, port: int, trap: int, six: int | None) -> list[str]:
    """The sources, and where their hosts are."""
    direct = [f"http://{place}:{trap}/direct/{n}" for n, place in enumerate(INWARD)]
    redirects = [f"/inward/{n}" for n in range(len(INWARD))]
    redirects += [f"/nowhere/{n}" for n in range(len(NOWHERE))]
    pages = [*direct, *redirects, "/with-password"]
    declare(library, "inward", "http://inward.example/", pages=pages)
    declare(library, "mapped", "http://mapped.example/", sitemaps=["/sitemap.xml"])
    declare(library, "odd", "http://bücher.example/", feeds=["/feed"])
    hosts = ["inward.example", "mapped.example", "xn--bcher-kva.example"]
    overrides = []
    if six:
        declare(library, "six", f"http://[::1]:{six}/", pages=["/literal"])
        overrides.append(f"[::1]:{six}:[::1]:{six}")
    for name in ROBOTS:
        url = f"http://{name}.robots.example/"
        declare(library, f"robots-{name}", url, pages=["/open", "/private/x"])
        hosts.append(f"{name}.robots.example")
    return overrides + [f"{host}:80:127.0.0.1:{port}" for host in hosts]


def credentials() -> tuple[bytes, ...]:
    """How the password may be written down."""
    plain = f"user:{PASSWORD}".encode()
    return PASSWORD.encode(), base64.b64encode(plain)
