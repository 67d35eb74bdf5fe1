from __future__ import annotations

from pathlib import Path

import pytest

from archive.imported.index import FOLDER


@pytest.fixture
def library_folder(tmp_path: Path) -> Path:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    return folder
