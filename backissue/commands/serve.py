"""`backissue serve`: crawl the sources on their schedules until stopped."""

from __future__ import annotations

import argparse
import asyncio
import logging

from archive.library import Library
from backissue.output import say
from backissue.service.service import Service
from crawlers.process.child import CrawlJob
from crawlers.wire import parse_override
from pipelines.derive.engine import parse_engine


def run(options: argparse.Namespace) -> int:
    """Serve; Ctrl-C and SIGTERM end it in good order."""
    level = logging.WARNING if options.quiet else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    parse_engine(options.engine)
    for text in options.resolve:
        parse_override(text)
    with Library.open(options.library, writing=True) as library:
        flags = CrawlJob(library.path, (), options.allow_private, tuple(options.resolve))
        say(options, f"serving {library.path}")
        return asyncio.run(Service(library, options.engine, flags).run())
