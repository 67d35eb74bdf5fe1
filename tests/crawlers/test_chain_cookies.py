"""Who hears of a cookie that a redirect set."""

from __future__ import annotations

import pytest

from crawlers.chain_cookies import ChainCookies


@pytest.mark.parametrize(
    ("at", "field", "heard", "not_heard"),
    [
        ("http://tide.example/a/b", "s=1; Path=/", "http://tide.example/c", "http://www.tide.example/"),
        ("http://tide.example/a/b", "s=1", "http://tide.example/a/c", "http://tide.example/c"),
        ("http://www.tide.example/", "s=1; Domain=tide.example", "http://tide.example/", "http://ide.example/"),
        ("http://www.tide.example/", "s=1; domain=.tide.example; path=/", "http://m.tide.example/x", "http://tide.test/"),
        ("https://tide.example/", "s=1; Secure; HttpOnly; SameSite=None", "https://tide.example/x", "http://tide.example/x"),
        ("http://127.0.0.1:8080/", "s=1; Path=/", "http://127.0.0.1:8080/x", "http://127.0.0.2/"),
        ("http://tide.example/", "s=1; Expires=Wed, 09-Nov-2044 23:12:40 GMT", "http://tide.example/x", "http://ebb.example/"),
    ],
)  # fmt: skip
def test_a_cookie_is_heard_by_the_hosts_it_belongs_to(
    at: str, field: str, heard: str, not_heard: str
) -> None:
    cookies = ChainCookies()
    cookies.take(at, [field])
    assert cookies.field(heard) == "s=1"
    assert cookies.field(not_heard) is None


@pytest.mark.parametrize(
    "field",
    [
        "s=1; Domain=co.uk; Path=/",
        "s=1; Domain=.uk; Path=/",
        "s=1; Domain=other.co.uk; Path=/",
        "s=1; Max-Age=0; Path=/",
        "s=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
        "s=\xe9; Path=/",
        "s=a\x01b; Path=/",
        "",
    ],
)
def test_a_cookie_that_is_nobody_s_is_not_kept(field: str) -> None:
    cookies = ChainCookies()
    cookies.take("http://tide.co.uk/", [field])
    assert cookies.field("http://tide.co.uk/") is None


def test_a_cookie_for_all_customers_of_a_provider_is_not_kept() -> None:
    cookies = ChainCookies()
    cookies.take("http://tide.github.io/", ["s=1; Domain=github.io; Path=/"])
    assert cookies.field("http://ebb.github.io/") is None


def test_a_later_cookie_replaces_an_earlier_one_and_may_end_it() -> None:
    cookies = ChainCookies()
    cookies.take("http://tide.example/", ["a=1; Path=/", "b=1; Path=/"])
    cookies.take("http://tide.example/x", ["a=2; Path=/", "b=; Path=/; Max-Age=0"])
    assert cookies.field("http://tide.example/") == "a=2"


def test_no_field_grows_beyond_what_servers_take() -> None:
    cookies = ChainCookies()
    cookies.take("http://tide.example/", [f"c{n}={'x' * 4000}; Path=/" for n in range(3)])
    assert cookies.field("http://tide.example/") is None
