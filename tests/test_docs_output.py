"""What the pages say that commands and Python print, against what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOWN = re.compile(
    r"^```python\n(?P<code>.*?)^```\n\n[^\n]+\n\n```text\n(?P<output>.*?)^```",
    re.DOTALL | re.MULTILINE,
)
BETWEEN = "-- what the next lines print --"
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "BACKISSUE_LIBRARY"}


def run(folder: Path, *words: str) -> str:
    """What Python prints in *folder*."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=ENVIRONMENT | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which somebody has run `make demo`, and what that printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, run(folder, "-m", "backissue", "demo")


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_python_of_a_page_prints_what_stands_below_it(
    page: str, demo: tuple[Path, str]
) -> None:
    shown = [*SHOWN.finditer((ROOT / page).read_text(encoding="utf-8"))]
    assert shown
    code = f"\nprint({BETWEEN!r})\n".join(one["code"] for one in shown)
    printed = run(demo[0], "-c", code).split(f"{BETWEEN}\n")
    assert printed == [one["output"] for one in shown]


def test_the_demo_prints_what_readme_says(demo: tuple[Path, str]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```text\n(crawl .*?)^```", readme, re.DOTALL | re.MULTILINE)
    printed = [TIME.sub("", line) for line in demo[1].splitlines()]
    for line in filter(None, TIME.sub("", shown).splitlines()):
        assert any(one.startswith(line) for one in printed), line
