"""Captures into WARC files: one thread compresses, appends, fsyncs in groups and acknowledges.

A future is done once its records are on the disk. While idle every capture is fsynced at once; what
arrives during an fsync shares the next one. Until it is sealed a file's name ends in `.open`, and
its writer holds the kernel's lock on it.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive import cdxj, files
from archive.errors import BackissueError
from archive.exchange import records_of
from archive.library import Library
from archive.locks import try_lock
from archive.records import Located, Record, make_record, to_member
from archive.types import Capture, CdxEntry, Pointer
from archive.version import VERSION

_GROUP_BYTES = 1 << 20
_GROUP_SECONDS = 0.1
CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


class WarcFile:
    """One `.open` WARC file: append, sync, seal. Not for several threads."""

    def __init__(self, library: Library, serial: int) -> None:
        moment = datetime.now(UTC)
        stamp = f"{moment:%Y%m%d%H%M%S}"
        base = f"BACKISSUE-{stamp}-{serial:05}-{secrets.token_hex(4)}.warc.gz"
        self.name = f"warc/{moment:%Y/%m}/{base}"
        self.path = library.path / f"{self.name}.open"
        self.opened = time.monotonic()
        self.size = self.synced = 0
        self._library = library
        self._entries: list[CdxEntry] = []
        files.make_folder(self.path.parent)
        self._stream = self.path.open("xb", buffering=0)  # never an existing file
        try_lock(self._stream)
        files.sync_folder(self.path.parent)
        info = _warcinfo(library, base, moment)
        self.warcinfo_id = info.id
        self.append([info])

    def append(self, records: Sequence[Record]) -> Pointer:
        """Write *records* one after the other; the pointer is to the first of them."""
        files.check_floor(self.path.parent, self._library.settings.disk.floor)
        members = [to_member(record) for record in records]
        start = self.size
        try:
            files.write(self._stream, b"".join(members))
        except OSError:
            self._stream.truncate(start)
            self._stream.seek(start)
            raise
        for record, member in zip(records, members, strict=True):
            entry = cdxj.entry_of(Located(record, self.size, len(member)), self.name)
            self._entries += [entry] if entry else []
            self.size += len(member)
        return Pointer(self.name, start, len(members[0]))

    def sync(self) -> None:
        """Bring what was written to the disk, and say so in the state."""
        files.sync(self._stream)
        self.synced = self.size
        self._library.state.set_synced(self.name, self.synced)

    def seal(self) -> None:
        """Write the index beside the file and give the file its final name."""
        self.sync()
        final = self.path.with_suffix("")
        files.put(index_path(final), cdxj.to_bytes(self._entries))
        files.rename(self.path, final)
        self._library.state.set_synced(self.name, self.synced, sealed=True)
        self._stream.close()

    def abandon(self) -> None:
        """Close the file as it stands, after an error: recovery mends and seals it."""
        self._stream.close()


def index_path(warc: Path) -> Path:
    """Where the CDXJ of a WARC file stands."""
    return warc.with_name(warc.name.removesuffix(".gz").removesuffix(".warc") + ".cdxj")


def _warcinfo(library: Library, filename: str, moment: datetime) -> Record:
    settings = library.settings
    lines = {
        "software": f"Backissue/{VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "robots": "obey" if "robots" in settings.policy.respect else "ignore",
        "isPartOf": settings.name,
        "operator": settings.operator,
        "contact": settings.contact,
        "http-header-user-agent": library.user_agent,
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    kind = ("Content-Type", "application/warc-fields")
    return make_record("warcinfo", moment, block.encode(), [("WARC-Filename", filename), kind])


@dataclass(slots=True)
class _Job:
    make: Callable[[str], list[Record]]  # given the id of the file's warcinfo record
    future: Future[Pointer]
    capture: Capture | None = None


Kept = Callable[[list[tuple[Capture, Pointer]]], None]


class WarcWriter:
    """The writer thread and the file that it writes; `close` seals the file.

    *kept* is called by that thread with what has reached the disk, before it is acknowledged.
    """

    def __init__(self, library: Library, kept: Kept = lambda _: None) -> None:
        self._library, self._kept = library, kept
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._file: WarcFile | None = None
        self._serial = 0
        self._thread = threading.Thread(target=self._run, name="warc-writer", daemon=True)
        self._thread.start()

    def write(self, capture: Capture) -> Future[Pointer]:
        """Keep *capture*: the future is done when it is on the disk."""
        return self._put(lambda info: records_of(capture, info), capture)

    def write_resource(self, uri: str, body: bytes, kind: str) -> Future[Pointer]:
        """Keep a `resource` record of our own, such as a crawl log."""
        moment = datetime.now(UTC)
        return self._put(lambda info: [resource(uri, body, kind, moment, info)])

    def close(self) -> None:
        """Write what is waiting, seal the file, end the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _put(
        self, make: Callable[[str], list[Record]], capture: Capture | None = None
    ) -> Future[Pointer]:
        future: Future[Pointer] = Future()
        self._jobs.put(_Job(make, future, capture))
        return future

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._write_group(job)
        if self._file:
            self._file.seal()

    def _write_group(self, job: _Job | None) -> None:
        """Write *job* and what is waiting behind it, then sync once and acknowledge all."""
        started, size, written = time.monotonic(), 0, list[tuple[_Job, Pointer]]()
        while job is not None:
            try:
                pointer = self._write_one(job)
            except (OSError, ValueError, BackissueError) as error:
                job.future.set_exception(error)
            else:
                written.append((job, pointer))
                size += pointer.length
            if size >= _GROUP_BYTES or time.monotonic() - started >= _GROUP_SECONDS:
                break
            job = self._next_waiting()
        self._acknowledge(written)

    def _next_waiting(self) -> _Job | None:
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return None
        if job is None:  # the end: the main loop must see it again
            self._jobs.put(None)
        return job

    def _write_one(self, job: _Job) -> Pointer:
        file = self._current_file()
        with files.speaking_errors(file.path.parent):
            return file.append(job.make(file.warcinfo_id))

    def _acknowledge(self, written: list[tuple[_Job, Pointer]]) -> None:
        if not written or not self._file:
            return
        try:
            with files.speaking_errors(self._file.path.parent):
                self._file.sync()
            self._kept([(job.capture, pointer) for job, pointer in written if job.capture])
        except (OSError, BackissueError) as error:  # never sync that file again
            self._file.abandon()
            self._file = None
            for job, _ in written:
                job.future.set_exception(error)
        else:
            for job, pointer in written:
                job.future.set_result(pointer)

    def _current_file(self) -> WarcFile:
        limits = self._library.settings.warc
        file = self._file
        if file:
            age = time.monotonic() - file.opened
            if file.size < limits.max_bytes and age < limits.max_age.total_seconds():
                return file
            file.seal()
        self._file = WarcFile(self._library, self._serial)
        self._serial += 1
        return self._file


def resource(
    uri: str, body: bytes, kind: str, moment: datetime, warcinfo_id: str | None = None
) -> Record:
    """A `resource` record of our own with *body* of the media type *kind*."""
    info = f"<{warcinfo_id}>" if warcinfo_id else None
    fields = [("WARC-Target-URI", uri), ("WARC-Warcinfo-ID", info), ("Content-Type", kind)]
    return make_record("resource", moment, body, fields)
