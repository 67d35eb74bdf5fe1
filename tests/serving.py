"""A service in the background: started, waited for, looked at."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from archive.disk.locks import holder, is_held
from archive.library import Library
from backissue.sample import SampleMagazines
from backissue.service.socket_card import service_card


def flags(library: Library, site: SampleMagazines) -> list[str]:
    resolve = [word for text in site.resolve for word in ("--resolve", text)]
    return ["--library", str(library.path), "--engine", "local:1", *resolve]


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A command in the background, in a session of its own; it is gone at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "backissue", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        if process.stdout and not process.stdout.closed:
            process.communicate()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def is_serving(library: Library) -> bool:
    """Whether a service answers: its lock is held, and the card of its socket is its own."""
    locked = library.lock_file("serve")
    if not (is_held(locked) and service_card(library.path).exists()):
        return False
    pid = json.loads(service_card(library.path).read_bytes())["pid"]
    return f"pid {pid} " in holder(locked)


def states(library: Library) -> list[str]:
    return [run.state for run in library.state.runs()]


def slow(library: Library, delay: float = 0.1) -> None:
    for path in (library.path / "sources").glob("*.toml"):
        text = re.sub(r"(?m)^delay = .*$", f"delay = {delay}", path.read_text())
        assert "delay" in text
        path.write_text(text)
