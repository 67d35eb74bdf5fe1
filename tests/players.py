"""What shows archived pages to people: pywb that plays a library, and a real Chromium."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive import replay

if TYPE_CHECKING:
    from playwright.sync_api import Browser

needs_pywb = pytest.mark.skipif(
    not replay.wayback().exists(), reason="pywb is not installed: BACKISSUE_PYWB names its folder"
)
needs_chromium = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="Debian's chromium is not installed"
)


@contextmanager
def playing(library: Path) -> Iterator[str]:
    """The address at which `backissue replay` plays a library; it ends well at the end."""
    command = [sys.executable, "-m", "backissue", "replay", "--library", str(library)]
    process = subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    try:
        url = process.stdout.readline().strip()
        assert url, "the replay did not start"
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        process.stdout.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        try:
            yield browser
        finally:
            browser.close()
