"""One WARC file that is being written: append, sync, seal; its name ends in `.open` until then.

Its writer holds the kernel's lock on it. What was synced is never cut again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.disk import files
from archive.disk.locks import try_lock
from archive.errors import BackissueError
from archive.library import Library
from archive.types import CdxEntry, Pointer
from archive.warc import cdxj
from archive.warc.records import Located, Record, record_member
from archive.warcinfo import warcinfo_of


class WarcFile:
    """A new `.open` WARC file of *library*. Not for several threads."""

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
        info = warcinfo_of(library, base, moment)
        self.warcinfo_id = info.id
        try:
            files.sync_folder(folder)
            self.append([info])
        except (OSError, BackissueError):
            self.path.unlink()  # nothing is in it
            self._stream.close()
            raise

    def append(self, records: Sequence[Record]) -> Pointer:
        """Write *records* one after the other; the pointer is to the first of them."""
        members = [record_member(record) for record in records]
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
        self._library.state.set_synced(self.name, self.size)
        self.synced = self.size

    def seal(self) -> None:
        """Write the index beside the file and give the file its final name; close it either way."""
        with self._stream:
            self.sync()
            final = self.path.with_suffix("")
            files.put(index_path(final), cdxj.index_bytes(self._entries))
            files.rename(self.path, final)
            self._library.state.set_synced(self.name, self.synced, sealed=True)

    def _cut_torn(self) -> None:
        """Take back what a failed write left behind the last whole record."""
        if self._stream.tell() != self.size:
            self._stream.truncate(self.size)
            self._stream.seek(self.size)

    def abandon(self) -> None:
        """Close the file as it stands: recovery mends and seals it."""
        self._stream.close()

    def give_up(self) -> bool:
        """Cut off what may not be on the disk, and close the file, after a sync that failed.

        No sync is tried again on it. Returns whether the cut could be done: if so, what was cut off
        may be written elsewhere.
        """
        try:
            self._stream.truncate(self.synced)
        except OSError:
            return False
        finally:
            self._stream.close()
        return True


def _create(folder: Path, stem: str) -> tuple[str, BinaryIO]:
    """A new file, locked, and its final name: no file has that name, be it open or sealed."""
    while True:
        name = f"{stem}-{secrets.token_hex(4)}.warc.gz"
        path = folder / f"{name}.open"
        if path.exists() or (folder / name).exists():
            continue
        stream = path.open("xb", buffering=0)
        if try_lock(stream) and path.exists():
            return name, stream
        stream.close()  # recovery thought that a crash had left it


def index_path(warc: Path) -> Path:
    """Where the CDXJ of a WARC file stands."""
    return warc.with_name(warc.name.removesuffix(".gz").removesuffix(".warc") + ".cdxj")
