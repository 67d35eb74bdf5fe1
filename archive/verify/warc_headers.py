"""The header of a WARC record against ISO 28500:2017: its lines, its fields, their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

_TOKEN = rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+"
_HEAD = re.compile(rb"WARC/1\.[01]\r\n(?:" + _TOKEN + rb":[ \t]*[^\x00-\x1f\x7f]*\r\n)+\r\n")
_MAX_HEAD = 1 << 16  # bytes in which a record's header has to end
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f\x7f<>]+")
_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f\x7f<>]+>")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
_TYPE = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+/[!#$%&'*+\-.0-9A-Z^_`a-z|~]+(?:\s*;.*)?")
_DIGEST = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9+/=_-]+")
_LENGTH = re.compile(r"[0-9]{1,18}")
_WORDS = re.compile(r"length|time|disconnect|unspecified")
_PROFILE = re.compile(
    r"http://netpreserve\.org/warc/1\.[01]/revisit/"
    r"(?:(?:uri-agnostic-)?identical-payload-digest|server-not-modified)"
)
_KINDS = re.compile("warcinfo|response|request|metadata|revisit|resource|conversion|continuation")

_ALWAYS = ("warc-type", "warc-record-id", "warc-date", "content-length")
_NEEDED: dict[str, tuple[str, ...]] = {
    "response": ("warc-target-uri", "content-type", "warc-block-digest", "warc-payload-digest"),
    "revisit": (
        "warc-target-uri",
        "content-type",
        "warc-block-digest",
        "warc-payload-digest",
        "warc-profile",
        "warc-refers-to",
        "warc-refers-to-target-uri",
        "warc-refers-to-date",
    ),
    "request": ("warc-target-uri", "content-type", "warc-block-digest", "warc-concurrent-to"),
    "metadata": ("warc-target-uri", "content-type", "warc-block-digest", "warc-concurrent-to"),
    "resource": ("warc-target-uri", "content-type", "warc-block-digest"),
    "warcinfo": ("warc-filename", "content-type", "warc-block-digest"),
}


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """The fields of a record's header by lower-case name, and how many bytes the header has."""

    fields: dict[str, str]
    size: int
    problems: tuple[tuple[str, str], ...]

    @property
    def record_id(self) -> str | None:
        """WARC-Record-ID without its brackets."""
        return self.id_in("warc-record-id")

    @property
    def type(self) -> str:
        """`response`, `request` …"""
        return self.fields.get("warc-type", "")

    @property
    def url(self) -> str | None:
        """WARC-Target-URI."""
        return self.fields.get("warc-target-uri")

    @property
    def date(self) -> datetime | None:
        """WARC-Date, None where it is none."""
        return moment(self.fields.get("warc-date"))

    @property
    def length(self) -> int | None:
        """Content-Length, None where it is none."""
        value = self.fields.get("content-length", "")
        return int(value) if _LENGTH.fullmatch(value) else None

    def id_in(self, name: str) -> str | None:
        """The id in the field *name*, without its brackets."""
        value = self.fields.get(name)
        return value.strip("<>") if value else None


def moment(text: str | None) -> datetime | None:
    """The time that a WARC-Date says, None where it says none."""
    if not text or not _DATE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


_FORMS: dict[str, Callable[[str], object]] = {
    "warc-type": _KINDS.fullmatch,
    "warc-record-id": _ID.fullmatch,
    "warc-concurrent-to": _ID.fullmatch,
    "warc-refers-to": _ID.fullmatch,
    "warc-warcinfo-id": _ID.fullmatch,
    "warc-target-uri": _URI.fullmatch,
    "warc-refers-to-target-uri": _URI.fullmatch,
    "warc-profile": _PROFILE.fullmatch,
    "warc-date": moment,
    "warc-refers-to-date": moment,
    "warc-ip-address": _is_address,
    "content-length": _LENGTH.fullmatch,
    "content-type": _TYPE.fullmatch,
    "warc-identified-payload-type": _TYPE.fullmatch,
    "warc-block-digest": _DIGEST.fullmatch,
    "warc-payload-digest": _DIGEST.fullmatch,
    "warc-truncated": _WORDS.fullmatch,
}
"""A check for each field: what it gives for a value is true where the value has the right form."""


def parse_header(data: bytes) -> RecordHeader | None:
    """The header that *data* begins with, and what is wrong with it; None where none is."""
    end = data.find(b"\r\n\r\n", 0, _MAX_HEAD)
    if end < 0 or not data.startswith(b"WARC/"):
        return None
    size = end + 4
    problems: list[tuple[str, str]] = []
    if not _HEAD.match(data, 0, size):
        problems.append(("warc.header", _why_no_header(data[:size])))
    try:
        text = data[:end].decode()
    except UnicodeDecodeError as error:
        problems.append(("warc.header", f"the header is not UTF-8 ({error.reason})"))
        text = data[:end].decode(errors="replace")
    fields: dict[str, str] = {}
    for line in text.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name in fields and name != "warc-concurrent-to":
            problems.append(("warc.field_repeated", f"{name} stands there twice"))
        fields.setdefault(name, value.strip())
    return RecordHeader(fields, size, (*problems, *_judge(fields)))


def _why_no_header(head: bytes) -> str:
    first, *lines = head[:-4].split(b"\r\n")
    if first not in (b"WARC/1.1", b"WARC/1.0"):
        return f"the record begins with {first[:40]!r}"
    wrong = next(
        (line for line in lines if not _HEAD.match(b"WARC/1.1\r\n" + line + b"\r\n\r\n")), b""
    )
    return f"a line of the header is {wrong[:80]!r}"


def _judge(fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    kind = fields.get("warc-type", "")
    for name in (*_ALWAYS, *_NEEDED.get(kind, ())):
        if name not in fields:
            yield "warc.field_missing", f"a record of the type {kind!r} without {name}"
    for name, value in fields.items():
        form = _FORMS.get(name)
        if form is not None and not form(value):
            yield "warc.field_value", f"{name}: {value}"
