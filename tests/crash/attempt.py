"""One trial by hand: `python -m crash.attempt STAGE MODE OPERATION` says what is wrong, and where."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from crash import trials, zygote
from crash.scene import become_reaper


def main(stage: str, mode: str, operation: str) -> int:
    """Carry out the trial; the library stays for a look at it where something is wrong."""
    folder = Path(tempfile.mkdtemp(prefix="crash-"))
    become_reaper()
    zygote.warm()
    trials.prepare(folder / "libraries")
    verdict = trials.attempt(folder / "libraries", folder / "trial", stage, operation, mode)
    print("\n".join(verdict.wrong) or "nothing is wrong", file=sys.stderr)
    print(f"{'' if verdict.reached else 'not '}reached; see {folder}", file=sys.stderr)
    return bool(verdict.wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
