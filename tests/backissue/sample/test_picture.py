from __future__ import annotations

import struct
import zlib

from backissue.sample.picture import HEIGHT, WIDTH, picture


def test_a_picture_is_a_png_of_its_size() -> None:
    data = picture("plate")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size)[0] == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + size
    assert struct.unpack_from(">II", chunks[b"IHDR"]) == (WIDTH, HEIGHT)
    assert len(zlib.decompress(chunks[b"IDAT"])) == HEIGHT * (1 + WIDTH)


def test_every_name_has_its_own_picture() -> None:
    assert picture("one") == picture("one")
    assert picture("one") != picture("two")
