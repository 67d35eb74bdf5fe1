"""A library that lost something, made ready for writing: all is made again that can be."""

from __future__ import annotations

from archive.library import Library
from pipelines.derive.engine import Engine
from pipelines.rebuild.lost_state import recover_state
from pipelines.rebuild.rebuild import rebuild


def make_ready(library: Library, engine: Engine) -> None:
    """Recover; read a lost state from the WARC files again; rebuild a generation that lacks files.

    LockHeld where another process publishes; BytesMissing where rows would be lost.
    """
    recover_state(library)
    make_whole(library, engine)


def make_whole(library: Library, engine: Engine) -> bool:
    """Rebuild where the current generation lacks what its journal names; returns whether it did."""
    lacking = bool(library.lacking())
    if lacking:
        rebuild(library, engine)
    return lacking
