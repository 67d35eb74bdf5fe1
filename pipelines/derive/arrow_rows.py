"""Derived values into table rows, rows into Arrow tables: staged as Arrow IPC files in between."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.disk import files
from archive.tables.schema import ARTICLES, CAPTURES, CRAWL_LOG
from archive.types import NO_ARTICLE, Article, Capture, Pointer
from archive.web.hosts import host_parts
from archive.web.surt import url_surtkey
from pipelines.outline.outline import Outline
from pipelines.text.signatures import Signature, key_of
from pipelines.text.words import well_formed

_PLACE = [
    pa.field("input_file", pa.string()),
    pa.field("input_start", pa.int64()),
    pa.field("input_end", pa.int64()),
]
_REMOVED = pa.list_(pa.struct([("reason", pa.string()), ("block", pa.string())]))
_COMMENTS = pa.list_(
    pa.struct(
        [
            ("author", pa.string()),
            ("date_published", pa.timestamp("us", "UTC")),
            ("text", pa.string()),
            ("parent", pa.int32()),
        ]
    )
)
_DECIDED_LATER = ("article_id", "version")

PAGES = pa.schema(
    [field for field in ARTICLES if field.name not in _DECIDED_LATER]
    + [
        pa.field("removed", _REMOVED),
        pa.field("comments", _COMMENTS),
        pa.field("part_of", pa.string()),
        pa.field("blocks", pa.string()),
        pa.field("boxes", pa.list_(pa.string())),
        pa.field("flow_digest", pa.string()),
        pa.field("page_headline", pa.string()),
        pa.field("page_date", pa.timestamp("us", "UTC")),
        pa.field("page_date_precision", pa.string()),
        pa.field("content_digest", pa.string()),
    ]
)
"""A page before the fold: `articles` without id and version; completeness null: a revisit.

*page_headline* and *page_date* are what the page says by itself, whatever announced it;
*content_digest* is that of its bytes, their codings undone.
*part_of* is the address of the article's first page, where this is a later page. For *blocks*,
*boxes* and *flow_digest* see `pipelines.body.site_templates.staged`.
"""

OUTLINES = pa.schema(
    [
        ("warc_record_id", pa.string()),
        ("url_surtkey", pa.string()),
        ("url_host_name", pa.string()),
        ("fetch_time", pa.timestamp("us", "UTC")),
        ("outline", pa.string()),
    ]
)
"""What a page or a listing links to: *outline* is the JSON of `pipelines.outline.Outline`."""

STAGED: dict[str, pa.Schema] = {
    "pages": pa.schema([*PAGES, *_PLACE]),
    "outlines": pa.schema([*OUTLINES, *_PLACE]),
    "captures": pa.schema([*CAPTURES, *_PLACE]),
    "crawl_log": pa.schema([*CRAWL_LOG, *_PLACE]),
    "signatures": pa.schema([("key", pa.binary()), ("values", pa.binary())]),
    "recipes": pa.schema([("warc_record_id", pa.string()), ("payload_exact", pa.string())]),
    "quarantined": pa.schema(
        [
            ("file", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("why", pa.string()),
        ]
    ),
    "batches": pa.schema([("body", pa.binary()), ("file", pa.string()), ("end", pa.int64())]),
    "removals": pa.schema([("body", pa.binary())]),
}
PLACED = ("pages", "outlines", "captures", "crawl_log")
"""The kinds whose rows name the bytes of a batch's input that they came from: file, start, end."""


def page_row(
    article: Article, capture: Capture, pointer: Pointer, more: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The row of a page that was extracted from *capture*, with *more* that the fold asks for."""
    row = asdict(article) | (more or {})
    row["evidence"] = json.dumps(row["evidence"], ensure_ascii=False, sort_keys=True)
    return row | _origin(capture, pointer)


def revisit_row(capture: Capture, pointer: Pointer) -> dict[str, Any]:
    """The row of a capture whose text is known already."""
    return {"completeness": None, "removed": [], "comments": []} | _origin(capture, pointer)


def signature_rows(page: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The signature of the text of a page that may be an article; none where it has none."""
    text = (page or {}).get("article_body") or ""
    if page is None or page["completeness"] in NO_ARTICLE or well_formed(text) != text:
        return []
    signature = Signature.of(text)
    return [{"key": key_of(text), "values": signature.values}] if signature else []


def outline_row(capture: Capture, outline: Outline) -> dict[str, Any]:
    """The row of what *capture* links to."""
    return {
        "warc_record_id": capture.warc_record_id,
        "url_surtkey": url_surtkey(capture.url),
        "url_host_name": host_parts(capture.url).host_name,
        "fetch_time": capture.fetch_time,
        "outline": outline.to_json(),
    }


def _origin(capture: Capture, pointer: Pointer) -> dict[str, Any]:
    parts = host_parts(capture.url)
    return {
        "url": capture.url,
        "url_surtkey": url_surtkey(capture.url),
        "url_host_name": parts.host_name,
        "url_host_registered_domain": parts.registered_domain,
        "fetch_time": capture.fetch_time,
        "fetch_status": capture.status,
        "warc_filename": pointer.filename,
        "warc_record_offset": pointer.offset,
        "warc_record_length": pointer.length,
        "warc_record_id": capture.warc_record_id,
        "run_id": capture.run_id or None,
        "part_of": capture.part_of,
        "source": capture.discovery.source if capture.discovery else None,
    }


def to_table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """*rows* as an Arrow table; what a row lacks is null."""
    columns = [_column([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array(well_formed(values), kind)


def stage(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write each kind of *rows* to a file in *folder*, which appears whole or not at all."""
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    files.make_folder(temporary)
    with files.held(temporary):
        try:
            for name, schema in STAGED.items():
                path = temporary / f"{name}.arrow"
                with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
                    writer.write_table(to_table(rows.get(name, []), schema))
                files.sync_file(path)
            files.sync_folder(temporary)
            files.rename(temporary, folder)
        except OSError:
            files.remove_tree(temporary)
            if not folder.is_dir():  # else another process was first, with the same rows
                raise


def is_staged_whole(folder: Path) -> bool:
    """Whether *folder* holds staged rows of each kind, and all can be read."""
    if not folder.is_dir():
        return False
    try:
        return all(_read(folder / f"{name}.arrow").num_columns for name in STAGED)
    except (pa.ArrowException, OSError):
        return False


def read_staged(folders: Sequence[Path], name: str) -> pa.Table:
    """The staged rows of the kind *name* of several folders, one after the other."""
    schema = STAGED[name]
    tables = [_read(folder / f"{name}.arrow") for folder in folders]
    return pa.concat_tables([schema.empty_table(), *tables])


def _read(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
