"""The values that pass between packages: seeds, captures, articles, index entries, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from archive.web.http import Head, parse_head, undo_transfer

DiscoveredBy = Literal[
    "feed", "sitemap", "section", "link", "archive", "user", "robots", "redirect", "import"
]
Role = Literal["page", "listing", "robots", "requisite"]
Truncated = Literal["length", "time", "disconnect", "unspecified"]
Completeness = Literal[
    "full",
    "teaser",
    "paywall",
    "consent",
    "password",
    "list",
    "page",
    "shell",
    "soft404",
    "error",
    "liveblog",
    "unknown",
]
Precision = Literal["year", "month", "day", "minute", "second"]
Fidelity = Literal["wire", "imported", "dechunked", "decoded", "reconstructed", "headless"]
"""What kind of bytes a capture has.

`wire`: as received, kept by us. `imported`: as another tool kept them, and nothing shows that it
changed them. `dechunked`, `decoded`: the head names a transfer or content coding that the body is
not in (any more). `reconstructed`: the head was written by the tool, as for HTTP/2. `headless`: a
body alone, without an HTTP message.
"""
RevisitProfile = Literal["server-not-modified", "identical-payload-digest"]
Row = dict[str, Any]
"""A row of a table: its values by the names of the columns."""
NO_ARTICLE: frozenset[str] = frozenset({"list", "page", "shell", "soft404", "error"})


@dataclass(frozen=True, slots=True)
class Seed:
    """An address where a source announces or keeps its articles."""

    kind: Literal["feed", "sitemap", "section", "archive", "page"]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """How a URL came to be fetched: what the capture's `metadata` record keeps of it.

    *via* is the page that named it. *announced*, *title* and *words* are what that page said of it:
    its date, its title, and the length of the text that stood there.
    """

    source: str
    by: DiscoveredBy
    via: str | None = None
    announced: datetime | None = None
    modified: datetime | None = None
    title: str | None = None
    words: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The earlier capture that a revisit stands for: WARC-Refers-To and its fields.

    *profile* tells why: the server said 304, or the payload had the same digest again. A field that
    an imported revisit lacks, and that nothing else gives, is empty or None.
    """

    profile: RevisitProfile
    warc_record_id: str
    url: str
    fetch_time: datetime | None
    payload_digest: str


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One HTTP exchange, as it was on the wire: bytes verbatim, the body still framed and coded.

    *head* ends with the blank line. *request* is empty where an imported file held none; so is
    *head* where it held a body alone, of the type *content_type*. *truncated* is the reason why the
    body is short. A revisit names its *original* and has no body of its own.

    *role* is what the crawl asked for it as. A page behind the first of an article is number *part*
    of the article at *part_of*. *tdm_reservation* is what the host's tdmrep.json said of the
    address. *details* are numbers on the exchange: `latency_ms`, `interim_bytes` …
    """

    url: str
    fetch_time: datetime
    request: bytes
    head: bytes
    body: bytes
    warc_record_id: str
    run_id: str = ""
    original: Original | None = None
    ip_address: str | None = None
    truncated: Truncated | None = None
    discovery: Discovery | None = None
    details: dict[str, Any] = field(default_factory=dict)
    fidelity: Fidelity = "wire"
    content_type: str | None = None
    role: Role | None = None
    part_of: str | None = None
    part: int | None = None
    tdm_reservation: bool | None = None

    @property
    def warc_type(self) -> Literal["response", "revisit", "resource"]:
        """The type of the WARC record that holds it."""
        if self.fidelity == "headless":
            return "resource"
        return "revisit" if self.original else "response"

    @cached_property
    def parsed(self) -> Head:
        """Status and header fields of the response."""
        if self.fidelity == "headless":
            kind = self.content_type
            return Head(None, None, "", (("Content-Type", kind),) if kind else ())
        return parse_head(self.head)

    @property
    def status(self) -> int | None:
        """The status code, or None where the status line has none."""
        return self.parsed.status

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Header fields in their order, latin-1 decoded."""
        return self.parsed.fields

    @property
    def is_chunked(self) -> bool:
        """Whether the body is framed in chunks."""
        return self.parsed.is_chunked and self._is_coded

    @property
    def transfer_codings(self) -> tuple[str, ...]:
        """The transfer codings that the body is in, in the order in which they were applied."""
        return self.parsed.transfer_codings if self._is_coded else ()

    @property
    def _is_coded(self) -> bool:
        return self.fidelity in ("wire", "imported")

    @property
    def content_codings(self) -> tuple[str, ...]:
        """The content codings that the payload is in, in the order in which they were applied."""
        return () if self.fidelity == "decoded" else self.parsed.content_codings

    @cached_property
    def payload(self) -> bytes:
        """The body without its transfer coding; its content coding stands."""
        return undo_transfer(self.body, self.parsed) if self._is_coded else self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A block of the page that is not in the article's text, and why."""

    reason: str
    block: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a reader wrote below an article; *parent* is the number of the comment that it answers,
    from 1."""

    author: str | None = None
    date_published: datetime | None = None
    text: str = ""
    parent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What one page says, without its clutter: the `articles` columns that need no library.

    None means "not on the page". Texts are NFC; dates are aware UTC; `evidence` tells for each
    field where its value comes from and what was rejected.
    """

    url: str
    canonical_url: str | None = None
    headline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    article_body: str = ""
    article_body_markdown: str = ""
    author: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    publisher: str | None = None
    is_part_of: str | None = None
    issue_number: str | None = None
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    in_language: str | None = None
    date_published: datetime | None = None
    date_published_raw: str | None = None
    date_published_precision: Precision | None = None
    date_published_local: date | None = None
    date_modified: datetime | None = None
    date_announced: datetime | None = None
    image_url: str | None = None
    word_count: int = 0
    is_accessible_for_free: bool | None = None
    completeness: Completeness = "unknown"
    page_urls: tuple[str, ...] = ()
    license: str | None = None
    robots_meta: str | None = None
    tdm_reservation: bool | None = None
    text_digest: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)
    removed: tuple[Removed, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxEntry:
    """One line of a CDXJ index: where the capture of a URL stands.

    *filename* is relative to the library, *timestamp* has 14 digits (UTC), *digest* its prefix.
    """

    urlkey: str
    timestamp: str
    url: str
    mime: str
    status: int | None
    digest: str
    length: int
    offset: int
    filename: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a capture stands: the WARC file relative to the library, offset and length in bytes."""

    filename: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What `verify` found at one place."""

    code: str
    severity: Literal["error", "warning"]
    path: str
    detail: str
    offset: int | None = None
    record_id: str | None = None
    url: str | None = None
    remedy: str = ""
