"""Names of authors come clean, from the most trusted place that names any."""

from __future__ import annotations

import pytest

from pipelines.metadata.authors import author_names, authors_of
from pipelines.metadata.declarations import declarations_of
from pipelines.page.html import parse_html


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("By Ottilie Brandt", ["Ottilie Brandt"]),
        ("Written by Ottilie Brandt and Bram Ottaway", ["Ottilie Brandt", "Bram Ottaway"]),
        (
            "Ottilie Brandt, Bram Ottaway & Ines Carballo",
            ["Ottilie Brandt", "Bram Ottaway", "Ines Carballo"],
        ),
        ("Ottilie Brandt; Bram Ottaway", ["Ottilie Brandt", "Bram Ottaway"]),
        ("Ottilie Brandt, MD, PhD", ["Ottilie Brandt"]),
        ("Martin Quay Jr.", ["Martin Quay Jr."]),
        ("Brandt, Ottilie", ["Ottilie Brandt"]),
        ("Ottilie Brandt (Port correspondent)", ["Ottilie Brandt"]),
        ("Ottilie Brandt | Updated March 3, 2026", ["Ottilie Brandt"]),
        ("ottilie@estuary.example", []),
        ("https://estuary.example/author/ottilie", []),
        ("admin", []),
        ("The Estuary Quarterly", []),
        ("Andy Byron", ["Andy Byron"]),
        ("Ottilie Brandt (with Bram Ottaway and Ines Carballo)", ["Ottilie Brandt"]),
        ("Ottilie Brandt - Port Desk Writers", ["Ottilie Brandt"]),
        ("Ottilie Brandt Senior Harbour Correspondent", ["Ottilie Brandt"]),
        ("OTTILIE BRANDT Korrespondentin in Holm", ["OTTILIE BRANDT"]),
        ("A. J. Ottaway", ["A. J. Ottaway"]),
        ("JOHN PAUL McDONALD", ["JOHN PAUL McDONALD"]),
        ("NGUYỄN VĂN Anh", ["NGUYỄN VĂN Anh"]),
        ("MARIA JOSÉ de la Cruz", ["MARIA JOSÉ de la Cruz"]),
        ("Anna Rossi - Marco Bianchi", ["Anna Rossi - Marco Bianchi"]),
        ("Ottilie Brandt " + "senior " * 1_000 + "(a " * 3_000, []),
        ("Larry Page", ["Larry Page"]),
        ("View Author Page", []),
        ("By clicking you agree to the Terms and Rules of Use. >", []),
        ("The Estuary Quarterly Desk", []),
        ("Ottilie Brandt, Munich, Germany", ["Ottilie Brandt"]),
        ("Harbour Works GmbH, Munich, Germany", ["Harbour Works GmbH"]),
        ("Ottilie Brandt in Paris and Bram Ottaway in Rome", ["Ottilie Brandt", "Bram Ottaway"]),
        ("Center for Harbours and Tides", ["Center for Harbours and Tides"]),
        ("Ottilie Brandt and the Harbour Team", ["Ottilie Brandt"]),
        ("Ottilie Brandt, E-RYT 200", ["Ottilie Brandt"]),
        ("Ottilie Brandt, Dietitian", ["Ottilie Brandt"]),
        ("Ottilie Brandt, The Estuary Quarterly", ["Ottilie Brandt"]),
        ("Ottilie Brandt, Head of Quays and Head of Piers", ["Ottilie Brandt"]),
        ("Staff Sgt. Ottilie Brandt", ["Ottilie Brandt"]),
        ("Redakteurin Ottilie Brandt", ["Ottilie Brandt"]),
        ("Ottilie Brandt (Quay) Carballo", ["Ottilie Brandt (Quay) Carballo"]),
        ("Ottilie Brandt et al.", ["Ottilie Brandt"]),
        ("de la Cruz, Ines", ["Ines de la Cruz"]),
        ("Brandt, Ottilie; Ottaway, Bram", ["Ottilie Brandt", "Bram Ottaway"]),
        ("Di Maria", ["Di Maria"]),
        ("Wednesday Ottaway", ["Wednesday Ottaway"]),
        ("Paris Brandt", ["Paris Brandt"]),
        ("NOC Admin", []),
        ("The Editors", ["The Editors"]),
        ("Von der Redaktion", []),
    ],
)
def test_names_are_split_and_cleaned(raw: str, names: list[str]) -> None:
    assert author_names([raw], ["The Estuary Quarterly"]) == tuple(names)


def test_a_long_list_of_names_is_whole() -> None:
    names = [f"Ottilie Brandt{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert author_names(["; ".join(names)]) == tuple(names)


def test_the_same_name_counts_once() -> None:
    assert author_names(["Ottilie Brandt", "OTTILIE BRANDT"]) == ("Ottilie Brandt",)


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (
            '<meta name="author" content="Ottilie Brandt"><h1>T</h1><a rel="author">X Y</a>',
            "meta:author",
        ),
        ('<h1>T</h1><a rel="author" href="/o">Ottilie Brandt</a>', "markup:author link"),
        ('<h1>T</h1><div class="byline">By Ottilie Brandt</div>', "markup:byline"),
        ('<h1>T</h1><div class="author">Ottilie Brandt</div>', "markup:class author"),
        ("<h1>T</h1><div>By</div><div>Ottilie Brandt</div>", "markup:byline"),
        ("<h1>T</h1><div>By Ottilie Brandt</div>", "markup:byline"),
    ],
)
def test_the_most_trusted_place_is_asked_first(html: str, source: str) -> None:
    tree = parse_html(html)
    assert tree is not None
    authors = authors_of(declarations_of(tree, "https://estuary.example/a"))
    assert (authors.names, authors.source) == (("Ottilie Brandt",), source)
