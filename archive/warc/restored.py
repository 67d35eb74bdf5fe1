"""Records that stand in for damaged records: every derivation reads them at the damaged place.

Where the very bytes of a damaged record cannot be made again, a record that says the same is kept
in a file of its own, `warc/restored/*.warc.gz`. It stands there in the block of a `resource`
record, behind a line of JSON: for which bytes of which file it stands in, and where it comes from.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.disk import files
from archive.errors import CorruptRecord
from archive.version import VERSION
from archive.warc.records import (
    Located,
    Record,
    from_bytes,
    make_record,
    read_record,
    record_member,
)

RESTORED_URI = "urn:backissue:restored:"
FOLDER = "warc/restored"
_FORMAT = 1  # version of what such a record says


@dataclass(frozen=True, slots=True)
class Restored:
    """A record (*data*, uncompressed) for bytes *start* to *end* of the WARC *file*.

    *source* says where it comes from: `payloads`, `journal`, `crawl_log` …
    """

    file: str
    start: int
    end: int
    source: str
    data: bytes

    def record(self) -> Record:
        """The record itself."""
        return from_bytes(self.data, self.file, self.start)

    def to_block(self) -> bytes:
        """The block of the record that keeps it."""
        card = {name: value for name, value in asdict(self).items() if name != "data"}
        return json.dumps({"format": _FORMAT, **card}, sort_keys=True).encode() + b"\n" + self.data


def _from_block(block: bytes) -> Restored:
    card, _, data = block.partition(b"\n")
    fields = json.loads(card)
    return Restored(fields["file"], fields["start"], fields["end"], fields["source"], data)


def restored_in(library: Path, file: str) -> Mapping[int, Restored]:
    """What stands in for damaged records of *file*, by their offsets; the newest counts."""
    return {one.start: one for one in read_restored(library) if one.file == file}


def read_restored(library: Path) -> list[Restored]:
    """All that stands in for damaged records in *library*, oldest first."""
    found = []
    for path in sorted((library / FOLDER).glob("*.warc.gz")):
        with path.open("rb") as stream:
            at = 0
            while located := _whole(stream, at):
                at += located.length
                if (located.record.get("WARC-Target-URI") or "").startswith(RESTORED_URI):
                    found.append(_from_block(located.record.block))
    return found


def _whole(stream: BinaryIO, at: int) -> Located | None:
    try:
        return read_record(stream, at)
    except CorruptRecord:
        return None


def keep_restored(library: Path, several: Iterable[Restored], moment: datetime) -> str:
    """Write *several* into a new file; its name, relative to *library*."""
    name = f"BACKISSUE-{moment:%Y%m%d%H%M%S}-00000-{secrets.token_hex(4)}.warc.gz"
    said = f"software: Backissue/{VERSION}\r\nformat: WARC File Format 1.1\r\n"
    kind = ("Content-Type", "application/warc-fields")
    info = make_record("warcinfo", moment, said.encode(), [("WARC-Filename", name), kind])
    records = [info]
    for one in several:
        fields = [
            ("WARC-Target-URI", f"{RESTORED_URI}{one.file}:{one.start}"),
            ("WARC-Warcinfo-ID", f"<{info.id}>"),
            ("Content-Type", "application/octet-stream"),
        ]
        records.append(make_record("resource", moment, one.to_block(), fields))
    files.put(library / FOLDER / name, b"".join(map(record_member, records)))
    return f"{FOLDER}/{name}"
