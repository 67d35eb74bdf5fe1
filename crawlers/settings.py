"""Scrapy's settings for every crawl: polite by default, captured by our own download handler."""

import os

BOT_NAME = "backissue"
SPIDER_MODULES = ["crawlers.spiders"]
COMMANDS_MODULE = "crawlers.commands"
NEWSPIDER_MODULE = "crawlers.spiders"
ADDONS: dict[str, int] = {}

# Ours: what a crawl needs beyond Scrapy's own settings. `backissue crawl` sets them from its flags.
BACKISSUE_LIBRARY = os.environ.get("BACKISSUE_LIBRARY", "library")
BACKISSUE_ALLOW_PRIVATE = False
BACKISSUE_RESOLVE: list[str] = []
BACKISSUE_CA_FILE = None
BACKISSUE_CARD = ""  # what the lock files say of the command that this process works for
BACKISSUE_PUBLISH = True  # `scrapy crawl` publishes what it captured; `backissue crawl` does itself

# Politeness: robots are obeyed by `crawlers.middlewares.robots`; `crawlers.politeness.pace` keeps
# the delays, one request at a time on a host, for redirects, retries and robots.txt too.
# `crawlers.politeness.host_queues` hands out two requests of a host at a time, so their number
# needs no other bound.
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
SCHEDULER = "crawlers.politeness.host_queues.HostQueues"
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 128 * 2**20  # bytes being read: beyond it all sources would wait
CONCURRENT_ITEMS = 1  # no items go through Scrapy, and each callback makes so many tasks
ROBOTSTXT_OBEY = True
COOKIES_ENABLED = False
REFERRER_POLICY = "strict-origin-when-cross-origin"  # an address may have a reader's token
TELNETCONSOLE_ENABLED = False
RETRY_TIMES = 2
RETRY_EXCEPTIONS = ["crawlers.errors.Unreached"]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "*",
}

# Only http and https, and only through the handler that captures.
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}
DOWNLOAD_HANDLERS = {
    "http": "crawlers.capture.handler.CaptureHandler",
    "https": "crawlers.capture.handler.CaptureHandler",
}
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 * 2**20
DOWNLOAD_VERIFY_CERTIFICATES = True
# What Scrapy would bring itself, as far as a crawl needs it. Left out, for reasons: offsite (scope
# is ours), useragent (the library has its own), robotstxt and the redirects (ours), httpproxy (it
# would resolve names itself, past the guard, and be told its password by our handler),
# httpcompression (the handler hands decoded bodies on; the WARC has them as they came), urllength
# (it drops long addresses without a word), downloadtimeout (the wire pool has its own), stats,
# httperror and depth (nobody reads what they note: the crawl log has its counts, and all statuses
# are read), remote_control and telnet (nobody talks to a crawl but its parent). Scrapy loads even
# what is set to None: aiohttp and Conch would come with these.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
}
DOWNLOADER_MIDDLEWARES = {
    "crawlers.middlewares.removed.RemovedMiddleware": 50,
    "crawlers.middlewares.robots.RobotsMiddleware": 100,
    "crawlers.middlewares.tdmrep.TdmRepMiddleware": 110,
    "crawlers.middlewares.redirects.PlainRedirectMiddleware": 600,
}
SPIDER_MIDDLEWARES_BASE = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": 700,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": 1000,
}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
}
EXTENSIONS = {
    "crawlers.politeness.pace.Pace": 0,
    "crawlers.capture.recorder.Recorder": 0,
}

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
LOG_LEVEL = "WARNING"
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False  # it would read the spider's source for each response
FEED_EXPORT_ENCODING = "utf-8"
