"""A capture that a step of the fold or a table cannot bear costs itself alone.

No page is known that makes any of these steps raise; if one were, it would be mended. So the fault
is injected, as in `tests/crash`: a step does its work and raises then, for one capture of five.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import warcs
from archive.errors import BackissueError
from archive.library import Library
from archive.tables import journal, ordering, parquet
from archive.tables.digest import digests
from archive.tables.journal import JournalEntry
from archive.tables.schema import TABLES
from archive.types import Capture, Discovery
from archive.verify.library import verify
from archive.web.http import split_message
from archive.web.surt import article_id, url_surtkey
from backissue.sample.recombined import recombine
from pipelines.batch_writer import Published
from pipelines.derive import engine, payloads
from pipelines.derive.engine import Engine
from pipelines.fold import batch, multipage, versions
from pipelines.fold.memory import FoldMemory
from pipelines.importing.import_files import import_files
from pipelines.publish import mend_batches, publish
from pipelines.rebuild.proof import prove
from pipelines.rebuild.rebuild import rebuild
from small import keep

ONE = Engine("local", 1)
BOX = "One letter from the coast, each Sunday morning."
ASIDE = "<form><p>Give us your address and we write to you</p><input name=mail></form>"
COMMENTS = """<section id="comments"><h2>2 comments</h2><ol>
<li class="comment" id="comment-1"><div><cite class="fn">Ada</cite></div><div><p>I was there.</p></div></li>
<li class="comment" id="comment-2"><div><cite class="fn">Bo</cite></div><div><p>So was I.</p></div></li>
</ol><form><textarea name="comment"></textarea></form></section>"""
BAD = 22
FIVE = range(21, 26)


def url(number: int) -> str:
    return f"https://paper.example/2020/{number}"


NAMES = {warcs.id_of("response", BAD), url(BAD), url_surtkey(url(BAD)), article_id(url(BAD))}
"""By what the bad capture is known."""


def html(number: int) -> bytes:
    """An article with a box that its siblings share, a form, and comments; the bad one is a copy."""
    text = recombine(f"text {number if number != BAD else BAD - 1}", 420).paragraphs
    parts = [f"<p>{one}</p>" for one in text]
    parts.insert(1, f"<div class=c{number}><p>{BOX}</p></div>")
    parts.insert(3, ASIDE)
    return (
        f"<!doctype html><html lang=en><title>Piece {number}</title><body><main><h1>Piece {number}"
        f"</h1><article>{''.join(parts)}</article></main>{COMMENTS}</body></html>"
    ).encode()


def response(number: int) -> bytes:
    return warcs.response(number, html(number))


def capture(number: int, **changes: Any) -> Capture:
    head, body = split_message(warcs.HTML + html(number))
    made = Capture(
        url=url(number),
        fetch_time=datetime(2020, 5, 4, 9, tzinfo=UTC) + timedelta(minutes=number),
        request=b"GET / HTTP/1.1\r\n\r\n",
        head=head,
        body=body,
        warc_record_id=warcs.id_of("response", number),
        run_id="run-1",
        discovery=Discovery(source="paper", by="feed"),
        details={"latency_ms": 7},
    )
    return replace(made, **changes)


@pytest.fixture(scope="module", autouse=True)
def in_this_process() -> Iterator[None]:
    """Workers are threads, so that no test starts processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "local_pool", ThreadPoolExecutor)
        yield


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory, in_this_process: None) -> Path:
    """A library with six articles of the same host, which have a template by now."""
    path = tmp_path_factory.mktemp("earlier") / "library"
    with Library.create(path):
        settings = path / "library.toml"
        text = settings.read_text().replace('floor = "1GiB"', 'floor = "1MiB"')
        settings.write_text(text.replace("comments = false", "comments = true"))
    with Library.open(path) as library:
        keep(library, [capture(number) for number in range(1, 7)])
        publish(library, ONE)
    return path


