"""`backissue import` as a user runs it, and files that other tools really made."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import backissue
import warcs
from archive.library import Library
from archive.web.http import decode_content
from support import Archived, command

PAGES = {f"/2020/{n}": warcs.page(f"Essay number {n}", f"Essay {n}.") for n in range(1, 4)}
_RECORD = """
from warcio.capture_http import capture_http  # before http.client
import http.client, sys
with capture_http(sys.argv[1]):
    for path in sys.argv[3:]:
        connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]))
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()
        connection.close()
"""


class _Site(http.server.BaseHTTPRequestHandler):
    """Serves the pages: the second in chunks, the third compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        import gzip

        body = PAGES.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.path.endswith("3"):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        if self.path.endswith("2"):
            body = warcs.chunked(body)
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def imported(library: Path, *what: str | Path) -> list[dict[str, object]]:
    done = command("import", "--json", "--engine", "local:1", "--library", library, *what)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def articles(library: Path) -> dict[str, str]:
    return {
        row["url"].rpartition("/")[2]: row["headline"] for row in backissue.open(library).articles()
    }


EXPECTED = {str(n): f"Essay number {n}" for n in range(1, 4)}


def test_what_wget_and_warcio_recorded_becomes_articles(port: int, tmp_path: Path) -> None:
    """wget keeps the chunks and its requests come first; warcio's recorder keeps the wire."""
    came = tmp_path / "came"
    came.mkdir()
    subprocess.run(
        [sys.executable, "-c", _RECORD, came / "warcio.warc.gz", str(port), *PAGES],
        check=True,
        timeout=60,
    )
    tools = ["warcio.warc.gz"]
    if shutil.which("wget"):
        urls = [f"http://127.0.0.1:{port}{path}" for path in PAGES]
        for name, more in (("wget", []), ("plain", ["--no-warc-compression"])):
            subprocess.run(
                [
                    "wget",
                    "-q",
                    "-O",
                    "/dev/null",
                    f"--warc-file={came / name}",
                    "--header=Accept-Encoding: gzip",
                    *more,
                    *urls,
                ],
                check=True,
                timeout=60,
            )
        tools += ["wget.warc.gz", "plain.warc"]
    lines = imported(tmp_path / "library", came)
    assert sorted(Path(str(one["path"])).name for one in lines[:-1]) == sorted(tools)
    assert all((one["captures"], one["new"], one["unreadable"]) == (3, 3, 0) for one in lines[:-1])
    assert lines[-1]["type"] == "summary"
    assert lines[-1]["captures"] == 3 * len(tools)
    assert articles(tmp_path / "library") == EXPECTED
    with backissue.open(tmp_path / "library") as library:
        for row in library.captures():
            capture = library.capture(row["warc_record_id"])
            content = decode_content(capture.payload, capture.content_codings, 10**6).data
            assert content == PAGES[row["url_path"]]
            assert capture.request.startswith(f"GET {row['url_path']} HTTP/1.1\r\n".encode())
            assert row["capture_fidelity"] == "imported"


