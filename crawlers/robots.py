"""A fetched robots.txt into what it allows (RFC 9309)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from protego import Protego

from crawlers.discovery.announced import announced_url

MAX_BYTES = 500 * 2**10  # as much as RFC 9309 asks everybody to read
MAX_COST = 1_000_000

_AGENT = re.compile(r"\s*user[- ]?agent\b", re.IGNORECASE)
_RULE = re.compile(
    r"\s*(?:allow|dis+al+[ao]w|diasllow|crawl[- ]delay|request[- ]rate)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site's robots.txt allows; *verdict* holds for all URLs where there are no rules."""

    verdict: bool | None
    sitemaps: tuple[str, ...] = ()
    rules: Protego = field(default_factory=Protego, repr=False, compare=False)

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether *user_agent* (a product token, or the whole header) may fetch *url*."""
        if self.verdict is not None:
            return self.verdict
        try:
            return bool(self.rules.can_fetch(url, user_agent))
        except ValueError:  # no URL
            return False

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds that *user_agent* must leave between two requests, None where nothing is said."""
        delay: float | None = self.rules.crawl_delay(user_agent)
        return delay


def parse_robots(content: bytes, status: int | None, url: str = "") -> Robots:
    """What *content*, fetched with *status* from *url*, allows; None: it could not be reached.

    No file (4xx, or redirects without end) allows everything; a server that fails, or asks for rest
    (429), nothing.
    """
    if status is None or status >= 500 or status < 200 or status == 429:
        return Robots(verdict=False)
    if status >= 300:
        return Robots(verdict=True)
    text = _decode(content)
    if _cost(text) > MAX_COST:
        return Robots(verdict=False)
    rules = Protego.parse(text)
    sitemaps = (announced_url(sitemap, url) for sitemap in rules.sitemaps)
    return Robots(None, tuple(dict.fromkeys(filter(None, sitemaps))), rules)


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:  # a line that is cut would forbid more than was meant
        content = content[:MAX_BYTES]
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


def _cost(text: str) -> int:
    """How many rules Protego will make of *text*: each one anew for every agent of its group.

    500 KiB could ask for 80 million, which no site means well.
    """
    cost = group = 0
    in_rules = False
    for line in text.splitlines():
        if _AGENT.match(line):
            group = 1 if in_rules else group + 1
            in_rules = False
            cost += group
        elif _RULE.match(line):
            in_rules = True
            cost += group
    return cost
