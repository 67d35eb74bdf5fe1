"""`backissue add`: a site into a source file; OPML into many, and back."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from archive.library import Library
from backissue.sample.server import SampleMagazines
from crawlers.sources.toml import load_source, load_sources
from loopback import Answer, serving
from support import command

MISSING = Answer("", 404)
OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="Reviews"><outline text="Tide &amp; Time" type="rss" xmlUrl="http://tide.example/feed"/></outline>
<outline text="Wood" xmlUrl="http://wood.example/atom.xml" htmlUrl="http://wood.example/"/>
<outline text="Wood, again" xmlUrl="http://wood.example/comments.xml"/>
<outline text="Old" xmlUrl="gopher://old.example/feed"/>
</body></opml>"""


def added(library: Path, url: str, *words: str, port: int) -> CompletedProcess[str]:
    network = ("--resolve", f"*:80:127.0.0.1:{port}")
    return command("add", url, "--library", library, "--delay", "0", *network, *words)


@pytest.fixture(scope="module")
def tideline(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, CompletedProcess[str]]:
    """The first sample magazine, added to a library that was not there."""
    library = tmp_path_factory.mktemp("added") / "library"
    with SampleMagazines() as site:
        return library, added(library, "http://tideline.example/", port=site.port)


def test_a_source_file_is_written_with_what_was_found(
    tideline: tuple[Path, CompletedProcess[str]],
) -> None:
    library, done = tideline
    assert (done.returncode, done.stderr) == (0, "")
    path = library / "sources/tideline-example.toml"
    source = load_source(path)
    assert source.title == "The Tideline Review"
    assert source.feeds == ("http://tideline.example/feed/",)
    assert source.sitemaps == ("http://tideline.example/wp-sitemap.xml",)
    assert source.sections == ()
    text = path.read_text()
    assert "# http://tideline.example/feed/: 10 addresses" in text
    assert "# made with WordPress" in text


def test_it_shows_what_a_crawl_would_fetch_and_an_article(
    tideline: tuple[Path, CompletedProcess[str]],
) -> None:
    _, done = tideline
    assert "a crawl would fetch, among others:\n  http://tideline.example/20" in done.stdout
    shown = done.stdout.partition("an article as it comes out:\n")[2]
    assert " words · " in shown.splitlines()[1]
    assert "all of it: about 5" in shown
    assert max(map(len, shown.partition("all of it")[0].splitlines()[:2])) <= 80


def test_what_is_there_is_not_written_over(
    tideline: tuple[Path, CompletedProcess[str]],
) -> None:
    library, _ = tideline
    path = library / "sources/tideline-example.toml"
    before = path.read_bytes()
    again = added(library, "http://tideline.example/", port=9)  # nobody is asked
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "is there already" in again.stderr
    assert path.read_bytes() == before


def test_json_is_lines_and_a_summary(tmp_path: Path, site: SampleMagazines) -> None:
    done = added(
        tmp_path / "library",
        "http://understorey.example/",
        "--json",
        "--name",
        "wood",
        port=site.port,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["type"] for line in lines} == {"place", "announced", "article", "summary"}
    assert lines[-1]["source"] == "wood"
    assert lines[-1]["articles"] >= 7
    assert lines[-1]["warc_bytes"] > 10_000
    (article,) = [line for line in lines if line["type"] == "article"]
    assert article["word_count"] > 100


def test_a_site_that_announces_nothing_is_known_by_its_links(tmp_path: Path) -> None:
    links = "".join(f"<a href=/2026/{n:02}/the-long-pier-{n}/>Pier {n}</a>" for n in range(1, 9))
    nav = "<nav><a href=/essays/>Essays</a><a href=/about/>About</a></nav>"
    months = "<a href=/archive/2026/05/>May</a>"

    def answer(host: str, path: str, before: int) -> Answer:
        if path == "/":
            return Answer(f"<title>Piers | Home</title>{nav}{links}{months}")
        if path.startswith(("/2026/", "/archive/")):
            return Answer(f"<h1>A pier</h1><p>{'It is long. ' * 40}")
        return Answer("", 404)

    with serving() as host:
        host.answer = answer
        done = added(tmp_path / "library", "http://pier.example/", port=host.port)
        asked = [one.path for one in host.of("pier.example")]
    assert done.returncode == 0, done.stderr
    source = load_source(tmp_path / "library/sources/pier-example.toml")
    assert source.sections == ("http://pier.example/essays/",)
    assert source.archives == ("http://pier.example/archive/{year}/{month:02}/",)
    assert source.title == "Piers"
    assert len(asked) == len(set(asked)) <= 15
    assert asked[0] == "/robots.txt"


