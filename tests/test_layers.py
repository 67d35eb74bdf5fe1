"""Which module may import which, and how long it may be: read, and seen in fresh interpreters."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("archive", "pipelines", "crawlers", "backissue")  # each imports itself and those before
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for layer in LAYERS
    for path in sorted((ROOT / layer).rglob("*.py"))
}


def imports(source: str, known: frozenset[str] = frozenset(MODULES)) -> Iterator[str]:
    """Every module that *source* imports, at its top, in functions, and for type checkers."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in known else str(node.module) for name in names)


IMPORTS = {name: set(imports(path.read_text())) for name, path in MODULES.items()}


def test_an_import_inside_a_function_counts() -> None:
    source = "def f():\n    from archive.disk import files\n    import scrapy.http\n"
    assert set(imports(source)) == {"archive.disk.files", "scrapy.http"}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_package_imports_itself_and_those_to_its_right(layer: str) -> None:
    forbidden = LAYERS[LAYERS.index(layer) + 1 :]
    wrong = [
        f"{name} imports {target}"
        for name, targets in IMPORTS.items()
        if name.split(".")[0] == layer
        for target in targets
        if target.split(".")[0] in forbidden
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    own = {name: targets & MODULES.keys() for name, targets in IMPORTS.items()}
    try:
        TopologicalSorter(own).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


# From below to above: what stands in a package, each beside or above all that it imports.
ORDER = {
    "archive": (
        "version web errors types outcomes schedule source disk state warc tables removal config "
        "layout imported search library releases warcinfo warc_file writer revisits repair replay verify"
    ),
    "pipelines": (
        "arrays text page classifier boilerplate comments body metadata completeness "
        "outline extractor_version extract derive fold next_generation merging removal batch_writer publish exporting rebuild repair importing"
    ),
    "crawlers": (
        "settings errors process_orders chain_cookies request_meta wire discovery requisites frontier politeness sources "
        "capture middlewares spiders commands process"
    ),
    "backissue": (
        "sample error_output output word_changes run_results source_health library_health status_output "
        "explanation web service "
        "crawling commands cli "
        "service_child __main__"
    ),
}

LONGEST = 300  # lines of a module
FULLEST = 14  # modules of a folder
APART = ("backissue/commands", "backissue/sample")  # a module for each command, theme or magazine


def upwards(package: str) -> set[str]:
    """The imports inside *package* that lead to what stands above."""
    places = {name: place for place, name in enumerate(ORDER[package].split())}

    def place(module: str) -> int:
        return places[module.split(".")[1]]

    inside = (name for name in MODULES if name.startswith(f"{package}."))
    return {
        f"{name} imports {target}"
        for name in inside
        for target in IMPORTS[name]
        if target.startswith(f"{package}.") and place(target) > place(name)
    }


@pytest.mark.parametrize("package", LAYERS)
def test_each_folder_and_module_of_a_package_has_its_place_in_the_order(package: str) -> None:
    found = {name.split(".")[1] for name in MODULES if name.startswith(f"{package}.")}
    assert sorted(ORDER[package].split()) == sorted(found)


@pytest.mark.parametrize("package", LAYERS)
def test_no_folder_imports_one_above_it(package: str) -> None:
    assert upwards(package) == set()


def test_no_module_is_too_long() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in MODULES.values()
        if not str(path.relative_to(ROOT)).startswith(APART)
    }
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_no_folder_has_too_many_modules() -> None:
    folders = Counter(
        str(path.parent.relative_to(ROOT))
        for path in MODULES.values()
        if path.name != "__init__.py"
    )
    full = {
        name: count
        for name, count in folders.items()
        if count > FULLEST and not name.startswith(APART)
    }
    assert full == {}


@pytest.mark.parametrize("heavy", ["scrapy", "twisted", "trafilatura"])
def test_the_archive_never_imports(heavy: str) -> None:
    wrong = [
        name
        for name, targets in IMPORTS.items()
        if name.startswith("archive") and any(t.split(".")[0] == heavy for t in targets)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["urlsplit", "urlparse", "urljoin"])
def test_the_pipelines_read_addresses_by_what_never_raises(name: str) -> None:
    """A page of an imported file has any address: `archive.web.hosts` reads `http://[::1/x`, too."""
    users = [
        one
        for one, path in MODULES.items()
        if one.startswith("pipelines") and f"parse import {name}" in _imported_names(path)
    ]
    assert users == []


def _imported_names(path: Path) -> set[str]:
    return {
        f"{str(node.module).rpartition('.')[2]} import {alias.name}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after *code*."""
    tell = "import sys; print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stderr.split())


def test_a_library_is_read_without_scrapy_or_trafilatura() -> None:
    loaded = loaded_by(
        "import archive.tables.dataset, archive.library, archive.replay, archive.repair.recover, archive.search.hits"
    )
    assert "pyarrow" in loaded
    assert loaded.isdisjoint({"scrapy", "twisted", "trafilatura", "pipelines", "crawlers"})


def test_the_public_api_is_imported_without_anything_heavy() -> None:
    heavy = {"scrapy", "twisted", "trafilatura", "pyarrow", "pydantic", "lxml"}
    assert loaded_by("import backissue").isdisjoint(heavy)


@pytest.mark.parametrize("words", [["--help"], ["crawl", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        "from contextlib import suppress\nfrom backissue.cli import main\n"
        f"with suppress(SystemExit): main({words!r})"
    )
    heavy = {"scrapy", "twisted", "trafilatura", "pyarrow", "pydantic", "lxml", "rich", "asyncio"}
    assert loaded_by(code).isdisjoint(heavy)


def test_extracting_a_page_imports_no_scrapy() -> None:
    loaded = loaded_by("import backissue; backissue.extract('<p>x')")
    assert "trafilatura" in loaded
    assert loaded.isdisjoint({"scrapy", "twisted", "crawlers"})
