"""Real publishing systems, each filled with known articles, crawled and compared with the truth.

    python benchmarks/zoo.py FOLDER [SYSTEM[:THEME] ...] [--articles 40] [--keep DIR] [--no-sitemap]

FOLDER has a folder for each system, whose `up.sh N PORT [THEME]` installs, fills and serves it on
loopback and writes `truth.json`, and `check.py SYSTEM LIBRARY`, which compares a library with that.
Each system is crawled three times: new; again as it is; and a month later, after edits, comments
and new posts were made through the system itself. A line says what was found, which rows are none
of an article, how many texts are exact, and how many versions the two later crawls made: each edit
is to make one, nothing else any. Exit code 1 where a figure is not what it should be.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import backissue

_EDITED, _NEW = 5, 4  # articles that are edited, posts that are new
_SIMPLE = re.compile(r"[A-Za-z ,.]{60,400}")
_SUM = re.compile(r"found (\d+)/(\d+) \| exact (\d+).*?not articles stored (\d+)")
_HEADS = (
    "system",
    "requests",
    "found",
    "extra",
    "exact",
    "again",
    "edits",
    "others",
    "new",
    "extra",
)
_LINE = "{:24} {:>8} {:>7} {:>5} {:>5}   {:>5}   {:>5} {:>6} {:>5} {:>5}"


@dataclass(frozen=True)
class System:
    """A publishing system of the zoo, with a theme of its own if one is asked for."""

    folder: Path
    name: str
    theme: str | None
    articles: int

    @property
    def port(self) -> int:
        """The port that its script serves it on."""
        found = re.search(r"port=\$\{2:-(\d+)\}", (self.folder / self.name / "up.sh").read_text())
        if not found:
            raise SystemExit(f"{self.name}: its up.sh names no port")
        return int(found[1])

    @property
    def run(self) -> Path:
        """Where it is installed, as its script decides."""
        return Path(tempfile.gettempdir()) / f"zoo-{self.name}"

    def up(self, count: int, texts: Path | None = None) -> None:
        """Install, fill and serve it."""
        command = ["bash", str(self.folder / self.name / "up.sh"), str(count), str(self.port)]
        environment = os.environ | ({"TEXTS": str(texts)} if texts else {})
        done = subprocess.run(
            [*command, *([self.theme] if self.theme else [])],
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise SystemExit(f"{self.name} does not start:\n{done.stdout}{done.stderr}")

    def down(self) -> None:
        """Stop it; its installation stays."""
        subprocess.run(["bash", str(self.folder / "down.sh"), self.name], check=True)

    def truth(self) -> dict[str, Any]:
        """The articles by their addresses, and the addresses of all other pages."""
        found: dict[str, Any] = json.loads((self.run / "truth.json").read_text())
        return found


@dataclass
class Result:
    """What the crawls of a system gave."""

    requests: int = 0
    found: str = ""
    wanted: bool = False
    extra: int = 0
    exact: int = 0
    again: int = 0
    edits: str = "-"
    others: int = 0
    new: str = "-"
    later_extra: int = 0
    problems: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("systems", nargs="*", help="all of the folder, by default")
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="keep the libraries here")
    parser.add_argument("--no-sitemap", action="store_true", help="crawl without the sitemaps")
    options = parser.parse_args()
    folder = options.folder.resolve()
    names = options.systems or sorted(path.parent.name for path in folder.glob("*/up.sh"))
    print(_LINE.format(*_HEADS))
    right = True
    with tempfile.TemporaryDirectory() as scratch:
        kept = options.keep or Path(scratch)
        for name in names:
            system, _, theme = name.partition(":")
            one = System(folder, system, theme or None, options.articles)
            library = kept / name.replace(":", "-")
            shutil.rmtree(library, ignore_errors=True)
            library.parent.mkdir(parents=True, exist_ok=True)
            result = _measure(one, library, sitemap=not options.no_sitemap)
            right = right and result.wanted
            print(_LINE.format(name, *_shown(result)), *result.problems, sep="\n  ", flush=True)
    return 0 if right else 1


def _shown(result: Result) -> tuple[object, ...]:
    first = (result.requests, result.found, result.extra, result.exact, result.again)
    return (*first, result.edits, result.others, result.new, result.later_extra)


def _measure(system: System, library: Path, *, sitemap: bool) -> Result:
    system.up(system.articles)
    try:
        result = Result()
        _add(system, library, sitemap=sitemap)
        _crawl(library)
        found, count, exact, extra = _checked(system, library)
        result.found, result.exact, result.extra = f"{found}/{count}", exact, extra
        result.requests = _requests(library)
        _crawl(library, "--recheck")
        result.again = _versions(library).total() - len(_versions(library))
        _month_later(system, library, result)
    finally:
        system.down()
    result.wanted = found == count and not (extra or result.again or result.others)
    return result


def _add(system: System, library: Path, *, sitemap: bool) -> None:
    _run("add", f"http://127.0.0.1:{system.port}/", "--name", "zoo", "--library", str(library))
    path = library / "sources" / "zoo.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("delay")]
    if not sitemap:
        lines = re.sub(r"(?ms)^sitemaps = \[.*?\]\n", "", "\n".join(lines) + "\n").splitlines()
    path.write_text("\n".join(["delay = 0", *lines]) + "\n")


def _crawl(library: Path, *flags: str) -> None:
    _run("crawl", "zoo", "--library", str(library), *flags)


def _run(*words: str) -> None:
    command = [sys.executable, "-m", "backissue", *words, "--allow-private", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"backissue {' '.join(words)}: {done.stderr}")


def _checked(system: System, library: Path) -> tuple[int, int, int, int]:
    """What `check.py` counts: found, of how many, exact, rows that are no articles."""
    command = [sys.executable, str(system.folder / "check.py"), system.name, str(library)]
    done = subprocess.run(command, capture_output=True, text=True)
    match = _SUM.search(done.stdout)
    if not match:
        raise SystemExit(f"{system.name}: {done.stdout}{done.stderr}")
    found, count, exact, extra = map(int, match.groups())
    return found, count, exact, extra


def _requests(library: Path) -> int:
    with backissue.open(library) as opened:
        return len(opened.captures())


def _versions(library: Path) -> Counter[str]:
    """How many versions each address has."""
    with backissue.open(library) as opened:
        return Counter(row["url"] for row in opened.articles("all", columns=["url"]))


def _month_later(system: System, library: Path, result: Result) -> None:
    """Edit, comment and post through the system, crawl, and count what came of it."""
    before, truth = _versions(library), system.truth()["articles"]
    edits = dict(_edits(truth))
    if system.name == "wordpress":
        new = _edit_wordpress(system, edits)
    else:
        new = _edit_texts(system, edits)
        changed = system.truth()["articles"]  # a long article holds paragraphs of others
        edits = {url: ("", "") for url in truth if truth[url] != changed.get(url)}
    _crawl(library, "--recheck")
    after = _versions(library)
    edited = [url for url in edits if after[url] - before[url] == 1]
    result.edits = f"{len(edited)}/{len(edits)}"
    result.problems = [f"no version of {url}" for url in edits if url not in edited]
    wrong = [url for url in before if after[url] != before[url] and url not in edits]
    result.others = len(wrong)
    result.problems += [f"a version though nothing changed: {url}" for url in wrong[:5]]
    result.new = f"{sum(url in after for url in new)}/{len(new)}"
    result.later_extra = len(after.keys() - before.keys() - new)


def _edits(truth: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """For some articles, by address: a paragraph, and what it is to become."""
    count = 0
    for url, article in truth.items():
        if article["special"] or count >= _EDITED:
            continue
        for text in article["paragraphs"][2:]:
            if _SIMPLE.fullmatch(text) and article["paragraphs"].count(text) == 1:
                words = text.split(" ")
                words[len(words) // 2] = "corrected"
                yield url, (text, " ".join(words))
                count += 1
                break


def _edit_texts(system: System, edits: dict[str, tuple[str, str]]) -> set[str]:
    """Build the site again of edited texts, and of more of them; the addresses that are new."""
    source = system.folder / "texts.json.gz"
    data: str = gzip.decompress(source.read_bytes()).decode()
    for before, after in edits.values():
        data = data.replace(json.dumps(before)[1:-1], json.dumps(after)[1:-1])
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / source.name
        texts.write_bytes(gzip.compress(data.encode()))
        known = set(system.truth()["articles"])
        system.up(system.articles + _NEW, texts)
    return set(system.truth()["articles"]) - known


def _edit_wordpress(system: System, edits: dict[str, tuple[str, str]]) -> set[str]:
    """Edit, comment and post by WordPress's own functions; the addresses that are new."""
    addresses = list(system.truth()["articles"])
    posts = {
        f"What the quay keeps, part {number}": "\n\n".join(
            f"<!-- wp:paragraph --><p>On day {number}, line {line}, the keeper of the quay wrote "
            "down who came in with the tide, what they carried, and whether it was paid for.</p>"
            "<!-- /wp:paragraph -->"
            for line in range(1, 7)
        )
        for number in range(1, _NEW + 1)
    }
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.json"
        commented = [url for url in addresses if url not in edits][:10]
        given.write_text(json.dumps({"edits": edits, "commented": commented, "posts": posts}))
        command = [
            "php",
            "-d",
            "error_reporting=0",
            str(Path(__file__).with_name("zoo_later.php")),
            str(system.run / "www"),
            str(given),
        ]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{system.name}: {done.stdout}{done.stderr}")
    return set(json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