@pytest.fixture
def library(earlier: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(earlier, tmp_path / "library", symlinks=True)
    with Library.open(tmp_path / "library") as opened:
        yield opened


def crawl(library: Library, tmp_path: Path) -> Published | None:
    keep(library, [capture(number) for number in FIVE])
    return publish(library, ONE, payloads=True)


def imported(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "theirs.warc.gz"
    file.write_bytes(warcs.members(warcs.warcinfo(), *map(response, FIVE)))
    import_files(library, [file], ONE)


def mentions(value: Any) -> bool:
    """Whether *value* is of the bad capture."""
    if isinstance(value, pa.Table):
        if set(value["run_id"].to_pylist() if "outcome" in value.column_names else ()) == {"run-1"}:
            return False  # the log of a run is a record of its own
        texts = [c for c in value.columns if pa.types.is_string(c.type)]
        return any(NAMES.intersection(column.to_pylist()) for column in texts)
    if isinstance(value, dict):
        return any(isinstance(one, str) and one in NAMES for one in value.values())
    if isinstance(value, str):
        return value in NAMES
    return getattr(value, "article_id", None) in NAMES or getattr(value, "url", None) in NAMES


Step = tuple[Any, str, Callable[..., bool]]


def any_of(*arguments: Any) -> bool:
    return any(mentions(one) for one in arguments)


def of_table(name: str) -> Callable[..., bool]:
    return lambda *arguments: name in arguments and any_of(*arguments)


def of_tables(step: str) -> dict[str, Step]:
    """*step* for each table that has rows; the payloads have one of their own."""
    names = [name for name in TABLES if name not in ("payloads", "withdrawn")]
    return {f"{step} {name}": (parquet, step, of_table(name)) for name in names}


SORTING, WRITING = of_tables("sort_rows"), of_tables("write_rows")
STEPS: dict[str, Step] = {
    "boxes": (batch, "boxes_of", any_of),
    "template": (batch, "applied", any_of),
    "stitching": (batch, "stitch", any_of),
    "identity": (versions, "identify", any_of),
    "what is known": (FoldMemory, "known", any_of),
    "article of an address": (FoldMemory, "article_of", any_of),
    "accepting": (FoldMemory, "accept", any_of),
    "judging": (FoldMemory, "judge", any_of),
    "learning": (FoldMemory, "learn", any_of),
    "duplicates": (batch, "copy_of", any_of),
    "signatures": (FoldMemory, "shelve", any_of),
    "columns": (ordering, "reorder", any_of),
    "months": (parquet, "by_month", any_of),
    "payloads": (payloads, "recipe", any_of),
}

CASES: dict[str, tuple[Callable[[Library, Path], object], Step]] = {
    f"{way.__name__}, {name}": (way, step)
    for way, steps in ((crawl, STEPS | SORTING), (imported, STEPS | WRITING))
    for name, step in steps.items()
    if (way, name) != (crawl, "sort_rows crawl_log")  # a run's log is a record of its own
}


def breaking(patch: pytest.MonkeyPatch, step: Step, error: Exception) -> None:
    """Let *step* raise *error* for the bad capture, once its work is done."""
    owner, name, is_bad = step
    real = getattr(owner, name)

    def broken(*arguments: Any) -> Any:
        made = real(*arguments)
        if is_bad(*arguments):
            raise error
        return made

    patch.setattr(owner, name, broken)


def numbers(library: Library, table: str) -> list[int]:
    found = library.table(table, columns=["url"])
    return sorted(int(row["url"].rpartition("/")[2]) for row in found)


def is_told(library: Library) -> JournalEntry:
    """Whether the bad capture alone is left out of the newest batch; returns that batch."""
    rest = [*range(1, 7), *(number for number in FIVE if number != BAD)]
    assert numbers(library, "captures") == numbers(library, "articles") == rest
    entry = journal.read_journal(library.generation)[-1]
    (left,) = (*entry.batch.quarantined, *entry.left_out)
    assert "cannot be borne" in left.why
    cards = [path.read_text() for path in (library.path / "quarantine").glob("*.json")]
    copies = [path.read_bytes() for path in (library.path / "quarantine").glob("*.bytes")]
    assert cards
    assert all("cannot be borne" in card for card in cards)
    with library.warc(left.file).open("rb") as stream:
        assert stream.seek(left.start) == left.start
        assert stream.read(left.end - left.start) in copies
    return entry


def is_sound(library: Library) -> None:
    """Whether nothing is wrong, more can be published, and a rebuild makes the same."""
    before = digests(library.generation)
    rebuild(library, ONE)
    assert digests(library.generation) == before
    keep(library, [capture(31, run_id="run-2")])
    published = publish(library, ONE)
    assert published is not None
    assert published.verdicts == {"article": 1}
    found = [*verify(library.path).findings, *prove(library, 99, 1, map).findings]
    assert [one for one in found if one.severity == "error"] == []


@pytest.mark.parametrize(("way", "step"), CASES.values(), ids=CASES)
def test_what_a_step_cannot_bear_costs_itself_alone(
    library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Library, Path], object],
    step: Step,
) -> None:
    """Fault injection, see above."""
    with monkeypatch.context() as patch:
        breaking(patch, step, ValueError("it cannot be borne"))
        way(library, tmp_path)
    assert is_told(library).left_out == ()
    is_sound(library)


