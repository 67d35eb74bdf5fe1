"""`python -m crash.observed COMMAND …`: the command line, while its crawl writes down what is kept.

A spawned crawl process imports this module too, as the main one.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from crawlers.capture.recorder import Recorder

ACKNOWLEDGED = "acknowledged.jsonl"


def observe(log: Path) -> None:
    """From now on each capture is written to *log*, and synced, before Scrapy is handed it."""
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    keep, sync = Recorder.keep, os.fsync

    async def observed(recorder: Recorder, *given: Any, **named: Any) -> Any:
        kept, pointer = await keep(recorder, *given, **named)
        line = {"record": kept.warc_record_id, "url": kept.url, "status": kept.status}
        os.write(stream, json.dumps(line).encode() + b"\n")
        sync(stream)
        return kept, pointer

    Recorder.keep = observed  # type: ignore[method-assign]


if log := os.environ.get("CRASH_ACKNOWLEDGED"):
    observe(Path(log))

if __name__ == "__main__":
    from backissue.cli import main

    sys.exit(main())
