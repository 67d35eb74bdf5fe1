"""Records of ARC files, as the Internet Archive wrote them until 2009, into records of WARC.

A record is a line (address, IP, date, type, length; in version 2 five fields more before the
length), then a block (https://archive.org/web/researcher/ArcFileFormat.php). An answer of HTTP
becomes a `response`; a block without a status line, as of HTTP/0.9, FTP or DNS, a `resource`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from archive.imported.header_values import clean_uri, moment_of, text_of
from archive.warc.records import Record, made_id, warc_date

LINE_FIELD = "Backissue-ARC-Line"
"""The field of a record made of one of ARC that has its first line."""
MAX_LINE = 1 << 16  # bytes of a record's line
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{0,30}:\S")
_IP = re.compile(rb"[0-9A-Fa-f.:]{2,45}|-")
_DATE = re.compile(rb"[0-9]{8,17}")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?: ?;.*)?", re.ASCII)
_STATUS = re.compile(rb"(?:HTTP|ICY)[/ ]", re.IGNORECASE)
_MORE_OF_VERSION_2 = 5  # fields between type and length: status, checksum, location, offset, name
_NO_ADDRESS = ("0.0.0.0", "-")  # noqa: S104 - it is compared, not bound


@dataclass(frozen=True, slots=True)
class ArcLine:
    """The line that a record begins with, and how many bytes it has, its line end included."""

    url: str
    ip: str
    date: str
    type: str
    length: int
    size: int


def may_begin(data: bytes) -> bool:
    """Whether a record's line may begin with *data*."""
    return bool(_SCHEME.match(data))


def parse_line(data: bytes) -> ArcLine | None:
    """The line that *data* begins with; None where it is none of a record.

    An address may hold spaces, a type too.

    >>> line = parse_line(b"http://a.example/b c 192.0.2.7 20040102030405 text/html 120\\n")
    >>> line.url, line.ip, line.date, line.type, line.length
    ('http://a.example/b c', '192.0.2.7', '20040102030405', 'text/html', 120)
    """
    end = data.find(b"\n", 0, MAX_LINE)
    if end < 0 or not _SCHEME.match(data):
        return None
    fields = data[:end].rstrip(b"\r").split(b" ")
    if len(fields) < 4 or not _LENGTH.fullmatch(fields[-1]):
        return None
    for at in range(1, len(fields) - 2):
        if _DATE.fullmatch(fields[at + 1]) and _IP.fullmatch(fields[at]):
            break
    else:
        return None
    rest = fields[at + 2 : -1]
    if len(rest) > _MORE_OF_VERSION_2 and rest[-2].isdigit():  # version 2: the offset
        rest = rest[:-_MORE_OF_VERSION_2]
    url, kind = text_of(b" ".join(fields[:at])), text_of(b" ".join(rest))
    ip, date = fields[at].decode(), fields[at + 1].decode()
    return ArcLine(url, ip, date, kind, int(fields[-1]), end + 1)


def arc_record(line: ArcLine, given: bytes, block: bytes) -> tuple[Record, bytes]:
    """The record of WARC that says the same, and its header; *given* are the bytes of the line.

    Its id follows from the bytes of the record, so that it is the same wherever the record is found
    again.
    """
    moment = moment_of(line.date)
    fields = [
        ("WARC-Type", _kind(line, block)),
        ("WARC-Record-ID", f"<{made_id(given.rstrip() + hashlib.sha256(block).digest())}>"),
        ("WARC-Date", warc_date(moment) if moment else line.date),
        ("WARC-Target-URI", clean_uri(line.url)),
        ("WARC-IP-Address", "" if line.ip in _NO_ADDRESS else line.ip),
        ("Content-Type", _content_type(line, block)),
        (LINE_FIELD, "".join(c if c.isprintable() else " " for c in text_of(given)).strip()),
    ]
    kept = tuple((name, value) for name, value in fields if value)
    lines = [f"{name}: {value}\r\n" for name, value in kept]
    head = f"WARC/1.1\r\n{''.join(lines)}Content-Length: {len(block)}\r\n\r\n"
    return Record(kept, block), head.encode()


def _kind(line: ArcLine, block: bytes) -> str:
    if line.url.lower().startswith("filedesc:"):
        return "warcinfo"
    return "response" if _STATUS.match(block) else "resource"


def _content_type(line: ArcLine, block: bytes) -> str:
    if _kind(line, block) == "response":
        return "application/http; msgtype=response"
    return line.type if _TYPE.fullmatch(line.type) else "application/octet-stream"
