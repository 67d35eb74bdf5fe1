"""The wheel: it holds all that the packages need, and works from its own folder alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "backissue", "crawlers", "pipelines")
PAGE = """<!doctype html><title>On ferries</title><article><h1>On ferries</h1>
<p>The ferry is slow, and nobody on board has ever asked it to be anything else than slow.</p>
<p>It crosses the bay four times a day, and it waits for whoever is seen running.</p></article>"""

# Reads the page with nothing on the path but the unpacked wheel and the interpreter's own packages.
EXTRACT = """
import sys
sys.path.insert(0, sys.argv[1])
import archive, backissue, crawlers, pipelines
from backissue.cli import main
for package in (archive, backissue, crawlers, pipelines):
    assert package.__file__.startswith(sys.argv[1]), package.__file__
sys.exit(main(["extract", sys.argv[2]]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the files that git knows of, without the network."""
    for needed in ("build", "hatchling"):
        if find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed: pip install --editable '.[dev]'")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in files_of_the_project():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target)]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = target.glob("backissue-*-py3-none-any.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, in a folder of its own."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files_of_the_project() -> list[str]:
    """What git tracks, and what it would if it were asked to add all."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no git checkout: {error}")
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_it_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {name for name in files_of_the_project() if name.split("/")[0] in PACKAGES}
    assert found == expected
    assert {"archive/card.md", "backissue/sample/styles/tideline.css"} <= found


def test_it_has_the_licence_the_command_and_the_types(unpacked: Path) -> None:
    (about,) = unpacked.glob("backissue-*.dist-info")
    assert (about / "licenses/LICENSE").is_file()
    assert "backissue = backissue.__main__:run" in (about / "entry_points.txt").read_text()
    assert all((unpacked / package / "py.typed").is_file() for package in PACKAGES)


def test_it_extracts_a_page_from_its_own_folder_alone(unpacked: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    done = subprocess.run(
        [sys.executable, "-I", "-c", EXTRACT, str(unpacked), str(page)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "The ferry is slow, and nobody on board" in done.stdout


def test_the_sample_magazines_are_served_from_its_own_folder_alone(unpacked: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from backissue.sample import SampleMagazines\n"
        "with SampleMagazines() as site: print(len(site.pieces()))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(unpacked)],
        cwd=unpacked,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10
