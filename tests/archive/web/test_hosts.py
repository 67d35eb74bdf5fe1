"""Hosts into their parts: suffixes, domains and labels, without network or cache."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.hosts import HostParts, host_of, host_parts, registered_domain, split_url


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("review.example", "review.example"),
        ("www.review.example", "review.example"),
        ("a.b.c.review.co.uk", "review.co.uk"),
        ("WWW.Review.Example.", "review.example"),
        ("blog.github.io", "github.io"),
        ("city.kobe.jp", "city.kobe.jp"),
        ("a.city.kobe.jp", "city.kobe.jp"),
        ("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("co.uk", "co.uk"),
        ("uk", "uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("", ""),
    ],
)
def test_every_host_belongs_to_a_domain(host: str, domain: str) -> None:
    assert registered_domain(host) == domain


def test_a_url_has_all_the_columns_of_common_crawl() -> None:
    assert host_parts("https://a.news.review.co.uk:8443/a/b?c=d#e") == HostParts(
        host_name="a.news.review.co.uk",
        tld="uk",
        second_last="co",
        third_last="review",
        fourth_last="news",
        fifth_last="a",
        registry_suffix="co.uk",
        registered_domain="review.co.uk",
        private_suffix="co.uk",
        private_domain="review.co.uk",
        name_reversed="uk.co.review.news.a",
        protocol="https",
        port=8443,
        path="/a/b",
        query="c=d",
    )


def test_a_private_suffix_is_told_from_the_registry_s() -> None:
    parts = host_parts("http://www.magazine.github.io/")
    assert (parts.registry_suffix, parts.registered_domain) == ("io", "github.io")
    assert (parts.private_suffix, parts.private_domain) == ("github.io", "magazine.github.io")


def test_a_private_suffix_alone_has_no_private_domain() -> None:
    parts = host_parts("http://github.io/")
    assert (parts.registered_domain, parts.private_suffix) == ("github.io", "github.io")
    assert parts.private_domain is None


def test_a_suffix_that_no_list_has_is_the_last_label() -> None:
    parts = host_parts("http://www.review.nowhere/")
    assert parts.registry_suffix == parts.private_suffix == "nowhere"
    assert parts.registered_domain == parts.private_domain == "review.nowhere"


@pytest.mark.parametrize(
    ("url", "name"),
    [("http://127.0.0.1/a?b", "127.0.0.1"), ("http://[2001:db8::1]/a?b", "2001:db8::1")],
)
def test_an_address_has_no_parts(url: str, name: str) -> None:
    assert host_parts(url) == HostParts(host_name=name, protocol="http", path="/a", query="b")


def test_a_single_label_is_a_top_level_domain_and_nothing_below() -> None:
    assert host_parts("http://localhost:8300/") == HostParts(
        host_name="localhost",
        tld="localhost",
        registry_suffix="localhost",
        private_suffix="localhost",
        name_reversed="localhost",
        protocol="http",
        port=8300,
        path="/",
    )


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://review.example/", None),
        ("http://review.example:80/", None),
        ("https://review.example:443/", None),
        ("http://review.example:443/", 443),
        ("https://review.example:80/", 80),
        ("https://review.example:/", None),
    ],
)
def test_only_a_port_of_its_own_is_named(url: str, port: int | None) -> None:
    assert host_parts(url).port == port


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("http://review.example", "", None),
        ("http://review.example/A%20b;c", "/A%20b;c", None),
        ("http://review.example/a?", "/a", ""),
        ("http://review.example/a?b?c", "/a", "b?c"),
        ("http://review.example/a#?b", "/a", None),
    ],
)
def test_path_and_query_stay_as_they_are(url: str, path: str, query: str | None) -> None:
    parts = host_parts(url)
    assert (parts.path, parts.query) == (path, query)


@pytest.mark.parametrize("url", ["http://[::1/", "http://review.example:x/", "", "http://"])
def test_what_has_no_host_has_no_parts(url: str) -> None:
    parts = host_parts(url)
    assert parts.host_name is None
    assert parts.tld is parts.registered_domain is parts.name_reversed is parts.path is None


@given(st.text(max_size=60) | st.text(max_size=40).map("http://".__add__))
def test_nothing_makes_it_fail(text: str) -> None:
    parts = host_parts(text)
    assert parts.host_name is None or parts.host_name == parts.host_name.lower()
    assert registered_domain(text) == registered_domain(text)


def test_no_network_and_no_file_is_needed(tmp_path) -> None:
    program = """
import socket, sys, tempfile
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"{event} {args}")
    if event == "open" and isinstance(args[2], int) and args[2] & 0o3 and "pyc" not in str(args[0]):
        raise SystemExit(f"writes {args[0]}")
sys.addaudithook(refuse)
from archive.web.hosts import registered_domain
print(registered_domain("www.review.co.uk"))
"""
    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        env={"HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("review.co.uk", "", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Review.example:8443/a", "review.example"),
        ("http://user:pass@review.example/", "review.example"),
        ("http://review.example:99999/a", ""),
        ("http://[::1/x", ""),
        ("http:///p", ""),
        ("urn:x:y", ""),
    ],
)
def test_the_host_of_an_address_is_empty_where_it_has_none(url: str, host: str) -> None:
    assert host_of(url) == host


@given(st.text())
def test_a_url_is_split_or_is_none(text: str) -> None:
    parts = split_url("http://" + text)
    assert parts is None or parts.scheme == "http"
    assert parts is None or parts.port is None or 0 <= parts.port <= 65535
