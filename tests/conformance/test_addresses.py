"""Addresses of all kinds from an imported file through every command: no traceback, no row lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import warcs
from archive.library import Library
from backissue.cli import main
from pipelines.derive import engine

pytestmark = pytest.mark.long

NO_HOST = (
    *("http://mag.example:99999/a", "http://mag.example:65536/a", "http://mag.example:-1/a"),
    *(
        "http://mag.example:80a/a",
        "http://mag.example:٣/x",
        "http:///p",
        "http://:80/",
        "http://@/x",
    ),
    *("https://", "http:", "https:/", "http:a", "http:/one/slash", "http:////x/y", "http://..../a"),
    *("http://?q", "http://#f", "http://[::1/x", "https://[review.example/e", "http://℀.example/a"),
    *("http://JavaScript:Wtop('www", "http://JavaScript:Wtop('www.mag.example/a')"),
    *("http://[::ffff:1.2.3.4]:99999/a", "http://user@:pass@/x"),
    "http://mag.example:99999/b?utm_source=x",
)
A_HOST = {
    "http://mag.example:0/a": "mag.example",
    "http://mag.example:/b": "mag.example",
    f"http://{'a' * 300}.example/x": f"{'a' * 300}.example",
    f"http://{'label.' * 60}example/x": f"{'label.' * 60}example",
    "http://müller.example/ä": "müller.example",
    "http://m%C3%BCller.example/a": "m%c3%bcller.example",
    "http://%00/a": "%00",
    "http://user:pass@other.example/a": "other.example",
    "http://mag.example\\a": "mag.example\\a",
    "http://.mag.example./a": ".mag.example",
    "http://1.2.3.4.5/a": "1.2.3.4.5",
    "http://[::1]/a": "::1",
    "http://[v1.x]/a": "v1.x",
    "http://xn--/a": "xn--",
    "HTTP://MAG.example/UP": "mag.example",
    f"http://mag.example/{'a' * 5000}": "mag.example",
    "http://*.example/a": "*.example",
    "http://mag_example/a": "mag_example",
    "http://(a)/x": "(a)",
    f"http://{'é' * 70}.example/": f"{'é' * 70}.example",
    "http://mag.example/\u202e": "mag.example",
}
WRITTEN_OTHERWISE = {
    "http://mag example/a b": "http://mag%20example/a%20b",
    "http://mag.example/\0z": "http://mag.example/%00z",
    "<http://mag.example/br>": "http://mag.example/br",
}
NO_CAPTURE = (
    "urn:x:y",
    "dns:mag.example",
    "ftp://mag.example/a",
    "data:text/html,x",
    "about:blank",
)
NO_ADDRESS = ("", "//mag.example/a", "mag.example/a", "/a")
KEPT = {*NO_HOST, *A_HOST, *WRITTEN_OTHERWISE.values()}


@pytest.fixture(scope="module", autouse=True)
def in_this_process() -> Iterator[None]:
    """Workers are threads, so that no test starts processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "local_pool", ThreadPoolExecutor)
        yield


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a page at each address."""
    folder = tmp_path_factory.mktemp("odd")
    given = (*NO_HOST, *A_HOST, *WRITTEN_OTHERWISE, *NO_CAPTURE, *NO_ADDRESS)
    pages = [
        warcs.response(n, url=url or None, date=f"2020-05-04T{8 + n // 60:02}:{n % 60:02}:00Z")
        for n, url in enumerate(given, 1)
    ]
    file = folder / "odd.warc.gz"
    file.write_bytes(warcs.members(warcs.warcinfo(), *pages))
    run("import", file, library=folder / "library", expected=1)
    return folder / "library"


def run(*words: str | Path, library: Path, expected: int = 0) -> None:
    assert main([*map(str, words), "--library", str(library)]) == expected


def rows(library: Path, table: str) -> dict[str, dict[str, object]]:
    with Library.open(library) as opened:
        return {row["url"]: row for row in opened.table(table)}


def test_pages_at_odd_addresses_are_kept_without_a_host(odd: Path) -> None:
    captures = rows(odd, "captures")
    assert captures.keys() == rows(odd, "articles").keys() == rows(odd, "crawl_log").keys() == KEPT
    assert {captures[url]["url_host_name"] for url in NO_HOST} == {None}
    assert {url: captures[url]["url_host_name"] for url in A_HOST} == A_HOST


def test_a_page_without_an_address_is_named_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.warc.gz").write_bytes(
        warcs.members(*(warcs.response(n, url=u or None) for n, u in enumerate(NO_ADDRESS, 1)))
    )
    run("import", tmp_path / "a.warc.gz", library=tmp_path / "library", expected=1)
    shown = capsys.readouterr()
    assert "0 captures imported" in shown.out
    assert "it has no WARC-Target-URI" in shown.err
    for address in NO_ADDRESS[1:]:
        assert f"WARC-Target-URI is '{address}': no address" in shown.err


def test_every_command_bears_them(odd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    digest = digest_of(odd, capsys)
    run("publish", library=odd)
    run("search", "harbour", library=odd)
    run("status", library=odd)
    run("export", "warc", "--output", tmp_path / "out.warc.gz", library=odd)
    for row in rows(odd, "articles").values():
        run("show", str(row["article_id"]), library=odd)
        run("captures", str(row["url"]), library=odd)
    run("rebuild", library=odd)
    assert digest_of(odd, capsys) == digest
    run("verify", "--prove", "99", library=odd)
    run("repair", library=odd)
    run("rebuild", "--compare", library=odd)
    run("rebuild", "--relearn", library=odd)


def digest_of(library: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    run("digest", library=library)
    return capsys.readouterr().out
