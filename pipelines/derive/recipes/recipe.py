"""A received body into the way in which it follows from its content, and back again.

Only a list of known compressors is tried: those of the usual servers. A row that no way gives back
is in the WARC alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import brotli

from archive.types import Capture
from archive.web.http import chunks
from pipelines.derive.recipes.deflate_choices import choices_of, may_make

_TRIED = 2**20  # bytes of a decoded body: of a longer one no recipe is looked for

# How servers compress, the usual settings first: (level, window bits, memory level) of zlib.
_GZIP: dict[str, tuple[int, int, int]] = {
    f"gzip:{level}:{window}:{memory}": (level, window, memory)
    for level in (6, 1, 5, 9, 2, 3, 4, 7, 8)
    for window, memory in ((31, 8), (31, 9))
}
_HEADER = 10  # bytes of a gzip member without additions
_GZIP_BEGIN, _GZIP_OS = b"\x1f\x8b\x08" + bytes(5), 3  # zlib's own header: no name, no time, Unix
_GZIP_FLAG = {1: 4, 9: 2}  # by level; others have none
_FEW_WAYS = 2  # settings: so many are tried as fast as looked at
_LOOKED_AT = 2**13  # bytes of content: a shorter one is compressed as fast as looked at
_BROTLI = {f"br:{quality}": quality for quality in (5, 4, 6, 1, 11)}
_SLOWEST = 11  # the quality that is a hundred times slower than the others
_TRIED_SLOWLY = 2**17  # bytes of a decoded body: the slowest takes 0.1 s for so many
_SMALLER = 0.965  # of the size at quality 6: 11 makes 0.95 of it at most, 9 no less than 0.977
_TELLING = 2**11  # bytes of a body from which on its size tells that
_SLACK = 64  # bytes by which the slowest may be longer where it does not


def recipe(capture: Capture, content: bytes, error: str | None) -> str | None:
    """How the received body follows from *content*; None where no known way gives it.

    `identity`, `gzip:LEVEL:WINDOW:MEMORY`, `br:QUALITY` or `coded` (the payload is as received),
    followed by ` chunks:SIZE,SIZE…` where the body was chunked in the plain way.
    """
    framing = ""
    if not capture.body:
        return "identity"
    if capture.transfer_codings not in ((), ("identity",), ("chunked",)):
        return None
    if capture.is_chunked:
        sizes = [len(piece) for piece in chunks(capture.body)]
        if frame(capture.payload, sizes) != capture.body:
            return None
        framing = " chunks:" + ",".join(map(str, sizes))
    coding = "coded" if error else _coding(capture, content)
    return coding and coding + framing


def frame(payload: bytes, sizes: list[int]) -> bytes:
    """*payload* in chunks of *sizes*, without extensions or trailer (RFC 9112, 7.1)."""
    out, at = [], 0
    for size in sizes:
        out.append(b"%x\r\n%b\r\n" % (size, payload[at : at + size]))
        at += size
    return b"".join([*out, b"0\r\n\r\n"])


def restore_body(payload: bytes, recipe: str) -> bytes:
    """The received body of a row whose `payload_exact` is *recipe*, byte for byte."""
    coding, _, sizes = recipe.partition(" chunks:")
    if coding in _GZIP:
        payload = _gzip(payload, coding)
    elif coding in _BROTLI:
        payload = brotli.compress(payload, quality=_BROTLI[coding])
    if " chunks:" in recipe:
        return frame(payload, [int(size) for size in sizes.split(",") if size])
    return payload


def _coding(capture: Capture, content: bytes) -> str | None:
    payload, codings = capture.payload, capture.content_codings
    if content == payload:
        return "identity"
    if len(content) > _TRIED:
        return None
    if codings in (("gzip",), ("x-gzip",)) and _is_zlib(payload):
        return next((n for n in _settings(payload, content) if _gzip(content, n) == payload), None)
    if codings == ("br",):
        return next(_brotli_ways(payload, content), None)
    return None


def _is_zlib(payload: bytes) -> bool:
    return len(payload) > 10 and payload[:8] == _GZIP_BEGIN and payload[9] == _GZIP_OS


def _settings(payload: bytes, content: bytes) -> Iterator[str]:
    """The settings of zlib that may have made *payload*, by what its first bytes permit.

    The first is the usual one. It is tried before the choices of all others are compared.
    """
    flag = payload[8]
    names = [name for name, (level, *_) in _GZIP.items() if _GZIP_FLAG.get(level, 0) == flag]
    if len(names) <= _FEW_WAYS or len(content) < _LOOKED_AT:
        yield from names
        return
    yield names.pop(0)
    choices = choices_of(payload[_HEADER:])
    for name in names:
        level, _, memory = _GZIP[name]
        if choices is None or may_make(choices, content, (level, memory)):
            yield name


def _gzip(content: bytes, name: str) -> bytes:
    level, window, memory = _GZIP[name]
    compressor = zlib.compressobj(level, zlib.DEFLATED, window, memory)
    return compressor.compress(content) + compressor.flush()


def _brotli_ways(payload: bytes, content: bytes) -> Iterator[str]:
    """The qualities of brotli that make *payload* of *content*."""
    sizes: dict[int, int] = {}
    for name, quality in _BROTLI.items():
        if quality == _SLOWEST and not _may_be_slowest(len(payload), len(content), sizes[6]):
            return
        made = brotli.compress(content, quality=quality)
        sizes[quality] = len(made)
        if made == payload:
            yield name


def _may_be_slowest(size: int, content: int, size_at_6: int) -> bool:
    """Whether the slowest quality may have made so many bytes, and is worth the time."""
    longest = size_at_6 + _SLACK if size < _TELLING else _SMALLER * size_at_6
    return content <= _TRIED_SLOWLY and size <= longest
