"""A capture into its row of the `captures` table: Common Crawl's columnar index."""

from __future__ import annotations

from typing import Any

from archive.types import Capture, Pointer
from archive.warc.records import digest
from archive.web.hosts import host_parts, join_url, split_url
from archive.web.http import REDIRECTS
from archive.web.surt import url_surtkey
from pipelines.page.html import Opened, opened


def capture_row(
    capture: Capture, pointer: Pointer, library: str, content: Opened | None = None
) -> dict[str, Any]:
    """The row of *capture*, which stands at *pointer* in the library of the name *library*.

    *content* is what `opened` gave, where it was opened before.
    """
    parts = host_parts(capture.url)
    return {
        "url_surtkey": url_surtkey(capture.url),
        "url": capture.url,
        "url_host_name": parts.host_name,
        "url_host_tld": parts.tld,
        "url_host_2nd_last_part": parts.second_last,
        "url_host_3rd_last_part": parts.third_last,
        "url_host_4th_last_part": parts.fourth_last,
        "url_host_5th_last_part": parts.fifth_last,
        "url_host_registry_suffix": parts.registry_suffix,
        "url_host_registered_domain": parts.registered_domain,
        "url_host_private_suffix": parts.private_suffix,
        "url_host_private_domain": parts.private_domain,
        "url_host_name_reversed": parts.name_reversed,
        "url_protocol": parts.protocol,
        "url_port": parts.port,
        "url_path": parts.path,
        "url_query": parts.query,
        **_fetch(capture),
        **_content(capture, content or opened(capture)),
        "warc_filename": pointer.filename,
        "warc_record_offset": pointer.offset,
        "warc_record_length": pointer.length,
        "warc_segment": None,
        "crawl": f"{library}-{capture.fetch_time:%Y-%m}",
        "subset": _subset(capture),
        "warc_record_id": capture.warc_record_id,
        "warc_type": capture.warc_type,
        "capture_fidelity": capture.fidelity,
        "source": capture.discovery.source if capture.discovery else None,
        "run_id": capture.run_id or None,
    }


def _fetch(capture: Capture) -> dict[str, Any]:
    return {
        "fetch_time": capture.fetch_time,
        "fetch_status": capture.status,
        "fetch_redirect": _redirect(capture),
    }


def _redirect(capture: Capture) -> str | None:
    """Where a redirect leads to; None where it does not say, or says what is no address."""
    location = capture.parsed.location
    if not location or capture.status not in REDIRECTS:
        return None
    return join_url(capture.url, location)


def _content(capture: Capture, content: Opened) -> dict[str, Any]:
    original = capture.original
    return {
        "content_digest": _sha1(original.payload_digest if original else digest(capture.payload)),
        "content_mime_type": capture.parsed.media_type,
        "content_mime_detected": content.media_type,
        "content_charset": content.charset,
        "content_languages": content.language,
        "content_truncated": capture.truncated,
    }


def _sha1(found: str) -> str | None:
    """The digest without its prefix; None where an imported revisit has another kind, or none."""
    return found[5:].upper() if found.lower().startswith("sha1:") else None


def _subset(capture: Capture) -> str:
    parts = split_url(capture.url)
    if parts and parts.path == "/robots.txt":
        return "robotstxt"
    return "warc" if capture.status == 200 and not capture.original else "crawldiagnostics"
