"""Response heads as servers send them into the few lines that tell h11 how the body is framed.

h11 refuses folded, colon-less and other broken lines, and the page with them. So it never sees the
head that was received, only a stand-in. Whether a body is chunked is asked of `archive.web.http`,
which reads the record later: the two cannot differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.web.http import Head

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_WELL_FORMED = re.compile(
    rb"HTTP/1\.[01] \d{3}(?: [^\x00\r\n]*)?\r\n"
    rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\x00\r\n]*\r\n)*\r\n"
)
_BODILESS = frozenset({101, 204, 304})


@dataclass(frozen=True, slots=True)
class Framing:
    """What h11 is given in place of a head; *clean* where the connection may be used again."""

    stand_in: bytes
    clean: bool


def end_of_head(received: bytes | bytearray, start: int = 0) -> int | None:
    """Where the head in *received* ends, blank line included; None where it is not yet there."""
    match = _HEAD_END.search(received, start)
    return match.end() if match else None


def may_be_http(received: bytes | bytearray) -> bool:
    """Whether *received* begins, as far as it goes, like an HTTP answer."""
    begin = bytes(received[:64]).lstrip()[:5]
    return b"HTTP/".startswith(begin)


def is_interim(status: int) -> bool:
    """Whether another head follows. After 101 none does: nobody asked to switch."""
    return 100 <= status < 200 and status != 101


def framing(method: str, head: bytes, parsed: Head) -> Framing:
    """How the body after *head* is framed, told in a head that h11 accepts.

    Lengths go to h11 as they came: it refuses bad and conflicting ones.
    """
    lengths = parsed.get_all("content-length")
    codings = _field_tokens(parsed, "transfer-encoding") - {"identity"}
    bodiless = method == "HEAD" or parsed.status in _BODILESS
    fields: list[str] = []
    if parsed.is_chunked:
        fields.append("Transfer-Encoding: chunked")
    elif not codings:  # any other coding: the end of the connection is the end of the body
        fields += [f"Content-Length: {length}" for length in lengths]
    if bodiless:
        fields.clear()
    if "close" in _field_tokens(parsed, "connection"):
        fields.append("Connection: close")
    version = "1.0" if parsed.version == "1.0" else "1.1"
    lines = [f"HTTP/{version} {204 if bodiless else 200} ", *fields, "", ""]
    return Framing(
        stand_in="\r\n".join(lines).encode("latin-1"),
        clean=_WELL_FORMED.fullmatch(head) is not None
        and parsed.status != 101
        and len(lengths) + len(parsed.get_all("transfer-encoding")) <= 1
        and codings <= {"chunked"},
    )


def _field_tokens(parsed: Head, name: str) -> set[str]:
    values = ",".join(parsed.get_all(name)).lower().split(",")
    return {value.strip() for value in values} - {""}
