"""The Arrow schemas of all tables: the columns that every reader of a library's Parquet files sees.

`articles` takes its names from schema.org (in snake_case), `captures` from Common Crawl's columnar
index (https://commoncrawl.org/columnar-index), whose 32 flat fields it carries with the same names
and types but for 64-bit offsets and lengths. Each column's description stands in its metadata.
"""

from __future__ import annotations

import pyarrow as pa

_UTC = pa.timestamp("us", tz="UTC")
_TEXTS = pa.list_(pa.field("element", pa.string()))
_Column = tuple[str, pa.DataType, str]


def _schema(columns: list[_Column]) -> pa.Schema:
    return pa.schema(
        [pa.field(name, kind, metadata={"description": text}) for name, kind, text in columns]
    )


_RIGHTS: list[_Column] = [
    ("content_signal", pa.string(), "Content-Signal, as given by the server or its robots.txt"),
    ("content_usage", pa.string(), "Content-Usage (IETF AI preferences), as given"),
    ("rsl_license", pa.string(), "address of the licence in Really Simple Licensing, as given"),
]

_POINTER: list[_Column] = [
    ("warc_filename", pa.string(), "WARC file, relative to the library"),
    ("warc_record_offset", pa.int64(), "offset of the record's gzip member, bytes"),
    ("warc_record_length", pa.int64(), "length of the record's gzip member, bytes"),
]

ARTICLES = _schema(
    [
        ("article_id", pa.string(), "26 characters: base32(sha256(SURT of the canonical URL))"),
        ("version", pa.int32(), "1 for the first text seen, then counting up"),
        ("url", pa.string(), "address as fetched"),
        ("url_surtkey", pa.string(), "SURT of the address: sort key of the table"),
        ("url_host_name", pa.string(), "host of the address"),
        ("url_host_registered_domain", pa.string(), "registered domain of the host"),
        ("canonical_url", pa.string(), "address that the page declares as its own"),
        ("headline", pa.string(), "title of the article"),
        ("alternative_headline", pa.string(), "another title that the page gives"),
        ("description", pa.string(), "the page's own summary"),
        ("article_body", pa.string(), "plain text, NFC, blocks joined by a blank line"),
        ("article_body_markdown", pa.string(), "the same text with its form, as Markdown"),
        ("author", _TEXTS, "names of the authors; agencies are in `agency`"),
        ("publisher", pa.string(), "who publishes the magazine"),
        ("is_part_of", pa.string(), "the magazine"),
        ("issue_number", pa.string(), "the magazine's issue"),
        ("article_section", pa.string(), "section of the magazine"),
        ("keywords", _TEXTS, "tags of the article"),
        ("in_language", pa.string(), "BCP 47 language tag"),
        ("date_published", _UTC, "first publication; midnight UTC where only a day is known"),
        ("date_published_raw", pa.string(), "the date as it stands on the page"),
        ("date_published_precision", pa.string(), "year, month, day, minute or second"),
        ("date_modified", _UTC, "last change that the page declares"),
        ("date_announced", _UTC, "date that the feed or sitemap gave"),
        ("image_url", pa.string(), "main image"),
        ("word_count", pa.int32(), "words; each Han, Kana or Thai character counts one"),
        ("is_accessible_for_free", pa.bool_(), "what the page declares of itself"),
        (
            "completeness",
            pa.string(),
            "full, teaser, paywall, consent, password, liveblog or unknown",
        ),
        ("page_urls", _TEXTS, "pages of a multi-page article, in order"),
        ("license", pa.string(), "licence that the page declares"),
        ("robots_meta", pa.string(), "robots directives of the page and its headers"),
        ("tdm_reservation", pa.bool_(), "TDMRep: whether text and data mining is reserved"),
        ("text_digest", pa.string(), "sha256: + hex of the NFC text, white space folded"),
        ("fetch_time", _UTC, "WARC-Date of the capture"),
        ("fetch_status", pa.int16(), "HTTP status"),
        *_POINTER,
        ("warc_record_id", pa.string(), "WARC-Record-ID of the capture, without brackets"),
        ("run_id", pa.string(), "run of the crawl that made the capture"),
        ("source", pa.string(), "source that the capture was made for"),
        ("extractor", pa.string(), "name of the extractor"),
        ("extractor_version", pa.string(), "version of the extractor"),
        ("extraction_config_digest", pa.string(), "sha256: + hex of the extractor's settings"),
        ("evidence", pa.string(), "JSON: where each value comes from, and what was rejected"),
        (
            "date_published_local",
            pa.date32(),
            "day of publication as the page writes it, in its own zone",
        ),
        (
            "agency",
            _TEXTS,
            "news agencies that the text is credited to, by their short names: AP, dpa",
        ),
        *_RIGHTS,
    ]
)

