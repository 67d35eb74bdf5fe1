"""Bytes of a WARC file into staged rows: what a worker process does with one span."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import asdict, replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from archive.imported.index import CAPTURES_URI, held_of
from archive.removal.tombstones import REMOVAL_URI, from_line
from archive.tables.journal import BATCH_URI, Batch, Quarantined, holds
from archive.types import Article, Capture, Pointer
from archive.warc.captures import capture_of
from archive.warc.crawl_log import CRAWL_LOG_URI
from archive.warc.records import Located
from archive.warc.restored import restored_in
from archive.warc.scan import Damaged, scan_groups
from pipelines.body.site_templates import staged
from pipelines.derive.arrow_rows import (
    PLACED,
    STAGED,
    outline_row,
    page_row,
    revisit_row,
    signature_rows,
    stage,
    to_table,
)
from pipelines.derive.captures_row import capture_row
from pipelines.derive.crawl_log import crawl_log_rows, log_row
from pipelines.derive.imported import imported_capture
from pipelines.derive.payloads import recipe_rows
from pipelines.derive.tasks import Receipt, Task
from pipelines.derive.workers.marks import WorkerMark, marking
from pipelines.derive.workers.whose_fault import is_of_the_machine, why
from pipelines.extract import Context, outline_of_listing, page_of, read_tree
from pipelines.outline.outline import Outline
from pipelines.page.html import HTML, NO_PAGES, Opened, opened

_PENDING = 20_000  # objects made before garbage is collected: about as many as a page makes
_DATED = ("fetch_time", "date_published", "date_modified", "date_announced", "comments")
_NO_PAGE = ("listing", "robots", "requisite")

Staged = dict[str, list[dict[str, Any]]]


def derive(task: Task) -> Receipt:
    """Stage the rows of *task*: the same span and extractor give the same rows anywhere."""
    _settle()
    with _open(task) as stream, marking(task.folder, task.seconds) as mark:
        rows = _derive_stream(stream, task, mark)
        stage(task.folder, rows)
    return Receipt(task.span, len(rows["captures"]), len(rows["pages"]))


@cache
def _settle() -> None:
    """Keep what is loaded by now out of the garbage collector, which would look through it several
    dozen times for each page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_PENDING)


def _open(task: Task) -> BinaryIO:
    """The file, which may have been sealed since the task was made; an empty stream where the task
    is done without it."""
    path = task.warc
    try:
        return path.open("rb")
    except FileNotFoundError:
        sealed = path.with_name(path.name.removesuffix(".open"))
        if holds(task.skip, task.span.file, task.span.start) and not sealed.exists():
            return BytesIO()
        return sealed.open("rb")


def _derive_stream(stream: BinaryIO, task: Task, mark: WorkerMark) -> Staged:
    parts: list[Staged] = []
    file = task.span.file
    restored = restored_in(_root(task), file)
    for found in scan_groups(stream, task.span.start, task.span.end, restored):
        if isinstance(found, Damaged):
            if not holds(task.skip, file, found.offset):
                parts.append(_quarantined(file, found.offset, found.end, found.why))
            continue
        start, end = found[0].offset, found[-1].offset + found[-1].length
        if holds(task.skip, file, start):
            continue
        mark.begin(start, end)
        try:
            parts.append(_derive_placed(found, task))
        except Exception as error:  # a bad record costs itself, whatever it raises
            if is_of_the_machine(error):
                raise
            parts.append(_quarantined(file, start, end, why(error)))
        finally:
            mark.end()
    parts.append({"quarantined": [asdict(one) for one in task.skip]})
    rows = _joined(parts)
    return _joined(map(_fitting, parts)) if _misfit(rows) else rows


def _derive_placed(group: list[Located], task: Task) -> Staged:
    """The rows of *group*; each names the bytes that it came from."""
    made: Staged = {name: [] for name in STAGED}
    _derive_group(group, task, made)
    place = {
        "input_file": task.span.file,
        "input_start": group[0].offset,
        "input_end": group[-1].offset + group[-1].length,
    }
    for name in PLACED:
        made[name] = [row | place for row in made[name]]
    return made


def _joined(parts: Iterable[Staged]) -> Staged:
    rows: Staged = {name: [] for name in STAGED}
    for part in parts:
        for name, some in part.items():
            rows[name] += some
    return rows


def _root(task: Task) -> Path:
    """The library's folder."""
    return task.warc.parents[len(PurePosixPath(task.span.file).parts) - 1]


def _misfit(rows: Staged) -> Exception | None:
    """The exception for a value of *rows* that no column takes, or that nobody could read again."""
    try:
        for name, some in rows.items():
            found = to_table(some, STAGED[name])
            found.select([one for one in _DATED if one in found.column_names]).to_pylist()
    except Exception as error:  # whatever comes
        if is_of_the_machine(error):
            raise
        return error
    return None


def _fitting(part: Staged) -> Staged:
    """The rows of one record, or its place where they fit into no column."""
    error = _misfit(part)
    if error is None:
        return part
    row = next(row for name in PLACED for row in part[name])
    return _quarantined(row["input_file"], row["input_start"], row["input_end"], why(error))


