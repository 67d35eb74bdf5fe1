"""Everything that `verify` looks for: a stable code each, how grave it is, and what it means.

An error says that the library is not what it must be. A warning names something remarkable that is
in order all the same: a server that lies, a damage that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from archive.types import Finding

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for."""

    severity: Severity
    meaning: str
    remedy: str


REPAIR = "`backissue repair` mends it where the library has the same elsewhere"
RECORD = "`backissue repair`; what stays, `backissue rebuild --accept-loss` takes for lost"
REBUILD = "`backissue rebuild` makes it again"
BACKUP = "put the file back from a copy, then `backissue repair`"
REPORT = "nothing mends it: what was written so stays so; please report it as a bug"
NOTHING = "nothing needs to be done"


def _errors(area: str, remedy: str, **meanings: str) -> dict[str, Check]:
    return {f"{area}.{name}": Check("error", text, remedy) for name, text in meanings.items()}


def _warnings(area: str, remedy: str, **meanings: str) -> dict[str, Check]:
    return {f"{area}.{name}": Check("warning", text, remedy) for name, text in meanings.items()}


CHECKS: dict[str, Check] = {
    **_errors(
        "warc",
        BACKUP,
        gone="a WARC file that the state or a batch names is not there",
        empty="a sealed file has no byte",
        not_gzip="the file is not compressed, whatever its name says",
    ),
    **_errors(
        "warc",
        RECORD,
        one_member="the whole file is one gzip member",
        several_records="a gzip member holds more than one record",
        zeros="bytes that are all zero follow the last record",
        garbage="bytes that belong to no record: something else was written there",
        truncated="the file ends within a record",
        damaged="a gzip member does not inflate, or its CRC or length is wrong",
        too_large="a record inflates to more than a reader has room for",
        gzip_flags="a gzip member has flags or reserved bits set, which ours never have",
        length="the block does not have its declared length, or does not end as a record must",
        block_digest="the block's bytes do not have the declared digest",
        exchange_torn="a response or revisit has no metadata record",
        no_warcinfo="the file does not begin with a warcinfo record",
    ),
    **_errors(
        "warc",
        REPORT,
        header="a record's header is malformed: version, line ends, field names, UTF-8",
        field_missing="a header field that the record's type needs is not there",
        field_repeated="a header field stands twice that may stand once",
        field_value="a header field's value is not of its form: a date, an id, an address …",
        payload_digest="the payload's bytes do not have the declared digest",
        duplicate_id="two records have the same WARC-Record-ID",
        warcinfo_id="a record names another warcinfo than that of its file",
        filename="WARC-Filename is not the name of the file",
        exchange="a request or metadata record does not follow the response that it belongs to",
        exchange_date="the records of one exchange have different dates or addresses",
        metadata="the metadata record of an exchange cannot be read",
        resource="a record of ours (crawl log, declaration, batch) cannot be read",
    ),
    **_warnings(
        "warc",
        REPAIR,
        left_open="a file that a crash left open; `backissue repair` seals it",
        gzip_time="the time, flags or system in a gzip header are not as we write them",
    ),
    **_warnings(
        "warc",
        NOTHING,
        digest_unknown="a digest is of an algorithm that is not known here",
        quarantined="a damage that a batch names already: no row comes from there",
        restored="a damaged record; another in warc/restored/ stands in for it",
    ),
    **_errors(
        "revisit",
        BACKUP,
        dangling="the record that a revisit stands for is not there",
        chain="a revisit stands for a record that is no response",
        digest="a revisit has another payload digest than the response that it stands for",
        target="a revisit names another address or date than its response has",
    ),
    **_warnings(
        "http",
        NOTHING,
        content_encoding="the head declares a content coding that the body does not have",
        transfer_encoding="the head declares chunks, and the body is not made of whole ones",
        content_length="Content-Length is not the length of the body",
        status_line="the block of a response does not begin with a status line",
    ),
    **_errors(
        "import",
        BACKUP,
        record="an imported file does not hold the capture that a record of ours names",
    ),
    **_errors(
        "cdxj",
        REBUILD,
        missing="a sealed WARC file has no index beside it",
        line="a line of an index cannot be read",
        order="the lines of an index are not sorted by their bytes",
        repeated="a line of an index stands there twice",
        offset="a line's offset leads to no response or revisit",
        length="a line's length is not that of its record",
        digest="a line's digest is not that of its record",
        field="another value in a line is not that of its record",
        incomplete="a response or revisit has no line in the index",
    ),
    **_errors(
        "parquet",
        REBUILD,
        unreadable="a table file cannot be read",
        schema="a table file has other columns than its table",
        month="a row stands in the folder of another month",
        pointer="the place that a row names does not hold the row's record",
        url="a row has another address than its record",
        value="another value of a `captures` row is not that of its record",
        lacking="a response or revisit of a batch has no row in `captures`",
        surplus="a row of `captures` is for a record that its batch does not hold",
        repeated="two rows of one table are for the same record",
        shown="a row of an address that is removed stands where readers see it",
        withheld="a row is kept from readers whose address nobody had removed",
        orphan="a row of another table names a record or an article that has no row",
        text="an `articles` row's text does not have its digest",
    ),
    **_errors(
        "journal",
        REBUILD,
        line="a line of batches.jsonl cannot be read",
        number="the batches are not in the order of their numbers",
        missing="a file that the journal names is not there",
        hash="a file's bytes do not have the SHA-256 in the journal",
        rows="a file has another number of rows than the journal says",
        unlisted="a table file that no line of the journal names",
        record="the batch's record in the WARC is not there, or says something else",
    ),
    **_errors(
        "journal",
        BACKUP,
        span="the spans of the batches overlap, leave a gap, or lead behind the end of a file",
    ),
    **_errors(
        "journal",
        "`backissue publish` finishes it",
        incomplete="a batch has a record in the WARC and no line",
    ),
    **_warnings(
        "journal",
        NOTHING,
        gap="no batch has this number: its record was lost, and what it held came in a later batch",
    ),
    **_errors(
        "proof",
        REBUILD,
        differs="the row's page, extracted again, gives other values",
        unreadable="the capture of a row cannot be read",
        payload="a `payloads` row does not give back the bytes that were received",
    ),
    **_warnings(
        "proof",
        "`backissue rebuild` makes the rows by this extractor",
        extractor="rows of another extractor or other settings: a difference is no fault",
    ),
    **_errors(
        "library",
        "any command that writes, such as `backissue repair`, makes it again",
        link="a link of the library leads elsewhere than it must, or nowhere",
        removal="a removal was interrupted: it is recorded, and the tables do not obey it yet",
    ),
    **_errors(
        "library",
        "put it back from a copy, or remove it: `backissue rebuild` makes it again from warc/",
        tombstones="the list of what was removed cannot be read",
    ),
    **_errors(
        "state",
        "remove it: the next command that writes makes it again from the WARC files",
        unreadable="the state database cannot be read",
    ),
    **_errors(
        "state",
        BACKUP,
        offset="the state says that more of a WARC file is on the disk than there is",
    ),
    **_warnings(
        "state",
        "`backissue repair` enters it",
        unknown="a sealed WARC file that the state does not know; `backissue repair` enters it",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPlace:
    """Where a finding is: a file relative to the library, and what stands there."""

    path: str
    offset: int | None = None
    record_id: str | None = None
    url: str | None = None

    def finding(self, code: str, detail: str) -> Finding:
        """The finding *code* at this place; *detail* is made printable and short."""
        return Finding(
            code=code,
            severity=CHECKS[code].severity,
            path=self.path,
            detail=printable(detail),
            offset=self.offset,
            record_id=self.record_id,
            url=self.url,
            remedy=CHECKS[code].remedy,
        )


def printable(text: str, limit: int = 300) -> str:
    """*text* on one line, without control characters, not longer than *limit*."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def without_codes(codes: Iterable[str]) -> Callable[[Iterable[Finding]], Iterator[Finding]]:
    """A filter that drops the findings of *codes*; KeyError for a code that does not exist."""
    dropped = {code for code in codes if CHECKS[code]}
    return lambda findings: (one for one in findings if one.code not in dropped)
