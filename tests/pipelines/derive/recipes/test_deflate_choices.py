"""The choices of a compressor, read from what it made, against those that zlib makes."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backissue.sample.recombined import recombine
from pipelines.derive.recipes.deflate_choices import choices_of, may_make

TEXT = "\n\n".join(recombine("choices", 3000).paragraphs).encode()
SETTINGS = [(level, memory) for level in range(1, 10) for memory in (8, 9)]


def deflated(content: bytes, level: int, memory: int, strategy: int = 0) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, -15, memory, strategy)
    return stream.compress(content) + stream.flush()


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_may_make_what_it_made(setting: tuple[int, int]) -> None:
    choices = choices_of(deflated(TEXT, *setting))
    assert choices
    assert may_make(choices, TEXT, setting)


def test_another_strategy_is_told_from_all_settings() -> None:
    choices = choices_of(deflated(TEXT, 6, 8, zlib.Z_RLE))
    assert choices
    assert not any(may_make(choices, TEXT, setting) for setting in SETTINGS)


def test_levels_that_choose_otherwise_are_told_apart() -> None:
    choices = choices_of(deflated(TEXT, 1, 8))
    assert choices
    assert not may_make(choices, TEXT, (9, 8))


@pytest.mark.parametrize("stream", [b"", b"\x05", b"\xed\xff", bytes(40), deflated(TEXT, 0, 8)])
def test_what_has_no_choices_gives_none(stream: bytes) -> None:
    assert not choices_of(stream)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(stream: bytes) -> None:
    choices_of(stream)


@given(st.binary(max_size=9000), st.sampled_from(SETTINGS))
def test_no_setting_is_denied_what_it_made(content: bytes, setting: tuple[int, int]) -> None:
    choices = choices_of(deflated(content, *setting))
    assert choices is None or may_make(choices, content, setting)
