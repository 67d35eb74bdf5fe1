"""What a compressor chose at the beginning of a deflate stream, in a form that can be compared.

A deflate block is a row of literals and matches, packed with codes that fit the whole block; so
packed bytes can be compared where whole blocks are equal. Packed with the fixed codes of RFC 1951
(3.2.6), choices that begin alike give bits that begin alike. Those of a few kilobytes tell
compressors apart, and the rest need not be compressed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

_BEGINNING = 6 * 1024  # bytes of content that are compressed for a look
_AHEAD = (
    512  # bytes: a compressor looks further than this for its matches, so their end is no guide
)
_READ = 4 * 1024  # bytes of a stream: as many as that content takes
_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)  # RFC 1951, 3.2.7
_REPEATS = {16: (2, 3), 17: (3, 3), 18: (7, 11)}  # bits that say how often; added to that
_LENGTH_BITS = (*[0] * 8, *(n // 4 - 1 for n in range(8, 28)), 0)  # 3.2.5, from symbol 257 on
_DISTANCE_BITS = (0, 0, *(n // 2 - 1 for n in range(2, 30)))
_LENGTHS = (*(3 + sum(2**bits for bits in _LENGTH_BITS[:n]) for n in range(28)), 258)
_END = 256

_Codes = dict[str, int]
"""Symbols by their codes, each a row of `0` and `1`."""


def choices_of(stream: bytes) -> str | None:
    """What *stream*, raw deflate, begins with, as `0` and `1`; None where it is no such stream, or
    its first block is not compressed."""
    bits = f"{int.from_bytes(stream[:_READ], 'little'):b}".zfill(8 * len(stream[:_READ]))[::-1]
    try:
        if bits[1:3] == "10":
            return "".join(_repacked(bits, 3, _FIXED, _FIXED_DISTANCES))
        return "".join(_repacked(bits, *_codes(bits))) if bits[1:3] == "01" else None
    except (ValueError, KeyError, IndexError):  # its end, or no deflate
        return None


def may_make(choices: str, content: bytes, setting: tuple[int, int]) -> bool:
    """Whether zlib with a *setting* (level, memory level) begins with *choices* for *content*."""
    level, memory = setting
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15, memory, zlib.Z_FIXED)
    made = compressor.compress(content[:_BEGINNING]) + compressor.flush()
    count = -(-(len(choices) + 3) // 8)
    bits = f"{int.from_bytes(made[:count], 'little'):b}".zfill(8 * count)[::-1]
    return bits[1:3] != "10" or bits[3:].startswith(choices)


def _repacked(bits: str, at: int, codes: _Codes, distances: _Codes) -> Iterator[str]:
    """The literals and matches from *at* on in fixed codes, as far as content allows to compare."""
    position = 0
    while position < _BEGINNING - _AHEAD:
        symbol, at = _symbol(bits, at, codes)
        if symbol == _END:
            return
        if symbol < _END:
            yield _LITERALS[symbol]
            position += 1
            continue
        extra = _LENGTH_BITS[symbol - 257]
        yield _LITERALS[symbol] + bits[at : at + extra]
        position += _LENGTHS[symbol - 257] + _number(bits, at, extra)
        distance, at = _symbol(bits, at + extra, distances)
        extra = _DISTANCE_BITS[distance]
        yield f"{distance:05b}" + bits[at : at + extra]
        at += extra


def _codes(bits: str) -> tuple[int, _Codes, _Codes]:
    """Where the block's symbols begin, and its codes for literals and lengths, and for distances
    (RFC 1951, 3.2.7)."""
    literals, distances = 257 + _number(bits, 3, 5), 1 + _number(bits, 8, 5)
    at, order = 17, _ORDER[: 4 + _number(bits, 13, 4)]
    packed = [0] * len(_ORDER)
    for symbol in order:
        packed[symbol] = _number(bits, at, 3)
        at += 3
    codes, lengths = _canonical(packed), list[int]()
    while len(lengths) < literals + distances:
        symbol, at = _symbol(bits, at, codes)
        if symbol < 16:
            lengths.append(symbol)
            continue
        size, least = _REPEATS[symbol]
        lengths += [lengths[-1] if symbol == 16 else 0] * (least + _number(bits, at, size))
        at += size
    return at, _canonical(lengths[:literals]), _canonical(lengths[literals:])


def _canonical(lengths: Sequence[int]) -> _Codes:
    """The codes of symbols whose codes have these *lengths* (RFC 1951, 3.2.2)."""
    found, code, before = _Codes(), 0, 0
    for length, symbol in sorted((length, n) for n, length in enumerate(lengths) if length):
        code <<= length - before
        found[f"{code:0{length}b}"] = symbol
        code, before = code + 1, length
    return found


def _symbol(bits: str, at: int, codes: _Codes) -> tuple[int, int]:
    """The symbol at *at*, and where the next one begins; ValueError where there is none."""
    for end in range(at + 1, at + 16):
        if (found := codes.get(bits[at:end])) is not None:
            return found, end
    raise ValueError


def _number(bits: str, at: int, size: int) -> int:
    """The number in *size* bits from *at* on, the lowest first."""
    return int(bits[at : at + size][::-1], 2) if size else 0


_FIXED = _canonical([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8)
_FIXED_DISTANCES = _canonical([5] * 30)
_LITERALS = {symbol: code for code, symbol in _FIXED.items()}
