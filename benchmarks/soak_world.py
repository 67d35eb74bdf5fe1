"""Magazines on loopback that publish, correct, fail, ask for rest, and log what they are asked."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REST = 5.0  # seconds that a tired magazine asks for
_WORDS = (
    *("harbour", "light", "keeper", "winter", "rope", "tide", "signal", "lamp", "gull"),
    *("stair", "ledger", "salt", "oar", "buoy", "chart", "mist", "crane", "quay"),
    *("barge", "net", "shoal", "bell", "fog", "mole", "pilot", "cargo", "log"),
    *("storm", "hull", "reef", "sound", "deck", "anchor"),
)
_LISTED = 15  # pieces in a feed: older ones roll off


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
                return 429, {"Retry-After": f"{REST:.0f}"}, "too much"
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
