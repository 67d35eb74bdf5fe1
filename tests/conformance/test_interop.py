"""Other people's tools on what we write, against the table of `docs/interop.md`: nothing more, nothing less."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import interop
from archive import replay
from archive.library import Library
from interop import Fixture

PAGE = Path(__file__).parents[2] / "docs/interop.md"
Tool = Callable[[Sequence[Fixture]], dict[str, str | None]]
TOOLS: dict[str, Tool] = {
    "gzip -t": interop.gzip_test,
    "warcio check": interop.warcio_check,
    "fastwarc check -p": interop.fastwarc_check,
    "cdxj-indexer": interop.cdxj_indexer,
}
PYWB = "pywb id_"
needs_pywb = pytest.mark.skipif(
    not replay.wayback().exists(), reason="pywb is not installed: BACKISSUE_PYWB names its folder"
)
needs_indexer = pytest.mark.skipif(
    not (replay.environment() / "bin/cdxj-indexer").exists(),
    reason="cdxj-indexer is not installed beside pywb: BACKISSUE_PYWB names the folder",
)


@dataclass(frozen=True)
class Written:
    """The library that the fixtures are in."""

    library: Library
    fixtures: list[Fixture]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    with Library.create(tmp_path_factory.mktemp("interop") / "library") as library:
        yield Written(library, interop.write_fixtures(library))


def declared() -> list[tuple[str, str, list[str], str]]:
    """The rows of the page's table: tool, what it says, shapes, reason."""
    rows = re.findall(
        r"^\| `([^`|]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.M
    )
    return [
        (tool, said.strip(" `"), [name.strip() for name in names.split(";")], why.strip())
        for tool, said, names, why in rows
    ]


def deviations(tool: str) -> dict[str, str]:
    """What the page says that *tool* says of each shape that it does not pass."""
    return {name: said for of, said, names, _ in declared() if of == tool for name in names}


@pytest.mark.parametrize(
    "tool", [pytest.param(t, marks=needs_indexer) if t == "cdxj-indexer" else t for t in TOOLS]
)
def test_a_tool_says_what_the_page_says(written: Written, tool: str) -> None:
    said = TOOLS[tool](written.fixtures)
    assert len(said) == len(written.fixtures)
    assert {name: what for name, what in said.items() if what} == deviations(tool)


@needs_pywb
def test_pywb_plays_what_the_page_says(written: Written) -> None:
    with interop.playing(written.library) as port:
        said = interop.pywb(written.fixtures, port)
    assert {name: what for name, what in said.items() if what} == deviations(PYWB)


def test_each_deviation_is_of_a_shape_and_has_a_reason(written: Written) -> None:
    rows = declared()
    names = {fixture.name for fixture in written.fixtures}
    assert len(rows) > 10
    assert {name for *_, listed, _ in rows for name in listed} <= names
    assert {tool for tool, *_ in rows} <= {*TOOLS, PYWB}
    assert all(len(why.split()) > 3 for *_, why in rows)


def test_the_page_lists_every_shape(written: Written) -> None:
    text = PAGE.read_text()
    listed = re.search(r"^## Shapes\n+(.*?)(?=^## )", text, re.M | re.S)
    assert listed is not None
    names = {name.strip() for name in " ".join(listed[1].split()).rstrip(".").split(";")}
    assert names == {fixture.name for fixture in written.fixtures}
