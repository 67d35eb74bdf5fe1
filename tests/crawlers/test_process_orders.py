"""Lines between a crawl process and its parent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.errors import BackissueError, LockHeld
from archive.source import ArticleRules, Source
from archive.state.rows import Run
from crawlers.process_orders import END, Halt, Order, Refused, message_from_line, message_to_line

SOURCE = Source(
    url="https://review.example/",
    title="Zeitschrift für Täler",
    sections=("/a/", "/b/"),
    article=ArticleRules(allow=("/20\\d\\d/",)),
    since=date(2020, 1, 1),
    delay=0.25,
)


@pytest.mark.parametrize(
    "message",
    [
        Order(SOURCE, {"review.example": 0.25}, "2026-11-24T06:00:00.000000+00:00", recheck=True),
        Order(SOURCE),
        Halt("review"),
        Run("r1", "review", None, "2026-11-24", None, "running", "line\nend", 3, 2, 1, 0),
        Refused("review", "why", "/locks/source-review", "pid 7 on host"),
    ],
)
def test_a_message_survives_its_line(message: Order | Halt | Run | Refused) -> None:
    line = message_to_line(message)
    assert line.count(b"\n") == 1
    assert message_from_line(line) == message


def test_the_end_is_no_message() -> None:
    assert message_from_line(END) is None


def test_a_refusal_becomes_the_error_that_it_was() -> None:
    held = LockHeld(Path("/locks/source-review"), "pid 7 on host")
    again = Refused.because("review", held).error()
    assert isinstance(again, LockHeld)
    assert str(again) == str(held)
    assert str(Refused.because("review", BackissueError("full")).error()) == "full"
