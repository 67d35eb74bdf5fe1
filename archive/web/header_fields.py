"""Header fields that a source sends beside ours: their names, their values' places, their hosts.

`crawlers.capture.secret_headers.may_hear` decides which requests carry them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from archive.web.hosts import host_key

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")
_NOT_OURS = frozenset(
    (
        *("host", "connection", "content-length", "expect", "keep-alive", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    )
)
"""Fields that say which host is meant, or where a message ends."""


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a header field's name, as in Cookie")
    if name.lower() in _NOT_OURS:
        raise ValueError("a field that says who asks, as in Cookie: this one is the crawl's own")
    return name


def _check_variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("the name of an environment variable: values never stand in the file")
    return name


def _check_host(name: str) -> str:
    """*name* itself, if it is the name of one host. It stays as it is given: `host_key` makes names
    comparable."""
    try:
        key = host_key(name)
    except ValueError:
        key = ""
    if not key or key.endswith("."):
        raise ValueError(
            'the name of one host, as in "feeds.review.example": no scheme, port, path, * or '
            "dot at its end"
        )
    return name


def _as_pairs(table: Any) -> Any:
    return tuple(sorted(table.items())) if isinstance(table, dict) else table


# TOML's lists are Python lists, which a strict tuple refuses.
FieldName = Annotated[str, AfterValidator(_check_name)]
Variable = Annotated[str, AfterValidator(_check_variable)]
Header = Annotated[tuple[FieldName, Variable], Field(strict=False)]
Headers = Annotated[tuple[Header, ...], BeforeValidator(_as_pairs), Field(strict=False)]
HostName = Annotated[str, AfterValidator(_check_host)]
HostNames = Annotated[tuple[HostName, ...], Field(strict=False)]
