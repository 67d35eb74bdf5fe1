"""What `payloads` saves by seeing a site's template once, and what one of its rows costs to read.

    python benchmarks/payloads.py CORPUS [--templates 12] [--articles 25] [--seed 1] [--rows 40]

Two sets of pages go through WARC into `payloads` by the code that publishes: the corpus as it is,
sorted by host; and real page templates of the corpus, each with many articles whose text is put
together from sentences of other pages, by seed (and one in five of the links around it is another).

Prints, for each set, the bytes of `payloads` against those of the WARC file; the share of rows that
give the received bytes back, by who compressed them; and the time of a random row, in a fresh
process, with the file out of the page cache and in it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pyarrow.parquet as pq
from lxml.html import HtmlElement

from archive.library import Library
from archive.tables.journal import Batch, Span
from archive.warc.captures import records_of
from archive.warc_file import WarcFile
from benchmarks.recipes import SERVERS, captured
from benchmarks.site import SavedPage, read_corpus
from pipelines.derive.payloads import PayloadPlace, payload_files
from pipelines.exporting.from_payloads import exact_record
from pipelines.page.walk import segments_of

_PROSE, _LONG = 1_500, 80  # characters: of a template's article, of a paragraph that is one
_OTHER_LINKS = 0.2


def container_of(tree: HtmlElement) -> HtmlElement | None:
    """The deepest element that holds most of the page's prose; None where there is little."""
    body = tree.find("body")
    if body is None:
        return None
    segments = segments_of(body)
    prose = [
        len(s.text) if len(s.text) >= 80 and 3 * s.linked < len(s.text) else 0 for s in segments
    ]
    whole, nodes, found = sum(prose), segments.nodes, 0
    if whole < _PROSE:
        return None
    for number, (first, end) in enumerate(zip(nodes.first, nodes.end, strict=True)):
        if nodes.parent[number] == found and 10 * sum(prose[first:end]) >= 8 * whole:
            found = number
    return nodes.elements[found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--templates", type=int, default=12)
    parser.add_argument("--articles", type=int, default=25, help="for each template")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=40, help="random rows to read")
    options = parser.parse_args()
    pages = read_corpus(options.corpus)
    made = list(generated(pages, options.templates, options.articles, options.seed))
    with tempfile.TemporaryDirectory() as folder:
        for name, several in (("corpus", pages), ("templates", made)):
            _measure(Path(folder) / name, name, several, options)
        _exactness(Path(folder) / "servers", pages[:100])
    return 0


def _measure(folder: Path, name: str, pages: list[SavedPage], options: Any) -> None:
    hosts = len({page.host for page in pages})
    print(
        f"\n{name}: {len(pages)} pages on {hosts} hosts, {_mib(len(p.body) for p in pages)} of HTML"
    )
    for server in ("nginx, gzip 1", "Apache, gzip 6", "no coding"):
        warc, files, seconds = _keep(folder / server.replace(" ", "-"), pages, server)
        size = sum(path.stat().st_size for path in files)
        print(
            f"  {server:<15} WARC {_mib([warc])}  payloads {_mib([size])}  "
            f"ratio {size / warc:.3f}  ({len(pages) / seconds:.0f} rows/s)",
            flush=True,
        )
    (path,) = files
    _time_rows(path, options.rows, options.seed)


def _keep(folder: Path, pages: list[SavedPage], server: str) -> tuple[int, list[Path], float]:
    """Bytes of the WARC file, the files of `payloads`, seconds that these took."""
    with Library.create(folder, "bench") as library:
        file = WarcFile(library, 0)
        for number, page in enumerate(pages):
            file.append(records_of(captured(page, number, server), file.warcinfo_id))
        file.seal()
        batch = Batch(1, "2026-05-02T00:00:00.000000Z", (Span(file.name, 0, file.size),), (1,))
        started = time.perf_counter()
        made = payload_files(
            PayloadPlace(library, library.generation, folder / "made", "g0001-000001-x"), batch
        )
        seconds = time.perf_counter() - started
        return file.size, [folder / "made" / one.path for one in made], seconds


def _exactness(folder: Path, pages: list[SavedPage]) -> None:
    print(f"\nrows that give the received bytes back, of {len(pages)} pages:")
    for server in SERVERS:
        _, files, seconds = _keep(folder / server.replace(" ", "-"), pages, server)
        rows = [row for path in files for row in pq.read_table(path, partitioning=None).to_pylist()]
        exact = sum(exact_record(row) is not None for row in rows)
        print(f"  {server:<20} {exact / len(rows):6.1%}  ({len(rows) / seconds:.0f} rows/s)")


# Articles in real templates


