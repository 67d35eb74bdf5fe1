"""How complete pages are said to be, against what they are: a table of both, and what is wrong.

    python benchmarks/completeness.py [CORPUS] [--show]

The pages: all of the sample magazines with their lists, each of their pieces again with an error's
status and as a teaser in three forms, and those of CORPUS, all taken for whole articles. `unknown`
is no verdict, so it is not wrong.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from backissue.sample.magazines import MAGAZINES, TODAY
from backissue.sample.pieces import Piece
from backissue.sample.quarry import QUARRY, stories
from backissue.sample.quarrysite import QuarrySite
from backissue.sample.site import build_edition
from backissue.sample.truth import truths
from benchmarks.training.corpus import read_samples
from pipelines.extract import Page, extract_page

Labelled = tuple[str, str, bytes, int]
"""What a page is, its address, its bytes and the status that it came with."""
_CUT = (
    "…",
    "...</p><p><a href='/more'>Read more</a>",
    " [&hellip;]</p><p><a href='/more'>Continue reading &rarr;</a>",
)


def sample_pages() -> Iterator[Labelled]:
    """All pages of the sample magazines that hold a text or a list."""
    edition = build_edition(2, TODAY)
    paths = {piece.url: piece for piece in edition.pieces}
    for magazine in MAGAZINES:
        for path, resource in edition.resources[magazine.host].items():
            if not resource.content_type.startswith("text/html") or resource.location:
                continue
            url = f"http://{magazine.host}{path}"
            if url in paths:
                yield from _forms_of(paths[url], url, resource.body)
            elif "about" not in path:
                yield "list", url, resource.body, 200
    yield from _quarry_pages()


def _forms_of(piece: Piece, url: str, html: bytes) -> Iterator[Labelled]:
    yield "full", url, html, 200
    yield "error", url, html, 500
    first = next((b.text for b in piece.blocks if b.kind == "paragraph" and len(b.text) > 200), "")
    words = " ".join(first.split()[:40])
    for cut in _CUT:
        body = f"<p>{words}{cut}</p>"
        head = f"<title>{piece.title}</title><meta property='og:type' content='article'>"
        page = f"<html><head>{head}</head><body><article><h1>{piece.title}</h1>{body}</article>"
        yield "teaser", url, page.encode(), 200


def _quarry_pages() -> Iterator[Labelled]:
    site = QuarrySite(2)
    for truth in truths((), stories(2)):
        for url in truth.page_urls:
            found = site.find(url.removeprefix(f"http://{QUARRY.host}"))
            assert found is not None
            part = len(truth.page_urls) > 1 and url != truth.page_urls[-1]
            yield "teaser" if part else truth.completeness, url, found.body, 200
    lists = [f"/?page={n}" for n in range(1, 14)]
    lists += [f"/section/{name.lower()}?paged={n}" for name in QUARRY.sections for n in range(1, 6)]
    lists += [f"/archive/{year}/{month:02}/" for year in range(2019, 2026) for month in (1, 3, 9)]
    for path in lists:
        if found := site.find(path):
            yield "list", f"http://{QUARRY.host}{path}", found.body, 200


def corpus_pages(corpus: Path) -> Iterator[Labelled]:
    """The pages of a corpus of articles."""
    for sample in read_samples(corpus):
        yield "full", sample.url, sample.html, 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--show", action="store_true", help="list what is wrong")
    options = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    parts = [sample_pages()]
    parts += [corpus_pages(options.corpus)] if options.corpus else []
    for labelled in parts:
        for label, url, html, status in labelled:
            article = extract_page(Page(url, html, "text/html; charset=utf-8", status=status))
            counts[label, article.completeness] += 1
            if options.show and article.completeness not in (label, "unknown"):
                why = article.evidence.get("completeness", {}).get("from")
                print(f"{label} said {article.completeness}: {url[:90]} ({why})")
    said = sorted({verdict for _, verdict in counts})
    print(f"{'is':10}" + "".join(f"{name:>10}" for name in said))
    for label in sorted({label for label, _ in counts}):
        print(f"{label:10}" + "".join(f"{counts[label, name]:10}" for name in said))
    whole = sum(counts.values())
    wrong = sum(n for (label, name), n in counts.items() if name not in (label, "unknown"))
    unknown = sum(n for (label, name), n in counts.items() if name == "unknown")
    print(f"{whole} pages, wrong {wrong} ({100 * wrong / whole:.1f} %), unknown {unknown}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
