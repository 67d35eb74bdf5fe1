"""What an import holds, and what `verify` holds of it, whatever the size of a record."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import warcs
from archive.imported.reader import MAX_TAKEN

_CHILD = """
import json, resource, sys
from pathlib import Path
from archive.library import Library
from archive.verify.library import verify
from pipelines.derive.engine import Engine
from pipelines.importing.import_files import import_files

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10

if __name__ == "__main__":
    path = Path(sys.argv[1])
    with Library.create(path.parent / "library") as library:
        small = import_files(library, [path.parent / "small.warc.gz"], Engine("local", 1))
        base = peak()
        (found,) = import_files(library, [path], Engine("local", 1)).files
        imported = peak() - base
        verified = verify(library.path)
        told = [one.why for one in found.skipped]
        print(json.dumps([imported, peak() - base, found.captures, found.new, told, verified.errors]))
"""


def measured(tmp_path: Path, name: str, size: int) -> list[object]:
    """Peak memory of an import and of `verify`, and what came of a file with a record of *size*."""
    import json

    script = tmp_path / "child.py"
    script.write_text(_CHILD)
    (tmp_path / "small.warc.gz").write_bytes(warcs.members(warcs.response(1)))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"
    inner = warcs.response(5, b"x") * 3  # what looks like records in a large body is none
    large = warcs.response(2, inner + bytes(size - len(head) - len(inner)), head)
    records = [warcs.response(3), large, warcs.response(4)]
    path = tmp_path / name
    path.write_bytes(warcs.members(*records) if name.endswith(".gz") else b"".join(records))
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, str(script), str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"},
    )
    return list(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.long
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_record_beyond_the_bound_is_kept_and_named_and_never_held(
    tmp_path: Path, name: str
) -> None:
    imported, verified, captures, new, told, errors = measured(tmp_path, name, 250 << 20)
    assert (captures, new, errors) == (2, 2, 0)
    assert told == [f"Content-Length is {250 << 20:,}: more than 65 MiB are not read"]
    assert imported < 64 << 20  # type: ignore[operator]
    assert verified < 64 << 20  # type: ignore[operator]
    kept = tmp_path / "library/warc/imported" / name
    assert kept.read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.long
def test_the_largest_record_that_is_read_is_held_four_times_at_most(tmp_path: Path) -> None:
    imported, verified, captures, new, told, errors = measured(tmp_path, "a.warc.gz", MAX_TAKEN)
    assert (captures, new, told, errors) == (3, 3, [], 0)
    assert imported < 4.5 * MAX_TAKEN  # type: ignore[operator]
    assert verified < 4.5 * MAX_TAKEN  # type: ignore[operator]
