"""The runs of a crawl process: begun under their source's lock, ended by a log in the WARC."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack

from archive.disk import files
from archive.disk.locks import lock
from archive.errors import UsageError
from archive.library import Library
from archive.outcomes import BUDGET, BUDGET_OF_LISTS, NOT_REACHED
from archive.source import Source
from archive.state.rows import Run, Visit, now_text
from archive.types import Discovery, Pointer
from archive.warc.crawl_log import CRAWL_LOG_URI, SOURCE_URI, is_change
from archive.web.surt import url_surtkey
from archive.writer import WarcWriter
from crawlers.capture.run import Outcome, SourceRun, to_be_done
from crawlers.capture.secret_headers import secrets_of
from crawlers.discovery.url_shapes import Shapes
from crawlers.frontier import merged_dates


class RunBook:
    """What is under way, and what became of it until `flush` has brought it into the state.

    *card* is what lock files say of this process; *logged* is called in the event loop whenever the
    log of a run has been written, or could not be.
    """

    def __init__(
        self, library: Library, writer: WarcWriter, card: bytes | None, logged: Callable[[], None]
    ) -> None:
        self.runs: dict[str, SourceRun] = {}  # those that go on, or whose log is not on the disk
        self.quiet = asyncio.Event()  # set while there are none
        self.quiet.set()
        self._library, self._writer, self._card = library, writer, card
        self._logged = logged
        self._locks: dict[str, ExitStack] = {}
        self._visits: dict[tuple[str, str], Visit] = {}  # by source and key
        self._logs: list[tuple[SourceRun, Future[Pointer]]] = []

    def start(self, source: Source, scheduled_for: str | None = None) -> SourceRun:
        """Begin a run of *source*; LockHeld where another process crawls it.

        UsageError where the ledger has a run for the time *scheduled_for* already.
        """
        run = SourceRun(source, scheduled_for)
        run.secrets = secrets_of(source)
        state = self._library.state
        with ExitStack() as taken, files.speaking_errors(self._library.path):
            taken.enter_context(lock(self._library.lock_file(f"source-{source.name}"), self._card))
            try:
                state.put_runs([run.as_row()])
            except sqlite3.IntegrityError:
                raise UsageError(f"{source.name} has run for {scheduled_for} already") from None
            self._locks[run.run_id] = taken.pop_all()
        run.first = not state.has_finished(source.name)
        run.shapes = Shapes.learn(state.announced_urls(source.name))
        self.runs[run.run_id] = run
        name = f"{SOURCE_URI}{source.name}:{source.digest}"  # first: what follows counts on it
        self._writer.write_resource(name, source.canonical_json, "application/json")
        self.quiet.clear()
        return run

    def leave(self, run: SourceRun, url: str, discovery: Discovery, *, is_list: bool) -> bool:
        """Note that the run has no budget left for a URL: the next run asks for it.

        Whether it is noted; so many are not.
        """
        if not run.leave(discovery.via):
            return False
        outcome = BUDGET_OF_LISTS if is_list else BUDGET
        self.conclude(run, Outcome(url=url, outcome=outcome, discovery=discovery))
        return True

    def conclude(self, run: SourceRun, outcome: Outcome) -> None:
        """Note what became of a URL."""
        run.outcomes.append(outcome)
        key = url_surtkey(outcome.url)
        if outcome.outcome not in NOT_REACHED:
            run.owed.discard(key)
        if outcome.outcome == "off_scope":
            run.off_scope.setdefault(key, outcome.url)
        before = self._visit(run.source.name, key)
        if before and outcome.outcome in NOT_REACHED:  # what was known of it holds
            return
        moment = now_text(outcome.time)
        changed = is_change(before, outcome.outcome)
        visit = Visit(
            source=run.source.name,
            url_surtkey=key,
            url=outcome.url,
            outcome=outcome.outcome,
            fetch_time=moment,
            changed_time=moment if changed or before is None else before.changed_time,
            announced=merged_dates(before, run.announced.get(key, {})),
        )
        self._visits[run.source.name, key] = visit
        if key in run.listed or key in run.found:
            run.note_visit(visit)

    def _visit(self, source: str, key: str) -> Visit | None:
        """What is known of a URL, in the state or not yet: redirects may lead there twice."""
        waiting = self._visits.get((source, key))
        return waiting or self._library.state.visit(source, key)

    def finish(self, run: SourceRun, outcomes: list[Outcome]) -> None:
        """Note the outcomes of one request; the run ends with its last."""
        for outcome in outcomes:
            self.conclude(run, outcome)
        run.waiting -= 1
        self.end_if_idle(run)

    def end_if_idle(self, run: SourceRun) -> None:
        """End *run* if nothing is waiting; it was aborted if none of its seeds could be read."""
        if run.waiting or run.ended:
            return
        if run.halted:
            self._interrupt(run)
        elif run.seeds and not run.seeds_read:
            why = run.spending.in_words if run.spending.reasons else run.why_aborted()
            self._end(run, "aborted", why)
        elif run.spending.reasons:
            lines = [run.spending.in_words, *run.why_nothing(), *run.problems]
            self._end(run, "budget", "; ".join(lines[:3]))
        else:
            self._end(run, "done", "; ".join([*run.why_nothing(), *run.problems][:3]))

    def interrupt(self) -> None:
        """End all runs that go on, since the process ends."""
        for run in self.runs.values():
            if run.ended is None:
                self._interrupt(run)

    def flush(self) -> list[Run]:
        """Bring runs and outcomes into the state, and give the runs as they are.

        A run has ended once its log is on the disk; then its source may be crawled again.
        """
        state = self._library.state
        waiting = dict(self._visits)
        state.put_visits(waiting.values())
        for key, visit in waiting.items():
            if self._visits[key] is visit:
                del self._visits[key]
        done = [pair for pair in self._logs if pair[1].done()]  # asked once: a thread ends them
        rows = [run.as_row() for run in self.runs.values() if run.ended is None]
        logged = [run.as_row() for run, log in done if log.exception() is None]
        state.put_runs([*rows, *logged])  # recovery gives the others a log
        rows += [_as_logged(run, log).as_row() for run, log in done]
        for pair in done:
            state.put_visits(to_be_done(state, pair[0]))
            self._logs.remove(pair)
            self._release(pair[0])
        return rows

    def _interrupt(self, run: SourceRun) -> None:
        self._end(run, "interrupted", "stopped before it was done")

    def _end(self, run: SourceRun, state: str, detail: str) -> None:
        """End *run*: its log goes into the WARC."""
        run.end(state, detail)
        log = f"{CRAWL_LOG_URI}{run.run_id}"
        written = self._writer.write_resource(log, run.log(), "application/jsonl")
        self._logs.append((run, written))
        loop = asyncio.get_running_loop()
        written.add_done_callback(lambda _: loop.call_soon_threadsafe(self._logged))

    def _release(self, run: SourceRun) -> None:
        """Forget a run that has ended: its source may be crawled again."""
        del self.runs[run.run_id]
        self._locks.pop(run.run_id).close()
        if not self.runs:
            self.quiet.set()


def _as_logged(run: SourceRun, log: Future[Pointer]) -> SourceRun:
    if error := log.exception():  # it found no room on the disk
        run.end("interrupted", str(error))
    return run