def test_robots_are_obeyed(tmp_path: Path) -> None:
    with serving() as host:
        host.answer = lambda *_: Answer("User-agent: *\nDisallow: /\n")
        done = added(tmp_path / "library", "http://shut.example/", port=host.port)
        assert [one.path for one in host.of("shut.example")] == ["/robots.txt"]
    assert done.returncode == 1
    assert done.stderr == "backissue: http://shut.example/: robots.txt does not allow it\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "expected an address, or --opml FILE"),
        (("ftp://a.example/",), 2, "begins with http"),
        (("http://a.example/", "--name", "A B"), 2, "1 to 63 characters"),
        (("http://127.0.0.1:9/",), 1, "--allow-private"),
        (("--opml", "nowhere.opml"), 2, "no such file"),
        (("http://a.example/", "--library", b"/tmp/\xff"), 2, "the name is not UTF-8"),
    ],
)
def test_what_cannot_be_added_is_said_in_one_line(
    tmp_path: Path, words: tuple[str | bytes, ...], code: int, said: str
) -> None:
    done = command("add", "--library", tmp_path / "library", *map(os.fsdecode, words))
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert said in done.stderr


def test_opml_goes_in_and_comes_out(tmp_path: Path) -> None:
    library, given, made = tmp_path / "library", tmp_path / "in.opml", tmp_path / "out.opml"
    given.write_text(OPML)
    done = command("add", "--opml", given, "--library", library)
    assert done.returncode == 1
    assert "gopher://old.example/feed" in done.stderr
    sources = {source.name: source for source in load_sources(library / "sources")}
    assert set(sources) == {"tide-example", "wood-example", "wood-example-2"}
    assert sources["tide-example"].title == "Tide & Time"
    assert sources["tide-example"].url == "http://tide.example/"
    again = command("add", "--opml", given, "--library", library, "--json")
    summary = {"type": "summary", "written": 0, "known": 3, "refused": 1}
    assert json.loads(again.stdout.splitlines()[-1]) == summary
    done = command("export", "opml", "--library", library, "--output", made)
    assert done.returncode == 0, done.stderr
    feeds = {one.get("xmlUrl") for one in ET.parse(made).iter("outline")}
    assert feeds == {feed for source in sources.values() for feed in source.feeds}
    Library.open(library).close()


def test_opml_without_a_feed_is_refused(tmp_path: Path) -> None:
    given = tmp_path / "page.opml"
    given.write_text("<html><body>no list</body></html>")
    done = command("add", "--opml", given, "--library", tmp_path / "library")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "outlines that have an xmlUrl" in done.stderr


def test_a_list_says_which_magazine_a_feed_is_of(tmp_path: Path) -> None:
    given = tmp_path / "in.opml"
    given.write_text(
        '<opml version="2.0"><body><outline text="A">'
        '<outline text="Clay" type="rss" xmlUrl=" http://feeds.kiln.example/clay " htmlUrl="https://clay.example/blog/"/>'
        '<outline text="Ash" xmlurl="http://feeds.kiln.example/ash?a=1&amp;b=2" htmlurl="http://www.ash.example"/></outline>'
        '<outline text="Slip" xmlUrl="http://feeds.kiln.example/slip" htmlUrl="about:blank"/>'
        '<outline text="Glaze" xmlUrl="http://feeds.kiln.example/glaze" htmlUrl=""/>'
        "</body></opml>"
    )
    done = command("add", "--opml", given, "--library", tmp_path / "library")
    assert (done.returncode, done.stderr) == (0, "")
    sources = {source.name: source for source in load_sources(tmp_path / "library/sources")}
    assert {name: source.url for name, source in sources.items()} == {
        "clay-example": "https://clay.example/blog/",
        "ash-example": "http://www.ash.example",
        "feeds-kiln-example": "http://feeds.kiln.example/",
        "feeds-kiln-example-2": "http://feeds.kiln.example/",
    }
    assert sources["ash-example"].feeds == ("http://feeds.kiln.example/ash?a=1&b=2",)


