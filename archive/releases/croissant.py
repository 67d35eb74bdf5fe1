"""`croissant.json`: a release as https://docs.mlcommons.org/croissant/ describes data sets, with
what its vocabulary for responsible AI (RAI) asks of their makers."""

from __future__ import annotations

import json
from typing import Any, Final

import pyarrow as pa

from archive.releases.citation import bibtex
from archive.releases.facts import Facts
from archive.releases.kinds import croissant_type
from archive.tables.schema import TABLES

_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification gives; a validator complains of any other."""

_PARQUET: Final = "application/x-parquet"  # as the specification's examples and the Hub write it
_FILES: Final = "data"


def croissant(facts: Facts) -> bytes:
    """The file's bytes."""
    values: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.0",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": facts.name,
        "alternateName": facts.title,
        "description": facts.summary,
        "version": facts.version,
        "datePublished": f"{facts.date:%Y-%m-%d}",
        "license": "LICENSE.md",
        "citeAs": bibtex(facts),
        "creator": {"@type": "sc:Organization", "name": facts.keeper},
        "inLanguage": facts.counts.languages(),
        "keywords": ["magazines", "news", "web archive"],
        "isLiveDataset": False,
        **_responsibility(facts),
        "distribution": _distribution(facts),
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "articles",
                "name": "articles",
                "description": "One row per article: its newest version.",
                "key": {"@id": "articles/article_id"},
                "field": [_field(column) for column in TABLES["articles"]],
            }
        ],
    }
    return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


def _responsibility(facts: Facts) -> dict[str, str]:
    return {
        "rai:dataCollection": facts.collection,
        "rai:dataCollectionType": "Web Scraping",
        "rai:personalSensitiveInformation": "The texts name people, as magazines do. The columns "
        f"author, agency and evidence name authors: {facts.counts.with_author:,} of "
        f"{facts.counts.rows:,} rows.",
        "rai:dataLimitations": "Texts and metadata are extracted by machine, and may be wrong or "
        "incomplete; the column completeness says which texts are not full. Dates, authors and "
        "languages are what pages declare.",
        "rai:dataReleaseMaintenancePlan": "This release is never changed. A later one has another "
        "name.",
    }


def _distribution(facts: Facts) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [
        {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path.removeprefix("data/"),
            "contentUrl": file.path,
            "contentSize": f"{file.size} B",
            "encodingFormat": _PARQUET,
            "sha256": file.sha256,
        }
        for file in facts.files
    ]
    every = {
        "@type": "cr:FileSet",
        "@id": _FILES,
        "name": _FILES,
        "description": "All files of rows.",
        "encodingFormat": _PARQUET,
        "includes": "data/*.parquet",
    }
    return [*parts, every]


def _field(column: pa.Field) -> dict[str, Any]:
    repeated = {"repeated": True} if pa.types.is_list(column.type) else {}
    return {
        "@type": "cr:Field",
        "@id": f"articles/{column.name}",
        "name": column.name,
        "description": (column.metadata or {}).get(b"description", b"").decode(),
        "dataType": croissant_type(column.type),
        **repeated,
        "source": {"fileSet": {"@id": _FILES}, "extract": {"column": column.name}},
    }
