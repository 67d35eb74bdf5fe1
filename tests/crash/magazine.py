"""A small magazine on loopback that writes down every answer before it sends it.

Two editions: the second corrects one piece and adds another. All have the same line in a box of its
own, which is known as none of their text from the second batch on. Each answer has a number in the field
`X-Serial`, by which a record in the WARC is found again in the magazine's own log.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

HOST = "lantern.example"
FEED = "/feed.xml"
_DAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Piece:
    """One article of one edition. *tagged*: it has an ETag; *chunked*: it is sent in chunks."""

    path: str
    title: str
    paragraphs: tuple[str, ...]
    changed: datetime
    tagged: bool = True
    chunked: bool = False

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}{self.path}"


_KEEPERS = (
    "The lamp at the end of the mole was lit by hand until the spring of 1931, and the man who lit"
    " it walked out along the stones twice in every night, whatever the sea was doing to them.",
    "His log says nothing of the walks. It gives the wind, the height of the water against the"
    " third step, and the hour at which the wick was trimmed, in a hand that never grows tired.",
    "What we know of the man himself comes from the oil: the harbour office weighed what he drew"
    " from the store, and in one winter it weighed a tenth too little, for eleven weeks together.",
)
_BELLS = (
    "A bell buoy has no keeper. It is hung with four clappers and left to the swell, and for most"
    " of a calm summer it says nothing at all, which is when the ferries complain of it.",
    "The pilots know each of the nine by its voice. The one off the sandbar has been cracked since"
    " a coaster struck it, and sounds a third lower than the chart would have it.",
    "When the cracked bell was taken ashore to be recast, three boats went aground within a month,"
    " and it was put back as it was, with a note to the foundry that no more was to be done.",
)
_FOG = (
    "Fog is counted in hours. The station on the cliff has counted it since the year in which the"
    " horn was built, because coal was bought by the hour that the horn had been blown.",
    "The longest fog in the books lasted one hundred and six hours, in a June, and the stoker's"
    " wages for that week are entered twice, once in black ink and once, lower, in red.",
    "Nobody counts any longer, since the horn has been silent for a generation; but the column is"
    " still printed in the yearly tables, and a clerk still writes a dash in it every month.",
)
_NETS = (
    "The net loft is the driest room of the town and the only one with a floor that was laid for"
    " its smoothness, so that in the months without fishing the dances were held in it.",
    "Tar was kept out by rule. Who had worked with the boiled nets that day left his boots at the"
    " foot of the ladder, and the row of boots told those below who had come up to dance.",
    "The ladder is there still, worn in the middle of each rung, and the museum that now owns the"
    " loft has put a handrail beside it that no one who grew up in the town will touch.",
)
_SLATES = (
    "The roofs of the lower street are of slate that came as ballast, and no two of them are alike,"
    " because no two ships brought it from the same quarry or were in any hurry to unload it.",
    "A roofer who is called to one of them brings nothing with him. He takes the slates that he"
    " needs from the shed behind the chapel, where the town has kept what storms have left.",
    "The shed is entered in no plan, and its key hangs in the bakery. Whoever takes a slate chalks"
    " the number of his house on the door, and the door is washed on the first day of the year.",
)
_TIDES = (
    "A tide table is a promise about water. The printer of ours sets it in October for the whole of"
    " the year that follows, and has been asked to correct it four times in sixty years.",
    "Three of the four were errors of the press. The fourth was the great surge, which came an hour"
    " before its tide, and after which a fisherman brought the table back and wanted his money.",
    "He was given it. The shilling is in the accounts, under losses at sea, and the printer is said"
    " to have told the story ever after as the one time that he was held to his word.",
)


def pieces(edition: int) -> tuple[Piece, ...]:
    """What is published at *edition*, 1 or 2."""
    bells = _BELLS if edition == 1 else (*_BELLS[:2], _BELLS[2].replace("three", "four"))
    later = timedelta(days=edition - 1)
    found = (
        Piece("/2026/11/keepers/", "The keeper's oil", _KEEPERS, _DAY),
        Piece("/2026/11/bells/", "Nine bells", bells, _DAY + later),
        Piece("/2026/11/fog/", "A hundred hours of fog", _FOG, _DAY, tagged=False),
        Piece("/2026/11/nets/", "Dancing above the nets", _NETS, _DAY, chunked=True),
        Piece("/2026/11/slates/", "The key in the bakery", _SLATES, _DAY),
    )
    new = (Piece("/2026/11/tides/", "A promise about water", _TIDES, _DAY + later),)
    return found if edition == 1 else found + new


LETTER = "One letter from the quay, each Sunday morning."
"""The line that stands between the paragraphs of each piece."""


def page_of(piece: Piece) -> bytes:
    """The page of a piece."""
    first, *others = (f"<p>{paragraph}</p>" for paragraph in piece.paragraphs)
    text = "\n".join([first, f"<div class='c4e1'><p>{LETTER}</p></div>", *others])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{piece.title} - Lantern</title>
<meta property="og:type" content="article"><meta name="author" content="Ina Vale">
<meta property="article:published_time" content="{_DAY.isoformat()}"></head>
<body><header><a href="/">Lantern</a></header><main><article><h1>{piece.title}</h1>
<p class="byline">By Ina Vale</p>
{text}
</article></main><footer>Lantern, a magazine about harbours</footer></body></html>
""".encode()


