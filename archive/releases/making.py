"""Articles of a library into a release: a folder that appears whole, and is never changed.

Equal libraries give equal bytes: its date is that of the newest batch, and nothing asks the clock.
"""

from __future__ import annotations

import errno
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import Any, Final, Unpack

from archive.disk import files
from archive.errors import UsageError
from archive.library import Library
from archive.releases.card import card, license_text
from archive.releases.citation import citation_file
from archive.releases.croissant import croissant
from archive.releases.data_files import described, write_data
from archive.releases.datapackage import data_package
from archive.releases.facts import Counts, DataFile, Facts, Origin, ranked
from archive.tables import journal
from archive.tables.dataset import Rows, of_batches
from archive.tables.filters import ArticleWords, filters_from
from archive.tables.journal import JournalEntry
from archive.tables.source_rows import declared_in

_NAME: Final = re.compile(r"[A-Za-z0-9](?:(?:[A-Za-z0-9_]|[.-](?![.-])){0,62}[A-Za-z0-9])?")
_OF_WINDOWS: Final = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])(\..*)?", re.IGNORECASE)
SUMS: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be released: the *rows* that *words* choose, as of the batches *entries*."""

    library: Library
    name: str
    words: ArticleWords
    rows: Rows
    entries: Sequence[JournalEntry]


def make_release(
    library: Library,
    name: str,
    output: Path | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    **words: Unpack[ArticleWords],
) -> tuple[Path, Facts]:
    """Make the release *name* of the articles that *words* choose; its folder, and what it holds.

    *output* is its folder, instead of `releases/NAME` in the library. UsageError where that is
    there already, or where no article is like that.
    """
    _check_name(name)
    target = _target(library, name, output)
    plan = _Plan(library, name, words, *_chosen(library, words))
    if not (total := len(plan.rows)):
        raise UsageError(library.unread() or "no article is like that: no release is made")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    temporary.mkdir()
    with files.held(temporary):  # recovery removes what nobody holds
        try:
            made = write_data(plan.rows, temporary, lambda done: on_progress(done, total))
            facts = _facts(plan, *made)
            _describe(facts, temporary)
            _put_in_place(temporary, target)
        finally:
            files.remove_tree(temporary)
    return target, facts


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or _OF_WINDOWS.fullmatch(name):
        raise UsageError(
            f"release name {name!r}: letters, digits, and single . - _ between them are plain "
            "on every system; 64 characters at most"
        )


def _target(library: Library, name: str, output: Path | None) -> Path:
    """Where the release goes; what a killed try left there is removed."""
    target = (output or library.path / "releases" / name).absolute()
    if target.exists() or target.is_symlink():
        raise UsageError(
            f"{target} is there already, and a release is never changed: give another name"
        )
    if output is None:
        files.make_folder(target.parent)
    elif not target.parent.is_dir():
        raise UsageError(f"{target.parent} is no folder: make it, or name another with --output")
    for left in target.parent.glob(f".{escape(target.name)}.*.tmp"):
        with files.unheld(left) as is_left:
            if is_left:
                files.remove_tree(left)
    return target


def _chosen(library: Library, words: ArticleWords) -> tuple[Rows, list[JournalEntry]]:
    """The rows of complete batches, and these batches; all of one generation."""
    while True:
        generation = library.generation
        entries = journal.read_journal(generation)
        rows = library.articles(**words)
        if library.generation == generation:  # else a rebuild has just put another in its place
            return of_batches(rows, generation, entries), entries


def _facts(plan: _Plan, data: tuple[DataFile, ...], counts: Counts) -> Facts:
    settings = plan.library.settings
    newest = max(datetime.fromisoformat(entry.batch.closed) for entry in plan.entries)
    return Facts(
        name=plan.name,
        library=settings.name,
        operator=settings.operator,
        contact=settings.contact,
        respect=settings.policy.respect,
        date=newest.astimezone(UTC),
        batch=journal.last_number(plan.entries),
        filters=_in_words(plan.words),
        files=data,
        origins=_origins(plan.library, counts),
        counts=counts,
    )


def _describe(facts: Facts, folder: Path) -> None:
    """Write what describes the rows; all files are on the disk when this returns."""
    texts = {
        "CITATION.cff": citation_file(facts),
        "LICENSE.md": license_text(),
        "README.md": card(facts),
        "croissant.json": croissant(facts),
        "datapackage.json": data_package(facts),
    }
    for path, content in texts.items():
        (folder / path).write_bytes(content)
    others = (described(folder, path) for path in texts)
    every = sorted([*facts.files, *others], key=lambda one: one.path)
    lines = "".join(f"{one.sha256}  {one.path}\n" for one in every)
    (folder / SUMS).write_bytes(lines.encode())
    for path in (*(one.path for one in every), SUMS):
        files.sync_file(folder / path)
    files.sync_folder(folder / "data")
    files.sync_folder(folder)


def _in_words(words: ArticleWords) -> dict[str, str]:
    """The filters as text, times in UTC: those that choose alike read alike."""
    given: dict[str, Any] = {name: word for name, word in words.items() if word is not None}
    query = {"query": given.pop("query")} if "query" in given else {}
    parsed = filters_from(**given)
    times = {
        name: value.astimezone(UTC).isoformat()
        for name in given
        if isinstance(value := getattr(parsed, name), datetime)
    }
    return dict(sorted((given | times | query).items()))


def _origins(library: Library, counts: Counts) -> tuple[Origin, ...]:
    declared = declared_in(library.path / "sources").sources
    found = []
    for name, count in ranked(counts.by["source"]):
        origin = Origin(name, count)
        if source := declared.get(name):
            origin = replace(origin, title=source.title, url=source.url)
        found.append(origin)
    return tuple(found)


def _put_in_place(temporary: Path, target: Path) -> None:
    try:
        files.rename(temporary, target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
        raise UsageError(f"{target} is there already: another has just made it") from None
