"""The table of comments: empty unless the library wants them."""

from __future__ import annotations

import pytest

from archive.library import Library
from archive.source import Source
from backissue.sample import SampleMagazines
from loopback import crawled
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.rebuild import rebuild


@pytest.mark.long
@pytest.mark.parametrize("wanted", [False, True])
def test_comments_have_rows_where_the_policy_says_so(
    library: Library, site: SampleMagazines, wanted: bool
) -> None:
    settings = library.path / "library.toml"
    settings.write_text(
        settings.read_text().replace("comments = false", f"comments = {wanted}".lower())
    )
    source = Source(
        name="understorey", url="http://understorey.example/", feeds=("/atom.xml",), delay=0
    )
    pieces = {piece.url: piece for piece in site.pieces() if piece.magazine.name == "understorey"}
    with Library.open(library.path) as opened:
        crawled(opened, site, source)  # type: ignore[arg-type]
        publish(opened, Engine("local", 1))
        for _ in range(2):
            rows = list(opened.table("comments"))
            urls = {row["article_id"]: row["url"] for row in opened.articles("all")}
            found = {(urls[row["article_id"]], row["comment"]): row["text"] for row in rows}
            expected = {
                (url, number): words
                for url, piece in pieces.items()
                if not piece.forbidden
                for number, (_, words) in enumerate(piece.comments, 1)
            }
            assert found == (expected if wanted else {})
            rebuild(opened, Engine("local", 1))
