"""What a crawl of the sample magazines has to come to: each address of a piece with its kind and its true text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archive.types import Completeness
from backissue.sample.pieces import Piece
from backissue.sample.quarry import QUARRY, Kind, Story

_COMPLETENESS: dict[Kind, Completeness] = {
    "paywall": "paywall",
    "password": "password",
    "consent": "consent",
    "soft404": "soft404",
    "liveblog": "liveblog",
}


@dataclass(frozen=True, slots=True)
class Truth:
    """A piece as a reader has it; *text* is what its page shows, *page_urls* where its parts stand.

    *announced_url* is what sitemaps say. Robots may not fetch what is *forbidden*.
    """

    magazine: str
    url: str
    announced_url: str
    kind: str
    completeness: Completeness
    title: str
    authors: tuple[str, ...]
    language: str
    date_published: datetime
    text: str
    page_urls: tuple[str, ...]
    forbidden: bool


def truths(pieces: Iterable[Piece], stories: Iterable[Story]) -> Iterator[Truth]:
    """The truth of all *pieces* and *stories*."""
    yield from map(_of_piece, pieces)
    yield from map(_of_story, stories)


def _of_piece(piece: Piece) -> Truth:
    return Truth(
        magazine=piece.magazine.name,
        url=piece.url,
        announced_url=piece.announced_url,
        kind="article",
        completeness="full",
        title=piece.title,
        authors=piece.authors,
        language=piece.language,
        date_published=piece.date_published,
        text=piece.true_text,
        page_urls=(piece.url,),
        forbidden=piece.forbidden,
    )


def _of_story(story: Story) -> Truth:
    home = f"http://{QUARRY.host}"
    return Truth(
        magazine=QUARRY.name,
        url=story.url,
        announced_url=f"{home}{story.announced_path}",
        kind=story.kind,
        completeness=_COMPLETENESS.get(story.kind, "full"),
        title=story.title,
        authors=story.authors,
        language="en",
        date_published=story.published,
        text="\n\n".join(_shown(story)),
        page_urls=tuple(f"{home}{path}" for path in story.page_paths),
        forbidden=story.kind == "members",
    )


def _shown(story: Story) -> tuple[str, ...]:
    """The paragraphs that anybody can read."""
    if story.kind in ("password", "consent", "soft404"):
        return ()
    return story.text[:1] if story.kind == "paywall" else story.text
