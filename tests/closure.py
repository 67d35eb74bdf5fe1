"""What is installed with a distribution: all that it needs, and what that needs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def installed_with(name: str, seen: set[str] | None = None) -> Iterator[Distribution]:
    """The distribution called *name* and all that it needs here, without its extras."""
    seen = set() if seen is None else seen
    if (key := canonicalize_name(name)) in seen:
        return
    seen.add(key)
    found = distribution(name)
    yield found
    for line in found.requires or ():
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield from installed_with(wanted.name, seen)
