"""Captures of an import into what their rows are made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archive.imported.captures import read_held, read_payload_of
from archive.imported.index import HeldCapture, Referred
from archive.types import Capture, Pointer
from archive.web.surt import url_surtkey


def imported_capture(root: Path, held: HeldCapture) -> tuple[Capture, Capture, Pointer]:
    """A capture of an import, the same as the page that it shows, and where it stands.

    A revisit with the payload of another URL shows that page under its own address, and one whose
    own head has another status shows the payload with that.
    """
    capture = read_held(root, held)
    return capture, _shown(root, held, capture), Pointer(held.file, held.offset, held.length)


def _shown(root: Path, held: HeldCapture, capture: Capture) -> Capture:
    original = held.original
    if original is None or original.profile != "identical-payload-digest":
        return capture
    own, same = capture.status, url_surtkey(original.url) == url_surtkey(capture.url)
    if same and own is None:
        return capture
    found = _payload_of(root, original)
    if found is None:
        is_page = own is None or own == 200
        return capture if is_page else replace(capture, original=None, body=b"")
    if same and own == found.status:
        return capture
    return replace(
        capture,
        head=found.head if own is None else _with_status_of(capture.head, found.head),
        body=found.body,
        original=None,
        truncated=found.truncated,
        fidelity=found.fidelity,
        content_type=found.content_type,
    )


def _payload_of(root: Path, original: Referred) -> Capture | None:
    """The capture with the payload of a revisit; None where it is not there, or has none."""
    found = read_payload_of(root, original)
    return None if found is None or found.original else found


def _with_status_of(own: bytes, head: bytes) -> bytes:
    """*head*, which says how its body is coded, with the status line of the head *own*."""
    line, _, _ = own.partition(b"\n")
    _, end, fields = head.partition(b"\n")
    return line.removesuffix(b"\r") + b"\r" + end + fields