@pytest.mark.long
@pytest.mark.parametrize("has_front_page", [True, False])
def test_a_feed_is_added_as_that_of_its_magazine(tmp_path: Path, has_front_page: bool) -> None:
    links = ("http://clay.example/2024/a/", "http://feeds.kiln.example/~r/b", "http://x.example/c")
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    feed = f"<rss><channel><link>http://clay.example/</link>{items}</channel></rss>"

    def answer(host: str, path: str, before: int) -> Answer:
        if (host, path) == ("feeds.kiln.example", "/clay"):
            return Answer(feed)
        if (host, path) == ("clay.example", "/") and has_front_page:
            return Answer("<title>Clay | Home</title>")
        return Answer("", 404)

    with serving() as host:
        host.answer = answer
        done = added(tmp_path / "library", "http://feeds.kiln.example/clay", port=host.port)
        again = added(tmp_path / "library", "http://feeds.kiln.example/clay", port=host.port)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 address that is announced is off scope, as http://x.example/c\n" in done.stdout
    source = load_source(tmp_path / "library/sources/clay-example.toml")
    assert (source.url, source.feeds) == (
        "http://clay.example/",
        ("http://feeds.kiln.example/clay",),
    )
    assert source.title == ("Clay" if has_front_page else None)
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_a_feed_that_names_only_strangers_is_said_to(tmp_path: Path) -> None:
    item = "<item><link>http://x.example/2024/a/</link></item>"
    with serving() as host:
        host.answer = lambda name, path, asked: (
            Answer(f"<rss><channel>{item}</channel></rss>") if path == "/clay" else Answer("", 404)
        )
        done = added(tmp_path / "library", "http://clay.example/clay", port=host.port)
    assert done.returncode == 1
    what = "1 address that is announced is off scope, as http://x.example/2024/a/"
    assert done.stderr == f"backissue: http://clay.example/: {what}\n"


@pytest.mark.long
def test_a_feed_that_alone_announces_is_told_by_add_crawl_and_status(tmp_path: Path) -> None:
    library = tmp_path / "library"
    line = (
        "http://quay.example/feed.xml: its 12 entries are all that was found, and no list of older "
        "ones: set archives= or sections= in the source file"
    )

    def answer(host: str, path: str, before: int) -> Answer:
        if path == "/":
            declared = '<link rel=alternate type="application/rss+xml" href="/feed.xml">'
            return Answer(f"<title>Quay</title>{declared}<div id=app></div>")
        if path == "/feed.xml":
            items = "".join(f"<item><link>/q-{n}/</link></item>" for n in range(12))
            return Answer(f'<rss version="2.0"><channel>{items}</channel></rss>')
        return Answer(f"<h1>A quay</h1><p>{'It is old. ' * 40}") if "q-" in path else MISSING

    with serving() as host:
        host.answer = answer
        done = added(library, "http://quay.example/", "--name", "quay", port=host.port)
        lower = (library / "library.toml").read_text().replace('floor = "1GiB"', 'floor = "1MiB"')
        (library / "library.toml").write_text(lower)
        network = ("--resolve", f"*:80:127.0.0.1:{host.port}")
        crawled = command("crawl", "quay", "--library", library, *network)
    assert line in done.stdout.splitlines()
    assert f"quay: done: {line}" in crawled.stderr
    assert crawled.returncode == 0
    assert line in " ".join(command("status", "--library", library).stdout.split())


def test_what_a_site_names_and_nobody_can_have_costs_only_itself(tmp_path: Path) -> None:
    """A sitemap on a host that is gone, and a feed that is not there; `/feed/` is."""
    head = '<link rel="alternate" type="application/rss+xml" href="/old-feed.xml">'
    items = "".join(f"<item><link>http://pier.example/pier-{n}/</link></item>" for n in range(1, 4))
    answers = {
        "/robots.txt": Answer("Sitemap: http://127.0.0.2:9/sitemap.xml"),
        "/": Answer(f"<html><head><title>Piers</title>{head}</head><body>Piers</body></html>"),
        "/feed/": Answer(f"<rss><channel>{items}</channel></rss>"),
    }
    with serving() as host:
        host.answer = lambda _, path, __: answers.get(path, MISSING)
        done = added(tmp_path / "library", "http://pier.example/", port=host.port)
    assert (done.returncode, done.stderr) == (0, "")
    path = tmp_path / "library/sources/pier-example.toml"
    source = load_source(path)
    assert source.feeds == ("http://pier.example/feed/",)
    text = path.read_text()
    assert "# named, but not to be had: http://127.0.0.2:9/sitemap.xml: robots.txt: " in text
    old = "http://pier.example/old-feed.xml: the server answered 404"
    assert f"# named, but not to be had: {old}" in text
    assert old in done.stdout


def test_half_a_character_in_a_sitemap_costs_only_itself(tmp_path: Path) -> None:
    odd = (
        '<sitemapindex xmlns="&#xd800;"><sitemap><loc>http://pier.example/a.xml</loc></sitemap>'
        "</sitemapindex>"
    )
    links = "".join(f"<a href=/2026/01/the-long-pier-{n}/>Pier {n}</a>" for n in range(8))
    answers = {"/": Answer(links), "/sitemap.xml": Answer(odd)}
    with serving() as host:
        host.answer = lambda _, path, __: answers.get(path, MISSING)
        done = added(tmp_path / "library", "http://pier.example/", port=host.port)
    assert (done.returncode, done.stderr) == (0, "")
