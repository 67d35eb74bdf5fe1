"""What sites in many looks have in common: their posts, and their pages with what each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from archive.types import Capture, DiscoveredBy, Discovery

Kind = Literal["article", "list", "static"]
START = datetime(2026, 3, 2, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Post:
    """An article of a site, and what its lists say of it."""

    path: str
    title: str
    author: str
    date: str
    texts: tuple[str, ...]
    section: str = ""

    @property
    def summary(self) -> str:
        """The beginning of the text, as themes cut it."""
        return self.texts[0][: min(130, len(self.texts[0]) * 3 // 4)].rstrip() + " […]"


@dataclass(frozen=True)
class Page:
    """A page of a site: what it is in truth, and how a crawl came to it."""

    path: str
    html: str
    kind: Kind
    by: DiscoveredBy = "sitemap"
    title: str | None = None
    announced: str | None = None
    part_of: str | None = None
    part: int | None = None


@dataclass(frozen=True)
class Site:
    """The pages of a magazine that was crawled in a single run."""

    name: str
    pages: tuple[Page, ...]

    @property
    def base(self) -> str:
        return f"https://{self.name}.example"

    def captures(self) -> list[Capture]:
        """The pages as they came, a second after each other."""
        return [self._capture(number, page) for number, page in enumerate(self.pages)]

    def _capture(self, number: int, page: Page) -> Capture:
        body = page.html.encode()
        fields = f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}"
        return Capture(
            url=self.base + page.path,
            fetch_time=START + timedelta(seconds=number),
            request=b"GET / HTTP/1.1\r\n\r\n",
            head=f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode(),
            body=body,
            warc_record_id=f"urn:uuid:{uuid5(NAMESPACE_URL, self.base + page.path)}",
            run_id=f"run-{self.name}",
            discovery=self._discovery(page),
            role="page",
            part_of=page.part_of and self.base + page.part_of,
            part=page.part,
        )

    def _discovery(self, page: Page) -> Discovery:
        listings = {"feed": "/feed.xml", "sitemap": "/sitemap.xml", "section": "/"}
        via = listings.get(page.by)
        return Discovery(
            source=self.name if page.by != "user" else "adhoc",
            by=page.by,
            via=via and self.base + via,
            announced=datetime.fromisoformat(f"{page.announced}T08:00:00+00:00")
            if page.announced
            else None,
            title=page.title if page.by in ("feed", "section") else None,
        )


def prose(texts: Sequence[str]) -> str:
    """Paragraphs as HTML."""
    return "".join(f"<p>{text}</p>\n" for text in texts)


def links(pairs: Sequence[tuple[str, str]], around: str = "li") -> str:
    """Linked texts, each in an element of its own."""
    return "".join(f'<{around}><a href="{path}">{text}</a></{around}>\n' for path, text in pairs)