CAPTURES = _schema(
    [
        ("url_surtkey", pa.string(), "SURT of the address: sort key of the table"),
        ("url", pa.string(), "address as fetched"),
        ("url_host_name", pa.string(), "host"),
        ("url_host_tld", pa.string(), "top-level domain"),
        ("url_host_2nd_last_part", pa.string(), "second last part of the host"),
        ("url_host_3rd_last_part", pa.string(), "third last part of the host"),
        ("url_host_4th_last_part", pa.string(), "fourth last part of the host"),
        ("url_host_5th_last_part", pa.string(), "fifth last part of the host"),
        ("url_host_registry_suffix", pa.string(), "public suffix, ICANN part of the list"),
        ("url_host_registered_domain", pa.string(), "domain below the registry suffix"),
        ("url_host_private_suffix", pa.string(), "public suffix, private part included"),
        ("url_host_private_domain", pa.string(), "domain below the private suffix"),
        ("url_host_name_reversed", pa.string(), "host, its parts reversed"),
        ("url_protocol", pa.string(), "http or https"),
        ("url_port", pa.int32(), "port, null where it is the protocol's own"),
        ("url_path", pa.string(), "path"),
        ("url_query", pa.string(), "query"),
        ("fetch_time", _UTC, "WARC-Date"),
        ("fetch_status", pa.int16(), "HTTP status, null where the status line has none"),
        ("fetch_redirect", pa.string(), "target of a redirect"),
        ("content_digest", pa.string(), "SHA-1 of the payload in base32, without prefix"),
        ("content_mime_type", pa.string(), "media type as declared"),
        ("content_mime_detected", pa.string(), "media type as sniffed (WHATWG)"),
        ("content_charset", pa.string(), "encoding that HTML is read in (WHATWG); null: a guess"),
        ("content_languages", pa.string(), "ISO 639-3 code of HTML fetched with status 200"),
        ("content_truncated", pa.string(), "WARC-Truncated: length, time, disconnect, unspecified"),
        *_POINTER,
        ("warc_segment", pa.string(), "null: a library has no segments"),
        ("crawl", pa.string(), "name of the library and month: review-2026-11"),
        ("subset", pa.string(), "warc, crawldiagnostics or robotstxt"),
        ("warc_record_id", pa.string(), "WARC-Record-ID, without brackets"),
        ("warc_type", pa.string(), "response, revisit or resource"),
        (
            "capture_fidelity",
            pa.string(),
            "wire, imported, dechunked, decoded, reconstructed, headless: see docs/warc.md",
        ),
        ("source", pa.string(), "source that the capture was made for"),
        ("run_id", pa.string(), "run of the crawl that made the capture"),
        *_RIGHTS,
        ("robots_meta", pa.string(), "robots directives of the page and its headers"),
        ("license", pa.string(), "licence that the page declares"),
        ("tdm_reservation", pa.string(), "TDMRep: the reservation, as given"),
        ("rights", pa.string(), "JSON: what all these come to, and which records decided"),
    ]
)

PAYLOADS = _schema(
    [
        ("warc_record_id", pa.string(), "WARC-Record-ID of the capture, without brackets"),
        ("url_surtkey", pa.string(), "SURT of the address: sort key of the table"),
        ("fetch_time", _UTC, "WARC-Date"),
        ("warc_headers", pa.binary(), "the WARC record's header block, verbatim"),
        ("request", pa.binary(), "the request as sent"),
        ("http_headers", pa.binary(), "the response's head as received"),
        ("payload", pa.binary(), "the body with transfer and content coding undone"),
        (
            "payload_exact",
            pa.string(),
            "how the received body follows from it (identity, gzip:6 …); null: it does not",
        ),
    ]
)

