"""A name into a small PNG of hills or waves in four colours: the pictures that the sample's pages refer to."""

from __future__ import annotations

import math
import struct
import zlib

WIDTH, HEIGHT = 160, 80
_PALETTES = (
    bytes.fromhex("f3efe4 9fb8c4 3f6b82 16303f"),
    bytes.fromhex("f7f1e1 c9cf9f 7b8f4e 2f4029"),
    bytes.fromhex("fbeee0 e3b58f a8674a 40282a"),
)


def picture(name: str) -> bytes:
    """The PNG for *name*: the same bytes for the same name, on any machine."""
    seed = zlib.crc32(name.encode())
    columns = [_column(x, seed) for x in range(WIDTH)]
    rows = b"".join(b"\0" + bytes(row) for row in zip(*columns, strict=True))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", _PALETTES[seed % len(_PALETTES)]),
        (b"IDAT", _stored(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _column(x: int, seed: int) -> bytes:
    """One column of the sky and three ridges before it, each one colour."""
    phases = [(seed >> (8 * ridge)) % 97 for ridge in range(3)]
    waves = [math.sin((x + 5 * phase) / (14 + 6 * r)) for r, phase in enumerate(phases)]
    tops = [0, *(24 + 17 * r + round(6 * wave) for r, wave in enumerate(waves)), HEIGHT]
    return b"".join(bytes([colour]) * (tops[colour + 1] - tops[colour]) for colour in range(4))


def _stored(data: bytes) -> bytes:
    """A zlib stream of one stored block: builds of zlib differ in how they compress."""
    size = len(data)
    block = struct.pack("<BHH", 1, size, size ^ 0xFFFF) + data
    return b"\x78\x01" + block + struct.pack(">I", zlib.adler32(data))


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
