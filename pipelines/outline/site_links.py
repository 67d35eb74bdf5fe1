"""References on a page into the SURT keys of other pages of its site."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urljoin

from archive.web.surt import url_surtkey


class SiteLinks:
    """The site of the page with the SURT key *own*, whose links are relative to *base*."""

    def __init__(self, own: str, base: str) -> None:
        self._own, self._base, self._site = own, base, own.partition(")")[0]
        self._root = urljoin(base, "/")

    def key_of(self, href: str) -> str | None:
        """The SURT key of the page that *href* leads to; None where it is this page, or of another
        site."""
        if not href or href[0] == "#":
            return None
        absolute = href[0] == "/" or href.startswith(("http:", "https:"))
        key = _surtkey(self._root if absolute else self._base, href.partition("#")[0])
        of_site = key is not None and key.partition(")")[0] == self._site
        return key if of_site and key != self._own else None


@lru_cache(maxsize=20_000)
def _surtkey(base: str, href: str) -> str | None:
    try:
        absolute = urljoin(base, href.strip())
        return url_surtkey(absolute) if absolute.startswith(("http://", "https://")) else None
    except ValueError:
        return None
