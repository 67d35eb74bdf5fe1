"""`status` of a library into which files of others were imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import arcs
import warcs
from archive.library import Library
from backissue.cli import main
from pipelines.derive.engine import Engine
from pipelines.importing.import_files import import_files


def test_imported_files_are_counted_and_their_source_is_no_alarm(
    capsys: pytest.CaptureFixture[str], library: Library, tmp_path: Path
) -> None:
    (tmp_path / "a.warc").write_bytes(warcs.response(1))
    (tmp_path / "b.arc").write_bytes(arcs.response(2))
    (tmp_path / "c.warc.gz").write_bytes(warcs.members(warcs.warcinfo()))
    size = sum((tmp_path / name).stat().st_size for name in ("a.warc", "b.arc", "c.warc.gz"))
    engine = Engine("local", 1)
    import_files(library, [tmp_path / "a.warc", tmp_path / "b.arc"], engine)
    import_files(library, [tmp_path / "c.warc.gz"], engine, source="papers")
    main(["status", "--json", "--library", str(library.path)])
    *sources, sums = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    states = {one["source"]: (one["state"], one["cause"], one["articles"]) for one in sources}
    assert states == {"imported": ("imported", None, 2), "papers": ("imported", None, 0)}
    assert (sums["imported_files"], sums["imported_bytes"]) == (3, size)
    main(["status", "--library", str(library.path)])
    printed = capsys.readouterr().out
    assert "3 imported files, 0.0 MiB" in printed
    assert "undeclared" not in printed
