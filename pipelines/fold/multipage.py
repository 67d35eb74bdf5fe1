"""The pages of one article into one text: in their order, without what each of them repeats.

Pages that came in one run are put together: in one batch, or as a new version of the article where
a batch was closed between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Protocol

import pyarrow as pa

from archive.types import NO_ARTICLE, Row
from pipelines.body.site_templates import hash_of, is_summary
from pipelines.completeness import GOES_ON
from pipelines.derive.arrow_rows import PAGES, to_table
from pipelines.text.words import key, text_digest, word_count


class Parts(Protocol):
    """The texts of the pages behind a first page, as they were when they last came whole."""

    def part(self, surtkey: str) -> Row | None:
        """What is known of the page at an address."""

    def keep_part(self, surtkey: str, said: Row) -> None:
        """The page at an address says this now."""

    def begun(self, url: str) -> pa.Table | None:
        """The pages so far of an article with the first at *url*; the last of them said that it
        goes on."""

    def begin(self, url: str, pages: pa.Table | None) -> None:
        """These are the pages so far of the article at *url*; None: it is whole."""


_SAID = (
    *("article_body", "article_body_markdown", "word_count", "completeness", "boxes", "evidence"),
    "content_digest",
)


def stitch(pages: pa.Table, parts: Parts) -> pa.Table:
    """*pages* (rows of `PAGES`), where the first page of an article of several has all of its text.

    A later page that has not changed is as *parts* knows it. Where the first page of an article
    came in an earlier batch of the same run, its whole text comes before all *pages*.
    """
    behind = _behind(pages, parts)
    names = ("url", "run_id", "completeness", "part_of")
    columns = (pages[name].to_pylist() for name in names)
    slices: list[pa.Table] = []
    begun: set[tuple[str, str | None]] = set()
    at = 0
    for number, (url, run, kind, part_of) in enumerate(zip(*columns, strict=True)):
        rest = behind.get((url, run), [])
        if kind is None or kind in NO_ARTICLE or part_of or not (rest or kind == "teaser"):
            continue
        first = pages.slice(number, 1).to_pylist()[0]
        made = _made(first, rest, parts)
        begun.add((url, run))
        if rest:
            slices += [pages.slice(at, number - at), to_table([made], PAGES)]
            at = number + 1
    left = (key for key in behind if key not in begun)
    found = (_late(*key, behind[key], parts) for key in left)
    late = sorted(filter(None, found), key=lambda row: (row["fetch_time"], row["warc_record_id"]))
    if not late and not slices:
        return pages
    return pa.concat_tables([to_table(late, PAGES), *slices, pages.slice(at)])


def _late(url: str, run: str | None, rest: list[Row], parts: Parts) -> Row | None:
    """The article that *rest* goes on, which began at *url* in an earlier batch of the *run*."""
    begun = parts.begun(url)
    if begun is None or begun["run_id"][0].as_py() != run:
        return None
    first, *before = begun.to_pylist()
    return _made(first, [*before, *rest], parts)


def _made(first: Row, rest: list[Row], parts: Parts) -> Row:
    """The row of all pages; while the last says that it goes on, they are kept for later pages."""
    made = stitched(first, rest)
    count = max(len(made["page_urls"] or ()), 1)
    pages = [first, *rest][:count]
    open_end = GOES_ON in (pages[-1]["evidence"] or "")
    parts.begin(first["url"], to_table(pages, PAGES) if open_end else None)
    return made


def _behind(pages: pa.Table, parts: Parts) -> dict[tuple[str, str | None], list[Row]]:
    """By the address of the first page and the run: the pages behind it, in their order."""
    found: dict[tuple[str, str | None], list[Row]] = {}
    for number, first in enumerate(pages["part_of"].to_pylist()):
        if not first:
            continue
        row: Row = pages.slice(number, 1).to_pylist()[0]
        if row["completeness"] is None:
            row |= parts.part(row["url_surtkey"]) or {}
        elif row["completeness"] not in NO_ARTICLE and row["word_count"]:
            parts.keep_part(row["url_surtkey"], {name: row[name] for name in _SAID})
        found.setdefault((first, row["run_id"]), []).append(row)
    return found


def stitched(first: Row, rest: Iterable[Row]) -> Row:
    """The row *first* with the text of the pages behind it, up to the first page that has no text.

    The whole is `full` if its last page does not say that it goes on.
    """
    pages = [first]
    for page in rest:
        if page["completeness"] is None or page["completeness"] in NO_ARTICLE:
            break
        if not page["word_count"]:
            break
        pages.append(page)
    if len(pages) == 1:
        return first
    body = "\n\n".join(_joined([page["article_body"] for page in pages]))
    ends = "teaser" if pages[-1]["completeness"] == "teaser" else "full"
    evidence = json.loads(first["evidence"] or "{}")
    evidence["completeness"] = {"from": f"{len(pages)} pages"}
    return first | {
        "article_body": body,
        "article_body_markdown": "\n\n".join(
            _joined([page["article_body_markdown"] for page in pages])
        ),
        "word_count": word_count(body),
        "text_digest": text_digest(body),
        "page_urls": [page["url"] for page in pages],
        "content_digest": _digest_of_all(pages),
        **_boxes(pages, body),
        "completeness": ends,
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
    }


def _digest_of_all(pages: Sequence[Row]) -> str | None:
    """The digest of the bytes of all *pages*; None where that of one is not known."""
    digests = [page.get("content_digest") for page in pages]
    return sha256(json.dumps(digests).encode()).hexdigest()[:32] if all(digests) else None


def _boxes(pages: Sequence[Row], body: str) -> Row:
    """The hashes of what stands apart on any of *pages*, and the digest of the *body* without that
    and without the summary."""
    boxes = {one for page in pages for one in page.get("boxes") or ()}
    summary = pages[0].get("description")
    blocks = body.split("\n\n")
    flow = [
        block for block in blocks if hash_of(block) not in boxes and not is_summary(block, summary)
    ]
    digest = text_digest("\n\n".join(flow)) if len(flow) < len(blocks) else None
    return {"boxes": sorted(boxes) or None, "flow_digest": digest}


def _joined(texts: Sequence[str]) -> list[str]:
    """The blocks of all pages; what a page repeats at its beginning of an earlier page comes
    once."""
    blocks: list[str] = []
    said: set[str] = set()
    for text in texts:
        new = text.split("\n\n")
        while new and key(new[0]) in said:
            del new[0]
        blocks += new
        said |= {key(block) for block in new}
    return blocks
