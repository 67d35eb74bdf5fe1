"""A request as it was sent into one that may be kept: without what lets somebody in."""

from __future__ import annotations

import re

SECRET = ("Authorization", "Proxy-Authorization", "Cookie")
"""Fields of a request whose values are never written; names in any case."""

_FIELD = re.compile(rb"(?im)^(%b):[ \t]*([^\r\n]*)" % b"|".join(name.encode() for name in SECRET))
_PUT_IN = b"[redacted]"


def redact(request: bytes) -> tuple[bytes, tuple[str, ...]]:
    """*request* with the values of secret fields replaced, and the names of these as sent."""
    head, blank, body = request.partition(b"\r\n\r\n")
    names = tuple(match[1].decode() for match in _FIELD.finditer(head))
    return _FIELD.sub(rb"\1: " + _PUT_IN, head) + blank + body, names
