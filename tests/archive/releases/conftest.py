"""A library of hostile titles, and a release of all its articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.library import Library
from archive.releases.making import make_release
from mails import fill


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library; tests only read it, or put releases elsewhere."""
    return fill(tmp_path_factory.mktemp("mails") / "library")


@pytest.fixture(scope="package")
def released(filled: Library) -> Path:
    """A release of all its articles."""
    folder, _ = make_release(filled, "Mails_2026.1")
    return folder
