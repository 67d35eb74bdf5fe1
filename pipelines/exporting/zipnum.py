"""A CDXJ index in blocks, with an index of these: a player fetches the block that it needs.

The format is pywb's ZipNum, as https://specs.webrecorder.net/cdxj/0.1.0/ has it.
"""

from __future__ import annotations

import gzip
import hashlib
import json

_BLOCK = 3_000  # lines of a block, as py-wacz has them


def zipnum(lines: list[str]) -> tuple[bytes, bytes]:
    """The index in blocks that are gzip members, and the first line of each with its place."""
    blocks = bytearray()
    places = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': 'index.cdx.gz'})}"]
    for first in range(0, len(lines), _BLOCK):
        text = "".join(f"{line}\n" for line in lines[first : first + _BLOCK]).encode()
        block = gzip.compress(text, mtime=0)
        place = {
            "offset": len(blocks),
            "length": len(block),
            "digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
            "filename": "index.cdx.gz",
        }
        places.append(f"{' '.join(lines[first].split(' ', 2)[:2])} {json.dumps(place)}")
        blocks += block
    return bytes(blocks), "".join(f"{one}\n" for one in places).encode()
