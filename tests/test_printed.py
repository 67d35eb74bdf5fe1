"""Every line that README, the pages under `docs/` and a library's card print is run, as it stands there.

Only what surrounds it is ours: programs on the PATH that know where the magazines of the examples
are, and values for words in capitals.
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive import replay
from archive.library import Library
from pipelines.exporting.export_warc import export_warc
from pipelines.exporting.selection import Filters
from printed import CARD, PAGES, ROOT, TUTORIALS, Printed, printed
from review import Served, review
from small import make_small, page

NOT_RUN = {
    "make test": "would run this test within itself",
    "python3 -m venv .venv": "Debian's Python has no venv; the Makefile does it before any test",
    ".venv/bin/pip install --constraint constraints.txt --editable .": "needs the package registry",
    ". .venv/bin/activate": "needs the environment of the two lines before it",
    "pip install 'backissue[dask]'": "needs the package registry",
    "pipx install git+https://github.com/backissue/backissue": "needs the package registry",
    'eval "$(backissue --completion bash)"': "is for bash; completion has a test of its own",
    "backissue import": "needs a FILE or a list, either of which may be left out",
    "backissue status --check": "ends with 1 where a source needs a person, as one here does",
}
INSTEAD = {"make demo": "backissue demo"}  # the Makefile would first install, from the registry
FOR_EVER = (
    "backissue serve",
    "backissue replay",
    "backissue web",
    "python -m backissue.sample --port 8080",
)
VALUES = {
    "add": {"URL": "https://other.example/"},
    "captures": {"URL": "https://review.example/2026/11/on-ferries/"},
    "why": {"URL": "https://review.example/2026/11/on-ferries/"},
    "status": {"SOURCE": "review"},
    "import": {"FILE": "foreign.warc.gz"},
    "extract": {"PAGE": "page.html"},
    "search": {"QUERY": "ferry"},
    "remove": {"URL|PREFIX|HOST": "https://review.example/2026/11/on-ferries/ --dry-run"},
    "export": {"KIND": "warc", "FILE": "exported.warc.gz"},
    "release": {"NAME": "named"},
}
PROGRAMS = {
    "backissue": """case "$1" in
add|crawl|serve|extract) exec {python} -m backissue "$@" --resolve '{resolve}';;
replay|web) exec {python} -m backissue "$@" --port 0;;
*) exec {python} -m backissue "$@";;
esac""",
    "scrapy": """exec {python} -m scrapy "$@" -s BACKISSUE_RESOLVE='{resolve}'""",
    "python": """case "$*" in
