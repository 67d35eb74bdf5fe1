from __future__ import annotations

import gzip
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.library import Library
from archive.source import Source
from crawlers.capture.secret_headers import may_hear, redact, secrets_of, with_one_cookie_field
from loopback import Answer, crawled, serving

TAIL = b"Accept: */*\r\n\r\nAuthorization: not a field, but a body"


def test_secrets_are_replaced_and_named_and_the_rest_stands() -> None:
    request = b"GET / HTTP/1.1\r\nauthorization: Basic dTpw\r\nCOOKIE:a=1\r\n" + TAIL
    assert redact(request) == (
        b"GET / HTTP/1.1\r\nauthorization: [redacted]\r\nCOOKIE: [redacted]\r\n" + TAIL,
        ("authorization", "COOKIE"),
    )


def test_a_request_without_secrets_is_kept_as_it_was_sent() -> None:
    request = b"GET /?Authorization: HTTP/1.1\r\nX-Authorization: x\r\n" + TAIL
    assert redact(request) == (request, ())


@given(st.text("abcXYZ0189+/=", min_size=8, max_size=40))
def test_no_value_of_a_secret_field_is_left(value: str) -> None:
    fields = "".join(f"{n}: {value}\r\n" for n in ("Proxy-Authorization", "cookie"))
    found, names = redact(f"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode())
    assert value.encode() not in found
    assert len(names) == 2


def source(**headers: str) -> Source:
    fields = {"url": "http://paid.example/", "pages": ["/one", "/away"], "delay": 0.0}
    return Source.model_validate({**fields, "headers": headers})


def test_values_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAID_COOKIE", "reader=7; key=abc")
    assert secrets_of(source(Cookie="PAID_COOKIE")) == (("Cookie", "reader=7; key=abc"),)
    for value, said in (("", "is not set"), ("a\r\nX: y", "no line of ASCII")):
        monkeypatch.setenv("PAID_COOKIE", value)
        with pytest.raises(UsageError, match=said):
            secrets_of(source(Cookie="PAID_COOKIE"))


NAMED = "named.other.example"
HOSTS = (
    *("review.github.io", "www.review.github.io", "feeds.review.github.io", "attacker.github.io"),
    *("github.io", "www.github.io", "other.example", NAMED, f"www.{NAMED}", f"feeds.{NAMED}"),
    *("review.github.io.", "www.www.review.github.io", "xreview.github.io", "127.0.0.1", "[::1]"),
)
TOLD = ("review.github.io", "www.review.github.io", NAMED)
ADDRESSES = {
    f"{scheme}://{host}{port}/a"
    for scheme, host, port in product(
        ("http", "https"), HOSTS, ("", ":80", ":443", ":8080", ":8443")
    )
}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://review.github.io/", {"https://": ("", ":443")}),
        ("https://www.review.github.io:443/x", {"https://": ("", ":443")}),
        ("http://review.github.io/", {"http://": ("", ":80"), "https://": ("", ":443")}),
        ("https://review.github.io:8443/", {"https://": (":8443",)}),
        ("http://www.review.github.io:8080/", {"http://": (":8080",), "https://": (":8080",)}),
    ],
)
def test_who_may_hear_by_host_scheme_and_port(url: str, told: dict[str, tuple[str, ...]]) -> None:
    magazine = Source(url=url, header_hosts=(NAMED,))
    assert {address for address in ADDRESSES if may_hear(magazine, address)} == {
        f"{scheme}{host}{port}/a" for scheme in told for host in TOLD for port in told[scheme]
    }


