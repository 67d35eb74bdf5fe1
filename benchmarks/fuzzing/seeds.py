"""Sound inputs of each reader to begin with, most of them from the bundled magazines; and words of
their formats."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from archive.library import Library
from archive.removal.tombstones import Tombstone
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span, TableFile
from archive.types import Capture, Discovery
from archive.warc.records import new_record_id
from archive.writer import WarcWriter
from backissue.sample.site import build_edition

XML = (b"<item>", b"</item>", b"<entry>", b"<![CDATA[", b"]]>", b"&#x0;", b"&nbsp;", b'xmlns="\xff"',
       b"<!DOCTYPE x [<!ENTITY y 'z'>]>", b"<loc>", b"<sitemap>", b"<?xml version='1.0' encoding='utf-7'?>",
       b"xml:base='//['", b"<guid isPermaLink='true'>", b"http://[::1/", b"<lastmod>")  # fmt: skip
HTML = (b"<p>", b"<div>", b"</div>", b"<table><tr><td>", b"<sup>", b"<pre>", b"<template>", b"<script>",
        b"</script>", b"<svg>", b"<a href='http://['>", b"<base href='//['>", b"<meta charset=utf-16>", b"\0",
        b"&#xD800;", b"\xed\xa0\x80", b'<script type="application/ld+json">{"@type":"Article","author":',
        b"<time datetime='9999-99-99'>", b"<img srcset=',,, 2x'>", b"<frameset>", b"<plaintext>")  # fmt: skip
ROBOTS = (b"User-agent: *\n", b"Disallow: /*$\n", b"Allow:", b"Crawl-delay: 1e999\n", b"Sitemap: http://[\n",
          b"%", b"\r", b"\xef\xbb\xbf", b"*")  # fmt: skip
CSS = (b"@import url(", b"@font-face{src:", b"url('", b"\\", b"/*", b"{", b"[", b"(", b"@charset")
WARC = (b"WARC/1.1\r\n", b"\r\n\r\n", b"Content-Length: ", b"WARC-Type: revisit\r\n", b"WARC/0.18\r\n",
        b"WARC-Target-URI: <", b"\x1f\x8b\x08\0", b"HTTP/1.1 200\r\n", b"WARC-Segment-Number: 2\r\n")  # fmt: skip
FOREIGN = (
    *WARC,
    b"filedesc://",
    b" 192.0.2.1 20030101000000 text/html 9\n",
    b"\x28\xb5\x2f\xfd",
    b"\x5d\x2a\x4d\x18",
)
ZIP = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"../", b"archive/",
       b"\xff\xff\xff\xff", b'"hash": "sha256:')  # fmt: skip
TOML = (b"[", b"[[", b"=", b'"""', b"url = ", b"1979-05-27T07:32:00Z", b"inf", b"[article]\n", b"\\u0000", b"feeds = ",
        b"schedule = ", b"headers = { ")  # fmt: skip
JSON = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"1e999",
    b"NaN",
    b",",
    b"\n",
    b'"batch": ',
)
SQLITE = (b"SQLite format 3\0", b"CREATE TABLE", b"\xff\xff", b"\0\0\0\0")
HTTP = (b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"\r\n\r\n", b"0\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n", b"Content-Encoding: gzip\r\n", b"ffffffff\r\n", b":", b"\0")  # fmt: skip
DATES = (
    "年".encode(),
    b"Mon, ",
    b"T24:61",
    b"+9999",
    "令和".encode(),
    b"/",
    b"-",
    "٣".encode(),
    b" BC",
)


@cache
def _resources() -> dict[str, bytes]:
    """What the bundled magazines have out, by host and path."""
    edition = build_edition(1, date(2026, 3, 2))
    return {
        host + path: resource.body
        for host, resources in edition.resources.items()
        for path, resource in resources.items()
    }


