from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from archive.source import Source, archive_periods, check_name, check_url, name_from_url
from archive.types import Seed


def source(**fields: Any) -> Source:
    return Source.model_validate({"url": "https://www.review.example/"} | fields)


def first_error(**fields: Any) -> dict[str, Any]:
    with pytest.raises(ValidationError) as caught:
        source(**fields)
    return dict(caught.value.errors()[0])


def test_only_the_address_is_needed() -> None:
    made = source()
    assert made.name == "review-example"
    assert made.schedule == "adaptive"
    assert made.timezone == "UTC"
    assert made.delay == 1.0
    assert made.comments is None
    assert made.seeds() == (Seed("section", "https://www.review.example/"),)


def test_entries_are_resolved_against_the_address() -> None:
    made = source(
        url="https://review.example/en/",
        feeds=["/feed", "rss.xml", "//feeds.example/x", "https://b.example/atom"],
        archives=["/{year}/{month:02}/"],
    )
    assert made.feeds == (
        "https://review.example/feed",
        "https://review.example/en/rss.xml",
        "https://feeds.example/x",
        "https://b.example/atom",
    )
    assert made.archives == ("https://review.example/{year}/{month:02}/",)


def test_seeds_keep_their_kind_and_order_and_come_once() -> None:
    made = source(
        url="https://review.example/",
        feeds=["/f", "/f"],
        sitemaps=["/s"],
        sections=["/c"],
        archives=["/{year}"],
        pages=["/p"],
    )
    assert [
        (seed.kind, seed.url.removeprefix("https://review.example")) for seed in made.seeds()
    ] == [
        ("feed", "/f"),
        ("sitemap", "/s"),
        ("section", "/c"),
        ("archive", "/{year}"),
        ("page", "/p"),
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x y", "write a space as %20"),
        ("https://a.example/\r\nX-Evil: 1", "without spaces and line ends"),
        ("https://a.example/\x00", r"without control characters \(U\+0000\)"),
        ("https://a.example/\x1b[2J", r"without control characters \(U\+001B\)"),
        ("https://a.example/\ud800", r"without control characters \(U\+D800\)"),
        ("ftp://a.example/", "begins with http:// or https://"),
        ("javascript:alert(1)", "begins with http:// or https://"),
        ("//a.example/", "begins with http:// or https://"),
        ("", "begins with http:// or https://"),
        ("https:///path", "with a host"),
        ("https://.../", "with a host"),
        ("https://good.example\\.evil.example/", "with a host"),
        ("https://me:secret@a.example/", "without user name and password"),
        ("https://a.example:99999/", "can be read"),
        ("https://[::1/", "can be read"),
        ("https://me:se/cret@a.example/", "can be read$"),
        ("https://me:[secret]@a.example/", "can be read$"),
        ("https://me:secret℀@a.example/", "can be read$"),
    ],
)
def test_addresses_that_no_crawl_could_use_are_refused(url: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        check_url(url)


@pytest.mark.parametrize("field", ["feeds", "sitemaps", "sections", "archives", "pages"])
def test_an_error_of_a_source_has_no_password_in_its_text(field: str) -> None:
    for password in ("secret", "se/cret", "se cret"):
        url = f"https://me:{password}@a.example/"
        for fields in ({"url": url}, {"url": "https://a.example/", field: [url]}):
            with pytest.raises(ValueError, match="an address") as caught:
                Source.model_validate(fields)
            assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/",
        "http://[::1]:80/x",
        "https://журнал.example/стр?q=ä",
        "HTTP://A.EXAMPLE",
    ],
)
def test_usable_addresses_stay_as_they_are(url: str) -> None:
    assert check_url(url) == url


@given(st.text(max_size=60))
def test_what_passes_can_stand_in_a_header_line(text: str) -> None:
    try:
        url = check_url("https://a.example/" + text)
    except ValueError:
        return
    assert url.split() == [url]
    url.encode()


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"url": 5}, ("url",)),
        ({"feeds": "https://a.example/"}, ("feeds",)),
        ({"feeds": [5]}, ("feeds", 0)),
        ({"feeds": ["/ok", ""]}, ("feeds", 1)),
        ({"feeds": ["/ok", "mailto:a@b"]}, ("feeds", 1)),
        ({"sections": ["/a b"]}, ("sections", 0)),
        ({"sitemaps": ["/a\nb"]}, ("sitemaps", 0)),
        ({"pages": ["http://[x"]}, ("pages", 0)),
        ({"archives": ["/{page}/"]}, ("archives", 0)),
        ({"archives": ["/{year.__class__}/"]}, ("archives", 0)),
        ({"name": "Review"}, ("name",)),
        ({"title": "two\nlines"}, ("title",)),
        ({"since": "2020-01-01"}, ("since",)),
        ({"delay": -0.1}, ("delay",)),
        ({"delay": True}, ("delay",)),
        ({"delay": "1"}, ("delay",)),
        ({"delay": float("nan")}, ("delay",)),
        ({"delay": float("inf")}, ("delay",)),
        ({"comments": 1}, ("comments",)),
        ({"timezone": "Mars/Olympus"}, ("timezone",)),
        ({"timezone": "America"}, ("timezone",)),
        ({"timezone": "../../etc/passwd"}, ("timezone",)),
        ({"schedule": "hourly"}, ("schedule",)),
        ({"article": {"allow": ["("]}}, ("article", "allow", 0)),
        ({"article": {"alow": []}}, ("article", "alow")),
        ({"feed": []}, ("feed",)),
    ],
)
def test_an_error_stands_at_its_field(fields: dict[str, Any], loc: tuple[str | int, ...]) -> None:
    assert first_error(**fields)["loc"] == loc


