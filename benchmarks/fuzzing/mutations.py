"""Bytes into bytes that differ a little, as a broken disk, program or attacker sends them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

_NUMBERS = (0, 1, -1, 127, 255, 2**31 - 1, 2**32, 2**63 - 1, 2**64, 10**400)
_MOST_STEPS = 6
MOST_BYTES = 65_536
"""Bytes of an input: faults that need more are the work of the bounds' own tests."""

_Step = Callable[[random.Random, bytes], bytes]


def mutated(chance: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """One of *seeds* after a few changes; some put in one of *tokens*, words of its format."""
    data = chance.choice(seeds)
    for _ in range(chance.randint(1, _MOST_STEPS)):
        kind = chance.randrange(len(_STEPS) + 2)
        if kind < len(_STEPS):
            data = _STEPS[kind](chance, data)
        elif kind == len(_STEPS):
            data = _put(chance, data, chance.choice(tokens or [b" "]))
        else:
            data = _spliced(chance, data, chance.choice(seeds))
    return data[:MOST_BYTES]


def _at(chance: random.Random, data: bytes) -> int:
    return chance.randint(0, len(data))


def _put(chance: random.Random, data: bytes, token: bytes) -> bytes:
    at = _at(chance, data)
    return data[:at] + token * chance.choice((1, 1, 1, 2, 50, 2_000)) + data[at:]


def _spliced(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: _at(chance, data)] + other[_at(chance, other) :]


def _byte(chance: random.Random, data: bytes) -> bytes:
    at = _at(chance, data)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _bit(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: _at(chance, data)]


def _without(chance: random.Random, data: bytes) -> bytes:
    at = _at(chance, data)
    return data[:at] + data[at + chance.choice((1, 2, 8, 64, 512)) :]


def _repeated(chance: random.Random, data: bytes) -> bytes:
    at = _at(chance, data)
    part = data[at : at + chance.choice((1, 4, 16, 128))]
    return data[:at] + part * chance.choice((2, 3, 100)) + data[at:]


def _number(chance: random.Random, data: bytes) -> bytes:
    """A number of *data* becomes one that nobody expects."""
    places = [n for n, byte in enumerate(data[:4_096]) if 48 <= byte <= 57]
    if not places:
        return data
    at = end = chance.choice(places)
    while end < len(data) and 48 <= data[end] <= 57:
        end += 1
    return data[:at] + str(chance.choice(_NUMBERS)).encode() + data[end:]


def _moved(chance: random.Random, data: bytes) -> bytes:
    one, two = sorted((_at(chance, data), _at(chance, data)))
    return data[two:] + data[one:two] + data[:one]


_STEPS: tuple[_Step, ...] = (*(_byte, _bit, _cut, _without, _repeated, _number, _moved),)
