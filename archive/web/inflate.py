"""A body that is one whole gzip member into its content, by the fastest library installed."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Any

_zlib: Any = zlib
with suppress(ImportError):  # inflates in less than half of zlib's time
    from isal import isal_zlib as _zlib

_PLAIN = b"\x1f\x8b\x08\x00"  # a member without name, comment or other additions


def whole_member(data: bytes, limit: int) -> bytes | None:
    """The content of *data*, which is one whole gzip member and no more; None where it is anything
    else, or has more than *limit* bytes. Checksum and length of the member are those that it says.
    """
    if not data.startswith(_PLAIN) or len(data) > limit:
        return None
    stream = _zlib.decompressobj(wbits=31)
    try:
        content = stream.decompress(data, limit + 1)
    except (zlib.error, _zlib.error):
        return None
    whole = stream.eof and not stream.unused_data and len(content) <= limit
    return bytes(content) if whole else None
