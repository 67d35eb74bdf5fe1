"""Whether an address is that of an article, judged by its shape and by those known of its site.

A shape is the path with what varies replaced: `/2024/05/the-long-way-home/` is `/Y/M/slug/`. What a
site's feeds and sitemaps name teaches its shapes; where nothing is known, what is common to most
sites decides: a date or a long slug makes an article, `/tag/` and `/page/2/` do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

UrlKind = Literal["article", "listing", "other", "unknown"]
ListSort = Literal["date", "day", "page", "taxonomy", "category", "section", "name", ""]

_SUPPORT = 3  # articles of a shape that make it one of the site's
_LONG_SLUG = 3  # hyphens
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|epub|mp[34]|m4a|ogg|zip|gz|css|js|json|xml|rss|atom|txt"
    r"|woff2?)$",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\.(?:x?html?|php|aspx?)$", re.IGNORECASE)
_YEAR, _TWO = re.compile(r"(?:19|20)\d\d"), re.compile(r"[01]?\d|[12]\d|3[01]")
_BY_DATE = re.compile(
    r"(?:^|/)(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?P<day>[/-](?:0?[1-9]|[12]\d|3[01]))?$"
)
# What systems call their lists. The words are a help where a page shows nothing: what its structure
# says comes before them (`crawlers.discovery.leads`).
_TAXONOMIES = {
    *("tag", "tags", "tagged", "author", "authors", "label", "labels", "keyword", "keywords"),
    *("schlagwort", "autor", "autoren", "etiqueta", "etiquetas", "autores", "auteur", "auteurs"),
}
_CATEGORIES = {
    *("category", "categories", "topic", "topics", "kategorie", "kategorien", "thema", "themen"),
    *("categoria", "categorias", "categorie", "tema", "temas"),
}
_SECTIONS = {"section", "sections", "series", "issue", "issues", "rubrique", "rubrik"}
_ARCHIVES = {"archive", "archives", "archiv", "archivo", "archivio", "arkiv", "archief", "归档"}
_LISTING = {*_TAXONOMIES, *_CATEGORIES, *_SECTIONS, *_ARCHIVES, "search", "feed", "rss", "page"}
_NAMED = {  # as the last word of an address alone: an article may stand below them
    *(*_ARCHIVES, "articles", "article", "blog", "all", "posts", "news", "stories", "texts"),
    *("artikel", "beitraege", "beiträge", "alle", "nachrichten", "articulos", "noticias", "todos"),
    *("articoli", "notizie", "tutti", "tous", "actualites", "artikler", "artiklar", "artigos"),
    *("文章", "記事", "기사"),
}
_OTHER = {
    *("about", "contact", "imprint", "impressum", "privacy", "terms", "login", "signin", "signup"),
    *("register", "account", "cart", "checkout", "shop", "subscribe", "subscription", "newsletter"),
    *("advertise", "jobs", "careers", "wp-admin", "wp-login.php", "wp-json", "wp-content"),
    *("cdn-cgi", "datenschutz", "agb", "kontakt", "abo", "anmelden", "mentions-legales"),
    *("contacto", "contatti"),
}
_PAGE_KEYS = {"page", "paged", "p", "offset", "start"}
_SEARCH_KEYS = {"s", "q", "search"}
_LIST_KEYS = {"cat", "tag", "author", "category", "author_name", "label"}


@dataclass(frozen=True, slots=True)
class UrlJudgement:
    """What an address seems to be, and why, in words.

    *sort* says what kind of list it seems to be. The address itself is *certain* of it where no
    word decided. *weak*: pages of service have such addresses, too.
    """

    kind: UrlKind
    reason: str
    sort: ListSort = ""
    certain: bool = False
    weak: bool = False


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
    """The shapes of a site's known articles: how many have each, and the segments that all share.

    `/posts/a-tale/` and `/posts/two-cities/` share `posts`: `/authors/ada/` is like neither.
    """

    articles: Counter[str]
    shared: dict[str, tuple[str | None, ...]] = field(default_factory=dict)

    @classmethod
    def learn(cls, articles: Iterable[str]) -> Shapes:
        """The shapes of *articles*, addresses that feeds, sitemaps or earlier runs named."""
        return cls(Counter()).with_more(articles)

    def with_more(self, articles: Iterable[str]) -> Shapes:
        """These shapes, and those of more *articles*."""
        counts, shared = Counter(self.articles), dict(self.shared)
        for url in articles:
            shape, segments = _fine_shape(url), _segments(url)
            before = shared.get(shape, segments)
            shared[shape] = tuple(
                one if one == other else None for one, other in zip(before, segments, strict=False)
            )
            counts[shape] += 1
        return Shapes(counts, shared)

    def count(self, url: str) -> int:
        """How many known articles have an address like *url*."""
        shape = _fine_shape(url)
        pairs = zip(self.shared.get(shape, ()), _segments(url), strict=False)
        alike = all(shared in (None, segment) for shared, segment in pairs)
        return self.articles[shape] if alike else 0

    def _names(self, url: str, word: str) -> bool:
        """Whether all known articles with an address like *url* have *word* in it."""
        return word in self.shared.get(_fine_shape(url), ())

    def judge(self, url: str) -> UrlJudgement:
        """What *url* seems to be; what its words say comes before what the site's shapes say."""
        shape, count = shape_of(url), self.count(url)
        if certain := _by_form(url):
            return certain
        named = _by_words(url)
        if named and named.kind == "other":
            return named
        own_word = named and count >= _SUPPORT and self._names(url, named.reason.split("/")[1])
        dated = named and named.sort == "name" and _is_dated(shape)
        if named and not own_word and not dated:
            return named
        if count >= _SUPPORT:
            weak = shape.rstrip("/").count("/") < 2
            return UrlJudgement("article", f"{count} articles have the shape {shape}", weak=weak)
        if _is_dated(shape):
            return UrlJudgement("article", "a date in its path")
        if re.search(r"slug(?:\.\w+)?/?$", shape):
            return UrlJudgement("article", "a long slug", weak=True)
        return UrlJudgement("unknown", f"nothing speaks for {shape}")


