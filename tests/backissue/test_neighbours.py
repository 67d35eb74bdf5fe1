"""A folder or file beside a user's script that hides a package of ours is named in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("hidden", ["archive/__init__.py", "pipelines.py", "crawlers/__init__.py"])
def test_what_hides_a_package_is_named(tmp_path: Path, hidden: str) -> None:
    path = tmp_path / hidden
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    done = _run(tmp_path)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: {tmp_path / Path(hidden).parts[0]} hides the package")
    assert "rename it" in last


@pytest.mark.parametrize("harmless", ["archive/notes.txt", "pipelines/data.csv"])
def test_a_folder_without_code_hides_nothing(tmp_path: Path, harmless: str) -> None:
    path = tmp_path / harmless
    path.parent.mkdir()
    path.write_text("")
    assert _run(tmp_path).returncode == 0


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    script = folder / "load.py"
    script.write_text("import backissue\nbackissue.extract('<p>A page.')\n")
    return subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=60
    )
