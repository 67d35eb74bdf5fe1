"""`backissue extract` says of what is no article that it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import command

NOT_FOUND = (
    "<title>Page not found - Quay</title><h1>404</h1><p>The page that you look for is not here. "
    "It may have moved to another address, or it was never here at all.</p>"
)
SHELL = '<title>Quay</title><div id="app">Loading …</div><script src="/app.js"></script>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no web page: image/png"),
        (b"%PDF-1.7\n1 0 obj", "no web page: application/pdf"),
        (NOT_FOUND.encode(), "no article: soft404 ('Page not found - Quay', 23 words)"),
        (SHELL.encode(), "no article: shell (1 words, and scripts)"),
    ],
    ids=["picture", "document", "not found", "shell"],
)
def test_what_is_no_article_is_said_to_be_none(tmp_path: Path, content: bytes, said: str) -> None:
    page = tmp_path / "page"
    page.write_bytes(content)
    done = command("extract", page)
    assert (done.returncode, done.stderr) == (1, f"backissue: {page}: {said}\n")
