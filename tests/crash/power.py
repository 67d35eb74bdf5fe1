"""What a power cut leaves: operations recorded one by one, disks built from a prefix of them.

A killed process loses no byte that it has written; a machine that loses power does. So a command
runs once while everything is recorded, and for each moment a disk is built on which only that
survives which had to: a file's content as it was at its last `fsync`, a folder's names as at the
folder's last `fsync` (as POSIX has it), or all names and no unsynced content (as a file system with
a journal of its names does it), or a mixture by chance.

SQLite syncs where Python does not see it: `fold.db` is as at its last commit, and `backissue.db`,
whose commits may get lost (`synchronous = NORMAL`), as at an earlier one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crash.operations import name_of

LEFT = ("posix", "journal", "mixed")
_STATE = "state/backissue.db"
_connect, _fsync, _open = sqlite3.connect, os.fsync, open
Names = dict[str, dict[str, Any]]  # what stands in a folder: {"ino": …} and "folder" or "link"


class Recording:
    """Writes down what each operation has made of the disk; used by several processes at once."""

    def __init__(self, library: Path, folder: Path, acknowledged: Path, unsynced: str = "") -> None:
        """*unsynced*: act as if nobody had synced what ends so."""
        self._library, self._folder, self._acknowledged = library, folder, acknowledged
        self._unsynced = unsynced
        (folder / "blobs").mkdir(parents=True)
        begin = {_relative(library, path): _names(path) for path in _folders(library)}
        files = {path: path.stat().st_ino for path in library.rglob("*") if path.is_file()}
        contents = {
            str(ino): self._keep(path.read_bytes())
            for path, ino in files.items()
            if not path.is_symlink() and ".db" not in path.name
        }
        databases = {_relative(library, path): self._backup(path) for path in library.rglob("*.db")}
        inos = {name: (library / name).stat().st_ino for name in begin}
        card = {
            "inos": inos,
            "names": begin,
            "contents": contents,
            "databases": databases,
        }
        (folder / "begin.json").write_text(json.dumps(card))

    def note(self, kind: str, path: str, old: str | None) -> None:
        """*kind* has just happened to *path*, whose name was *old* before."""
        name = name_of("", _relative(self._library, Path(path)))
        if kind == "fsync" and self._unsynced and name.endswith(self._unsynced):
            return
        with _open(self._folder / "events.jsonl", "ab") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            event = {"kind": kind, "acknowledged": self._count(), **self._seen(kind, path, old)}
            log.write(json.dumps(event).encode() + b"\n")

    def _count(self) -> int:
        try:
            with _open(self._acknowledged, "rb") as log:
                return log.read().count(b"\n")
        except FileNotFoundError:
            return 0

    def _seen(self, kind: str, where: str, old: str | None) -> dict[str, Any]:
        path = Path(where)
        if kind == "commit":
            return {"database": _relative(self._library, path), "blob": self._backup(path)}
        seen: dict[str, Any] = {"path": _relative(self._library, path), "folders": {}}
        if kind in ("write", "truncate", "fsync") and path.is_file():
            with _open(path, "rb") as stream:
                seen |= {"ino": path.stat().st_ino, "blob": self._keep(stream.read())}
        elif kind == "fsync":
            seen |= {"ino": path.stat().st_ino, "names": _names(path)}
        else:
            for folder in {Path(name).parent for name in (where, old) if name}:
                seen["folders"][str(folder.stat().st_ino)] = _names(folder)
        return seen

    def _keep(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        path = self._folder / "blobs" / name
        if not path.exists():
            with _open(f"{path}.{os.getpid()}", "wb") as stream:
                stream.write(data)
            os.link(f"{path}.{os.getpid()}", path) if not path.exists() else None
        return name

    def _backup(self, path: Path) -> str:
        """The database as a new reader sees it. (Opening the file ourselves would drop locks.)"""
        copy = self._folder / f"backup.{os.getpid()}"
        copy.unlink(missing_ok=True)
        source, target = _connect(path, timeout=60), _connect(copy)
        source.backup(target)
        source.close()
        target.close()
        with _open(copy, "rb") as stream:
            return self._keep(stream.read())


def _relative(library: Path, path: Path) -> str:
    return str(path.relative_to(library)) if path != library else "."


def _folders(library: Path) -> list[Path]:
    found = [path for path in library.rglob("*") if path.is_dir() and not path.is_symlink()]
    return [library, *found]


def _names(folder: Path) -> Names:
    found: Names = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if ".db" in entry.name:
                continue
            if entry.is_symlink():
                found[entry.name] = {"link": str(Path(entry.path).readlink())}
            else:
                found[entry.name] = {"ino": str(entry.inode()), "folder": entry.is_dir()}
    return found


@dataclass
class Disk:
    """Names and contents by inode, as programs see them and as the disk has them for sure."""

    blobs: Path
    root: str = ""
    names: dict[str, Names] = field(default_factory=dict)
    safe_names: dict[str, Names] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    safe_contents: dict[str, str] = field(default_factory=dict)
    databases: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def at_begin(cls, recorded: Path) -> Disk:
        card = json.loads((recorded / "begin.json").read_text())
        names = {str(card["inos"][name]): found for name, found in card["names"].items()}
        contents = card["contents"]
        databases = {name: [blob] for name, blob in card["databases"].items()}
        root = str(card["inos"]["."])
        return cls(
            recorded / "blobs",
            root,
            dict(names),
            dict(names),
            dict(contents),
            dict(contents),
            databases,
        )

    def apply(self, event: dict[str, Any]) -> None:
        """The operation of *event* has happened."""
        if event["kind"] == "commit":
            self.databases.setdefault(event["database"], []).append(event["blob"])
            return
        self.names |= event["folders"]
        ino = str(event.get("ino", ""))
        if "blob" in event:
            self.contents[ino] = event["blob"]
            if event["kind"] == "fsync":
                self.safe_contents[ino] = event["blob"]
        if "names" in event:
            self.names[ino] = self.safe_names[ino] = event["names"]

    def build(self, library: Path, left: str, chance: random.Random, older: Disk) -> None:
        """Make *library* as a power cut leaves it; *older* is the disk at the last sync before."""
        names = {"posix": self.safe_names, "journal": self.names}.get(left)
        names = names if names is not None else chance.choice((self.names, older.names))
        content = self._torn(chance) if left == "mixed" else self._synced
        self._build_folder(library, self.root, names, content)
        for name, blobs in self.databases.items():
            last = {"posix": 0, "journal": len(blobs) - 1}.get(left, chance.randrange(len(blobs)))
            blob = blobs[last] if name == _STATE else blobs[-1]
            if (library / name).parent.is_dir():
                shutil.copyfile(self.blobs / blob, library / name)

    def _build_folder(
        self, folder: Path, ino: str, names: dict[str, Names], content: Callable[[str], bytes]
    ) -> None:
        folder.mkdir()
        for name, entry in names.get(ino, {}).items():
            if "link" in entry:
                (folder / name).symlink_to(entry["link"])
            elif entry["folder"]:
                self._build_folder(folder / name, entry["ino"], names, content)
            else:
                (folder / name).write_bytes(content(entry["ino"]))

    def _read(self, blob: str | None) -> bytes:
        return (self.blobs / blob).read_bytes() if blob else b""

    def _synced(self, ino: str) -> bytes:
        return self._read(self.safe_contents.get(ino))

    def _torn(self, chance: random.Random) -> Callable[[str], bytes]:
        """Unsynced content is there, or partly, or zeros, or not at all."""

        def content(ino: str) -> bytes:
            safe, live = self._synced(ino), self._read(self.contents.get(ino))
            if not live.startswith(safe):
                return chance.choice((safe, live))
            tail = live[len(safe) :]
            return safe + chance.choice((b"", tail, tail[: len(tail) // 2], bytes(len(tail))))

        return content


def cut(recorded: Path, library: Path, at: int, left: str, seed: int) -> int:
    """Build what a power cut after operation *at* leaves; how many captures were acknowledged."""
    events = _events(recorded)
    disk, older = Disk.at_begin(recorded), Disk.at_begin(recorded)
    synced = max((n for n, e in enumerate(events[:at], 1) if e["kind"] == "fsync"), default=0)
    for number, event in enumerate(events[:at], 1):
        disk.apply(event)
        if number <= synced:
            older.apply(event)
    disk.build(library, left, random.Random(f"{seed} {at}"), older)
    return int(events[at]["acknowledged"]) if at < len(events) else -1


def _events(recorded: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (recorded / "events.jsonl").read_bytes().splitlines()]


def moments(recorded: Path) -> int:
    """How many operations were recorded."""
    return len(_events(recorded))
