"""Which of a page's signals count, by the policy of the library."""

from __future__ import annotations

import pytest

from pipelines.metadata.rights import opted_out

ALL = ("robots", "noindex", "noarchive", "noai", "tdm")


@pytest.mark.parametrize(
    ("said", "signal"),
    [
        (None, None),
        ("index, follow", None),
        ("max-snippet:-1, max-image-preview:large", None),
        ("NOINDEX, nofollow", "noindex"),
        ("none", "noindex"),
        ("follow, noarchive", "noarchive"),
        ("noai, noimageai", "noai"),
        ("otherbot: noindex, noarchive", None),
        ("noarchive, otherbot: noindex", "noarchive"),
        ("unavailable_after: 25 Jun 2030, noarchive", "noarchive"),
        ("noindexing", None),
    ],
)
def test_directives_are_words_for_every_crawler(said: str | None, signal: str | None) -> None:
    assert opted_out(said, None, ALL) == signal


def test_only_what_the_policy_names_counts() -> None:
    assert opted_out("noindex, noarchive", True, ("robots",)) is None
    assert opted_out("noindex, noarchive", True, ("robots", "noarchive")) == "noarchive"
    assert opted_out(None, True, ("tdm",)) == "tdm"
    assert opted_out(None, False, ("tdm",)) is None
