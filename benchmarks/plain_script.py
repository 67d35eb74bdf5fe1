"""What Backissue is measured against: bare Scrapy, and the archive that one would write in an hour.

The script captures with warcio and extracts with trafilatura in the callback, as the documentation
of each shows it, and writes its articles to one Parquet file at the end.

    python benchmarks/plain_script.py FOLDER PORT URL ...

Each host of the URLs is asked at PORT of this machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_FIELDS = ("url", "title", "author", "date", "language", "description", "text")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to be fetched: its address, its host, the port of the server that has it."""

    url: str
    host: str
    port: int

    @property
    def local(self) -> str:
        """The address at which the server on loopback has the page."""
        return self.url.replace(f"http://{self.host}", f"http://127.0.0.1:{self.port}", 1)


def fetch_bare(pages: Sequence[Wanted]) -> None:
    """Scrapy as it comes, which fetches *pages* and does nothing with them."""
    _fetch(pages, lambda _: None)


def fetch_and_publish(pages: Sequence[Wanted], folder: Path) -> None:
    """Fetch *pages* into `folder/pages.warc.gz` and `folder/articles.parquet`."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from trafilatura import bare_extraction
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    rows: list[dict[str, Any]] = []
    with (folder / "pages.warc.gz").open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)

        def keep(response: Any) -> None:
            url = response.request.headers["X-Address"].decode()
            sent = [(n.decode(), v[0].decode()) for n, v in response.request.headers.items()]
            request = StatusAndHeaders(f"GET {url} HTTP/1.1", sent, is_http_request=True)
            came = [(n.decode(), v[0].decode()) for n, v in response.headers.items()]
            head = StatusAndHeaders("200 OK", came, protocol="HTTP/1.1")
            body = BytesIO(response.body)
            writer.write_record(writer.create_warc_record(url, "request", http_headers=request))
            writer.write_record(
                writer.create_warc_record(url, "response", payload=body, http_headers=head)
            )
            document = bare_extraction(response.body, url=url, with_metadata=True)
            found = document.as_dict() if document else {}
            rows.append({name: found.get(name) for name in _FIELDS} | {"url": url})

        _fetch(pages, keep)
    schema = pa.schema([(name, pa.string()) for name in _FIELDS])
    pq.write_table(
        pa.Table.from_pylist(rows, schema), folder / "articles.parquet", compression="zstd"
    )
    if len(rows) != len(pages):
        raise ValueError(f"{len(rows)} rows of {len(pages)} pages")


def _fetch(pages: Sequence[Wanted], use: Any) -> None:
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    class Plain(scrapy.Spider):
        name = "plain"

        async def start(self) -> AsyncIterator[Any]:
            for page in pages:
                fields = {"Host": page.host, "X-Address": page.url}
                meta = {"download_slot": page.host}
                yield scrapy.Request(page.local, headers=fields, meta=meta, dont_filter=True)

        def parse(self, response: Any) -> None:
            if response.status != 200:
                raise ValueError(response.url)
            use(response)

    settings = {"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 32, "TELNETCONSOLE_ENABLED": False}
    process = AsyncCrawlerProcess(settings)
    process.crawl(Plain)
    process.start()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("urls", nargs="+", metavar="URL")
    options = parser.parse_args()
    pages = [Wanted(url, urlsplit(url).netloc, options.port) for url in options.urls]
    fetch_and_publish(pages, options.folder)
    print(f"{len(pages)} articles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
