"""Values in headers that others wrote, as text."""

from __future__ import annotations

import re
from urllib.parse import quote

_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")  # no URI has these


def text_of(value: bytes) -> str:
    """*value* in UTF-8, else in latin-1, without spaces around it."""
    try:
        return value.strip().decode()
    except UnicodeDecodeError:
        return value.strip().decode("latin-1")


def clean_uri(uri: str) -> str:
    """*uri* without the brackets of WARC 1.0, and with nothing in it that no URL may have."""
    bare = uri.strip().removeprefix("<").removesuffix(">")
    return _UNSAFE.sub(lambda match: quote(match[0], safe=""), bare)
