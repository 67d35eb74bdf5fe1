"""Captures in WARC and WACZ files that others made: where each stands, and what it says.

Such a file is kept as it came, in `warc/imported/`. What belongs together in it is found once, at
the import, and written down: in records of our own WARC, from which the tables are made, and in
`NAME.captures.jsonl` beside the file, where a pointer is looked up.
"""

from __future__ import annotations

import errno
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast, get_args

from archive.errors import ArchiveError, CorruptRecord
from archive.imported.reader import Unreadable, read_one
from archive.types import Capture, Discovery, Fidelity, Original, RevisitProfile, Truncated
from archive.warc.captures import announced_in, read_capture
from archive.warc.records import Record, warc_date
from archive.web.http import Head, decode_content, is_framed, parse_head, split_message

IMPORT_FORMAT = 1
FOLDER = "warc/imported"
CAPTURES_URI = "urn:backissue:import:"
SUMMARY_URI = "urn:backissue:imported:"

_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS = ("x-crawler-", "x-orig-", "x-archive-orig-")  # Common Crawl, Webrecorder, pywb
_WIRE_VERSIONS = (None, "0.9", "1.0", "1.1")


@dataclass(frozen=True, slots=True)
class Place:
    """A record that stands alone in *length* bytes at *offset* of a file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Referred:
    """The capture that a revisit stands for, and where it was found: *file* is None if nowhere."""

    profile: RevisitProfile
    warc_record_id: str
    url: str
    fetch_time: str | None
    payload_digest: str
    file: str | None = None
    offset: int = 0
    length: int = 0
    continued: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
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
    request: Place | None = None
    metadata: Place | None = None
    continued: tuple[Place, ...] = ()
    complete: bool = True
    original: Referred | None = None

    @property
    def moment(self) -> datetime:
        """When it was fetched."""
        return datetime.fromisoformat(self.fetch_time)


def to_line(held: Held) -> str:
    """*held* as one line of JSON, without its newline; what is empty is left out."""
    found = {name: value for name, value in asdict(held).items() if value not in (None, "", ())}
    return json.dumps(found, ensure_ascii=False, sort_keys=True)


def from_line(line: str | bytes) -> Held:
    """What `to_line` wrote."""
    return _held(json.loads(line))


def _held(found: dict[str, Any]) -> Held:
    for name in ("request", "metadata"):
        found[name] = Place(**found[name]) if name in found else None
    found["continued"] = tuple(Place(**place) for place in found.get("continued", ()))
    if original := found.get("original"):
        places = tuple(Place(**place) for place in original.get("continued", ()))
        found["original"] = Referred(**original | {"continued": places})
    return Held(**found)


def is_imported(filename: str) -> bool:
    """Whether *filename*, relative to the library, is that of an imported file."""
    return PurePosixPath(filename).parent == PurePosixPath(FOLDER)


def index_of(file: Path) -> Path:
    """Where the captures of an imported file are listed, by their offsets."""
    return file.with_name(file.name + ".captures.jsonl")


def cdxj_of(file: Path) -> Path:
    """Where the CDXJ of an imported file stands."""
    return file.with_name(file.name + ".cdxj")


def find_held(root: Path, filename: str, offset: int) -> Held:
    """The capture that begins at *offset* of an imported file; CorruptRecord where none does."""
    path = index_of(root / filename)
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
                held = from_line(stream.readline())
                if held.offset == offset:
                    return held
                low, high = (stream.tell(), high) if held.offset < offset else (low, begin)
    except FileNotFoundError:
        raise ArchiveError(f"{path} is gone: `backissue repair` makes it again") from None
    raise CorruptRecord(root / filename, offset, "no capture begins here")


def read_held(root: Path, held: Held) -> Capture:
    """The capture that *held* tells of; CorruptRecord where it cannot be read there any more."""
    path = root / held.file
    record = _record(path, Place(held.offset, held.length))
    body = record.block + b"".join(_record(path, place).block for place in held.continued)
    request = _record(path, held.request).block if held.request else b""
    return capture_from(record, body, held, request, _about(path, held))


def read_payload_of(root: Path, original: Referred) -> Capture | None:
    """The capture that a revisit stands for; None where it was not found."""
    if original.file is None:
        return None
    if not is_imported(original.file):
        with (root / original.file).open("rb") as stream:
            return read_capture(stream, original.offset)
    place = Place(original.offset, original.length)
    record = _record(root / original.file, place)
    more = b"".join(_record(root / original.file, one).block for one in original.continued)
    kind: Literal["response", "resource"] = (
        "resource" if record.type.lower() == "resource" else "response"
    )
    held = Held(
        file=original.file,
        offset=original.offset,
        length=original.length,
        kind=kind,
        warc_record_id=original.warc_record_id,
        url=original.url,
        fetch_time=original.fetch_time or warc_date(_UNKNOWN),
        run_id="",
        source="",
    )
    return capture_from(record, record.block + more, held, b"", (None, {}))


def head_of(root: Path, held: Held) -> bytes:
    """The WARC header of a capture, verbatim."""
    path = root / held.file
    with path.open("rb") as stream:
        found = read_one(stream, held.offset, held.length)
    if isinstance(found, Unreadable):
        raise CorruptRecord(path, held.offset, found.why)
    return found.head


def _record(path: Path, place: Place) -> Record:
    try:
        with path.open("rb") as stream:
            found = read_one(stream, place.offset, place.length)
    except FileNotFoundError:
        raise CorruptRecord(path, place.offset, "the imported file is gone: put it back") from None
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        raise CorruptRecord(path, place.offset, "the disk cannot read it (EIO)") from None
    if isinstance(found, Unreadable):
        raise CorruptRecord(path, place.offset, found.why)
    return found.record


About = tuple[Discovery | None, dict[str, Any]]


def _about(path: Path, held: Held) -> About:
    """What a library that made the file noted of the capture."""
    if held.metadata:
        with suppress(ValueError, KeyError, TypeError, AttributeError):  # it may say anything
            return announced_in(_record(path, held.metadata))
    return None, {}


def capture_from(record: Record, body: bytes, held: Held, request: bytes, about: About) -> Capture:
    """The capture in a record of an imported file; *body* is its block, put together."""
    found, details = about
    headless = held.kind == "resource"
    head, body = (b"", body) if headless else split_message(body)
    truncated = _truncated(record, held)
    return Capture(
        url=held.url,
        fetch_time=held.moment,
        request=request,
        head=head,
        body=body,
        warc_record_id=held.warc_record_id,
        run_id=held.run_id,
        original=_original(held.original) if held.original else None,
        ip_address=record.get("WARC-IP-Address"),
        truncated=truncated,
        discovery=Discovery(
            source=held.source,
            by="import",
            via=found.via if found else None,
            announced=found.announced if found else None,
            modified=found.modified if found else None,
            title=found.title if found else None,
            words=found.words if found else None,
        ),
        details=details,
        fidelity="headless" if headless else fidelity_of(parse_head(head), body, bool(truncated)),
        content_type=record.get("Content-Type") if headless else None,
    )


def fidelity_of(head: Head, body: bytes, cut: bool) -> Fidelity:
    """What kind of bytes an imported message has, as far as head and body tell."""
    marked = {name.lower() for name, _ in head.fields}
    if body:
        framed = head.is_chunked and is_framed(body, cut=cut)
        if _lacks_content_coding(head, body, framed) or _is_marked(marked, head, "content"):
            return "decoded"
        if (head.is_chunked and not framed) or _is_marked(marked, head, "transfer"):
            return "dechunked"
    if head.version not in _WIRE_VERSIONS and not head.is_chunked:
        return "reconstructed"
    return "imported"


def _lacks_content_coding(head: Head, body: bytes, framed: bool) -> bool:
    if not head.content_codings or framed:  # who keeps the chunks has not looked inside
        return False
    found = decode_content(body, head.content_codings, 1)
    return found.error == "bad_encoding" and found.data == body


def _is_marked(names: set[str], head: Head, coding: str) -> bool:
    """Whether the tool that undid a coding says so, by another name for the field."""
    field = f"{coding}-encoding"
    return not head.get(field) and any(mark + field in names for mark in _MARKS)


def _truncated(record: Record, held: Held) -> Truncated | None:
    reason = (record.get("WARC-Truncated") or "").strip().lower()
    if held.kind == "revisit" or (held.complete and not reason):
        return None
    return cast(Truncated, reason) if reason in get_args(Truncated) else "unspecified"


def _original(found: Referred) -> Original:
    moment = datetime.fromisoformat(found.fetch_time) if found.fetch_time else None
    return Original(
        profile=found.profile,
        warc_record_id=found.warc_record_id,
        url=found.url,
        fetch_time=moment,
        payload_digest=found.payload_digest,
    )


def to_block(held: Held) -> bytes:
    """The body of the record in our own WARC that tells of a capture."""
    found = {"format": IMPORT_FORMAT, **json.loads(to_line(held))}
    return json.dumps(found, ensure_ascii=False, sort_keys=True).encode()


def held_of(block: bytes) -> Held:
    """The capture that such a record tells of."""
    found = json.loads(block)
    found.pop("format")
    return _held(found)
