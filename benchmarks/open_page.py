"""The processor time of a crawl with an open page of the console, and without, in turns.

    python benchmarks/open_page.py [--rounds 7] [--every 1.0]

Crawls the largest sample magazine with `scrapy crawl`, which is a crawl process alone: nothing is
derived or published. In every second round a console of the same library is asked for its overview
again and again, as by a page that is reloaded. Prints the medians of user and system time.
"""

from __future__ import annotations

import argparse
import http.client
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

from archive.library import Library
from backissue.sample import SampleMagazines

_NAME = "quarry"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="crawls of either kind")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks")
    options = parser.parse_args()
    found: dict[bool, list[float]] = {False: [], True: []}
    with tempfile.TemporaryDirectory() as folder, SampleMagazines() as site:
        for number in range(2 * options.rounds):
            looked_at = bool(number % 2)
            path = Path(folder) / "library"
            shutil.rmtree(path, ignore_errors=True)
            Library.create(path).close()
            source = f'url = "http://{_NAME}.example/"\nfeeds = ["/rss.xml"]\ndelay = 0\n'
            (path / f"sources/{_NAME}.toml").write_text(source)
            with _open_page(path, options.every) if looked_at else nullcontext(0):
                found[looked_at].append(_crawl(path, site))
    alone, beside = (statistics.median(found[kind]) for kind in (False, True))
    print(f"processors {os.cpu_count()}, load {os.getloadavg()[0]:.1f}")
    print(f"without a page {alone:6.2f} s   with an open page {beside:6.2f} s")
    print(f"ratio {beside / alone:.3f}")
    return 0


def _crawl(path: Path, site: SampleMagazines) -> float:
    """The processor time of a crawl, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "scrapy", "crawl", "magazine", "-a", f"source={_NAME}"]
    settings = ["-s", "BACKISSUE_PUBLISH=0", "-s", f"BACKISSUE_RESOLVE={','.join(site.resolve)}"]
    environment = {**os.environ, "BACKISSUE_LIBRARY": str(path)}
    allowed = ["-s", "BACKISSUE_ALLOW_PRIVATE=1"]
    subprocess.run([*command, *settings, *allowed], env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def _open_page(path: Path, every: float) -> Iterator[int]:
    """A console whose overview somebody looks at; it is waited for elsewhere, so its time is not
    counted."""
    command = [sys.executable, "-m", "backissue", "web", "--library", str(path), "--port", "0"]
    closed = threading.Event()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as console:
        assert console.stdout
        place = urlsplit(console.stdout.readline().strip()).netloc

        def look() -> None:
            while not closed.wait(every):
                connection = http.client.HTTPConnection(place, timeout=30)
                connection.request("GET", "/")
                connection.getresponse().read()
                connection.close()

        looking = threading.Thread(target=look)
        looking.start()
        try:
            yield 0
        finally:
            closed.set()
            looking.join()
            console.terminate()


if __name__ == "__main__":
    raise SystemExit(main())