CRAWL_LOG = _schema(
    [
        ("url", pa.string(), "address that was to be fetched"),
        ("url_surtkey", pa.string(), "SURT of the address: sort key of the table"),
        ("url_host_registered_domain", pa.string(), "registered domain of the host"),
        ("source", pa.string(), "source that wanted it"),
        ("run_id", pa.string(), "run of the crawl"),
        (
            "discovered_by",
            pa.string(),
            "feed, sitemap, section, link, archive, user, robots, redirect or import",
        ),
        ("discovered_via", pa.string(), "address of the page that named it"),
        ("date_announced", _UTC, "date that the announcing page gave"),
        ("fetch_time", _UTC, "when the outcome was known"),
        (
            "outcome",
            pa.string(),
            "fetched, not_modified, duplicate, robots, blocked:<kind>, error:<kind> …",
        ),
        ("detail", pa.string(), "one line on the outcome"),
        ("fetch_status", pa.int16(), "HTTP status"),
        ("latency_ms", pa.int32(), "from request sent to response received"),
        ("bytes_received", pa.int64(), "size of the response on the wire"),
        ("warc_record_id", pa.string(), "capture that it produced"),
        ("article_id", pa.string(), "article that the capture belongs to"),
        ("verdict", pa.string(), "article, version, unchanged, worse, page_of, not_article:<why>"),
    ]
)

REMOVED = _schema(
    [
        ("article_id", pa.string(), "article"),
        ("version", pa.int32(), "its version"),
        ("reason", pa.string(), "why the block is not in the text"),
        ("block", pa.string(), "text of the block"),
    ]
)

COMMENTS = _schema(
    [
        ("article_id", pa.string(), "article"),
        ("version", pa.int32(), "its version"),
        ("comment", pa.int32(), "number of the comment on the page, from 1"),
        ("parent", pa.int32(), "number of the comment that it answers"),
        ("author", pa.string(), "name that the commenter gave"),
        ("date_published", _UTC, "date of the comment"),
        ("text", pa.string(), "text of the comment"),
    ]
)

DUPLICATES = _schema(
    [
        ("article_id", pa.string(), "article"),
        ("duplicate_of", pa.string(), "earliest article with the same text, nearly or exactly"),
        ("similarity", pa.float64(), "share of word shingles in common, 0 to 1"),
        ("as_of", _UTC, "fetch_time of the capture that showed it"),
        ("group_id", pa.string(), "article_id of the earliest article with this text"),
        ("evidence", pa.string(), "JSON: what the similarity was measured on"),
    ]
)

WITHDRAWN = _schema(
    [
        ("article_id", pa.string(), "article"),
        ("version", pa.int32(), "its version"),
        ("reason", pa.string(), "what later captures proved the page to be: list or page"),
        ("as_of", _UTC, "fetch_time of the capture that proved it"),
    ]
)

TABLES: dict[str, pa.Schema] = {
    "articles": ARTICLES,
    "captures": CAPTURES,
    "payloads": PAYLOADS,
    "crawl_log": CRAWL_LOG,
    "removed": REMOVED,
    "comments": COMMENTS,
    "duplicates": DUPLICATES,
    "withdrawn": WITHDRAWN,
}

_NEW_RIGHTS = ("content_signal", "content_usage", "rsl_license")
SINCE_FORMAT_2: dict[str, frozenset[str]] = {
    "articles": frozenset({"date_published_local", "agency", *_NEW_RIGHTS}),
    "captures": frozenset({*_NEW_RIGHTS, "robots_meta", "license", "tdm_reservation", "rights"}),
    "duplicates": frozenset({"group_id", "evidence"}),
    "withdrawn": frozenset(WITHDRAWN.names),
}
"""The columns that a generation of format 1 lacks; where these are all, it lacks the table."""


def of_format_1(table: str) -> pa.Schema:
    """The columns that *table* has in a generation of format 1; none where it is not there."""
    new = SINCE_FORMAT_2.get(table, frozenset())
    return pa.schema([field for field in TABLES[table] if field.name not in new])
