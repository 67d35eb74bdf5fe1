"""What stands at an address of the sample magazines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256


@dataclass(frozen=True)
class Resource:
    """A body with its type; with a *location* it is a redirect to there, and it takes so many *seconds*."""

    body: bytes
    content_type: str
    last_modified: datetime
    chunked: bool = False
    location: str | None = None
    seconds: float = 0.0

    @cached_property
    def etag(self) -> str:
        """A strong validator: it follows from the body alone."""
        return f'"{sha256(self.body).hexdigest()[:20]}"'
