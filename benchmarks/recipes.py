"""What it costs to find the way back to received bodies, by who compressed them.

    python benchmarks/recipes.py CORPUS [--pages 60]

Prints for each kind of compressor the milliseconds of processor time a page, the mean and the
worst, and the share of pages whose received bytes follow from their row of `payloads`.
"""

from __future__ import annotations

import argparse
import gzip
import random
import statistics
import sys
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import brotli
from isal import isal_zlib

from archive.types import Capture, Discovery
from benchmarks.site import SavedPage, read_corpus
from pipelines.derive.recipes.recipe import recipe

START = datetime(2026, 5, 1, tzinfo=UTC)


def _zlib(level: int, memory: int, strategy: int = 0) -> Callable[[bytes], bytes]:
    def squeeze(data: bytes) -> bytes:
        stream = zlib.compressobj(level, zlib.DEFLATED, 31, memory, strategy)
        return stream.compress(data) + stream.flush()

    return squeeze


SERVERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "nginx, gzip 1": ("gzip", _zlib(1, 8)),
    "Apache, gzip 6": ("gzip", _zlib(6, 9)),
    "brotli 5": ("br", lambda data: brotli.compress(data, quality=5)),
    "no coding": ("", bytes),
    "another gzip (isal)": ("gzip", lambda data: isal_zlib.compress(data, 1, 31)),
    "gzip with a time": ("gzip", lambda data: gzip.compress(data, 6, mtime=1_700_000_000)),
}
KINDS: dict[str, tuple[str, Callable[[bytes], bytes]]] = SERVERS | {
    "nginx, gzip 5": ("gzip", _zlib(5, 8)),
    "zlib 9": ("gzip", _zlib(9, 8)),
    "another gzip (run lengths)": ("gzip", _zlib(6, 8, zlib.Z_RLE)),
    **{f"brotli {n}": ("br", partial(brotli.compress, quality=n)) for n in (1, 4, 6, 9, 10, 11)},
}


def captured(page: SavedPage, number: int, kind: str) -> Capture:
    """The capture *number* of a benchmark: *page*, as the compressor of a *kind* sends it."""
    coding, squeeze = KINDS[kind]
    body = squeeze(page.body)
    fields = ["Content-Type: text/html", *([f"Content-Encoding: {coding}"] if coding else [])]
    head = "\r\n".join(["HTTP/1.1 200 OK", *fields, f"Content-Length: {len(body)}", "", ""])
    path = page.url.partition(page.host)[2]
    return Capture(
        url=page.url,
        fetch_time=START + timedelta(seconds=number),
        request=f"GET {path} HTTP/1.1\r\nHost: {page.host}\r\n\r\n".encode("utf-8", "replace"),
        head=head.encode(),
        body=body,
        warc_record_id=f"urn:uuid:{random.Random(number).randbytes(16).hex()}",
        run_id="bench",
        discovery=Discovery(source="bench", by="sitemap"),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pages", type=int, default=60, help="about so many, of the whole corpus")
    options = parser.parse_args()
    pages = read_corpus(options.corpus)
    time_recipes(pages[:: max(1, len(pages) // options.pages)])
    return 0


def time_recipes(pages: list[SavedPage]) -> None:
    """Print what each kind of `KINDS` costs on *pages*."""
    print(
        f"ms CPU to find `payload_exact`, of {len(pages)} pages: mean, worst; share that is exact"
    )
    means = []
    for kind in KINDS:
        captures = [captured(page, n, kind) for n, page in enumerate(pages)]
        spent, exact = list[float](), 0
        for page, capture in zip(pages, captures, strict=True):
            begun = time.process_time()
            exact += recipe(capture, page.body, None) is not None
            spent.append(1000 * (time.process_time() - begun))
        means.append(statistics.mean(spent))
        share = exact / len(pages)
        print(f"  {kind:<28} {means[-1]:7.2f} {max(spent):8.1f}  {share:6.1%}", flush=True)
    print(f"  {'all kinds':<28} {statistics.mean(means):7.2f}")


if __name__ == "__main__":
    sys.exit(main())
