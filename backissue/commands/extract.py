"""`backissue extract`: the article of one page, from a file, a URL or standard input."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.errors import BackissueError, UsageError
from archive.web.userinfo import hide_userinfo
from backissue.commands.flags import add_network
from backissue.output import print_json, shown, warn

if TYPE_CHECKING:
    from archive.types import Article
    from crawlers.wire import Exchange
    from pipelines.body.choice import Body

HELP: Final = "print the article of one page"
EXAMPLE: Final = "backissue extract page.html --format markdown"
_FIELDS = (
    *("headline", "author", "agency", "date_published", "date_modified"),
    *("in_language", "word_count"),
)


def flags(command: ArgumentParser) -> None:
    """Which page, in which form."""
    command.add_argument("page", metavar="PAGE", help="a file, an http(s) URL, or - for stdin")
    command.add_argument("--url", help="the page's address, where PAGE is a file")
    command.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        default="text",
        help="form of the output (default: text)",
    )
    command.add_argument(
        "--explain",
        action="store_true",
        help="show all text of the page: what is kept, what is cut, and why",
    )
    add_network(command)


def run(options: Namespace) -> int:
    """Print the article; exit 1 where the page has none."""
    from pipelines.extract import read_page
    from pipelines.page.html import Page

    for address in (options.page, options.url or ""):
        _check_address(address)
    content, url, moment = _read_page(options)
    if (kind := _foreign_kind(content)) is not None:
        warn(f"{options.page}: no web page: {kind}")
        return 1
    article, body = read_page(Page(url or "", content, None, moment))
    if options.explain:
        explain(body, options.json)
    elif options.json or options.format == "json":
        print_json("article", _article_columns(article))
    else:
        text = _as_text(article, options.format)
        print(shown(text) if sys.stdout.isatty() else text)
    if options.json:
        print_json("summary", {"completeness": article.completeness})
    if not article.article_body:
        warn(f"{options.page}: no article text found")
        return 1
    if article.completeness in _NO_PAGE:
        why = article.evidence.get("completeness", {}).get("from", "")
        warn(f"{options.page}: no article: {article.completeness} ({why})")
        return 1
    return 0


_NO_PAGE = ("error", "shell", "soft404")


def _foreign_kind(content: bytes) -> str | None:
    """The media type of *content*, where its first bytes show that it is no text."""
    from archive.web.sniff import sniff

    kind = sniff(content, None)
    return kind if kind and kind.startswith(_FOREIGN) else None


_FOREIGN = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip")


def explain(body: Body, as_json: bool = False) -> None:
    """Print every block of the page's text: what was kept, and what was cut for which reason."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    for part in body.parts:
        if as_json:
            print_json("block", {"text": part.text, "kept": not part.reason, "reason": part.reason})
        elif part.reason:
            console.print(Text(shown(f"- {part.reason}: {part.text}"), style="red"))
        else:
            console.print(Text(shown(f"+ {part.text}"), style="green"))


def _is_url(page: str) -> bool:
    return page.lower().startswith(("http://", "https://"))


def _check_address(address: str) -> None:
    """UsageError where *address* is a bad URL, or has a password: the article would show it."""
    from archive.source import check_url

    try:
        if _is_url(address):
            check_url(address)
        elif hide_userinfo(address) != address:
            raise ValueError("an address without user name and password")
    except ValueError as error:
        raise UsageError(f"{address}: expected {error}") from None


def _read_page(options: Namespace) -> tuple[bytes, str | None, datetime | None]:
    page = options.page
    if page == "-":
        return sys.stdin.buffer.read(), options.url, None
    if _is_url(page):
        content, moment = _download(page, options)
        return content, options.url or page, moment
    try:
        return Path(page).read_bytes(), options.url, None
    except OSError as error:
        raise UsageError(f"{page}: {(error.strerror or 'cannot be read').lower()}") from None


def _download(url: str, options: Namespace) -> tuple[bytes, datetime]:
    """What a server sends for *url*, decoded, and when it was asked."""
    import asyncio

    from archive.web.content import read_content
    from archive.web.http import MAX_CONTENT, undo_transfer

    exchange = asyncio.run(_fetch_page(url, options))
    payload = undo_transfer(exchange.body, exchange.parsed)
    content = read_content(payload, exchange.parsed.content_codings, MAX_CONTENT).data
    return content, exchange.started


async def _fetch_page(url: str, options: Namespace) -> Exchange:
    from crawlers.wire import ExchangeFailed, Pool, Settings, parse_override

    settings = Settings(
        allow_private=options.allow_private,
        overrides=tuple(map(parse_override, options.resolve)),
    )
    pool = Pool(settings)
    headers = [(b"User-Agent", b"Backissue (extract)"), (b"Accept-Encoding", b"gzip, br")]
    try:
        return await pool.fetch("GET", url, headers)
    except ExchangeFailed as failed:
        raise BackissueError(f"{url}: {failed.detail}") from None
    finally:
        await pool.close()


def _article_columns(article: Article) -> dict[str, object]:
    from dataclasses import asdict

    columns = asdict(article)
    del columns["removed"], columns["comments"]
    return columns


def _as_text(article: Article, form: str) -> str:
    head = []
    for name in _FIELDS:
        value = getattr(article, name)
        text = ", ".join(value) if isinstance(value, tuple) else value
        if text:
            head.append(f"{name}: {text}")
    if form == "markdown":
        return "\n".join(["---", *head, "---", "", article.article_body_markdown])
    return "\n".join(head) + "\n\n" + article.article_body