def feed_of(edition: int) -> bytes:
    """The feed that announces an edition."""
    entries = "".join(
        f"<entry><title>{piece.title}</title><id>{piece.url}</id><link href='{piece.url}'/>"
        f"<published>{_DAY.isoformat()}</published><updated>{piece.changed.isoformat()}</updated>"
        "</entry>"
        for piece in pieces(edition)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom'>"
        f"<title>Lantern</title><id>http://{HOST}/</id><updated>{_DAY.isoformat()}</updated>"
        f"{entries}</feed>"
    ).encode()


def _tag(body: bytes) -> str:
    return '"' + hashlib.md5(body, usedforsecurity=False).hexdigest()[:12] + '"'


def answer(path: str, fields: dict[str, str], edition: int, serial: int) -> tuple[int, bytes]:
    """Status and bytes of the answer to a GET."""
    own = {"X-Serial": str(serial), "Server": "lantern/1"}
    piece = next((piece for piece in pieces(edition) if piece.path == path), None)
    if path == "/robots.txt":
        return 200, _message(
            200, own | {"Content-Type": "text/plain"}, b"User-agent: *\nAllow: /\n"
        )
    if path == FEED:
        return 200, _message(200, own | {"Content-Type": "application/atom+xml"}, feed_of(edition))
    if piece is None:
        return 404, _message(404, own | {"Content-Type": "text/plain"}, b"not here\n")
    body = page_of(piece)
    if piece.tagged:
        own["ETag"] = _tag(body)
        own["Last-Modified"] = format_datetime(piece.changed, usegmt=True)
        if fields.get("if-none-match") == own["ETag"]:
            return 304, _head(304, own)
    own["Content-Type"] = "text/html; charset=utf-8"
    return 200, _message(200, own, body, chunked=piece.chunked)


def _message(status: int, fields: dict[str, str], body: bytes, *, chunked: bool = False) -> bytes:
    if not chunked:
        return _head(status, fields | {"Content-Length": str(len(body))}) + body
    half = len(body) // 2
    parts = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:]))
    return _head(status, fields | {"Transfer-Encoding": "chunked"}) + parts + b"0\r\n\r\n"


def _head(status: int, fields: dict[str, str]) -> bytes:
    phrase = {200: "OK", 304: "Not Modified", 404: "Not Found"}[status]
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode()


class Magazine:
    """Serves until its process ends. *folder* holds its log and, in `edition`, what it shows."""

    def __init__(self, folder: Path, listener: socket.socket, pause: float = 0) -> None:
        self._folder, self._listener, self._pause = folder, listener, pause
        self._lock = threading.Lock()
        self._serial = len(answers(folder))

    def serve(self) -> None:
        """Answer, each connection in a thread of its own."""
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while line := stream.readline():
                path = line.split()[1].decode()
                fields = {}
                while (header := stream.readline()).strip():
                    name, _, value = header.decode("latin-1").partition(":")
                    fields[name.strip().lower()] = value.strip()
                connection.sendall(self._answer(path, fields))

    def _answer(self, path: str, fields: dict[str, str]) -> bytes:
        if self._pause:
            threading.Event().wait(self._pause)
        edition = int((self._folder / "edition").read_text())
        with self._lock:
            self._serial += 1
            status, message = answer(path, fields, edition, self._serial)
            line = {
                "serial": self._serial,
                "url": f"http://{HOST}{path}",
                "status": status,
                "sha1": hashlib.sha1(message).hexdigest(),
                "head_sha1": hashlib.sha1(message.partition(b"\r\n\r\n")[0]).hexdigest(),
                "conditional": "if-none-match" in fields,
            }
            with (self._folder / "answers.jsonl").open("ab") as log:
                log.write(json.dumps(line).encode() + b"\n")
        return message


def answers(folder: Path) -> list[dict[str, Any]]:
    """What the magazine has answered so far."""
    log = folder / "answers.jsonl"
    return [json.loads(line) for line in log.read_bytes().splitlines()] if log.exists() else []


def listen() -> socket.socket:
    """A listening socket on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    os.set_inheritable(listener.fileno(), False)
    return listener
