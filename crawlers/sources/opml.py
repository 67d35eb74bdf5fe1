"""OPML (opml.org), the lists in which feed readers keep what they follow, into sources and back."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from urllib.parse import urljoin

import listparser
from pydantic import ValidationError

from archive.errors import UsageError
from archive.source import Source, name_from_url
from archive.web.userinfo import hide_userinfo
from crawlers.discovery.announced import announced_title, announced_url


def sources_of(content: bytes) -> tuple[list[Source], list[str]]:
    """A source for each feed of an OPML file, and what of it is none; names are made unique.

    UsageError where the file names no feed. A source's address is that of its feed's host.
    """
    found: dict[str, Source] = {}
    refused = []
    for feed in listparser.parse(content).feeds:
        url = announced_url(feed.url, "")
        if url is None:
            refused.append(f"{hide_userinfo(feed.url)!r} is no http(s) address")
            continue
        try:
            source = Source(url=urljoin(url, "/"), feeds=(url,), title=announced_title(feed.title))
        except ValidationError as error:
            refused.append(f"{url}: {error.errors()[0]['msg'].removeprefix('Value error, ')}")
            continue
        if all(url not in other.feeds for other in found.values()):
            name = _free(name_from_url(url), found)
            found[name] = source.model_copy(update={"name": name})
    if not found and not refused:
        raise UsageError("expected OPML with outlines that have an xmlUrl")
    return list(found.values()), refused


def _free(name: str, taken: Iterable[str]) -> str:
    """*name*, or with a number where it is taken."""
    names, number, free = set(taken), 2, name
    while free in names:
        free = f"{name[:60]}-{number}"
        number += 1
    return free


def to_opml(sources: Iterable[Source], title: str) -> bytes:
    """The feeds of *sources* as OPML 2.0; sources without a feed stand as links."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for source in sources:
        text = source.title or source.name
        for feed in source.feeds:
            words = {"type": "rss", "xmlUrl": feed, "htmlUrl": source.url}
            ET.SubElement(body, "outline", words | {"text": text, "title": text})
        if not source.feeds:
            ET.SubElement(body, "outline", text=text, type="link", url=source.url)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
