"""The digest of the code that a rebuild goes on with: every module that a row depends on counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.extractor_version import LEFT_OUT, code_digest, fingerprint

ROOT = Path(__file__).parents[2]
MODULES = (
    "__init__.py",
    "types.py",
    "web/__init__.py",
    "web/http.py",
    "web/codings/gzip.py",
    "verify/walk.py",
    "verify/heads/fields.py",
    "card.md",
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in MODULES:
        path = tmp_path / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("WHAT = 1\n")
    return tmp_path / "archive"


@pytest.mark.parametrize("name", ["types.py", "web/http.py", "web/codings/gzip.py"])
def test_a_changed_module_at_any_depth_changes_it(package: Path, name: str) -> None:
    before = code_digest("archive", package)
    (package / name).write_text("WHAT = 2\n")
    assert code_digest("archive", package) != before


def test_a_module_that_moves_to_another_folder_changes_it(package: Path) -> None:
    before = code_digest("archive", package)
    (package / "web/http.py").rename(package / "web/codings/http.py")
    assert code_digest("archive", package) != before


@pytest.mark.parametrize("name", ["verify/walk.py", "verify/heads/fields.py", "card.md"])
def test_what_no_row_depends_on_does_not(package: Path, name: str) -> None:
    before = code_digest("archive", package)
    (package / name).write_text("WHAT = 2\n")
    assert code_digest("archive", package) == before


def test_compiled_modules_are_none_of_it(package: Path) -> None:
    before = code_digest("archive", package)
    (package / "web/__pycache__").mkdir()
    (package / "web/__pycache__/http.cpython-311.pyc").write_bytes(b"\0")
    assert code_digest("archive", package) == before


def test_it_is_the_same_in_every_process() -> None:
    program = "from pipelines.extractor_version import fingerprint; print(fingerprint())"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert said.stdout.strip() == fingerprint()


def test_what_makes_rows_loads_nothing_that_is_left_out() -> None:
    program = "import pipelines.derive.spans, pipelines.publish, sys; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    for folder in LEFT_OUT:
        assert (ROOT / folder).is_dir()
        assert folder.replace("/", ".") not in said.stdout.split()