def _some(*ends: str, most: int = 6) -> list[bytes]:
    """Those whose path ends with one of *ends*, the first of each size."""
    found = [body for path, body in _resources().items() if path.endswith(ends)]
    return sorted(found, key=len)[:: max(1, len(found) // most)]


def feeds() -> list[bytes]:
    """RSS and Atom."""
    return [
        *_some("/feed/", "feed.xml", "atom.xml", "/feed"),
        b"<rss><channel><item/></channel></rss>",
    ]


def sitemaps() -> list[bytes]:
    """Sitemaps, an index of them, and one of text."""
    return [*_some("sitemap.xml", "sitemap_index.xml"), b"https://review.example/a/\n"]


def robots() -> list[bytes]:
    """robots.txt."""
    return _some("robots.txt")


def pages() -> list[bytes]:
    """Articles and lists of them."""
    return _some("/", ".html", most=12)


def styles() -> list[bytes]:
    """Style sheets."""
    return _some(".css")


@cache
def _library() -> tuple[bytes, bytes, bytes]:
    """The WARC file, its index and the state of a library of a few captures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library"
        with Library.create(path) as library:
            with closing(WarcWriter(library)) as writer:
                for number, body in enumerate(pages()[:3]):
                    writer.write(_capture(number, body[:8_000])).result()
            library.state.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        (warc,) = path.glob("**/*.warc.gz")
        (index,) = path.glob("**/*.cdxj")
        return warc.read_bytes(), index.read_bytes(), (path / "state" / "backissue.db").read_bytes()


def _capture(number: int, body: bytes) -> Capture:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    return Capture(
        url=f"https://review.example/{number}/",
        fetch_time=datetime(2026, 3, 2, 6, number, tzinfo=UTC),
        head=head.encode(),
        body=body,
        request=b"GET / HTTP/1.1\r\nHost: review.example\r\n\r\n",
        warc_record_id=new_record_id(),
        run_id="fuzz",
        discovery=Discovery(source="review", by="sitemap"),
    )


def warcs() -> list[bytes]:
    """A file of ours, as it is and unpacked."""
    import gzip

    packed = _library()[0]
    return [packed, gzip.decompress(packed)]


def foreign() -> list[bytes]:
    """WARC files, an ARC file of both versions, and a file of Zstandard frames."""
    import zstandard

    http = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>The ferry is late.</p>"
    first = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n\n"
    arc = b"filedesc://a.arc 0.0.0.0 20030101000000 text/plain %d\n%s" % (len(first), first)
    line = b"http://review.example/ 192.0.2.1 20030101000000 text/html %d\n" % len(http)
    return [*warcs(), arc + line + http + b"\n", zstandard.compress(warcs()[1])]


def waczs() -> list[bytes]:
    """A WACZ of one WARC file."""
    warc = _library()[0]
    said = {"path": "archive/a.warc.gz", "name": "a.warc.gz", "bytes": len(warc)}
    said["hash"] = f"sha256:{hashlib.sha256(warc).hexdigest()}"
    package = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": [said]})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/a.warc.gz", warc)
        archive.writestr("datapackage.json", package, zipfile.ZIP_DEFLATED)
    return [out.getvalue()]


def opmls() -> list[bytes]:
    """Lists of feeds."""
    return [
        b'<?xml version="1.0"?><opml version="2.0"><head><title>Feeds</title></head><body><outline text="Arts">'
        b'<outline type="rss" text="Review" xmlUrl="https://review.example/feed/" htmlUrl="https://review.example/"/>'
        b'</outline></body></opml>'
    ]  # fmt: skip


def sources() -> list[bytes]:
    """A declaration with all kinds of values."""
    return [
        b'url = "https://review.example/"\nfeeds = ["/feed/"]\nsections = ["/arts/"]\nschedule = "every 7d"\n'
        b'delay = 2.5\nsince = 2020-01-01\n[article]\nallow = ["/20[0-9]{2}/"]\n[headers]\nX-Key = "a"\n'
    ]


def settings() -> list[bytes]:
    """A library's settings."""
    return [
        b'format = 1\nname = "review"\ncreated = 2026-03-02T06:00:00Z\n[warc]\nmax_age = "24h"\n[disk]\n'
        b'floor = 1000\n[policy]\nrespect = ["robots"]\n'
    ]


def indexes() -> list[bytes]:
    """A CDXJ index."""
    return [_library()[1]]


def journals() -> list[bytes]:
    """Two batches."""
    span = Span("warc/2026-03/a.warc.gz", 0, 900)
    file = TableFile(
        "articles/fetch_month=2026-03/g0001-000001-3f9a1c20.parquet", 3, "sha256:" + 64 * "0"
    )
    entries = (
        JournalEntry(
            Batch(n, f"2026-03-0{n}T06:00:00Z", (span,)), span, "backissue", "sha256:0", (file,)
        )
        for n in (1, 2)
    )
    return [b"".join(journal.to_line(entry) + b"\n" for entry in entries)]


def removals() -> list[bytes]:
    """A removal, and its end."""
    gone = Tombstone("urn:uuid:1", "2026-03-02T06:00:00Z", "me", "asked for", "url",
                     "https://review.example/0/", ("example,review)/0",))  # fmt: skip
    back = Tombstone("urn:uuid:2", "2026-03-03T06:00:00Z", undoes="urn:uuid:1")
    return [gone.to_line() + b"\n" + back.to_line() + b"\n"]


def states() -> list[bytes]:
    """A state database."""
    return [_library()[2]]


def answers() -> list[bytes]:
    """Answers of servers, as they come from the wire."""
    return [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.0 404\r\n\r\nnothing",
    ]


def data() -> list[bytes]:
    """JSON that is nearly JSON."""
    return [
        b'{"@type": "Article", "author": [{"name": "Ida"}], "x": 1.5e3, y: \'z\', "t": "a\nb",}'
    ]


def dates() -> list[bytes]:
    """Days as pages write them."""
    said = "Monday, 2 March 2026 at 06:00 GMT|2026-03-02T06:00:00+01:00|令和8年3月2日|02/03/2026|le 2 mars 2026"
    return [one.encode() for one in said.split("|")]
