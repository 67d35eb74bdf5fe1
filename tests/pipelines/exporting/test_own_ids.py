"""Records of files that give one id to many, or none: exported, each has an id of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

import warcs
from archive.library import Library
from pipelines.derive.engine import Engine
from pipelines.exporting.export_warc import export_warc
from pipelines.exporting.selection import Filters
from pipelines.importing.import_files import import_files

SAME = "<urn:uuid:00000000-0000-4000-8000-00000000000a>"
PROFILE = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
R, Q = warcs.response, warcs.request


def exported(library: Library, path: Path, *, tables_only: bool) -> list[tuple[str, str, str, str]]:
    export_warc(library, path, Filters(), tables_only=tables_only)
    names = ("WARC-Record-ID", "WARC-Concurrent-To", "WARC-Refers-To")
    with path.open("rb") as stream:
        return [
            (record.rec_type, *(record.rec_headers.get_header(name) or "" for name in names))
            for record in ArchiveIterator(stream)
        ]


@pytest.mark.parametrize("tables_only", [True, False])
def test_ids_are_those_of_the_tables_and_fields_follow(
    library: Library, tmp_path: Path, tables_only: bool
) -> None:
    (tmp_path / "a.warc.gz").write_bytes(
        warcs.members(
            warcs.warcinfo(),
            *(
                record
                for n in range(1, 4)
                for record in (
                    R(n, identity=SAME),
                    Q(n, identity=SAME, WARC_Concurrent_To=SAME),
                )
            ),
            R(4, identity=None),
            Q(5, identity=f"<{warcs.id_of('response', 6)}>"),
            R(5),
            R(6),
            warcs.record(
                "revisit",
                "https://paper.example/2020/2",
                warcs.HTML,
                date="2020-06-04T08:00:00Z",
                WARC_Profile=PROFILE,
                WARC_Refers_To=SAME,
            ),
        )
    )
    import_files(library, [tmp_path / "a.warc.gz"], Engine("local", 1))
    ids = {row["warc_record_id"]: row for row in library.captures()}
    found = exported(library, tmp_path / "out.warc.gz", tables_only=tables_only)
    times = Counter(one[1] for one in found)
    assert set(times.values()) == {1}
    assert "" not in times
    captures = [one for one in found if one[0] in ("response", "revisit")]
    assert sorted(one[1].strip("<>") for one in captures) == sorted(ids)
    before = ""
    for kind, identity, concurrent, refers in found:
        if kind == "request":
            assert concurrent == before
        if kind == "revisit" and not tables_only:  # else only the file says what it refers to
            assert ids[refers.strip("<>")]["url"] == "https://paper.example/2020/2"
        before = identity if kind == "response" else before
    assert sum(one[0] == "request" for one in found) == 4


def test_records_whose_ids_are_right_stay_as_they_are(library: Library, tmp_path: Path) -> None:
    records = [R(1), Q(1), R(2), Q(2)]
    (tmp_path / "a.warc.gz").write_bytes(warcs.members(*records))
    import_files(library, [tmp_path / "a.warc.gz"], Engine("local", 1))
    export_warc(library, tmp_path / "out.warc", Filters())
    data = (tmp_path / "out.warc").read_bytes()
    assert records[0] in data
    assert records[2] in data
