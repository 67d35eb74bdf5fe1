"""A release as rows: on any system, without a library, a file lock or a link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Unpack

import pyarrow.dataset as ds

from archive.errors import ArchiveError, UsageError
from archive.releases.datapackage import RELEASE_FORMAT
from archive.tables.dataset import Rows
from archive.tables.filters import ArticleWords, filters_from
from archive.tables.selection import Selection

_AT_ONCE: Final = 500  # rows whose texts are in memory


@dataclass(frozen=True, slots=True)
class Release:
    """An open release. Nothing has to be closed.

    *date* is when the newest batch of its library was closed (UTC), *filters* are the words that
    chose its articles.
    """

    path: Path
    name: str
    date: datetime
    filters: Mapping[str, str]
    files: tuple[Path, ...]

    @classmethod
    def open(cls, path: Path | str) -> Release:
        """The release at *path*; UsageError where it is none, ArchiveError where a file is gone."""
        folder = Path(path).absolute()
        about = _description(folder)
        ours = about["backissue"]
        if ours["release_format"] > RELEASE_FORMAT:
            raise UsageError(
                f"{folder} has release format {ours['release_format']}, this Backissue knows up to "
                f"{RELEASE_FORMAT}: upgrade with `pip install --upgrade backissue`"
            )
        files = tuple(folder / part["path"] for part in about["resources"])
        for file in files:
            if not file.is_file():
                raise ArchiveError(f"{file} is gone: get the release again, and whole")
        moment = datetime.fromisoformat(ours["closed"])
        return cls(folder, ours["name"], moment, ours["filters"], files)

    def articles(
        self, *, columns: list[str] | None = None, **filters: Unpack[ArticleWords]
    ) -> Rows:
        """The articles of the release, one row each, or those that *filters* admit.

        *filters* are those of `Library.articles`. A *source* has the rows that name it.
        """
        dataset = ds.dataset([str(file) for file in self.files], format="parquet")
        known = dataset.schema.names
        if wrong := [name for name in columns or () if name not in known]:
            raise UsageError(
                f"the release has no column {wrong[0]!r}: there are {', '.join(known)}"
            )
        wanted = _selection(dataset, **filters)
        condition = wanted.condition
        return Rows(dataset, "articles", tuple(columns or known), condition, selection=wanted)


def _description(folder: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
        if about["backissue"]["release_format"] and about["resources"]:
            return about
    except (FileNotFoundError, NotADirectoryError, ValueError, LookupError, TypeError):
        pass
    raise UsageError(
        f"{folder} is no release: name a folder that `backissue release` made, datapackage.json "
        "and all"
    )


def _selection(dataset: ds.Dataset, query: str | None = None, **filters: Any) -> Selection:
    given = filters_from(**filters)
    return Selection(given, ids=None if query is None else _matching(dataset, query))


def _matching(dataset: ds.Dataset, query: str) -> frozenset[str]:
    """The ids of the articles whose text matches *query*; all texts are read for it."""
    from archive.search.texts import matching_texts, understood

    words, found = understood(query), []
    columns = ["article_id", "headline", "article_body"]
    for batch in dataset.to_batches(columns=columns, batch_size=_AT_ONCE, batch_readahead=1):
        ids, *texts = (batch[name].to_pylist() for name in columns)
        found += [ids[at] for at in matching_texts(words, zip(*texts, strict=True))]
    return frozenset(found)
