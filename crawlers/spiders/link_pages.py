"""A page of links into all that a crawl may ask of it: leads, the page behind it, feeds, posts.

`PageOfLinks` answers as it is asked, and parses the page once. `read_link_page` answers everything
at once, as a value that passes from one process to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from archive.source import Source
from archive.types import Seed
from crawlers.discovery.html_pages import (
    ParsedPage,
    alternates,
    declared_page,
    parse_page,
    posts_api,
)
from crawlers.discovery.leads import Leads, declares_article, leads
from crawlers.discovery.next_page import next_page
from crawlers.discovery.url_shapes import Shapes


class LinkPage(Protocol):
    """What a page of links says."""

    @property
    def leads(self) -> Leads:
        """The articles and lists that it leads to."""

    @property
    def following(self) -> str | None:
        """The page of the list that follows."""

    @property
    def is_article(self) -> bool:
        """Whether it says of itself that it is an article."""

    @property
    def feeds(self) -> tuple[Seed, ...]:
        """The feeds that it declares."""

    @property
    def posts(self) -> str | None:
        """Where the site's list of posts is."""


@dataclass(frozen=True, slots=True)
class LinkPageTask:
    """A page of links, and what it is judged by."""

    source: Source
    url: str
    content: bytes
    content_type: str | None
    shapes: Shapes


class PageOfLinks:
    """The page of a *task*, read as far as it is asked for."""

    def __init__(self, task: LinkPageTask) -> None:
        self._task = task
        self._page = ParsedPage(parse_page(declared_page(task.content, task.content_type)))

    @cached_property
    def leads(self) -> Leads:
        """The articles and lists that it leads to."""
        return leads(self._task.source, self._page, self._task.url, self._task.shapes)

    @cached_property
    def following(self) -> str | None:
        """The page of the list that follows."""
        return next_page(self._page, self._task.url)

    @cached_property
    def is_article(self) -> bool:
        """Whether it says of itself that it is an article."""
        return declares_article(self._page)

    @cached_property
    def feeds(self) -> tuple[Seed, ...]:
        """The feeds that it declares."""
        return alternates(self._page, self._task.url)

    @cached_property
    def posts(self) -> str | None:
        """Where the site's list of posts is."""
        return posts_api(self._page, self._task.url)


@dataclass(frozen=True, slots=True)
class ReadLinkPage:
    """What a page of links says, all of it."""

    leads: Leads
    following: str | None
    is_article: bool
    feeds: tuple[Seed, ...]
    posts: str | None


def read_link_page(task: LinkPageTask) -> ReadLinkPage:
    """All that the page of *task* says."""
    page = PageOfLinks(task)
    return ReadLinkPage(page.leads, page.following, page.is_article, page.feeds, page.posts)
