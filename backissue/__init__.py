"""Backissue keeps magazines: open a library and load its tables, or extract one page's article."""

from __future__ import annotations

from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.library import Library
    from archive.types import Article

__all__ = ["extract", "open"]


def open(path: str | PathLike[str] = "library") -> Library:
    """The library at *path*: `.articles()`, `.search(words)`, `.captures()`, `.capture(id)`.

    Raises `archive.errors.NotALibrary`, or `NewerFormat` for a library of a later Backissue.
    """
    from archive.library import Library

    return Library.open(Path(path))


def extract(
    html: bytes | str, url: str | None = None, fetch_time: datetime | None = None
) -> Article:
    """The article on a page, without its clutter; no library and no network are needed.

    Bytes are decoded as a browser does. *url* resolves the page's links; dates after *fetch_time*
    (aware) are not believed, and without it there is no such bound. Never raises on any page.
    """
    from pipelines.extract import extract_html

    return extract_html(html, url, fetch_time)
