from __future__ import annotations

import gzip
import http.client
import socket
from time import monotonic
from typing import Any

import pytest

from backissue.sample import SampleMagazines

HOME = "http://tideline.example/"
BREAD = "http://understorey.example/practice/bread-for-a-cold-kitchen"
ICE = "http://tideline.example/2026/04/the-ice-plant-at-the-end-of-the-quay/"
MOVED = {
    "http://tideline.example/2026/03/lighthouse-ownership/": "/2026/03/who-owns-a-lighthouse-with-nobody-in-it/",
    "http://understorey.example/2026/seed-library": "/reports/the-seed-library-of-row-nine",
}


def raw(site: SampleMagazines, request: bytes) -> bytes:
    """What the server sends on one connection until it closes it."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_every_piece_is_served_at_its_address(site: SampleMagazines, fetch: Any) -> None:
    for piece in site.pieces():
        answer = fetch(piece.url)
        assert answer.status == 200
        assert piece.blocks[0].text[:20] in answer.body.decode()


def test_the_host_tells_the_magazines_apart_and_any_other_is_the_first(fetch: Any) -> None:
    assert b"<title>Understorey |" in fetch("http://understorey.example/").body
    assert b"<title>Understorey |" in fetch("http://understorey.localhost:8080/").body
    assert fetch("http://127.0.0.1/").body == fetch(HOME).body


def test_resolve_says_where_the_hosts_are(site: SampleMagazines) -> None:
    names = ("tideline", "understorey", "branchline", "quarry")
    assert site.hosts == tuple(f"{name}.example" for name in names)
    assert site.resolve[0] == f"tideline.example:80:127.0.0.1:{site.port}"
    assert [magazine.url for magazine in site.magazines] == [
        f"http://{host}/" for host in site.hosts[:3]
    ]


@pytest.mark.parametrize("url", [HOME, BREAD, ICE])
def test_a_known_copy_is_not_sent_again(fetch: Any, url: str) -> None:
    first = fetch(url)
    for known in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
        again = fetch(url, If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert fetch(url, If_Modified_Since=first.headers["Last-Modified"]).status == 304


def test_an_older_copy_is_replaced(fetch: Any) -> None:
    stale = "Thu, 01 Jan 2026 00:00:00 GMT"
    assert fetch(ICE, If_None_Match='"other"').status == 200
    assert fetch(ICE, If_Modified_Since=stale).status == 200
    assert fetch(ICE, If_Modified_Since="yesterday").status == 200
    newer = "Fri, 01 Jan 2027 00:00:00 GMT"
    assert fetch(ICE, If_None_Match='"other"', If_Modified_Since=newer).status == 200


def test_gzip_is_sent_only_to_those_who_take_it(fetch: Any) -> None:
    plain, coded = fetch(ICE), fetch(ICE, Accept_Encoding="br, gzip;q=0.8")
    assert plain.headers["Content-Encoding"] is None
    assert coded.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(coded.body) == plain.body
    assert coded.body[4:8] == b"\0\0\0\0"
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert coded.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert fetch(ICE, Accept_Encoding="gzip;q=0").headers["Content-Encoding"] is None
    assert fetch(ICE, If_None_Match=coded.headers["ETag"], Accept_Encoding="gzip").status == 304


def test_pages_of_understorey_come_in_chunks(site: SampleMagazines, fetch: Any) -> None:
    head = b"GET %b HTTP/1.1\r\nHost: understorey.example\r\nConnection: close\r\n\r\n"
    answer = raw(site, head % b"/practice/bread-for-a-cold-kitchen")
    fields, _, body = answer.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in fields
    assert b"Content-Length" not in fields
    assert body.startswith(b"1000\r\n")
    assert body.endswith(b"\r\n0\r\n\r\n")
    assert fetch(BREAD).headers["Transfer-Encoding"] == "chunked"
    assert fetch(ICE).headers["Content-Length"] == str(len(fetch(ICE).body))


def test_http_1_0_gets_no_chunks(site: SampleMagazines, fetch: Any) -> None:
    answer = raw(site, b"GET /about HTTP/1.0\r\nHost: understorey.example\r\n\r\n")
    assert answer.partition(b"\r\n\r\n")[2] == fetch("http://understorey.example/about").body


@pytest.mark.parametrize("url", MOVED)
def test_an_old_address_leads_to_the_new_one(site: SampleMagazines, fetch: Any, url: str) -> None:
    answer = fetch(url)
    assert (answer.status, answer.headers["Location"]) == (301, MOVED[url])
    assert url in {piece.announced_url for piece in site.pieces()}


def test_what_is_not_there_is_not_found(fetch: Any) -> None:
    assert fetch("http://tideline.example/press-kit/").status == 404
    assert fetch(HOME, method="POST").status == 405


def test_head_gives_the_fields_alone(fetch: Any) -> None:
    whole, head = fetch(ICE), fetch(ICE, method="HEAD")
    assert head.body == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified"):
        assert head.headers[name] == whole.headers[name]


def test_a_picture_is_served_as_it_is(site: SampleMagazines, fetch: Any) -> None:
    piece = site.pieces()[0]
    answer = fetch(f"http://{piece.magazine.host}{piece.picture_path}", Accept_Encoding="gzip")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.body.startswith(b"\x89PNG")


def test_a_flaky_page_is_ill_once() -> None:
    with SampleMagazines(flaky=True) as site:
        path = site.flaky_url.removeprefix("http://understorey.example")
        request = b"GET %b HTTP/1.1\r\nHost: understorey.example\r\nConnection: close\r\n\r\n"
        first, second = (raw(site, request % path.encode()) for _ in range(2))
    assert first.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: 1\r\n" in first
    assert second.startswith(b"HTTP/1.1 200 ")


def test_no_page_is_ill_unless_asked_for(site: SampleMagazines, fetch: Any) -> None:
    assert fetch(site.flaky_url).status == 200


def test_advancing_serves_the_second_edition(site: SampleMagazines, fetch: Any) -> None:
    before = {url: fetch(url).headers["ETag"] for url in (HOME, BREAD, ICE)}
    old = {piece.url for piece in site.pieces()}
    site.advance()
    assert site.edition == 2
    statuses = {url: fetch(url, If_None_Match=etag).status for url, etag in before.items()}
    assert statuses == {HOME: 200, BREAD: 304, ICE: 200}
    new = {piece.url for piece in site.pieces()} - old
    assert len(new) == 2
    assert {fetch(url).status for url in new} == {200}


def test_the_log_tells_who_asked_for_what(site: SampleMagazines, fetch: Any) -> None:
    started = monotonic()
    fetch(HOME, User_Agent="reader/1")
    fetch("http://understorey.example/nothing?x=1", User_Agent="reader/2")
    first, second = site.log
    assert first[:5] == ("GET", "tideline.example", "/", 200, "reader/1")
    assert second[:5] == ("GET", "understorey.example", "/nothing?x=1", 404, "reader/2")
    assert started <= first.time <= second.time <= monotonic()


def test_closing_drops_connections_that_were_kept_alive() -> None:
    with SampleMagazines() as site:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
        connection.request("GET", "/about/")
        assert connection.getresponse().read()
    assert connection.sock.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", site.port), timeout=5)
