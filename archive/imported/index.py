"""Where each capture of an imported file stands, as lines of JSON beside the file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal

from archive.disk.damage import damaged, is_within
from archive.errors import ArchiveError, CorruptRecord
from archive.types import RevisitProfile

NO_CAPTURE: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a capture raises where a line or a record describes none."""
IMPORT_FORMAT = 1  # version of an index's lines
FOLDER = "warc/imported"
OF_RECORDS = (".warc.gz", ".warc", ".warc.zst", ".arc.gz", ".arc", ".arc.zst")
"""What the names of files end in that hold records."""
SUFFIXES = (*OF_RECORDS, ".wacz")
"""What the names of imported files end in."""
CAPTURES_URI = "urn:backissue:import:"
SUMMARY_URI = "urn:backissue:imported:"


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """A record that stands alone in *length* bytes at *offset* of a file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Referred:
    """The capture that a revisit stands for, and where it was found; *file* is None where it was
    not found."""

    profile: RevisitProfile
    warc_record_id: str
    url: str
    fetch_time: str | None
    payload_digest: str
    file: str | None = None
    offset: int = 0
    length: int = 0
    continued: tuple[RecordPlace, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCapture:
    """Where a capture stands in an imported file, what belongs to it, and what an index says of it.

    *file* is relative to the library. Times are as WARC-Date has them, with microseconds.
    """

    file: str
    offset: int
    length: int
    kind: Literal["response", "revisit", "resource"]
    warc_record_id: str
    url: str
    fetch_time: str
    run_id: str
    source: str
    status: int | None = None
    mime: str | None = None
    digest: str = ""
    payload_type: str | None = None
    request: RecordPlace | None = None
    metadata: RecordPlace | None = None
    continued: tuple[RecordPlace, ...] = ()
    complete: bool = True
    original: Referred | None = None

    @property
    def moment(self) -> datetime:
        """When it was fetched."""
        return datetime.fromisoformat(self.fetch_time)


def held_to_line(held: HeldCapture) -> str:
    """*held* as one line of JSON, without its newline; what is empty is left out."""
    found = {name: value for name, value in asdict(held).items() if value not in (None, "", ())}
    return json.dumps(found, ensure_ascii=False, sort_keys=True)


def held_from_line(line: str | bytes) -> HeldCapture:
    """What `held_to_line` wrote; one of NO_CAPTURE where it is something else."""
    return _held(json.loads(line))


def _held(found: dict[str, Any]) -> HeldCapture:
    for name in ("request", "metadata"):
        found[name] = RecordPlace(**found[name]) if name in found else None
    found["continued"] = tuple(RecordPlace(**place) for place in found.get("continued", ()))
    if original := found.get("original"):
        places = tuple(RecordPlace(**place) for place in original.get("continued", ()))
        found["original"] = Referred(**original | {"continued": places})
    held = HeldCapture(**found)
    files = [held.file, *(filter(None, [held.original.file]) if held.original else ())]
    if not is_imported(held.file) or not all(map(is_within, files)):
        raise ValueError("a file that is none of the library")
    return held


def is_imported(filename: str) -> bool:
    """Whether *filename*, relative to the library, is that of an imported file."""
    return PurePosixPath(filename).parent == PurePosixPath(FOLDER)


def captures_file_of(file: Path) -> Path:
    """Where the captures of an imported file are listed, by their offsets."""
    return file.with_name(file.name + ".captures.jsonl")


def cdxj_file_of(file: Path) -> Path:
    """Where the CDXJ of an imported file stands."""
    return file.with_name(file.name + ".cdxj")


def find_held(root: Path, filename: str, offset: int) -> HeldCapture:
    """The capture that begins at *offset* of an imported file; CorruptRecord where none does."""
    path = captures_file_of(root / filename)
    try:
        with path.open("rb") as stream:
            low, high = 0, stream.seek(0, 2)
            while low < high:  # the line sought begins at low or later, and before high
                middle = (low + high) // 2
                stream.seek(middle)
                if middle > low:
                    stream.readline()
                begin = stream.tell() if stream.tell() < high else low
                stream.seek(begin)
                held = held_from_line(stream.readline())
                if held.offset == offset:
                    return held
                low, high = (stream.tell(), high) if held.offset < offset else (low, begin)
    except FileNotFoundError:
        raise ArchiveError(f"{path} is gone: `backissue repair` makes it again") from None
    except NO_CAPTURE:
        raise damaged(path, "a line describes no capture") from None
    raise CorruptRecord(root / filename, offset, "no capture begins here")


def to_block(held: HeldCapture) -> bytes:
    """The body of the record in our own WARC that describes a capture."""
    found = {"format": IMPORT_FORMAT, **json.loads(held_to_line(held))}
    return json.dumps(found, ensure_ascii=False, sort_keys=True).encode()


def held_of(block: bytes) -> HeldCapture:
    """The capture that such a record describes."""
    found = json.loads(block)
    found.pop("format")
    return _held(found)
