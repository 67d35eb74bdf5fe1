"""A library with everything in it, its files by kind, and what can befall each of them."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from archive.library import Library
from backissue.cli import main
from crash.magazine import HOST
from pipelines.body.site_templates import Template
from pipelines.derive.engine import Engine
from pipelines.exporting.export_warc import export_warc
from pipelines.exporting.selection import Filters
from pipelines.publish import publish
from small import captured, keep, make_small, page

REMOVED = "https://south.example/log/4"
CANARY = b"the canary sings: no reader of a library hears it"
KEPT = ("warc", "library.toml", "sources")
_SOURCE = 'url = "http://{}/"\nfeeds = ["http://{}/feed.xml"]\ndelay = 0\n'
_TWICE = re.compile(r"\d{4,}|[0-9a-f]{6,}|BACKISSUE-[^.]*")


def make_library(folder: Path) -> None:
    """The library at *folder*: tables of three batches, an import, a removal, a release, indexes."""
    make_small(folder).library.close()
    words = ["--library", str(folder)]
    local = ["--engine", "local:1"]
    for name, host in (("north", "north.example"), ("lantern", HOST)):
        (folder / f"sources/{name}.toml").write_text(_SOURCE.format(host, host))
    aside = folder.parent / "foreign.warc.gz"
    with Library.create(folder.parent / "other") as other:
        keep(other, [captured("south", 9, 200, page(9))])
        publish(other, Engine("local", 1))
        export_warc(other, aside, Filters())
    _ = [
        main([*line, "--quiet", *words])
        for line in (
            ["import", str(aside), *local],
            ["remove", REMOVED, "--yes"],
            ["release", "spring"],
        )
    ]
    shutil.rmtree(folder / "state")  # its runs come back from their logs
    _ = [
        main([*line, "--quiet", *words])
        for line in (
            ["repair", *local],
            ["search", "harbour"],
            ["status"],
            ["captures", "https://north.example/log/0"],
        )
    ]
    with Library.open(folder) as library:
        Template("north.example", {"0123456789abcdef": "Related"}, 128).keep(folder / "templates")
        keep(library, [captured("north", 8, 120, page(8))])
    (folder / "state/console-token").write_text("k" * 43)


def kinds(library: Path) -> dict[str, str]:
    """One of each kind of file, link and folder below *library*: the path of each by its kind."""
    found: dict[str, str] = {}
    for parent, folders, names in os.walk(library):
        for name in sorted([*folders, *names]):
            path = (Path(parent) / name).relative_to(library)
            kind = _TWICE.sub("#", str(path).replace("generations/0001", "generations/old"))
            found.setdefault(kind, str(path))
    return found


def every(library: Path) -> list[str]:
    """All files, links and folders below *library*."""
    return sorted(str(path.relative_to(library)) for path in library.rglob("*"))


class Outside:
    """A folder and a file with canaries, that a link leads to; whether they are as they were."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder / "elsewhere", folder / "elsewhere.txt"
        self._folder = folder
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "deep").mkdir(parents=True)
        for name in ("a.json", "deep/b.parquet", "deep/c.warc.gz", "x.toml", "x.cdxj", ".x.tmp"):
            (self.folder / name).write_bytes(CANARY)
        self.file.write_bytes(CANARY)
        self._before = self._now()

    def _now(self) -> dict[str, bytes | None]:
        return {
            str(path): path.read_bytes() if path.is_file() else None
            for root in (self.folder, self.file)
            for path in (root, *root.rglob("*"))
            if path.exists()
        }

    def changes(self) -> list[str]:
        """The names of what is not as it was."""
        now = self._now()
        names = {*now, *self._before}
        return sorted(one for one in names if now.get(one, b"?") != self._before.get(one, b"?"))


def _gone(path: Path, _: Outside, __: random.Random) -> None:
    _clear(path)


def _empty(path: Path, _: Outside, __: random.Random) -> None:
    was_folder = path.is_dir() and not path.is_symlink()
    _clear(path)
    if was_folder:
        path.mkdir()
    else:
        path.write_bytes(b"")


def _cut(path: Path, _: Outside, __: random.Random) -> None:
    data = path.read_bytes()
    _clear(path)
    path.write_bytes(data[: len(data) // 2])


def _random(path: Path, _: Outside, chance: random.Random) -> None:
    _clear(path)
    path.write_bytes(chance.randbytes(200))


def _begun(path: Path, _: Outside, chance: random.Random) -> None:
    data = path.read_bytes()
    _clear(path)
    path.write_bytes(data[:16] + chance.randbytes(max(0, len(data) - 16)))


def _folder(path: Path, _: Outside, __: random.Random) -> None:
    _clear(path)
    (path / "deep").mkdir(parents=True)
    (path / "deep/x").write_bytes(b"x")


def _odd_lines(path: Path, _: Outside, __: random.Random) -> None:
    """The last line is JSON, but no object; behind it are a line of NUL, and deep brackets."""
    data = path.read_bytes()
    head, _, last = data.rstrip(b"\n").rpartition(b"\n")
    key = last.partition(b" {")[0] + b" " if path.suffix == ".cdxj" else b""
    _clear(path)
    path.write_bytes((head + b"\n" if head else b"") + key + b"[1, 2]\n\x00\x00\n" + b"[" * 9999)


def _link_out(path: Path, outside: Outside, __: random.Random) -> None:
    was_folder = path.is_dir()
    _clear(path)
    path.symlink_to(outside.folder if was_folder else outside.file)


def _circle(path: Path, _: Outside, __: random.Random) -> None:
    _clear(path)
    path.symlink_to(path.name)


def _dangling(path: Path, _: Outside, __: random.Random) -> None:
    _clear(path)
    path.symlink_to("nowhere")


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


Damage = Callable[[Path, Outside, random.Random], None]
DAMAGES: dict[str, Damage] = {
    "gone": _gone,
    "empty": _empty,
    "cut": _cut,
    "random": _random,
    "begun": _begun,
    "folder": _folder,
    "lines": _odd_lines,
    "link": _link_out,
    "circle": _circle,
    "dangling": _dangling,
}


def befalls(name: str, path: Path) -> bool:
    """Whether the damage *name* can befall what stands at *path*."""
    if name in ("cut", "begun", "lines") and (path.is_dir() or path.stat().st_size < 2):
        return False
    if name == "lines":
        return path.suffix in (".jsonl", ".cdxj", ".json", ".aclj", ".toml")
    if name == "folder":
        return not path.is_dir() or path.is_symlink()
    return True
