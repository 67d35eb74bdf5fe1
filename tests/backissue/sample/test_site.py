from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from backissue.sample.magazines import TIDELINE, TODAY, UNDERSTOREY
from backissue.sample.site import Edition, build_edition

FIRST, SECOND = build_edition(1, TODAY), build_edition(2, TODAY)
BREAD = "/practice/bread-for-a-cold-kitchen"
ROAD = "/2026/03/a-village-votes-to-move-its-road/"
ICE = "/2026/04/the-ice-plant-at-the-end-of-the-quay/"
DREDGER = "/2026/06/the-night-the-dredger-found-a-street/"
DIGEST = """
from hashlib import sha256
from backissue.sample.site import build_edition
from backissue.sample.magazines import TODAY
for number in (1, 2):
    resources = build_edition(number, TODAY).resources
    print(sha256(repr(resources).encode()).hexdigest())
"""


def changed(host: str) -> tuple[set[str], set[str]]:
    """Paths that the second edition adds, and those whose bytes it changes."""
    old, new = FIRST.resources[host], SECOND.resources[host]
    assert old.keys() <= new.keys()
    return new.keys() - old.keys(), {path for path in old if old[path].body != new[path].body}


def text_of(edition: Edition, path: str) -> str:
    return next(piece.true_text for piece in edition.pieces if piece.path == path)


def test_the_same_edition_has_the_same_bytes_in_every_process() -> None:
    here = [sha256(repr(edition.resources).encode()).hexdigest() for edition in (FIRST, SECOND)]
    odd = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Chatham", "LC_ALL": "C"}
    root = Path(__file__).parents[3]
    there = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env=odd,
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.split() == here


def test_the_second_edition_changes_these_pages_of_the_tideline_and_no_others() -> None:
    added, altered = changed(TIDELINE.host)
    pages = {path for path in altered if path.startswith("/2026/")}
    assert pages == {ROAD, ICE}
    assert {path for path in added if path.startswith("/2026/")} == {DREDGER}
    listings = {path for path in altered - pages if not path.endswith(".xml")}
    own = {"/", "/feed/", "/category/reports/", "/tag/harbours/", "/author/maren-holloway/"}
    assert listings == own | {"/author/tobias-wren/"}


def test_the_second_edition_changes_nothing_old_in_understorey_but_its_listings() -> None:
    added, altered = changed(UNDERSTOREY.host)
    assert {path for path in added if not path.endswith(".png")} == {
        "/reports/the-wood-that-was-a-car-park"
    }
    assert altered == {"/", "/reports/", "/atom.xml", "/sitemap.xml"}


def test_the_corrected_piece_has_a_new_number_and_says_so() -> None:
    old, new = text_of(FIRST, ROAD), text_of(SECOND, ROAD)
    assert "By 71 votes to 58 they chose the road." in old
    assert "By 71 votes to 68 they chose the road." in new
    assert new.split("\n\n")[-1].startswith("Correction, 12 June 2026")
    assert new.count("\n\n") == old.count("\n\n") + 1
    piece = next(p for p in SECOND.pieces if p.path == ROAD)
    assert piece.date_modified == piece.date_announced == piece.date_touched > piece.date_published


def test_the_recounted_piece_keeps_its_text_and_its_dates() -> None:
    assert text_of(FIRST, ICE) == text_of(SECOND, ICE)
    old, new = (e.resources[TIDELINE.host][ICE] for e in (FIRST, SECOND))
    assert old.etag != new.etag
    assert old.last_modified < new.last_modified
    piece = next(p for p in SECOND.pieces if p.path == ICE)
    assert piece.date_modified == piece.date_announced == piece.date_published


def test_the_piece_that_is_announced_again_is_the_same_to_the_byte() -> None:
    assert FIRST.resources[UNDERSTOREY.host][BREAD] == SECOND.resources[UNDERSTOREY.host][BREAD]
    old, new = (next(p for p in e.pieces if p.path == BREAD) for e in (FIRST, SECOND))
    assert new.date_announced > old.date_announced
    assert new.date_touched == old.date_touched
