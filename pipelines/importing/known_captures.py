"""Which captures of an import the library has, and where the originals of its revisits are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from archive.library import Library
from archive.removal.withheld import withheld_rows
from archive.warc.records import warc_date
from pipelines.importing.catalog import Catalog


def compare_with_library(library: Library, catalog: Catalog) -> None:
    """Tell *catalog* what of its captures the library has, and where their originals are.

    A capture that gets a new id on the way may be known under it: all is compared until no id
    changes.
    """
    renamed = 1
    while renamed:
        renamed = sum(map(catalog.meet, _met(library, catalog)))
        renamed += catalog.tell_apart()


_COLUMNS = {
    "warc_record_id": "id",
    "url": "url",
    "fetch_time": "time",
    "content_digest": "digest",
    "warc_filename": "file",
    "warc_record_offset": "offset",
    "warc_record_length": "length",
    "warc_type": "kind",
    "fetch_status": "status",
    "run_id": "run_id",
    "source": "source",
}


def _met(library: Library, catalog: Catalog) -> Iterator[dict[str, Any]]:
    columns = list(_COLUMNS)
    shown = library.table("captures").dataset.to_batches(columns=columns)
    hidden = withheld_rows(library.generation, "captures", columns).to_batches()
    for batch in chain(shown, hidden):
        ids = batch["warc_record_id"].to_pylist()
        digests = [f"sha1:{one}" for one in batch["content_digest"].to_pylist()]
        numbers = catalog.held_like(ids, digests)
        for found in batch.take(numbers).to_pylist() if numbers else ():
            row = {new: found[old] for old, new in _COLUMNS.items()}
            row["time"] = warc_date(row["time"])
            row["digest"] = f"sha1:{row['digest']}" if row["digest"] else ""
            yield row
