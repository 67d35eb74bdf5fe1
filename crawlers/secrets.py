"""Header fields that let somebody in: from the environment into requests, and never any further."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from archive.errors import UsageError
from archive.source import Source

SECRET = ("Authorization", "Proxy-Authorization", "Cookie")
"""Fields of a request whose values are never written; names in any case."""

_PUT_IN = b"[redacted]"


def secrets_of(source: Source) -> tuple[tuple[str, str], ...]:
    """The fields for requests to *source*'s own hosts; UsageError where a value is missing."""
    found = []
    for name, variable in source.headers:
        value = os.environ.get(variable, "")
        if not value or not value.isascii() or not value.isprintable():
            what = "is not set" if not value else "is no line of ASCII text"
            raise UsageError(f"{source.name}: {variable}, the value of {name}, {what}")
        found.append((name, value))
    return tuple(found)


def redact(request: bytes, also: Iterable[str] = ()) -> tuple[bytes, tuple[str, ...]]:
    """*request* with the values of secret fields replaced, and the names of these as sent.

    *also* are fields that are secret beside those that always are.
    """
    names = b"|".join(re.escape(name).encode() for name in (*SECRET, *also))
    field = re.compile(rb"(?im)^(%b):[ \t]*([^\r\n]*)" % names)
    head, blank, body = request.partition(b"\r\n\r\n")
    found = tuple(match[1].decode() for match in field.finditer(head))
    return field.sub(rb"\1: " + _PUT_IN, head) + blank + body, found