def generated(
    pages: list[SavedPage], templates: int, articles: int, seed: int
) -> Iterator[SavedPage]:
    """*articles* pages in each of so many templates, of different hosts, chosen by *seed*."""
    chosen = random.Random(seed)
    sentences = _sentences(chosen.sample(pages, min(200, len(pages))))
    found: dict[str, SavedPage] = {}
    for page in chosen.sample(pages, len(pages)):
        if len(found) < templates and page.host not in found and _is_template(page):
            found[page.host] = page
    for page in found.values():
        for number in range(articles):
            yield SavedPage(
                f"http://{page.host}/article/{number}", _filled(page, sentences, chosen)
            )


def _is_template(page: SavedPage) -> bool:
    container = container_of(lxml.html.document_fromstring(page.body))
    return bool(container is not None and len(list(_paragraphs(container))) >= 5)


def _paragraphs(element: Any) -> Iterator[Any]:
    return (one for one in element.iter("p") if len(one.text_content()) >= _LONG)


def _sentences(pages: list[SavedPage]) -> list[str]:
    found: set[str] = set()
    for page in pages:
        container = container_of(lxml.html.document_fromstring(page.body))
        for paragraph in _paragraphs(container) if container is not None else ():
            text = " ".join(paragraph.text_content().split())
            found.update(f"{part.strip()}." for part in text.split(". ") if len(part) > 30)
    return sorted(found)


def _filled(page: SavedPage, sentences: list[str], chosen: random.Random) -> bytes:
    """The page with another article: paragraphs, headings, title, and some links around it."""
    tree = lxml.html.document_fromstring(page.body)
    container = container_of(tree)
    assert container is not None
    inside = set(container.iter())
    for link in tree.iter("a"):
        if link not in inside and len(link) == 0 and chosen.random() < _OTHER_LINKS:
            link.text = chosen.choice(sentences)[:60]
            link.set("href", f"/article/{chosen.randrange(10_000)}")
    title = chosen.choice(sentences)[:70]
    for element in [*tree.iter("title"), *tree.iter("h1")]:
        _put(element, title)
    for paragraph in list(_paragraphs(container)):
        _put(paragraph, " ".join(chosen.choices(sentences, k=chosen.randint(2, 6))))
    made: bytes = lxml.html.tostring(tree.getroottree(), encoding="utf-8")
    return made


def _put(element: Any, text: str) -> None:
    tail = element.tail
    attributes = dict(element.attrib)
    element.clear()
    element.attrib.update(attributes)
    element.text, element.tail = text, tail


# One row


def _time_rows(path: Path, count: int, seed: int) -> None:
    """By record id alone, as any tool may ask; and with the key that `captures` has for it."""
    keys = pq.read_table(path, columns=["url_surtkey", "warc_record_id"], partitioning=None)
    wanted = random.Random(seed).sample(keys.to_pylist(), min(count, keys.num_rows))
    for way in ("key and id", "id alone"):
        several = wanted if way == "key and id" else wanted[:3]
        for cache in ("cold", "warm"):
            times = defaultdict(list)
            for row in several:
                words = [sys.executable, __file__, "--read", str(path), way, cache, json.dumps(row)]
                done = subprocess.run(words, check=True, capture_output=True, text=True)
                times[way].append(float(done.stdout))
            median, worst = statistics.median(times[way]), max(times[way])
            print(f"  a row by {way:<10} {cache}: median {median:6.1f} ms, worst {worst:6.1f} ms")


def _read(path: str, way: str, cache: str, wanted: str) -> None:
    """Print how many milliseconds a row took, from opening the file on."""
    row = json.loads(wanted)
    filters = [("warc_record_id", "==", row["warc_record_id"])]
    if way == "key and id":
        filters.append(("url_surtkey", "==", row["url_surtkey"]))
    _settle(Path(path), cache)
    started = time.perf_counter()
    found = pq.read_table(path, filters=filters, partitioning=None)
    print((time.perf_counter() - started) * 1000)
    assert found.num_rows == 1


def _settle(path: Path, cache: str) -> None:
    """Put the file out of the page cache, or into it; and have pyarrow loaded whole."""
    with path.open("rb") as stream:
        if cache == "warm":
            while stream.read(2**24):
                pass
        else:
            os.fsync(stream.fileno())
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with tempfile.NamedTemporaryFile(suffix=".parquet") as small:
        import pyarrow as pa

        pq.write_table(pa.table({"a": [1]}), small.name)
        pq.read_table(small.name, filters=[("a", "==", 1)])


def _mib(sizes: Any) -> str:
    return f"{sum(sizes) / 2**20:.1f} MiB"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _read(*sys.argv[2:])
    else:
        sys.exit(main())
