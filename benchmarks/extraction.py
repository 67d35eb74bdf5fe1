"""Extraction beside its peers on a corpus with true texts: scores and CPU per page, in one run.

    python benchmarks/extraction.py CORPUS [--only NAME …] [--limit N] [--worst 20]

CORPUS is a folder with `pages.jsonl.xz` files, one object with `id`, `url`, `html` and the true
`text` per line. Peers that are not installed are left out (`pip install backissue[bench]`, with
pip 23.3 or later: older ones stumble over two spellings of one extra). The first pages warm up and
are not timed. CPU is that of the thread; the readers take turns of some pages.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.metadata
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.training.corpus import Sample, read_samples
from benchmarks.training.score import Counts, compare, f1_of, summary
from pipelines.text.language import language_tag
from pipelines.text.words import key

Reader = Callable[[Sample], str]
_WARM_UP, _AT_ONCE = 20, 50  # pages that each reader has in its turn, as in a worker of its own
_FEWEST_PAGES = 2  # pages of a language that is shown
_LINE = 90  # characters of a line that are shown


def _backissue() -> Reader:
    import backissue

    backissue.extract(f"<p>{'A page of no declared language. ' * 20}</p>")  # loads what tells them

    return lambda page: backissue.extract(page.html, page.url).article_body


def _trafilatura() -> Reader:
    import trafilatura

    def read(page: Sample) -> str:
        document = trafilatura.bare_extraction(
            page.html, url=page.url, include_comments=False, with_metadata=True
        )
        return (document.text or "") if document else ""

    return read


def _readability() -> Reader:
    import lxml.html

    readability = importlib.import_module("readability")

    def read(page: Sample) -> str:
        html = readability.Document(page.html.decode("utf-8", "replace")).summary()
        return "\n".join(lxml.html.fromstring(html).itertext())

    return read


def _newspaper() -> Reader:
    newspaper = importlib.import_module("newspaper")

    def read(page: Sample) -> str:
        article = newspaper.Article(page.url or "http://localhost/", fetch_images=False)
        article.download(input_html=page.html.decode("utf-8", "replace"))
        article.parse()
        return str(article.text)

    return read


def _resiliparse() -> Reader:
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text

    def read(page: Sample) -> str:
        html = page.html.decode("utf-8", "replace")
        return str(extract(html, main_content=True, comments=False))

    return read


READERS: dict[str, tuple[str, Callable[[], Reader]]] = {
    "backissue": ("backissue", _backissue),
    "trafilatura": ("trafilatura", _trafilatura),
    "readability": ("readability-lxml", _readability),
    "newspaper4k": ("newspaper4k", _newspaper),
    "resiliparse": ("resiliparse", _resiliparse),
}
"""Each reader by its name, with the name of its distribution."""


@dataclass
class Result:
    """What one reader did: counts and CPU milliseconds per page, and how often it raised."""

    counts: list[Counts] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    errors: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", nargs="*", choices=READERS, default=list(READERS))
    parser.add_argument("--limit", type=int, help="so many pages of each part")
    parser.add_argument("--worst", type=int, default=20)
    options = parser.parse_args()
    pages = list(_limited(read_samples(options.corpus), options.limit))
    readers = {name: reader for name in options.only if (reader := _reader(name))}
    results = {name: Result() for name in readers}
    for name, read in readers.items():
        for page in pages[:_WARM_UP]:
            _measure(read, page, results[name], counted=False)
    gc.collect()
    gc.freeze()  # as the workers do: what is loaded stays
    for start in range(0, len(pages), _AT_ONCE):  # in turns: noise meets all of them
        some = pages[start : start + _AT_ONCE]
        for name, read in readers.items():
            texts = [_measure(read, page, results[name], counted=True) for page in some]
            results[name].counts += [compare(p.text, t) for p, t in zip(some, texts, strict=True)]
    _print_scores(pages, results)
    _print_languages(pages, results)
    if "backissue" in results:
        _print_worst(pages, results["backissue"], options.worst)
    return 0


def _limited(pages: list[Sample], limit: int | None) -> Iterator[Sample]:
    seen: Counter[str] = Counter()
    for page in pages:
        seen[page.part] += 1
        if limit is None or seen[page.part] <= limit:
            yield page


def _reader(name: str) -> Reader | None:
    distribution, make = READERS[name]
    try:
        version = importlib.metadata.version(distribution)
        reader = make()
    except (ImportError, importlib.metadata.PackageNotFoundError):
        print(f"{name}: not installed")
        return None
    print(f"{name} {version}")
    return reader


def _measure(read: Reader, page: Sample, result: Result, counted: bool) -> str:
    """What *read* makes of *page*; scoring it here would be felt by what is read next."""
    start = time.thread_time()
    try:
        text = read(page)
    except Exception:  # noqa: BLE001 - a peer that raises has read nothing
        text = ""
        result.errors += counted
    if counted:
        result.cpu.append(1000 * (time.thread_time() - start))
    return text


def _print_scores(pages: list[Sample], results: dict[str, Result]) -> None:
    for part in (*sorted({page.part for page in pages}), "all"):
        chosen = [n for n, page in enumerate(pages) if part in (page.part, "all")]
        print(f"\n{part}: {len(chosen)} pages")
        for name, result in results.items():
            scores = summary([result.counts[n] for n in chosen])
            cpu = sorted(result.cpu[n] for n in chosen)
            mean, median = sum(cpu) / len(cpu), cpu[len(cpu) // 2]
            print(
                f"  {name:<12} F1 {scores['f1']:.4f}  P {scores['precision']:.4f}  "
                f"R {scores['recall']:.4f}  exact {_exact(result, chosen):.3f}  "
                f"CPU ms mean {mean:6.1f} median {median:6.1f} max {cpu[-1]:7.1f}  "
                f"raised {result.errors}"
            )
        if {"backissue", "trafilatura"} <= results.keys():
            ours, theirs = (sum(results[n].cpu[k] for k in chosen) for n in
                            ("backissue", "trafilatura"))  # fmt: skip
            print(f"  CPU of backissue to that of trafilatura: {ours / theirs:.2f}")


def _exact(result: Result, chosen: list[int]) -> float:
    """The share of *chosen* pages of which every run of words is right, and none is too much."""
    right = sum(not any(result.counts[n][1:]) for n in chosen)
    return right / len(chosen) if chosen else 0.0


def _print_languages(pages: list[Sample], results: dict[str, Result]) -> None:
    """F1 and exact pages by the language of the true text, where a language has several pages."""
    by_language: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        by_language.setdefault(language_tag(page.text) or "?", []).append(number)
    print(f"\nby language, of {_FEWEST_PAGES} pages and more: F1, share of exact pages")
    for language, chosen in sorted(by_language.items(), key=lambda item: -len(item[1])):
        if len(chosen) < _FEWEST_PAGES:
            continue
        scores = (
            f"{name} {summary([one.counts[n] for n in chosen])['f1']:.4f} {_exact(one, chosen):.3f}"
            for name, one in results.items()
        )
        print(f"  {language:<6} {len(chosen):>4} pages  " + "  ".join(scores))


def _print_worst(pages: list[Sample], result: Result, count: int) -> None:
    print(
        f"\nthe {count} worst pages of backissue: F1, runs of words shared, extra, missing; what is"
    )
    print("is wrong, and the longest line that is too much (+) or missing (-)")
    ranked = sorted(range(len(pages)), key=lambda n: f1_of(result.counts[n]))
    read = _backissue()
    for n in ranked[:count]:
        shared, extra, missing = result.counts[n]
        print(f"  {f1_of(result.counts[n]):.3f} {shared:6} {extra:6} {missing:6}  {pages[n].url}")
        found = read(pages[n])
        print(f"        {_cause(result.counts[n])}")
        for sign, text, other in (("+", found, pages[n].text), ("-", pages[n].text, found)):
            if line := _longest_line(text, other):
                print(f"        {sign} {line[:_LINE]}")


def _cause(counts: Counts) -> str:
    """What is wrong with a text, by how many runs of words are *shared*, extra and missing."""
    shared, extra, missing = counts
    if shared < min(extra, missing):
        return "another text"
    if extra > 2 * missing:
        return "too much"
    return "text is missing" if missing > 2 * extra else "too much, and text is missing"


def _longest_line(text: str, other: str) -> str:
    """The longest line of *text* that is not in *other*, by their words."""
    whole = key(other)
    lines = (line.strip() for line in text.splitlines())
    return max((line for line in lines if key(line) not in whole), key=len, default="")


if __name__ == "__main__":
    raise SystemExit(main())
