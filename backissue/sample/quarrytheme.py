"""Stories into pages of The Quarry Post: boxes in boxes under class names that mean nothing and change every week.

There is no `article`, `main`, `nav` or `aside`, no JSON-LD but on a few pages, and the date stands in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from random import Random

from backissue.sample.quarry import QUARRY, Story

_COOKIES = (
    "We and our 214 partners keep small files on your device so that the stones load faster. You may "
    "say no, and the stones load all the same."
)
_NEWSLETTER = (
    "The Post in your post: one letter every Friday, with the pieces of the week and one stone that "
    "we like. Your address goes to nobody else."
)
_NOTICES = (
    "Chisels, points and claws, forged to order and sent with a handle.",
    "Two days at the bench: learn to split slate. No experience is needed.",
    "Dust masks that do not fog. Try one for a week.",
)
_READERS = (
    "My father cut that seam, and it was never as dry as you say.",
    "A good piece, but the drawing shows the wedge upside down.",
    "Does anybody know what became of the crane?",
    "I read this on the bus and missed my stop.",
)
_CONSENT = (
    "Before you continue to The Quarry Post. We use cookies and data to deliver and maintain our "
    "services, to track outages, and to measure how you read. If you choose to accept all, we will "
    "also use cookies and data to show personalised notices."
)


class Theme:
    """The theme as it was built for *edition*: its class names, and what its boxes show."""

    def __init__(self, edition: int, latest: Sequence[Story]) -> None:
        self.edition, self.latest = edition, [s for s in latest if s.kind == "article"]

    def story(self, story: Story, page: int = 1) -> str:
        """The page of *story*, or page number *page* of it."""
        whole = {"paywall": self._walled, "password": self._locked, "liveblog": self._live}
        text = story.pages[page - 1] if page else story.text
        body = whole[story.kind](story) if story.kind in whole else self._prose(text, story)
        day = story.published
        by = " and ".join(escape(name) for name in story.authors)
        head = (
            f'<h1 class="{self.c("title")}">{escape(story.title)}</h1>'
            f'<div class="{self.c("dek")}">{escape(story.summary)}</div>'
            f'<div class="{self.c("by")}"><span>By {by}</span> <span>{day.day} {day:%B %Y}</span> '
            f"<span>{self._count(story)} readers</span></div>"
        )
        behind = self._comments(story) if story.kind not in ("password",) else ""
        main = (
            f'<div class="{self.c("wrap")}"><div class="{self.c("col")}">{head}'
            f'<div class="{self.c("body")}">{body}</div>{self._pager(story, page)}{behind}</div>'
            f'<div class="{self.c("side")}">{self._most_read(story)}{self._cards(story)}</div></div>'
        )
        return self._shell(story.title, main, _meta(story, page))

    def listing(self, title: str, found: Iterable[Story], following: str = "") -> str:
        """A page that lists stories; *following* is what leads to the page behind it."""
        cards = "".join(
            f'<div class="{self.c("card")}"><a href="{story.path}"><div class="{self.c("cardtitle")}">'
            f"{escape(story.title)}</div></a><div>{escape(story.summary)}</div>"
            f'<div class="{self.c("small")}">{story.published.day} {story.published:%B %Y}</div></div>'
            for story in found
        )
        main = (
            f'<div class="{self.c("list")}"><div class="{self.c("heading")}">{escape(title)}</div>'
            f"{cards}{following}</div>"
        )
        return self._shell(title, main, "")

    def more(self, address: str) -> str:
        """A button that a script would follow."""
        return f'<button class="{self.c("b")} load-more" data-next-url="{escape(address)}">More</button>'

    def numbers(self, path: str, key: str, here: int, last: int) -> str:
        """The numbered pages of a listing."""
        links = (
            f"<b>{n}</b>" if n == here else f'<a href="{path}?{key}={n}">{n}</a>'
            for n in range(1, last + 1)
        )
        return f'<div class="{self.c("pages")}">{" ".join(links)}</div>'

    def consent(self, story: Story) -> str:
        """What stands where the story would, until somebody agrees."""
        named = "" if story.number % 2 else " consent-wall"
        box = (
            f'<div class="{self.c("consent")}{named}"><div>{_CONSENT}</div>'
            "<button>Reject all</button> <button>Accept all</button></div>"
        )
        return _document("Before you continue", "", box)

    def gone(self) -> str:
        """A page that says there is nothing, with status 200."""
        words = "The page that you look for has been moved, or was never here. Try the front page."
        main = f'<h1 class="{self.c("title")}">Page not found</h1><div>{words}</div>'
        return self._shell("Page not found", main, "")

    def about(self) -> str:
        """The page about the magazine."""
        main = (
            "<h1>About</h1><div>The Quarry Post is made of sentences from its sister magazines, mixed "
            "anew by a machine: nobody wrote these pieces, and nobody need believe them.</div>"
        )
        return self._shell("About", main, "")

    def c(self, role: str) -> str:
        """The class name of *role* in this build."""
        return "css-" + sha256(f"{self.edition} {role}".encode()).hexdigest()[:7]

    def _prose(self, text: Sequence[str], story: Story) -> str:
        chance = Random(f"layout {story.number}")
        parts = [f'<p class="{self.c("p")}">{escape(one)}</p>' for one in text]
        notice = _NOTICES[(story.number + self.edition) % len(_NOTICES)]
        if len(parts) > 3:
            parts.insert(
                chance.randint(1, 2),
                f'<div class="{self.c("n")}"><div>Advertisement</div><a href="/about">{notice}</a></div>',
            )
            parts.insert(
                chance.randint(3, len(parts)),
                f'<div class="{self.c("nl")}"><div class="{self.c("nlt")}">The Post in your post</div>'
                f'<div>{_NEWSLETTER}</div><input type="email" placeholder="you@somewhere">'
                "<button>Send it</button></div>",
            )
        return "\n".join(parts)

    def _walled(self, story: Story) -> str:
        named = "" if story.number % 2 else " paywall"  # the others say it in JSON-LD
        begin = "".join(f'<p class="{self.c("p")}">{escape(one)}</p>' for one in story.text[:1])
        return (
            f'{begin}<div class="{self.c("wall")}{named}"><div>Subscribe to read on</div><div>You have '
            "read your free piece of this month. Subscribers read everything, and keep us in "
            'chisels.</div><a href="/about">Subscribe from 3 a month</a> '
            '<a href="/about">I am a subscriber: log in</a></div>'
        )

    def _locked(self, story: Story) -> str:
        return (
            f'<form class="{self.c("f")} post-password-form" action="/unlock" method="post"><p>This piece '
            "is protected by a password. To read it, enter the password below:</p><label>Password: "
            '<input name="post_password" type="password"></label><input type="submit" value="Enter">'
            "</form>"
        )

    def _live(self, story: Story) -> str:
        return "".join(
            f'<div class="{self.c("e")}"><p>{escape(one)}</p></div>' for one in story.text
        )

    def _pager(self, story: Story, page: int) -> str:
        if len(story.pages) == 1 or not page:
            return ""
        links = [
            f"<b>{number}</b>" if number == page else f'<a href="{path}">{number}</a>'
            for number, path in enumerate(story.page_paths, 1)
        ]
        if page < len(story.pages):
            links.append(f'<a href="{story.page_paths[page]}">Next page</a>')
        links.append(f'<a href="{story.path}?view=all">View as one page</a>')
        return f'<div class="{self.c("pager")}">Page {" ".join(links)}</div>'

    def _comments(self, story: Story) -> str:
        chance = Random(f"comments {story.number}")
        said = chance.sample(_READERS, chance.randint(0, 3))
        one = '<div class="{}"><b>{}</b> <span>{} June</span><div>{}</div></div>'
        names = ("Gravel", "T. Hammer", "old_wedge")
        rows = "".join(
            one.format(self.c("r"), names[n], 2 + n, escape(words)) for n, words in enumerate(said)
        )
        return (
            f'<div class="{self.c("rs")}"><div>What readers say ({len(said)})</div>{rows}<form action="/say" '
            'method="post"><textarea name="words"></textarea><input name="who"><button>Say it</button>'
            "</form></div>"
        )

    def _most_read(self, story: Story) -> str:
        chance = Random(f"read {story.number} {self.edition}")
        rows = "".join(
            f'<a href="{other.path}"><div>{escape(other.title)}</div></a>'
            for other in chance.sample(self.latest[:20], 5)
        )
        return f'<div class="{self.c("mr")}"><div>Read most this week</div>{rows}</div>'

    def _cards(self, story: Story) -> str:
        chance = Random(f"cards {story.number} {self.edition}")
        rows = "".join(
            f'<div><a href="{other.path}">{escape(other.title)}</a><div>{escape(other.summary)}</div></div>'
            for other in chance.sample(self.latest, 3)
        )
        return f'<div class="{self.c("cards")}"><div>You may also like</div>{rows}</div>'

    def _count(self, story: Story) -> int:
        return 100 + (story.number * 37 + self.edition * 211) % 5000

    def _shell(self, title: str, main: str, meta: str) -> str:
        links = "".join(
            f'<a href="{QUARRY.section_path.format(section=name.lower())}">{name}</a> '
            for name in QUARRY.sections
        )
        years = "".join(f'<a href="/archive/{year}/03/">{year}</a> ' for year in range(2019, 2027))
        body = (
            f'<div class="{self.c("cookies")}">{_COOKIES}<button>No</button><button>Yes</button></div>'
            f'<div class="{self.c("top")}"><a href="/">{QUARRY.title}</a><div>{links}</div></div>{main}'
            f'<div class="{self.c("foot")}"><div>{QUARRY.tagline}</div>{years}<a href="/about">About</a> '
            '<a href="/rss.xml">RSS</a></div>'
        )
        return _document(f"{title} - {QUARRY.title}", meta, body)


def _document(title: str, meta: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{meta}'
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
        f'<link rel="stylesheet" href="/main.css"></head><body>{body}</body></html>'
    )


def _meta(story: Story, page: int) -> str:
    found = f'<meta name="description" content="{escape(story.summary)}">'
    if page <= 1:
        found += f'<link rel="canonical" href="{story.url}">'
    if 0 < page < len(story.pages):
        found += f'<link rel="next" href="{story.page_paths[page]}">'
    declared = {"paywall": "NewsArticle", "liveblog": "LiveBlogPosting"}.get(story.kind)
    if declared and story.number % 2:
        said = {
            "@context": "https://schema.org",
            "@type": declared,
            "headline": story.title,
            "datePublished": story.published.isoformat(),
            "isAccessibleForFree": story.kind != "paywall",
        }
        found += f'<script type="application/ld+json">{json.dumps(said)}</script>'
    return found
