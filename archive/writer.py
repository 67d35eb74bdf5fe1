"""Captures into WARC files: one thread compresses, appends, fsyncs in groups and acknowledges.

A future is done once its records are on the disk. While idle every capture is fsynced at once; what
arrives during an fsync shares the next one. Until it is sealed a file's name ends in `.open`, and
its writer holds the kernel's lock on it.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.disk import files
from archive.errors import BackissueError, DiskFailed
from archive.library import Library
from archive.types import Capture, Pointer
from archive.warc.captures import records_of
from archive.warc.records import Record, resource_record
from archive.warc_file import WarcFile

logger = logging.getLogger(__name__)
_GROUP_BYTES = 1 << 20  # bytes written before one fsync acknowledges them: no more than 1 MiB waits
_GROUP_SECONDS = 0.1  # seconds: no capture waits longer for the captures behind it


@dataclass(slots=True)
class _Job:
    make: Callable[[str], list[Record]]  # given the id of the file's warcinfo record
    future: Future[Pointer]
    capture: Capture | None = None


OnKept = Callable[[list[tuple[Capture, Pointer]]], None]


class WarcWriter:
    """The writer thread and the file that it writes; `close` seals the file.

    *kept* is called by that thread with what has reached the disk, before it is acknowledged.
    """

    def __init__(self, library: Library, kept: OnKept = lambda _: None) -> None:
        self._library, self._kept = library, kept
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._file: WarcFile | None = None
        self._serial = 0
        self._closed = False
        self._sealed: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="warc-writer", daemon=True)
        self._thread.start()

    def write(self, capture: Capture) -> Future[Pointer]:
        """Keep *capture*: the future is done when it is on the disk."""
        return self._put(lambda info: records_of(capture, info), capture)

    def write_resource(self, uri: str, body: bytes | list[bytes], kind: str) -> Future[Pointer]:
        """Keep a `resource` record of our own, such as a crawl log; several where it has parts."""
        moment = datetime.now(UTC)
        parts = [body] if isinstance(body, bytes) else body
        return self._put(
            lambda info: [resource_record(uri, part, kind, moment, info) for part in parts]
        )

    def close(self) -> None:
        """Write what is waiting, seal the file, end the thread; raises what prevented it."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join()
        self._sealed.result()

    def _put(
        self, make: Callable[[str], list[Record]], capture: Capture | None = None
    ) -> Future[Pointer]:
        if self._closed:
            raise ValueError("the WARC writer is closed")
        future: Future[Pointer] = Future()
        self._jobs.put(_Job(make, future, capture))
        return future

    def _run(self) -> None:
        while job := self._take(wait=True):
            self._write_group(job)
        try:
            self._retire()
        except Exception as error:  # noqa: BLE001 -- `close` raises it
            self._sealed.set_exception(error)
        else:
            self._sealed.set_result(None)

    def _take(self, *, wait: bool) -> _Job | None:
        """The next job that nobody has cancelled; None at the end, or where none is waiting."""
        while True:
            try:
                job = self._jobs.get(block=wait)
            except queue.Empty:
                return None
            if job is None and not wait:
                self._jobs.put(None)  # the main loop must see the end again
            if job is None or job.future.set_running_or_notify_cancel():
                return job

    def _write_group(self, job: _Job | None) -> None:
        """Write *job* and what is waiting behind it, then sync once and acknowledge all.

        All goes into one file, so that one sync vouches for it.
        """
        started, written = time.monotonic(), list[tuple[_Job, Pointer]]()
        self._renew()
        before = self._file.size if self._file else 0
        while job:
            if pointer := self._append(job):
                written.append((job, pointer))
            size = self._file.size - before if self._file else 0
            if size >= _GROUP_BYTES or time.monotonic() - started >= _GROUP_SECONDS:
                break
            job = self._take(wait=False)
        if written and self._file:
            self._acknowledge(self._file, written)

    def _acknowledge(
        self, file: WarcFile, written: list[tuple[_Job, Pointer]], *, again: bool = False
    ) -> None:
        try:
            with files.speaking_errors(self._library.path):
                file.sync()
        except Exception as error:  # noqa: BLE001 -- raised where somebody waits
            self._file = None
            if file.give_up() and isinstance(error, DiskFailed) and not again:
                self._write_again([job for job, _ in written])
            else:
                for job, _ in written:
                    job.future.set_exception(error)
        else:
            self._tell(written)

    def _tell(self, written: list[tuple[_Job, Pointer]]) -> None:
        """Acknowledge what is on the disk."""
        try:
            with files.speaking_errors(self._library.path):
                self._kept([(job.capture, pointer) for job, pointer in written if job.capture])
        except Exception as error:  # noqa: BLE001 -- raised where somebody waits
            for job, _ in written:
                job.future.set_exception(error)
        else:
            for job, pointer in written:
                job.future.set_result(pointer)

    def _write_again(self, jobs: list[_Job]) -> None:
        """Write to a new file, once, what stood in one whose sync has failed."""
        written = [(job, pointer) for job in jobs if (pointer := self._append(job))]
        if written and self._file:
            self._acknowledge(self._file, written, again=True)

    def _append(self, job: _Job) -> Pointer | None:
        """Write *job*; None where that fails: who waits for it gets the error, and the thread goes
        on."""
        try:
            with files.speaking_errors(self._library.path):
                file = self._file or self._new_file()
                if job.capture:  # the log of a run that ends for want of room is still written
                    files.check_floor(file.path.parent, self._library.settings.disk.floor)
                return file.append(job.make(file.warcinfo_id))
        except Exception as error:  # noqa: BLE001 -- see above
            job.future.set_exception(error)
            return None

    def _renew(self) -> None:
        """Retire the file if it is large or old enough."""
        limits, file = self._library.settings.warc, self._file
        if file is None:
            return
        age = time.monotonic() - file.opened
        if file.size >= limits.max_bytes or age >= limits.max_age.total_seconds():
            try:
                self._retire()
            except (OSError, BackissueError) as error:  # all that is in it is on the disk
                logger.error("%s: not sealed yet: %s", file.name, error)

    def _new_file(self) -> WarcFile:
        self._file = WarcFile(self._library, self._serial)
        self._serial += 1
        return self._file

    def _retire(self) -> None:
        """Seal the file; a file that cannot be sealed is left to recovery."""
        file, self._file = self._file, None
        if file:
            with files.speaking_errors(self._library.path):
                file.seal()