def _quarantined(file: str, start: int, end: int, reason: str) -> Staged:
    return {"quarantined": [asdict(Quarantined(file, start, end, reason[:200]))]}


def _derive_group(group: list[Located], task: Task, rows: Staged) -> None:
    first = group[0].record
    if first.type in ("response", "revisit"):
        _derive_capture(group, task, rows)
    elif first.type == "resource":
        _derive_resource(group[0], task, rows)


def _derive_resource(located: Located, task: Task, rows: Staged) -> None:
    record = located.record
    uri = record.get("WARC-Target-URI") or ""
    if uri.startswith(CRAWL_LOG_URI):
        rows["crawl_log"] += list(crawl_log_rows(record))  # all or none
    elif uri.startswith(BATCH_URI):
        end = located.offset + located.length
        Batch.from_bytes(record.block)  # a record that says nothing is as one that is damaged
        rows["batches"].append({"body": record.block, "file": task.span.file, "end": end})
    elif uri.startswith(REMOVAL_URI):
        from_line(record.block)
        rows["removals"].append({"body": record.block})
    elif uri.startswith(CAPTURES_URI):
        _derive_imported(record.block, task, rows)


def _derive_imported(block: bytes, task: Task, rows: Staged) -> None:
    capture, shown, pointer = imported_capture(_root(task), held_of(block))
    content = opened(capture)
    row = capture_row(capture, pointer, task.library, content)
    page = derive_page(shown, pointer, content if shown is capture else None)
    rows["captures"].append(row)  # all or none
    rows["signatures"] += signature_rows(page)
    rows["pages"] += [page] if page else []
    rows["outlines"] += _outlines(capture, page, content)
    rows["crawl_log"].append(log_row(capture))


def _derive_capture(group: list[Located], task: Task, rows: Staged) -> None:
    capture = capture_of([located.record for located in group])
    pointer = Pointer(task.span.file, group[0].offset, group[0].length)
    content = opened(capture)
    row = capture_row(capture, pointer, task.library, content)
    page = derive_page(capture, pointer, content)
    outlines = _outlines(capture, page, content)
    recipes = recipe_rows(group[0].record, capture) if task.recipes else []
    rows["captures"].append(row)  # all or none
    rows["signatures"] += signature_rows(page)
    rows["pages"] += [page] if page else []
    rows["outlines"] += outlines
    rows["recipes"] += recipes


def _outlines(
    capture: Capture, page: dict[str, Any] | None, content: Opened
) -> list[dict[str, Any]]:
    """The row of what a page links to, or a listing that is one; none of another capture."""
    outline = page.get("outline") if page is not None else _outline_of_listing(capture, content)
    return [outline_row(capture, outline)] if outline else []


def _outline_of_listing(capture: Capture, content: Opened) -> Outline | None:
    if capture.role != "listing" or content.tree is None or capture.status != 200:
        return None
    page = page_of(capture, content)
    try:
        return None if page is None else outline_of_listing(page, content.tree)
    except Exception as error:  # it has no row that would say so
        if is_of_the_machine(error):
            raise
        return None


def _is_fed(capture: Capture) -> bool:
    """Whether a feed announced the page, or a list of posts, or news, that has its title."""
    found = capture.discovery
    return found is not None and (
        found.by == "feed" or (found.by == "sitemap" and bool(found.title))
    )


def derive_page(
    capture: Capture, pointer: Pointer, content: Opened | None = None
) -> dict[str, Any] | None:
    """The page row of a capture; None where it holds no page: a listing, an image, a redirect.

    *content* is what `opened` gave, where it was opened before.
    """
    if capture.role in _NO_PAGE or capture.status in NO_PAGES:
        return None
    if capture.original:
        return revisit_row(capture, pointer)
    content = content or opened(capture)
    page = page_of(capture, content)
    if page is None:
        return _unreadable(capture, pointer, content.error)
    try:
        context = Context(discovery=capture.discovery, comments=True, outlined=True)
        read = read_tree(page, content.tree, context)
        article = read.article
        outline = replace(read.outline, fed=_is_fed(capture))
        digest = sha256(content.data).hexdigest()[:32]
        more = {"outline": outline, "content_digest": digest, **read.said}
        more |= staged(read.body, article.description)
    except Exception as error:  # a bad page costs one page, whatever it raises
        if is_of_the_machine(error):
            raise
        evidence = {"error": f"{type(error).__name__}: {error}"}
        article, more = Article(url=capture.url, completeness="error", evidence=evidence), {}
    return page_row(article, capture, pointer, more)


def _unreadable(capture: Capture, pointer: Pointer, error: str | None) -> dict[str, Any] | None:
    """The row of a page that came whole and cannot be read: its coding is unknown or broken."""
    if capture.truncated or capture.parsed.media_type not in HTML or error is None:
        return None
    article = Article(url=capture.url, completeness="error", evidence={"error": error})
    return page_row(article, capture, pointer)
