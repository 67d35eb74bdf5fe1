"""Reads trials from its standard input, one JSON line each, and answers with their verdicts.

It has imported everything before the first, so that a trial costs a fork. Run as `-m crash.zygote`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from archive.types import Capture, Pointer
from archive.warc.records import new_record_id
from backissue.cli import parser
from crash import damages, trials
from crash.magazine import page_of, pieces
from crash.scene import become_reaper
from pipelines.derive.spans import derive_page
from pipelines.text.language import language_of

_LATE = (
    "archive.repair.regroup",
    "archive.search.hits",
    "backissue.crawling",
    "crawlers.politeness.host_queues",
    "crawlers.spiders.magazine",
    "crawlers.settings",
    "multiprocessing.popen_forkserver",
    "multiprocessing.synchronize",
    "pipelines.publish",
    "pipelines.rebuild.comparison",
    "pipelines.rebuild.rebuild",
    "pipelines.repair.damaged_records",
    "pyarrow.parquet",
    "rich._emoji_codes",
    "rich.progress",
    "scrapy.core.downloader.handlers",
    "scrapy.core.downloader.middleware",
    "scrapy.core.engine",
    "scrapy.core.scheduler",
    "scrapy.core.scraper",
    "scrapy.crawler",
    "scrapy.dupefilters",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.resolver",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "scrapy.utils._remote_control",
    "twisted.conch.telnet",
    "xml.sax.expatreader",
)


def warm() -> None:
    """Import and read what every command needs; starts no thread, opens no library."""
    for name in _LATE:
        import_module(name)
    parser()
    settings = Settings()
    for kind in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES"):
        for path in settings.getwithbase(kind):
            load_object(path)
    _derive_something()
    gc.collect()
    gc.freeze()  # what a fork does not touch, it need not copy
    if "twisted.internet.reactor" in sys.modules or threading.active_count() > 1:
        raise RuntimeError("too much was started for a process that forks")


def _derive_something() -> None:
    """One page into rows: models and lists are read by the first."""
    piece = pieces(1)[0]
    capture = Capture(
        url=piece.url,
        fetch_time=datetime(2026, 11, 20, tzinfo=UTC),
        request=b"GET / HTTP/1.1\r\n\r\n",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
        body=page_of(piece),
        warc_record_id=new_record_id(),
    )
    pointer = Pointer("", 0, 0)
    derive_page(capture, pointer)
    language_of(" ".join(piece.paragraphs))


def main() -> None:
    """Answer until the input ends."""
    become_reaper()
    resource_tracker.ensure_running()  # one for all
    warm()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a fork prints is no answer
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), file=answers, flush=True)


def _answer(job: dict[str, Any]) -> Any:
    what = job.pop("what")
    try:
        paths = {
            name: Path(job.pop(name)) for name in ("libraries", "recorded", "folder") if name in job
        }
        found = getattr(damages if what == "damaged" else trials, what)(**paths, **job)
        return asdict(found) if isinstance(found, trials.Verdict) else {"found": found}
    except Exception:  # noqa: BLE001 -- told to who asked
        return {**job, "wrong": [traceback.format_exc()]}


if __name__ == "__main__":
    main()
