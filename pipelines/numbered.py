"""Addresses of the pages of one article: `?page=2`, `/page/2/`, `/2`."""

from __future__ import annotations

import re

NUMBERED = re.compile(
    r"[?&](?:page|paged|pg|p|seite|pagina)=(\d{1,3})(?![^&#])"
    r"|(?<!/\d{4})/(?:page/|seite/|pagina/|p)?(\d{1,3})/?(?=$|#)",
    re.IGNORECASE,
)
"""The number of a page in an address."""


def without_number(url: str) -> tuple[str, int]:
    """An address without its page number, slash and fragment; and the number, 1 if it has none."""
    bare = url.partition("#")[0]
    found = NUMBERED.search(bare)
    number = int(found[1] or found[2]) if found else 1
    rest = bare[: found.start()] + bare[found.end() :] if found else bare
    return rest.rstrip("/?&"), number


def is_behind(url: str, first: str) -> bool:
    """Whether *url* is that of a later page of what begins at *first*."""
    here, number = without_number(url)
    return number > 1 and (here, 1) == without_number(first)
