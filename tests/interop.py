"""Shapes as WARC files of our writer, and what other people's tools say of each."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import replay
from archive.library import Library
from archive.revisits import as_revisit, validator_of
from archive.types import Capture
from archive.warc import cdxj
from archive.warc.captures import records_of
from archive.warc.records import Located, make_record, record_member
from archive.warc_file import index_path
from archive.web.http import MAX_CONTENT, decode_content
from shapes import BREAKS, NO_HEADS, SHAPES, Shape, page, plain
from support import free_port

MOMENT = datetime(2026, 11, 5, 9, 30, 15, 123456, tzinfo=UTC)
ETAG = b'ETag: "a"\r\n'
FIRST = Shape("a page with an ETag", plain(ETAG, page("revisits")), page("revisits"))


@dataclass(frozen=True)
class Fixture:
    """One capture, alone in a WARC file of its own; *shown*: what a reader of it is to see."""

    name: str
    path: Path
    capture: Capture
    shown: bytes


def write_fixtures(library: Library) -> list[Fixture]:
    """A WARC file with its index for each shape and kind of revisit."""
    shapes = [*SHAPES, *NO_HEADS, *BREAKS, FIRST]
    found = [(shape.name, _capture(shape, number)) for number, shape in enumerate(shapes)]
    found += _revisits(found[-1][1])
    return [_write(library, name, capture) for name, capture in found]


def _capture(shape: Shape, number: int) -> Capture:
    url = f"http://interop.example{shape.path}"
    return Capture(
        url=url,
        fetch_time=MOMENT + timedelta(seconds=number),
        request=f"{shape.method} {shape.path} HTTP/1.1\r\nHost: interop.example\r\n\r\n".encode(),
        head=shape.head,
        body=shape.body,
        warc_record_id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        ip_address="2001:db8::1" if number % 2 else "192.0.2.7",
        truncated=shape.truncated,  # type: ignore[arg-type]
    )


def _revisits(first: Capture) -> Iterator[tuple[str, Capture]]:
    known = validator_of(first, "warc/a.warc.gz", 0)
    same = replace(
        first,
        fetch_time=MOMENT + timedelta(hours=1),
        warc_record_id="urn:uuid:00000000-0000-4000-8000-000000000998",
    )
    yield "revisit of the same payload", as_revisit(same, known)
    asked = first.request[:-2] + b'If-None-Match: "a"\r\n\r\n'
    unmodified = replace(
        first,
        fetch_time=MOMENT + timedelta(hours=2),
        warc_record_id="urn:uuid:00000000-0000-4000-8000-000000000999",
        request=asked,
        head=b"HTTP/1.1 304 Not Modified\r\n" + ETAG + b"\r\n",
        body=b"",
    )
    yield "revisit after a 304", as_revisit(unmodified, known)


def _write(library: Library, name: str, capture: Capture) -> Fixture:
    stem = re.sub(r"\W+", "-", name.lower())
    path = library.path / "warc/2026/11" / f"{stem}.warc.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    info = make_record("warcinfo", capture.fetch_time, b"software: Backissue\r\n", [("WARC-Filename", path.name), ("Content-Type", "application/warc-fields")])  # fmt: skip
    entries, out = [], b""
    for record in (info, *records_of(capture, info.id)):
        member = record_member(record)
        located = Located(record, len(out), len(member))
        entries.append(cdxj.entry_of(located, str(path.relative_to(library.path))))
        out += member
    path.write_bytes(out)
    index_path(path).write_bytes(cdxj.index_bytes(filter(None, entries)))
    content = decode_content(capture.payload, capture.parsed.content_codings, MAX_CONTENT)
    shown = page("revisits") if capture.original else content.data
    return Fixture(name, path, capture, shown)


# What each tool says of each file: None where all is well

_EACH = """
import contextlib, io, json, sys
module, *paths = sys.argv[1:]
for path in paths:
    out, problem = io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            if module == "warcio":
                from warcio.cli import main
                main(["check", path])
            else:
                from fastwarc.cli import main
                main(["check", "-p", "-q", "-o", "-", path], standalone_mode=False)
        except SystemExit:
            pass
        except Exception as error:
            problem = type(error).__name__
    print(json.dumps([problem, out.getvalue()]))
