"""WARC and WACZ files in the shapes that other tools write, made by hand."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from archive.imported.index import FOLDER, HeldCapture

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
WORDS = (
    "The harbour master counts the boats before the light goes, and writes the number into a book "
    "that nobody has asked to see for eleven years. Some evenings there is one more than he "
    "expects, and then he waits on the quay until its crew has gone ashore. "
)


def page(title: str, text: str = "", paragraphs: int = 6) -> bytes:
    """The HTML of an article of some length."""
    body = "".join(f"<p>{text} {WORDS} Paragraph {n} of {title}.</p>" for n in range(paragraphs))
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>"
        f'<meta property="article:published_time" content="2020-05-04T08:00:00Z"></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def record(
    kind: str,
    url: str | None,
    block: bytes,
    *,
    number: int = 1,
    date: str = "2020-05-04T08:00:00Z",
    version: str = "WARC/1.0",
    length: int | None = None,
    tail: bytes = b"\r\n\r\n",
    identity: str | None = "",
    **fields: str | None,
) -> bytes:
    """One record; *fields* have `_` for `-`, and leave out what they set to None.

    Its id follows from *kind* and *number*; None leaves it out.
    """
    given: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": None if identity is None else identity or f"<{id_of(kind, number)}>",
        "WARC-Date": date,
        "WARC-Target-URI": url,
        "Content-Type": _TYPES.get(kind),
    }
    given |= {name.replace("_", "-"): value for name, value in fields.items()}
    given["Content-Length"] = str(len(block) if length is None else length)
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join([version, *lines, "", ""]).encode() + block + tail


_TYPES = {
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
    "request": "application/http; msgtype=request",
    "warcinfo": "application/warc-fields",
    "metadata": "application/warc-fields",
}


def id_of(kind: str, number: int) -> str:
    """The id that `record` gives."""
    kinds = ("response", "request", "revisit", "warcinfo", "metadata", "resource", "continuation")
    return f"urn:uuid:00000000-0000-4000-{8000 + kinds.index(kind) if kind in kinds else 9999}-{number:012}"


def response(number: int, body: bytes | None = None, head: bytes = HTML, **changes: Any) -> bytes:
    """The response of `https://paper.example/2020/N`."""
    content = page(f"Essay number {number}", f"Essay {number}.") if body is None else body
    given = {"number": number, "date": f"2020-05-04T08:{number % 60:02}:00Z"} | changes
    url = given.pop("url", f"https://paper.example/2020/{number}")
    return record("response", url, head + content, **given)


def request(number: int, **changes: Any) -> bytes:
    """The request of the same page, which names the response unless told otherwise."""
    block = b"GET /2020/%d HTTP/1.1\r\nHost: paper.example\r\n\r\n" % number
    given = {
        "number": number,
        "date": f"2020-05-04T08:{number % 60:02}:00Z",
        "WARC_Concurrent_To": f"<{id_of('response', number)}>",
    }
    given |= changes
    url = given.pop("url", f"https://paper.example/2020/{number}")
    return record("request", url, block, **given)


def warcinfo(software: str = "a crawler/1.0") -> bytes:
    """The first record of a file."""
    return record("warcinfo", None, f"software: {software}\r\n".encode())


def members(*records: bytes) -> bytes:
    """Each record as a gzip member."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def sha1(data: bytes) -> str:
    """A digest as WARC files have it."""
    import base64

    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def chunked(body: bytes, size: int = 500) -> bytes:
    """*body* in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def wacz(
    path: Path,
    archives: dict[str, bytes],
    *,
    others: dict[str, bytes] | None = None,
    listed: dict[str, Any] | None = None,
    compressed: tuple[str, ...] = (),
) -> Path:
    """A WACZ file; *listed* changes what `datapackage.json` says of single entries."""
    entries = {f"archive/{name}": data for name, data in archives.items()}
    entries |= {"pages/pages.jsonl": b'{"format": "json-pages-1.0"}\n'} | (others or {})
    resources = []
    for name, data in entries.items():
        said = {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": "sha256:" + hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
        }
        change = (listed or {}).get(name, {})
        if change is not None:
            resources.append(said | change)
    package = {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    data = json.dumps(package).encode()
    digest = {"path": "datapackage.json", "hash": "sha256:" + hashlib.sha256(data).hexdigest()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            kind = zipfile.ZIP_DEFLATED if name in compressed else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name, (2020, 5, 4, 8, 0, 0)), content, kind)
        archive.writestr("datapackage.json", data, zipfile.ZIP_DEFLATED)
        archive.writestr("datapackage-digest.json", json.dumps(digest))
    return path


def stream(data: bytes) -> io.BytesIO:
    """*data* as an open file."""
    return io.BytesIO(data)


def held(offset: int = 0, length: int = 0, **changes: object) -> HeldCapture:
    """A capture in an imported file, with *changes* to what an index says of it."""
    given = {
        "file": f"{FOLDER}/a.warc",
        "offset": offset,
        "length": length,
        "kind": "response",
        "warc_record_id": f"urn:uuid:{offset}",
        "url": "https://paper.example/2020/1",
        "fetch_time": "2020-05-04T08:00:00.000000Z",
        "run_id": "run-1",
        "source": "imported",
    }
    return HeldCapture(**given | changes)  # type: ignore[arg-type]
