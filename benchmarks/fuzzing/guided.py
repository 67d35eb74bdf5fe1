"""A reader under libFuzzer, by atheris: inputs that reach new lines of code are changed further.

    python -m benchmarks.fuzzing.guided TARGET SEEDS KEEP [libFuzzer's flags]

It starts with the files in the folder SEEDS, and writes what it finds into KEEP.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

from benchmarks.fuzzing.judging import judged, keep
from benchmarks.fuzzing.targets import targets

_INSTRUMENTED = ["archive", "backissue", "crawlers", "pipelines"]


def main() -> None:
    name, seeds, kept, *flags = sys.argv[1:]
    target = next(target for target in targets() if target.name == name)
    with atheris.instrument_imports(include=_INSTRUMENTED):
        judged(target, target.seeds()[0])  # it imports what it needs
    known: set[str] = set()

    def read(data: bytes) -> None:
        found = judged(target, data)
        if found and found.kind not in known:
            known.add(found.kind)
            path = keep(Path(kept), target, data)
            print(f"FOUND {name}: {found.kind}: {path}\n{found.text}", flush=True)

    atheris.Setup([sys.argv[0], seeds, *flags], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
