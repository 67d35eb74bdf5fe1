"""HTTP messages as on the wire: heads into fields, bodies into payloads, payloads into content.

Reads what servers really send (bare LF, folded lines, lines without a colon, latin-1, cut chunks),
in time and memory that grow with its size, and never raises on it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import brotli
import zstandard

from archive.web.inflate import whole_member

MAX_CONTENT = 50 * 2**20
"""Bytes of a decoded body that are looked at: ten GiB may come in a small compressed body."""

REDIRECTS = (301, 302, 303, 307, 308)
"""The statuses whose Location a client follows."""

_STATUS_LINE = re.compile(
    rb"\s*HTTP(?:/(\d+(?:\.\d+)?))?[ \t]+(\d{3})(?!\d)[ \t]*([^\r\n]*)", re.IGNORECASE
)
_BEYOND_ASCII = re.compile(r"[\x80-\xff]")
_NEWLINE = re.compile(rb"\r?\n")
_TO_SPACES = bytes.maketrans(b"\0\r", b"  ")
_BLANK_LINES = re.compile(rb"[\r\n]*")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_LINE = re.compile(rb"[ \t]*0*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")

MAX_CODINGS = 5  # codings of one body: curl's bound
_SLICE = 1024  # coded bytes that a decoder gets at a time
_PIECE = 2**16  # decoded bytes that it gives at a time
_ZSTD_WINDOW = 2**23  # bytes: the most that RFC 9659 lets a server ask for


@dataclass(frozen=True)
class Head:
    """A response's status line and header fields; *status* is None where the line has no number."""

    version: str | None
    status: int | None
    reason: str
    fields: tuple[tuple[str, str], ...]

    def get_all(self, name: str) -> list[str]:
        """Values of the field *name*, in order."""
        return self._by_name.get(name.lower(), [])

    def get(self, name: str) -> str | None:
        """The first value of the field *name*."""
        values = self.get_all(name)
        return values[0] if values else None

    @property
    def is_chunked(self) -> bool:
        """Whether the body is framed in chunks."""
        return self.transfer_codings[-1:] == ("chunked",)

    @property
    def transfer_codings(self) -> tuple[str, ...]:
        """Transfer codings in the order in which they were applied."""
        codings = ",".join(self.get_all("transfer-encoding")).lower().split(",")
        return tuple(c.strip() for c in codings) if codings != [""] else ()

    @property
    def content_codings(self) -> tuple[str, ...]:
        """Content codings in the order in which they were applied; `identity` left out."""
        codings = ",".join(self.get_all("content-encoding")).lower().split(",")
        return tuple(c.strip() for c in codings if c.strip() not in ("", "identity"))

    @property
    def location(self) -> str | None:
        """What the Location field says, its bytes beyond ASCII percent-encoded as they came."""
        value = self.get("location")
        return value and percent_encoded(value)

    @property
    def media_type(self) -> str | None:
        """The declared media type in lower case, without parameters."""
        value = self.get("content-type")
        return (value.split(";")[0].strip().lower() or None) if value else None

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            found.setdefault(name.lower(), []).append(value)
        return found


def percent_encoded(value: str) -> str:
    """A field's *value* with bytes beyond ASCII as `%E9`, whatever characters they stand for."""
    return _BEYOND_ASCII.sub(lambda found: f"%{ord(found[0]):02X}", value)


def split_message(message: bytes) -> tuple[bytes, bytes]:
    """Head (with its blank line) and body of an HTTP message; all head where no blank line is."""
    blank = _BLANK_LINES.match(message)  # before the status line, blank lines end nothing
    end = _HEAD_END.search(message, blank.end() if blank else 0)
    return (message[: end.end()], message[end.end() :]) if end else (message, b"")


def parse_head(head: bytes) -> Head:
    """The head of a response, read as leniently as browsers do; text is latin-1."""
    lines = _unfold(head)
    status_line = lines[0] if lines else b""
    match = _STATUS_LINE.match(status_line)
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            fields.append((_text(name), _text(value)))
    if match is None:
        return Head(None, None, "", tuple(fields))
    version, status, reason = match.groups()
    return Head(version.decode() if version else None, int(status), _text(reason), tuple(fields))


def _text(value: bytes) -> str:
    """NUL and a stray CR count as spaces (RFC 9110, 5.5)."""
    return value.translate(_TO_SPACES).strip().decode("latin-1")


def _unfold(head: bytes) -> list[bytes]:
    lines: list[list[bytes]] = []
    for line in re.split(rb"\r?\n", head):
        if not line:
            if lines:
                break
        elif line[:1] in b" \t" and len(lines) > 1:
            lines[-1].append(line.strip())
        else:
            lines.append([line])
    return [b" ".join(parts) for parts in lines]


