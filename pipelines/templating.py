"""The templates of hosts applied to the pages of a batch, before anything else is made of them."""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa

from pipelines.rows import PAGES, to_table
from pipelines.settings import CONFIG_DIGEST
from pipelines.templates import Template, applied, boxes_of

Boxes = dict[str, dict[str, str]]
"""By record id, the blocks of a page that stand in boxes of their own: beginning by hash."""


class Templates(Protocol):
    """What was learned of hosts."""

    def template(self, host: str) -> Template | None:
        """What the articles of *host* were known to share when the batch began."""


def with_templates(pages: pa.Table, known: Templates) -> tuple[pa.Table, Boxes]:
    """*pages* (rows of `PAGES`) as the templates make them, and the boxes that they had before."""
    boxes: Boxes = {}
    slices: list[pa.Table] = []
    at = 0
    names = ("url_host_name", "blocks", "completeness")
    columns = (pages[name].to_pylist() for name in names)
    for number, (host, blocks, kind) in enumerate(zip(*columns, strict=True)):
        template = known.template(host) if kind is not None else None
        if blocks is None and template is None:
            continue
        row: dict[str, Any] = pages.slice(number, 1).to_pylist()[0]
        if blocks is not None:
            boxes[row["warc_record_id"]] = boxes_of(row)
        if template:
            made = to_table([applied(row, template, CONFIG_DIGEST)], PAGES)
            slices += [pages.slice(at, number - at), made]
            at = number + 1
    return pa.concat_tables([*slices, pages.slice(at)]), boxes
