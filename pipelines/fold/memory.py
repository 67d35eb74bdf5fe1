"""`fold.db`: the fold's memory of one generation in SQLite, always of a whole number of batches."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.disk.damage import reading_database
from pipelines.body.site_templates import ARTICLES, MOST_BLOCKS, SHARED, SIBLINGS, Template
from pipelines.fold.identity import Face
from pipelines.fold.memory_tables import lay_out
from pipelines.fold.site_memory import SiteMemory
from pipelines.fold.versions import LastVersion, Verdict
from pipelines.text.signatures import Signature


class FoldMemory:
    """The open memory; what happens within `batch` is remembered as a whole or not at all."""

    def __init__(self, generation: Path) -> None:
        self._path = generation / "fold.db"
        self._templates: dict[str, Template | None] = {}  # as they are before the open batch
        with reading_database(self._path):
            self._connection = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            lay_out(self._connection)
        self.site = SiteMemory(self._connection)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def last_batch(self) -> int:
        """The number of the newest batch that is remembered; 0 before the first."""
        with reading_database(self._path):
            return int(self._one("SELECT coalesce(max(number), 0) FROM batches")[0])

    @contextmanager
    def batch(self, number: int) -> Iterator[None]:
        """Fold batch *number*: remembered when the block ends well, forgotten else.

        Damaged where the memory cannot be read.
        """
        with reading_database(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            self._templates.clear()
            try:
                yield
                self._connection.execute("INSERT INTO batches VALUES (?)", (number,))
                self._connection.execute("COMMIT")
            except BaseException:
                self._undo("ROLLBACK")
                raise

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Within a batch: what happens in the block is forgotten where it raises."""
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._undo("ROLLBACK TO attempt")
            raise
        self._connection.execute("RELEASE attempt")

    def _undo(self, statement: str) -> None:
        self._templates.clear()
        if self._connection.in_transaction:  # a disk error may have ended it
            self._connection.execute(statement)

    def verdict_of(self, record_id: str | None) -> tuple[str | None, str | None]:
        """Verdict and article id of a capture; None where nothing was derived from it."""
        row = record_id and self._one(
            "SELECT verdict, article_id FROM verdicts WHERE warc_record_id = ?", record_id
        )
        return (row[0], row[1]) if row else (None, None)

    # what pipelines.fold.versions.Memory asks for

    def known(self, article_id: str) -> LastVersion | None:
        """The last accepted version of an article."""
        row = self._one("SELECT * FROM articles WHERE article_id = ?", article_id)
        return LastVersion(*row) if row else None

    def accept(self, known: LastVersion) -> None:
        """*known* is now the last accepted version."""
        marks = ", ".join("?" * len(fields(LastVersion)))
        self._connection.execute(
            f"INSERT OR REPLACE INTO articles VALUES ({marks})",  # noqa: S608 - words of ours; values are bound
            astuple(known),
        )

    def article_of(self, surtkey: str) -> str | None:
        """The article that the capture of a URL became; None where it became none."""
        row = self._one("SELECT article_id FROM urls WHERE url_surtkey = ?", surtkey)
        return row[0] if row else None

    def face_of(self, article_id: str) -> Face | None:
        """What the last accepted version of an article looks like."""
        known = self.known(article_id)
        return Face(known.text_digest, known.headline, known.in_language) if known else None

    def texts_of(self, canonical: str, surtkey: str, text_digest: str) -> int:
        """How many different texts, of different addresses, declare *canonical* as theirs."""
        self._connection.execute(
            "INSERT OR REPLACE INTO canonicals VALUES (?, ?, ?)", (canonical, surtkey, text_digest)
        )
        query = "SELECT count(DISTINCT text_digest) FROM canonicals WHERE url_surtkey = ?"
        return int(self._one(query, canonical)[0])

    def verdict_at(self, surtkey: str) -> str | None:
        """The last verdict on a capture of the URL."""
        row = self._one("SELECT verdict FROM urls WHERE url_surtkey = ?", surtkey)
        return row[0] if row else None

    def is_listing(self, surtkey: str) -> bool:
        """Whether a capture of the URL turned out to be a list page."""
        return self.verdict_at(surtkey) == "not_article:list"

    def judge(self, row: dict[str, Any], verdict: Verdict) -> None:
        """Remember what became of a capture."""
        self._connection.execute(
            "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)",
            (row["warc_record_id"], verdict.verdict, verdict.article_id),
        )
        if verdict.verdict != "worse":
            self._connection.execute(
                "INSERT INTO urls VALUES (?, ?, ?) ON CONFLICT (url_surtkey) DO UPDATE SET "
                "article_id = coalesce(excluded.article_id, article_id), "
                "verdict = excluded.verdict",
                (row["url_surtkey"], verdict.article_id, verdict.verdict),
            )

    def retract(self, surtkey: str, verdict: str) -> None:
        """The page at an address, which had become an article, is none: *verdict* says what."""
        self._connection.execute(
            "UPDATE urls SET article_id = NULL, verdict = ? WHERE url_surtkey = ?",
            (verdict, surtkey),
        )

    def withdrawn(self, article_id: str) -> int:
        """The last version of an article that is withdrawn; 0 where none is."""
        return self.site.withdrawn(article_id)

    # what pipelines.fold.multipage.Parts asks for

    def part(self, surtkey: str) -> dict[str, Any] | None:
        """What is known of the page at an address."""
        row = self._one("SELECT said FROM parts WHERE url_surtkey = ?", surtkey)
        return dict(json.loads(row[0])) if row else None

    def keep_part(self, surtkey: str, said: dict[str, Any]) -> None:
        """The page at an address says this now."""
        self._connection.execute(
            "INSERT OR REPLACE INTO parts VALUES (?, ?)",
            (surtkey, json.dumps(said, ensure_ascii=False)),
        )

    def begun(self, url: str) -> pa.Table | None:
        """The pages so far of an article with the first at *url*; the last of them said that it
        goes on."""
        row = self._one("SELECT pages FROM begun WHERE url = ?", url)
        return pa.ipc.open_stream(row[0]).read_all() if row else None

    def begin(self, url: str, pages: pa.Table | None) -> None:
        """These are the pages so far of the article at *url*; None: it is whole."""
        if pages is None:
            self._connection.execute("DELETE FROM begun WHERE url = ?", (url,))
            return
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, pages.schema) as writer:
            writer.write_table(pages)
        data = sink.getvalue().to_pybytes()
        self._connection.execute("INSERT OR REPLACE INTO begun VALUES (?, ?)", (url, data))

    # what the articles of each host share

    def template(self, host: str) -> Template | None:
        """What the articles of *host* were known to share when the batch began."""
        if host not in self._templates:
            found = self._relearned(host) if self._is_relearned() else self._learned(host)
            self._templates[host] = found if found.blocks or found.usual_words else None
        return self._templates[host]

    def templates(self) -> list[Template]:
        """The templates that the open batch was made with."""
        return [one for _, one in sorted(self._templates.items()) if one]

    def shared(self, host: str) -> frozenset[str]:
        """The hashes of the blocks of the template of *host*."""
        template = self.template(host)
        return frozenset(template.blocks) if template else frozenset()

    def _is_relearned(self) -> bool:
        until = self._one("SELECT max(until) FROM relearned")[0]
        return until is not None and self.last_batch() < until

    def _relearned(self, host: str) -> Template:
        row = self._one("SELECT blocks, usual_words FROM relearned WHERE host = ?", host)
        return Template(host, json.loads(row[0]), row[1]) if row else Template(host, {})

    def _learned(self, host: str) -> Template:
        count = self._one("SELECT count(*) FROM host_articles WHERE host = ?", host)[0]
        if count < ARTICLES:
            return Template(host, {})
        query = (
            "SELECT hash, min(beginning) FROM boxes WHERE host = ? GROUP BY hash "
            "HAVING count(*) >= ? ORDER BY count(*) DESC, hash LIMIT ?"
        )
        blocks = dict(self._connection.execute(query, (host, SHARED, MOST_BLOCKS)))
        usual = 0
        if count >= SIBLINGS:
            query = "SELECT words FROM host_articles WHERE host = ? ORDER BY words LIMIT 1 OFFSET ?"
            usual = 2 ** (int(self._one(query, host, count // 2)[0]).bit_length() - 1)
        return Template(host, blocks, usual)

    def learn(self, host: str, article_id: str, words: int, boxes: Mapping[str, str]) -> None:
        """The article of *host* has so many *words*, and *boxes*: the beginning of each by hash."""
        self._connection.execute(
            "INSERT OR REPLACE INTO host_articles VALUES (?, ?, ?)", (host, article_id, words)
        )
        rows = [(host, one, article_id, beginning) for one, beginning in boxes.items()]
        self._connection.executemany("INSERT OR IGNORE INTO boxes VALUES (?, ?, ?, ?)", rows)

    def all_learned(self) -> list[Template]:
        """What the articles of each host share by now."""
        query = "SELECT DISTINCT host FROM host_articles ORDER BY host"
        return [self._learned(host) for (host,) in self._connection.execute(query).fetchall()]

    def relearn(self, until: int, learned: Iterable[Template]) -> None:
        """Batches up to number *until* are folded with what was *learned* of all of them."""
        rows = [(one.host, until, json.dumps(one.blocks), one.usual_words) for one in learned]
        self._connection.executemany(
            "INSERT OR REPLACE INTO relearned VALUES (?, ?, ?, ?)", [("", until, "{}", 0), *rows]
        )

    # what pipelines.fold.duplicates.SignatureShelf asks for

    def alike(self, article_id: str, signature: Signature) -> Iterator[tuple[str, Signature]]:
        """The other articles that share a band with *signature*, in the order of their coming."""
        numbers = {
            number
            for band in signature.bands()
            for (number,) in self._connection.execute(
                "SELECT number FROM bands WHERE band = ? AND hash = ?", band
            )
        }
        for number in sorted(numbers):
            query = "SELECT article_id, signature FROM signatures WHERE number = ?"
            other, values = self._one(query, number)
            if other != article_id:
                yield other, Signature(values)

    def shelve(self, article_id: str, signature: Signature) -> None:
        """This is the signature of the article's newest text; its place in the order stays."""
        query = "SELECT number, signature FROM signatures WHERE article_id = ?"
        if known := self._one(query, article_id):
            number, values = known
            self._connection.executemany(
                "DELETE FROM bands WHERE band = ? AND hash = ? AND number = ?",
                [(*band, number) for band in Signature(values).bands()],
            )
        else:
            number = int(self._one("SELECT coalesce(max(number), 0) + 1 FROM signatures")[0])
        self._connection.execute(
            "INSERT OR REPLACE INTO signatures VALUES (?, ?, ?)",
            (number, article_id, signature.values),
        )
        self._connection.executemany(
            "INSERT INTO bands VALUES (?, ?, ?)",
            [(*band, number) for band in signature.bands()],
        )

    def _one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()
