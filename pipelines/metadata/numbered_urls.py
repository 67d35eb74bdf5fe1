"""Addresses of the pages of one article: `?page=2`, `/page/2/`, `/2`, `?view=all`."""

from __future__ import annotations

import re

NUMBERED = re.compile(
    r"[?&](?:page|paged|pg|p|seite|pagina)=(\d{1,3})(?![^&#])"
    r"|(?<!/\d{4})/(?:page/|seite/|pagina/|p)?(\d{1,3})/?(?=$|#)",
    re.IGNORECASE,
)
"""The number of a page in an address."""


WHOLE = re.compile(
    r"[?&](?:(?:view|pages?|show|display|mode|seite|pagina)="
    r"(?:all|full|whole|single(?:-?page)?|one|alle|gesamt|tout|todas|todo|tutto)"
    r"|(?:single-?_?page|one-?_?page|full-?_?page|view-?_?all|show-?_?all)=(?:1|true|yes|all))(?![^&#])"
    r"|/(?:all|full|single-?page|view-?all|show-?all)/?(?=$|#)",
    re.IGNORECASE,
)
"""What an address has that shows all pages in one."""


def is_whole_of(url: str, first: str) -> bool:
    """Whether *url* shows, as one page, all pages of the article that begins at *first*."""
    bare = url.partition("#")[0]
    found = WHOLE.search(bare)
    if found is None or WHOLE.search(first):
        return False
    rest = bare[: found.start()] + bare[found.end() :]
    return rest.rstrip("/?&") == first.partition("#")[0].rstrip("/?&")


def without_number(url: str) -> tuple[str, int]:
    """An address without its page number, slash and fragment; and the number, 1 if it has none."""
    bare = url.partition("#")[0]
    found = NUMBERED.search(bare)
    number = int(found[1] or found[2]) if found else 1
    rest = bare[: found.start()] + bare[found.end() :] if found else bare
    return rest.rstrip("/?&"), number


def is_behind(url: str, first: str) -> bool:
    """Whether *url* is the address of a later page of the article that begins at *first*."""
    here, number = without_number(url)
    return number > 1 and (here, 1) == without_number(first)
