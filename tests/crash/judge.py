"""Whether a library is whole, judged from its files alone and with none of the library's own code.

Reads gzip members with zlib, records by hand and tables with pyarrow, and says in words what is
wrong. `acknowledged` are the lines that the crawl wrote outside the library for each capture that
it was told is kept; `answers` is the magazine's own log.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

_TABLES = (
    "articles",
    "captures",
    "payloads",
    "crawl_log",
    "removed",
    "comments",
    "duplicates",
    "withdrawn",
)
_LEFT_OVER = re.compile(r"\.open$|\.tmp$|^\.")
_SERIAL = re.compile(rb"\r\nX-Serial: (\d+)\r\n")


@dataclass
class Rec:
    """One record of a WARC file, and its place."""

    file: str
    offset: int
    length: int
    fields: dict[str, str]
    block: bytes

    @property
    def id(self) -> str:
        return self.fields["warc-record-id"].strip("<>")

    @property
    def type(self) -> str:
        return self.fields["warc-type"]


@dataclass
class Found:
    """What stands in a library, and what is wrong with it so far."""

    records: dict[str, Rec] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def exchanges(self) -> list[Rec]:
        return [rec for rec in self.records.values() if rec.type in ("response", "revisit")]


def judge(
    library: Path,
    acknowledged: list[dict[str, Any]],
    answers: list[dict[str, Any]],
    *,
    published: bool,
) -> list[str]:
    """All that is wrong; *published*: nothing may wait for the next publish."""
    found = Found()
    _left_over(library, found)
    for path in sorted(library.glob("warc/**/*.warc.gz")):
        _read_file(library, path, found)
    found.rows, unreadable = read_tables(library)
    found.wrong += unreadable
    _indexes(library, found)
    _journal(library, found)
    _pointers(found)
    if published:
        _all_published(found)
    _acknowledged(found, acknowledged, {line["serial"]: line for line in answers})
    return found.wrong


def _left_over(library: Path, found: Found) -> None:
    for path in library.rglob("*"):
        if _LEFT_OVER.search(path.name):
            found.wrong.append(f"left over: {path.relative_to(library)}")
    for folder in (library / "state/staging").glob("*/*"):
        if folder.is_dir() and not any(folder.iterdir()):
            found.wrong.append(f"an empty folder: {folder.relative_to(library)}")


def _members(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at < len(data):
        inflater = zlib.decompressobj(31)
        content = inflater.decompress(data[at:])
        if not inflater.eof:
            raise ValueError(f"a torn member at {at}")
        length = len(data) - at - len(inflater.unused_data)
        yield at, length, content
        at += length


def _read_file(library: Path, path: Path, found: Found) -> None:
    name = str(path.relative_to(library))
    records: list[Rec] = []
    try:
        for offset, length, content in _members(path.read_bytes()):
            records.append(_record(name, offset, length, content))
    except (ValueError, zlib.error, KeyError) as error:
        found.wrong.append(f"{name}: {error}")
    if [record.type for record in records].count("warcinfo") != 1 or records[0].type != "warcinfo":
        found.wrong.append(f"{name}: not one warcinfo first")
    elif records[0].fields.get("warc-filename") != path.name:
        found.wrong.append(f"{name}: WARC-Filename is another")
    for record in records:
        if record.id in found.records:
            found.wrong.append(f"{name}: {record.id} stands in the archive twice")
        found.records[record.id] = record
    _whole_exchanges(name, records, found)


def _whole_exchanges(name: str, records: list[Rec], found: Found) -> None:
    beside = Counter(
        record.fields.get("warc-concurrent-to", "").strip("<>")
        for record in records
        if record.type in ("request", "metadata")
    )
    for record in records:
        if record.type in ("response", "revisit") and beside[record.id] != 2:
            found.wrong.append(f"{name} at {record.offset}: request or metadata is missing")


def _record(name: str, offset: int, length: int, content: bytes) -> Rec:
    head, mark, rest = content.partition(b"\r\n\r\n")
    if not mark or not head.startswith(b"WARC/1.1\r\n"):
        raise ValueError(f"no WARC head at {offset}")
    lines = (line.partition(":") for line in head.decode().split("\r\n")[1:])
    fields = {key.lower(): value.strip() for key, _, value in lines}
    size = int(fields["content-length"])
    if rest[size:] != b"\r\n\r\n":
        raise ValueError(f"wrong Content-Length at {offset}")
    block = rest[:size]
    digest = "sha1:" + base64.b32encode(hashlib.sha1(block).digest()).decode()
    if fields["warc-block-digest"] != digest:
        raise ValueError(f"wrong block digest at {offset}")
    return Rec(name, offset, length, fields, block)


def read_tables(library: Path) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """The rows of each table, and what cannot be read."""
    found: dict[str, list[dict[str, Any]]] = {table: [] for table in _TABLES}
    wrong = []
    for table, rows in found.items():
        for path in sorted(library.glob(f"{table}/data/**/*.parquet")):
            try:
                rows += pq.ParquetFile(path).read().to_pylist()
            except Exception as error:  # noqa: BLE001 -- whatever a broken file raises
                wrong.append(f"{path.relative_to(library)}: {error}")
    return found, wrong


def _indexes(library: Path, found: Found) -> None:
    wanted: dict[str, list[tuple[int, int]]] = {}
    for record in found.exchanges:
        wanted.setdefault(record.file, []).append((record.offset, record.length))
    for path in library.glob("warc/**/*.warc.gz"):
        name = str(path.relative_to(library))
        index = path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj")
        if not index.exists():
            found.wrong.append(f"{name}: no .cdxj")
            continue
        lines = index.read_bytes().splitlines()
        if lines != sorted(lines):
            found.wrong.append(f"{name}: .cdxj is not sorted")
        entries = [json.loads(line.split(b" ", 2)[2]) for line in lines]
        places = sorted((int(entry["offset"]), int(entry["length"])) for entry in entries)
        if places != sorted(wanted.get(name, [])):
            found.wrong.append(f"{name}: .cdxj has other places than the file")


def _journal(library: Path, found: Found) -> None:
    generation = (library / "current").resolve()
    data = (generation / "batches.jsonl").read_bytes()
    if data and not data.endswith(b"\n"):
        found.wrong.append("batches.jsonl: the last line is torn")
    entries = [json.loads(line) for line in data.split(b"\n")[:-1]]
    numbers = [entry["batch"]["number"] for entry in entries]
    if numbers != list(range(1, len(numbers) + 1)):
        found.wrong.append(f"batches.jsonl: numbers {numbers}")
    listed = {file["path"]: file["sha256"] for entry in entries for file in entry["files"]}
    for path in generation.glob("*/data/**/*.parquet"):
        name = str(path.relative_to(generation))
        if f"g{generation.name}-000000-" in name:
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if listed.pop(name, None) != digest:
            found.wrong.append(f"{name}: not as batches.jsonl says")
    found.wrong += [f"{name}: is missing" for name in listed]
    recorded = Counter(
        json.loads(record.block)["number"]
        for record in found.records.values()
        if record.fields.get("warc-target-uri", "").startswith("urn:backissue:batch:")
    )
    found.wrong += [f"batch {n} has {c} records" for n, c in recorded.items() if c > 1]
    if not set(numbers) <= set(recorded):
        found.wrong.append(f"batches {sorted(set(numbers) - set(recorded))} have no record")


def _pointers(found: Found) -> None:
    for table in ("captures", "payloads"):
        ids = Counter(row["warc_record_id"] for row in found.rows[table])
        found.wrong += [f"{table}: {i} {c} times" for i, c in ids.items() if c > 1]
    for table in ("captures", "articles"):
        for row in found.rows[table]:
            record = found.records.get(row["warc_record_id"])
            place = (row["warc_filename"], row["warc_record_offset"], row["warc_record_length"])
            if record is None or place != (record.file, record.offset, record.length):
                found.wrong.append(f"{table}: {row['url']} does not lead to its record")
    versions = Counter((row["article_id"], row["version"]) for row in found.rows["articles"])
    found.wrong += [
        f"articles: {key} {count} times" for key, count in versions.items() if count > 1
    ]
    known = {row["warc_record_id"] for row in found.rows["captures"]}
    for table in ("articles", "payloads"):
        for row in found.rows[table]:
            if row["warc_record_id"] not in known:
                found.wrong.append(f"{table}: {row['warc_record_id']} is no capture")


def _all_published(found: Found) -> None:
    known = {row["warc_record_id"] for row in found.rows["captures"]}
    logged = Counter(row["warc_record_id"] for row in found.rows["crawl_log"])
    kept = {row["warc_record_id"] for row in found.rows["payloads"]}
    for record in found.exchanges:
        url = record.fields["warc-target-uri"]
        if record.id not in known:
            found.wrong.append(f"captures: no row for {url} in {record.file} at {record.offset}")
        if record.type == "response" and record.id not in kept:
            found.wrong.append(f"payloads: no row for {url} in {record.file} at {record.offset}")
    found.wrong += [f"crawl_log: {i} {c} times" for i, c in logged.items() if i and c > 1]


def _acknowledged(
    found: Found, acknowledged: list[dict[str, Any]], answers: dict[int, dict[str, Any]]
) -> None:
    for line in acknowledged:
        record = found.records.get(line["record"])
        if record is None:
            found.wrong.append(f"acknowledged and gone: {line['url']} ({line['record']})")
    for record in found.exchanges:
        serial = _SERIAL.search(record.block)
        if not serial:
            found.wrong.append(f"{record.file} at {record.offset}: no answer of the magazine")
            continue
        sent = answers[int(serial[1])]
        head = record.block.partition(b"\r\n\r\n")[0]
        whole = record.type == "revisit" or _sha1(record.block) == sent["sha1"]
        if not whole or _sha1(head) != sent["head_sha1"]:
            found.wrong.append(f"{record.file} at {record.offset}: other bytes than were sent")
        if record.fields["warc-target-uri"] != sent["url"]:
            found.wrong.append(f"{record.file} at {record.offset}: the answer to another request")
    serials = Counter(
        _SERIAL.search(record.block)[1]
        for record in found.exchanges
        if _SERIAL.search(record.block)
    )  # type: ignore[index]
    found.wrong += [f"answer {s.decode()} is kept {c} times" for s, c in serials.items() if c > 1]


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()
