"""The obvious script that keeps pages: Scrapy, warcio, trafilatura, and one file of Parquet.

It is what `benchmarks/start.py` compares with.

    python benchmarks/obvious_crawl.py FOLDER PORT URL ...

Each host of the URLs is asked at PORT of this machine.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import scrapy
import trafilatura
from scrapy.crawler import AsyncCrawlerProcess
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


class Obvious(scrapy.Spider):
    """Fetches each URL once, and keeps it."""

    name = "obvious"
    folder: Path
    port: int
    urls: list[str]

    async def start(self) -> AsyncIterator[Any]:
        """A request for each URL."""
        self.rows: list[dict[str, Any]] = []
        self.stream = (self.folder / "pages.warc.gz").open("wb")
        self.writer = WARCWriter(self.stream, gzip=True)
        for url in self.urls:
            host = urlsplit(url).netloc
            local = url.replace(f"//{host}", f"//127.0.0.1:{self.port}", 1)
            yield scrapy.Request(local, headers={"Host": host}, cb_kwargs={"url": url})

    def parse(self, response: Any, url: str) -> None:
        """Keep the response, and its article."""
        fields = [(k.decode(), v[0].decode()) for k, v in response.headers.items()]
        head = StatusAndHeaders(f"{response.status} OK", fields, protocol="HTTP/1.1")
        body = BytesIO(response.body)
        record = self.writer.create_warc_record(url, "response", payload=body, http_headers=head)
        self.writer.write_record(record)
        article = trafilatura.bare_extraction(response.text, url=url, with_metadata=True)
        if article:
            found = article.as_dict()
            names = ("title", "author", "date", "text", "language")
            self.rows.append({"url": url} | {name: found.get(name) for name in names})

    def closed(self, reason: str) -> None:
        """Write the rows."""
        self.stream.close()
        pq.write_table(pa.Table.from_pylist(self.rows), self.folder / "articles.parquet")
        print(f"{len(self.rows)} articles")


def main(folder: str, port: str, *urls: str) -> int:
    settings = {"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": True, "TELNETCONSOLE_ENABLED": False}
    process = AsyncCrawlerProcess(settings)
    process.crawl(Obvious, folder=Path(folder), port=int(port), urls=list(urls))
    process.start()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
