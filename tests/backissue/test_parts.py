"""An article of several pages between which batches are closed: whole in the end, proved, rebuilt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.library import Library
from archive.types import Capture
from backissue.sample.recombined import recombine
from pipelines.derive.engine import Engine
from pipelines.publish import publish
from pipelines.rebuild.proof import prove
from pipelines.rebuild.rebuild import rebuild
from small import captured, keep
from support import command, contents

URL = "https://north.example/log/7"
ENGINE = Engine("local", 1)


def text(number: int) -> tuple[str, ...]:
    return recombine(f"part {number}", 260).paragraphs


def part(number: int, last: int = 3) -> Capture:
    """Page *number* of an article of *last*, as one run captures them minute by minute."""
    url = URL if number == 1 else f"{URL}?page={number}"
    following = f"<a rel=next href='{URL}?page={number + 1}'>Next</a>" if number < last else ""
    html = (
        "<!doctype html><html lang=en><head><title>The long log</title></head><body><article>"
        f"<h1>The long log</h1>{''.join(f'<p>{one}</p>' for one in text(number))}</article>"
        f"{following}</body></html>"
    )
    made = captured("north", number, number, html.encode())
    more = {"part_of": URL, "part": number} if number > 1 else {}
    return replace(made, url=url, run_id="run-north-1", **more)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    path = tmp_path / "library"
    with Library.create(path):
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    return Library.open(path)


@pytest.mark.long
def test_pages_that_came_after_a_batch_was_closed_make_a_version(library: Library) -> None:
    for number in (1, 2, 3):
        keep(library, [part(number)])
        publish(library, ENGINE)
    rows = sorted(library.articles("all").to_arrow().to_pylist(), key=lambda row: row["version"])
    assert [(row["version"], len(row["page_urls"]) or 1) for row in rows] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    assert [row["completeness"] for row in rows] == ["teaser", "teaser", "full"]
    assert rows[-1]["article_body"] == "\n\n".join((*text(1), *text(2), *text(3)))
    assert len({row["article_id"] for row in rows}) == 1
    assert command("verify", "--library", library.path).returncode == 0
    proven = prove(library, 10, 1, lambda function, tasks: map(function, tasks))
    assert (proven.rows, proven.findings) == (3, ())
    before = contents(library)
    rebuild(library, Engine("local", 2))
    assert contents(library) == before


def test_one_batch_of_all_pages_makes_one_version(library: Library) -> None:
    keep(library, [part(number) for number in (1, 2, 3)])
    publish(library, ENGINE)
    (row,) = library.articles("all").to_arrow().to_pylist()
    assert row["article_body"] == "\n\n".join((*text(1), *text(2), *text(3)))
