"""Lists of WACZ files (`multi-wacz-package`) into the files that they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

_MOST = 1 << 24  # bytes of a list


@dataclass(frozen=True, slots=True)
class ListedWacz:
    """A WACZ file of a list, by its path; *elsewhere* is its address where it is on no disk."""

    path: Path
    sha256: str | None = None
    elsewhere: str | None = None


def listed_in(path: Path) -> list[ListedWacz] | None:
    """The files that a list names, beside which they stand; None where *path* is no such list."""
    if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size > _MOST:
        return None
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    resources = found.get("resources") if isinstance(found, dict) else None
    if not isinstance(resources, list):
        return None
    return list(_listed(path.parent, resources)) or None


def _listed(folder: Path, resources: list[Any]) -> Iterator[ListedWacz]:
    for one in resources:
        name = one.get("path") if isinstance(one, dict) else None
        if not isinstance(name, str) or not name.lower().partition("?")[0].endswith(".wacz"):
            continue
        parts = PurePosixPath(name)
        if ":" in name or parts.is_absolute() or ".." in parts.parts or not name.isprintable():
            yield ListedWacz(folder, elsewhere=name if name.isprintable() else repr(name))
            continue
        algorithm, _, value = str(one.get("hash") or "").partition(":")
        sha256 = value.lower() if algorithm == "sha256" else None
        yield ListedWacz(folder / parts, sha256)
