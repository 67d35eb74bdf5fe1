"""Pages that are only signs, and pages that send themselves for anew."""

from __future__ import annotations

import pytest

from pipelines.extract import extract_html, extract_page
from pipelines.page.html import Page, parse_html
from pipelines.page.refresh import may_send, sent_to

HERE = "https://ebb.example/old/piece.html"
NEW = "https://ebb.example/new/piece/"
WORDS = " ".join(f"word{n}" for n in range(150))


def target(
    head: str, body: str = "<p>This piece stands elsewhere.", field: str | None = None
) -> str | None:
    tree = parse_html(f"<html><head><title>Moved</title>{head}</head><body>{body}</body></html>")
    return sent_to(tree, HERE, field)


@pytest.mark.parametrize(
    "head",
    [
        f'<meta http-equiv="refresh" content="0; url={NEW}">',
        f"<META CONTENT='0;URL={NEW}' HTTP-EQUIV=Refresh>",
        '<meta http-equiv=" REFRESH " content="3; URL = \'/new/piece/\'">',
        '<meta http-equiv="refresh" content="0;url=&quot;/new/piece/&quot; now">',
        '<meta http-equiv="refresh" content=" .5 , ../new/piece/">',
        '<meta http-equiv="refresh" content="10 url=../new/piece/#top">',
        '<base href="/new/"><meta http-equiv="refresh" content="0;url=piece/">',
        '<meta http-equiv="refresh" content="5;&#10;url=/new/piece/">',
        f'<noscript><meta http-equiv="refresh" content="0; url={NEW}"></noscript>',
        f'<script>location.href="{NEW}"</script><noscript><meta http-equiv="refresh" content="0;url={NEW}"></noscript>',
    ],
)  # fmt: skip
def test_a_sign_says_where_it_sends_its_readers(head: str) -> None:
    assert target(head) == NEW


def test_bytes_of_a_field_are_asked_for_as_they_came() -> None:
    assert target("", field="0; url=/caf\xe9/") == "https://ebb.example/caf%E9/"


def test_any_page_with_a_sign_is_parsed() -> None:
    page = '<meta HTTP-EQUIV="Refresh">'
    assert may_send(page.encode())
    assert may_send(page.encode("utf-16"))
    assert not may_send(b"<p>A page.")


@pytest.mark.parametrize("field", [f"0; url={NEW}", f"0;URL='{NEW}'", "1, /new/piece/"])
def test_a_header_field_says_it_too(field: str) -> None:
    assert target("", field=field) == NEW


def test_menus_and_links_make_no_piece_of_a_sign() -> None:
    menu = f"<nav>{WORDS}</nav><ul>{'<li><a href=/x>one two three four five</a>' * 50}</ul>"
    body = (
        f"{menu}<p>This piece stands elsewhere: <a href='{NEW}'>{WORDS}</a><footer>{WORDS}</footer>"
    )
    assert target(f'<meta http-equiv="refresh" content="0; url={NEW}">', body) == NEW


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f'<meta http-equiv="refresh" content="0; url={NEW}">', f"<p>{WORDS}"),
        (f'<meta http-equiv="refresh" content="60; url={NEW}">', "<p>A slide."),
        ('<meta http-equiv="refresh" content="30">', "<p>12:05 The ferry leaves."),
        (f'<meta http-equiv="refresh" content="5; url={HERE}#top">', "<p>12:05 The ferry leaves."),
        ('<meta http-equiv="refresh" content="0; url=javascript:go()">', "<p>A page."),
        ('<meta http-equiv="refresh" content="0; url=mailto:a@ebb.example">', "<p>A page."),
        ('<meta http-equiv="refresh" content="soon; url=/new/piece/">', "<p>A page."),
        ('<meta http-equiv="refresh">', "<p>A page."),
        ('<meta name="refresh" content="0; url=/new/piece/">', "<p>A page."),
        ('<!-- <meta http-equiv="refresh" content="0; url=/new/piece/"> -->', "<p>A page."),
        ('<noscript><meta http-equiv="refresh" content="0; url=/no-script/"></noscript><script src="/app.js"></script>', "<div id=app></div>"),
    ],
)  # fmt: skip
def test_a_page_that_is_read_is_no_sign(head: str, body: str) -> None:
    assert target(head, body) is None


def test_a_page_that_reloads_itself_at_once_waits_for_a_cookie() -> None:
    assert target('<meta http-equiv="refresh" content="0">') == HERE
    assert target(f'<meta http-equiv="refresh" content="1; url={HERE}">') == HERE


def test_a_sign_is_no_article_whoever_captured_it() -> None:
    html = f'<title>Moved</title><meta http-equiv=refresh content="0;url={NEW}"><p>It moved.'
    article = extract_html(html, HERE)
    assert article.completeness == "shell"
    assert article.evidence["completeness"] == {"from": f"it sends its readers on to {NEW}"}
    assert extract_html(html).completeness == "shell"
    plain = Page(HERE, b"<title>Moved</title><p>It moved.", "text/html", refresh=f"0; url={NEW}")
    assert extract_page(plain).completeness == "shell"


def test_a_live_blog_stays_an_article() -> None:
    lines = "".join(
        f"<p>At {n} the ferry of the islands left the quay. {WORDS}</p>" for n in range(3)
    )
    html = f"<title>Ferries</title><meta http-equiv=refresh content=10><article><h1>Ferries</h1>{lines}"
    assert extract_html(html, HERE).completeness == "full"
