"""The `warcinfo` record that each WARC file of a library begins with."""

from __future__ import annotations

from datetime import datetime

from archive.library import Library
from archive.version import VERSION
from archive.warc.records import Record, make_record

CONFORMS_TO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


def warcinfo_of(
    library: Library, filename: str, moment: datetime, record_id: str | None = None
) -> Record:
    """The warcinfo record of a file of *library*."""
    settings = library.settings
    lines = {
        "software": f"Backissue/{VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": CONFORMS_TO,
        "robots": "obey" if "robots" in settings.policy.respect else "ignore",
        "isPartOf": settings.name,
        "operator": settings.operator,
        "contact": settings.contact,
        "http-header-user-agent": library.user_agent,
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    kind = ("Content-Type", "application/warc-fields")
    fields = [("WARC-Record-ID", record_id), ("WARC-Filename", filename), kind]
    return make_record("warcinfo", moment, block.encode(), fields)
