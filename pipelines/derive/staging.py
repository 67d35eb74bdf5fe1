"""What is derived and not yet published: which spans are staged, deriving those that are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from archive.disk import files
from archive.errors import BackissueError
from archive.library import Library
from archive.tables import journal
from archive.tables.journal import Quarantined, Span
from pipelines.derive.engine import Engine, KeptPool, submit
from pipelines.derive.tasks import Receipt, Task
from pipelines.derive.workers.deaths import derive, derive_all
from pipelines.extractor_version import CONFIG_DIGEST, EXTRACTOR_VERSION

_PIECE = 2**20  # bytes of WARC that make a task worth while during a crawl
CONFIG8 = CONFIG_DIGEST.removeprefix("sha256:")[:8]
_FORMAT = 9  # version of the staged files
_STAGED_BY = f"{CONFIG8}-{EXTRACTOR_VERSION}-{_FORMAT}"  # what others staged is never mixed in
CAPTURE_SECONDS = 120.0  # seconds of processor time: a capture that takes longer ends its worker

_LEFT = (BrokenProcessPool, MemoryError, BackissueError, OSError)


def folder_of(staging: Path, span: Span) -> Path:
    """Where the rows of *span* are staged."""
    stem = Path(span.file).name.removesuffix(".warc.gz")
    return staging / _STAGED_BY / stem / f"{span.start:012}-{span.end:012}"


def staged_spans(staging: Path, file: str, start: int) -> list[Span]:
    """The staged spans of *file* from *start* on, each right behind the span before it."""
    found: list[Span] = []
    parent = folder_of(staging, Span(file, 0, 0)).parent
    names = sorted(path.name for path in parent.iterdir()) if parent.is_dir() else []
    for name in names:
        if name.startswith("."):
            continue
        begin, _, end = name.partition("-")
        if int(begin) == start:
            found.append(Span(file, start, int(end)))
            start = int(end)
    return found


def pending(library: Library) -> list[Span]:
    """What the WARC files hold on disk and no batch has taken in."""
    taken = _taken(library.generation)
    spans = (
        Span(file.name, taken.get(file.name, 0), file.synced_offset)
        for file in library.state.warc_files()
    )
    return [span for span in spans if span.end > span.start]


def _taken(generation: Path) -> Mapping[str, int]:
    """How much of each WARC file the batches of *generation* have taken in; its journal is read
    again once it has changed."""
    known = (generation / "batches.jsonl").stat()
    return _consumed(generation.resolve(), known.st_ino, known.st_size, known.st_mtime_ns)


@lru_cache(maxsize=1)
def _consumed(generation: Path, *_: int) -> Mapping[str, int]:
    return MappingProxyType(journal.consumed(journal.read_journal(generation)))


def unstaged(library: Library, spans: Iterable[Span]) -> Iterator[Span]:
    """The parts of *spans* that are not staged."""
    for span in spans:
        staged = staged_spans(library.staging, span.file, span.start)
        start = staged[-1].end if staged else span.start
        if start < span.end:
            yield Span(span.file, start, span.end)


def task_of(
    library: Library,
    span: Span,
    staging: Path | None = None,
    known: Iterable[Quarantined] = (),
    *,
    recipes: bool = False,
) -> Task:
    """The task that stages *span*, without what is *known* to be left out; with *recipes* where
    its `payloads` are written next."""
    skip = tuple(
        one for one in known if one.file == span.file and span.start <= one.start < span.end
    )
    folder = folder_of(staging or library.staging, span)
    warc = library.warc(span.file)
    return Task(span, warc, folder, library.settings.name, skip, CAPTURE_SECONDS, recipes)


def covering(staging: Path, span: Span) -> list[Path] | None:
    """The folders whose rows are those of *span*, no more and no less; None where none are."""
    exact = folder_of(staging, span)
    if exact.is_dir():
        return [exact]
    parts = [part for part in staged_spans(staging, span.file, span.start) if part.end <= span.end]
    whole = bool(parts) and parts[-1].end == span.end
    return [folder_of(staging, part) for part in parts] if whole else None


def stage_all(
    library: Library,
    spans: Sequence[Span],
    engine: Engine,
    on_receipt: Callable[[Receipt], None] = lambda _: None,
    known: Sequence[Quarantined] = (),
    *,
    recipes: bool = False,
) -> None:
    """Stage what is not staged of *spans*, on all workers of *engine*, without what is *known*."""

    def stage(some: Iterable[Span]) -> None:
        tasks = [task_of(library, span, known=known, recipes=recipes) for span in some]
        _stage(library, tasks, engine, on_receipt)

    stage(unstaged(library, spans))
    stage([span for span in spans if covering(library.staging, span) is None])


def _stage(
    library: Library, tasks: Sequence[Task], engine: Engine, on_receipt: Callable[[Receipt], None]
) -> None:
    for receipt in derive_all(engine, tasks):
        library.state.set_derived(receipt.span.file, receipt.span.end)
        on_receipt(receipt)


def clean(library: Library) -> None:
    """Remove what is staged of spans that the batches have taken in, or by another extractor."""
    taken = journal.consumed(journal.read_journal(library.generation))
    kept = library.staging / _STAGED_BY
    for folder in library.staging.iterdir():
        if folder != kept:
            files.remove_tree(folder)
    for file, end in taken.items():
        parent = folder_of(library.staging, Span(file, 0, 0)).parent
        for folder in list(parent.glob("[0-9]*-*")):
            if int(folder.name.rpartition("-")[2]) <= end:
                files.remove_tree(folder)
        if parent.is_dir():
            files.remove_empty(parent)
    if kept.is_dir():
        files.remove_empty(kept)


class Follower:
    """Derives what a crawl writes while it still writes; `poll` now and then, then `close`.

    With *recipes* where `payloads` are written once the crawl is done.
    """

    def __init__(
        self, library: Library, pool: KeptPool, workers: int, *, recipes: bool = False
    ) -> None:
        self._library, self._pool, self._workers = library, pool, workers
        self._recipes = recipes
        self._running: dict[Future[Receipt], Task] = {}
        self._next: dict[str, int] = {span.file: span.end for span in self._staged()}
        self.pages = self.captures = 0

    def _staged(self) -> Iterator[Span]:
        for span in pending(self._library):
            yield from staged_spans(self._library.staging, span.file, span.start)

    def poll(self) -> None:
        """Collect what is done, and hand out what has come."""
        self._collect(timeout=0)
        for span in pending(self._library):
            start = max(span.start, self._next.get(span.file, 0))
            if span.end - start >= _PIECE and len(self._running) < 2 * self._workers:
                part = Span(span.file, start, span.end)
                self._submit(task_of(self._library, part, recipes=self._recipes))
                self._next[span.file] = span.end

    def close(self) -> None:
        """Wait for what is running; the rest is for `stage_all`."""
        while self._running:
            self._collect(timeout=None)

    def _submit(self, task: Task) -> None:
        self._running[submit(self._pool.running(), derive, task)] = task

    def _collect(self, timeout: float | None) -> None:
        done, _ = wait(self._running, timeout=timeout, return_when=FIRST_COMPLETED)
        for future in done:
            task = self._running.pop(future)
            try:
                receipt = future.result()
            except _LEFT:  # `stage_all` does it again, and names what it is
                self._pool.drop()
                self._next[task.span.file] = 2**62
                continue
            self.pages += receipt.pages
            self.captures += receipt.captures
            self._library.state.set_derived(receipt.span.file, receipt.span.end)
