from __future__ import annotations

import io

import pytest

from archive.errors import CorruptRecord
from archive.warc.gzip import gzip_member, read_member


def test_a_member_may_be_bounded() -> None:
    member = gzip_member(bytes(range(256)) * 40)
    assert read_member(io.BytesIO(member), 0, len(member)) is not None
    with pytest.raises(CorruptRecord, match="cut short"):
        read_member(io.BytesIO(member), 0, len(member) - 1)