@pytest.mark.parametrize(
    ("url", "hosts", "address", "hears"),
    [
        ("https://review.example/", (), "HTTPS://WWW.Review.Example/x?y#z", True),
        ("https://review.example/", (), "https://review.example:/x", True),
        ("https://review.example/", (), "https://review。example/x", True),
        ("https://review.example/", (), "https://review.example@attacker.example/", False),
        ("https://review.example/", (), "https://review.example:443@attacker.example/", False),
        ("https://review.example/", (), "https://review.example\\@attacker.example/", False),
        ("https://review.example/", (), "https://attacker.example/@review.example/", False),
        ("https://review.example/", (), "https://attacker.example#@review.example/", False),
        ("https://review.example/", (), "https://review.example.attacker.example/", False),
        ("https://review.example/", (), "https://%72eview.example/", False),
        ("https://review.example/", (), "https://review.example:99999/", False),
        ("https://review.example/", (), "//review.example/", False),
        ("https://review.example/", (), "ftp://review.example/", False),
        ("https://review.example/", (), "https://[:::]/", False),
        ("https://review.example/", (), "", False),
        ("https://bücher.example/", (), "https://xn--bcher-kva.example/", True),
        ("https://xn--bcher-kva.example/", (), "https://www.bücher.example/", True),
        (
            "https://a.example/",
            ("FEEDS.Bücher.example",),
            "https://feeds.xn--bcher-kva.example/",
            True,
        ),
        ("https://a.example/", ("b.example",), "http://b.example/", False),
        ("https://a.example/", ("b.example",), "https://b.example:8443/", False),
        ("https://a.example/", ("b.example",), "https://www.b.example/", False),
        ("https://a.example:8443/", ("b.example",), "https://b.example:8443/", True),
        ("http://[::1]:8080/", (), "http://[0:0:0:0:0:0:0:1]:8080/x", True),
        ("http://[::1]:8080/", ("::2", "127.0.0.1"), "http://[::2]:8080/x", True),
        ("http://[::1]:8080/", ("::2", "127.0.0.1"), "http://127.0.0.1:8080/x", True),
        ("http://127.0.0.1/", (), "http://www.127.0.0.1/", False),
        ("https://github.io/", (), "https://www.github.io/", False),
        ("https://www.co.uk/", (), "https://co.uk/", False),
        ("https://www.github.io/", (), "https://www.github.io/", True),
        ("http://localhost/", (), "http://localhost/", True),
    ],
)
def test_odd_addresses(url: str, hosts: tuple[str, ...], address: str, hears: bool) -> None:
    assert may_hear(Source(url=url, header_hosts=hosts), address) is hears


def test_where_a_crawl_goes_is_not_who_hears() -> None:
    magazine = Source(url="https://review.github.io/")
    assert magazine.in_scope("http://attacker.github.io/x")
    assert not may_hear(magazine, "http://attacker.github.io/x")
    elsewhere = Source(url="https://review.github.io/", header_hosts=(NAMED,))
    assert not elsewhere.in_scope(f"https://{NAMED}/x")
    assert may_hear(elsewhere, f"https://{NAMED}/x")


def test_they_go_to_the_magazine_alone_and_into_no_file(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAID_TOKEN", "hush-hush-4711")
    with serving() as host:
        host.answer = lambda name, path, _: (
            Answer("", 302, {"Location": "http://other.example/x"}) if path == "/away" else Answer()
        )
        crawled(library, host, source(**{"X-Reader": "PAID_TOKEN"}))
        sent = {(one.host, one.path): one.fields.get("x-reader") for one in host.log}
    assert sent["paid.example", "/one"] == sent["paid.example", "/away"] == "hush-hush-4711"
    assert sent["other.example", "/x"] is None
    assert sent["other.example", "/robots.txt"] is None
    captures = library.path.glob("warc/**/*.warc.gz")
    texts = [gzip.decompress(path.read_bytes()) for path in captures]
    assert any(b"X-Reader: [redacted]" in text for text in texts)
    for path in library.path.rglob("*"):
        if path.is_file():
            assert b"hush-hush" not in path.read_bytes()
    assert not any(b"hush-hush" in text for text in texts)


def test_cookies_of_the_source_and_of_redirects_stand_in_one_field() -> None:
    accept, own, set_on_the_way = (b"Accept", b"*/*"), (b"cookie", b"a=1"), (b"Cookie", b"b=2")
    assert with_one_cookie_field([accept, own]) == [accept, own]
    assert with_one_cookie_field([set_on_the_way, accept, own]) == [
        accept,
        (b"Cookie", b"b=2; a=1"),
    ]