@pytest.mark.long
@pytest.mark.timeout(300)  # the crawl that it begins with counts
def test_our_own_files_give_the_same_articles_in_another_library(
    archived: Archived, tmp_path: Path
) -> None:
    lines = imported(tmp_path / "other", archived.library.path / "warc")
    columns = [
        "article_id",
        "version",
        "url",
        "headline",
        "author",
        "date_published",
        "text_digest",
        "fetch_time",
        "warc_record_id",
    ]
    with backissue.open(tmp_path / "other") as other:
        theirs = archived.library.articles("all", columns=columns).to_pylist()
        assert other.articles("all", columns=columns).to_pylist() == theirs
        assert lines[-1]["captures"] == len(archived.library.captures())
        for row in other.captures():
            found, original = (
                one.capture(row["warc_record_id"]) for one in (other, archived.library)
            )
            for name in (
                "url",
                "fetch_time",
                "request",
                "head",
                "body",
                "original",
                "truncated",
                "details",
            ):
                assert getattr(found, name) == getattr(original, name)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"<html>", "neither WARC, ARC nor WACZ"),
        (b"WARC/1.0\r\n", "it holds no WARC record"),
        (b"\x1f\x8b\x08garbage", "it holds no WARC record"),
        (b"PK\3\4garbage", "no ZIP file"),
    ],
)
def test_each_bad_file_has_one_line_of_its_own(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "file").write_bytes(content)
    done = command("import", tmp_path / "file", "--library", tmp_path / "library", "--quiet")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"backissue: {tmp_path / 'file'}: ")
    assert said in line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gone.warc"], "gone.warc: no such file"),
        (["empty"], "empty: no WARC, ARC or WACZ file in this folder"),
        (["good.warc", "--source", "Not A Name"], "--source 'Not A Name'"),
    ],
)
def test_bad_usage_is_said_before_anything_is_made(
    tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.warc").write_bytes(warcs.response(1))
    done = command("import", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert not (tmp_path / "library").exists()


_KILLED = """
import os, sys
from archive.disk import files
left = int(sys.argv[1])
def dying(function):
    def run(*given, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
        return function(*given, **named)
    return run
if __name__ == "__main__":
    for name in ("write", "sync", "rename", "link", "sync_folder", "append_line"):
        setattr(files, name, dying(getattr(files, name)))
    from backissue.cli import main
    code = main(["import", "--quiet", "--engine", "local:1", "--library", sys.argv[2], sys.argv[3]])
    print(left)
    sys.exit(code)
"""


def _killed_at(k: int, tmp_path: Path, came: Path) -> int | None:
    """Import with a kill at the *k*-th durable operation; what was left of them, if it ended."""
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    words = [sys.executable, str(script), str(k), str(tmp_path / f"library-{k}"), str(came)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=100, env=environment
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return int(done.stdout) if done.returncode == 0 else None


def _came(tmp_path: Path) -> Path:
    import gzip

    came = tmp_path / "came"
    came.mkdir()
    (came / "a.warc.gz").write_bytes(
        warcs.members(warcs.warcinfo(), warcs.response(1), warcs.request(1))
    )
    (came / "b.warc.gz").write_bytes(gzip.compress(warcs.response(2) + warcs.response(3)))
    warcs.wacz(came / "c.wacz", {"x.warc": warcs.response(4)})
    return came


def _is_whole(library: Path, came: Path) -> None:
    """Done again, everything is there once."""
    done = command("import", "--json", "--engine", "local:1", "--library", library, came)
    assert done.returncode == 0, done.stderr
    assert articles(library) == EXPECTED | {"4": "Essay number 4"}
    with Library.open(library) as opened:
        captures = opened.captures().to_pylist()
        assert len(captures) == len({row["warc_record_id"] for row in captures}) == 4
        for row in captures:
            assert opened.capture(row["warc_record_id"]).url == row["url"]
        kept = {path.name for path in (library / "warc/imported").iterdir()}
        assert {name for name in kept if name.endswith((".warc.gz", ".warc", ".wacz"))} == {
            "a.warc.gz",
            "b.warc.gz",
            "b.warc.gz.members.warc.gz",
            "c.wacz",
        }
        assert not any(name.endswith(".tmp") for name in kept)


@pytest.mark.long
@pytest.mark.parametrize("k", [30])
def test_an_import_that_was_killed_is_done_again(tmp_path: Path, k: int) -> None:
    came = _came(tmp_path)
    assert _killed_at(k, tmp_path, came) is None
    _is_whole(tmp_path / f"library-{k}", came)


@pytest.mark.sweep
@pytest.mark.timeout(3600)
def test_an_import_may_be_killed_at_every_durable_operation(tmp_path: Path) -> None:
    came = _came(tmp_path)
    k, left = 1, None
    while left is None:
        left = _killed_at(k, tmp_path, came)
        if left is None and k > 20:  # before that there is no library yet
            _is_whole(tmp_path / f"library-{k}", came)
        k += 1
    assert k > 60


@pytest.mark.long
def test_ctrl_c_ends_it_in_words_and_it_can_be_done_again(tmp_path: Path) -> None:
    came = _came(tmp_path)
    words = [
        sys.executable,
        "-m",
        "backissue",
        "import",
        "--library",
        str(tmp_path / "library"),
        str(came),
    ]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    until = time.monotonic() + 60
    while not list(tmp_path.glob("library/warc/[0-9]*/**/*.open")) and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.stderr
    said = process.stderr.read()
    assert process.wait(60) == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    process.stderr.close()
    _is_whole(tmp_path / "library", came)


@pytest.mark.long
def test_the_digest_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warcs.members(warcs.warcinfo()))
    first, _ = imported(tmp_path / "library", path)
    assert first["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    again, _ = imported(tmp_path / "library", path)
    assert (first["known"], again["known"]) == (False, True)
