"""What several test folders share: an empty library, the sample magazines, the real samples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.library import Library
from backissue.sample import SampleMagazines


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A new, empty library; the floor is low, so that a nearly full test machine does not matter."""
    with Library.create(tmp_path / "library") as made:
        settings = made.path / "library.toml"
        settings.write_text(settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"'))
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def site() -> Iterator[SampleMagazines]:
    """The sample magazines on loopback, first edition."""
    with SampleMagazines() as magazines:
        yield magazines


@pytest.fixture
def samples() -> Path:
    """The folder of real samples; the test is skipped where there is none."""
    folder = os.environ.get("BACKISSUE_SAMPLES")
    if not folder:
        pytest.skip("BACKISSUE_SAMPLES names no folder of real samples")
    return Path(folder)
