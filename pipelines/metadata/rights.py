"""What a page says of its use, and what of that the library's policy respects."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from pipelines.metadata.declarations import Declarations
from pipelines.page.html import Page
from pipelines.text.words import collapse

_RESERVED = {"0": False, "1": True}
_MEANS = {
    "noindex": ("noindex", "none"),
    "noarchive": ("noarchive",),
    "noai": ("noai",),
}
_FOR_A_BOT = re.compile(r"^[\w-]+\s*:\s*(?=[a-z-]+$)")
_HAS_A_VALUE = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


@dataclass(frozen=True, slots=True)
class Rights:
    """What a page says of its use; the fields are the columns of `articles`.

    *robots_meta* is what its header and its markup say to crawlers, verbatim. *tdm_reservation*
    comes from its header, else from its markup, else from the `tdmrep.json` of its host.
    """

    robots_meta: str | None
    tdm_reservation: bool | None


def rights_of(page: Page, declared: Declarations) -> Rights:
    """What *page* and its host say of its use."""
    robots = [*filter(None, [page.robots]), *declared.metas.get("robots", ())]
    in_markup = next((text.strip() for text in declared.metas.get("tdm-reservation", ())), "")
    reserved = (page.tdm_reservation, _RESERVED.get(in_markup), page.tdm_by_file)
    return Rights(
        robots_meta=", ".join(map(collapse, robots)) or None,
        tdm_reservation=next((answer for answer in reserved if answer is not None), None),
    )


def opted_out(
    robots_meta: str | None, tdm_reservation: bool | None, respect: Collection[str]
) -> str | None:
    """The signal by which a page may not be used where the policy respects *respect*; else None.

    *robots_meta* and *tdm_reservation* are the columns of `articles`. A signal that is addressed to
    one crawler (`otherbot: noindex`) counts for that crawler alone, with all that follows it.
    """
    if "tdm" in respect and tdm_reservation:
        return "tdm"
    said = set(_directives(robots_meta or ""))
    return next((name for name in respect if said & set(_MEANS.get(name, ()))), None)


def _directives(robots_meta: str) -> list[str]:
    found: list[str] = []
    for part in robots_meta.lower().split(","):
        word = part.strip()
        if word.partition(":")[0].strip() in _HAS_A_VALUE:
            continue
        if _FOR_A_BOT.match(word):
            break
        found.append(word)
    return found