"""


def gzip_test(fixtures: Sequence[Fixture]) -> dict[str, str | None]:
    """`gzip -t`."""
    said = _run(["gzip", "-t", *_paths(fixtures)])
    return {f.name: "fails" if str(f.path) in said else None for f in fixtures}


def warcio_check(fixtures: Sequence[Fixture]) -> dict[str, str | None]:
    """`warcio check`."""
    return {
        name: _digests(problem, out, "digest failed")
        for name, problem, out in _each("warcio", fixtures)
    }


def fastwarc_check(fixtures: Sequence[Fixture]) -> dict[str, str | None]:
    """`fastwarc check -p`."""
    return {
        name: _digests(problem, out, "FAIL") for name, problem, out in _each("fastwarc", fixtures)
    }


def _each(module: str, fixtures: Sequence[Fixture]) -> Iterator[tuple[str, str | None, str]]:
    said = _run([sys.executable, "-c", _EACH, module, *_paths(fixtures)]).splitlines()
    for fixture, line in zip(fixtures, said, strict=True):
        problem, out = json.loads(line)
        yield fixture.name, problem, out


def _digests(problem: str | None, out: str, failed: str) -> str | None:
    if problem:
        return f"stops: {problem}"
    wrong = [
        kind
        for kind in ("block", "payload")
        if re.search(rf"(?i){kind}.*{failed}|{kind}_fail", out)
    ]
    return f"{' and '.join(wrong)} digest" if wrong else out.strip() if failed in out else None


def cdxj_indexer(fixtures: Sequence[Fixture]) -> dict[str, str | None]:
    """`cdxj-indexer`, against the index that we write."""
    indexer = replay.environment() / "bin" / "cdxj-indexer"
    lines = _run([str(indexer), "--records", "response,revisit", *_paths(fixtures)]).splitlines()
    theirs = {fields["filename"]: (*start, fields) for *start, fields in map(_parts, lines)}
    return {f.name: _difference(_ours(f), theirs.get(f.path.name)) for f in fixtures}


def _ours(fixture: Fixture) -> tuple[str, str, dict[str, str]]:
    (line,) = index_path(fixture.path).read_text().splitlines()
    return _parts(line)


def _parts(line: str) -> tuple[str, str, dict[str, str]]:
    key, moment, fields = line.split(" ", 2)
    return key, moment, json.loads(fields)


def _difference(ours: tuple[str, str, dict[str, str]], theirs: object) -> str | None:
    if not isinstance(theirs, tuple):
        return "no line"
    mine, other = dict(ours[2]), dict(theirs[2])
    del mine["filename"], other["filename"]
    if ours[:2] != theirs[:2]:
        return "key"
    wrong = sorted(key for key in mine.keys() | other.keys() if mine.get(key) != other.get(key))
    said = {key: json.dumps(other.get(key), ensure_ascii=False).strip('"') for key in wrong}
    return ", ".join(f"{key}: {value}" for key, value in said.items()) or None


@contextmanager
def playing(library: Library) -> Iterator[int]:
    """A pywb that plays *library*; the port that it listens to."""
    port = free_port()
    with replay.prepared(library, pytest.fail) as folder:
        process = replay.start(folder, port)
        try:
            for _ in range(600):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def pywb(fixtures: Sequence[Fixture], port: int) -> dict[str, str | None]:
    """pywb's `id_` replay, against the content that a reader is to see."""
    return {fixture.name: _played(fixture, port) for fixture in fixtures}


def _played(fixture: Fixture, port: int) -> str | None:
    capture = fixture.capture
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        moment = f"{capture.fetch_time:%Y%m%d%H%M%S}"
        path = f"/{replay.COLLECTION}/{moment}id_/{capture.url}"
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
    except http.client.IncompleteRead:
        return "less than it promises"
    finally:
        connection.close()
    wanted = 200 if capture.original else capture.status
    if response.status != wanted:
        return f"status {response.status}"
    return None if body == fixture.shown else "other content"


def _paths(fixtures: Sequence[Fixture]) -> list[str]:
    return [str(fixture.path) for fixture in fixtures]


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, timeout=100
    )
    return done.stdout + done.stderr
