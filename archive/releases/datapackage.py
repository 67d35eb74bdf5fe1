"""`datapackage.json`: a release as a Data Package, for Frictionless.

https://specs.frictionlessdata.io/data-package/ has the fields. What others need not know stands
under `backissue`; by it `archive.releases.reading` knows a release.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from archive.releases.facts import Facts
from archive.releases.kinds import frictionless_type
from archive.tables.schema import TABLES

RELEASE_FORMAT = 1  # of the folder, as `open_release` reads it


def data_package(facts: Facts) -> bytes:
    """The file's bytes."""
    values: dict[str, Any] = {
        "profile": "data-package",
        "name": facts.name.lower(),
        "title": facts.title,
        "description": facts.summary,
        "version": facts.version,
        "created": f"{facts.date:%Y-%m-%dT%H:%M:%SZ}",
        "licenses": [{"title": "The texts belong to their publishers", "path": "LICENSE.md"}],
        "sources": [
            {"title": origin.title or origin.name, "path": origin.url}
            for origin in facts.origins
            if origin.url
        ],
        "contributors": [{"title": facts.keeper, "role": "publisher"}],
        "resources": _resources(facts),
        "backissue": {
            "release_format": RELEASE_FORMAT,
            "name": facts.name,
            "library": facts.library,
            "batch": facts.batch,
            "closed": facts.date.isoformat(),
            "filters": dict(facts.filters),
            "rows": facts.counts.rows,
        },
    }
    shown = {name: value for name, value in values.items() if value != []}
    return json.dumps(shown, indent=2, ensure_ascii=False).encode() + b"\n"


def _resources(facts: Facts) -> list[dict[str, Any]]:
    """The data files. To Frictionless each is a file whose size and digest it checks: its reader of
    Parquet (5.16) takes a missing truth value or day for a wrong one."""
    schema = {
        "fields": [_field(column) for column in TABLES["articles"]],
        "primaryKey": ["article_id"],
    }
    return [
        {
            "type": "file",
            "name": file.path.removeprefix("data/").removesuffix(".parquet"),
            "path": file.path,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "bytes": file.size,
            "hash": f"sha256:{file.sha256}",
            "schema": schema,
        }
        for file in facts.files
    ]


def _field(column: pa.Field) -> dict[str, str]:
    described = (column.metadata or {}).get(b"description", b"").decode()
    kind = frictionless_type(column.type)
    return {"name": column.name, "type": kind, "description": described}
