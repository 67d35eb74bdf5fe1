"""`/feed/NAME.atom`: the newest articles of a source as Atom (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree

from backissue.web.errors import NotFound
from backissue.web.pages.articles import newest_articles
from backissue.web.rendering import clean, href
from backissue.web.view import View

_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50


def feed(view: View, name: str, base: str) -> bytes:
    """The feed of the source *name*; *base* is where the console answers, without a slash at its
    end."""
    view.cache.refresh()
    declared = view.declared()
    articles = newest_articles(view, name, _ENTRIES)
    if name not in declared.sources and not articles:
        raise NotFound(f"no source {name}")
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    source = declared.sources.get(name)
    _add(root, "title", source.title if source and source.title else name)
    _add(root, "id", f"urn:backissue:{view.library.settings.name}:{name}")
    newest = max((one["fetch_time"] for one in articles), default=datetime(1970, 1, 1, tzinfo=UTC))
    _add(root, "updated", _moment(newest))
    _add(root, "author")
    _add(root[-1], "name", source.title if source and source.title else name)
    _add(root, "link", rel="self", href=f"{base}/feed/{name}.atom")
    for article in articles:
        _add_entry(root, article, base)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _add_entry(root: Any, article: dict[str, Any], base: str) -> None:
    _add(root, "entry")
    entry = root[-1]
    _add(entry, "title", article["headline"] or article["url"])
    _add(entry, "id", f"urn:backissue:article:{article['article_id']}")
    _add(entry, "published", _moment(article["date"]))
    _add(entry, "updated", _moment(article["fetch_time"]))
    if url := href(article["url"]):
        _add(entry, "link", rel="alternate", href=url)
    _add(entry, "link", rel="related", href=f"{base}/articles/{article['article_id']}")


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> None:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    if text is not None:
        made.text = clean(text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
