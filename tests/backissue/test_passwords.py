"""A password of a URL, on the command line, in a source file or sent by a server, is never said."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import CaptureNotFound, InvalidSource
from archive.library import Library
from archive.source import Source
from backissue.cli import main
from backissue.library_health import read_states
from crawlers.sources.opml import sources_of
from crawlers.sources.toml import load_source, load_sources
from loopback import Answer, crawled, outcomes, serving
from support import command
from wire_crawl import scrapy

PASSWORDS = ("hush", "hu@sh", "hu/sh", "hu sh", "hu'\"sh", "hu\\sh", "hush?#", "[hush", "hush℀")
HOST = "quay.example"


def url_of(password: str, start: str = "https://") -> str:
    return f"{start}reader:{password}@{HOST}/a"


def is_told(text: str) -> bool:
    """Whether more of the URL is said than its host."""
    return any(part in text for part in ("reader", "hush", "hu@", "hu/s", "hu s", "hu'", "hu\\"))


COMMAND_LINES = (
    *("add URL", "add --name URL https://a.example/", "add --opml URL", "add --delay URL x"),
    *("crawl URL", "crawl https://a.example/ URL", "crawl --resolve URL https://a.example/"),
    *("crawl review URL", "crawl --engine URL https://a.example/", "crawl --recheck=URL"),
    *("extract URL", "extract - --url URL", "extract --resolve URL https://a.example/"),
    *("extract --format URL -", "captures URL", "captures URL URL", "show URL", "show --diff URL"),
    *("import URL", "import --source URL pyproject.toml", "export URL", "export opml --source URL"),
    *("export warc --url-prefix URL", "export warc --since URL", "export warc --until URL"),
    *(
        "search URL",
        "search --source URL x",
        "status URL",
        "pause URL",
        "resume URL",
        "replay URL",
        "replay --port URL",
    ),
    *("publish URL", "rebuild URL", "rebuild --engine URL", "repair URL", "verify URL"),
    *("verify --seed URL", "digest --without URL", "serve URL", "demo URL", "URL", "--URL"),
    *("status --library URL", "captures x --library URL", "why URL", "repair --library URL"),
)


@pytest.fixture
def folder(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands run on an empty library, with nothing on standard input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    return tmp_path


@pytest.mark.parametrize("words", COMMAND_LINES)
def test_no_command_says_a_password_of_its_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    urls = [url_of(password) for password in PASSWORDS]
    urls += [url_of("hush", start) for start in ("HTTPS:\\\\", "https:/", "//", "ftp://")]
    for number, url in enumerate(urls):
        given = [word.replace("URL", url) for word in words.split()]
        flag = [] if given[0] == url else [("--quiet", "--json")[number % 2]]
        try:
            code = main([*given, *flag])
        except SystemExit as left:
            code = int(left.code or 0)
        found = capsys.readouterr()
        assert not is_told(found.out + found.err), given
        assert code in (0, 1, 2)


@pytest.mark.parametrize("words", ["add URL", "crawl URL", "show URL"])
def test_nor_one_of_an_address_without_a_scheme(
    folder: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    for password in ("hush", "hu@sh", "hu'\"sh"):
        assert main(words.replace("URL", url_of(password, "")).split(" ")) in (1, 2)
        found = capsys.readouterr()
        assert not is_told(found.out + found.err)
        assert f"***@{HOST}" in found.err


def test_what_is_wrong_is_said_all_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("add URL", "crawl https://a.example/ URL", "extract URL", "extract - --url URL"):
        assert main(words.replace("URL", url_of("hush")).split()) == 2
        said = capsys.readouterr().err
        assert f"https://***@{HOST}/a: " in said
        assert "an address without user name and password" in said


FIELDS = ("feeds", "sitemaps", "sections", "archives", "pages")


@pytest.mark.parametrize("password", [*PASSWORDS, "hush" * 30, "hu\nsh", "hush\u2028"])
def test_no_source_file_tells_its_password(library: Library, password: str) -> None:
    text = json.dumps(url_of(password), ensure_ascii=False)
    good = 'url = "https://a.example/"\n'
    files = [f"url = {text}", f"{good}name = {text}", f"{good}{text} = 1", f"{good}feeds = {text}"]
    files += [f"{good}{field} = [{text}]" for field in FIELDS]
    files += [f'{good}{field} = ["/a", {text}]' for field in FIELDS]
    files += [f"{good}headers = {{ {text} = {text} }}", f"{good}header_hosts = [{text}]"]
    files += [f"{good}article = {{ allow = {{ {text} = [{text}] }} }}", f"{good}delay = {text}"]
    files += [f"url = {text}\nurl = {text}", f"url = {text} {text}", f"url = {text[:-1]}"]
    for number, content in enumerate(files):
        path = library.path / f"sources/review-{number}.toml"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidSource) as caught:
            load_source(path)
        assert not is_told(str(caught.value)), content
        assert not is_told(caught.value.expected), content
    states = read_states(library, datetime.now(UTC)).sources
    assert [state.state for state in states] == ["broken file"] * len(files)
    assert not is_told(str(states))


@pytest.mark.long
def test_no_process_tells_the_password_of_a_source_file(library: Library) -> None:
    path = library.path / "sources/review.toml"
    path.write_text(f'url = "https://a.example/"\nfeeds = ["{url_of("hu@sh")}"]\n')
    runs = [command(name, "--library", library.path) for name in ("crawl", "status", "export")]
    runs += [command("export", "opml", "--library", library.path)]
    runs += [command("crawl", url_of("hush"), "--library", library.path)]
    runs += [scrapy(library.path, url_of("hush")), scrapy(library.path, "review")]
    for run in runs:
        assert not is_told((run.stdout + run.stderr).replace(str(library.path), "")), run.args
    assert "***@quay.example/a" in runs[0].stderr
    assert "***@quay.example/a" in runs[1].stdout


def test_an_unknown_source_is_named_without_it(tmp_path: Path) -> None:
    for password in PASSWORDS:
        with pytest.raises(Exception, match="no source") as caught:
            load_sources(tmp_path, [url_of(password)])
        assert not is_told(str(caught.value))
    assert not is_told(str(CaptureNotFound(url_of("hush"))))


def test_a_list_of_feeds_tells_none(tmp_path: Path) -> None:
    outlines = f'<outline type="rss" xmlUrl="{url_of("hu sh")}"/>'
    content = f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()
    found, refused = sources_of(content)
    assert not found
    assert refused == ["'https://***@quay.example/a' is no http(s) address"]


LOCATIONS = (
    *("ftp://reader:hush@quay.example/", "http://reader:hush@quay.example:99999/"),
    *("http://reader:hush@[::1/", "http://reader:%68ush@a b/", "http://reader:hush@/"),
    *("http://reader:hush@" + "x" * 300 + "/", f"ftp://reader:{'hush' * 60}@quay.example/"),
    "http://reader:hush@quay.example/found",
)


def test_what_servers_send_is_not_said_or_written_into_log_and_state(
    library: Library, capfd: pytest.CaptureFixture[str]
) -> None:
    pages = tuple(f"/to/{number}" for number in range(len(LOCATIONS)))
    source = Source(url="http://review.example/", pages=pages, delay=0)
    with serving() as host:
        host.answer = lambda name, path, _: (
            Answer("", 302, {"Location": LOCATIONS[int(path[4:])]})
            if path.startswith("/to/")
            else Answer()
        )
        runs = crawled(library, host, source)
        assert [one.path for one in host.of("quay.example")] == ["/robots.txt", "/found"]
    assert sorted(set(outcomes(library).values())) == [
        "error:bad_redirect",
        "fetched",
        "redirected",
    ]
    found = capfd.readouterr()
    assert not is_told(found.out + found.err + str(runs))
    for path in library.path.rglob("state/*"):
        assert path.is_dir() or b"hush" not in path.read_bytes(), path
    for path in library.path.glob("warc/**/*.warc.gz"):
        for record in gzip.decompress(path.read_bytes()).split(b"WARC/1.1\r\n"):
            assert b"hush" not in record or b"WARC-Type: response" in record
