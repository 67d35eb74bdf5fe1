"""A small magazine as captures: twelve articles, and pages of many shapes that list them or do not.

Its markup is bare, so that nothing but the shape of a page tells what it is.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from archive.types import Capture, DiscoveredBy, Discovery

BASE = "https://harbour.example"
START = datetime(2026, 4, 1, 6, tzinfo=UTC)
_SUBJECTS = [
    "ferry",
    "lamp",
    "tide",
    "harbour",
    "clock",
    "keeper",
    "crane",
    "letter",
    "winter",
    "bridge",
    "orchard",
    "gull",
]
_VERBS = [
    "waits",
    "turns",
    "keeps",
    "carries",
    "forgets",
    "repairs",
    "measures",
    "follows",
    "leaves",
    "paints",
    "counts",
]
_OBJECTS = [
    "the island",
    "a ledger",
    "its own shadow",
    "the morning boat",
    "every chart",
    "an old promise",
]


def sentence(seed: str) -> str:
    """One sentence of about a dozen words that no other seed gives."""
    draw = random.Random(seed)
    first = f"The {draw.choice(_SUBJECTS)} of {seed.replace('-', ' ')} {draw.choice(_VERBS)}"
    second = f"{draw.choice(_OBJECTS)} while the {draw.choice(_SUBJECTS)} {draw.choice(_VERBS)}"
    return f"{first} {second} {draw.choice(_OBJECTS)}."


def paragraphs(seed: str, count: int = 5) -> list[str]:
    """The paragraphs of a text, three sentences each."""
    return [
        " ".join(sentence(f"{seed}-{number}-{part}") for part in ("first", "second", "third"))
        for number in range(count)
    ]


@dataclass(frozen=True)
class Piece:
    """An article of the magazine."""

    number: int

    @property
    def title(self) -> str:
        return f"{_SUBJECTS[self.number].title()} number {self.number} comes home"

    @property
    def path(self) -> str:
        return f"/{_SUBJECTS[self.number]}-number-{self.number}-comes-home/"

    @property
    def date(self) -> str:
        return f"2026-03-{self.number + 1:02}"

    @property
    def texts(self) -> list[str]:
        return paragraphs(f"piece-{self.number}")


PIECES = [Piece(number) for number in range(12)]
STATIC = {"about": "About", "imprint": "Imprint"}


def page(title: str, body: str, head: str = "", body_class: str = "") -> str:
    """A page of the site: its navigation stands above every text."""
    links = "".join(f'<a href="/{name}/">{text}</a> ' for name, text in STATIC.items())
    menu = f'<nav><a href="/">Home</a> <a href="/tag/boats/">Boats</a> {links}</nav>'
    return (
        f"<!doctype html><html lang=en><head><title>{title} - Harbour Review</title>{head}</head>"
        f'<body class="{body_class}"><header><p>Harbour Review</p>{menu}</header>'
        f"<main>{body}</main><footer><p>Made on the quay.</p></footer></body></html>"
    )


def prose(texts: Iterable[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def byline(date: str) -> str:
    return f'<p class="byline">By Ida Holm, <time datetime="{date}">{date}</time></p>'


def article(title: str, texts: Iterable[str], date: str | None, more: str = "") -> str:
    line = byline(date) if date else ""
    return page(title, f"<article><h1>{title}</h1>{line}{prose(texts)}</article>{more}")


def item(piece: Piece, texts: Iterable[str], heading: str = "h2") -> str:
    """A piece in a list: its linked title, its date, and some of its text."""
    return (
        f'<article><{heading}><a href="{piece.path}">{piece.title}</a></{heading}>'
        f'<time datetime="{piece.date}">{piece.date}</time>{prose(texts)}</article>'
    )


def related(pieces: Iterable[Piece]) -> str:
    rows = "".join(item(piece, [piece.texts[0][:90] + " …"], "h3") for piece in pieces)
    return f"<section><h2>More to read</h2>{rows}</section>"


def excerpt(piece: Piece) -> str:
    return piece.texts[0][:120] + " […]"


def articles() -> dict[str, str]:
    """The twelve articles, each with two others below it."""
    return {
        piece.path: article(
            piece.title,
            piece.texts,
            piece.date,
            related(PIECES[(piece.number + step) % len(PIECES)] for step in (1, 2)),
        )
        for piece in PIECES
    }


def capture(
    path: str, html: str, number: int, by: DiscoveredBy = "sitemap", run: str = "run-1"
) -> Capture:
    """The page at *path*, as it came in the *run*."""
    body = html.encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Capture(
        url=f"{BASE}{path}",
        fetch_time=START + timedelta(days=int(run[-1]), seconds=number),
        request=b"GET / HTTP/1.1\r\n\r\n",
        head=head.encode(),
        body=body,
        warc_record_id=f"urn:uuid:{uuid5(NAMESPACE_URL, f'{run}{path}')}",
        run_id=run,
        discovery=Discovery(source="harbour", by=by),
        role="page",
    )


Shape = Callable[[], str]
