"""Part of a WARC file into findings, and into what other files must agree with: a worker's task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from archive.imported.index import CAPTURES_URI, held_of
from archive.tables.journal import BATCH_URI
from archive.types import CdxEntry, Finding
from archive.verify.checks import FindingPlace
from archive.verify.gzip_members import Flaw, Member, members, size_of
from archive.verify.imported import check_held
from archive.verify.warc_blocks import CheckedBlock, Problem, problems_of
from archive.verify.warc_headers import RecordHeader, moment, parse_header
from archive.warc.cdxj import mime_of
from archive.warc.restored import Restored
from archive.web.surt import surt

_GZIP = b"\x1f\x8b\x08\0"  # the method, and no flags
_HEADERS = frozenset(  # XFL and OS are those of zlib and isal
    _GZIP + bytes(4) + bytes([level, system]) for level in (0, 2, 4) for system in (3, 255)
)
_SHARED = ("warc-date", "warc-target-uri")  # what the records of one exchange have in common


@dataclass(frozen=True, slots=True)
class FilePiece:
    """Bytes *start* to *stop* of a WARC file of which *end* bytes count.

    *name* is relative to the library and without `.open`. The records that begin in it are checked,
    and those *restored* in the place of damaged records.
    """

    name: str
    path: Path
    start: int
    stop: int
    end: int
    restored: Mapping[int, Restored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenCapture:
    """A response or revisit of the WARC: what index lines and table rows are compared with.

    A capture in an imported file is named by a record of ours; *named_by* is the file and the
    offset of that record.
    """

    entry: CdxEntry
    record_id: str
    type: str
    time: datetime | None
    refers_to: str | None = None
    refers_url: str | None = None
    refers_time: datetime | None = None
    named_by: tuple[str, int] | None = None

    @property
    def stands(self) -> tuple[str, int]:
        """The file of ours, and the offset, at which a batch takes it in."""
        return self.named_by or (self.entry.filename, self.entry.offset)

    @property
    def place(self) -> FindingPlace:
        """Where it stands."""
        entry = self.entry
        return FindingPlace(
            path=entry.filename, offset=entry.offset, record_id=self.record_id, url=entry.url
        )


@dataclass(slots=True)
class CheckedPiece:
    """What came of a piece. *end* is where the walk ended: the next piece must begin there.

    *others* are the ids of records that are no capture, with their offsets; *batches* the bodies of
    batch records with the ends of the records.
    """

    piece: FilePiece
    end: int
    records: int = 0
    inflated: int = 0
    findings: list[Finding] = field(default_factory=list)
    captures: list[SeenCapture] = field(default_factory=list)
    others: list[tuple[str, int]] = field(default_factory=list)
    batches: list[tuple[bytes, int]] = field(default_factory=list)


def check_piece(piece: FilePiece) -> CheckedPiece:
    """Check every record that begins in *piece*."""
    with _open(piece.path) as stream:
        return walk_stream(stream, piece)


def _open(path: Path) -> BinaryIO:
    """The file, which may have been sealed meanwhile."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return path.with_name(path.name.removesuffix(".open")).open("rb")


def walk_stream(stream: BinaryIO, piece: FilePiece) -> CheckedPiece:
    """As `check_piece`, of an open file."""
    walked = CheckedPiece(piece, piece.start)
    end = min(piece.end, size_of(stream))
    exchange = _OpenExchange(_warcinfo_id(stream, end))
    for found in members(stream, piece.start, end, piece.stop, piece.restored):
        if isinstance(found, Flaw):
            _note_flaw(walked, found, exchange)
        else:
            _note_member(walked, found, exchange)
    walked.findings += exchange.close()
    return walked


def _warcinfo_id(stream: BinaryIO, end: int) -> str | None:
    """The id of the warcinfo record that the file begins with."""
    first = next(members(stream, 0, end, 1), None)
    head = parse_header(first.data) if isinstance(first, Member) else None
    return head.record_id if head and head.type == "warcinfo" else None


def _note_flaw(walked: CheckedPiece, flaw: Flaw, exchange: _OpenExchange) -> None:
    name = walked.piece.name
    walked.findings += exchange.close(hurt=True)
    place = FindingPlace(
        path=name, offset=flaw.offset, record_id=_bare(flaw.record_id), url=flaw.url
    )
    walked.findings.append(place.finding(flaw.code, flaw.detail))
    walked.end = flaw.end


def _bare(record_id: str | None) -> str | None:
    return record_id.strip("<>") if record_id else None


def _note_member(walked: CheckedPiece, member: Member, exchange: _OpenExchange) -> None:
    head = parse_header(member.data)
    walked.end = member.offset + member.length
    walked.inflated += len(member.data)
    place = FindingPlace(
        path=walked.piece.name,
        offset=member.offset,
        record_id=head.record_id if head else None,
        url=head.url if head else None,
    )
    problems: list[Problem] = []
    if member.stands_in:
        problems.append(("warc.restored", "a record that says the same stands in for it"))
    if member.header not in _HEADERS:
        problems += _gzip_problems(member.header)
    if head is None:
        problems.append(("warc.header", f"no WARC header: {member.data[:32]!r}"))
        walked.findings += exchange.close(hurt=True)
    else:
        block = CheckedBlock(head, member.data)
        problems += head.problems
        problems += problems_of(block)
        if member.offset == 0 or head.type == "warcinfo":
            problems += _first_problems(walked.piece.name, head)
        walked.findings += exchange.take(head, place)
        _note_record(walked, member, block)
    walked.findings += (place.finding(code, detail) for code, detail in problems)


