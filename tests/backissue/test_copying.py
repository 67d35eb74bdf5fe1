"""A library that is copied while it is written to, in the way that the docs give, loses nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from archive.library import Library
from archive.tables import journal
from archive.verify.library import verify
from backissue.sample import SampleMagazines
from crawlers.sources.toml import write_source
from serving import flags, slow, started, wait_for
from support import command, sample_sources

_PAGE = Path(__file__).parents[2] / "docs/library.md"


def _documented() -> str:
    """The lines of "Backup" that copy."""
    part = _PAGE.read_text(encoding="utf-8").partition("## Backup")[2]
    block = re.search(r"```console\n(.*?)```", part, re.DOTALL)
    assert block
    return block[1]


@pytest.mark.long
def test_copies_made_during_a_crawl_restore_all_that_was_published(
    library: Library, site: SampleMagazines, tmp_path: Path
) -> None:
    for source in sample_sources(site):
        write_source(library.path / "sources" / f"{source.name}.toml", source)
    slow(library)
    text = (library.path / "library.toml").read_text()
    (library.path / "library.toml").write_text(
        text.replace('publish_every = "1h"', 'publish_every = "2s"')
    )
    copies, published = [], []
    with started("serve", *flags(library, site)) as service:
        wait_for(lambda: bool(journal.read_journal(library.generation)))
        for number in range(2):
            here = tmp_path / f"copy{number}"
            here.mkdir()
            (here / "library").symlink_to(library.path)
            published.append(_rows(library.path))
            subprocess.run(["sh", "-c", _documented()], cwd=here, check=False, timeout=60)
            copies.append(here / "backup")
            time.sleep(2)
        naive = _naive(library.path, tmp_path / "naive")
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=90)
    told = command("rebuild", "--library", naive)
    assert "--accept-loss" in told.stderr if told.returncode else told.returncode == 0
    assert command("rebuild", "--accept-loss", "--library", naive).returncode == 0
    for copy, rows in zip(copies, published, strict=True):
        for again in ("rebuild", "publish"):
            done = command(again, "--engine", "local:1", "--library", copy)
            assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert rows <= _rows(copy)
        assert [one for one in verify(copy).findings if one.severity == "error"] == []
        with Library.open(copy) as opened:
            numbers = [entry.batch.number for entry in journal.read_journal(opened.generation)]
        assert numbers == list(range(1, len(numbers) + 1))


def _naive(path: Path, copy: Path) -> Path:
    """A copy in no good order, without the files that were open."""
    copy.mkdir()
    subprocess.run(["cp", "-a", f"{path}/warc", f"{path}/library.toml", copy], check=False)
    for file in copy.glob("warc/**/*.open"):
        file.unlink()
    return copy


def _rows(path: Path) -> set[str]:
    with Library.open(path) as library:
        return set(
            library.captures(columns=["warc_record_id"]).to_arrow()["warc_record_id"].to_pylist()
        )
