"""`scrapy crawl magazine`: as Scrapy has it, but what is wrong is one line and an exit code."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from scrapy.commands.crawl import Command as CrawlCommand

from archive.disk.library_toml import check_format
from archive.errors import BackissueError, ExitCode, UsageError
from archive.state.rows import COMPLETE, Run
from crawlers.process_orders import Refused
from crawlers.sources.toml import load_sources
from crawlers.spiders.magazine import MagazineSpider


class Command(CrawlCommand):
    """Checks what is to be crawled before the crawl begins, and says which runs brought nothing."""

    def run(self, args: list[str], opts: Namespace) -> None:
        """Crawl; the exit code is 2 for wrong use, and 1 where a source could not be crawled."""
        try:
            failures = self._crawl(args, opts)
        except BackissueError as error:
            failures = [str(error)]
            self.exitcode = int(error.exit_code)
        for line in failures:
            print(f"backissue: {line}", file=sys.stderr)
        if failures and not self.exitcode:
            self.exitcode = int(ExitCode.FOUND_WRONG)

    def _crawl(self, args: list[str], opts: Namespace) -> list[str]:
        assert self.settings is not None
        assert self.crawler_process is not None
        if args != [MagazineSpider.name]:
            named = " ".join(args) or "none"
            raise UsageError(f"no spider {named!r}: `scrapy crawl {MagazineSpider.name}` is all")
        library = Path(self.settings["BACKISSUE_LIBRARY"])
        check_format(library)
        wanted = [name for name in opts.spargs.get("source", "").split(",") if name]
        if not load_sources(library / "sources", wanted):
            raise UsageError(f"{library / 'sources'} has no sources: write NAME.toml there")
        failures: dict[str, str] = {}  # by source

        def note(report: Run | Refused) -> None:
            if isinstance(report, Refused):
                failures[report.source] = report.reason
            elif report.ended and report.state not in COMPLETE:
                failures[report.source] = f"{report.source}: {report.state}: {report.detail}"

        crawler = self.crawler_process.create_crawler(MagazineSpider)
        self.crawler_process.crawl(crawler, **opts.spargs, report=note)
        self.crawler_process.start()
        return list(failures.values()) if crawler.spider else ["the crawl could not begin"]
