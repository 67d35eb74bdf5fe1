"""Which rows belong to a source: its own, and strays at addresses that it covers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.library import Library
from archive.tables.source_rows import declared_in
from archive.web.hosts import host_parts
from archive.web.surt import article_id, url_surtkey

RULES = 'url = "https://review.example/"\narticle = { allow = ["/essays/"], deny = ["/tag/"] }\n'


@pytest.fixture
def add(add_rows: Callable[..., None], make_row: Callable[..., Any]) -> Callable[..., None]:
    """Adds first versions of articles, given as (source, url)."""

    def put(*articles: tuple[str | None, str]) -> None:
        rows = []
        for source, url in articles:
            parts = host_parts(url)
            known = {"url_host_name": parts.host_name, "version": 1, "source": source, "url": url}
            known |= {"url_host_registered_domain": parts.registered_domain}
            known |= {"url_surtkey": url_surtkey(url), "article_id": article_id(url)}
            rows.append(make_row("articles", **known))
        add_rows("articles", rows)

    return put


def declare(library: Library, name: str, text: str) -> None:
    (library.path / f"sources/{name}.toml").write_text(text)


def of(library: Library, source: str) -> list[str]:
    rows = library.articles(source=source, columns=["url"])
    urls = [row["url"].removeprefix("https://") for row in rows]
    assert len(rows) == len(urls)
    return urls


def test_pages_of_no_declared_source_count_for_the_source_of_their_domain(
    library: Library, add: Callable[..., None]
) -> None:
    declare(library, "review", 'url = "https://www.review.example/"\n')
    declare(library, "other", 'url = "https://other.example/"\n')
    add(
        ("review", "https://review.example/a"),
        ("adhoc", "https://blog.review.example/b"),
        ("imported", "https://review.example/c"),
        (None, "https://review.example/d"),
        ("other", "https://review.example/e"),
        ("adhoc", "https://stranger.example/f"),
    )
    paths = ["review.example/a", "review.example/c", "review.example/d", "blog.review.example/b"]
    assert of(library, "review") == paths
    assert of(library, "adhoc") == ["blog.review.example/b", "stranger.example/f"]
    assert of(library, "other") == ["review.example/e"]


def test_the_rules_of_the_source_count_for_strays_and_not_for_its_own(
    library: Library, add: Callable[..., None]
) -> None:
    declare(library, "review", RULES)
    add(
        ("review", "https://review.example/old/1"),
        ("adhoc", "https://review.example/essays/2"),
        ("adhoc", "https://review.example/essays/tag/3"),
        ("adhoc", "https://review.example/4"),
    )
    assert of(library, "review") == ["review.example/essays/2", "review.example/old/1"]


def test_a_host_without_a_registered_domain_stands_for_itself(
    library: Library, add: Callable[..., None]
) -> None:
    declare(library, "local", 'url = "http://127.0.0.1:8202/"\n')
    add(("adhoc", "https://127.0.0.1/a"), ("adhoc", "https://127.0.0.2/b"))
    assert of(library, "local") == ["127.0.0.1/a"]


def test_a_file_that_is_wrong_declares_nothing_but_its_name(
    library: Library, add: Callable[..., None]
) -> None:
    declare(library, "broken", "url = 7\n")
    declare(library, "worse", "url = [\n")
    declare(library, "review", 'url = "https://review.example/"\nname = "my-review"\n')
    found = declared_in(library.path / "sources")
    assert found.names == {"broken", "worse", "my-review"}
    assert found.covering("http://review.example/x") == ["my-review"]
    add(("broken", "https://review.example/a"), ("gone", "https://review.example/b"))
    assert of(library, "my-review") == ["review.example/b"]
