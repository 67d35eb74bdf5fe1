"""`backissue export warc`: the received bytes from Parquet, with and without the WARC files."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from archive.errors import UsageError
from archive.library import Library
from archive.warc.captures import read_captures, read_groups, records_of
from archive.warc.records import Record, from_bytes, record_bytes
from backissue.cli import main
from pipelines.exporting.export_warc import Exported, export_warc
from pipelines.exporting.selection import Filters
from small import START, Small
from support import Archived, command

ALL = Filters()


def records(path: Path) -> Iterator[Record]:
    with path.open("rb") as stream:
        for group in read_groups(stream):
            yield from (located.record for located in group)


def originals(library: Library) -> dict[str, bytes]:
    """The records of the library's WARC files, uncompressed, by id."""
    paths = library.path.glob("warc/**/*.warc.gz")
    return {record.id: record_bytes(record) for path in paths for record in records(path)}


def test_exact_rows_give_the_records_back_and_the_others_come_from_the_warc(
    small_made: Small, tmp_path: Path
) -> None:
    output = tmp_path / "out.warc.gz"
    made = export_warc(small_made.library, output, ALL)
    assert (made.captures, made.rows, made.exact, made.from_warc) == (20, 18, 14, 6)
    assert not made.declared
    assert not made.missing
    before = originals(small_made.library)
    kept = [record for record in records(output) if record.type in ("response", "revisit")]
    assert {record.id: record_bytes(record) for record in kept} == {
        capture.warc_record_id: before[capture.warc_record_id] for capture in small_made.captures
    }
    with output.open("rb") as stream:
        again = {one.warc_record_id: one for one in read_captures(stream)}
    assert {id: (one.head, one.body, one.request) for id, one in again.items()} == {
        one.warc_record_id: (one.head, one.body, one.request) for one in small_made.captures
    }
    stream_hash = hashlib.sha256(b"".join(map(record_bytes, records(output)))).hexdigest()
    assert made.files == {str(output): stream_hash}


def test_without_the_warc_files_the_tables_give_the_same_and_say_what_is_lacking(
    small: Library, tmp_path: Path
) -> None:
    before = originals(small)
    with_warc = export_warc(small, tmp_path / "with.warc", ALL, tables_only=True)
    shutil.rmtree(small.path / "warc")
    made = export_warc(small, tmp_path / "without.warc", ALL)
    assert (tmp_path / "with.warc").read_bytes() == (tmp_path / "without.warc").read_bytes()
    assert made.declared == with_warc.declared == {"transfer-coding": 2, "content-coding": 2}
    assert made.missing == {"image/png": 2}
    assert (made.captures, made.exact, made.from_warc) == (18, 14, 0)
    with (tmp_path / "without.warc").open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=False):
            assert record.verify_block_digest()
            undone = record.headers.get("Backissue-Undone")
            if record.headers["WARC-Type"] in ("response", "revisit") and not undone:
                id = record.headers["WARC-Record-ID"].strip("<>")
                assert from_bytes(before[id]).block == record.reader.read()


@pytest.mark.long
def test_a_rebuilt_library_exports_the_same_bytes(small: Library, tmp_path: Path) -> None:
    from pipelines.derive.engine import Engine
    from pipelines.rebuild.rebuild import rebuild

    first = export_warc(small, tmp_path / "a.warc.gz", ALL, tables_only=True)
    rebuild(small, Engine("local", 1))
    second = export_warc(small, tmp_path / "b.warc.gz", ALL, tables_only=True)
    assert (tmp_path / "a.warc.gz").read_bytes() == (tmp_path / "b.warc.gz").read_bytes()
    assert first.exact == second.exact


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(source="north"), 10),
        (Filters(since=START.replace(minute=30)), 6),
        (Filters(until=START.replace(minute=30)), 14),
        (Filters(url_prefix="https://south.example/log/0"), 2),
        (Filters(source="south", since=START.replace(minute=30)), 3),
    ],
)
def test_what_is_wanted_can_be_said(
    small_made: Small, tmp_path: Path, filters: Filters, count: int
) -> None:
    made = export_warc(small_made.library, tmp_path / "a.warc.gz", filters)
    assert made.captures == count
    found = [one for one in records(tmp_path / "a.warc.gz") if one.type in ("response", "revisit")]
    assert len(found) == count


def test_a_folder_gets_files_of_the_size_that_the_library_sets(
    small: Library, tmp_path: Path
) -> None:
    settings = small.path / "library.toml"
    settings.write_text(settings.read_text().replace('max_bytes = "1GiB"', 'max_bytes = "4KiB"'))
    with Library.open(small.path) as library:
        made = export_warc(library, tmp_path, ALL)
    names = sorted(path.name for path in tmp_path.glob("*.warc.gz"))
    assert names == sorted(Path(name).name for name in made.files)
    assert names[0] == "small-00000.warc.gz"
    assert len(names) > 1
    assert all(next(records(tmp_path / name)).type == "warcinfo" for name in names)
    assert not list(tmp_path.glob(".*"))


