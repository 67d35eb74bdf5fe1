"""What commands say: tables and progress for people, JSON Lines for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from archive.web.userinfo import hide_userinfo

if TYPE_CHECKING:
    from rich.progress import Progress

    from archive.library import Library
    from archive.tables.journal import Quarantined


_JOINERS = "\u200c\u200d"
# Control characters move a terminal's cursor and colour it, the others turn a line or end it, or
# are halves of characters. Direction marks stay: they turn nothing but themselves.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Flags(Protocol):
    """The flags that every command has."""

    json: bool
    quiet: bool


def print_json(kind: str, values: dict[str, Any]) -> None:
    """One line of `--json` output; what would act on a terminal is escaped as JSON has it."""
    line = json.dumps({"type": kind, **values}, default=_json_default, ensure_ascii=False)
    print(_ACTING.sub(lambda odd: f"\\u{ord(odd[0]):04x}", line), flush=True)


def _json_default(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return str(value)


def say(flags: Flags, text: str) -> None:
    """Print a line for people: on stdout, or on stderr where stdout is for JSON."""
    if not flags.quiet:
        print(shown(text), file=sys.stderr if flags.json else sys.stdout, flush=True)


def counted(number: int, thing: str) -> str:
    """How many of a *thing* there are, in words.

    >>> counted(1, "article"), counted(2000, "article")
    ('1 article', '2,000 articles')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shown(text: str) -> str:
    """*text* of others, with its lines, for a terminal: what would act there is escaped.

    >>> print(shown("one\\x1b[31m two\\nthree \\u202efour"))
    one\\x1b[31m two
    three \\u202efour
    """
    return _ACTING.sub(lambda odd: repr(odd[0])[1:-1], text)


def printable(text: str) -> str:
    """*text* of others for a terminal: nothing in it moves the cursor, colours or turns the line.

    Joiners stay: Persian and Indian scripts are written with them.
    """
    return "".join(c if c.isprintable() or c in _JOINERS else repr(c)[1:-1] for c in text)


def warn(text: str) -> None:
    """Print a line on stderr, without the passwords of URLs."""
    print(f"backissue: {shown(hide_userinfo(text))}", file=sys.stderr, flush=True)


def tell_quarantined(flags: Flags, ranges: Iterable[Quarantined]) -> None:
    """Name the bytes of WARC files that give no rows: on stderr, or as JSON."""
    from dataclasses import asdict

    for quarantined in ranges:
        if flags.json:
            print_json("quarantined", asdict(quarantined))
        else:
            warn(quarantined_in_words(quarantined))


def tell_older_columns(library: Library) -> None:
    """Say once that tables of an older Backissue lack columns of today, and what brings them."""
    from archive.disk import files
    from archive.tables.columns import is_of_format_1

    said = library.path / "state" / f"older-columns-{library.generation.name}"
    if is_of_format_1(library.generation) and not said.exists():
        warn("the tables lack columns that are new: `backissue rebuild` brings them")
        files.put(said, b"")


def quarantined_in_words(quarantined: Quarantined) -> str:
    """Which bytes give no rows, for people."""
    return f"{quarantined}; left out of the tables, and kept in quarantine/ too"


def print_table(title: str, headings: list[str], rows: list[list[Any]]) -> None:
    """Print a table for people; columns of numbers are aligned right. What looks like rich's markup
    stands as it is."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(shown(title)) if title else None, title_justify="left", box=None, pad_edge=False
    )
    for number, heading in enumerate(headings):
        right = all(isinstance(row[number], int | float) for row in rows) and bool(rows)
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for row in rows:
        cells = (f"{cell:,}" if isinstance(cell, int) else shown(str(cell)) for cell in row)
        table.add_row(*map(Text, cells))
    Console().print(table)


class Meter(Protocol):
    """Shows how far a piece of work is."""

    def update(self, done: int, total: int, text: str) -> None:
        """*done* of *total* steps are done; a *total* of 0 is unknown."""


class _Silent:
    def update(self, done: int, total: int, text: str) -> None:
        """Nothing to show."""


class _Lines:
    """A line for each tenth that is done, where there is no terminal."""

    def __init__(self, title: str) -> None:
        self._title, self._tenth = title, -1

    def update(self, done: int, total: int, text: str) -> None:
        tenth = 10 * done // total if total else 0
        if tenth != self._tenth and done:
            self._tenth = tenth
            count = f"{done}/{total}" if total else f"{done}"
            line = shown(f"{self._title}: {count} {text}".rstrip())
            print(line, file=sys.stderr, flush=True)


class _ProgressBar:
    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None, note="")

    def update(self, done: int, total: int, text: str) -> None:
        self._progress.update(self._task, completed=done, total=total or None, note=shown(text))


@contextmanager
def meter(flags: Flags, title: str) -> Iterator[Meter]:
    """A progress bar on a terminal, plain lines elsewhere, nothing under `--quiet`."""
    if flags.quiet:
        yield _Silent()
    elif not sys.stderr.isatty():
        yield _Lines(title)
    else:
        with _progress() as progress:
            yield _ProgressBar(progress, title)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", style="dim", markup=False),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)
