from __future__ import annotations

import pytest

from crawlers.wire import ExchangeFailed
from crawlers.wire.request import Origin, compose


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("http://a.example", Origin("http", "a.example", 80), b"/"),
        ("HTTPS://A.Example?q=1#x", Origin("https", "a.example", 443), b"/?q=1"),
        ("http://a.example:8080/a/../b//c?", Origin("http", "a.example", 8080), b"/a/../b//c?"),
        ("http://user:p@ss@a.example/%7Ex", Origin("http", "a.example", 80), b"/%7Ex"),
        ("http://[2001:DB8::1]:81/", Origin("http", "2001:db8::1", 81), b"/"),
        ("https://bücher.example/", Origin("https", "xn--bcher-kva.example", 443), b"/"),
        ("http://a_b.example./x" + "y" * 8192, Origin("http", "a_b.example.", 80), b"/x" + b"y" * 8192),
    ],
)  # fmt: skip
def test_a_url_becomes_an_origin_and_a_target(url, origin, target):
    request = compose("GET", url, [])
    assert request.origin == origin
    assert request.data == b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, str(origin).encode())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/", "file:///etc/passwd", "data:,x", "s3://a/b", "a.example", "http://", "http:///x",
        "http://a.example/a b", "http://a.example/\r\nX: y", "http://a.example/\x00", "http://a.example/\t",
        "http://a.example/é", "http://a\r\n.example/", "http://a b.example/", "http://%31%32.example/",
        "http://a.example:99999/", "http://a.example:0/", "http://a.example:x/", "http://a..example/",
        "http://[fe80::1%25eth0]/", "http://a.example\\@b.example:80\\/", f"http://{'a' * 64}.example/",
        "http://℀.example/", "http://a:b@c:d/", "\nhttp://a.example/",
    ],
)  # fmt: skip
def test_a_url_that_cannot_be_sent_as_it_stands_is_refused(url):
    with pytest.raises(ExchangeFailed) as failed:
        compose("GET", url, [])
    assert failed.value.kind == "bad_request"
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize(
    "field",
    [
        (b"X-A", b"b\r\nX-C: d"), (b"X-A", b"b\nc"), (b"X-A", b"b\rc"), (b"X-A", b"b\x00c"), (b"X A", b"b"),
        (b"X-A:", b"b"), (b"", b"b"), (b"X-A\r\nX-B", b"b"), (b"Content-Length", b"7"),
        (b"Transfer-Encoding", b"chunked"),
    ],
)  # fmt: skip
def test_a_field_that_would_change_the_message_is_refused(field):
    with pytest.raises(ExchangeFailed, match="bad_request"):
        compose("GET", "http://a.example/", [field])


@pytest.mark.parametrize("method", ["", "GET /x", "GET\r\n", "GÉT", "CONNECT", "connect"])
def test_a_method_that_is_none_is_refused(method):
    with pytest.raises(ExchangeFailed, match="bad_request"):
        compose(method, "http://a.example/", [])


def test_fields_keep_order_case_and_bytes_and_a_host_that_is_given():
    fields = [(b"x-lower", b"caf\xe9\t!"), (b"HOST", b"other.example"), (b"x-lower", b"")]
    assert compose("GET", "http://a.example/", fields).data == (
        b"GET / HTTP/1.1\r\nx-lower: caf\xe9\t!\r\nHOST: other.example\r\nx-lower: \r\n\r\n"
    )


def test_two_hosts_are_refused():
    with pytest.raises(ExchangeFailed, match="bad_request"):
        compose("GET", "http://a.example/", [(b"Host", b"a.example"), (b"host", b"b.example")])


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [("GET", b"", b""), ("POST", b"", b"0"), ("POST", b"abc", b"3"), ("GET", b"ab", b"2")],
)
def test_a_body_has_its_length(method, body, length):
    head, _, sent = compose(method, "http://a.example/", [], body).data.partition(b"\r\n\r\n")
    assert sent == body
    assert head.partition(b"Content-Length: ")[2] == length
