"""What commands cost before and beside their work, on a library of a few pages.

    python benchmarks/start.py [--times 3]

CPU seconds of each command with all its processes, and the heavy modules that it loads, beside
`import pandas`; and of one crawl of ten pages, beside the obvious script on the same pages
(`benchmarks/plain_script.py`). The commands take turns, and the median of all rounds counts.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from archive.library import Library
from backissue.sample import SampleMagazines
from benchmarks.processes import children, seconds_of

_HEAVY = (
    *("pandas", "pyarrow", "numpy", "pydantic", "tldextract", "requests", "scrapy", "twisted"),
    *("trafilatura", "lxml", "rich"),
)
SUBREAPER = 36
"""PR_SET_CHILDSUBREAPER: processes whose parent has ended come to us."""
_PAGES = 10


def cpu_of(words: Sequence[str]) -> float:
    """CPU seconds of a program and of all that it starts."""

    def run() -> None:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{words}: {done.returncode}\n{done.stderr}")

    return seconds_of(run, children())


def heavy_modules(code: str, words: Sequence[str]) -> list[str]:
    """Which heavy modules the process of *code* has loaded in the end."""
    tell = "import sys\nprint(*sys.modules, file=sys.stderr)"
    program = [sys.executable, "-c", f"{code}\n{tell}", *words]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.splitlines()[-1].split())
    return [name for name in _HEAVY if name in loaded]


def backissue(*words: str) -> list[str]:
    """The command line of a command."""
    return [sys.executable, "-m", "backissue", *words]


def _ours(folder: Path, site: SampleMagazines, urls: Sequence[str]) -> float:
    library = folder / "ours"
    shutil.rmtree(library, ignore_errors=True)
    network = [part for one in site.resolve for part in ("--resolve", one)]
    return cpu_of(
        backissue("crawl", "--quiet", "--library", str(library), "--allow-private", *network, *urls)
    )


def _obvious(folder: Path, site: SampleMagazines, urls: Sequence[str]) -> float:
    script = str(Path(__file__).with_name("plain_script.py"))
    return cpu_of([sys.executable, script, str(folder), str(site.port), *urls])


def reading(library: Path) -> dict[str, list[str]]:
    """The commands that read, on one article of *library*."""
    with Library.open(library) as opened:
        row = opened.articles(columns=["article_id", "url", "headline"]).to_pylist()[0]
    word = max((row["headline"] or "the").split(), key=len)
    return {
        "--version": ["--version"],
        "status": ["status", "--library", str(library)],
        "search": ["search", f'"{word}"', "--library", str(library)],
        "captures": ["captures", row["url"], "--library", str(library)],
        "show": ["show", row["article_id"], "--library", str(library)],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3, help="rounds; the median counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, SampleMagazines() as site:
        folder = Path(temporary)
        urls = sorted(piece.url for piece in site.pieces())[:_PAGES]
        _ours(folder, site, urls)
        commands = reading(folder / "ours")
        shutil.move(folder / "ours", folder / "library")
        commands = {
            name: [word.replace(f"{folder / 'ours'}", f"{folder / 'library'}") for word in words]
            for name, words in commands.items()
        }
        acts: dict[str, Callable[[], float]] = {
            "import pandas": partial(cpu_of, [sys.executable, "-c", "import pandas"]),
            **{name: partial(cpu_of, backissue(*words)) for name, words in commands.items()},
            "the obvious script": partial(_obvious, folder, site, urls),
            "crawl": partial(_ours, folder, site, urls),
        }
        for name in commands:
            acts[name]()  # makes the indexes
        found = [{name: act() for name, act in acts.items()} for _ in range(options.times)]
        for name in acts:
            spent = statistics.median(one[name] for one in found)
            print(f"{name:20} {spent:6.2f} s CPU  {_loads(name, commands)}", flush=True)
    return 0


def _loads(name: str, commands: dict[str, list[str]]) -> str:
    if name not in commands:
        return ""
    code = (
        "import sys\nfrom contextlib import suppress\nfrom backissue.cli import main\n"
        "with suppress(SystemExit): main(sys.argv[1:])"
    )
    return ", ".join(heavy_modules(code, commands[name]))


if __name__ == "__main__":
    sys.exit(main())
