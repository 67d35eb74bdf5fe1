"""Captures of an import into what their rows are made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archive.imported.captures import read_held, read_payload_of
from archive.imported.index import HeldCapture
from archive.types import Capture, Pointer
from archive.web.surt import url_surtkey


def imported_capture(root: Path, held: HeldCapture) -> tuple[Capture, Capture, Pointer]:
    """A capture of an import, the same as the page that it shows, and where it stands.

    A revisit with the payload of another URL shows that page under its own address.
    """
    capture = read_held(root, held)
    return capture, _shown(root, held, capture), Pointer(held.file, held.offset, held.length)


def _shown(root: Path, held: HeldCapture, capture: Capture) -> Capture:
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
