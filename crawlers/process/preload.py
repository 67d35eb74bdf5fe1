"""What the fork server loads before it makes the first crawl process: Scrapy, and the spider.

Only the fork server imports this. Twisted's reactor is not among it: each process installs its own.
"""

from __future__ import annotations

from archive.disk.imports import begin_loading, end_loading

begin_loading()

from scrapy.crawler import AsyncCrawlerProcess

from crawlers.capture.handler import CaptureHandler
from crawlers.capture.recorder import Recorder
from crawlers.middlewares import redirects, removed, robots, tdmrep
from crawlers.politeness.host_queues import HostQueues
from crawlers.process import child
from crawlers.spiders.magazine import MagazineSpider

__all__ = [
    "AsyncCrawlerProcess",
    "CaptureHandler",
    "HostQueues",
    "MagazineSpider",
    "Recorder",
    "child",
    "redirects",
    "removed",
    "robots",
    "tdmrep",
]

end_loading()
