"""A library whose sources, titles and operator try to break what they are written into."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.library import Library
from archive.tables import journal
from archive.tables.journal import Batch, JournalEntry, Span, TableFile
from archive.tables.parquet import file_path, sort_rows, write_rows
from archive.tables.schema import TABLES

DAY = timedelta(days=1)
START = datetime(2026, 10, 1, 8, 30, 15, 123456, tzinfo=UTC)
CLOSED = ("2026-10-09T10:00:00.5Z", "2026-11-05T10:00:00Z")
HOSTILE = 'Now: "it" | <script>alert(1)</script>\n---\n- x: {y}\n\\end{a} & 100 % [l](http://e.example) \'#'
TITLE = 'A: <b>| {0} --- "x": `y` _z_ %\\end &amp;'
SOURCE = f"url = \"https://mail.example/?a=<b>|c\"\ntitle = '''{TITLE}'''\n"
OPERATOR = "operator = 'Keepers: {a} & <b>\"Sons\"</b>, 100 % #1 \\ [x](y)'\n"


def row(number: int, version: int = 1, **values: Any) -> dict[str, Any]:
    """A row of `articles` with a value in nearly every column; each third names no author."""
    found = dict.fromkeys(TABLES["articles"].names) | {
        "article_id": f"{number:04}".translate(str.maketrans("0123456789", "abcdefghij")),
        "version": version,
        "url": f"https://mail.example/{number}",
        "url_surtkey": f"example,mail)/{number:04}",
        "url_host_name": "mail.example",
        "headline": HOSTILE if number == 3 else f"Letter {number}",
        "article_body": f"Letter {number}, in version {version}.\n\nThe mail came. "
        + "Rain. " * number,
        "author": [f"Ann {HOSTILE}" if number == 3 else "Ann O’Neill", "B"] if number % 3 else None,
        "in_language": ("en-GB", "no", "pt-BR", None, "zz zz")[number % 5],
        "date_published": datetime(2019 + number % 4, 5, 1, tzinfo=UTC) if number % 7 else None,
        "date_published_local": date(2026, 5, 1) if number % 2 else None,
        "word_count": 6 + number,
        "is_accessible_for_free": (True, False, None)[number % 3],
        "tdm_reservation": (None, True)[number % 2],
        "completeness": "teaser" if number == 4 else "full",
        "license": HOSTILE if number == 3 else None,
        "fetch_time": START + number * DAY / 10 + version * DAY,
        "fetch_status": 200,
        "warc_record_offset": 10 * number,
        "source": "mail" if number % 4 else "adhoc",
        "extractor": "backissue",
        "extractor_version": "1",
        "extraction_config_digest": "sha256:0",
        "evidence": '{"headline": {"from": "markup:h1"}}',
    }
    return found | values


def add_batch(library: Library, number: int, rows: list[dict[str, Any]]) -> None:
    """Publish *rows* as batch *number*."""
    stem = f"g0001-{number:06}-abcdef01"
    path = file_path("articles", "2026-10", stem)
    made = sort_rows("articles", pa.Table.from_pylist(rows, schema=TABLES["articles"]))
    write_rows(library.generation, path, "articles", made)
    batch, span = Batch(number, CLOSED[number - 1], ()), Span("warc/b", 0, 1)
    file = TableFile(path, len(rows), "")
    entry = JournalEntry(batch, span, "backissue 1", "sha256:0", (file,))
    journal.append(library.generation, entry)


def fill(folder: Path) -> Library:
    """The library at *folder*: 20 articles in two batches, one with two versions."""
    with Library.create(folder, "mails") as library:
        settings = folder / "library.toml"
        contact = 'contact = "mailto:keep@mail.example"\n'
        text = settings.read_text().replace("[warc]", f"{OPERATOR}{contact}\n[warc]")
        settings.write_text(text.replace('respect = ["robots"]', 'respect = ["robots", "noai"]'))
        (folder / "sources/mail.toml").write_text(SOURCE)
    with Library.open(folder) as library:
        add_batch(library, 1, [row(number) for number in range(15)])
        add_batch(library, 2, [row(2, 2), *(row(number) for number in range(15, 20))])
    return library
