"""Damaged records of sealed WARC files, made whole again from what the library has elsewhere.

The very bytes come first: from what `payloads` holds of a capture, compressed as it was, or from
the member itself, where one byte of it is wrong. They are put back in their place, and the damaged
bytes are kept in `quarantine/`. Else a record that says the same stands in for the damaged record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.config import raise_format
from archive.disk import files
from archive.errors import CorruptRecord
from archive.library import Library, restored_of
from archive.repair import quarantine
from archive.repair.flipped_byte import record_in, without_flip
from archive.repair.recover import index_bytes_of
from archive.tables.journal import holds
from archive.version import LIBRARY_FORMAT
from archive.warc.gzip import gzip_members
from archive.warc.records import Located, Record, read_record
from archive.warc.restored import Restored, keep_restored
from archive.warc.scan import Damaged, scan
from archive.warc_file import index_path
from pipelines.exporting.from_payloads import declared_record, exact_record
from pipelines.rebuild.survey import MOST_OF_INFO
from pipelines.repair.substitutes import DamagedPlace, OtherCopies, PartialExchange

_WHY = "damaged; the record was made whole again"
_PLAIN = b"\x1f\x8b\x08" + bytes(5)  # how a gzip header of ours begins
_HEADER = 10  # bytes of a gzip header (RFC 1952)
_LIKELY = (b"\x00\x03", b"\x00\xff", b"\x04\x03")  # its end: of isal, of zlib


@dataclass(frozen=True, slots=True)
class MendedPlace:
    """What became of a damaged place: *source* is None where nothing has what stood there.

    *exact*: the very bytes are in their place again; else a record of ours stands in for them.
    """

    file: str
    start: int
    end: int
    why: str
    source: str | None = None
    exact: bool = False

    def __str__(self) -> str:
        where = f"{self.file}, bytes {self.start:,} to {self.end:,}"
        if self.source is None:
            return f"{where}: {self.why}: nothing in the library has what stood there"
        how = "the very bytes are back" if self.exact else "a record that says the same stands in"
        return f"{where}: {how}, from {self.source}"


def mend_damage(library: Library) -> Iterator[MendedPlace]:
    """Mend what is damaged in the sealed WARC files of ours; reads all of them.

    Done again, it finds nothing but what could not be mended.
    """
    elsewhere = OtherCopies(library)
    for path in sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz")):
        for one in _DamagedFile(library, path, elsewhere).mend():
            if one.source or not holds(elsewhere.left_out, one.file, one.start):
                yield one


class _DamagedFile:
    """One sealed WARC file, walked through from one damaged place to the next."""

    def __init__(self, library: Library, path: Path, elsewhere: OtherCopies) -> None:
        self._library, self._path, self._other_copies = library, path, elsewhere
        self._name = str(path.relative_to(library.path))
        self._exchange = PartialExchange()
        self._info: str | None = None
        self._ends: dict[bytes, None] = {}  # of the gzip headers of whole members

    def mend(self) -> Iterator[MendedPlace]:
        """Mend what can be mended; returns also what could not be mended."""
        at, tried, mended = 0, set[tuple[int, int]](), False
        while damaged := self._next(at):
            damage = damaged.damage
            place = damage.offset, damage.end
            done = None if place in tried or self._is_left_out(damage) else self._mend(damaged)
            tried.add(place)
            mended |= done is not None
            yield done or MendedPlace(self._name, damage.offset, damage.end, damage.why)
            at = damage.offset if done else damage.end
        if mended and index_path(self._path).exists():  # its lines may come from what was legible
            files.put(index_path(self._path), index_bytes_of(self._library, self._path))

    def _is_left_out(self, damage: Damaged) -> bool:
        """Whether a batch's own record says that no row comes from there."""
        return holds(self._other_copies.never_derived, self._name, damage.offset)

    def _next(self, start: int) -> DamagedPlace | None:
        """The next damaged place from *start* on."""
        restored = restored_of(self._library, self._path)
        with self._path.open("rb") as stream:
            for found in scan(stream, start, restored=restored):
                damage = found if isinstance(found, Damaged) else None
                if isinstance(found, Located) and found.offset not in restored:
                    damage = self._odd_header(stream, found)
                if damage:
                    following = _record_at(stream, damage.end)
                    info = self._info or _info_of(following)
                    return DamagedPlace(self._name, damage, self._exchange, following, info)
                if isinstance(found, Located):
                    self._info = _info_of(found.record)
                    self._exchange = self._exchange.then(found.record)
        return None

    def _odd_header(self, stream: BinaryIO, found: Located) -> Damaged | None:
        """A member that inflates, but has a gzip header that is not as we write it."""
        stream.seek(found.offset)
        header = stream.read(_HEADER)
        if header[:8] == _PLAIN:
            self._ends[header[8:]] = None
            return None
        end = found.offset + found.length
        return Damaged(found.offset, end, "the gzip header is not as we write it")

    def _mend(self, damaged: DamagedPlace) -> MendedPlace | None:
        damage = damaged.damage
        for row in self._other_copies.captures(self._name, damage.offset, damage.end):
            if done := self._from_payload(row):
                return done
        member = self._read(damage.offset, damage.end)
        behind = self._read(damage.end + 8, damage.end + _HEADER)
        if whole := without_flip(member, tuple(self._ends) or (behind, *_LIKELY)):
            self._put(damage.offset, whole)
            where = (self._name, damage.offset, damage.end)
            return MendedPlace(
                *where, damage.why, "the record itself, one byte of it put right", True
            )
        return self._stand_in(damage, self._substitutes(damaged))

    def _from_payload(self, row: dict[str, object]) -> MendedPlace | None:
        """The record of a capture from its row of `payloads`."""
        start, length = int(str(row["warc_record_offset"])), int(str(row["warc_record_length"]))
        payload = self._other_copies.payload(str(row["warc_record_id"]))
        exact = payload and exact_record(payload)
        if not payload or not exact:
            return None
        for member in gzip_members(exact):
            if len(member) == length and record_in(member):
                self._put(start, member)
                return MendedPlace(self._name, start, start + length, _WHY, "payloads", True)
        return None

    def _substitutes(self, damaged: DamagedPlace) -> list[Restored]:
        """Records that say what the damaged records said."""
        damage = damaged.damage
        rows = self._other_copies.captures(self._name, damage.offset, damage.end)
        if rows:
            first = int(str(rows[0]["warc_record_offset"]))
            if (found := list(self._captures(rows))) or first == damage.offset:
                return found
            damage = replace(damage, end=first)  # what is lost of captures stays damaged
            damaged = replace(damaged, damage=damage)
        if damage.offset == 0:
            info = self._other_copies.warcinfo(damaged)
            fits = bool(rows) or damage.end <= MOST_OF_INFO
            return [info if fits else replace(info, end=1)]
        if found := self._other_copies.of_exchange(damaged):
            return found
        ours = self._other_copies.of_ours(damaged)
        return [ours] if ours else []

    def _captures(self, rows: list[dict[str, object]]) -> Iterator[Restored]:
        for row in rows:
            payload = self._other_copies.payload(str(row["warc_record_id"]))
            if payload is None:
                continue
            made = exact_record(payload)
            if made is None and (declared := declared_record(payload)):
                made = declared.data
            if made:
                start = int(str(row["warc_record_offset"]))
                end = start + int(str(row["warc_record_length"]))
                yield Restored(self._name, start, end, "payloads", made)

    def _stand_in(self, damage: Damaged, several: list[Restored]) -> MendedPlace | None:
        """Keep *several* records that stand in for what is damaged."""
        if not several:
            return None
        for one in several:
            quarantine.keep_bytes(self._library, one.file, one.start, one.end, damage.why)
        raise_format(self._library.path, LIBRARY_FORMAT)
        keep_restored(self._library.path, several, datetime.now(UTC))
        sources = ", ".join(dict.fromkeys(one.source for one in several))
        start, end = min(one.start for one in several), max(one.end for one in several)
        return MendedPlace(self._name, start, end, damage.why, sources)

    def _read(self, start: int, end: int) -> bytes:
        with self._path.open("rb") as stream:
            stream.seek(start)
            try:
                return stream.read(end - start)
            except OSError:  # the disk cannot
                return b""

    def _put(self, start: int, member: bytes) -> None:
        """Put *member* in its place; what stood there is kept first."""
        quarantine.keep_bytes(self._library, self._name, start, start + len(member), _WHY)
        with self._path.open("r+b", buffering=0) as stream:
            stream.seek(start)
            files.write(stream, member)
            files.sync(stream)


def _info_of(record: Record | None) -> str | None:
    """The id of the warcinfo record that *record* is, or names."""
    if record is None:
        return None
    return record.id if record.type == "warcinfo" else _bare(record.get("WARC-Warcinfo-ID"))


def _bare(identity: str | None) -> str | None:
    return identity.strip("<>") if identity else None


def _record_at(stream: BinaryIO, offset: int) -> Record | None:
    """The record at *offset*; None where no whole one stands there."""
    try:
        located = read_record(stream, offset)
    except CorruptRecord:
        return None
    return located.record if located else None