def _gzip_problems(header: bytes) -> Iterator[Problem]:
    """Our members have no flags, no time; the two last bytes are those of zlib or of isal."""
    if header[:4] != _GZIP:
        yield "warc.gzip_flags", f"the gzip header begins with {header[:4].hex()}"
    if _GZIP + header[4:] not in _HEADERS:
        yield "warc.gzip_time", f"the gzip header ends with {header[4:].hex()}"


def _first_problems(name: str, head: RecordHeader) -> Iterator[Problem]:
    """What is wrong with the first record of a file."""
    if head.type != "warcinfo":
        yield "warc.no_warcinfo", f"the file begins with a record of the type {head.type!r}"
    else:
        filename = head.fields.get("warc-filename")
        if filename is not None and filename != name.rpartition("/")[2]:
            yield "warc.filename", f"WARC-Filename is {filename}"


def _note_record(walked: CheckedPiece, member: Member, block: CheckedBlock) -> None:
    head = block.head
    walked.records += 1
    if head.type in ("response", "revisit"):
        walked.captures.append(_seen(walked.piece.name, member, block))
        return
    walked.others.append((head.record_id or "", member.offset))
    if head.type == "resource" and (head.url or "").startswith(BATCH_URI):
        walked.batches.append((bytes(block.view), member.offset + member.length))
    if head.type == "resource" and (head.url or "").startswith(CAPTURES_URI):
        _note_imported(walked, member, block)


def _note_imported(walked: CheckedPiece, member: Member, block: CheckedBlock) -> None:
    """The capture in an imported file that a record of ours names."""
    name, path = walked.piece.name, walked.piece.path
    place = FindingPlace(path=name, offset=member.offset)
    try:
        held = held_of(bytes(block.view))
        root = path.parents[len(PurePosixPath(name).parts) - 1]
        entry, why = check_held(root, held)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        walked.findings.append(place.finding("import.record", "it tells of no capture"))
        return
    if why:
        walked.findings.append(place.finding("import.record", why))
    named_by = (name, member.offset)
    walked.captures.append(
        SeenCapture(entry, held.warc_record_id, held.kind, held.moment, named_by=named_by)
    )


def _seen(name: str, member: Member, block: CheckedBlock) -> SeenCapture:
    head = block.head
    time, url = head.date, head.url or ""
    entry = CdxEntry(
        urlkey=surt(url),
        timestamp=f"{time:%Y%m%d%H%M%S}" if time else "",
        url=url,
        mime=mime_of(head.type, block.http.media_type),
        status=block.http.status,
        digest=head.fields.get("warc-payload-digest", ""),
        length=member.length,
        offset=member.offset,
        filename=name,
    )
    if head.type == "response":
        return SeenCapture(entry, head.record_id or "", head.type, time)
    fields = head.fields
    return SeenCapture(
        entry,
        head.record_id or "",
        head.type,
        time,
        head.id_in("warc-refers-to"),
        fields.get("warc-refers-to-target-uri"),
        moment(fields.get("warc-refers-to-date")),
    )


class _OpenExchange:
    """The records of one exchange as they come: response or revisit, request, metadata."""

    def __init__(self, warcinfo_id: str | None) -> None:
        self._info = warcinfo_id
        self._first: RecordHeader | None = None
        self._place: FindingPlace | None = None
        self._complete = True
        self._hurt = False  # the response of the next records may be among damaged bytes

    def take(self, head: RecordHeader, place: FindingPlace) -> Iterator[Finding]:
        """The next record of the file."""
        if head.type == "warcinfo":
            yield from self.close()
            return
        if self._info and head.id_in("warc-warcinfo-id") != self._info:
            yield place.finding("warc.warcinfo_id", "another warcinfo than this file's, or none")
        if head.type in ("response", "revisit"):
            yield from self.close()
            self._first, self._place, self._complete = head, place, False
            self._hurt = False
        elif head.id_in("warc-concurrent-to"):
            yield from self._follow(head, place)
        else:
            yield from self.close()

    def _follow(self, head: RecordHeader, place: FindingPlace) -> Iterator[Finding]:
        first = self._first
        if self._hurt:
            return
        if first is None or self._complete or head.id_in("warc-concurrent-to") != first.record_id:
            yield place.finding("warc.exchange", "the response that it belongs to is not before it")
            return
        if any(head.fields.get(name) != first.fields.get(name) for name in _SHARED):
            yield place.finding(
                "warc.exchange_date", "another date or address than the response before it"
            )
        self._complete = head.type == "metadata"

    def close(self, *, hurt: bool = False) -> Iterable[Finding]:
        """No more records of it come; *hurt*: they may be among damaged bytes."""
        first, place, complete = self._first, self._place, self._complete
        self._first, self._complete, self._hurt = None, True, hurt
        if first is None or complete or hurt or place is None:
            return ()
        return (place.finding("warc.exchange_torn", "no metadata record follows"),)
