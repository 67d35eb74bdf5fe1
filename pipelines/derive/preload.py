"""What the fork server loads before it makes the first worker: all that a page may need.

Only the fork server imports this: so each worker has it at once, and its memory is shared.
"""

from __future__ import annotations

from archive.disk.imports import begin_loading, end_loading

begin_loading()

from archive.web.hosts import host_parts
from pipelines.derive import spans
from pipelines.derive.workers import deaths
from pipelines.extract import extract_html

__all__ = ["deaths", "spans"]

_PAGE = f"<title>A page</title><article><h1>A page</h1><p>{'This page is read by nobody. ' * 20}"

extract_html(_PAGE)  # it loads the models
host_parts("https://www.review.example/")  # it loads the list of suffixes
end_loading()
