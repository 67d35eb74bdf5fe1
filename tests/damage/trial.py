"""One trial: something of a library is damaged, commands are run on it, and each is judged.

Runs in a process that has imported everything and holds no lock and no thread: a command is a fork.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crash.magazine import FEED, HOST
from crash.scene import Scene, fork, redirect, serve_forks
from damage.places import CANARY, DAMAGES, KEPT, Outside

_BROKEN = 70  # the exit code of a fork that raised
READING: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "check": ("status", "--check"),
    "source": ("status", "north"),
    "search": ("search", "harbour"),
    "show": ("show", "https://north.example/log/0", "--diff"),
    "text": ("show", "https://south.example/log/1"),
    "captures": ("captures", "https://north.example/log/2"),
    "why": ("why", "https://north.example/log/0"),
    "digest": ("digest",),
    "verify": ("verify",),
    "warc": ("export", "warc", "--output", "OUT/x.warc.gz"),
    "wacz": ("export", "wacz", "--output", "OUT/x.wacz"),
    "tables": ("export", "warc", "--tables-only", "--output", "OUT/x.warc.gz"),
    "opml": ("export", "opml", "--output", "OUT/x.opml"),
    "web": ("web", "--port", "0"),
    "replay": ("replay", "--port", "0"),
    "undone": ("remove", "https://north.example/log/1", "--dry-run"),
}
WRITING: dict[str, tuple[str, ...]] = {
    "crawl": ("crawl", "lantern"),
    "publish": ("publish",),
    "repair": ("repair",),
    "rebuild": ("rebuild",),
    "compare": ("rebuild", "--compare"),
    "remove": ("remove", "https://north.example/log/1", "--yes"),
    "undo": ("remove", "--undo", "https://south.example/log/4"),
    "release": ("release", "autumn"),
    "pause": ("pause", "north"),
    "resume": ("resume",),
    "import": ("import", "OUT/../../foreign.warc.gz"),
    "add": ("add", f"http://{HOST}{FEED}", "--name", "other"),
}
_ENGINE = {"crawl", "publish", "repair", "rebuild", "compare", "import"}
_CHANGING = (
    "web",
    "replay",
    "status",
    "source",
    "check",
    "verify",
)  # what they print tells of more
_LOOPBACK = {"crawl", "add"}
_PAGES = ("", "search?q=harbour", "coverage", "storage", "sources/north", "metrics", "healthz")


@dataclass(frozen=True)
class Said:
    """What a command ended with and printed, and the files that it wrote beside the library."""

    code: int
    out: str
    err: str
    written: dict[str, bytes] = field(default_factory=dict)


class Trials:
    """Trials in *folder*, which has the whole library."""

    def __init__(self, folder: Path) -> None:
        self._whole, self._folder = folder / "whole", folder / f"work-{os.getpid()}"
        self._folder.mkdir()
        self._scene = Scene(self._folder, 1)
        self.library, self._out = self._scene.library, self._folder / "out"
        self._fake_pywb()
        self._heal()
        self._usual = {name: self.run(words, name) for name, words in READING.items()}
        self._digest = self._usual["digest"].out
        self.count = 0
        self._wrong: list[str] = []
        self._befallen = ("", "")
        self._outside = Outside(self._folder)

    def _fake_pywb(self) -> None:
        """A program that answers for a player: no trial is about pywb itself."""
        program = self._folder / "pywb/bin/wayback"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\nexit 0\n")
        program.chmod(0o700)
        os.environ["BACKISSUE_PYWB"] = str(self._folder / "pywb")

    def close(self) -> None:
        """Stop what was started."""
        self._scene.close()
        shutil.rmtree(self._folder)

    def _heal(self) -> None:
        shutil.rmtree(self.library, ignore_errors=True)
        shutil.copytree(self._whole, self.library, symlinks=True)

    def run(self, words: tuple[str, ...], name: str) -> Said:
        """The command in a fork of its own."""
        shutil.rmtree(self._out, ignore_errors=True)
        self._out.mkdir()
        out, err = self._folder / "stdout", self._folder / "stderr"
        given = [word.replace("OUT", str(self._out)) for word in words]
        given += ["--library", str(self.library)]
        if name in _ENGINE:
            given += ["--engine", "local:1"]
        if name in _LOOPBACK:
            given += ["--allow-private", "--resolve", f"{HOST}:80:127.0.0.1:{self._scene.port}"]
        code = self._scene.await_child(fork(lambda: _command(name, given, out, err)))
        written = {
            str(path.relative_to(self._out)): path.read_bytes()
            for path in self._out.rglob("*")
            if path.is_file()
        }
        return Said(
            code, out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace"), written
        )

    def attempt(
        self,
        place: str,
        damage: str,
        reading: list[str],
        writing: list[str],
        cures: list[list[str]],
    ) -> list[str]:
        """What is wrong with the commands where *damage* has befallen *place*: with those of
        *reading* one after the other, of *writing* each on a library of its own, and with *cures*.
        """
        self._wrong = []
        self._befallen = (place, damage)
        self._outside = Outside(self._folder)
        self._break()
        for name in reading:
            self._judge(name, READING[name], self._reading)
        for name in writing:
            self._break()
            self._judge(name, WRITING[name], self._writing)
        for cure in cures:
            self._break()
            for name in cure:
                self._judge(name, WRITING[name], self._curing)
            if not place.startswith(KEPT) and damage != "link":
                self._judge("digest", READING["digest"], self._cured)
                for name in reading[:2]:
                    self._judge(name, READING[name], self._reading_again)
        return self._wrong

    def _break(self) -> None:
        place, damage = self._befallen
        self._heal()
        chance = random.Random(f"{place} {damage}")
        DAMAGES[damage](self.library / place, self._outside, chance)

    def _judge(self, name: str, words: tuple[str, ...], judge: Callable[..., str | None]) -> None:
        """Run a command; what is wrong with it is noted."""
        said = self.run(words, name)
        self.count += 1
        for found in (_always(said, self._outside), judge(name, said)):
            if found:
                self._wrong.append(" | ".join((*self._befallen, name, found)))

    def _reading(self, name: str, said: Said) -> str | None:
        """A command that reads gives the usual answer, or says what is damaged."""
        usual = self._usual[name]
        if said.code and (said.code, said.out) != (usual.code, usual.out):
            return _says(said, self._befallen[0])
        if name in ("verify", "web", "replay", "check") or self._befallen[0].startswith("sources"):
            return None  # with other sources, other answers are right
        if (_plain(name, said.out), said.written) == (_plain(name, usual.out), usual.written):
            return None
        if name in ("status", "source", "why") and "`backissue" in said.err + said.out:
            return None
        return f"another answer: {said.out[:300]!r} {said.err[:200]!r}"

    def _writing(self, _: str, said: Said) -> str | None:
        return _says(said, self._befallen[0]) if said.code else None

    def _curing(self, _: str, said: Said) -> str | None:
        place, damage = self._befallen
        if said.code and (place.startswith(KEPT) or damage == "link"):
            return _says(said, place)
        return f"does not mend: {said.code} {said.err[-300:]!r}" if said.code else None

    def _cured(self, _: str, said: Said) -> str | None:
        return None if said.out == self._digest else f"another digest: {said.err[:300]!r}"

    def _reading_again(self, name: str, said: Said) -> str | None:
        """After the cure the answer is the usual one."""
        usual = self._usual[name]
        same = said.code == usual.code and (said.out == usual.out or name in _CHANGING)
        return None if same else f"after: {said.code} {said.out[:200]} {said.err[:300]}"


def _plain(name: str, text: str) -> str:
    return re.sub(r"[\d.,]+", "0", text) if name in ("status", "source") else text


def _always(said: Said, outside: Outside) -> str | None:
    """What no command may do."""
    if said.code == _BROKEN or "Traceback" in said.err:
        lines = [line for line in said.err.strip().splitlines() if line.strip()]
        where = next(
            (x.strip() for x in reversed(lines) if x.startswith("  File") and "/lib/" not in x), ""
        )
        return f"traceback: {lines[-1][:200]} {where[-90:]}"
    if said.code < 0 or said.code not in (0, 1, 2):
        return f"ended with {said.code}: {said.err[-200:]}"
    if changed := outside.changes():
        return f"outside: {changed[:3]}"
    heard = CANARY.decode()
    if heard in said.out + said.err or any(CANARY in one for one in said.written.values()):
        return "the canary was heard"
    return None


_CURES = re.compile(r"`backissue |expected |put |remove|name another|make one|write|give|are made")


def _says(said: Said, place: str) -> str | None:
    """What is missing in the message of a command that failed: it names the place and the cure."""
    text = said.err + said.out
    names = Path(place).parts[1:] or Path(place).parts
    if not any(name.removesuffix(".gz") in text for name in names) and not _CURES.search(text):
        return f"says too little: {text[-300:]!r}"
    return None if _CURES.search(text) else f"no cure: {text[-300:]!r}"


def _command(name: str, given: list[str], out: Path, err: Path) -> int:
    redirect(out, err)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, it is ignored
    os.setsid = lambda: None  # one process group, so that one signal reaches all
    if name in _ENGINE:
        serve_forks()
    from backissue import cli

    if name == "web":
        threading.Thread(target=_browse, args=(out,), daemon=True).start()
    code = cli.main(given)
    if name == "replay" and "pywb did not start" in err.read_text("utf-8", "replace"):
        return 0
    return code


def _browse(out: Path) -> None:
    """Read pages of the console once it says where it is; then end it as Ctrl-C does."""
    url, tries = "", 600
    while not url.startswith("http") and tries:
        url, tries = out.read_text().partition("\n")[0], tries - 1
        threading.Event().wait(0.02)
    answers = []
    for page in _PAGES:
        try:
            with urllib.request.urlopen(f"{url}{page}", timeout=20) as answer:
                answers.append(answer.read())
        except urllib.error.HTTPError as error:
            answers.append(error.read())
        except OSError as error:
            answers.append(repr(error).encode())
    for answer in answers:
        if b"Traceback" in answer or CANARY in answer:
            os.write(2, b"Traceback or canary in a page\n")
    main = threading.main_thread().ident
    if main is not None:  # another thread would leave it asleep
        signal.pthread_kill(main, signal.SIGINT)
