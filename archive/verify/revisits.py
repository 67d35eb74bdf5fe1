"""Revisits and the records that they stand for: whether these are there, and are what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from archive.types import Finding
from archive.verify.warc_files import SeenCapture


def judge_revisits(
    revisits: Iterable[SeenCapture], originals: Mapping[str, SeenCapture], others: Set[str]
) -> Iterator[Finding]:
    """Whether the records that *revisits* stand for are there and are what they say.

    *originals* are the captures by id, *others* the ids of all other records that are referred to.
    """
    for revisit in revisits:
        original = originals.get(revisit.refers_to or "")
        if original is not None and original.type == "response":
            yield from _judge_revisit(revisit, original)
        elif original is not None or revisit.refers_to in others:
            detail = f"{revisit.refers_to} is no response"
            yield revisit.place.finding("revisit.chain", detail)
        else:
            yield revisit.place.finding("revisit.dangling", f"{revisit.refers_to} is not there")


def _judge_revisit(revisit: SeenCapture, original: SeenCapture) -> Iterator[Finding]:
    if revisit.entry.digest != original.entry.digest:
        yield revisit.place.finding(
            "revisit.digest", f"{original.record_id} has {original.entry.digest}"
        )
    if (revisit.refers_url, revisit.refers_time) != (original.entry.url, original.time):
        yield revisit.place.finding(
            "revisit.target", f"{original.record_id} is of {original.entry.url} at {original.time}"
        )
