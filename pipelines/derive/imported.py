"""Captures of an import into what their rows are made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.imported.captures import read_held, read_payload_of
from archive.imported.index import Held
from archive.types import Capture, Pointer
from archive.web.hosts import host_of, registered_domain
from archive.web.surt import url_surtkey


def imported_capture(root: Path, held: Held) -> tuple[Capture, Capture, Pointer]:
    """A capture of an import, the same as the page that it shows, and where it stands.

    A revisit with the payload of another URL shows that page under its own address.
    """
    capture = read_held(root, held)
    return capture, _shown(root, held, capture), Pointer(held.file, held.offset, held.length)


def _shown(root: Path, held: Held, capture: Capture) -> Capture:
    original = held.original
    if original is None or original.profile != "identical-payload-digest":
        return capture
    if url_surtkey(original.url) == url_surtkey(capture.url):
        return capture
    found = read_payload_of(root, original)
    if found is None or found.original:
        return capture
    return replace(
        capture,
        head=found.head,
        body=found.body,
        original=None,
        truncated=found.truncated,
        fidelity=found.fidelity,
        content_type=found.content_type,
    )


def log_row(capture: Capture) -> dict[str, Any]:
    """The row of `crawl_log` of an imported capture."""
    return {
        "url": capture.url,
        "url_surtkey": url_surtkey(capture.url),
        "url_host_registered_domain": registered_domain(host_of(capture.url)),
        "source": capture.discovery.source if capture.discovery else None,
        "run_id": capture.run_id,
        "discovered_by": "import",
        "discovered_via": capture.discovery.via if capture.discovery else None,
        "date_announced": capture.discovery.announced if capture.discovery else None,
        "fetch_time": capture.fetch_time,
        "outcome": "imported",
        "fetch_status": capture.status,
        "bytes_received": len(capture.head) + len(capture.body),
        "warc_record_id": capture.warc_record_id,
    }