def test_an_import_counts_and_names_what_it_left_out(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection, see above."""
    with monkeypatch.context() as patch:
        breaking(patch, STEPS["learning"], ValueError("it cannot be borne"))
        (tmp_path / "theirs.warc.gz").write_bytes(warcs.members(*map(response, FIVE)))
        made = import_files(library, [tmp_path / "theirs.warc.gz"], ONE)
    (file,) = made.files
    assert (file.captures, file.new, file.articles, file.unreadable) == (5, 4, 4, 1)
    (left,) = file.skipped
    assert left.why == "ValueError: it cannot be borne"
    data = (library.path / str(file.file)).read_bytes()[left.offset : left.end]
    assert data == warcs.members(response(BAD))
    assert data in [one.read_bytes() for one in (library.path / "quarantine").glob("*.bytes")]
    assert made.quarantined == ()
    assert import_files(library, [tmp_path / "theirs.warc.gz"], ONE).files[0].known


def test_what_was_left_out_can_be_imported_with_another_file(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection, see above, by a fault that a later version no longer has."""
    with monkeypatch.context() as patch:
        breaking(patch, STEPS["learning"], ValueError("it cannot be borne"))
        imported(library, tmp_path)
    (tmp_path / "more.warc.gz").write_bytes(warcs.members(*map(response, (BAD, 28))))
    made = import_files(library, [tmp_path / "more.warc.gz"], ONE)
    assert made.files[0].new == 2
    assert numbers(library, "articles") == [*range(1, 7), *FIVE, 28]
    is_sound(library)


STITCHING: dict[str, Step] = {
    "keeping a part": (FoldMemory, "keep_part", any_of),
    "a later page": (multipage, "stitched", lambda first, rest: any_of(first, *rest)),
}


@pytest.mark.parametrize("step", STITCHING.values(), ids=STITCHING)
def test_a_page_behind_another_that_cannot_be_borne_costs_no_more(
    library: Library, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    """Fault injection, see above."""
    follows = {BAD - 1: {}, BAD: {"part_of": url(BAD - 1)}, BAD + 1: {"part_of": url(BAD - 1)}}
    keep(library, [capture(number, details={}, **parts) for number, parts in follows.items()])
    with monkeypatch.context() as patch:
        breaking(patch, step, ValueError("it cannot be borne"))
        publish(library, ONE)
    assert numbers(library, "captures") == [*range(1, 7), BAD - 1, BAD + 1]
    assert numbers(library, "articles") == [*range(1, 7), BAD - 1]
    (left,) = journal.read_journal(library.generation)[-1].batch.quarantined
    assert "cannot be borne" in left.why
    is_sound(library)


def test_the_log_of_a_run_that_cannot_be_borne_costs_no_capture(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection, see above."""
    keep(library, [capture(number, run_id="run-9") for number in FIVE])
    with monkeypatch.context() as patch:
        breaking(patch, SORTING["sort_rows crawl_log"], ValueError("it cannot be borne"))
        publish(library, ONE)
    assert numbers(library, "captures") == [*range(1, 7), *FIVE]
    assert len(journal.read_journal(library.generation)[-1].batch.quarantined) == 1
    is_sound(library)


# Batches whose record stands already


def unfinished(library: Library, patch: pytest.MonkeyPatch) -> None:
    """Leave a batch of five whose record stands in the WARC, and names none of them."""
    keep(library, [capture(number) for number in FIVE])
    with patch.context() as crash:
        crash.setattr(journal, "append", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(library, ONE)


FINISHING: dict[str, Callable[[Library], object]] = {
    "publish": lambda library: publish(library, ONE),
    "repair": lambda library: mend_batches(library, ONE),
    "rebuild": lambda library: rebuild(library, ONE),
}


@pytest.mark.parametrize("finish", FINISHING.values(), ids=FINISHING)
def test_a_batch_that_an_older_version_could_not_finish_is_finished(
    library: Library, monkeypatch: pytest.MonkeyPatch, finish: Callable[[Library], object]
) -> None:
    """Fault injection, see above: the record was written before anything was folded."""
    unfinished(library, monkeypatch)
    with monkeypatch.context() as patch:
        breaking(patch, STEPS["learning"], sqlite3.IntegrityError("it cannot be borne"))
        finish(library)
        entry = is_told(library)
        assert entry.batch.quarantined == ()
        is_sound(library)


def test_what_a_generation_lacks_its_memory_does_not_learn_after_a_crash(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection, see above; the crash comes between journal and memory."""
    unfinished(library, monkeypatch)
    append = journal.append
    with monkeypatch.context() as patch:
        breaking(patch, STEPS["learning"], ValueError("it cannot be borne"))
        patch.setattr(journal, "append", lambda *given: (append(*given), 1 / 0))
        with pytest.raises(ZeroDivisionError):
            publish(library, ONE)
    publish(library, ONE)  # bears it, and must not
    memory = FoldMemory(library.generation)
    assert memory.last_batch() == 2
    assert memory.known(article_id(url(BAD))) is None
    assert memory.known(article_id(url(BAD + 1))) is not None
    memory.close()


def test_payloads_of_earlier_batches_are_written_without_what_cannot_be_borne(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection, see above: the rows of an earlier batch stay as they are."""
    keep(library, [capture(number) for number in FIVE])
    publish(library, ONE)
    keep(library, [capture(30, run_id="run-2")])
    with monkeypatch.context() as patch:
        breaking(patch, STEPS["payloads"], ValueError("it cannot be borne"))
        publish(library, ONE, payloads=True)
    assert len(library.table("payloads")) == 6 + 5 + 1 - 1
    assert BAD in numbers(library, "captures")
    (left,) = journal.read_journal(library.generation)[-1].batch.quarantined
    assert "cannot be borne" in left.why
    is_sound(library)


# What is no capture's fault


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        sqlite3.OperationalError("disk I/O error"),
        MemoryError(),
        ImportError("no module"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_the_machine_s_fault_costs_no_capture(
    library: Library, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Fault injection, see above: nothing is written, and the next publish does it all."""
    keep(library, [capture(number) for number in FIVE])
    before = sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz"))
    with monkeypatch.context() as patch:
        breaking(patch, STEPS["learning"], error)
        with pytest.raises((type(error), BackissueError)):
            publish(library, ONE)
    assert sorted(library.path.glob("warc/[0-9]*/**/*.warc.gz")) == before
    publish(library, ONE)
    assert numbers(library, "captures") == [*range(1, 7), *FIVE]
    assert journal.read_journal(library.generation)[-1].batch.quarantined == ()


def test_what_no_capture_is_to_blame_for_is_raised(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injection, see above: the step raises without any capture, too."""
    keep(library, [capture(number) for number in FIVE])
    with monkeypatch.context() as patch:
        step = (batch, "stitch", lambda *_: True)
        breaking(patch, step, ValueError("whatever comes"))
        with pytest.raises(ValueError, match="whatever comes"):
            publish(library, ONE)
    publish(library, ONE)
    assert numbers(library, "captures") == [*range(1, 7), *FIVE]
