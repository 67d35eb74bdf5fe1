"""What a magazine has out at an edition, and which of its pieces a page may point to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from backissue.sample.magazines import Magazine
from backissue.sample.pieces import Piece


@dataclass(frozen=True)
class Shelf:
    """The pieces of one magazine at an edition, newest first, and the day its pages show."""

    magazine: Magazine
    pieces: tuple[Piece, ...]
    today: date

    @cached_property
    def open(self) -> tuple[Piece, ...]:
        """The pieces that robots may fetch."""
        return tuple(piece for piece in self.pieces if not piece.forbidden)

    @cached_property
    def standing(self) -> tuple[Piece, ...]:
        """The pieces of the first edition: what widgets list, so that a new piece alters no old page."""
        return tuple(piece for piece in self.open if piece.since == 1)

    def beside(self, piece: Piece) -> tuple[Piece, ...]:
        """The pieces that were out when *piece* appeared in the magazine."""
        return tuple(p for p in self.open if p.since <= piece.since and p.slug != piece.slug)

    def related(self, piece: Piece) -> tuple[Piece, ...]:
        """Three other pieces, those of its own section first."""
        others = sorted(self.beside(piece), key=lambda other: other.section != piece.section)
        return tuple(others[:3])

    def neighbours(self, piece: Piece) -> tuple[Piece | None, Piece | None]:
        """The piece published before *piece*, and the one after it."""
        others = self.beside(piece)
        before = [p for p in others if p.date_published < piece.date_published]
        after = [p for p in others if p.date_published > piece.date_published]
        return (before[0] if before else None, after[-1] if after else None)

    def listings(self) -> list[tuple[str, str, tuple[Piece, ...]]]:
        """Path, title and pieces of the home page and of each section page."""
        return [("/", self.magazine.title, self.open)] + [
            (
                self.magazine.section_path.format(section=section.lower()),
                section,
                tuple(piece for piece in self.open if piece.section == section),
            )
            for section in self.magazine.sections
        ]
