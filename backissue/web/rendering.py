"""Facts into HTML or JSON. What pages say is escaped, and stripped of what misleads."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from archive.web.userinfo import hide_userinfo

# Control characters move a terminal's cursor; bidi controls let a name be read in another order.
_MISLEADING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufffe\uffff]"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_FOLDER = Path(__file__).parent
_BAR, _GAP, _TALL = 7, 2, 22  # of a sparkline, in its own units


def clean(text: str) -> str:
    """*text* without control characters, bidi controls and halves of characters.

    >>> clean("one\\u202etwo\\x1b[31m")
    'onetwo[31m'
    """
    return _MISLEADING.sub("", text)


def href(url: str | None) -> str | None:
    """*url* where a link may lead to it: http or https, without a password; else None."""
    try:
        parts = urlsplit(clean(url or ""))
    except ValueError:
        return None
    plain = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
    return clean(url or "") if plain else None


def segment(text: str) -> str:
    """*text* as one part of a path.

    >>> segment("a/b c")
    'a%2Fb%20c'
    """
    return quote(text, safe="", errors="replace")


def when(moment: datetime | None) -> str:
    """A time for people, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def size(count: float) -> str:
    """A number of bytes for people.

    >>> size(1536)
    '1.5 KiB'
    """
    unit = 0
    while abs(count) >= 1024 and unit < len(_UNITS) - 1:
        count, unit = count / 1024, unit + 1
    return f"{count:,.1f} {_UNITS[unit]}" if unit else f"{count:,.0f} {_UNITS[unit]}"


def bars(counts: Sequence[int]) -> str:
    """The path of a sparkline with a bar for each of *counts*."""
    most = max([*counts, 1])
    parts = []
    for place, count in enumerate(counts):
        tall = max(1, round(_TALL * count / most))
        parts.append(f"M{place * (_BAR + _GAP)} {_TALL - tall}h{_BAR}v{tall}h-{_BAR}z")
    return "".join(parts)


def language(tag: str | None) -> str | None:
    """*tag* where it is the tag of a language."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else None


def _shown(value: Any) -> Any:
    """What an expression in a template prints."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return clean(value) if isinstance(value, str) else value


def environment() -> Environment:
    """The templates of the console."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        **{"href": href, "segment": segment, "when": when, "size": size, "bars": bars},
        **{"language": language, "plain": str, "public": hide_userinfo},
    }
    return made


def style_sheet() -> bytes:
    """The one style sheet."""
    return (_FOLDER / "static" / "style.css").read_bytes()


def to_json(facts: Any) -> bytes:
    """*facts* as JSON in ASCII alone: so a terminal shows no control characters."""
    return json.dumps(facts, default=_json_value, indent=1).encode() + b"\n"


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return [*value] if isinstance(value, set | frozenset) else str(value)


def wants_json(accept: str) -> bool:
    """Whether the header `Accept` prefers JSON to HTML.

    >>> wants_json("application/json"), wants_json("text/html,application/json;q=0.9")
    (True, False)
    """
    weights = {"application/json": 0.0, "text/html": 0.0}
    for part in accept.split(","):
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        if kind in weights:
            weights[kind] = _weight(parameters)
    return weights["application/json"] > weights["text/html"]


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter.removeprefix("q="))
            except ValueError:
                return 0.0
    return 1.0
