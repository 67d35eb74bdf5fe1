"""A console that is open while a page is removed shows it no more, and says why."""

from __future__ import annotations

from pathlib import Path

from console import console
from small import make_small
from support import command

PAGE = "https://north.example/log/0"


def test_what_is_removed_is_on_no_page(tmp_path: Path) -> None:
    library = make_small(tmp_path / "library").library
    (row,) = [row for row in library.articles() if row["url"] == PAGE]
    paths = (
        "/",
        "/search?q=harbour",
        "/sources/north",
        "/storage",
        "/coverage",
        "/feed/north.atom",
    )
    (library.path / "sources/north.toml").write_text('url = "https://north.example/"\n')
    with console(library.path) as running:
        article, capture = f"/articles/{row['article_id']}", f"/captures/{row['warc_record_id']}"
        assert {running.get(path).status for path in (*paths, article, capture)} == {200}
        assert "Log 0" in running.get("/feed/north.atom").text
        done = command("remove", PAGE, "--reason", "a <b> asked", "--library", library.path)
        assert done.returncode == 0, done.stderr
        for path in (article, capture):
            told = running.get(path)
            assert told.status == 404
            assert "is not shown, it was removed on" in told.text
            assert "a &lt;b&gt; asked" in told.text
        for path in paths:
            assert running.get(path).status == 200
            assert PAGE not in running.get(path).text
            assert row["article_id"] not in running.get(path).text
        overview = running.json("/")
        assert overview["library"]["articles"] == 11
        assert not [one for one in overview["concerns"] if "wait" in one["cause"]]
        assert "It is shown to nobody" in running.get(f"/why?url={PAGE}").text.replace(
            "it is", "It is"
        )
