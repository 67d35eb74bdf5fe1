"""Header fields that let somebody in: from the environment into requests, and never any further.

Where a crawl goes (`Source.in_scope`) is not whom it tells a secret: a domain has hosts of others.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from archive.errors import UsageError
from archive.source import Source
from archive.web.hosts import host_key, host_parts
from crawlers.wire import ExchangeFailed
from crawlers.wire.request import Origin, origin_and_target

SECRET = ("Authorization", "Proxy-Authorization", "Cookie")
"""Fields of a request whose values are never written; names in any case."""

_PUT_IN = b"[redacted]"
_PORTS = {"http": 80, "https": 443}


def secrets_of(source: Source) -> tuple[tuple[str, str], ...]:
    """The fields for requests that may carry them; UsageError where a value is missing."""
    found = []
    for name, variable in source.headers:
        value = os.environ.get(variable, "")
        if not value or not value.isascii() or not value.isprintable():
            what = "is not set" if not value else "is no line of ASCII text"
            raise UsageError(f"{source.name}: {variable}, the value of {name}, {what}")
        found.append((name, value))
    return tuple(found)


def may_hear(source: Source, url: str) -> bool:
    """Whether a request for *url* may carry the header fields of *source*.

    Hosts are those of the source's `url`, its `www.` twin, and its `header_hosts`; the port is that
    of `url`, each scheme's own counting as the same. What is https in `url` is nowhere told over
    http; what is http there may be told over https. *url* is read as the wire reads it.
    """
    try:
        own, asked = origin_and_target(source.url)[0], origin_and_target(url)[0]
        hearers = _with_twin(host_key(own.host)) | set(map(host_key, source.header_hosts))
        known = host_key(asked.host) in hearers
    except (ExchangeFailed, ValueError):  # nothing that a request could go to
        return False
    downgraded = own.scheme == "https" and asked.scheme == "http"
    return known and not downgraded and _port_unless_usual(own) == _port_unless_usual(asked)


def _port_unless_usual(origin: Origin) -> int | None:
    return None if origin.port == _PORTS[origin.scheme] else origin.port


def _with_twin(host: str) -> set[str]:
    """*host*, and the same with or without `www.`: not of a public suffix, where it is for sale."""
    bare = host.removeprefix("www.")
    owned = host_parts(f"http://{bare}/").private_domain
    return {bare, f"www.{bare}"} if owned else {host}


def with_one_cookie_field(fields: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """*fields* with all cookies, those of the source and those of redirects, in a single field.

    RFC 6265 (5.4) allows no more.
    """
    cookies = [value for name, value in fields if name.lower() == b"cookie"]
    others = [field for field in fields if field[0].lower() != b"cookie"]
    return [*others, (b"Cookie", b"; ".join(cookies))] if len(cookies) > 1 else fields


def redact(request: bytes, also: Iterable[str] = ()) -> tuple[bytes, tuple[str, ...]]:
    """*request* with the values of secret fields replaced, and the names of these as sent.

    *also* are fields that are secret beside those that always are.
    """
    names = b"|".join(re.escape(name).encode() for name in (*SECRET, *also))
    field = re.compile(rb"(?im)^(%b):[ \t]*([^\r\n]*)" % names)
    head, blank, body = request.partition(b"\r\n\r\n")
    found = tuple(match[1].decode() for match in field.finditer(head))
    return field.sub(rb"\1: " + _PUT_IN, head) + blank + body, found
