"""A library played back by pywb: its index, its configuration, the environment that it runs in.

pywb is GPL and pins what we do not: it is a program that we start, in an environment of its own.
"""

from __future__ import annotations

import heapq
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from archive.disk import files
from archive.errors import BackissueError, DiskFull, NoPermission
from archive.imported.index import FOLDER
from archive.library import Library
from archive.removal.in_force import in_force
from archive.repair.torn_files import whole_records
from archive.warc import cdxj
from archive.warc_file import index_path

PYWB = "2.10.0"
_REQUIREMENTS = (f"pywb=={PYWB}", "setuptools<80")
COLLECTION = "library"


def environment() -> Path:
    """Where pywb's own environment is: `$BACKISSUE_PYWB`, else in the user's cache."""
    if given := os.environ.get("BACKISSUE_PYWB"):
        return Path(given)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "backissue" / f"pywb-{PYWB}"


def wayback() -> Path:
    """pywb's program; it exists once it is installed."""
    return environment() / "bin" / "wayback"


def install() -> None:
    """Make pywb's environment from the package registry; BackissueError where that fails."""
    folder = environment()
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise BackissueError(
            f"{folder}: no environment can be made ({error}): on Debian, apt install python3-venv"
        ) from None
    python = str(folder / "bin" / "python")
    command = [python, "-m", "pip", "install", "--quiet", *_REQUIREMENTS]
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode:
        files.remove_tree(folder)
        raise BackissueError(f"pywb {PYWB} could not be installed: see pip's words above")


@contextmanager
def prepared(library: Library, on_notice: Callable[[str], None]) -> Iterator[Path]:
    """The folder to start pywb in: kept in the library, or a temporary one where it cannot be.

    *on_notice* hears why.
    """
    with ExitStack() as held:
        folder = library.path / "state" / "replay"
        try:
            with files.speaking_errors(folder):
                prepare(library, folder)
        except (DiskFull, NoPermission) as error:
            on_notice(f"the index for pywb is made for this time alone: {error}")
            size = sum(path.stat().st_size for path in library.path.glob("warc/**/*.cdxj"))
            folder = held.enter_context(files.scratch(2 * size))
            prepare(library, folder)
        yield folder


def prepare(library: Library, folder: Path) -> None:
    """Write the index of all captures and pywb's configuration into *folder*.

    A 304 plays as an empty page in pywb, so the index leaves it out: its original is found instead.
    For what is removed, pywb answers 451.
    """
    index, rules = folder / "index.cdxj", folder / "removed.aclj"
    removed: set[str] = set()
    files.put(index, _playable(library, removed))
    files.put(rules, (_refusal(key) for key in sorted(removed, reverse=True)))
    collection = {
        "index": str(index),
        "archive_paths": f"{library.path}/",
        "acl_paths": [str(rules)],
    }
    config = {
        "collections": {COLLECTION: collection},
        "framed_replay": True,
        "enable_auto_colls": False,
    }
    files.put(folder / "config.yaml", json.dumps(config).encode())  # JSON is YAML


def _playable(library: Library, removed: set[str]) -> Iterator[bytes]:
    """The lines of pywb's index; the keys of those that are *removed* are added to the set."""
    tombstones = in_force(library.path)
    for line in heapq.merge(*_indexes(library)):
        if _is_304(line):
            continue
        if tombstones:
            key, _, card = line.split(b" ", 2)
            if tombstones.of(json.loads(card)["url"]):
                removed.add(key.decode())
        yield line


def _refusal(key: str) -> bytes:
    """A rule of pywb's access lists for one key (`###`: for no longer one)."""
    return f'{key}### - {{"access": "block"}}\n'.encode()


def _indexes(library: Library) -> Iterator[list[bytes]]:
    for path in sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz")):
        index = index_path(path)
        if index.exists():
            yield index.read_bytes().splitlines(keepends=True)
    for path in sorted((library.path / FOLDER).glob("*.cdxj")):
        yield path.read_bytes().splitlines(keepends=True)
    for path in sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz.open")):
        name = str(path.relative_to(library.path))
        entries = (cdxj.entry_of(located, name) for located in whole_records(path))
        yield cdxj.index_bytes(filter(None, entries)).splitlines(keepends=True)


def _is_304(line: bytes) -> bool:
    return b'"mime": "warc/revisit", "status": "304"' in line


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """pywb on a loopback *port*, playing what was prepared in *folder*."""
    command = [str(wayback()), "--bind", "127.0.0.1", "--port", str(port)]
    return subprocess.Popen(command, cwd=folder, stdout=sys.stderr, start_new_session=True)
