"""The three invented magazines: their names, their addresses, and how each of them builds the address of a piece."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

TODAY = date(2026, 6, 22)
"""The day that stands in the header of every page: the magazines have no clock."""

EDITION_TIMES = (datetime(2026, 6, 8, 6, 0, tzinfo=UTC), datetime(2026, 6, 15, 6, 0, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Magazine:
    """One of the magazines, and where it announces its pieces."""

    name: str
    title: str
    tagline: str
    host: str
    sections: tuple[str, ...]
    section_path: str
    piece_path: str
    picture_path: str
    feed_path: str
    sitemap_path: str

    @property
    def url(self) -> str:
        """The address of the home page."""
        return f"http://{self.host}/"

    @property
    def feed_url(self) -> str:
        """The address of the RSS or Atom feed."""
        return f"http://{self.host}{self.feed_path}"

    @property
    def sitemap_url(self) -> str:
        """The address of the sitemap, or of the index of sitemaps."""
        return f"http://{self.host}{self.sitemap_path}"


TIDELINE = Magazine(
    name="tideline",
    title="The Tideline Review",
    tagline="Coasts, ports and the trades of the sea",
    host="tideline.example",
    sections=("Reports", "Essays", "Reviews"),
    section_path="/category/{section}/",
    piece_path="/{published:%Y/%m}/{slug}/",
    picture_path="/wp-content/uploads/{published:%Y/%m}/{slug}.png",
    feed_path="/feed/",
    sitemap_path="/wp-sitemap.xml",
)
UNDERSTOREY = Magazine(
    name="understorey",
    title="Understorey",
    tagline="A quarterly of land, weather and work done by hand",
    host="understorey.example",
    sections=("Essays", "Reports", "Practice"),
    section_path="/{section}/",
    piece_path="/{section}/{slug}",
    picture_path="/pictures/{slug}.png",
    feed_path="/atom.xml",
    sitemap_path="/sitemap.xml",
)
BRANCHLINE = Magazine(
    name="branchline",
    title="Branchline",
    tagline="Small railways and the people beside them",
    host="branchline.example",
    sections=("Lines", "Portraits", "Notes"),
    section_path="/category/{section}/",
    piece_path="/{published:%Y/%m}/{slug}/",
    picture_path="/wp-content/uploads/{published:%Y/%m}/{slug}.png",
    feed_path="/feed/",
    sitemap_path="/sitemap.xml",
)
MAGAZINES = (TIDELINE, UNDERSTOREY, BRANCHLINE)
