"""User names and passwords of URLs out of the texts that people read: messages, logs, lock files.

Passwords are typed as they are, with the slashes, spaces and @ that a URL may not have there; so
more is hidden than a strict reading of a URL would call its user name and password.
"""

from __future__ import annotations

import re

_START = r"(?:/{2,}+|(?<![\w:])(?:https?:[/\\]*+|[a-z][a-z0-9+.-]{1,20}:[/\\]++))"
_PORT = r"""\d{1,5}(?:[/?#\s"',;:)\]}>]|\Z)"""
_REST = r"(?:\S*@)?"  # a password may have another @
_WITHIN = re.compile(
    rf"({_START})(?:[^/?#\s@]++@|(?!\[)[^\s/?#@:]*+:(?!\s|\Z|{_PORT})[^@]*+@){_REST}",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    rf"""(\s*{_START})[^/?#@]++@{_REST}|"""
    rf"""(\s*)(?!mailto:)[^\s/?#@:"'<>]++:[^\s/?#@]++@{_REST}(?=\S)""",
    re.IGNORECASE,
)


def hide_userinfo(text: str) -> str:
    """*text* with `***@` for what stands before the host of each URL in it.

    Where *text* begins with a URL, this is found with spaces in it, and without its scheme
    (`user:password@host`).
    """
    if "@" not in text:
        return text
    if whole := _WHOLE.match(text):
        return f"{whole[1] or whole[2] or ''}***@" + _WITHIN.sub(r"\1***@", text[whole.end() :])
    return _WITHIN.sub(r"\1***@", text)
