"""`serve` under strain: twenty magazines that publish, correct, fail and ask for rest, and kills.

    python benchmarks/soak.py [--minutes 20] [--sources 20] [--seed 1]

Everything is on loopback. Schedules are "every 1m", so that a day of a real magazine passes in some
minutes; a host whose robots.txt cannot be read is left alone for ten of them, as ever. Pieces are
recombined from a list of words by seed. A third of the way in the crawl process is killed
(SIGKILL), half-way the service itself, which is started again. In the end the service is told to
stop, and what it kept is compared with what the magazines have published and answered.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import backissue
from archive.library import Library
from benchmarks.soak_world import REST, World, server_of

_SETTLED = 180.0  # seconds: what is older in the end must be there
_DELAY, _SLACK = 0.2, 0.05  # seconds between two requests to a host


def make_library(path: Path, world: World) -> None:
    """A library with a source for each magazine, which publishes every two minutes."""
    Library.create(path).close()
    settings = path / "library.toml"
    text = settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"')
    settings.write_text(re.sub(r'publish_every = "1h"', 'publish_every = "2m"', text))
    assert 'publish_every = "2m"' in settings.read_text()
    for one in world.magazines.values():
        lines = (f'url = "http://{one.host}/"', 'feeds = ["/feed.xml"]', 'schedule = "every 1m"')
        (path / f"sources/{one.name}.toml").write_text("\n".join((*lines, f"delay = {_DELAY}\n")))


def serve(path: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    """The service, started."""
    line = [sys.executable, "-m", "backissue", "serve", "--library", str(path)]
    network = ["--allow-private", "--resolve", f"*:80:127.0.0.1:{port}", "--engine", "local:1"]
    return subprocess.Popen([*line, *network], stdout=log.open("ab"), stderr=subprocess.STDOUT)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]


def memory(pid: int) -> int:
    """MiB that a process and those below it hold."""
    total = 0
    for one in (pid, *children(pid)):
        status = Path(f"/proc/{one}/status").read_text()
        total += int(re.search(r"VmRSS:\s+(\d+)", status)[1]) if "VmRSS" in status else 0  # type: ignore[index]
    return total // 1024


def strain(path: Path, world: World, port: int, minutes: float, log: Path) -> list[int]:
    """Let things happen for so long; the memory of the service, each ten seconds."""
    service, begun, seen = serve(path, port, log), time.time(), list[int]()
    killed = {"crawl": False, "service": False}
    happened: Counter[str] = Counter()
    while (at := (time.time() - begun) / (60 * minutes)) < 1:
        time.sleep(2)
        if at < 1 - 4 / minutes:
            happened[world.happen()] += 1
        if int(time.time()) % 10 < 2:
            try:
                seen.append(memory(service.pid))
            except (OSError, TypeError):
                continue
        if at > 1 / 3 and not killed["crawl"]:
            killed["crawl"] = True
            victims = [p for p in children(service.pid) if b"spawn_main" in _line(p)]
            for victim in victims[:1]:
                os.kill(victim, signal.SIGKILL)
        if at > 1 / 2 and not killed["service"]:
            killed["service"] = True
            service.kill()
            service.wait()
            service = serve(path, port, log)
    service.terminate()
    code = service.wait(180)
    print(f"happened: {dict(happened)}; the service ended with {code}")
    return seen


def _line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def judge(path: Path, world: World, ended: float) -> int:
    """What is missing, twice or wrong; the number of it."""
    library = backissue.open(path)
    rows = library.articles("all").to_arrow().to_pylist()
    texts = {(row["url"], " ".join(row["article_body"].split())) for row in rows}
    missing, versions, unlisted = [], 0, 0
    for one in world.magazines.values():
        for piece in one.pieces:
            versions += len(piece.times)
            unlisted += not piece.listed
            settled = [n for n, at in piece.listed.items() if at < ended - _SETTLED]
            wanted = piece.texts[max(settled) :] if settled else []
            url = f"http://{one.host}{piece.path}"
            if wanted and not any((url, " ".join(text.split())) in texts for text in wanted):
                missing.append(url)
    keys = Counter((row["article_id"], row["version"]) for row in rows)
    ids = Counter(row["warc_record_id"] for row in library.captures())
    twice = [key for counts in (keys, ids) for key, count in counts.items() if count > 1]
    answered = Counter(host for _, host, _, _ in world.asked)
    print(
        f"{versions} versions published, {len(rows)} rows, {len(ids)} captures, "
        f"{len(world.asked)} requests ({min(answered.values())} to {max(answered.values())} a host)"
    )
    print(f"{unlisted} pieces stood in no feed that was read: their hosts were out of order")
    print(f"missing: {len(missing)} {missing[:3]}; twice: {len(twice)} {twice[:3]}")
    return len(missing) + len(twice) + _rude(world)


def _rude(world: World) -> int:
    """Requests that came too soon: after another to the host, or while it had asked for rest.

    A crawl process that was killed, and its successor, know nothing of each other's last request.
    """
    soon, unrested, least = 0, 0, float("inf")
    for host in world.magazines:
        asked = [(at, status) for at, name, _, status in world.asked if name == host]
        for (before, status), (at, _) in pairwise(asked):
            least = min(least, at - before)
            soon += at - before < _DELAY - _SLACK
            unrested += status == 429 and at - before < REST - _SLACK
    statuses = Counter(status for *_, status in world.asked)
    print(f"answers {dict(statuses)}; shortest gap {least:.2f} s")
    print(f"too soon {soon}, unrested {unrested}")
    few = len(world.asked) // 200  # a busy machine delays what the server notes, too
    return max(0, soon - few) + max(0, unrested - few)


def _read_log(text: str) -> int:
    """Print what the service warned of; how many lines are errors, or begin a traceback."""
    lines = re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL)\b.*$", text, re.MULTILINE)
    kinds = Counter(re.sub(r"[\d:,.-]+|mag\w+", "…", line)[:150] for line in lines)
    for kind, count in kinds.most_common(12):
        print(f"  {count:4} {kind}")
    errors = sum(bool(re.search(r"\b(?:ERROR|CRITICAL)\b", line)) for line in lines)
    tracebacks = text.count("Traceback")
    print(f"log: {len(lines)} warnings and errors, {errors} errors, {tracebacks} tracebacks")
    return errors + tracebacks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("soak"), help="where what failed goes")
    options = parser.parse_args()
    world = World(options.sources, options.seed)
    server = server_of(world)
    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder:
        path, log = Path(folder) / "library", Path(folder) / "serve.log"
        make_library(path, world)
        seen = strain(path, world, server.server_port, options.minutes, log)
        ended = time.time()
        tenth = max(1, len(seen) // 10)
        print("MiB of the service and its processes, in tenths of the time:")
        print("  " + " ".join(str(max(seen[n : n + tenth])) for n in range(0, len(seen), tenth)))
        wrong = judge(path, world, ended)
        line = [sys.executable, "-m", "backissue", "verify", "--library", str(path)]
        wrong += subprocess.run(line, check=False).returncode
        wrong += _read_log(log.read_text(errors="replace"))
        if wrong:
            shutil.copytree(folder, options.keep, dirs_exist_ok=True, symlinks=True)
            print(f"kept in {options.keep}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
