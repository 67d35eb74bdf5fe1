"""What the pages print for a reader to run: console lines, Python, SQL, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CARD = ROOT / "archive/card.md"
PAGES = (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))
TUTORIALS = tuple(sorted(ROOT.glob("docs/tutorials/*.md")))
PARTS = re.compile(
    r"^```(?P<kind>\w*)\n(?P<block>.*?)^```$"
    r"|^    (?P<indented>(?:backissue|python3?|pip|scrapy|fastwarc|make|apt) [^\n]+)$"
    r"|`(?P<inline>(?:backissue|pip) [a-z][^`\n]*)`",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Printed:
    """Something to run; *kind* is console, python, sql, or toml for what belongs into a file."""

    page: str
    kind: str
    text: str


def printed(page: Path) -> Iterator[Printed]:
    """What *page* prints; console lines one by one, without remarks and words that may be left out."""
    for found in PARTS.finditer(page.read_text(encoding="utf-8")):
        if found["kind"] in ("python", "sql", "toml"):
            yield Printed(page.name, found["kind"], found["block"])
        elif found["kind"] in ("console", None):
            lines = found["block"] or found["indented"] or found["inline"].replace("\\|", "|")
            for line in lines.splitlines():
                if bare := re.sub(r"(?:^|\s+)#.*|\s+\[[^\]']*\]|\s+\.\.\.", "", line).strip():
                    yield Printed(page.name, "console", bare)
