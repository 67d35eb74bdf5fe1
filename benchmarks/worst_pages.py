"""Pages of 5 MB that are nothing but one thing: what extracting costs in processor time and memory.

    python benchmarks/worst_pages.py [SHAPE ...]

Each is extracted in a process of its own. The aim: at most 5 s and 300 MB, whatever the page.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

SIZE = 5_000_000
_REPEATED = {
    "paragraphs without text": b"<p>",
    "nested div": b"<div>",
    "nested inline": b"<b>",
    "nested quotations": b"<blockquote>a",
    "nested lists": b"<ul><li>a",
    "links": b"<a href=/x>word</a> ",
    "lists of links": b"<ul><li><a href=/x/y>some words here</a></li></ul>",
    "spans": b"<span>a</span>",
    "table rows": b"<tr><td>a<td>b",
    "paragraphs": b"<p>Some longer paragraph with several words, and a comma, that ends here. </p>",
    "one long text": b"word and more words, ",
    "one long word": b"x",
    "line breaks": b"line of text<br><br>",
    "headings": b"<h2>Head</h2><p>Text of it.</p>",
    "references": b"&amp;&lt;&#8;",
    "forms": b"<form><input><button>x</button></form>",
    "meta": b'<meta property="article:tag" content="abc">',
    "dates": b"<p>2026-11-02 3 May 2024</p>",
    "bylines": b"<p>By Anna Bell and Carl Dane</p>",
    "labels": b"<p>Published on 3 May 2024, member, keep reading (Photo: A",
    "calls": b"<p>already a member reading</p>",
    "marked-up articles": b"<div itemscope itemtype='http://schema.org/Article'>a",
    "licences": b"<a href='https://creativecommons.org/licenses/by/4.0/'>CC</a> ",
    "whole pages": b"<a href='?view=all&page=2'>all</a> ",
    "JSON-LD": b'<script type="application/ld+json">{"@type":"Article","headline":"a"}</script>',
}
SHAPES: dict[str, Callable[[], bytes]] = {
    **{name: (lambda one=one: one * (SIZE // len(one))) for name, one in _REPEATED.items()},  # type: ignore[misc]
    "attributes": lambda: b"<p " + b"a=1 " * (SIZE // 4) + b">x",
    "classes": lambda: b"".join(
        b'<div class="c%d x%d">text</div>' % (n, 7 * n) for n in range(150_000)
    ),
    "one JSON-LD": lambda: b'<script type="application/ld+json">' + b"[" * SIZE + b"</script><p>x",
}


def measure(shape: str, answers: Queue[Any]) -> None:
    """Extract the page *shape*; how many seconds of processor time and MiB more that took."""
    from pipelines.extract import extract_html

    extract_html(b"<p>All that is loaded by the first page.</p>")
    page = SHAPES[shape]()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    extract_html(page, "http://worst.example/page")
    seconds = time.process_time() - begun
    answers.put((seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024))


def main() -> int:
    """Print a line for each shape; 1 where one is beyond the aim."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=", ".join(SHAPES))
    shapes = parser.parse_args().shapes
    spawn = multiprocessing.get_context("spawn")
    beyond = 0
    for shape in shapes or SHAPES:
        answers: Queue[Any] = spawn.Queue()
        process = spawn.Process(target=measure, args=(shape, answers))
        process.start()
        seconds, mebibytes = answers.get(timeout=120)
        process.join()
        beyond |= seconds > 5 or mebibytes > 300
        print(f"{shape:26}{seconds:7.2f} s{mebibytes:7.0f} MiB", flush=True)
    return beyond


if __name__ == "__main__":
    sys.exit(main())
