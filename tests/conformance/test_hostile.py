"""Nothing forged, nothing inside: one crawl of servers that try, and what came of each try."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import replay
from archive.library import Library
from archive.web.surt import surt
from hostile_crawl import (
    FORGED,
    INWARD,
    NOWHERE,
    ODD_LINKS,
    ROBOTS,
    HostileCrawl,
    credentials,
    hostile_crawl,
)
from wire_crawl import path_of

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileCrawl]:
    with (
        Library.create(tmp_path_factory.mktemp("hostile") / "library", "hostile") as library,
        hostile_crawl(library) as crawled,
    ):
        yield crawled


def content(library: Library) -> Iterator[tuple[Path, bytes]]:
    """All files of a library but its sources, WARC files unpacked."""
    for path in sorted(library.path.rglob("*")):
        if path.is_file() and "sources" not in path.parts:
            data = path.read_bytes()
            yield path, gzip.decompress(data) if path.suffix == ".gz" else data


def test_the_crawl_ends_and_says_one_thing_the_proxies_that_it_does_not_use(
    hostile: HostileCrawl,
) -> None:
    assert hostile.done.returncode == 1  # some of these sources cannot be crawled at all
    (line, *others) = hostile.done.stderr.splitlines()
    words = "HTTPS_PROXY, HTTP_PROXY: proxies are not used, requests go out directly"
    assert line.endswith(words)
    assert others
    assert all(re.match(r"backissue: [\w-]+: aborted: ", other) for other in others), others


# Addresses


def test_nobody_came_to_the_trap(hostile: HostileCrawl) -> None:
    assert (hostile.trap.accepted, hostile.trap.received) == (0, [])


def refusals(place: str) -> tuple[str, ...]:
    """Outcomes of a try: some resolvers know no name or number with a dot at its end."""
    return ("error:private_address", *(["error:dns"] if place.endswith(".") else []))


@pytest.mark.parametrize("number", range(len(INWARD)))
def test_no_spelling_of_a_private_address_is_asked(hostile: HostileCrawl, number: int) -> None:
    (row,) = [
        row
        for url, rows in hostile.log.items()
        for row in rows
        if url.endswith(f"/direct/{number}")
    ]
    assert row["outcome"] in refusals(INWARD[number])
    assert row["detail"]
    assert row["warc_record_id"] is None


@pytest.mark.parametrize("number", range(len(INWARD)))
def test_a_redirect_to_one_is_kept_and_not_followed(hostile: HostileCrawl, number: int) -> None:
    (hop,) = hostile.log[f"http://inward.example/inward/{number}"]
    assert (hop["outcome"], hop["fetch_status"]) == ("redirected", 302)
    assert hop["warc_record_id"]
    target = hop["detail"].removeprefix("to ")
    assert set(hostile.outcomes(target)) & set(refusals(INWARD[number]))


@pytest.mark.parametrize("number", range(len(NOWHERE)))
def test_a_redirect_to_no_web_address_is_kept_and_said(hostile: HostileCrawl, number: int) -> None:
    (row,) = hostile.log[f"http://inward.example/nowhere/{number}"]
    assert row["outcome"] == "error:bad_redirect", NOWHERE[number]
    assert row["warc_record_id"]


def test_a_sitemap_that_leads_inside_is_not_followed(hostile: HostileCrawl) -> None:
    assert hostile.outcomes("http://mapped.example/sitemap.xml") == ["redirected"]
    target = f"http://127.0.0.1:{hostile.trap.port}/sitemap.xml"
    assert hostile.outcomes(target) == ["error:private_address"]


# URLs


def test_odd_links_are_asked_for_in_legal_characters(hostile: HostileCrawl) -> None:
    asked = [path_of(request) for request in hostile.site.received if b"bcher" in request]
    for path in ODD_LINKS.values():
        assert asked.count(path) == 1, path
    for request in hostile.site.received:
        assert b"X-Forged: 1" not in request.split(b"\r\n")
        line, *fields = request.removesuffix(b"\r\n\r\n").split(b"\r\n")
        assert line.count(b" ") == 2
        assert all(b": " in one for one in fields)


def test_targets_of_records_are_uris_and_have_the_keys_of_the_tables(hostile: HostileCrawl) -> None:
    rows = {row["warc_record_id"]: row for row in hostile.library.captures()}
    for capture in hostile.captures:
        assert capture.url.isascii()
        assert capture.url.isprintable()
        assert not set(capture.url) & set(' "<>\\^`{|}#')
        assert rows[capture.warc_record_id]["url"] == capture.url
        assert rows[capture.warc_record_id]["url_surtkey"] == surt(capture.url)


@pytest.mark.skipif(not replay.wayback().exists(), reason="pywb is not installed")
def test_keys_are_those_of_pywb(hostile: HostileCrawl) -> None:
    urls = sorted({capture.url for capture in hostile.captures})
    script = "import json, sys, surt; json.dump([surt.surt(u) for u in json.load(sys.stdin)], sys.stdout)"
    done = subprocess.run(
        [str(replay.environment() / "bin/python"), "-c", script],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=True,
    )
    assert [surt(url) for url in urls] == json.loads(done.stdout)


def test_an_ipv6_literal_is_asked_and_named_without_brackets(hostile: HostileCrawl) -> None:
    if hostile.ipv6 is None:
        pytest.skip("no IPv6 loopback here")
    url = f"http://[::1]:{hostile.ipv6.port}/literal"
    (capture,) = [one for one in hostile.captures if one.url == url]
    assert (capture.ip_address, capture.status) == ("::1", 200)
    assert f"\r\nHost: [::1]:{hostile.ipv6.port}\r\n".encode() in capture.request


# Forgeries and secrets


def test_no_link_adds_a_line_or_a_field(hostile: HostileCrawl) -> None:
    for path, data in content(hostile.library):
        assert b"\nX-Forged" not in data, path
    asked = {path_of(one.request) for one in hostile.captures if "X-Forged" in one.url}
    assert asked == set(filter(None, FORGED.values()))


def test_no_password_is_sent_kept_or_said(hostile: HostileCrawl) -> None:
    after = [one for one in hostile.captures if one.url.endswith("/after")]
    assert [one.url for one in after] == ["http://inward.example/after"]
    for secret in credentials():
        assert secret.decode() not in hostile.done.stderr
        assert not [one for one in hostile.site.received if secret in one]
        told = [
            path.name
            for path, data in content(hostile.library)
            # What servers sent stands as it came: the redirect and the feed that name it.
            if secret in data and path.suffix not in (".gz", ".parquet", ".arrow")
        ]
        assert told == []
        assert not any(secret in str(row).encode() for row in hostile.library.crawl_log())
        assert not any(secret in str(row).encode() for row in hostile.library.articles())
        assert not any(secret in one.request for one in hostile.captures)
        assert not any(secret in one.url.encode() for one in hostile.captures)


def test_no_request_names_a_proxy_or_a_user(hostile: HostileCrawl) -> None:
    for request in hostile.site.received:
        names = {line.partition(b":")[0].lower() for line in request.split(b"\r\n")[1:]}
        assert not names & {
            b"authorization",
            b"proxy-authorization",
            b"cookie",
            b"proxy-connection",
        }


# robots.txt


ALLOWED = {"open": "fetched", "private/x": "fetched"}
RULED = {"open": "fetched", "private/x": "robots"}


def refused(kind: str, how: str = "error") -> dict[str, str]:
    return {"open": f"{how}:{kind}", "private/x": f"{how}:{kind}"}


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("rules", RULED),
        ("marked", RULED),
        ("utf-16", RULED),
        ("big", RULED),
        ("page", ALLOWED),
        ("empty", ALLOWED),
        ("missing", ALLOWED),
        ("gone", ALLOWED),
        ("unauthorized", ALLOWED),
        ("forbidden", ALLOWED),
        ("broken", refused("robots_unavailable", "blocked")),
        ("silent", refused("timeout")),
        ("cut", refused("disconnect")),
        ("elsewhere", RULED),
        ("looping", ALLOWED),
        ("nowhere", ALLOWED),
        ("inward", refused("private_address")),
    ],
)
def test_what_robots_txt_says_and_how_decides(
    hostile: HostileCrawl, name: str, outcomes: dict[str, str]
) -> None:
    assert name in ROBOTS
    host = f"{name}.robots.example"
    found = {path: hostile.outcomes(f"http://{host}/{path}") for path in outcomes}
    assert found == {path: [outcome] for path, outcome in outcomes.items()}
    asked = [path_of(r) for r in hostile.site.received if f"Host: {host}\r\n".encode() in r]
    fetched = {f"/{path}" for path, outcome in outcomes.items() if outcome == "fetched"}
    assert set(asked) - {"/robots.txt"} == fetched


def test_every_answer_for_robots_txt_is_archived(hostile: HostileCrawl) -> None:
    rows = [row for row in hostile.library.captures() if row["subset"] == "robotstxt"]
    hosts = {row["url_host_name"].partition(".")[0] for row in rows}
    assert hosts >= ROBOTS.keys() - {"silent"}
    assert all(row["url"].endswith("/robots.txt") for row in rows)
    warcinfo = next(data for path, data in content(hostile.library) if path.suffix == ".gz")
    assert b"\r\nrobots: obey\r\n" in warcinfo.partition(b"\r\n\r\n\r\n")[0]
