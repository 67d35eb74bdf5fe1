"""Backissue keeps magazines: open a library and load its tables, or extract one page's article."""

from __future__ import annotations

from datetime import datetime
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.library import Library
    from archive.releases.reading import Release
    from archive.types import Article

__all__ = ["extract", "open", "open_release"]


def _check_neighbours() -> None:
    """Raise ImportError where a folder or file beside a user's script hides a package of ours."""
    for name in ("archive", "crawlers", "pipelines"):
        spec = find_spec(name)
        places = [*(spec.submodule_search_locations or [spec.origin or ""])] if spec else []
        ours = Path(__file__).parents[1] / name
        if spec and not any(Path(place).resolve() == ours.resolve() for place in places):
            raise ImportError(
                f"{places[0]} hides the package {name!r} of Backissue: rename it, or run from "
                "another folder"
            )


_check_neighbours()


def open(path: str | PathLike[str] = "library") -> Library:
    """The library at *path*: `.articles()`, `.search(words)`, `.captures()`, `.capture(id)`.

    Raises `archive.errors.NotALibrary`, or `NewerFormat` for a library of a later Backissue.
    """
    _refuse_release(Path(path))
    from archive.library import Library

    return Library.open(Path(path))


def open_release(path: str | PathLike[str]) -> Release:
    """The release at *path*, a folder that the command `release` made: `.articles()`.

    It needs no library and runs on any system. Raises `archive.errors.UsageError` where there is
    none, or `ArchiveError` where one of its files is gone.
    """
    from archive.releases.reading import Release

    return Release.open(Path(path))


def _refuse_release(path: Path) -> None:
    if (path / "datapackage.json").is_file() and not (path / "library.toml").is_file():
        from archive.errors import UsageError

        raise UsageError(f"{path} is no library: open a release with backissue.open_release")


def extract(
    html: bytes | str, url: str | None = None, fetch_time: datetime | None = None
) -> Article:
    """The article on a page, without its clutter; no library and no network are needed.

    Bytes are decoded as a browser does. *url* resolves the page's links; dates after *fetch_time*
    (aware) are not believed, and without it there is no such bound. Never raises on any page.
    """
    from pipelines.extract import extract_html

    return extract_html(html, url, fetch_time)
