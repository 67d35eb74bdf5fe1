"""What the articles of a host share in boxes of their own is no text, whatever the boxes are called."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from archive.library import Library
from backissue.sample.recombined import recombine
from pipelines.body.site_templates import read_template, template_of
from pipelines.derive.engine import Engine
from pipelines.extractor_version import CONFIG_DIGEST
from pipelines.publish import publish
from pipelines.rebuild.generation import half_made
from pipelines.rebuild.proof import prove
from pipelines.rebuild.rebuild import RebuildOptions, rebuild
from small import captured, keep
from support import contents

SOURCE, HOST = "north", "north.example"
BOX = "One letter from the coast, each Sunday morning."
OTHER = "Boots that do not mind the rain at all."
SERIES = "This is a part of our series about the people who keep the lights of the coast burning."
ENGINE = Engine("local", 1)


def paragraphs(number: int) -> list[str]:
    return list(recombine(f"shared {number}", 560).paragraphs)


def html(number: int, *, edited: bool = False, box: str = BOX) -> bytes:
    """An article whose theme hashes all names, with a box and a shared line between paragraphs."""
    name = hashlib.sha256(f"{number} {box}".encode()).hexdigest()[:8]
    parts = [f"<p>{text}</p>" for text in paragraphs(number)]
    parts.insert(1, f"<p>{SERIES}</p>")
    parts.insert(2, f"<div class='c{name}'><p>{box}</p></div>")
    if edited:
        parts.append("<p>A correction: the lamp was lit by his sister, who is still alive.</p>")
    return (
        f"<!doctype html><html lang=en><head><title>Piece {number}</title></head><body>"
        f"<main><h1>Piece {number}</h1><div class='b{name}'>{''.join(parts)}</div></main></body></html>"
    ).encode()


def crawl(library: Library, minutes: int, pages: dict[int, bytes]) -> None:
    """Capture *pages* by their numbers, and publish them."""
    keep(library, [captured(SOURCE, number, minutes, body) for number, body in pages.items()])
    publish(library, ENGINE)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Three batches: six articles; six more, one as before, one edited; one with another box."""
    path = tmp_path_factory.mktemp("grown") / "library"
    with Library.create(path) as made:
        settings = path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
        crawl(made, 0, {n: html(n) for n in range(6)})
        again = {0: html(0) + b" ", 1: html(1, edited=True)}
        crawl(made, 10, {n: html(n) for n in range(6, 12)} | again)
        crawl(made, 20, {0: html(0, box=OTHER)})
    return Library.open(path)


@pytest.fixture
def own(grown: Library, tmp_path: Path) -> Library:
    """A copy that a test may change."""
    shutil.copytree(grown.path, tmp_path / "library", symlinks=True)
    return Library.open(tmp_path / "library")


def bodies(library: Library) -> dict[tuple[str, int], str]:
    rows = library.articles("all").to_arrow().to_pylist()
    return {(row["url"].rpartition("/")[2], row["version"]): row["article_body"] for row in rows}


def test_boxes_are_known_from_earlier_batches_and_shared_text_stays(grown: Library) -> None:
    found = bodies(grown)
    later = {key for key in found if int(key[0]) >= 6 or key[1] > 1}
    assert {key for key, body in found.items() if BOX not in body} == later
    assert all(SERIES in body for body in found.values())
    assert all(all(p in body for p in paragraphs(int(n))) for (n, _), body in found.items())
    cut = [row for row in grown.table("removed").to_arrow().to_pylist() if row["block"] == BOX]
    assert {row["reason"] for row in cut} == {"template"}
    assert len(cut) == len(later - {("0", 2)})  # which has another box


def test_an_edit_is_a_version_and_a_box_that_comes_or_goes_is_none(grown: Library) -> None:
    """The last capture has another box, which nobody knows: only that one is taken for text."""
    versions = {key for key in bodies(grown) if key[1] > 1}
    assert ("1", 2) in versions
    verdicts = [
        row["verdict"] for row in grown.crawl_log().to_pylist() if row["url"].endswith("/0")
    ]
    assert verdicts[:2] == ["article", "unchanged"]


