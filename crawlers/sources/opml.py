"""OPML (opml.org), the lists in which feed readers keep what they follow, into sources and back."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from urllib.parse import urljoin

import listparser
from lxml import etree
from pydantic import ValidationError

from archive.disk.wrong_values import expected
from archive.errors import UsageError
from archive.source import Source, name_from_url
from archive.web.userinfo import hide_userinfo
from crawlers.discovery.announced import announced_title, announced_url


def sources_of(content: bytes) -> tuple[list[Source], list[str]]:
    """A source for each feed of an OPML file, and what of it is none; names are made unique.

    UsageError where the file names no feed. A source's address is the feed's `htmlUrl`, which need
    not be on the feed's host; without one it is that of the feed's host.
    """
    homes = _homes(content)
    found: dict[str, Source] = {}
    refused = []
    for feed in listparser.parse(content).feeds:
        url = announced_url(feed.url, "")
        if url is None:
            refused.append(f"{hide_userinfo(feed.url)!r} is no http(s) address")
            continue
        try:
            home = announced_url(homes.get(feed.url, ""), "") or urljoin(url, "/")
            source = Source(url=home, feeds=(url,), title=announced_title(feed.title))
        except ValidationError as error:
            refused.append(f"{url}: expected {expected(error.errors()[0])}")
            continue
        if all(url not in other.feeds for other in found.values()):
            name = _free(name_from_url(home), found)
            found[name] = source.model_copy(update={"name": name})
    if not found and not refused:
        raise UsageError("expected OPML with outlines that have an xmlUrl")
    return list(found.values()), refused


def _homes(content: bytes) -> dict[str, str]:
    """The `htmlUrl` of each feed, which listparser leaves out, by its `xmlUrl`."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    found: dict[str, str] = {}
    for outline in () if root is None else root.iter("{*}outline"):
        words = {name.lower(): value for name, value in outline.attrib.items()}
        if words.get("xmlurl") and words.get("htmlurl"):
            found.setdefault(words["xmlurl"].strip(), words["htmlurl"].strip())
    return found


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
