"""What the fork server loads before it makes the first worker: all that a page may need.

Only the fork server imports this: so each worker has it at once, and its memory is shared.
"""

from __future__ import annotations

import gc

from archive.disk.imports import leave_out_pandas, start_no_threads

leave_out_pandas()
start_no_threads()
gc.disable()  # modules are no garbage, however many there are

from archive.web.hosts import host_parts
from pipelines.derive import spans
from pipelines.extract import extract_html

__all__ = ["spans"]

_PAGE = f"<title>A page</title><article><h1>A page</h1><p>{'This page is read by nobody. ' * 20}"

extract_html(_PAGE)  # it loads the models
host_parts("https://www.review.example/")  # it loads the list of suffixes
gc.enable()
gc.freeze()  # nothing of it is ever garbage: no worker looks through it, nor the server at its end