def _is_dated(shape: str) -> bool:
    """Whether something stands behind a date."""
    return "Y/M" in shape and shape.rstrip("/").rpartition("/")[2] not in ("Y", "M", "D")


def is_list_name(url: str) -> bool:
    """Whether the last word of an address is a name of lists, as in `/archive.html`."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return unquote(_PAGE.sub("", last)).lower() in _NAMED


def _segments(url: str) -> tuple[str, ...]:
    """The segments of the path, as many as a shape has."""
    return tuple(unquote(urlsplit(url).path).lower().split("/"))


def _fine_shape(url: str) -> str:
    """The shape; a last word without hyphens is another, for lists have such names."""
    shape = shape_of(url)
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return f"{shape} (plain)" if _PAGE.sub("", last).isalpha() else shape


def _by_form(url: str) -> UrlJudgement | None:
    """What the form of an address says, whatever its words mean."""
    parts = urlsplit(url)
    path = _PAGE.sub("", parts.path).rstrip("/")
    if path in ("", "/index") and not parts.query:
        return UrlJudgement("listing", "the front page", certain=True)
    if _FILES.search(parts.path):
        return UrlJudgement("other", "a file", certain=True)
    segments = path.strip("/").split("/")
    if dated := _BY_DATE.search(path):
        sort: ListSort = "day" if dated["day"] else "date"
        return UrlJudgement("listing", "only a date in its path", sort, certain=True)
    if all(_YEAR.fullmatch(word) or _TWO.fullmatch(word) for word in segments) and segments[0]:
        return UrlJudgement("listing", "only a date in its path", "date", certain=True)
    if re.search(r"/(?:page[/-]?|index[-_]?)\d+$", path, re.IGNORECASE):
        return UrlJudgement("listing", "a page number", "page", certain=True)
    query = parse_qsl(parts.query)
    if any(key == "m" and re.fullmatch(r"(?:19|20)\d{2,6}", value) for key, value in query):
        return UrlJudgement("listing", "a date in its query", "date", certain=True)
    if {key for key, value in query if value.isdigit()} & (_PAGE_KEYS - {"p"}):
        return UrlJudgement("listing", "a page number", "page", certain=True)
    return None


def _by_words(url: str) -> UrlJudgement | None:
    parts = urlsplit(url)
    keys = {key.lower() for key, _ in parse_qsl(parts.query)}
    if keys & _SEARCH_KEYS:
        return UrlJudgement("other", "a search")
    if found := next(iter(sorted(keys & _LIST_KEYS)), None):
        sort: ListSort = "category" if found.startswith("cat") else "taxonomy"
        return UrlJudgement("listing", f"?{found}= in its query", sort)
    segments = [segment.lower() for segment in unquote(parts.path).split("/") if segment]
    words = [*segments[:-1], *(_PAGE.sub("", last) for last in segments[-1:])]
    if found := next((word for word in [*segments, *words[-1:]] if word in _OTHER), None):
        return UrlJudgement("other", f"/{found}/ in its path")
    if found := next((word for word in words if word in _LISTING), None):
        return UrlJudgement("listing", f"/{found}/ in its path", _sort_of(words, found))
    return None


def _sort_of(words: list[str], found: str) -> ListSort:
    if words[-1] in ("search", "feed", "rss"):
        return ""
    if any(word in _TAXONOMIES for word in words):
        return "taxonomy"
    if found in _CATEGORIES:
        return "category"
    if _YEAR.fullmatch(words[-1]):
        return "date"
    if found in _ARCHIVES:
        return "name"
    return "section" if found in _SECTIONS else ""
