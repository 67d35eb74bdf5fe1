"""Revisits in files of others: a status of their own, and digests as each tool spells them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

import warcs
from archive.library import Library
from archive.verify.library import verify
from archive.warc.digests import one_spelling
from pipelines.derive.engine import Engine
from pipelines.importing.import_files import import_files

SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HEADS = {
    status: f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/html\r\n\r\n".encode()
    for status, reason in ((200, "OK"), (302, "Found"), (404, "Not Found"), (503, "Busy"))
}
SITE = "https://paper.example"
BODY = warcs.page("Essay number 1", "Essay 1.")


def revisit(number: int, path: str, head: bytes, of: str, digest: str = "") -> bytes:
    return warcs.record(
        "revisit",
        f"{SITE}{path}",
        head,
        number=number,
        date=f"2020-06-01T00:{number:02}:00Z",
        WARC_Payload_Digest=digest or warcs.sha1(BODY),
        WARC_Refers_To_Target_URI=f"{SITE}{of}",
        WARC_Refers_To_Date="2020-05-04T08:00:00Z",
        WARC_Profile=SAME,
    )


def response(number: int, path: str, status: int = 200, **fields: str) -> bytes:
    where = f"{SITE}{path}"
    date = "2020-05-04T08:00:00Z"
    return warcs.response(number, BODY, HEADS[status], url=where, date=date, **fields)


def imported(library: Library, folder: Path, *records: bytes) -> dict[str, dict[str, object]]:
    """The last line of the crawl log for each path, after the *records* came in."""
    path = folder / "others.warc.gz"
    path.write_bytes(warcs.members(warcs.warcinfo(), *records))
    import_files(library, [path], Engine("local", 1))
    rows = sorted(library.crawl_log(), key=lambda row: row["fetch_time"])
    return {row["url"].removeprefix(SITE): row for row in rows}


@pytest.mark.parametrize("status", [302, 404, 503])
@pytest.mark.parametrize("path", ["/1", "/elsewhere"])
def test_the_status_of_a_revisit_is_its_own(
    library: Library, tmp_path: Path, status: int, path: str
) -> None:
    said = imported(library, tmp_path, response(1, "/1"), revisit(2, path, HEADS[status], of="/1"))
    assert [row["url"] for row in library.articles()] == [f"{SITE}/1"]
    assert said[path]["fetch_status"] == status
    assert said[path]["verdict"] in (None, "not_article:error")


@pytest.mark.parametrize("path", ["/1", "/elsewhere"])
def test_a_page_that_was_an_error_before_is_an_article(
    library: Library, tmp_path: Path, path: str
) -> None:
    said = imported(
        library, tmp_path, response(1, "/1", 404), revisit(2, path, HEADS[200], of="/1")
    )
    assert [row["url"] for row in library.articles()] == [f"{SITE}{path}"]
    assert said[path]["verdict"] == "article"


def spellings() -> dict[str, tuple[str, str]]:
    sha1, sha256 = hashlib.sha1(BODY).digest(), hashlib.sha256(BODY).digest()
    base32 = base64.b32encode(sha1).decode()
    return {
        "as we do": (f"sha1:{base32}", f"sha1:{base32}"),
        "small letters": (f"sha1:{base32}", f"sha1:{base32.lower()}"),
        "hexadecimal": (f"sha1:{sha1.hex()}", f"SHA-1:{sha1.hex().upper()}"),
        "base64": (f"sha1:{base64.b64encode(sha1).decode()}", f"sha1:{base32}"),
        "sha256": (f"sha256:{sha256.hex()}", f"sha-256:{sha256.hex().upper()}"),
        "sha256, base32": (
            f"sha256:{base64.b32encode(sha256).decode()}",
            f"sha256:{sha256.hex()}",
        ),
    }


@pytest.mark.parametrize("name", spellings())
def test_the_digest_of_a_revisit_is_that_of_its_original(
    library: Library, tmp_path: Path, name: str
) -> None:
    first, then = spellings()[name]
    nowhere = revisit(2, "/elsewhere", HEADS[200], of="/unknown", digest=then)
    imported(library, tmp_path, response(1, "/1", WARC_Payload_Digest=first), nowhere)
    digests = {row["url"]: row["content_digest"] for row in library.captures()}
    assert set(digests.values()) == {base64.b32encode(hashlib.sha1(BODY).digest()).decode()}
    assert len(list(library.articles())) == 2
    assert verify(library.path).findings == ()


@pytest.mark.parametrize("odd", ["", "sha1", "sha1:", "sha1:xyz", "blake3:AbC", "md5:Zz"])
def test_what_is_no_digest_stays_as_it_is(odd: str) -> None:
    assert one_spelling(odd) in (None, odd)
