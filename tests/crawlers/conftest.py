"""A loopback server whose answers a test decides, and whose log it reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loopback import Host, serving


@pytest.fixture
def host() -> Iterator[Host]:
    """A server for any host name."""
    with serving() as made:
        yield made
