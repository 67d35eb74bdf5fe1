"""The Quarry Post, a magazine of years of recombined pieces and of every kind of page that is no plain article.

A month of its archive has two pieces, a March twelve. From the first edition on each edition is a week: it adds
two pieces, edits some of the newest, and moves what is no part of any text: counters, lists, notices, class names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Literal

from backissue.sample.magazines import EDITION_TIMES, TIDELINE, UNDERSTOREY, Magazine
from backissue.sample.markup import slugify
from backissue.sample.pieces import load_pieces
from backissue.sample.recombined import recombine

Kind = Literal[
    "article",
    "pages",
    "paywall",
    "password",
    "consent",
    "soft404",
    "liveblog",
    "members",
    "slow",
    "moved",
]

QUARRY = Magazine(
    name="quarry",
    title="The Quarry Post",
    tagline="Stone, and what is made of it",
    host="quarry.example",
    sections=("Stone", "Tools", "Letters"),
    section_path="/section/{section}",
    piece_path="/stories/{slug}",
    picture_path="/media/{slug}.png",
    feed_path="/rss.xml",
    sitemap_path="/sitemap-index.xml",
)
FIRST_YEAR = 2019
_KINDS: dict[int, Kind] = {
    **{20: "pages", 75: "pages", 130: "pages", 204: "pages"},
    **{31: "paywall", 90: "paywall", 141: "paywall", 180: "paywall", 222: "paywall"},
    **{44: "password", 163: "password", 52: "consent", 171: "consent"},
    **{15: "soft404", 101: "soft404", 150: "soft404", 61: "moved", 112: "moved", 190: "moved"},
    **{26: "members", 84: "members", 120: "slow", 241: "liveblog"},
}
_PAGES = {20: 3, 75: 5, 130: 2, 204: 4}
REPRINTS = {
    244: (TIDELINE, "what-the-pilot-knows"),
    246: (UNDERSTOREY, "bread-for-a-cold-kitchen"),
}
"""The pieces that another magazine printed first, and where they stand there."""
_EDITED = 12  # of the newest pieces may be edited
_EDITS = ("corrected", "retitled", "joined", "extended", "touched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One piece as it stands at an edition; *text* holds its paragraphs, *changed* when it last changed.

    *touched* is when its page says that it changed, though nothing may have.
    """

    number: int
    kind: Kind
    title: str
    summary: str
    authors: tuple[str, ...]
    section: str
    published: datetime
    changed: datetime
    touched: datetime
    text: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it stands on the host."""
        folder = "/members" if self.kind == "members" else "/stories"
        return f"{folder}/{_slug(self.number)}-{self.number}"

    @property
    def url(self) -> str:
        """The address of the piece, or of its first page."""
        return f"http://{QUARRY.host}{self.path}"

    @property
    def announced_path(self) -> str:
        """Where sitemaps say that it stands: of a piece that was moved, the old place."""
        return f"/old/{self.number}.html" if self.kind == "moved" else self.path

    @property
    def pages(self) -> tuple[tuple[str, ...], ...]:
        """The paragraphs of each of its pages; of most pieces there is one."""
        count = _PAGES.get(self.number, 1)
        size = -(-len(self.text) // count)
        return tuple(self.text[at : at + size] for at in range(0, len(self.text), size))

    @property
    def page_paths(self) -> tuple[str, ...]:
        """Where its pages stand: as `?page=2`, or as `/2`."""
        form = "{}/{}" if self.number % 2 else "{}?page={}"
        behind = (form.format(self.path, n) for n in range(2, len(self.pages) + 1))
        return (self.path, *behind)


@cache
def stories(edition: int) -> tuple[Story, ...]:
    """All that has appeared up to *edition*, newest first."""
    found = [_story(number, day, edition) for number, day in enumerate(_days(edition), 1)]
    return tuple(sorted(found, key=lambda story: story.published, reverse=True))


def moment_of(edition: int) -> datetime:
    """When *edition* came out."""
    return EDITION_TIMES[0] + timedelta(weeks=edition - 1)


def edits_of(number: int, edition: int) -> list[tuple[int, str]]:
    """The edits of piece *number* up to *edition*: in which edition each came, and its kind."""
    return [
        (at, kind)
        for at in range(2, edition + 1)
        if (kind := _edit_in(number, at)) and _count(at - 1) - _EDITED < number <= _count(at - 1)
    ]


def _edit_in(number: int, edition: int) -> str | None:
    chance = Random(f"edit {number} {edition}")
    is_plain = number not in _KINDS
    return chance.choice(_EDITS) if is_plain and chance.random() < 0.3 else None


def _days(edition: int) -> Iterator[date]:
    """The days on which pieces appeared, in their order."""
    last = EDITION_TIMES[0].date()
    for year in range(FIRST_YEAR, last.year + 1):
        for month in range(1, 13):
            if (year, month) < (last.year, last.month):
                yield from (date(year, month, day) for day in _days_of(month))
    for week in range(edition):
        day = moment_of(week + 1).date()
        yield from (day - timedelta(days=1), day)


def _days_of(month: int) -> range:
    return range(2, 26, 2) if month == 3 else range(9, 24, 13)


@cache
def _count(edition: int) -> int:
    return sum(1 for _ in _days(edition))


def _story(number: int, day: date, edition: int) -> Story:
    chance = Random(f"story {number}")
    kind = _KINDS.get(number, "article")
    words = 1500 if kind == "pages" else chance.randint(250, 700)
    made = recombine(f"story {number}", words)
    published = datetime(
        day.year, day.month, day.day, chance.randint(5, 18), chance.randrange(60), tzinfo=UTC
    )
    story = Story(
        number=number,
        kind=kind,
        title=made.title,
        summary=made.summary,
        authors=made.authors,
        section=QUARRY.sections[number % 3],
        published=published,
        changed=published,
        touched=published,
        text=_reprinted(number) or made.paragraphs,
    )
    for at, edit in edits_of(number, edition):
        story = _edited(story, edit, at)
    if kind == "liveblog":
        story = replace(story, text=_entries(edition), changed=moment_of(edition))
    return story


def _reprinted(number: int) -> tuple[str, ...]:
    """The paragraphs of a piece that another magazine printed first, and who it was; else none."""
    if number not in REPRINTS:
        return ()
    magazine, slug = REPRINTS[number]
    (piece,) = (one for one in load_pieces(magazine, 1) if one.slug == slug)
    paragraphs = (block.text for block in piece.blocks if block.kind == "paragraph")
    return (*paragraphs, f"This piece first appeared in {magazine.title}.")


def _edited(story: Story, edit: str, edition: int) -> Story:
    at = moment_of(edition)
    more = recombine(f"edit {story.number} {edition}", 60)
    if edit == "touched":  # the page says that it changed; it did not
        return replace(story, touched=at)
    changed = replace(story, changed=at, touched=at)
    if edit == "retitled":
        return replace(changed, title=more.title)
    if edit == "joined":
        return replace(changed, authors=tuple(dict.fromkeys((*story.authors, *more.authors))))
    if edit == "extended":
        return replace(changed, text=(*story.text, more.paragraphs[0]))
    first, *rest = story.text
    sentences = first.split(". ")
    corrected = ". ".join([more.paragraphs[0].split(". ")[0].rstrip("."), *sentences[1:]])
    note = f"Correction, {at.day} {at:%B} {at.year}: the first sentence of this piece was wrong."
    return replace(changed, text=(corrected, *rest, note))


def _entries(edition: int) -> tuple[str, ...]:
    """What the live blog has by *edition*, newest first."""
    return tuple(
        f"{8 + number % 12:02}:{number * 7 % 60:02} {recombine(f'entry {number}', 40).paragraphs[0]}"
        for number in range(6 + 2 * edition, 0, -1)
    )


@cache
def _slug(number: int) -> str:
    """Of the first title: an address does not change with it."""
    return slugify(recombine(f"story {number}", 1).title)
