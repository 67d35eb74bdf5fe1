"""The weights of the block models from a corpus of pages with their true texts.

    python benchmarks/train_blocks.py CORPUS [--folds 5] [--cache FOLDER] [--no-weights]

Reports cross-validation by site beside trafilatura in the same run, then fits on all pages and
writes `pipelines/classifier/weights.json`. The same corpus gives the same weights. Needs
`backissue[train]`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import statistics
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import trafilatura

from benchmarks.training.corpus import Sample, folds_of, read_samples
from benchmarks.training.dataset import COPIES, Page, made, page_of, seen, top_in, widgets_of
from benchmarks.training.fit import fit, forest
from benchmarks.training.score import Counts, compare, summary
from pipelines.arrays import Ints
from pipelines.body.choice import (
    SECOND_FEATURES,
    Opinion,
    better,
    decides,
    reasons_of,
    second_columns,
)
from pipelines.boilerplate.teaser_rows import rows_of
from pipelines.classifier.view import FEATURES

_SEED = 0
_DONORS = 12
_TEXTS = 20
_SHORT_NEWS_WEIGHT, _COPY_WEIGHT = 2.5, 0.5
WEIGHTS = Path(__file__).parents[1] / "pipelines" / "classifier" / "weights.json"

Job = tuple[Sample, int, list[str], list[str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--cache", type=Path, help="keep what takes long in this folder")
    parser.add_argument("--skip", nargs="*", default=[], help="sites that are left out")
    parser.add_argument("--no-weights", action="store_true", help="only the cross-validation")
    options = parser.parse_args()
    samples = [s for s in read_samples(options.corpus) if s.site not in options.skip]
    folds = folds_of(samples, options.folds, _SEED)
    keep = _Cache(options.cache)
    with Pool(2) as pool:
        widgets = keep("widgets", lambda: pool.map(widgets_of, samples, chunksize=10))
        jobs = list(_jobs(samples, folds, widgets))
        pages = keep("pages", lambda: pool.starmap(page_of, jobs, chunksize=10))
        weights = [_weight(sample, copy) for sample, copy, *_ in jobs]
        of = [folds[number // COPIES] for number in range(len(jobs))]
        columns = [page.columns for page in pages]
        first = keep("first", lambda: _crossed(columns, pages, weights, of, FEATURES))
        rows = [(*job, p) for job, p in zip(jobs, first, strict=True)]
        more = keep("second-columns", lambda: pool.starmap(_second, rows, chunksize=10))
        second = keep("second", lambda: _crossed(more, pages, weights, of, SECOND_FEATURES))
        scored = zip(samples, first[::COPIES], second[::COPIES], strict=True)
        counts = pool.starmap(_counts, scored, chunksize=10)
    _report(samples, folds, counts)
    if not options.no_weights:
        _write({
            "first": fit(columns, pages, weights, FEATURES),
            "second": fit(more, pages, weights, SECOND_FEATURES),
        })  # fmt: skip
    return 0


class _Cache:
    """What takes long, kept as files in *folder*; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def __call__(self, name: str, make: Callable[[], Any]) -> Any:
        if self.folder is None:
            return make()
        path = self.folder / f"{name}.pickle"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pickle.dumps(make()))
        print(f"{name}: done", flush=True)
        return pickle.loads(path.read_bytes())


def _jobs(samples: list[Sample], folds: list[int], widgets: list[list[str]]) -> Iterator[Job]:
    """Each sample with its copies, and the boxes of pages of the same fold that they may get."""
    pools: dict[int, list[str]] = {}
    prose: dict[int, list[str]] = {}
    for sample, fold, boxes in zip(samples, folds, widgets, strict=True):
        pools.setdefault(fold, []).extend(boxes)
        prose.setdefault(fold, []).append(sample.text)
    for sample, fold, own in zip(samples, folds, widgets, strict=True):
        others = Random(f"donors {sample.id}").sample(pools[fold], min(_DONORS, len(pools[fold])))
        for copy in range(COPIES):
            texts = [text for text in prose[fold] if text != sample.text]
            others_prose = Random(f"prose {sample.id} {copy}").sample(
                texts, min(_TEXTS, len(texts))
            )
            yield sample, copy, [*own[:4], *others[: _DONORS - 4]], others_prose


def _weight(sample: Sample, copy: int) -> float:
    short_news = _SHORT_NEWS_WEIGHT if sample.part.startswith("zyte") else 1.0
    return short_news * (_COPY_WEIGHT if copy else 1.0)


def _crossed(
    columns: Sequence[Ints], pages: Sequence[Page], weights: Sequence[float],
    folds: Sequence[int], names: Sequence[str],
) -> list[Ints]:  # fmt: skip
    """The probabilities of each page by a forest that has seen no page of its fold."""
    found: dict[int, Ints] = {}
    for fold in sorted(set(folds)):
        others = [n for n, of in enumerate(folds) if of != fold]
        data = fit([columns[n] for n in others], [pages[n] for n in others],
                   [weights[n] for n in others], names)  # fmt: skip
        trees = forest(data)
        rows = trees.chosen(names)
        for n, of in enumerate(folds):
            if of == fold:
                found[n] = trees.probabilities(columns[n][rows].astype(np.int64))
    return [found[n] for n in range(len(folds))]


def _second(
    sample: Sample, copy: int, widgets: list[str], prose: list[str], probability: Ints
) -> Ints:
    found = made(sample, copy, widgets, prose)
    assert found is not None
    return second_columns(found.view, found.tree, probability).astype(np.int32)


def _counts(sample: Sample, first: Ints, second: Ints) -> tuple[Counts, Counts, bool]:
    """How the text by models that have not seen the page compares, how trafilatura's; who chose."""
    found = seen(sample)
    assert found is not None
    tree, view = found
    opinion = Opinion.of(first, view, "first")
    sure = decides(opinion, view)
    if not sure:
        opinion = better(opinion, Opinion.of(second, view, "second"))
    reasons = reasons_of(view, top_in(tree, sample.url), opinion, rows_of(view.segments))
    kept = [s.text for s, reason in zip(view.segments, reasons, strict=True) if not reason]
    theirs = trafilatura.extract(sample.html, include_comments=False) or ""
    return compare(sample.text, "\n".join(kept)), compare(sample.text, theirs), sure


def _report(
    samples: list[Sample], folds: list[int], counts: list[tuple[Counts, Counts, bool]]
) -> None:
    for part in (*sorted({sample.part for sample in samples}), "all"):
        chosen = [n for n, sample in enumerate(samples) if part in (sample.part, "all")]
        sure = sum(counts[n][2] for n in chosen) / len(chosen)
        for name, place in (("models", 0), ("trafilatura", 1)):
            whole = summary([counts[n][place] for n in chosen])
            by_fold = [
                summary([counts[n][place] for n in chosen if folds[n] == fold])["f1"]
                for fold in sorted(set(folds))
            ]
            print(
                f"{part:<10} {name:<12} {len(chosen)} pages  F1 {whole['f1']:.4f}  "
                f"P {whole['precision']:.3f}  R {whole['recall']:.3f}  "
                f"by fold {statistics.fmean(by_fold):.4f} ± {statistics.stdev(by_fold):.4f}"
            )
        print(f"{part:<10} sure without trafilatura: {sure:.2f}")


def _write(forests: dict[str, dict[str, Any]]) -> None:
    text = json.dumps(forests, separators=(",", ":"))
    WEIGHTS.write_text(text.replace('"leaves"', '\n"leaves"') + "\n", "ascii")
    print(f"{WEIGHTS}: {len(text)} bytes")


if __name__ == "__main__":
    raise SystemExit(main())
