"""What a replay opens with: the magazines of a library and their articles, as pages for pywb.

They are files beside pywb's configuration, made when the replay starts, as its index is. pywb takes
a template of this name for its start page, and serves what stands in `static/`:
https://pywb.readthedocs.io/en/latest/manual/ui-customization.html.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from archive.disk import files
from archive.errors import TablesMissing
from archive.library import Library
from archive.replay import COLLECTION, prepare
from archive.source import ADHOC
from archive.version import VERSION
from backissue.web.rendering import environment, style_sheet
from crawlers.sources.folder import SourceFiles

MOST = 20_000  # articles that are listed in all: a second of a start
FEWEST = 100  # of a magazine, however many magazines there are
PER_PAGE = 100
_NEWEST = 5  # of a magazine on the first page
_LONGEST_HEADLINE = 300  # characters
_COLUMNS = ["source", "url", "headline", "date_published", "fetch_time"]
_HOME = f"/{COLLECTION}/"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Magazine:
    """A source with articles: *rows* are all of them, the newest first."""

    source: str
    title: str
    rows: pa.Table

    def shown(self, first: int, count: int) -> list[dict[str, Any]]:
        """So many articles behind the *first*, each with the address of its capture."""
        found = self.rows.slice(first, count).to_pylist()
        return [{**row, "replay": _replay_of(row)} for row in found]

    @property
    def articles(self) -> int:
        """How many there are."""
        return int(self.rows.num_rows)

    def page(self, number: int) -> str:
        """The address of a page of its articles."""
        plain = _NAME.fullmatch(self.source)
        name = self.source if plain else hashlib.sha256(self.source.encode()).hexdigest()[:16]
        return f"/static/magazines/{name}/{number}.html"


def write_pages(library: Library, folder: Path, *, most: int = MOST) -> None:
    """Write the pages into *folder*, from which pywb is started; those of an earlier start go.

    They list *most* articles, but of each magazine its newest `FEWEST` in any case.
    """
    with files.speaking_errors(folder):
        kept = set(_Pages(library, folder).write(most))
        for path in folder.glob("static/**/*.html"):
            if path not in kept:
                path.unlink()


def refresh_replay(library: Library) -> None:
    """Let a replay of *library* that is going on show what its tables hold now."""
    folder = library.path / "state" / "replay"
    if (folder / "config.yaml").exists():
        prepare(library, folder)
        write_pages(library, folder)


class _Pages:
    def __init__(self, library: Library, folder: Path) -> None:
        self._library, self._folder = library, folder
        environ = environment()
        environ.globals |= {
            "library_name": library.settings.name,
            "version": VERSION,
            "home": _HOME,
        }
        self._template = environ.get_template("replay.html")

    def write(self, most: int) -> Iterator[Path]:
        """Write all pages; those below `static/` are named."""
        self._put("static/backissue.css", style_sheet())
        trouble, magazines = None, list[Magazine]()
        try:
            magazines = list(_magazines(self._library))
        except TablesMissing as error:
            trouble = str(error)
        except (pa.ArrowException, OSError):
            trouble = f"{self._library.path}: its tables cannot be read: run `backissue verify`"
        yield from self._overview(magazines, trouble)
        each = max(FEWEST, most // max(1, len(magazines)))
        for magazine in magazines:
            yield from self._of_magazine(magazine, min(magazine.articles, each))

    def _overview(self, magazines: list[Magazine], trouble: str | None) -> Iterator[Path]:
        cut = [magazines[at : at + PER_PAGE] for at in range(0, len(magazines), PER_PAGE)] or [[]]
        for number, some in enumerate(cut, 1):
            html = self._html(
                magazines=[(one, one.shown(0, _NEWEST)) for one in some],
                trouble=trouble,
                newer=_overview_at(number - 1) if number > 1 else None,
                older=_overview_at(number + 1) if number < len(cut) else None,
            )
            if number == 1:
                as_template = html.replace("{", "&#123;")  # of nothing that pywb fills in
                for name in ("search", "index"):
                    self._put(f"templates/{name}.html", as_template.encode())
            else:
                yield self._put(_overview_at(number)[1:], html.encode())

    def _of_magazine(self, magazine: Magazine, listed: int) -> Iterator[Path]:
        pages = -(-listed // PER_PAGE)
        for number in range(1, pages + 1):
            first = (number - 1) * PER_PAGE
            html = self._html(
                magazine=magazine,
                shown=magazine.shown(first, min(PER_PAGE, listed - first)),
                page=number,
                pages=pages,
                first=first + 1,
                left_out=magazine.articles - listed,
                newer=magazine.page(number - 1) if number > 1 else None,
                older=magazine.page(number + 1) if number < pages else None,
            )
            yield self._put(magazine.page(number)[1:], html.encode())

    def _html(self, **facts: Any) -> str:
        return self._template.render({"magazine": None, **facts})

    def _put(self, name: str, data: bytes) -> Path:
        """Write a file, not to be kept over a power cut: the next start makes it again."""
        path = self._folder / name
        files.make_folder(path.parent)
        path.write_bytes(data)
        return path


def _magazines(library: Library) -> Iterator[Magazine]:
    """The sources that have articles, by name. Their dates are those that articles have, but not
    later than the fetch."""
    rows = library.articles(columns=_COLUMNS).to_arrow()
    published = pc.fill_null(rows["date_published"], rows["fetch_time"])
    early = pc.less(published, rows["fetch_time"])
    date = pc.if_else(early, published, rows["fetch_time"])
    headline = pc.utf8_slice_codeunits(rows["headline"], 0, _LONGEST_HEADLINE)
    rows = rows.set_column(2, "headline", headline).set_column(3, "date", date)
    rows = rows.sort_by([("source", "ascending"), ("date", "descending")]).combine_chunks()
    declared = SourceFiles(library.path / "sources").read().sources
    first = 0
    for one in pc.value_counts(rows["source"]).to_pylist():
        source, count = one["values"] or "", one["counts"]
        known = declared.get(source)
        title = "Pages named by hand" if source == ADHOC else (known and known.title) or source
        yield Magazine(source, title, rows.slice(first, count))
        first += count


def _overview_at(number: int) -> str:
    """The address of a page of magazines."""
    return f"/static/pages/{number}.html" if number > 1 else _HOME


def _replay_of(row: dict[str, Any]) -> str:
    return f"{_HOME}{row['fetch_time']:%Y%m%d%H%M%S}/{row['url']}"
