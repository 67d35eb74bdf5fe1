"""What looking things up costs as a library grows: by articles, and by batches.

    python benchmarks/lookups.py [FOLDER] [--sizes 1000:100 20000:100 100000:100 20000:1000]

Makes libraries of so many articles in so many batches (see `benchmarks/console_library.py`), in
FOLDER if it is given. Each line is a process of its own: CPU seconds, and the most memory beyond
what the process had with all modules loaded. Before, a first process brings index and sums up.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from archive.library import Library
from archive.tables.dataset import rows
from archive.tables.index.answers import ids_with
from archive.tables.index.follow import index_path
from archive.tables.lookup import rows_with
from archive.tables.names import addresses_of, versions_named
from backissue.cli import main as command
from backissue.web.cache.facts import kept_state
from benchmarks.console_library import Size, add_kept, make

_TIMES = 100  # calls of what takes milliseconds
_SOURCES = 20


def _memory(name: str) -> int:
    """A figure of this process in MiB: `VmRSS` is what it holds, `VmHWM` the most that it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) >> 10


def _measured(folder: Path, act: Callable[[Library], object], times: int) -> tuple[float, int]:
    with Library.open(folder) as library:
        rows(library.generation, "duplicates").to_arrow()  # loads what there is to load
        held, cpu = _memory("VmRSS"), time.process_time()
        for _ in range(times):
            act(library)
        return (time.process_time() - cpu) / times, _memory("VmHWM") - held


def measure(folder: Path, name: str, act: Callable[[Library], object], times: int = 1) -> None:
    """Print what *act* costs in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        cpu, memory = pool.apply(_measured, (folder, act, times))
    print(f"  {name:44} {1000 * cpu:10.2f} ms CPU {memory:6,} MiB", flush=True)


def _capture(wanted: str, library: Library) -> None:
    assert library.capture(wanted).head


def _show(wanted: str, library: Library) -> None:
    assert versions_named(library.generation, wanted)


def _captures(wanted: str, library: Library) -> None:
    keys = addresses_of(library.generation, wanted)
    assert list(rows_with(library.generation, "captures", "url_surtkey", keys))


def _status(library: Library) -> None:
    assert kept_state(library, datetime.now(UTC)).articles


def _count(library: Library) -> None:
    assert len(library.articles())


def _index(library: Library) -> None:
    assert ids_with(library.generation, "") is not None


def _commands(folder: Path, identity: str) -> None:
    """Check that the commands find what the lines below find."""
    for words in (["show", identity], ["captures", identity], ["status"]):
        with contextlib.redirect_stdout(io.StringIO()):
            assert command([*words, "--library", str(folder)]) == 0


def run(folder: Path, articles: int, batches: int) -> None:
    """Make a library, and print what looking things up in it costs."""
    print(f"{articles:,} articles in {batches:,} batches", flush=True)
    if not (folder / "library.toml").exists():
        make(folder, Size(_SOURCES, articles, batches))
    with Library.open(folder) as library:
        shutil.rmtree(index_path(library.generation).parent, ignore_errors=True)
        (folder / "state/console.db").unlink(missing_ok=True)
        batch = len((library.generation / "batches.jsonl").read_bytes().splitlines())
        measure(folder, "the index is made", _index)
        measure(folder, "the sums are made", _status)
        identity = add_kept(library, batch + 1)
        ids = ids_with(library.generation, "") or [identity]
        shown = versions_named(library.generation, ids[len(ids) // 2])[0]
        row = versions_named(library.generation, identity)[0]
        index_path(library.generation).unlink()
        _index(library)
    _commands(folder, identity)
    for name, wanted in (("id of an article", identity), ("id of a record", row["warc_record_id"])):
        measure(folder, f"capture({name})", partial(_capture, wanted), _TIMES)
    named = {"ID": shown["article_id"], "first characters": shown["article_id"][:9]}
    for name, wanted in (named | {"URL": shown["url"]}).items():
        measure(folder, f"show: {name}", partial(_show, wanted))
    measure(folder, "captures: URL", partial(_captures, shown["url"]))
    measure(folder, "status", _status)
    measure(folder, "len(articles())", _count, _TIMES)
    with Library.open(folder) as library:
        sizes = [index_path(library.generation), folder / "state/console.db"]
    print("  sizes:", ", ".join(f"{path.stat().st_size / 2**20:,.1f} MiB" for path in sizes))
    measure_unindexed(folder, identity, shown["article_id"])


def measure_unindexed(folder: Path, identity: str, shown: str) -> None:
    """Print what a look-up costs where no index can be kept."""
    with Library.open(folder) as library:
        place = index_path(library.generation).parent
    shutil.rmtree(place)
    place.write_bytes(b"")
    measure(folder, "capture(id of an article), without an index", partial(_capture, identity))
    measure(folder, "show: ID, without an index", partial(_show, shown))
    place.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where the libraries stay")
    sizes = ["1000:100", "20000:100", "100000:100", "20000:1000"]
    parser.add_argument("--sizes", nargs="+", default=sizes, metavar="ARTICLES:BATCHES")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for size in options.sizes:
            articles, batches = map(int, size.split(":"))
            run((options.folder or Path(temporary)) / size.replace(":", "-"), articles, batches)
    return 0


if __name__ == "__main__":
    sys.exit(main())
