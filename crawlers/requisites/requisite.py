"""Addresses, as pages and style sheets name them, into what may be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.web.surt import normalise_url
from crawlers.discovery.announced import MAX_URL


@dataclass(frozen=True, slots=True)
class Named:
    """An address as it stands there."""

    address: str
    is_style_sheet: bool = False


@dataclass(frozen=True, slots=True)
class Requisite:
    """What a browser needs in order to show a page; a style sheet may name further ones."""

    url: str
    is_style_sheet: bool = False


def resolved(named: Iterable[Named], base: str) -> tuple[Requisite, ...]:
    """Absolute http(s) addresses, each once, in their order; never raises.

    Left out is what needs no request (`data:`, `#part`), and what is longer than servers take.
    """
    found: dict[str, bool] = {}
    for one in named:
        address = one.address.strip()
        if not address or address.startswith("#") or len(address) > MAX_URL:
            continue
        try:
            url = normalise_url(address, base)
        except ValueError:  # `data:` and the like
            continue
        if len(url) <= MAX_URL:
            found[url] = found.get(url, False) or one.is_style_sheet
    return tuple(Requisite(url, is_style_sheet) for url, is_style_sheet in found.items())
