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
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import backissue
from archive.library import Library

_WORDS = (
    *("harbour", "light", "keeper", "winter", "rope", "tide", "signal", "lamp", "gull"),
    *("stair", "ledger", "salt", "oar", "buoy", "chart", "mist", "crane", "quay"),
    *("barge", "net", "shoal", "bell", "fog", "mole", "pilot", "cargo", "log"),
    *("storm", "hull", "reef", "sound", "deck", "anchor"),
)
_LISTED = 15  # pieces in a feed: older ones roll off
_SETTLED = 180.0  # seconds: what is older in the end must be there


@dataclass
class Piece:
    """One piece of a magazine: *texts* and *times* are those of its versions.

    *listed* says of each version when a feed that was read named it first.
    """

    number: int
    texts: list[str]
    times: list[float]
    listed: dict[int, float] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/2026/11/a-piece-of-work-{self.number}/"


@dataclass
class Magazine:
    """What one magazine has published, and until when it is out of order, or tired."""

    name: str
    pieces: list[Piece] = field(default_factory=list)
    out_until: float = 0.0
    tired_until: float = 0.0

    @property
    def host(self) -> str:
        return f"{self.name}.example"

    def publish(self, chance: random.Random) -> None:
        self.pieces.append(Piece(len(self.pieces) + 1, [_text(chance)], [time.time()]))

    def correct(self, chance: random.Random) -> None:
        piece = chance.choice(self.pieces[-_LISTED:])
        piece.texts.append(f"{piece.texts[-1]} {_sentence(chance)}")
        piece.times.append(time.time())


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(_WORDS) for _ in range(chance.randint(9, 16))]
    return " ".join(words).capitalize() + "."


def _text(chance: random.Random) -> str:
    return "\n".join(" ".join(_sentence(chance) for _ in range(4)) for _ in range(6))


class World:
    """All magazines, the log of what they were asked, and what happens to them."""

    def __init__(self, count: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.magazines = {f"mag{n:02}.example": Magazine(f"mag{n:02}") for n in range(count)}
        self.asked: list[tuple[float, str, str, int]] = []
        self.lock = threading.Lock()
        for one in self.magazines.values():
            for _ in range(5):
                one.publish(self.chance)

    def happen(self) -> str:
        """Let one thing happen to one magazine."""
        with self.lock:
            one = self.chance.choice(list(self.magazines.values()))
            what = self.chance.choices(["new", "edit", "outage", "rest"], [60, 25, 8, 7])[0]
            if what == "new":
                one.publish(self.chance)
            elif what == "edit":
                one.correct(self.chance)
            elif what == "outage":
                one.out_until = time.time() + 60
            else:
                one.tired_until = time.time() + 20
            return what

    def answer(self, host: str, path: str) -> tuple[int, dict[str, str], str]:
        """Status, fields and body."""
        with self.lock:
            one, now = self.magazines[host], time.time()
            if now < one.out_until:
                return 503, {}, "out of order"
            if now < one.tired_until:
                return 429, {"Retry-After": "5"}, "too much"
            if path == "/feed.xml":
                for piece in one.pieces[-_LISTED:]:
                    piece.listed.setdefault(len(piece.texts) - 1, now)
                return 200, {"Content-Type": "application/atom+xml"}, _feed(one)
            piece = next((piece for piece in one.pieces if piece.path == path), None)
            if piece:
                return 200, {"Content-Type": "text/html; charset=utf-8"}, _page(one, piece)
        return (200, {}, "User-agent: *\nAllow: /\n") if path == "/robots.txt" else (404, {}, "no")


def _feed(one: Magazine) -> str:
    entries = "".join(
        f"<entry><id>http://{one.host}{p.path}</id><title>Piece {p.number}</title>"
        f"<link href='http://{one.host}{p.path}'/><published>{_iso(p.times[0])}</published>"
        f"<updated>{_iso(p.times[-1])}</updated></entry>"
        for p in one.pieces[-_LISTED:]
    )
    head = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>"
    return f"{head}{entries}</feed>"


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _page(one: Magazine, piece: Piece) -> str:
    text = "".join(f"<p>{line}</p>" for line in piece.texts[-1].split("\n"))
    return (
        f"<title>Piece {piece.number}</title><article><h1>Piece {piece.number}</h1>{text}</article>"
    )


def server_of(world: World) -> ThreadingHTTPServer:
    """The server of all magazines."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            host = self.headers["Host"]
            status, fields, body = world.answer(host, self.path)
            with world.lock:
                serial = len(world.asked)
                world.asked.append((time.time(), host, self.path, status))
            data = body.encode()
            self.send_response_only(status)
            more = {"Date": formatdate(usegmt=True), "X-Serial": str(serial)}
            for key, value in (more | fields | {"Content-Length": str(len(data))}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """The world has its own log."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


def make_library(path: Path, world: World) -> None:
    """A library with a source for each magazine, which publishes every two minutes."""
    Library.create(path).close()
    settings = path / "library.toml"
    text = settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"')
    settings.write_text(re.sub(r'publish_every = "1h"', 'publish_every = "2m"', text))
    assert 'publish_every = "2m"' in settings.read_text()
    for one in world.magazines.values():
        lines = (f'url = "http://{one.host}/"', 'feeds = ["/feed.xml"]', 'schedule = "every 1m"')
        (path / f"sources/{one.name}.toml").write_text("\n".join((*lines, "delay = 0.2\n")))


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
    return len(missing) + len(twice)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
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
        words = Counter(re.findall(r"\] (WARNING|ERROR|CRITICAL)", log.read_text(errors="replace")))
        print(
            f"log: {dict(words)}; tracebacks: {log.read_text(errors='replace').count('Traceback')}"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
