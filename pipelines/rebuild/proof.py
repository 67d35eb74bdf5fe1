"""Rows of the tables made again from the bytes that they came from: articles, payloads."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.errors import ArchiveError
from archive.imported.index import FOLDER, find_held, is_imported
from archive.library import Library
from archive.tables.dataset import rows
from archive.types import Capture, Finding, Pointer, Row
from archive.verify.checks import FindingPlace
from archive.verify.library import Runner
from archive.verify.warc_headers import parse_header
from archive.warc.captures import read_capture
from archive.warc.records import digest
from archive.web.surt import article_id
from pipelines.body.site_templates import Template, applied, read_template, template_of
from pipelines.derive.arrow_rows import PAGES, to_table
from pipelines.derive.imported import imported_capture
from pipelines.derive.recipes.recipe import restore_body
from pipelines.derive.spans import derive_page
from pipelines.extractor_version import CONFIG_DIGEST, EXTRACTOR, EXTRACTOR_VERSION
from pipelines.fold.identity import addresses_of
from pipelines.fold.multipage import stitched
from pipelines.fold.versions import DATE_COLUMNS, KEPT_FROM

_EXTRACTOR = {
    "extractor": EXTRACTOR,
    "extractor_version": EXTRACTOR_VERSION,
    "extraction_config_digest": CONFIG_DIGEST,
}
_BY_THE_FOLD = ("article_id", "version", *_EXTRACTOR)
_KEYS = ["article_id", "version", "warc_record_id"]
_RESTORED = ["warc_record_id", "warc_headers", "http_headers", "payload", "payload_exact"]
_CHEAP = ("identity", "coded")  # ways back to the received bytes that compress nothing


@dataclass(frozen=True, slots=True)
class Proven:
    """How many rows were made again, and what was found."""

    rows: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _ProofTask:
    """A row of `articles`, where its WARC file stands, with which template it was made, and the
    pages behind its first."""

    row: Row
    warc: Path
    template: Template | None = None
    behind: tuple[tuple[Pointer, Path], ...] = ()


def prove(library: Library, count: int, seed: int | None, run: Runner) -> Proven:
    """Extract *count* random rows of `articles` again, in the way in which they were derived."""
    return prove_rows(library, _choose(library, count, seed), run)


def prove_rows(library: Library, chosen: list[Row], run: Runner) -> Proven:
    """Extract the rows *chosen* of `articles`, with all their columns, again."""
    tasks = [
        _ProofTask(row, library.warc(row["warc_filename"]), template, _behind(library, row))
        for row in chosen
        if _is_current(row, template := _template(library, row))
    ]
    found = [finding for several in run(_prove, tasks) for finding in several]
    return Proven(len(tasks), (*_others(chosen, len(tasks)), *found))


def _choose(library: Library, count: int, seed: int | None) -> list[Row]:
    """Random rows: a library and a *seed* give the same rows, however its files are cut."""
    keys = rows(library.generation, "articles", columns=_KEYS).to_pylist()
    keys.sort(key=lambda row: (row["article_id"], row["version"]))
    chosen = random.Random(seed).sample(keys, min(count, len(keys)))  # noqa: S311 - a choice that anybody may foresee
    ids = pa.array([row["warc_record_id"] for row in chosen], pa.string())
    wanted = pc.field("warc_record_id").isin(ids)
    found: list[Row] = rows(library.generation, "articles", condition=wanted).to_pylist()
    return found


def _others(chosen: list[Row], current: int) -> Iterator[Finding]:
    if others := len(chosen) - current:
        detail = f"{others:,} of {len(chosen):,} rows; this is {' '.join(_EXTRACTOR.values())}"
        yield FindingPlace(path="articles").finding("proof.extractor", detail)


def _prove(task: _ProofTask) -> list[Finding]:
    """What the row says and its capture does not."""
    row = task.row
    place = FindingPlace(
        path=row["warc_filename"],
        offset=row["warc_record_offset"],
        record_id=row["warc_record_id"],
        url=row["url"],
    )
    try:
        capture = _shown(task.warc, row["warc_filename"], row["warc_record_offset"])
    except (ArchiveError, OSError, ValueError) as error:
        return [place.finding("proof.unreadable", str(error))]
    pointer = Pointer(row["warc_filename"], row["warc_record_offset"], row["warc_record_length"])
    again = _derived(capture, pointer, task.template)
    if task.behind:
        again = stitched(again, [_derived_at(*one, task.template) for one in task.behind])
    row = _without_kept_date(row, again)
    wrong = [n for n in row if n not in _BY_THE_FOLD and row[n] != again[n]]
    if row["version"] == 1 and row["article_id"] not in _ids(again):
        wrong.append("article_id")  # later versions keep the id of the first
    return [place.finding("proof.differs", _difference(name, row, again)) for name in wrong]


def _without_kept_date(row: Row, again: Row) -> Row:
    """*row* with the date of *again*, where its own is that of an earlier version."""
    said = json.loads(row["evidence"] or "{}")
    if not said.get("date_published", {}).get("from", "").startswith(KEPT_FROM):
        return row
    own = json.loads(again["evidence"] or "{}").get("date_published")
    said = {n: v for n, v in said.items() if n != "date_published"}
    evidence = said | ({"date_published": own} if own else {})
    return row | {
        **{name: again[name] for name in DATE_COLUMNS},
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
    }


def _derived(capture: Capture, pointer: Pointer, template: Template | None) -> Row:
    found: Row = to_table([derive_page(capture, pointer) or {}], PAGES).to_pylist()[0]
    return applied(found, template, CONFIG_DIGEST) if template else found


def _derived_at(pointer: Pointer, warc: Path, template: Template | None) -> Row:
    return _derived(_shown(warc, pointer.filename, pointer.offset), pointer, template)


def _template(library: Library, row: Row) -> Template | None:
    """The template that *row* was made with; None where there was none, or it is gone."""
    digest = template_of(row)
    folder = library.path / "templates"
    return read_template(folder, row["url_host_name"], digest) if digest else None


def _is_current(row: Row, template: Template | None) -> bool:
    """Whether this extractor made *row*, with *template*."""
    config = template.config_digest(CONFIG_DIGEST) if template else CONFIG_DIGEST
    return _EXTRACTOR | {"extraction_config_digest": config} == {n: row[n] for n in _EXTRACTOR}


def _behind(library: Library, row: Row) -> tuple[tuple[Pointer, Path], ...]:
    """The places of the pages behind the first page, as they were in the same run."""
    urls = row["page_urls"][1:]
    if not urls:
        return ()
    wanted = pc.field("url").isin(pa.array(urls))
    captures = rows(library.generation, "captures", condition=wanted).to_pylist()
    found = (_as_it_was(captures, url, row["run_id"]) for url in urls)
    return tuple((pointer, library.warc(pointer.filename)) for pointer in found if pointer)


def _as_it_was(captures: list[Row], url: str, run_id: str) -> Pointer | None:
    """The response that shows a page in a run: a response of that run, or the earlier response that
    its revisit refers to."""
    own = [one for one in captures if one["url"] == url]
    then = max((o for o in own if o["run_id"] == run_id), key=_moment, default=None)
    if then is None:
        return None
    like = [
        one
        for one in own
        if one["warc_type"] == "response"
        and one["content_digest"] == then["content_digest"]
        and one["fetch_time"] <= then["fetch_time"]
    ]
    found = max(like, key=_moment, default=None)
    if found is None:
        return None
    place = (found["warc_record_offset"], found["warc_record_length"])
    return Pointer(found["warc_filename"], *place)


def _moment(row: Row) -> Any:
    return row["fetch_time"]


def _shown(warc: Path, filename: str, offset: int) -> Capture:
    """The capture that shows the page."""
    if is_imported(filename):
        root = warc.parents[len(PurePosixPath(filename).parts) - 1]
        return imported_capture(root, find_held(root, filename, offset))[1]
    with warc.open("rb") as stream:
        return read_capture(stream, offset)


def _ids(page: Row) -> list[str]:
    return [article_id(url) for url in addresses_of(page["url"], page["canonical_url"])]


def _difference(name: str, row: Row, again: Row) -> str:
    if name == "article_id":
        return f"article_id is {row[name]}, that of neither of the page's addresses"
    before, after = str(row[name]), str(again[name])
    at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    start = max(0, at - 20)
    return f"{name} is {before[start : start + 60]!r}, again {after[start : start + 60]!r}"


@dataclass(frozen=True, slots=True)
class _PayloadTask:
    """A file of `payloads`, and which of its rows are checked even if that takes a compression."""

    path: Path
    name: str
    chosen: frozenset[str]
    imported: frozenset[str]  # their headers have digests of other kinds, or none


def restored(library: Library, count: int, seed: int | None, run: Runner) -> Proven:
    """Check the way back from rows of `payloads` to the bytes that were received.

    All rows are checked for which nothing has to be compressed, and *count* random rows of the
    others. The digest of the bytes is in the record's header, which the row keeps.
    """
    chosen = frozenset(_choose_coded(library, count, seed))
    paths = sorted(library.generation.glob("payloads/data/*/*.parquet"))
    imported = frozenset(_imported(library))
    tasks = [
        _PayloadTask(p, str(p.relative_to(library.generation)), chosen, imported) for p in paths
    ]
    results = list(run(_restore_file, tasks))
    findings = tuple(finding for _, several in results for finding in several)
    return Proven(sum(done for done, _ in results), findings)


def _imported(library: Library) -> Iterator[str]:
    """The ids of captures that stand in imported files."""
    wanted = pc.starts_with(pc.field("warc_filename"), f"{FOLDER}/")
    found = rows(library.generation, "captures", columns=["warc_record_id"], condition=wanted)
    return (row["warc_record_id"] for row in found)


def _choose_coded(library: Library, count: int, seed: int | None) -> list[str]:
    if not count:
        return []
    columns = ["warc_record_id", "payload_exact"]
    found = rows(library.generation, "payloads", columns=columns).to_pylist()
    ids = [row["warc_record_id"] for row in found if not _is_cheap(row) and row["payload_exact"]]
    return random.Random(seed).sample(sorted(ids), min(count, len(ids)))  # noqa: S311 - a choice that anybody may foresee


def _is_cheap(row: Row) -> bool:
    return (row["payload_exact"] or "").startswith(_CHEAP)


def _restore_file(task: _PayloadTask) -> tuple[int, list[Finding]]:
    done, found = 0, list[Finding]()
    with pq.ParquetFile(task.path) as opened:
        for batch in opened.iter_batches(25, columns=_RESTORED):
            for row in batch.to_pylist():
                if row["warc_record_id"] in task.imported:
                    continue
                if _is_cheap(row) or row["warc_record_id"] in task.chosen:
                    done += 1
                    found += _restore_row(row, task.name)
    return done, found


def _restore_row(row: Row, path: str) -> Iterator[Finding]:
    """The finding where a row does not give back the received bytes."""
    head = parse_header(row["warc_headers"] or b"")
    place = FindingPlace(path=path, record_id=row["warc_record_id"], url=head.url if head else None)
    if head is None or head.record_id != row["warc_record_id"]:
        yield place.finding("proof.payload", "the header that it keeps is not its record's")
        return
    block = row["http_headers"] + restore_body(row["payload"], row["payload_exact"])
    if digest(block) != head.fields.get("warc-block-digest"):
        detail = f"by {row['payload_exact'][:40]} other bytes than were received"
        yield place.finding("proof.payload", detail)
