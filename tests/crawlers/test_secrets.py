from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawlers.secrets import redact

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
