"""Records of ours whose bytes are whole and whose words are none: of batches, logs, imports, removals."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import CorruptRecord
from archive.imported.index import CAPTURES_URI, NO_CAPTURE, held_of
from archive.library import Library
from archive.removal.tombstones import REMOVAL_URI
from archive.tables.digest import digests, library_digest
from archive.tables.journal import BATCH_URI, NO_BATCH, Batch
from archive.types import Pointer
from archive.warc.crawl_log import CRAWL_LOG_URI
from archive.warc.records import resource_record
from archive.warc_file import WarcFile
from backissue.cli import main
from small import make_small

_SAID = (b"no JSON", b"[1, 2]", b'{"number": "x"}', b"\0\0", b"[" * 9_000, b"7\n[]\n")
_OURS = (f"{BATCH_URI}9", f"{CRAWL_LOG_URI}r", f"{CAPTURES_URI}r:1", f"{REMOVAL_URI}1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library. Tests work on a copy."""
    with make_small(tmp_path_factory.mktemp("made") / "library").library as library:
        return library.path


def _add(library: Library, uri: str, body: bytes) -> None:
    file = WarcFile(library, 0)
    moment = datetime(2026, 3, 3, tzinfo=UTC)
    file.append([resource_record(uri, body, "application/json", moment, file.warcinfo_id)])
    file.seal()


def test_no_record_that_says_nothing_ends_a_command_in_a_traceback(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(shutil.copytree(made, tmp_path / "library", symlinks=True))
    with Library.open(path) as library:
        told = library_digest(digests(library.generation))
        for uri in _OURS:
            for body in _SAID:
                _add(library, uri, body)
    shutil.rmtree(path / "state")
    for command in (["status"], ["repair"], ["verify"], ["publish"], ["rebuild"]):
        engine = () if command[0] in ("status", "verify") else ("--engine", "local:1")
        assert main([*command, "--library", str(path), *engine]) in (0, 1)
        assert "Traceback" not in capsys.readouterr().err
    with Library.open(path) as library:
        assert library_digest(digests(library.generation)) == told


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.warc.gz", "warc/../../x.warc.gz", ""])
def test_what_a_record_names_outside_of_the_library_is_not_read(made: Path, name: str) -> None:
    with (
        Library.open(made) as library,
        pytest.raises(CorruptRecord, match="no file of the library"),
    ):
        library.read(Pointer(name, 0, 10))
    batch = f'{{"number": 1, "closed": "", "payloads": [], "inputs": [{{"file": "{name}", "start": 0, "end": 9}}]}}'
    with pytest.raises(NO_BATCH):
        Batch.from_bytes(batch.encode())
    with pytest.raises(NO_CAPTURE):
        held_of(f'{{"format": 1, "file": "{name}", "offset": 0}}'.encode())
