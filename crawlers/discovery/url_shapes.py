"""Whether an address is that of an article, judged by its shape and by those known of its site.

A shape is the path with what varies replaced: `/2024/05/the-long-way-home/` is `/Y/M/slug/`. What a
site's feeds and sitemaps name teaches its shapes; where nothing is known, what is common to most
sites decides: a date or a long slug makes an article, `/tag/` and `/page/2/` do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

UrlKind = Literal["article", "listing", "other", "unknown"]

_SUPPORT = 3  # articles of a shape that make it one of the site's
_LONG_SLUG = 3  # hyphens
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|epub|mp[34]|m4a|ogg|zip|gz|css|js|json|xml|rss|atom|txt"
    r"|woff2?)$",
    re.IGNORECASE,
)
_YEAR, _TWO = re.compile(r"(?:19|20)\d\d"), re.compile(r"[01]?\d|[12]\d|3[01]")
_LISTING = {
    *("tag", "tags", "category", "categories", "author", "authors", "topic", "topics", "section"),
    *("archive", "archives", "search", "feed", "rss", "page", "series", "issue", "issues"),
    *("schlagwort", "kategorie", "autor", "thema", "etiqueta", "categoria", "auteur", "rubrique"),
}
_OTHER = {
    *("about", "contact", "imprint", "impressum", "privacy", "terms", "login", "signin", "signup"),
    *("register", "account", "cart", "checkout", "shop", "subscribe", "subscription", "newsletter"),
    *(
        "advertise",
        "jobs",
        "careers",
        "wp-admin",
        "wp-login.php",
        "wp-json",
        "wp-content",
        "cdn-cgi",
    ),
    *(
        "datenschutz",
        "agb",
        "kontakt",
        "abo",
        "anmelden",
        "mentions-legales",
        "contacto",
        "contatti",
    ),
}
_PAGE_KEYS = {"page", "paged", "p", "offset", "start"}


@dataclass(frozen=True, slots=True)
class UrlJudgement:
    """What an address seems to be, and why, in words."""

    kind: UrlKind
    reason: str


def shape_of(url: str) -> str:
    """The address with what varies replaced: Y, M, D, number, slug, word, and query keys."""
    parts = urlsplit(url)
    segments = [_shape_of_segment(segment) for segment in unquote(parts.path).split("/")]
    segments = [
        "M" if before == "Y" and found == "number" else found
        for before, found in zip(["", *segments], segments, strict=False)
    ]
    segments = [
        "D" if before == "M" and found == "number" else found
        for before, found in zip(["", *segments], segments, strict=False)
    ]
    keys = sorted(key for key, _ in parse_qsl(parts.query, keep_blank_values=True))
    return "/".join(segments) + (f"?{'&'.join(keys)}" if keys else "")


def _shape_of_segment(segment: str) -> str:
    if not segment:
        return ""
    stem, _, suffix = (
        segment.rpartition(".") if re.search(r"\.\w{2,5}$", segment) else (segment, "", "")
    )
    ending = f".{suffix}" if suffix else ""
    if _YEAR.fullmatch(stem):
        return f"Y{ending}"
    if stem.isdigit():
        return f"number{ending}"
    if _is_slug(stem):
        return f"slug{ending}"
    return f"word{ending}"


def _is_slug(text: str) -> bool:
    marks = len(re.findall(r"[-_]", text))
    return (
        marks >= _LONG_SLUG
        or (marks >= 1 and any(char.isdigit() for char in text))
        or len(text) > 30
    )


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of a site's known articles, with how many have them."""

    articles: Counter[str]

    @classmethod
    def learn(cls, articles: Iterable[str]) -> Shapes:
        """The shapes of *articles*, addresses that feeds, sitemaps or earlier runs named."""
        return cls(Counter(shape_of(url) for url in articles))

    def judge(self, url: str) -> UrlJudgement:
        """What *url* seems to be; what its words say comes before what the site's shapes say."""
        shape = shape_of(url)
        if named := _by_words(url):
            return named
        if self.articles[shape] >= _SUPPORT:
            return UrlJudgement(
                "article", f"{self.articles[shape]} articles have the shape {shape}"
            )
        if "Y/M" in shape and shape.rstrip("/").rpartition("/")[2] not in ("Y", "M", "D"):
            return UrlJudgement("article", "a date in its path")
        if re.search(r"slug(?:\.\w+)?/?$", shape):
            return UrlJudgement("article", "a long slug")
        return UrlJudgement("unknown", f"nothing speaks for {shape}")


def _by_words(url: str) -> UrlJudgement | None:
    parts = urlsplit(url)
    segments = [segment.lower() for segment in parts.path.split("/") if segment]
    if not segments and not parts.query:
        return UrlJudgement("listing", "the front page")
    if _FILES.search(parts.path):
        return UrlJudgement("other", "a file")
    if found := next((word for word in segments if word in _OTHER), None):
        return UrlJudgement("other", f"/{found}/ in its path")
    if found := next((word for word in segments if word in _LISTING), None):
        return UrlJudgement("listing", f"/{found}/ in its path")
    if all(_YEAR.fullmatch(word) or _TWO.fullmatch(word) for word in segments) and segments:
        return UrlJudgement("listing", "only a date in its path")
    numbered = {key for key, value in parse_qsl(parts.query) if value.isdigit()}
    if numbered & (_PAGE_KEYS - {"p"}):
        return UrlJudgement("listing", "a page number")
    return None
