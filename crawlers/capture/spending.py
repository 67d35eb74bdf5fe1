"""What a run has spent of its source's budget, and what it leaves to the next run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final, Literal

from archive.source import Budget

Spent = Literal["requests", "time", "lists", "depth", "sitemaps"]
MOST_NOTED: Final = 10_000  # addresses left over that are noted one by one: what names more of them
# is read again
_WORDS: Final[dict[Spent, str]] = {
    "requests": "{:,} requests",
    "time": "{}",
    "lists": "{:,} pages of lists",
    "depth": "{} steps from list to list",
    "sitemaps": "as many sitemaps as a run reads",
}


@dataclass(slots=True)
class Spending:
    """What a run has spent. *left* counts the addresses that are left over, *reasons* names what is
    used up. Once it *is_over*, nothing more is asked."""

    budget: Budget
    until: float = 0.0  # seconds of the monotonic clock
    requests: int = 0
    lists: int = 0
    sitemaps: int = 0
    left: int = 0
    noted: int = 0
    reasons: dict[Spent, None] = field(default_factory=dict)
    is_full: bool = False  # more is left over than can be noted
    is_over: bool = False

    def __post_init__(self) -> None:
        self.until = time.monotonic() + self.budget.seconds

    def has_room(self, *, is_list: bool, depth: int) -> bool:
        """Whether one more request may be made; it is counted."""
        lacking = self._lacking(is_list, depth)
        if lacking:
            self.reasons.setdefault(lacking)
            return False
        self.requests += 1
        self.lists += is_list
        return True

    def _lacking(self, is_list: bool, depth: int) -> Spent | None:
        if self.is_over:
            return "time"
        if self.requests >= self.budget.requests:
            return "requests"
        if is_list and self.lists >= self.budget.lists:
            return "lists"
        return "depth" if depth > self.budget.depth else None

    def end(self) -> None:
        """The time is over."""
        self.is_over = True
        self.reasons.setdefault("time")

    @property
    def in_words(self) -> str:
        """One line: what is used up, and how much is left to the next run."""
        used = [_WORDS[name].format(getattr(self.budget, name, "")) for name in self.reasons]
        left = f"{self.left:,} {'address waits' if self.left == 1 else 'addresses wait'}"
        return f"budget spent ({', '.join(used)}): {left} for the next run"
