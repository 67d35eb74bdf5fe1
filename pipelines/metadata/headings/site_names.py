"""The names of a site: by which of them a page's title may be lengthened, and the title without."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from archive.web.hosts import host_of, url_path
from pipelines.text.words import key

_EAST = r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_SEPARATOR = re.compile(
    r"\s*[|│ㅣ┃｜¦‖❘∣⏐︱]+\s*|\s+[–—―·•∙⋅・»›«‹:>~/\\-]+\s+|\s*[»›«‹]\s*|\s+[–—-](?=\S)"
    rf"|(?<=\S)[–—-]\s+|(?<=\w)[:：]\s+|(?<={_EAST})[_＿–—－-]+(?={_EAST})|(?<=\w)_(?=\w)"
)
_TIGHT = re.compile(r"[:：]\s+|[–—-]\s+|[_＿–—－-]+")
_STRONG = re.compile(r"\s*[|│ㅣ┃｜❘»›]\s*")
_AT_THE_END = re.compile(
    r"(?P<title>.*\S)(?:\s*[(\[（【](?P<in>[^()\[\]（）【】]+)[)\]）】]|,\s(?P<behind>[^,]+))$"
)
_IN_BRACKETS = re.compile(r"[\[［【](?P<section>[^\]］】]+)[\]］】]\s*(?P<title>\S.*)")
_OF_SITES_WORDS = """
the blog blogs magazine magazin mag news newspaper online com org net de fr es it co uk us inc
llc ltd gmbh b v bv official site website web homepage home page journal review zeitung portal
tv en english global international usa
"""
_OF_SITES = frozenset(_OF_SITES_WORDS.split())
"""Words that a site's name has in one place and not in another."""
_SHORTEST = 3  # letters of a site's name once those words are left out
_MOST_PARTS = 4  # parts of a title that are taken for names of the site and of its sections


@dataclass(frozen=True, slots=True)
class Sites:
    """How a site is called: its *names* as keys of words, their letters, and those of its *hosts*;
    *sections* are the keys of the names of its parts, *initials* those of long names."""

    names: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()

    def holds(self, text: str, behind: bool = False) -> bool:
        """Whether *text* is a name of the site. What stands *behind* a title may be a longer one,
        or its initials."""
        said = key(text)
        if not said:
            return False
        letters = said.replace(" ", "")
        if said in self.names or letters in self.letters:
            return True
        words = [word for word in said.split() if word not in _OF_SITES]
        bare = "".join(words)
        if len(bare) >= _SHORTEST and bare in self.letters:
            return True
        if behind and (letters in self.initials or self._begins(said.split())):
            return True
        parts = {part for host in self.hosts for part in re.split(r"[.-]", host)}
        if " " in said and parts.issuperset(said.split()):
            return True
        return any(_is_of_host(said.split(), words, bare, host) for host in self.hosts)

    def _begins(self, words: list[str]) -> bool:
        """Whether the first of *words*, which are few, are those with which the host begins."""
        labels = [label for host in self.hosts for label in host.replace("-", "").split(".")[:-1]]
        letters = _plain("".join(words))
        first = _plain(words[0])
        return len(words) < 5 and any(
            (len(first) > 4 and label.startswith(first))
            or (len(label) > 4 and letters.startswith(label))
            or (len(words) == 1 and len(first) > 5 and label.endswith(first))
            for label in labels
        )


def _plain(text: str) -> str:
    """*text* without the accents that no host has."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _is_of_host(every: list[str], words: list[str], bare: str, host: str) -> bool:
    """Whether the letters *bare* of *words*, or of *every* word, are a label of *host*; or a good
    half of one."""
    labels = host.replace("-", "").split(".")
    letters = "".join(every)
    return any(
        label in (bare, letters)
        or (len(words) > 1 and len(bare) > 7 and bare in label and 2 * len(bare) > len(label))
        for label in labels
    )


def names_of_host(url: str) -> tuple[str, ...]:
    """The names by which the host of *url* may sign: `estuary.example` and `estuary`."""
    host = host_of(url).removeprefix("www.")
    labels = host.split(".")
    own = labels[:-1] if len(labels) > 1 else labels
    return tuple(filter(None, (host, *(label for label in own if len(label) > 3))))


def sites_of(url: str, names: Iterable[str | None], sections: Iterable[str]) -> Sites:
    """The *names* of the site of *url*, its host's among them, and of its *sections*."""
    said = frozenset(key(name) for name in names if name) - {""}
    letters = {name.replace(" ", "") for name in said}
    letters |= {"".join(word for word in name.split() if word not in _OF_SITES) for name in said}
    hosts = names_of_host(url)[:1]
    paths = (part.replace("-", " ") for part in url_path(url).split("/")[:-1])
    return Sites(
        said,
        frozenset(one for one in letters if len(one) >= _SHORTEST),
        hosts,
        frozenset(filter(None, map(key, (*sections, *paths)))),
        frozenset("".join(word[0] for word in one.split()) for one in said if one.count(" ") > 1),
    )


def without_site(title: str, sites: Sites, shown: Iterable[str] = ()) -> str:
    """*title* without the names of its site and its sections behind it, or the site's before it.

    *shown* are the keys of headings: what stands beside one of them in a title is no part of it.
    """
    whole = frozenset(shown)
    for _ in range(_MOST_PARTS):
        shorter = _without_one(title, sites, whole)
        if shorter is None or not key(shorter):
            break
        title = shorter
    return title


def _without_one(title: str, sites: Sites, shown: frozenset[str]) -> str | None:
    """*title* without one name at its end or its begin; None: it has none."""
    found = [
        (title[: one.start()].rstrip(), title[one.end() :], one[0])
        for one in _SEPARATOR.finditer(title)
    ]
    parts = [(before, after, sign) for before, after, sign in found if key(before) and key(after)]
    is_shown = key(title) in shown
    for before, after, sign in reversed(parts):
        colon = sign.strip() in (":", "：")
        if sites.holds(after, behind=not colon) and not (colon and is_shown):
            return before
    for before, after, sign in () if is_shown else parts:
        if sites.holds(before):
            return after
        if not _TIGHT.fullmatch(sign) and shown & {key(before), key(after)}:
            return before if key(before) in shown else after
    return None if is_shown else _without_section(title, parts, sites)


def _without_section(title: str, parts: list[tuple[str, str, str]], sites: Sites) -> str | None:
    """*title* without a section at one end, or the site in brackets at its end."""
    for before, after, sign in parts[-1:]:
        if " " in before and key(after) in sites.sections and not _TIGHT.fullmatch(sign):
            return before
    for before, after, sign in parts[:1]:
        if " " in after and key(before) in sites.sections and _STRONG.fullmatch(sign):
            return after
    bracketed = _IN_BRACKETS.fullmatch(title)
    if bracketed and key(bracketed["section"]) in sites.sections:
        return bracketed["title"]
    end = _AT_THE_END.fullmatch(title)
    return end["title"] if end and sites.holds(end["in"] or end["behind"]) else None
