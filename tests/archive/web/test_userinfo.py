from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.userinfo import hide_userinfo

PASSWORDS = (
    *("hush", "hu:sh", "hu/sh", "hu?sh", "hu#sh", "hu@sh", "hu@s/h", "hu/s@h", "a@b/hush", "hu sh"),
    *("hu'sh", 'hu"sh', "hu\\sh", "hush,x", "häsh-ü", "%68ush", "hu]sh", "hu[sh", "1234hush"),
    *("hush..", "hu\nsh"),
)
PARTS = ("hush", "hu", "sh", "häsh", "%68ush")
STARTS = (
    "https://",
    "http://",
    "HTTPS://",
    "https:/",
    "https:",
    "https:\\\\",
    "//",
    "ftp://",
    "s3:/",
)


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("start", STARTS)
def test_a_password_is_hidden_wherever_the_url_stands(start: str, password: str) -> None:
    url = f"{start}reader:{password}@quay.example/a?b=1"
    texts = (
        url,
        f"{url}: expected another one",
        f"no source {url!r}: none yet",
        f"see {url}, then go on",
        f"not {json.dumps([url])}",
        f"crawl --recheck {url} --quiet",
    )
    for text in texts:
        shown = hide_userinfo(text)
        assert "reader" not in shown, text
        assert not any(part in shown.replace("https", "") for part in PARTS), text
        assert "***@quay.example/a?b=1" in shown
        assert hide_userinfo(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://token@quay.example/", "https://***@quay.example/"),
        ("reader:hush@quay.example", "***@quay.example"),
        ("https://two words:hush@quay.example/", "https://***@quay.example/"),
        ("https://a:b@[::1]:80/x", "https://***@[::1]:80/x"),
        ("x https://a:b@c/ and https://d:e@f/", "x https://***@c/ and https://***@f/"),
        ("?next=https://a:b@quay.example/", "?next=https://***@quay.example/"),
    ],
)
def test_what_is_shown_instead(text: str, shown: str) -> None:
    assert hide_userinfo(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://review.example/@reader",
        "https://review.example:8080/@reader/1",
        "https://review.example/?mail=a@b.example",
        "https://review.example/x: ask archive@example.org",
        "see https://review.example: ask archive@example.org",
        "see https://review.example:8080, or ask archive@example.org",
        "http://[::1]:80/x ask archive@example.org",
        "mailto:archive@example.org",
        "/srv/library: ask archive@example.org",
        "pid 7 on quay since 2026-11-23T06:00:00Z (backissue crawl review)",
        "the field: value@home",
        "10:30: a@b",
        "https://@review.example//@reader/",
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert hide_userinfo(text) == text


@given(st.text(), st.text(st.characters(categories=("L", "N")), min_size=5, max_size=9), st.text())
def test_no_password_is_left_whatever_stands_around_it(
    before: str, password: str, after: str
) -> None:
    text = f"{before} https://reader:{password}~@quay.example/ {after}"
    assert f"{password}~@" not in hide_userinfo(text)


@pytest.mark.parametrize(
    "piece", ["/", "\\", "http:", "http:,", "//", "a:/", "//a:", "x@", " ", "h:"]
)
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    began = time.perf_counter()
    hide_userinfo("@" + piece * (8000 // len(piece)))
    hide_userinfo(piece * (8000 // len(piece)) + "@")
    assert time.perf_counter() - began < 2
