from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.library import Library
from archive.source import Source
from crawlers.secrets import redact, secrets_of
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


@pytest.mark.parametrize("headers", [{"Coo kie": "A"}, {"Cookie": "key=abc"}, {"X\r\nY": "A"}])
def test_a_value_in_the_source_file_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="name"):
        source(**headers)


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
