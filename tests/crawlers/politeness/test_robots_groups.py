"""Whose group of a robots.txt is ours: the pure choice, then a crawl as its hosts saw it."""

from __future__ import annotations

import pytest

from archive.library import Library
from archive.source import Source
from crawlers.politeness.robots import parse_robots, product_token
from loopback import Answer, Host, crawled, paths

AGENT = "Backissue/0.1 (+https://archive.example/bot)"
SITE = "https://review.example"


def allowed(content: bytes, path: str, agent: str = AGENT) -> bool:
    return parse_robots(content, 200).allows(SITE + path, agent)


CLOSED = "User-agent: {agent}\nAllow: /\n\nUser-agent: *\nDisallow: /\n"
CONTACT = "Backissue/1.0 (+mailto:archive@example.org)"


@pytest.mark.parametrize(
    "agent",
    [
        *("Backissue", "BACKISSUE", "backissue", "Backissue/1.0", "Backissue*", "Backissue2"),
        *("Backissue # that is us", "  Backissue\t", "Backissue bot", "Backissue/1.0 (+https://x)"),
    ],
)
def test_our_group_is_that_of_our_product_token(agent: str) -> None:
    assert allowed(CLOSED.format(agent=agent).encode(), "/x", CONTACT)


@pytest.mark.parametrize(
    "agent",
    [
        *("archive", "example", "org", "mailto", "archive@example.org", "+mailto:archive"),
        *(
            "Back",
            "issue",
            "ack",
            "B",
            "BackissueBot",
            "Backissue-News",
            "Backissue_2",
            "-Backissue",
        ),
        *("back issue", "Back/issue", "1.0", "", "*issue", "Back*", "/Backissue", "Bacĸissue"),
        *("Googlebot, Backissue", "Mozilla/5.0 (compatible; Backissue/1.0)", "# Backissue"),
    ],
)
def test_no_other_word_of_the_user_agent_chooses_a_group(agent: str) -> None:
    assert not allowed(CLOSED.format(agent=agent).encode(), "/x", CONTACT)
    opened = f"User-agent: {agent}\nDisallow: /\n\nUser-agent: *\nDisallow: /private/\n".encode()
    assert allowed(opened, "/x", CONTACT)
    assert not allowed(opened, "/private/x", CONTACT)


def test_groups_of_one_agent_are_one_group_and_the_star_is_for_the_others_alone() -> None:
    content = b"""
    User-agent: *
    Disallow: /all
    User-agent: backissue/2
    Disallow: /one
    User-agent: other
    Disallow: /three
    Useragent:Backissue # again
    Disallow: /two
    User-agent: *
    Disallow: /everybody
    """
    paths = ("/all", "/everybody", "/one", "/two", "/three")
    assert [path for path in paths if not allowed(content, path)] == ["/one", "/two"]
    others = [path for path in paths if not allowed(content, path, "New/1")]
    assert others == ["/all", "/everybody"]


def test_agents_share_rules_until_a_rule_comes() -> None:
    content = b"""
    User-agent: Backissue

    Sitemap: https://review.example/s.xml
    Something: else
    User-agent: other
    # a remark
    Disallow: /shared
    User-agent: third
    Disallow: /third
    """
    assert [p for p in ("/shared", "/third") if not allowed(content, p)] == ["/shared"]
    assert parse_robots(content, 200).sitemaps == (f"{SITE}/s.xml",)


@pytest.mark.parametrize("rules", ["", "Disallow:\n", "Crawl-delay: 3\n"])
def test_a_group_of_ours_that_forbids_nothing_allows_everything(rules: str) -> None:
    content = f"User-agent: *\nDisallow: /\nCrawl-delay: 9\n\nUser-agent: backissue\n{rules}"
    robots = parse_robots(content.encode(), 200)
    assert robots.allows(f"{SITE}/x", CONTACT)
    assert robots.crawl_delay(CONTACT) == (3 if "3" in rules else None)
    assert not robots.allows(f"{SITE}/x", "Other/1.0")
    assert robots.crawl_delay("Other/1.0") == 9


def test_the_delay_is_that_of_the_same_group() -> None:
    content = b"User-agent: org\nCrawl-delay: 60\n\nUser-agent: *\nCrawl-delay: 2\nDisallow: /x\n"
    assert parse_robots(content, 200).crawl_delay(CONTACT) == 2


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("Backissue/1.0 (+mailto:archive@example.org)", "backissue"),
        ("backissue", "backissue"),
        ("  My_Own-Bot 2.0 Backissue/1.0", "my_own-bot"),
        ("Mozilla/5.0 (compatible; Backissue/1.0)", "mozilla"),
        ("Bot2000", "bot"),
        ("(Backissue)", ""),
        ("2000", ""),
        ("*", ""),
        ("", ""),
    ],
)
def test_the_token_is_the_first_product_of_the_user_agent(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token
    named = f"User-agent: {token or 'x'}\nAllow: /\n\nUser-agent: *\nDisallow: /\n".encode()
    assert allowed(named, "/x", user_agent) is bool(token)


@pytest.mark.timeout(30)
def test_many_groups_of_ours_take_no_longer_than_their_length() -> None:
    content = b"User-agent: backissue\nDisallow: /%d/\n"
    robots = parse_robots(b"".join(content % number for number in range(12_000)), 200)
    assert not robots.allows(f"{SITE}/7/", AGENT)
    assert not robots.allows(f"{SITE}/11999/", AGENT)
    assert robots.allows(f"{SITE}/12000/", AGENT)


HOSTS = {  # robots.txt, and whether what it does not call private may be asked for
    "word": ("User-agent: archive\nAllow: /\n\nUser-agent: *\nDisallow: /\n", False),
    "domain": ("User-agent: example\nDisallow: /\n\nUser-agent: *\nAllow: /\n", True),
    "part": ("User-agent: issue\nAllow: /\n\nUser-agent: *\nDisallow: /\n", False),
    "longer": ("User-agent: BackissueBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n", True),
    "ours": ("User-agent: backissue/9\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n", True),
}


def test_a_crawl_with_a_contact_keeps_to_its_own_group(library: Library, host: Host) -> None:
    settings = library.path / "library.toml"
    settings.write_text('contact = "mailto:archive@example.org"\n' + settings.read_text())
    host.answer = lambda name, path, _: (
        Answer(HOSTS[name.partition(".")[0]][0]) if path == "/robots.txt" else Answer()
    )
    pages = ("/open", "/private")
    sources = [
        Source(name=name, url=f"http://{name}.example/", pages=pages, delay=0) for name in HOSTS
    ]
    crawled(library, host, *sources)
    asked = {name: "/open" in paths(host.of(f"{name}.example")) for name in HOSTS}
    assert asked == {name: may for name, (_, may) in HOSTS.items()}
    assert "/private" not in paths(host.of("ours.example"))
    assert "archive@example.org" in host.log[0].fields["user-agent"]


def test_a_user_agent_of_ones_own_is_known_by_its_first_product(
    library: Library, host: Host
) -> None:
    settings = library.path / "library.toml"
    settings.write_text('user_agent = "Keeper/2 (Backissue)"\n' + settings.read_text())
    rules = "User-agent: Backissue\nAllow: /\n\nUser-agent: keeper\nDisallow: /1\n"
    host.answer = lambda name, path, _: Answer(rules if path == "/robots.txt" else "")
    crawled(
        library, host, Source(name="one", url="http://one.example/", pages=("/0", "/1"), delay=0)
    )
    assert paths(host.of("one.example")) == ["/robots.txt", "/0"]
