"""The staged rows of one batch, folded, into the rows that it adds to each table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from archive.config import PolicySettings
from archive.tables import ordering
from archive.tables.journal import Batch, Ranges, Span
from archive.tables.schema import CAPTURES, CRAWL_LOG, TABLES
from archive.types import Row
from pipelines.body.site_templates import applied, boxes_of
from pipelines.derive.arrow_rows import OUTLINES, PAGES, read_staged, to_table
from pipelines.extractor_version import CONFIG_DIGEST, EXTRACTOR, EXTRACTOR_VERSION
from pipelines.fold.duplicates import copy_of
from pipelines.fold.memory import FoldMemory
from pipelines.fold.multipage import stitch
from pipelines.fold.site import hold_back, judged, learn, withdrawn
from pipelines.fold.versions import DATE_COLUMNS, KEPT_FROM, KeptDate, Verdict, fold_pages
from pipelines.outline.outline import Outline

_FOLDED = [
    "url",
    "url_surtkey",
    "canonical_url",
    "headline",
    "author",
    "date_published",
    "date_published_raw",
    "date_published_precision",
    "page_headline",
    "page_date",
    "page_date_precision",
    "content_digest",
    "word_count",
    "completeness",
    "text_digest",
    "warc_record_id",
    "in_language",
    "part_of",
    "robots_meta",
    "tdm_reservation",
    "url_host_name",
    "boxes",
    "flow_digest",
    "evidence",
]

BoxesOfRecords = dict[str, dict[str, str]]
"""By record id, the blocks of a page that stand in boxes of their own: the beginning of each by its
hash."""

_LEARNED_FROM = ("article", "version", "unchanged")


def fold_batch(
    folders: list[Path], batch: Batch, memory: FoldMemory, policy: PolicySettings
) -> tuple[dict[str, tuple[pa.Table, pa.ChunkedArray]], dict[str, int]]:
    """The batch's rows for each table, with the times that give their months, and the verdicts
    counted.

    The library's *policy* says which pages are no articles since they opt out, and whether comments
    are kept.
    """
    order = [("fetch_time", "ascending"), ("warc_record_id", "ascending")]
    pages = _read(folders, batch, "pages", PAGES)
    log = _read(folders, batch, "crawl_log", CRAWL_LOG)
    seen = _read(folders, batch, "outlines", OUTLINES)
    outlines = {
        row["warc_record_id"]: Outline.from_json(row["outline"]) for row in seen.to_pylist()
    }
    pages, outlines = hold_back(pages, outlines, log, memory.site)
    pages, boxes = _with_templates(pages, memory)
    pages = ordering.reorder(pages, pc.sort_indices(pages, sort_keys=order))
    pages, site = judged(pages, seen, outlines, memory, keeps_pages=policy.pages)
    pages = stitch(pages, memory)
    verdicts = list(fold_pages(pages.select(_FOLDED).to_pylist(), memory, policy.respect))
    kept = [(n, one) for n, (_, one) in enumerate(verdicts) if one.version is not None]
    _learn_boxes(verdicts, boxes, memory)
    news = learn(verdicts, outlines, site, memory)
    gone = list(withdrawn(news, site.hosts, memory, keeps_pages=policy.pages))
    articles, removed, comments = _article_tables(pages, kept)
    captures = _read(folders, batch, "captures", CAPTURES)
    log = _with_verdicts(log, memory)
    rows = {
        "articles": (articles, articles["fetch_time"]),
        "removed": removed,
        "duplicates": _duplicates(articles, memory, _signatures(folders)),
        "withdrawn": _withdrawn(gone, [pages["fetch_time"], seen["fetch_time"]]),
        **({"comments": comments} if policy.comments else {}),
        "captures": (captures, captures["fetch_time"]),
        "crawl_log": (log, log["fetch_time"]),
    }
    return rows, dict(Counter(verdict.verdict for _, verdict in verdicts))


def _learn_boxes(
    verdicts: Iterable[tuple[Row, Verdict]], boxes: BoxesOfRecords, memory: FoldMemory
) -> None:
    """Remember the boxes of each page that is an article, for the templates of later batches."""
    for page, verdict in verdicts:
        host = page["url_host_name"]  # null: the address is none, and nothing is shared there
        if host and verdict.article_id and verdict.verdict in _LEARNED_FROM and page["word_count"]:
            own = boxes.get(page["warc_record_id"], {})
            memory.learn(host, verdict.article_id, page["word_count"], own)


def _with_templates(pages: pa.Table, memory: FoldMemory) -> tuple[pa.Table, BoxesOfRecords]:
    """*pages* as the templates of their hosts make them, and the boxes that they had before."""
    boxes: BoxesOfRecords = {}
    slices: list[pa.Table] = []
    at = 0
    names = ("url_host_name", "blocks", "completeness")
    columns = (pages[name].to_pylist() for name in names)
    for number, (host, blocks, kind) in enumerate(zip(*columns, strict=True)):
        template = memory.template(host) if host and kind is not None else None
        if blocks is None and template is None:
            continue
        row: dict[str, Any] = pages.slice(number, 1).to_pylist()[0]
        if blocks is not None:
            boxes[row["warc_record_id"]] = boxes_of(row)
        made = applied(row, template, CONFIG_DIGEST) if template else row
        if made is not row:
            slices += [pages.slice(at, number - at), to_table([made], PAGES)]
            at = number + 1
    return pa.concat_tables([*slices, pages.slice(at)]), boxes


def inputs_of(folders: list[Path], batch: Batch) -> list[Span]:
    """The places of all that gives rows: captures in the order of the fold, then the logs of
    runs."""
    names = ["fetch_time", "warc_record_id", "input_file", "input_start", "input_end"]
    captures = _kept(read_staged(folders, "captures"), batch).select(names)
    order = [("fetch_time", "ascending"), ("warc_record_id", "ascending")]
    logs = _kept(read_staged(folders, "crawl_log"), batch).select(names[2:])
    rows = [*captures.sort_by(order).select(names[2:]).to_pylist(), *logs.to_pylist()]
    return list(dict.fromkeys(Span(*row.values()) for row in rows))


def _read(folders: list[Path], batch: Batch, name: str, schema: pa.Schema) -> pa.Table:
    """The staged rows of a kind, without those that the batch leaves out."""
    return _kept(read_staged(folders, name), batch).select(schema.names)


def _kept(rows: pa.Table, batch: Batch) -> pa.Table:
    if not batch.quarantined:
        return rows
    left_out = Ranges(batch.quarantined)
    places = zip(rows["input_file"].to_pylist(), rows["input_start"].to_pylist(), strict=True)
    return rows.filter(pa.array([not left_out.hold(*one) for one in places], pa.bool_()))


DatedRows = tuple[pa.Table, pa.ChunkedArray]
"""Rows, and the times that give their months."""


def _article_tables(
    pages: pa.Table, kept: list[tuple[int, Verdict]]
) -> tuple[pa.Table, DatedRows, DatedRows]:
    """The rows of `articles`, and of what stood beside them on their pages."""
    chosen = ordering.reorder(pages, pa.array([number for number, _ in kept], pa.int64()))
    ids = pa.array([verdict.article_id for _, verdict in kept], pa.string())
    versions = pa.array([verdict.version for _, verdict in kept], pa.int32())
    schema = TABLES["articles"]
    full = chosen.append_column("article_id", ids).append_column("version", versions)
    full = _with_kept_dates(_with_extractor(full), [verdict.date for _, verdict in kept])
    articles = full.select(schema.names).cast(schema)
    parents = pc.list_parent_indices(full["removed"])
    blocks = pc.list_flatten(full["removed"])
    removed = pa.table(
        {
            "article_id": full["article_id"].take(parents),
            "version": full["version"].take(parents),
            "reason": pc.struct_field(blocks, "reason"),
            "block": pc.struct_field(blocks, "block"),
        },
        schema=TABLES["removed"],
    )
    return articles, (removed, full["fetch_time"].take(parents)), _comments(full)


def _signatures(folders: list[Path]) -> dict[bytes, bytes]:
    """The signatures of the staged texts by their keys."""
    staged = read_staged(folders, "signatures")
    return dict(zip(*(staged[name].to_pylist() for name in ("key", "values")), strict=True))


def _duplicates(articles: pa.Table, memory: FoldMemory, known: dict[bytes, bytes]) -> DatedRows:
    """The rows for articles that are copies of earlier ones, in the order in which they came."""
    found: list[dict[str, Any]] = []
    names = ("article_id", "article_body", "fetch_time")
    for article_id, text, moment in zip(*(articles[name] for name in names), strict=True):
        if copy := copy_of(article_id.as_py(), text.as_py() or "", memory, known):
            found.append(
                {
                    "article_id": article_id.as_py(),
                    "duplicate_of": copy.duplicate_of,
                    "similarity": copy.similarity,
                    "as_of": moment.as_py(),
                }
            )
    rows = pa.Table.from_pylist(found, schema=TABLES["duplicates"])
    return rows, rows["as_of"]


def _withdrawn(rows: list[dict[str, Any]], times: list[pa.ChunkedArray]) -> DatedRows:
    """The rows for what the newest capture of the batch, at one of *times*, and others prove."""
    newest = max((pc.max(one).as_py() for one in times if len(one)), default=None)
    found = [row | {"as_of": newest} for row in rows]
    table = pa.Table.from_pylist(found, schema=TABLES["withdrawn"])
    return table, table["as_of"]


def _comments(full: pa.Table) -> DatedRows:
    parents = pc.list_parent_indices(full["comments"])
    said = pc.list_flatten(full["comments"])
    counts = pc.list_value_length(full["comments"]).to_pylist()
    numbers = [number for count in counts for number in range(1, (count or 0) + 1)]
    comments = pa.table(
        {
            "article_id": full["article_id"].take(parents),
            "version": full["version"].take(parents),
            "comment": pa.array(numbers, pa.int32()),
            **{
                name: pc.struct_field(said, name)
                for name in ("parent", "author", "date_published", "text")
            },
        },
        schema=TABLES["comments"],
    )
    return comments, full["fetch_time"].take(parents)


def _with_extractor(rows: pa.Table) -> pa.Table:
    for name, value in (
        ("extractor", EXTRACTOR),
        ("extractor_version", EXTRACTOR_VERSION),
        ("extraction_config_digest", CONFIG_DIGEST),
    ):
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, name, pc.fill_null(rows[name], value))  # or by a template
    return rows


def _with_kept_dates(rows: pa.Table, kept: list[KeptDate | None]) -> pa.Table:
    """*rows* with the dates that earlier versions gave more precisely."""
    if not any(kept):
        return rows
    columns = {name: rows[name].to_pylist() for name in (*DATE_COLUMNS, "evidence")}
    for number, date in enumerate(kept):
        if date is not None:
            values = (date.value, date.raw, date.precision)
            for name, value in zip(DATE_COLUMNS, values, strict=True):
                columns[name][number] = value
            said = json.loads(columns["evidence"][number] or "{}")
            said["date_published"] = {"from": f"{KEPT_FROM}{date.version}", "raw": date.raw}
            text = json.dumps(said, ensure_ascii=False, sort_keys=True)
            columns["evidence"][number] = text
    for name, values in columns.items():
        at = rows.schema.get_field_index(name)
        field = rows.schema.field(at)
        rows = rows.set_column(at, field, pa.array(values, field.type))
    return rows


def _with_verdicts(log: pa.Table, memory: FoldMemory) -> pa.Table:
    found = [memory.verdict_of(record) for record in log["warc_record_id"].to_pylist()]
    columns: dict[str, list[Any]] = {
        "verdict": [verdict for verdict, _ in found],
        "article_id": [article for _, article in found],
    }
    for name, values in columns.items():
        at = log.schema.get_field_index(name)
        log = log.set_column(at, log.schema.field(name), pa.array(values, pa.string()))
    return log
