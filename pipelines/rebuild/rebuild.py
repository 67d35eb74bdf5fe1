"""All tables again, from the WARC files alone: batches are replayed into a new generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from archive.disk import files
from archive.disk.locks import lock
from archive.library import Library
from archive.repair.recover import recover
from archive.search.hits import refresh
from archive.tables.journal import JournalEntry, Quarantined, Span
from pipelines.batch_writer import Recorded, fold_once, refold, write_batch
from pipelines.derive.engine import Engine
from pipelines.derive.staging import task_of
from pipelines.derive.tasks import Task
from pipelines.derive.workers.deaths import derive_all
from pipelines.fold.memory import FoldMemory
from pipelines.merging.merge import merge_within
from pipelines.rebuild.generation import Building, begin, promote
from pipelines.rebuild.indexes import restore_indexes
from pipelines.rebuild.losses import known_entries, losses, new, refuse, unread
from pipelines.rebuild.lost_state import restore_runs
from pipelines.rebuild.survey import RebuildPiece, Survey, pieces, replaced, survey
from pipelines.removal.settle import gather

RebuildProgress = Callable[[int, int, str], None]
"""Is called with what is done: how many, of how many, and of what."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild made: its generation, how much is in it, and what was made again beside it.

    *resumed* captures were derived already, by an earlier try or by a comparison. What is
    *quarantined* gives no rows.
    """

    generation: Path
    batches: int
    rows: dict[str, int]
    captures: int
    resumed: int
    indexes_written: int
    quarantined: tuple[Quarantined, ...]


@dataclass(frozen=True, slots=True)
class RebuildOptions:
    """How a rebuild is done.

    *relearn*: each batch is made with templates of the whole history, not only of what came before
    it. *accept_loss*: go on where bytes that rows came from are damaged or gone.
    """

    relearn: bool = False
    accept_loss: bool = False


_PLAIN = RebuildOptions()


def rebuild(
    library: Library,
    engine: Engine,
    on_progress: RebuildProgress = lambda *_: None,
    how: RebuildOptions = _PLAIN,
) -> Rebuilt:
    """Derive everything again and swap the link; the old generation stays for those who read it.

    LockHeld where another process publishes, BytesMissing where rows would go. Where it is
    interrupted or refused, it has changed nothing that readers see, and the next rebuild goes on
    from there.
    """
    with built(library, engine, on_progress, how) as (building, made):
        generation = promote(library, building)
        refresh(library)
        return replace(made, generation=generation)


@contextmanager
def built(
    library: Library,
    engine: Engine,
    on_progress: RebuildProgress = lambda *_: None,
    how: RebuildOptions = _PLAIN,
) -> Iterator[tuple[Building, Rebuilt]]:
    """The next generation, complete but seen by no reader; nobody publishes while this lasts."""
    with lock(library.lock_file("publish")), files.speaking_errors(library.path):
        files.check_floor(library.path, library.settings.disk.floor)
        recovered = recover(library, {"publish"})
        restore_indexes(library)
        found = survey(library, lambda done, total: on_progress(done, total, "WARC files read"))
        found.indexes_written += len(recovered.indexed)
        restore_runs(library, found)
        known = known_entries(library)
        _complete(found, known)
        lost = losses(library, found)
        if not how.accept_loss:
            refuse(library, new(lost, known))
        batches = {number: found.batches[number].batch for number in sorted(found.batches)}
        places = [str(one) for number in sorted(lost) for one in lost[number]]
        tombstones = gather(library, found.removals)
        building = begin(library, batches, tombstones, relearn=how.relearn, lost=places)
        replay = _Replay(library, building, found, engine, how.relearn)
        replay.lost = lost
        replay.run(on_progress)
        if not how.accept_loss:
            if late := list(_lost_meanwhile(library, building, known, found)):
                files.remove_tree(building.folder)  # of no use once the library is mended
            refuse(library, late)
        merge_within(building.generation)
        yield building, replay.made()


def _complete(found: Survey, known: Mapping[int, JournalEntry]) -> None:
    """Add the batches whose records are damaged, and take out batches that later batches
    replace."""
    for number, entry in known.items():
        found.batches.setdefault(number, Recorded(entry.batch, entry.record))
    for number in replaced(found.batches):
        del found.batches[number]


def _lost_meanwhile(
    library: Library, building: Building, known: Mapping[int, JournalEntry], found: Survey
) -> Iterator[Quarantined]:
    """Damage in imported files that only their derivation showed."""
    left_out = {entry.batch.number: entry.left_out for entry in building.entries()}
    yield from unread(library, new(left_out, known), found.harmless)


class _Replay:
    """The batches of a library, folded one after the other while workers derive later batches."""

    def __init__(
        self,
        library: Library,
        building: Building,
        found: Survey,
        engine: Engine,
        relearn: bool = False,
    ) -> None:
        self._library, self._building, self._found = library, building, found
        self._engine = engine
        self._to_learn = relearn and not building.entries() and bool(found.batches)
        batches = [found.batches[number] for number in sorted(found.batches)]
        self._pieces = {one.batch.number: list(pieces(found, one.batch)) for one in batches}
        self._captures = sum(p.captures for parts in self._pieces.values() for p in parts)
        self._waiting = batches[len(building.entries()) :]
        missing = [p for recorded in self._waiting for p in self._unstaged(recorded)]
        self._missing: dict[Span, RebuildPiece] = {piece.span: piece for piece in missing}
        self._resumed = self._captures - sum(piece.captures for piece in missing)
        self.lost: Mapping[int, tuple[Quarantined, ...]] = {}

    def run(self, on_progress: RebuildProgress) -> None:
        """Derive what is missing, and write each batch once all before it are written.

        Where templates are learned of the whole history, none is written before all is derived.
        """
        done = self._resumed
        on_progress(done, self._captures, "captures derived")
        self._write_ready()
        for receipt in derive_all(self._engine, self._tasks()):
            done += self._missing.pop(receipt.span).captures
            on_progress(done, self._captures, "captures derived")
            self._write_ready()
        if self._to_learn:
            self._learn()
            self._write_ready()

    def _learn(self) -> None:
        """Fold all batches once, only for what the articles of each host share."""
        building = self._building
        files.remove_tree(building.learning)
        files.make_folder(building.learning)
        scratch = FoldMemory(building.learning)
        try:
            for recorded in self._waiting:
                with scratch.batch(recorded.batch.number):
                    fold_once(self._library, recorded.batch, building.staging, scratch)
            learned, proofs = scratch.all_learned(), scratch.site.proofs()
        finally:
            scratch.close()
        memory = FoldMemory(building.generation)
        try:
            memory.relearn(self._waiting[-1].batch.number, learned)
            memory.site.foretell(proofs)
        finally:
            memory.close()
        self._to_learn = False

    def made(self) -> Rebuilt:
        """What the generation holds now."""
        entries = self._building.entries()
        return Rebuilt(
            self._building.generation,
            len(entries),
            _rows(entries),
            self._captures,
            self._resumed,
            self._found.indexes_written,
            tuple(one for e in entries for one in (*e.batch.quarantined, *e.left_out)),
        )

    def _tasks(self) -> list[Task]:
        return [
            task_of(
                self._library,
                piece.span,
                self._building.staging,
                self._left_out(recorded),
                recipes=recorded.batch.number in recorded.batch.payloads,
            )
            for recorded in self._waiting
            for piece in self._pieces[recorded.batch.number]
            if piece.span in self._missing
        ]

    def _left_out(self, recorded: Recorded) -> tuple[Quarantined, ...]:
        """What no row is to come from."""
        return (*recorded.batch.quarantined, *self.lost.get(recorded.batch.number, ()))

    def _unstaged(self, recorded: Recorded) -> list[RebuildPiece]:
        parts = self._pieces[recorded.batch.number]
        return [piece for piece in parts if not self._building.is_staged(piece.span)]

    def _write_ready(self) -> None:
        while self._waiting and not self._to_learn:
            parts = self._pieces[self._waiting[0].batch.number]
            if any(piece.span in self._missing for piece in parts):
                return
            self._write(self._waiting.pop(0))
            for piece in parts:
                self._building.drop(piece.span)

    def _write(self, recorded: Recorded) -> None:
        """Write the batch; a batch that has its line in the journal is only folded once more."""
        building, batch = self._building, recorded.batch
        if batch.number in building.journalled():
            refold(self._library, building.generation, batch, building.staging)
        else:
            write_batch(
                self._library,
                building.generation,
                batch,
                building.staging,
                recorded.record,
                self._engine,
            )


def _rows(entries: list[JournalEntry]) -> dict[str, int]:
    rows: Counter[str] = Counter()
    for entry in entries:
        for file in entry.files:
            rows[file.path.split("/")[0]] += file.rows
    return dict(rows)