def test_a_whole_number_will_do_as_delay() -> None:
    assert source(delay=0).delay == 0.0


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.review.example/en/", "review-example"),
        ("https://Review.Example:8080", "review-example"),
        ("http://127.0.0.1/", "127-0-0-1"),
        ("https://bücher.example/", "xn-bcher-kva-example"),
        (f"https://{'a' * 63}.example/", "a" * 63),
        (f"https://{'ä' * 80}.example/", "a" * 63),
    ],
)
def test_names_come_from_hosts(url: str, name: str) -> None:
    assert name_from_url(url) == name


@given(st.text(min_size=1, max_size=80))
def test_a_name_from_any_host_is_a_name(host: str) -> None:
    try:
        url = check_url(f"https://{host}/")
    except ValueError:
        return
    assert check_name(name_from_url(url))


def test_the_digest_is_over_canonical_json_and_ignores_how_it_was_written() -> None:
    made = source(feeds=["/feed"], since=date(2020, 1, 1))
    assert made.canonical_json == (
        b'{"feeds":["https://www.review.example/feed"],"name":"review-example",'
        b'"since":"2020-01-01","url":"https://www.review.example/"}'
    )
    assert made.digest == "sha256:" + hashlib.sha256(made.canonical_json).hexdigest()
    assert made.digest == source(since=date(2020, 1, 1), feeds=["feed"], delay=1, article={}).digest
    assert made.digest != source(feeds=["/feed"]).digest


def test_canonical_json_gives_the_source_again() -> None:
    made = source(
        title="Ревью",
        since=date(1999, 12, 31),
        delay=0.25,
        comments=True,
        article={"deny": [r"\d"]},
    )
    assert Source.model_validate_json(made.canonical_json) == made


def test_articles_are_allowed_and_not_denied() -> None:
    made = source(article={"allow": [r"/20\d\d/", "/essay/"], "deny": ["/tag/"]})
    assert made.wants("https://review.example/2024/x")
    assert made.wants("https://review.example/essay/x")
    assert not made.wants("https://review.example/about")
    assert not made.wants("https://review.example/2024/tag/x")
    assert source(article={"deny": ["/tag/"]}).wants("https://review.example/about")


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://review.co.uk/x", True),
        ("http://www.review.co.uk:8080/x", True),
        ("https://blog.REVIEW.co.uk/", True),
        ("https://other.co.uk/", False),
        ("https://review.co.uk.evil.example/", False),
        ("https://evilreview.co.uk/", False),
        ("ftp://review.co.uk/", False),
        ("https://review.co.uk@evil.example/", False),
        ("nonsense", False),
    ],
)
def test_the_scope_is_the_registered_domain(url: str, inside: bool) -> None:
    assert source(url="https://www.review.co.uk/").in_scope(url) is inside


def test_an_address_without_a_domain_is_a_scope_of_its_own() -> None:
    assert source(url="http://127.0.0.1:8080/").in_scope("http://127.0.0.1/x")
    assert not source(url="http://127.0.0.1:8080/").in_scope("http://127.0.0.2/x")


def test_archive_templates_give_each_address_once_newest_first() -> None:
    monthly = "https://a.example/{year}/{month:02}/"
    made = list(archive_periods(monthly, date(2023, 11, 30), date(2024, 1, 1)))
    assert made == [
        ("https://a.example/2024/01/", date(2024, 1, 1)),
        ("https://a.example/2023/12/", date(2023, 12, 31)),
        ("https://a.example/2023/11/", date(2023, 11, 30)),
    ]
    daily = archive_periods("/{year}/{month}/{day}", date(2024, 2, 28), date(2024, 3, 1))
    assert len(list(daily)) == 3
    assert list(archive_periods("/{year}", date(2024, 2, 28), date(2023, 3, 1))) == []


def test_a_source_is_a_value() -> None:
    made = source()
    assert {made: 1}[source()] == 1
    with pytest.raises(ValidationError):
        made.delay = 0.0  # type: ignore[misc]