def test_a_template_is_kept_by_its_digest_and_proved(grown: Library) -> None:
    rows = grown.articles("all").to_arrow().to_pylist()
    digests = {template_of(row) for row in rows if int(row["url"].rpartition("/")[2]) >= 6}
    (digest,) = digests
    assert digest
    template = read_template(grown.path / "templates", HOST, digest)
    assert template
    assert template.digest == digest
    assert list(template.blocks.values()) == [BOX]
    kept = {path.stem for path in (grown.path / "templates" / HOST).iterdir()}
    named = {template_of(row) for row in rows} - {None}
    assert kept == {str(one).removeprefix("sha256:") for one in named}
    config = {row["extraction_config_digest"] for row in rows if template_of(row) == digest}
    assert config == {template.config_digest(CONFIG_DIGEST)}
    proven = prove(grown, 100, 1, lambda function, tasks: map(function, tasks))
    assert proven.rows == len(rows)
    assert proven.findings == ()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_rebuild_makes_the_same(own: Library, workers: int) -> None:
    before = contents(own)
    rebuild(own, Engine("local", workers))
    assert contents(own) == before


@pytest.mark.long
def test_relearning_cleans_the_first_batch_too(own: Library) -> None:
    rebuild(own, ENGINE, how=RebuildOptions(relearn=True))
    found = bodies(own)
    assert not any(BOX in body for body in found.values())
    assert all(SERIES in body for body in found.values())
    again = {0: html(0, box=OTHER), 1: html(1, edited=True)} | {n: html(n) for n in range(2, 12)}
    crawl(own, 30, {number: body + b"  " for number, body in again.items()})
    assert not any(BOX in body for body in bodies(own).values())
    assert bodies(own).keys() == found.keys()


@pytest.mark.long
def test_relearning_goes_on_where_it_was_interrupted(own: Library) -> None:
    told = iter(range(2))

    def stop(_done: int, _total: int, what: str) -> None:
        if what == "captures derived" and next(told, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(own, ENGINE, stop, RebuildOptions(relearn=True))
    assert half_made(own)
    made = rebuild(own, ENGINE, how=RebuildOptions(relearn=True))
    assert made.resumed
    assert not any(BOX in body for body in bodies(own).values())
    rebuild(own, ENGINE)
    assert any(BOX in body for body in bodies(own).values())


def test_rows_that_a_template_changes_name_it(grown: Library) -> None:
    rows = grown.articles("all").to_arrow().to_pylist()
    named = {(r["url"].rpartition("/")[2], r["version"]) for r in rows if template_of(r)}
    assert named == {*((str(number), 1) for number in range(6, 12)), ("1", 2)}


def test_a_text_far_shorter_than_its_siblings_is_not_called_whole(own: Library) -> None:
    """One that breaks off is a teaser; of one that ends as sentences do nobody knows."""

    def short(text: str) -> bytes:
        head = "<meta property='og:type' content='article'><title>Short</title>"
        prose = f"<p>{text}</p>"
        return f"<html lang=en>{head}<body><main><h1>Short</h1>{prose}</main></body>".encode()

    said = (
        "The lamp on the northern mole has been lit again after eleven days of repair work, and the"
        " boats that had waited in the outer harbour came in one behind the other in the early light"
        " of the morning, said the keeper, who had counted nineteen of them"
    )
    crawl(
        own,
        40,
        {20: short(f"{said} and the"), 21: short(f"{said}.")},
    )
    found = {row["url"].rpartition("/")[2]: row for row in own.articles()}
    kinds = {number: found[number]["completeness"] for number in ("20", "21", "7")}
    assert kinds == {"20": "teaser", "21": "unknown", "7": "full"}
    assert "articles of this host have 512" in found["20"]["evidence"]
    proven = prove(own, 100, 1, lambda function, tasks: map(function, tasks))
    assert proven.findings == ()
