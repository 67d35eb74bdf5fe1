"""Spans into staged rows on many workers; a capture that kills its worker costs itself alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.disk import files
from archive.errors import BackissueError
from archive.tables.journal import Quarantined, Span
from pipelines.derive.engine import ATTEMPTS, Engine, attempt
from pipelines.derive.tasks import Receipt, Task
from pipelines.derive.workers.marks import take_marks


def derive(task: Task) -> Receipt:
    """Stage the rows of *task*, in a worker: see `pipelines.derive.spans.derive`."""
    from pipelines.derive import spans

    return spans.derive(task)


def derive_all(engine: Engine, tasks: Sequence[Task]) -> Iterator[Receipt]:
    """The receipts of *tasks*, as they come.

    A capture that its worker died of is tried alone. A capture that kills its worker again and
    again is skipped from then on, and stands with the staged rows as quarantined. BackissueError
    where workers keep dying and none of their captures is to blame.
    """
    waiting, blameless = list(tasks), 0
    while waiting:
        lost = []
        for task, receipt in attempt(engine, derive, waiting):
            if receipt is None:
                lost.append(task)
            else:
                yield receipt
        waiting = [_without_culprits(engine, task) for task in lost]
        blameless = 0 if waiting != lost else blameless + 1
        if waiting and blameless == ATTEMPTS:
            raise BackissueError(
                f"{waiting[0].span.file}: workers were killed {ATTEMPTS} times, and no page of it "
                "is to blame: is memory short? Use fewer with --engine local:1; nothing is lost"
            )


def _without_culprits(engine: Engine, task: Task) -> Task:
    culprits = tuple(
        Quarantined(task.span.file, start, end, f"killed its worker {ATTEMPTS} times")
        for start, end in sorted(take_marks(task.folder))
        if _kills(engine, task, start, end)
    )
    return replace(task, skip=task.skip + culprits) if culprits else task


def _kills(engine: Engine, task: Task, start: int, end: int) -> bool:
    """Whether the capture in bytes *start* to *end* kills a worker that has nothing else to do."""
    alone = replace(
        task,
        span=Span(task.span.file, start, end),
        folder=task.folder.with_name(f".{task.folder.name}.alone"),
    )
    for _ in range(ATTEMPTS - 1):
        ((_, receipt),) = attempt(replace(engine, workers=1), derive, [alone])
        take_marks(alone.folder)
        files.remove_tree(alone.folder)
        if receipt:
            return False
    return True
