"""A fetched robots.txt into what it allows (RFC 9309).

Which group is ours is decided here, by the product token alone: Protego looks for the names of
groups anywhere in a User-Agent, so the words of a contact would choose, too. It is given the lines
of our group as those of `*`, and says what they mean.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from protego import Protego

from crawlers.discovery.announced import announced_url

MAX_BYTES = 500 * 2**10  # as much as RFC 9309 asks everybody to read
MAX_COST = 1_000_000  # of 80 million that 500 KiB could ask for: no site means that well

_END = r"(?=\s|:|$)"
_AGENT = re.compile(r"user[- ]?agent" + _END + r"\s*:?\s*", re.IGNORECASE)
_RULE = re.compile(
    r"(?:allow|dis+al+[ao]w|diasllow|crawl[- ]delay|request[- ]rate|visit[- ]time)" + _END,
    re.IGNORECASE,
)
_OTHER_ENDS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_TOKEN = re.compile(r"[A-Za-z_-]+|\*(?!\S)")


@dataclass(slots=True)
class _AgentGroup:
    """Lines of rules, and the tokens of the agents that they are for."""

    agents: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    @property
    def cost(self) -> int:
        """How many rules somebody makes of it who makes them anew for every agent."""
        return len(self.agents) * (len(self.agents) + 1) // 2 + len(self.agents) * len(self.rules)


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site's robots.txt allows; *verdict* holds for all URLs where there are no rules."""

    verdict: bool | None
    sitemaps: tuple[str, ...] = ()
    _groups: tuple[_AgentGroup, ...] = field(default=(), repr=False, compare=False)
    _rules: dict[str, Protego] = field(default_factory=dict, repr=False, compare=False)

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether *user_agent* (a product token, or the whole header) may fetch *url*."""
        if self.verdict is not None:
            return self.verdict
        try:
            return bool(self._rules_for(user_agent).can_fetch(url, "*"))
        except ValueError:  # no URL
            return False

    def crawl_delay(self, user_agent: str) -> float | None:
        """Seconds that *user_agent* must leave between two requests, None where nothing is said."""
        delay: float | None = self._rules_for(user_agent).crawl_delay("*")
        return delay

    def _rules_for(self, user_agent: str) -> Protego:
        """The rules of all groups that name the product; of those of `*` where none does."""
        token = product_token(user_agent)
        if token not in self._rules:
            ours = [group for group in self._groups if token in group.agents]
            ours = ours or [group for group in self._groups if "*" in group.agents]
            lines = [line for group in ours for line in group.rules]
            self._rules[token] = Protego.parse("\n".join(("User-agent: *", *lines)))
        return self._rules[token]


def product_token(user_agent: str) -> str:
    """The name in lower case by which robots.txt knows who sends *user_agent*.

    Its first product, up to the first character that no token has; `*` is nobody's name.
    """
    return _token(user_agent.strip()).strip("*")


def _token(text: str) -> str:
    found = _TOKEN.match(text)
    return found[0].lower() if found else ""


def parse_robots(content: bytes, status: int | None, url: str = "") -> Robots:
    """What *content*, fetched with *status* from *url*, allows; None: it could not be reached.

    No file (4xx, or redirects without end) allows everything; a server that fails, or asks for rest
    (429), nothing.
    """
    if status is None or status >= 500 or status < 200 or status == 429:
        return Robots(verdict=False)
    if status >= 300:
        return Robots(verdict=True)
    groups, others = _groups_and_others(_robots_text(content))
    if sum(group.cost for group in groups) > MAX_COST:
        return Robots(verdict=False)
    named = Protego.parse("\n".join(others)).sitemaps
    sitemaps = (announced_url(sitemap, url) for sitemap in named)
    return Robots(None, tuple(dict.fromkeys(filter(None, sitemaps))), tuple(groups))


def _robots_text(content: bytes) -> str:
    if len(content) > MAX_BYTES:  # a line that is cut would forbid more than was meant
        content = content[:MAX_BYTES]
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


def _groups_and_others(text: str) -> tuple[list[_AgentGroup], list[str]]:
    """The groups of *text*, and the lines that belong to none, as those of sitemaps.

    The lines of agents that follow one another share the rules behind them: only a rule ends
    them, no line that RFC 9309 does not know. `Crawl-delay` counts as a rule.
    """
    groups, others = list[_AgentGroup](), list[str]()
    for line in _robots_lines(text):
        if agent := _AGENT.match(line):
            if not groups or groups[-1].rules:
                groups.append(_AgentGroup())
            groups[-1].agents.append(_token(line[agent.end() :]))
        elif not _RULE.match(line):
            others.append(line)
        elif groups:
            groups[-1].rules.append(line)
    return groups, others


def _robots_lines(text: str) -> Iterator[str]:
    """Lines end with CR, LF or both alone; what Python and Protego also split at is escaped."""
    for line in re.split(r"\r\n|\r|\n", text):
        bare = line.partition("#")[0].strip()
        yield _OTHER_ENDS.sub(lambda found: quote(found[0]), bare)