def undo_transfer(body: bytes, head: Head) -> bytes:
    """The payload of *body*: its transfer codings undone, the chunks first (RFC 9112, 6.1).

    A compression that is unknown or broken, or makes more than MAX_CONTENT bytes, stays.
    """
    data = dechunk(body) if head.is_chunked else body
    inner = head.transfer_codings[:-1] if head.is_chunked else head.transfer_codings
    content = decode_content(data, tuple(c for c in inner if c != "identity"), MAX_CONTENT)
    return data if content.error else content.data


def dechunk(body: bytes) -> bytes:
    """The payload of a chunked *body* (RFC 9112, 7.1): what is there where it is cut or broken."""
    return b"".join(chunks(body))


def chunks(body: bytes) -> Iterator[bytes]:
    """The data of each chunk of *body*, the last one short where the body was cut.

    A body that does not begin with a chunk line is no chunked body: it comes back as it is.
    """
    at = 0
    while line := _CHUNK_LINE.match(body, at):
        size, start = int(line[1], 16), line.end()
        if size == 0:
            return
        yield body[start : start + size]
        at = min(start + size, len(body))
        if newline := _NEWLINE.match(body, at):
            at = newline.end()
    if at == 0:
        yield body


def is_framed(body: bytes, *, cut: bool) -> bool:
    """Whether *body* is in chunks: it has the last chunk, a whole chunk, or a chunk that was
    *cut*."""
    at, whole = 0, False
    while line := _CHUNK_LINE.match(body, at):
        at = line.end() + int(line[1], 16)
        newline = _NEWLINE.match(body, at)
        if at == line.end() or (cut and at >= len(body)):
            return True
        if newline is None:
            break
        whole, at = True, newline.end()
    return whole


@dataclass(frozen=True, slots=True)
class Content:
    """A payload with its content codings undone.

    *error* is None, `bad_encoding` (unknown or broken coding) or `too_large`; *data* is then what
    could be had: what came before the fault or the limit, or the payload as it is.
    """

    data: bytes
    error: str | None = None


def decode_content(payload: bytes, codings: tuple[str, ...], limit: int) -> Content:
    """Undo *codings*, last applied first, never making more than *limit* bytes of any of them."""
    if len(codings) > MAX_CODINGS or not _DECODERS.keys() >= set(codings):
        return Content(payload, "bad_encoding")
    data, error = payload, None
    for coding in reversed(codings):
        step = _undo(_DECODERS[coding], data, limit)
        if step.error == "bad_encoding" and not step.data:
            return Content(payload, "bad_encoding")
        data, error = step.data, error or step.error
    return Content(data, error)


def _undo(decoder: _Decoder, data: bytes, limit: int) -> Content:
    if decoder is _inflate and (content := whole_member(data, limit)) is not None:
        return Content(content)
    out = bytearray()
    try:
        for piece in decoder(data):
            out += piece
            if len(out) > limit:
                return Content(bytes(out[:limit]), "too_large")
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return Content(bytes(out), "bad_encoding")
    return Content(bytes(out))


def _slices(data: bytes) -> Iterator[bytes]:
    """*data* in parts so small that a decoder may copy what it leaves of one."""
    return (data[at : at + _SLICE] for at in range(0, len(data), _SLICE))


def _inflate(data: bytes) -> Iterator[bytes]:
    """Gzip members (or a zlib stream); what follows the last one is dropped, as browsers do."""
    stream, members = zlib.decompressobj(wbits=47), 0
    begun = False
    for part in _slices(data):
        rest = part
        while rest:
            try:
                piece = stream.decompress(rest, _PIECE)
            except zlib.error:
                if members and not begun:
                    return
                raise
            yield piece
            begun = begun or bool(piece)
            rest = stream.unconsumed_tail
            if stream.eof:
                rest, members, begun = stream.unused_data, members + 1, False
                stream = zlib.decompressobj(wbits=47)
    yield stream.flush()


def _deflate(data: bytes) -> Iterator[bytes]:
    """A zlib stream, or the raw deflate that some servers send under this name."""
    if data[:1] == b"\x1f" or (
        data[:1] and data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
    ):
        yield from _inflate(data)
        return
    stream = zlib.decompressobj(wbits=-15)
    for part in _slices(data):
        rest = part
        while rest and not stream.eof:
            yield stream.decompress(rest, _PIECE)
            rest = stream.unconsumed_tail
    yield stream.flush()


def _unbrotli(data: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    for part in _slices(data):
        if stream.is_finished():
            return
        yield stream.process(part, output_buffer_limit=_PIECE)
        while not stream.can_accept_more_data() and not stream.is_finished():
            yield stream.process(b"", output_buffer_limit=_PIECE)


def _unzstd(data: bytes) -> Iterator[bytes]:
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    with decoder.stream_reader(data, read_across_frames=True) as stream:
        while piece := stream.read(_PIECE):
            yield piece


_Decoder = Callable[[bytes], Iterator[bytes]]
_DECODERS: dict[str, _Decoder] = {
    "gzip": _inflate,
    "x-gzip": _inflate,
    "deflate": _deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
