"""Which compressors are tried for a body: those that may have made it, and none for too long."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

import brotli
import pytest

from archive.types import Capture
from backissue.sample.recombined import recombine
from pipelines.derive.recipes.recipe import recipe, restore_body

TEXT = "\n\n".join(recombine("recipe", 4000).paragraphs).encode()


def capture(body: bytes, coding: str) -> Capture:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n"
    return Capture(
        url="http://review.example/tides",
        fetch_time=datetime(2026, 5, 1, tzinfo=UTC),
        request=b"",
        head=head.encode(),
        body=body,
        warc_record_id="urn:uuid:8ad3f4b1-4b0b-4f4a-9d3b-0f6a2b0a7a11",
    )


def gzipped(data: bytes, level: int, memory: int, strategy: int = 0) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, 31, memory, strategy)
    return stream.compress(data) + stream.flush()


@pytest.mark.parametrize("level", range(1, 10))
@pytest.mark.parametrize("memory", [8, 9])
def test_every_setting_of_zlib_is_found(level: int, memory: int) -> None:
    body = gzipped(TEXT, level, memory)
    found = recipe(capture(body, "gzip"), TEXT, None)
    assert found
    assert restore_body(TEXT, found) == body


def test_a_body_of_another_compressor_has_no_recipe() -> None:
    assert recipe(capture(gzipped(TEXT, 6, 8, zlib.Z_RLE), "gzip"), TEXT, None) is None


@pytest.mark.parametrize("quality", [1, 4, 5, 6, 11])
def test_the_qualities_that_servers_use_are_found(quality: int) -> None:
    body = brotli.compress(TEXT, quality=quality)
    assert recipe(capture(body, "br"), TEXT, None) == f"br:{quality}"


def test_other_qualities_have_no_recipe() -> None:
    body = brotli.compress(TEXT, quality=9)
    assert recipe(capture(body, "br"), TEXT, None) is None


def test_the_slowest_quality_is_not_tried_on_a_long_page() -> None:
    text = TEXT * (2**17 // len(TEXT) + 1)
    assert recipe(capture(brotli.compress(text, quality=11), "br"), text, None) is None
