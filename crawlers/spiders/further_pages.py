"""The page of an article into the address of its next page, where it may have one at all."""

from __future__ import annotations

import re
from html import unescape

from crawlers.discovery.html_pages import MAX_BYTES, declared_page, parse_page
from pipelines.metadata.links import following_page
from pipelines.metadata.numbered_urls import NUMBERED, WHOLE, without_number

_VALUE = re.compile(rb"\s*=\s*(?:\"([^\"]*)|'([^']*)|([^\s>\"'][^\s>]*))")


def further_page(html: bytes, url: str, content_type: str | None = None) -> str | None:
    """What `following_page` finds on a page; most pages need not be parsed for that."""
    if not may_lead_on(html[:MAX_BYTES], url):
        return None
    tree = parse_page(declared_page(html, content_type))
    return None if tree is None else following_page(tree, url)


def may_lead_on(html: bytes, url: str) -> bool:
    """Whether a link of the page has the number that follows that of *url*, or shows all pages.

    What no address in the markup has, no link of the parsed page has either.
    """
    wanted = {2, without_number(url)[1] + 1}
    text = _addresses(html)
    numbered = tuple(map(str, wanted)), tuple(f"={n}" for n in (0, *wanted))
    named = "#".join(one for one in text.split("#") if _is_numbered(one, *numbered))
    numbers = (int(found[1] or found[2]) for found in NUMBERED.finditer(named))
    return any(number in wanted for number in numbers) or WHOLE.search(text) is not None


def _is_numbered(address: str, ends: tuple[str, ...], marks: tuple[str, ...]) -> bool:
    """Whether an address may have a wanted number: a quick look, for most have none."""
    return address.rstrip("/").endswith(ends) or any(mark in address for mark in marks)


def _addresses(html: bytes) -> str:
    """All values of `href`, with `#` between them, their character references read."""
    plain = html.replace(b"\0", b"") if b"\0" in html else html  # UTF-16 shows its ASCII
    found = map(_VALUE.match, plain.lower().split(b"href")[1:])
    values = (one[1] or one[2] or one[3] or b"" for one in found if one)
    text = b"#".join(value.strip() for value in values).decode("latin-1")
    return unescape(text) if "&" in text else text
