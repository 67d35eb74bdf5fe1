"""What a page costs, in processor time, beside programs that others made for the same work.

    python benchmarks/peers.py CORPUS [--pages 400] [--rounds 3] [--environments FOLDER]

`news-please`: pages fetched and read one by one, against a crawl up to Parquet. `datatrove`: the
text of WARC files into Parquet, against `import`, which makes all tables of the same files. Each
peer is installed in an environment of its own. The sides run in turn, on the same pages; what
starting a process costs is measured with a tenth of the pages, and taken off.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import pyarrow.dataset as ds

from archive.library import Library
from archive.warc.gzip import gzip_member
from benchmarks.page_costs import Site, compare, on_few_hosts, published
from benchmarks.processes import children, seconds_in_process, seconds_of
from benchmarks.site import SavedPage, read_corpus, served
from pipelines.derive.engine import Engine
from pipelines.importing.import_files import import_files

_SCRIPTS = Path(__file__).parent / "peer_scripts"
_PEERS = {
    "news-please": ("news-please==1.6.16",),
    "datatrove": ("datatrove[io,processing]==0.10.1", "lxml_html_clean"),  # which its lxml lacks
}
_RECORD = (
    "WARC/1.1\r\nWARC-Type: response\r\n"
    "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{n:012}>\r\n"
    "WARC-Target-URI: {url}\r\nWARC-Date: 2026-03-02T06:00:00Z\r\n"
    "WARC-Identified-Payload-Type: text/html\r\n"
    "Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n"
)
_LEAST = 0.8  # of the pages come out of each side, or the sides did not do the same work


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=tuple(_PEERS), default=tuple(_PEERS))
    parser.add_argument("--environments", type=Path, default=Path("peer-environments"))
    options = parser.parse_args()
    pages = on_few_hosts(read_corpus(options.corpus)[: options.pages], 12)
    few = pages[: len(pages) // 10]
    print(f"{len(pages)} pages; load {os.getloadavg()[0]:.1f}; Python {sys.version[:6]}")
    for name in options.only:
        python = installed(name, options.environments)
        with served(pages) as port, served(few) as other_port:
            sites = Site(pages, port), Site(few, other_port)
            if name == "news-please":
                sides = ((name, Fetching(python)), ("Backissue", published))
                compare(f"pages into rows, {_PEERS[name][0]}", sides, sites, options.rounds)
            else:
                sides = ((name, Reading(python)), ("Backissue", imported))
                compare(f"WARC into tables, {_PEERS[name][0]}", sides, sites, options.rounds)
    return 0


def installed(name: str, folder: Path) -> Path:
    """The Python of the environment in *folder* that has the peer called *name*."""
    python = folder.resolve() / name / "bin" / "python"
    if not python.exists():
        venv.create(folder / name, with_pip=True)
        pip = [python, "-m", "pip", "--quiet", "install"]
        subprocess.run([*pip, *_PEERS[name]], check=True, env={**os.environ, "PIP_CONSTRAINT": ""})
    return python


class Fetching:
    """news-please on the pages of a site, which a proxy serves: it connects where it is told to."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def __call__(self, site: Site) -> float:
        with tempfile.TemporaryDirectory() as folder:
            addresses = Path(folder) / "addresses"
            addresses.write_text("".join(f"{page.url}\n" for page in site.pages))
            proxy = {"http_proxy": f"http://127.0.0.1:{site.port}"}
            command = [self._python, _SCRIPTS / "news_please.py", addresses]
            out = Path(folder) / "out"

            def run() -> None:
                with out.open("w") as stream:
                    subprocess.run(
                        command,
                        check=True,
                        env={**os.environ, **proxy},
                        stdout=stream,
                        stderr=subprocess.DEVNULL,
                    )

            seconds = seconds_of(run, children())
            _check("news-please", int(out.read_text().split()[-1]), site)
            return seconds


class Reading:
    """datatrove on a WARC file of the pages of a site."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def __call__(self, site: Site) -> float:
        with tempfile.TemporaryDirectory() as folder:
            write_warc(Path(folder) / "warc" / "pages.warc.gz", site.pages)
            command = [
                self._python,
                _SCRIPTS / "datatrove_text.py",
                f"{folder}/warc",
                f"{folder}/out",
            ]

            def run() -> None:
                subprocess.run(command, check=True, capture_output=True)

            seconds = seconds_of(run, children())
            rows = sum(ds.dataset(path).count_rows() for path in Path(folder).glob("out/*.parquet"))
            _check("datatrove", rows, site)
            return seconds


def imported(site: Site) -> float:
    """`import` of a WARC file of the pages of a site."""
    with tempfile.TemporaryDirectory() as folder:
        write_warc(Path(folder) / "warc" / "pages.warc.gz", site.pages)
        seconds = seconds_in_process(_import, Path(folder))
        with Library.open(Path(folder) / "library") as library:
            _check("Backissue", len(library.articles()), site)
        return seconds


def _import(folder: Path) -> None:
    with Library.create(folder / "library") as library:
        import_files(library, [folder / "warc" / "pages.warc.gz"], Engine("local", 2))


def write_warc(path: Path, pages: list[SavedPage]) -> None:
    """Write *pages* as a crawler does that keeps responses alone."""
    path.parent.mkdir(parents=True)
    with path.open("wb") as stream:
        for number, page in enumerate(pages):
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.body
            head = _RECORD.format(n=number, url=page.url, length=len(http)).encode()
            stream.write(gzip_member(head + http + b"\r\n\r\n"))


def _check(name: str, rows: int, site: Site) -> None:
    if rows < _LEAST * len(site.pages):
        raise SystemExit(f"{name}: {rows} rows of {len(site.pages)} pages")


if __name__ == "__main__":
    sys.exit(main())