"-m backissue.sample"*) exec {python} "$@" --port 0;;
*) exec {python} "$@";;
esac""",
}


@dataclass
class Reader:
    """Somebody who reads the pages in *folder* and runs what they print, each line once."""

    folder: Path
    environment: dict[str, str]
    done: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    def read(self, path: Path) -> None:
        """Run a page's lines; its Python is one program."""
        parts = list(printed(path))
        python = [part for part in parts if part.kind == "python"]
        for part in parts:
            if part.kind == "toml":
                self._write(part.text)
            elif part.kind == "sql":
                code = f"import duckdb\nduckdb.sql({part.text!r}).fetchall()"
                self._run(part, [sys.executable, "-c", code])
            elif part is (python or [None])[-1]:
                code = "\n".join(one.text for one in python)
                self._run(part, [sys.executable, "-c", code])
            elif part.kind == "console" and part.text not in NOT_RUN:
                self._line(part)

    def _line(self, part: Printed) -> None:
        line = self._filled(part.text)
        if line in self.done or (line.endswith(" replay") and not replay.wayback().exists()):
            return
        self.done.add(line)
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = value
        elif line in FOR_EVER:
            self._until_it_is_up(part, line)
        else:
            self._run(part, ["sh", "-c", line])

    def _filled(self, line: str) -> str:
        line = INSTEAD.get(line, line)
        words = line.split()
        values = VALUES.get(words[1], {}) if words[0] == "backissue" else {}
        if "ID" in words:
            with Library.open(self.folder / "library") as library:
                values = {"ID": next(iter(library.articles()))["article_id"]}
        return " ".join(values.get(word, word) for word in words) if values else line

    def _run(self, part: Printed, command: list[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode or "Traceback" in done.stderr:
            said = f"{done.stdout}{done.stderr}".strip()[-1000:]
            self.failed.append(f"{part.page}: {part.text}\nexit {done.returncode}: {said}")

    def _until_it_is_up(self, part: Printed, line: str) -> None:
        """Start what runs until Ctrl-C, and press that when it says where it is."""
        process = subprocess.Popen(
            ["sh", "-c", f"exec {line}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout
        said, until = b"", time.monotonic() + 60
        while not re.search(rb"serving |http://", said) and time.monotonic() < until:
            if select.select([process.stdout], [], [], 1)[0]:
                if not (more := os.read(process.stdout.fileno(), 4096)):
                    break
                said += more
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=60)[0]
        if process.returncode:
            self.failed.append(f"{part.page}: {part.text}\nexit {process.returncode}: {said!r}")

    def _write(self, text: str) -> None:
        """Settings go where the page says that the line is, a source into its file."""
        if text.startswith("url = "):
            (self.folder / "library/sources/review.toml").write_text(text)
            return
        path = self.folder / "library/library.toml"
        name = text.partition(" ")[0]
        now, count = re.subn(rf"^(?:# *)?{name} = .*$", text.strip(), path.read_text(), flags=re.M)
        assert count == 1, f"library.toml has no line for {name}"
        path.write_text(now)


@pytest.fixture(scope="module")
def magazines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The magazines of the examples."""
    with review(tmp_path_factory.mktemp("review")) as served:
        yield served


def reader(folder: Path, served: Served) -> Reader:
    """A reader whose programs know where the magazines are, without a network."""
    programs = folder / "programs"
    programs.mkdir()
    for name, text in PROGRAMS.items():
        filled = text.format(python=sys.executable, resolve=served.resolve)
        (programs / name).write_text(f"#!/bin/sh\n{filled}\n")
        (programs / name).chmod(0o755)
    (folder / "reading").mkdir()
    path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = os.environ | {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "SSL_CERT_FILE": str(served.ca),
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_OFFLINE": "1",
    }
    environment.pop("BACKISSUE_LIBRARY", None)
    return Reader(folder / "reading", environment)


@pytest.mark.long
def test_each_line_of_the_pages_runs_in_the_folder_of_a_reader(
    tmp_path: Path, magazines: Served
) -> None:
    one = reader(tmp_path, magazines)
    (one.folder / "scrapy.cfg").symlink_to(ROOT / "scrapy.cfg")
    (one.folder / "page.html").write_bytes(page(1))
    with make_small(tmp_path / "small").library as library:
        export_warc(library, one.folder / "foreign.warc.gz", Filters())
    for path in PAGES:
        one.read(path)
    assert one.failed == []
    assert len(one.done) > 30
    card = reader_of_card(one, one.folder / "library")
    assert card.failed == []


@pytest.mark.long
@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_is_carried_out_by_somebody_who_has_read_nothing_else(
    tmp_path: Path, magazines: Served, tutorial: Path
) -> None:
    one = reader(tmp_path, magazines)
    with make_small(tmp_path / "small").library as library:
        export_warc(library, one.folder / "foreign.warc.gz", Filters())
    one.read(tutorial)
    assert one.failed == []
    assert len(one.done) > 5


def reader_of_card(before: Reader, library: Path) -> Reader:
    """The same reader in the library's own folder, after its README.md was read."""
    environment = {k: v for k, v in before.environment.items() if k != "BACKISSUE_LIBRARY"}
    one = Reader(library, environment)
    one.read(library / "README.md")
    return one


def test_each_line_of_the_card_runs_in_a_library_without_rows(
    tmp_path: Path, magazines: Served
) -> None:
    one = reader(tmp_path, magazines)
    Library.create(one.folder / "library").close()
    assert reader_of_card(one, one.folder / "library").failed == []


def test_what_is_not_run_is_printed_somewhere() -> None:
    lines = {part.text for path in (CARD, *PAGES, *TUTORIALS) for part in printed(path)}
    assert {line for line in NOT_RUN if line not in lines} == set()
