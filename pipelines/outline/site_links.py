"""References on a page into the SURT keys of other pages of its site."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.web.hosts import join_url
from archive.web.surt import url_surtkey

_PLAIN = re.compile(r"(?:/[a-z0-9_~-]+(?:\.[a-z0-9_~-]+)*)*/?")
"""A path that is its own key but for a slash at its end."""


class SiteLinks:
    """The site of the page with the SURT key *own*, whose links are relative to *base*."""

    def __init__(self, own: str, base: str) -> None:
        self._own, self._base, self._site = own, base, own.partition(")")[0]
        self._root = join_url(base, "/") or ""
        home = _surtkey(self._root, "") or ""
        self._is_home = home == f"{self._site})/"

    def key_of(self, href: str) -> str | None:
        """The SURT key of the page that *href* leads to; None where it is this page, or of another
        site."""
        if not href or href[0] == "#":
            return None
        href = href.partition("#")[0]
        path = href if href[0] == "/" else "/" + href.removeprefix(self._root)
        within = self._is_home and (href[0] == "/" or href.startswith(self._root))
        if within and _PLAIN.fullmatch(path):
            key = f"{self._site}){path.rstrip('/') or '/'}"
            return key if key != self._own else None
        absolute = href[0] == "/" or href.startswith(("http:", "https:"))
        found = _surtkey(self._root if absolute else self._base, href)
        of_site = found is not None and found.partition(")")[0] == self._site
        return found if of_site and found != self._own else None


@lru_cache(maxsize=20_000)
def _surtkey(base: str, href: str) -> str | None:
    absolute = join_url(base, href.strip()) or ""
    return url_surtkey(absolute) if absolute.startswith(("http://", "https://")) else None
