"""`deploy/requirements.txt`: all that Backissue runs with, at the versions of `constraints.txt`,
with the SHA-256 of each file that the package registry has of them.

    python deploy/hashes.py

Run it after a change of `constraints.txt` or of the dependencies. It needs the registry, and takes
uv into an environment of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "deploy" / "requirements.txt"
_UV = "uv==0.13.9"
_OLDEST = "3.11"  # the Python that `pyproject.toml` asks for
_HEAD = """# Made by deploy/hashes.py: pip install --require-hashes -r deploy/requirements.txt
"""


def main() -> int:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "-qq", "install", _UV], check=True)
        found = subprocess.run(
            [
                *(python, "-m", "uv", "pip", "compile", "--quiet", "--universal"),
                *("--python-version", _OLDEST, "--generate-hashes", "--no-emit-index-url"),
                *("--no-header", "--no-annotate", "--constraint", "constraints.txt"),
                "pyproject.toml",
            ],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    REQUIREMENTS.write_text(_HEAD + found.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
