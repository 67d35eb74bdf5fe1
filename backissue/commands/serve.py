"""`backissue serve`: crawl the sources on their schedules until stopped."""

from __future__ import annotations

import argparse
import logging

from archive.library import Library
from backissue.output import meter, say
from backissue.service import Service
from crawlers.process import CrawlJob
from pipelines.engine import parse_engine


def run(options: argparse.Namespace) -> int:
    """Serve; Ctrl-C and SIGTERM end it in good order."""
    level = logging.WARNING if options.quiet else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    engine = parse_engine(options.engine)
    with Library.open(options.library) as library:
        options.quiet = True  # the log tells; no progress bar
        flags = CrawlJob(library.path, (), options.allow_private, tuple(options.resolve))
        with meter(options, "serving") as shown:
            service = Service(library, engine, flags, shown)
            say(options, "serving")
            service.run()
    return 0
