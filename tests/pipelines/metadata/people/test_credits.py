"""News agencies that a text is credited to are named apart from its authors."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.extract import extract_html
from pipelines.metadata.declarations import declarations_of
from pipelines.metadata.fields import Context, metadata_of
from pipelines.metadata.people.agencies import agency_of
from pipelines.page.html import Page, parse_html

_URL = "https://estuary.example/ports/slow-ferry"
_REST = (
    "the harbour office said on Sunday that the last ferry of the season had tied up at the quay."
)
_PROSE = f"<p>In the evening {_REST} Nobody had noticed.</p>"


def _found(html: str, head: str = "") -> tuple[list[str], list[str], Any]:
    tree = parse_html(f"{head}<article><h1>The Slow Ferry</h1>{html}</article>")
    assert tree is not None
    found = metadata_of(Page(_URL, b""), declarations_of(tree, _URL), Context())
    agencies = list(found.fields.get("agency", ()))
    assert bool(agencies) == ("agency" in found.evidence)
    return agencies, list(found.fields.get("author", ())), found.evidence.get("agency")


@pytest.mark.parametrize(
    ("begin", "agencies"),
    [
        ("HOLM (Reuters) - ", ["Reuters"]),
        ("Holm (dpa) – ", ["dpa"]),
        ("Holm/Kiel (dpa/lno) - ", ["dpa"]),
        ("PARIS, June 3 (Xinhua) -- ", ["Xinhua"]),
        ("(ANSA) - ROMA, 12 MAG - ", ["ANSA"]),
        ("Madrid, 5 mar (EFE).- ", ["EFE"]),
        ("NEW YORK (AP) — ", ["AP"]),
        ("WASHINGTON, AFP – ", ["AFP"]),
        ("МОСКВА, 5 мар — РИА Новости. ", ["RIA Novosti"]),
        ("新华社北京3月5日电 ", ["Xinhua"]),
        ("(서울=연합뉴스) ", ["Yonhap"]),
        ("[ロンドン 5日 ロイター] - ", ["Reuters"]),
        ("NEW YORK — ", []),
        ("Students who took Advanced Placement (AP) courses came late, ", []),
        ("The Associated Press (AP) is an old firm, and ", []),
    ],
)
def test_before_the_first_sentence(begin: str, agencies: list[str]) -> None:
    assert _found(f"<p>{begin}{_REST}</p>{_PROSE * 3}")[0] == agencies


@pytest.mark.parametrize(
    ("end", "agencies"),
    [
        ("(dpa)", ["dpa"]),
        ("dpa/ap", ["dpa", "AP"]),
        ("— AP", ["AP"]),
        ("© 2024 AFP", ["AFP"]),
        ("Copyright 2024 The Associated Press. All rights reserved.", ["AP"]),
        ("Reuters contributed to this report.", ["Reuters"]),
        ("Reuters/AFP contributed", ["Reuters", "AFP"]),
        ("Quelle: dpa", ["dpa"]),
        ("Mit Material von dpa und AFP", ["dpa", "AFP"]),
        ("(avec AFP)", ["AFP"]),
        ("Con información de EFE", ["EFE"]),
        ("来源：新华社", ["Xinhua"]),
        ("Foto: dpa", []),
        ("AP Photo/Jens Holm", []),
        ("Bild: AFP", []),
        ("Read more at Reuters", []),
        ("Ida Lund contributed to this report.", []),
        ("Tap", []),
    ],
)
def test_at_the_end(end: str, agencies: list[str]) -> None:
    assert _found(f"{_PROSE * 4}<p>{end}</p>")[0] == agencies


def test_behind_the_last_sentence_but_not_below_a_picture() -> None:
    assert _found(f"{_PROSE * 4}<p>At noon {_REST} (dpa)</p>")[0] == ["dpa"]
    figure = "<figure><img src='a.png'><figcaption>A ferry at the quay (dpa)</figcaption></figure>"
    assert _found(f"{_PROSE * 3}{figure}{_PROSE}")[0] == []


@pytest.mark.parametrize(
    ("line", "agencies", "authors"),
    [
        ("dpa", ["dpa"], []),
        ("AFP | 5 March 2024", ["AFP"], []),
        ("By ASSOCIATED PRESS", ["AP"], []),
        ("Redazione ANSA", ["ANSA"], []),
        ("Von Ida Lund, dpa", ["dpa"], ["Ida Lund"]),
        ("By Ida Lund and Reuters", ["Reuters"], ["Ida Lund"]),
        ("Ida Lund/AFP", ["AFP"], ["Ida Lund"]),
        ("By Petra Lund", [], ["Petra Lund"]),
        ("Foto: dpa", [], []),
    ],
)
def test_in_a_byline(line: str, agencies: list[str], authors: list[str]) -> None:
    assert _found(f"<p>{line}</p>{_PROSE * 3}")[:2] == (agencies, authors)


def test_a_declared_author_that_is_an_agency_is_no_author() -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": '
        '[{"@type": "Person", "name": "Ida Lund"}, {"@type": "Organization", "name": "Agence France-Presse"}]}'
        "</script>"
    )
    agencies, authors, evidence = _found(_PROSE * 3, head)
    assert (agencies, authors) == (["AFP"], ["Ida Lund"])
    assert evidence["from"] == "json-ld:NewsArticle.author"


def test_an_article_has_its_agencies() -> None:
    article = extract_html(f"<h1>The Slow Ferry</h1><p>Holm (dpa) - {_REST}</p>{_PROSE * 4}", _URL)
    assert article.agency == ("dpa",)
    assert article.evidence["agency"] == {"from": "text:dateline", "raw": ["Holm (dpa)"]}


@pytest.mark.parametrize("name", ["Petra", "Tap", "beta", "Trend", "Mia", "Ida Lund", "Map", ""])
def test_a_word_or_a_given_name_is_no_agency(name: str) -> None:
    assert agency_of(name) is None
