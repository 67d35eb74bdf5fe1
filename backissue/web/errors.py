"""What keeps a page from being shown."""

from __future__ import annotations

from archive.errors import BackissueError


class NotFound(BackissueError):
    """There is nothing at the address."""


class Busy(BackissueError):
    """It can be asked for again in a moment."""
