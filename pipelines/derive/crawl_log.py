"""Rows of the table `crawl_log`: of a run's log, and of what was imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from archive.types import Capture
from archive.warc import crawl_log
from archive.warc.records import Record
from archive.web.hosts import host_of, registered_domain
from archive.web.surt import url_surtkey


def crawl_log_rows(record: Record) -> Iterable[dict[str, Any]]:
    """The rows of a run's log, a `resource` record of JSON Lines, the run's card first."""
    card, lines = crawl_log.read_log(record)
    for line in lines:
        url = line["url"]
        announced = line.get("date_announced")
        yield line | {
            "source": card["source"],
            "run_id": card["run_id"],
            "url_surtkey": url_surtkey(url),
            "url_host_registered_domain": registered_domain(host_of(url)),
            "date_announced": announced and datetime.fromisoformat(announced),
            "fetch_time": datetime.fromisoformat(line["fetch_time"]),
        }


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
