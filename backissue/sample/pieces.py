"""The sample's text files into the pieces that a magazine has published at an edition."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from backissue.sample.blocks import FURNITURE, Block, parse_blocks
from backissue.sample.magazines import Magazine


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece as it stands at an edition.

    *date_announced* is what the feed says, *date_touched* what the sitemap and `Last-Modified` say.
    *layout* is all that stands in the piece; *blocks* leaves out captions and pull quotes.
    """

    magazine: Magazine
    slug: str
    title: str
    authors: tuple[str, ...]
    section: str
    keywords: tuple[str, ...]
    language: str
    summary: str
    date_published: datetime
    date_modified: datetime
    date_announced: datetime
    date_touched: datetime
    layout: tuple[Block, ...]
    comments: tuple[tuple[str, str], ...]
    readers: int
    since: int = 1
    announced_path: str | None = None

    @property
    def path(self) -> str:
        """Where the piece stands on its host."""
        return self._place(self.magazine.piece_path)

    @property
    def url(self) -> str:
        """The address of the piece."""
        return f"http://{self.magazine.host}{self.path}"

    @property
    def announced_url(self) -> str:
        """The address that feed and sitemap give: for a piece that was moved, the old one."""
        return f"http://{self.magazine.host}{self.announced_path or self.path}"

    @property
    def picture_path(self) -> str:
        """Where the piece's picture stands on its host."""
        return self._place(self.magazine.picture_path)

    @property
    def forbidden(self) -> bool:
        """Whether robots.txt asks crawlers to stay away."""
        return self.path.startswith("/private/")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What an extraction has to give, block for block."""
        return tuple(block for block in self.layout if block.kind not in FURNITURE)

    @property
    def true_text(self) -> str:
        """The text of the piece without its title, blocks joined by a blank line."""
        return "\n\n".join(block.text for block in self.blocks)

    def _place(self, pattern: str) -> str:
        return pattern.format(
            published=self.date_published, section=self.section.lower(), slug=self.slug
        )


def load_pieces(magazine: Magazine, edition: int) -> tuple[Piece, ...]:
    """What *magazine* has published at *edition*, newest first."""
    folder = files("backissue.sample") / "texts" / magazine.name
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".md"))
    pieces = (
        read_piece(magazine, name.removesuffix(".md"), (folder / name).read_text("utf-8"), edition)
        for name in names
    )
    published = (piece for piece in pieces if piece.since <= edition)
    return tuple(sorted(published, key=lambda piece: piece.date_published, reverse=True))


def read_piece(magazine: Magazine, slug: str, text: str, edition: int) -> Piece:
    """The piece that *text* describes: TOML between two lines `+++`, then the body."""
    _, front, body = text.split("+++\n", 2)
    fields: dict[str, Any] = tomllib.loads(front)
    published = fields.pop("published")
    change = fields.pop("second_edition", {}) if edition > 1 else {}
    fields.pop("second_edition", None)
    lists: dict[str, Any] = {name: tuple(fields.pop(name)) for name in ("authors", "keywords")}
    dates = _dates(published, change)
    readers = 240 + zlib.crc32(slug.encode()) % 4000 + 318 * (change.get("kind") == "recounted")
    return Piece(
        magazine=magazine,
        slug=slug,
        layout=parse_blocks(_corrected(body, change)),
        comments=tuple((name, words) for name, words in fields.pop("comments", ())),
        readers=readers,
        **dates,
        **lists,
        **fields,
    )


def _dates(published: datetime, change: dict[str, Any]) -> dict[str, Any]:
    """What each kind of change moves: a correction all, a new count the page, a new announcement the feed."""
    kind, at = change.get("kind"), change.get("at", published)
    return {
        "date_published": published,
        "date_modified": at if kind == "corrected" else published,
        "date_announced": at if kind in ("corrected", "announced") else published,
        "date_touched": at if kind in ("corrected", "recounted") else published,
    }


def _corrected(body: str, change: dict[str, Any]) -> str:
    if change.get("kind") != "corrected":
        return body
    if body.count(change["wrong"]) != 1:
        raise ValueError(f"a correction must match once: {change['wrong']!r}")
    corrected = body.replace(change["wrong"], change["right"])
    return f"{corrected}\n\n{change['note']}\n"
