"""The states of sources for people: the worst first, in colour, each with its cause below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from backissue.output import printable
from backissue.source_health import CONCERNS, SourceState

if TYPE_CHECKING:
    from rich.console import Console

    from archive.state.rows import Run

_COLOURS = {
    **dict.fromkeys(("failing", "no articles", "broken file"), "red"),
    **dict.fromkeys(("silent", "paused", "undeclared"), "yellow"),
    **dict.fromkeys(("ok", "running"), "green"),
}
_RUN_COLOURS = {"aborted": "red", "lost": "red", "interrupted": "yellow", "running": "green"}
_NUMBERS = ("new", "articles", "announced", "asked", "failed", "kept", "took")
_LEAST_WANTED = ("articles", "next run", "last run")
"""The columns that a narrow terminal does without, the first first."""


def worst_first(states: Sequence[SourceState]) -> list[SourceState]:
    """The states that concern a person most first, each kind by name."""
    return sorted(states, key=lambda state: (CONCERNS.index(state.state), state.source))


def print_states(states: Sequence[SourceState], *, serving: bool) -> None:
    """Print a line for each source, and below it the cause of its state."""
    from rich.console import Console

    console = Console(highlight=False)
    rows = [_state_row(state, serving) for state in states]
    columns = _that_fit(console, rows)
    widths = {name: max(len(name), *(len(row[name]) for row in rows), 0) for name in columns}
    console.print(_line(dict(zip(columns, columns, strict=True)), widths), style="bold")
    for state, row in zip(states, rows, strict=True):
        colour = _COLOURS.get(state.state, "")
        console.print(_line(row, widths, colour))
        if state.cause:
            _print_below(console, state.cause, colour)


def _print_below(console: Console, cause: str, colour: str) -> None:
    from rich.padding import Padding
    from rich.text import Text

    text = Text(printable(cause), style=colour)
    console.print(Padding(text, (0, 0, 0, 2), expand=False))


def _that_fit(console: Console, rows: Sequence[dict[str, str]]) -> list[str]:
    """The columns that the terminal has room for."""
    columns = list(rows[0])
    if not any(row["next run"] for row in rows):
        columns.remove("next run")
    for name in filter(columns.__contains__, _LEAST_WANTED):
        width = sum(max(len(column), *(len(row[column]) for row in rows)) + 2 for column in columns)
        if width - 2 > console.width:
            columns.remove(name)
    return columns


def _line(row: dict[str, str], widths: dict[str, int], colour: str = "") -> object:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, width in widths.items():
        right = name in _NUMBERS
        grid.add_column(min_width=width, justify="right" if right else "left", overflow="fold")
    grid.add_row(
        *(Text(row[name], style=colour if name == "state" and colour else "") for name in widths)
    )
    return grid


def _state_row(state: SourceState, serving: bool) -> dict[str, str]:
    expected = "" if state.expected is None else f" of {state.expected:.1f}"
    return {
        "source": state.source,
        "state": state.state,
        "last run": moment(state.last_run),
        "next run": moment(state.next_run) if serving else "",
        "new": f"{state.new:,}{expected}",
        "articles": f"{state.articles:,}",
    }


def print_text(text: str) -> None:
    """Print lines of text, which a narrow terminal breaks between words."""
    from rich.console import Console
    from rich.text import Text

    Console(highlight=False).print(Text(text))


def print_runs(runs: Sequence[Run]) -> None:
    """Print a line for each run of a source, the newest first, and below it what went wrong."""
    if not runs:
        return
    from rich.console import Console

    console = Console(highlight=False)
    rows = [_run_row(run) for run in runs]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    console.print(_line({name: name for name in widths}, widths), style="bold")
    for run, row in zip(runs, rows, strict=True):
        colour = _RUN_COLOURS.get(run.state, "")
        console.print(_line(row, widths, colour))
        if run.detail:
            _print_below(console, run.detail, colour)


def _run_row(run: Run) -> dict[str, str]:
    started = datetime.fromisoformat(run.started)
    took = datetime.fromisoformat(run.ended) - started if run.ended else None
    return {
        "started": moment(started),
        "took": "" if took is None else in_words(took),
        "state": run.state,
        "announced": "" if run.announced is None else f"{run.announced:,}",
        "asked": f"{run.finished:,}",
        "failed": f"{run.failed:,}",
        "kept": f"{run.captures:,}",
    }


def moment(when: datetime | None) -> str:
    """A moment to the minute, in UTC; empty for None."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M}" if when else ""


def in_words(span: timedelta) -> str:
    """A span of time in its two largest units: `2 h 5 min`."""
    seconds = max(round(span.total_seconds()), 0)
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
