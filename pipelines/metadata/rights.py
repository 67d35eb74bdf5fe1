"""What a page says against its use, where the library's policy respects it."""

from __future__ import annotations

import re
from collections.abc import Collection

_MEANS = {
    "noindex": ("noindex", "none"),
    "noarchive": ("noarchive",),
    "noai": ("noai",),
}
_FOR_A_BOT = re.compile(r"^[\w-]+\s*:\s*(?=[a-z-]+$)")
_HAS_A_VALUE = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


def opted_out(
    robots_meta: str | None, tdm_reservation: bool | None, respect: Collection[str]
) -> str | None:
    """The signal by which a page may not be used where the policy respects *respect*; else None.

    *robots_meta* and *tdm_reservation* are the columns of `articles`. What is addressed to one
    crawler (`otherbot: noindex`) is for that crawler, with all that follows it.
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
