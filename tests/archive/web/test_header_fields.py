from __future__ import annotations

import pytest

from archive.source import Source

URL = "https://review.example/"


def source(**fields: object) -> Source:
    return Source.model_validate({"url": URL} | fields)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "feeds.review.example",
            "FEEDS.Review.Example",
            "localhost",
            "a_b.example",
            "x-1.example",
        ),
        *(
            "bücher.example",
            "xn--bcher-kva.example",
            "127.0.0.1",
            "[::1]",
            "::1",
            "review.github.io",
        ),
    ],
)
def test_a_host_that_hears_is_kept_as_it_is_given(host: str) -> None:
    made = source(header_hosts=[host])
    assert made.header_hosts == (host,)
    assert Source.model_validate_json(made.canonical_json) == made


@pytest.mark.parametrize(
    "host",
    [
        *(
            "",
            " ",
            "https://feeds.review.example/",
            "feeds.review.example/",
            "//feeds.review.example",
        ),
        *("feeds.review.example:443", "[::1]:80", "*.review.example", "*", ".review.example"),
        *("review.example.", "a b.example", "user:pw@feeds.review.example", "feeds..example"),
        *(
            "feeds.example,other.example",
            "feeds.example\n",
            "feeds.example\r\nX: y",
            "%66eeds.example",
        ),
    ],
)
def test_what_is_no_single_host_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="the name of one host"):
        source(header_hosts=[host])


def test_a_source_without_them_is_declared_as_ever() -> None:
    assert source().header_hosts == ()
    assert b"header" not in source().canonical_json


@pytest.mark.parametrize(
    "name",
    ["Host", "host", "HOST", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "TE"],
)
def test_a_field_by_which_a_request_goes_elsewhere_or_ends_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="the crawl's own"):
        source(headers={name: "A"})


@pytest.mark.parametrize("headers", [{"Coo kie": "A"}, {"Cookie": "key=abc"}, {"X\r\nY": "A"}])
def test_a_value_in_the_source_file_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="name"):
        source(headers=headers)
