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
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

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
        folder = library.path / f"warc/{moment:%Y/%m}"
        files.make_folder(folder)
        files.check_floor(folder, library.settings.disk.floor)
        base, self._stream = _create(folder, f"BACKISSUE-{moment:%Y%m%d%H%M%S}-{serial:05}")
        self.name = f"warc/{moment:%Y/%m}/{base}"
        self.path = library.path / f"{self.name}.open"
        self.opened = time.monotonic()
        self.size = self.synced = 0
        self._library = library
        self._entries: list[CdxEntry] = []
        info = _warcinfo(library, base, moment)
        self.warcinfo_id = info.id
        try:
            files.sync_folder(folder)
            self.append([info])
        except (OSError, BackissueError):
            self.path.unlink()  # nothing is in it
            self.abandon()
            raise

    def append(self, records: Sequence[Record]) -> Pointer:
        """Write *records* one after the other; the pointer is to the first of them."""
        members = [to_member(record) for record in records]
        start = end = self.size
        found = []
        for record, member in zip(records, members, strict=True):
            found.append(cdxj.entry_of(Located(record, end, len(member)), self.name))
            end += len(member)
        self._cut_torn()
        try:
            files.write(self._stream, b"".join(members))
        except OSError:
            with suppress(OSError):
                self._cut_torn()
            raise
        self.size = end
        self._entries += filter(None, found)
        return Pointer(self.name, start, len(members[0]))

    def sync(self) -> None:
        """Bring what was written to the disk, and say so in the state."""
        self._cut_torn()
        files.sync(self._stream)
        self.synced = self.size
        self._library.state.set_synced(self.name, self.synced)

    def seal(self) -> None:
        """Write the index beside the file and give the file its final name; close it either way."""
        with self._stream:
            self.sync()
            final = self.path.with_suffix("")
            files.put(index_path(final), cdxj.to_bytes(self._entries))
            files.rename(self.path, final)
            self._library.state.set_synced(self.name, self.synced, sealed=True)

    def _cut_torn(self) -> None:
        """Take back what a failed write left behind the last whole record."""
        if self._stream.tell() != self.size:
            self._stream.truncate(self.size)
            self._stream.seek(self.size)

    def abandon(self) -> None:
        """Close the file as it stands, after an error: recovery mends and seals it."""
        self._stream.close()


def _create(folder: Path, stem: str) -> tuple[str, BinaryIO]:
    """A new file, locked, and its final name: never one that exists, be it open or sealed."""
    while True:
        name = f"{stem}-{secrets.token_hex(4)}.warc.gz"
        path = folder / f"{name}.open"
        if path.exists() or (folder / name).exists():
            continue
        stream = path.open("xb", buffering=0)
        if try_lock(stream) and path.exists():
            return name, stream
        stream.close()  # recovery took it for one that a crash left


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
        return self._put(lambda info: [resource(uri, part, kind, moment, info) for part in parts])

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

        All goes into one file, so that one sync vouches for it. Whatever fails is told to those who
        wait: the thread goes on.
        """
        started, size, written = time.monotonic(), 0, list[tuple[_Job, Pointer]]()
        while job:
            try:
                with files.speaking_errors(self._library.path):
                    file = self._file if written and self._file else self._current_file()
                    before = file.size
                    written.append((job, file.append(job.make(file.warcinfo_id))))
                    size += file.size - before
            except Exception as error:  # noqa: BLE001 -- see above
                job.future.set_exception(error)
            if size >= _GROUP_BYTES or time.monotonic() - started >= _GROUP_SECONDS:
                break
            job = self._take(wait=False)
        if written and self._file:
            self._acknowledge(self._file, written)

    def _acknowledge(self, file: WarcFile, written: list[tuple[_Job, Pointer]]) -> None:
        try:
            with files.speaking_errors(self._library.path):
                file.sync()
                self._kept([(job.capture, pointer) for job, pointer in written if job.capture])
        except Exception as error:  # noqa: BLE001 -- told to those who wait
            file.abandon()  # never sync that file again
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
            self._retire()
        self._file = WarcFile(self._library, self._serial)
        self._serial += 1
        return self._file

    def _retire(self) -> None:
        """Seal the file; one that cannot be sealed is left to recovery."""
        file, self._file = self._file, None
        if file:
            with files.speaking_errors(self._library.path):
                file.seal()


def resource(
    uri: str, body: bytes, kind: str, moment: datetime, warcinfo_id: str | None = None
) -> Record:
    """A `resource` record of our own with *body* of the media type *kind*."""
    info = f"<{warcinfo_id}>" if warcinfo_id else None
    fields = [("WARC-Target-URI", uri), ("WARC-Warcinfo-ID", info), ("Content-Type", kind)]
    return make_record("resource", moment, body, fields)