def test_nothing_is_overwritten_and_nothing_half_made_is_left(
    small_made: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "a.warc.gz"
    output.write_bytes(b"mine")
    for wrong, told in (
        (output, "is there already"),
        (tmp_path / "none/a.warc.gz", "is no folder"),
        (tmp_path / "a.zip", "ends in .warc.gz or .warc"),
    ):
        with pytest.raises(UsageError, match=told):
            export_warc(small_made.library, wrong, ALL)
    with pytest.raises(UsageError, match="no capture is like that"):
        export_warc(small_made.library, tmp_path / "b.warc.gz", Filters(source="east"))

    def interrupt(done: int, _total: int, _what: str) -> None:
        if done == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_warc(small_made.library, tmp_path / "b.warc.gz", ALL, on_progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["a.warc.gz"]
    assert output.read_bytes() == b"mine"


def test_the_command_tells_the_share_of_exact_rows(
    small_made: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "warc", "--library", str(small_made.library.path)]
    assert main([*words, "--output", str(tmp_path / "a.warc.gz")]) == 0
    out = capsys.readouterr().out
    assert "20 captures\n  14 of 18 rows of payloads gave the bytes back (77.8%)\n" in out
    assert "  6 captures come from the WARC files\n" in out
    flags = ["--tables-only", "--json", "--quiet", "--output", str(tmp_path / "b.warc.gz")]
    assert main([*words, *flags]) == 0
    told = capsys.readouterr()
    summary = json.loads(told.out)
    assert (summary["rows"], summary["exact"]) == (18, 14)
    assert summary["missing"] == {"image/png": 2}
    assert "2 captures are not in payloads, and are left out: 2 image/png" in told.err
    assert main([*words, "--since", "yesterday"]) == 2
    assert "is 'yesterday': expected a date" in capsys.readouterr().err


@pytest.mark.sweep
def test_a_crawled_library_goes_out_and_comes_in_again(archived: Archived, tmp_path: Path) -> None:
    """Without its WARC files, and through other people's checks."""
    library, output = archived.library, tmp_path / "out.warc.gz"
    made: Exported = export_warc(library, output, ALL, tables_only=True)
    assert made.exact / made.rows > 0.9
    check = [sys.executable, "-m", "fastwarc.cli", "check", str(output)]
    subprocess.run(check, check=True, capture_output=True)
    other = tmp_path / "other"
    said = command("import", output, "--library", other)
    assert said.returncode == 0, said.stderr
    with Library.open(other) as again:
        texts = {(row["article_id"], row["text_digest"]) for row in again.articles("all")}
    assert texts == {(row["article_id"], row["text_digest"]) for row in library.articles("all")}


def test_captures_of_the_small_library_are_what_is_tested() -> None:
    """Revisits of both kinds, a picture, and pages that no recipe gives back are among them."""
    from small import first_run, second_run

    kinds = {one.original.profile for one in second_run("north") if one.original}
    assert kinds == {"identical-payload-digest", "server-not-modified"}
    assert len(records_of(first_run("north")[0])) == 3


def exported(small: Small, output: Path, *words: str) -> list[str]:
    """The addresses of the responses that an export with *words* writes."""
    line = ["export", "warc", "--library", str(small.library.path), "--output", str(output)]
    assert main([*line, "--quiet", *words]) == 0
    with output.open("rb") as stream:
        return sorted(f"{one.url} {one.fetch_time:%H}" for one in read_captures(stream))


def test_filters_on_articles_leave_the_captures_that_gave_them(
    small_made: Small, tmp_path: Path
) -> None:
    words = ("--published-until", "2026-02-02", "--author", "grey", "--source", "north")
    found = exported(small_made, tmp_path / "one.warc.gz", *words)
    assert found == ["https://north.example/log/0 06", "https://north.example/log/0 07"]
    words = ("--query", "milder", "--since", "2026-03-02T07:00")
    found = exported(small_made, tmp_path / "other.warc.gz", *words)
    assert found == ["https://north.example/log/0 07", "https://south.example/log/0 07"]


def test_no_article_of_that_kind_means_no_file(
    small_made: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, name in (("warc", "x.warc.gz"), ("wacz", "x.wacz")):
        words = [kind, str(tmp_path / name), "--library", str(small_made.library.path)]
        assert main(["export", *words, "--author", "nobody"]) == 2
        assert "no capture is like that" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def three_sources(tmp_path: Path) -> Path:
    """A library with two sources and a file that is not understood."""
    folder = tmp_path / "library"
    Library.create(folder).close()
    for name in ("ebb", "north"):
        (folder / f"sources/{name}.toml").write_text(f'url = "https://{name}.example/"')
    (folder / "sources/odd.toml").write_text('url = "https://odd.example/"\ndela = 3')
    return folder


def test_feeds_go_to_standard_output_without_those_of_a_broken_file(
    three_sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "opml", "--output", "-", "--library", str(three_sources)]) == 2
    found = capsys.readouterr()
    assert found.out.startswith("<?xml")
    assert [name in found.out for name in ("ebb", "north", "odd")] == [True, True, False]
    assert "left out: " in found.err
    assert "dela" in found.err
    assert main(["export", "opml", "-", "--source", "ebb", "--library", str(three_sources)]) == 0
    assert "north" not in capsys.readouterr().out


def test_a_broken_file_stops_no_other_source(
    three_sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--library", str(three_sources), "--resolve", "*:*:127.0.0.1:9"]
    assert main(["crawl", *words]) == 1  # two could not be reached
    found = capsys.readouterr()
    assert "ebb" in found.out
    assert "north" in found.out
    assert "not crawled: " in found.err
    assert main(["crawl", "odd", *words]) == 2
