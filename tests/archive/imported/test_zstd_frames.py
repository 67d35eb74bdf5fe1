"""`.warc.zst` files: frames with and without a dictionary, tidy and torn, in bounded memory."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest
import zstandard

import warcs
from archive.imported.reader import ForeignRecord, Unreadable, foreign_records

RECORDS = [warcs.warcinfo(), *(warcs.response(number) for number in range(1, 40))]
IDS = [warcs.id_of("warcinfo", 1), *(warcs.id_of("response", n) for n in range(1, 40))]
DICTIONARY = zstandard.train_dictionary(8192, RECORDS)


def skippable(data: bytes, mark: int = 0x184D2A5D) -> bytes:
    return struct.pack("<II", mark, len(data)) + data


def frames(records: list[bytes], dictionary: zstandard.ZstdCompressionDict | None = None) -> bytes:
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    return b"".join(compressor.compress(one) for one in records)


FILES = {
    "no dictionary": frames(RECORDS),
    "a dictionary": skippable(DICTIONARY.as_bytes()) + frames(RECORDS, DICTIONARY),
    "a packed dictionary": skippable(zstandard.compress(DICTIONARY.as_bytes()))
    + frames(RECORDS, DICTIONARY),
    "all in one frame": zstandard.compress(b"".join(RECORDS)),
    "frames to be skipped": skippable(b"", 0x184D2A50)
    + frames(RECORDS[:3])
    + skippable(b"WARC/1.0\r\n", 0x184D2A5F)
    + frames(RECORDS[3:]),
}


def walked(data: bytes) -> list[ForeignRecord | Unreadable]:
    return list(foreign_records(warcs.stream(data), 0, len(data)))


def ids(data: bytes) -> list[str]:
    return [one.record.id for one in walked(data) if isinstance(one, ForeignRecord)]


def damage(data: bytes) -> list[Unreadable]:
    return [one for one in walked(data) if isinstance(one, Unreadable)]


@pytest.mark.parametrize("shape", FILES)
def test_all_records_are_read_and_none_stands_alone(shape: str) -> None:
    data = FILES[shape]
    found = walked(data)
    assert ids(data) == IDS
    assert [one.head + one.record.block + b"\r\n\r\n" for one in found] == RECORDS  # type: ignore[union-attr]
    assert not any(one.alone for one in found)  # type: ignore[union-attr]
    assert ids(data + bytes(5000)) == IDS
    assert damage(data + bytes(5000)) == []


def test_a_torn_frame_costs_its_record_alone() -> None:
    first, second, third = frames(RECORDS[:1]), frames(RECORDS[1:2]), frames(RECORDS[2:])
    data = first + second[:-30] + third
    assert ids(data) == [IDS[0], *IDS[2:]]
    (found,) = damage(data)
    assert (found.offset, found.end) == (len(first), len(data) - len(third))
    assert found.why == "the Zstandard frame is torn"


def test_a_dictionary_that_is_not_there_is_named() -> None:
    (found,) = damage(frames(RECORDS, DICTIONARY))
    assert found.why.endswith(
        f"needs the dictionary {DICTIONARY.dict_id()}, which is not in the file"
    )


_BOMB = """
import resource, sys, zstandard
from archive.imported.reader import foreign_records
import io
compressor = zstandard.ZstdCompressor(level=1).compressobj()
data = bytearray()
for _ in range(2048):
    data += compressor.compress(bytes(1 << 20))
data += compressor.flush()
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = list(foreign_records(io.BytesIO(bytes(data)), 0, len(data)))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) >> 10)
"""


def test_two_gigabytes_in_a_small_frame_are_never_held() -> None:
    done = subprocess.run([sys.executable, "-c", _BOMB], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 64
