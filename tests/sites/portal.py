"""The look of a news portal: nested divs with hashed classes, cards that are links as a whole.

Every page calls itself an article, and lists name the author and the date of their newest story.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sites.base import Post
from sites.english import text

NAME = "Meridian Post"
BASE = "https://meridian.example"
_LENA, _OMAR, _KIT = "Lena Ortiz", "Omar Haddad", "Kit Fielding"


@dataclass(frozen=True)
class Story(Post):
    """A post with the standfirst that its cards show."""

    standfirst: str = ""


def _story(number: int, day: str, section: str, author: str, said: tuple[str, str, str]) -> Story:
    title, standfirst, things = said
    words = [word.strip(",:?'’").lower() for word in title.split()]
    path = f"/{section.lower()}/{'-'.join(words)}-{48210 + number * 37}"
    texts = text(path, things.split("|"), 4 + number % 4)
    return Story(path, title, author, f"2026-02-{day}", texts, section, standfirst)


STORIES = (
    _story(1, "14", "World", _LENA, ("Ferry strike enters third week as talks stall", "Islanders are rationing flour, and both sides say that the other must move first.", "the night ferry|the pay offer|the harbour union|the freight quay|the strike fund")),
    _story(2, "14", "Culture", _OMAR, ("Opera house reopens after nine years of repairs", "The acoustics have changed, say the musicians, and so has the bill.", "the orchestra pit|the gilded ceiling|the fly tower|the donors' list|the first night")),
    _story(3, "13", "World", _KIT, ("Floods cut off two valleys for a second night", "Helicopters brought fodder and insulin; the road may take until Easter.", "the mountain road|the relief helicopter|the flood barrier|the dairy|the field hospital")),
    _story(4, "13", "Business", _LENA, ("Tram maker to close its oldest factory", "Seven hundred jobs go, and a town loses the thing that it was built for.", "the assembly hall|the low-floor tram|the works council|the severance plan|the test track")),
    _story(5, "12", "Science", _OMAR, ("Glacier survey finds a lake that nobody expected", "A week of drilling turned a dull question into an urgent one.", "the drill site|the meltwater lake|the ice core|the radar sledge|the field camp")),
    _story(6, "12", "Culture", _KIT, ("The translator who waited forty years", "Her version of the epic sat in a drawer until a student asked.", "the manuscript|the glossary|the publisher's letter|the second draft|the epigraph")),
    _story(7, "11", "World", _OMAR, ("Border town counts the cost of a closed bridge", "Bakers, nurses and schoolchildren now drive ninety kilometres each day.", "the border bridge|the customs shed|the day pass|the bakery van|the detour")),
    _story(8, "10", "Business", _KIT, ("Why your bank wants you to visit again", "Branches were finished, said every consultant; the customers had not been asked.", "the high-street branch|the cash machine|the counter staff|the mortgage desk|the app")),
    _story(9, "09", "Science", _LENA, ("A quiet year for swifts, and nobody knows why", "Counts are down by a third along the whole flyway.", "the nest colony|the ringing station|the insect count|the summer roost|the migration route")),
    _story(10, "08", "Culture", _OMAR, ("Inside the archive of lost radio plays", "Engineers are baking tapes at fifty degrees to hear voices from 1951.", "the tape vault|the play script|the sound effects door|the transmitter|the cast list")),
    _story(11, "07", "Business", _LENA, ("Olive growers bet on machines at last", "The picking is faster, the oil is fine, and the villages are emptier.", "the picking machine|the oil press|the terrace|the seasonal crew|the cooperative")),
    _story(12, "06", "World", _KIT, ("Capital moves its clocks, the provinces refuse", "For eleven days the country has had two times of day.", "the station clock|the time decree|the school bell|the shift rota|the governor's office")),
)  # fmt: skip
_SECTIONS = ("World", "Culture", "Business", "Science")
STATICS = (
    ("/company/about", "About Meridian"),
    ("/company/imprint", "Imprint"),
    ("/company/newsroom", "Newsroom"),
    ("/company/cookies", "Privacy and cookies"),
    ("/company/membership", "Become a member"),
    ("/company/contact", "Contact us"),
)


def _links(pairs: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<div class="css-8ab1q"><a href="{to}">{said}</a></div>' for to, said in pairs)


def page(title: str, main: str, newest: Post | None) -> str:
    """A page of the portal. Its head is that of an article by the author of *newest*, if any."""
    author = (
        f'<meta name="author" content="{newest.author}"><meta property="article:published_time" '
        f'content="{newest.date}T06:15:00Z">'
        if newest
        else ""
    )
    menu = [*((f"/{one.lower()}", one) for one in _SECTIONS), ("/latest", "Latest")]
    read = _links([(one.path, one.title) for one in STORIES[2:7]])
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - {NAME}</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}">{author}</head>
<body><div id="__next"><div class="css-1x2y"><div class="css-k9d0p"><a href="/">{NAME}</a></div>
<div class="css-r77ty">{_links(menu)}{_links(STATICS[4:5])}</div></div>
<div class="css-0main"><div class="css-3fz8e">{main}</div>
<div class="css-71hgq"><div class="css-lab3l">Most read</div>{read}</div></div>
<div class="css-f00t3">{_links(STATICS)}<div class="css-c0py">© 2026 {NAME} Media</div></div>
</div></body></html>"""


def card(one: Post, said: str | None = None) -> str:
    """A story in a list: a single link around its picture, section, title and standfirst."""
    under = said or (one.standfirst if isinstance(one, Story) else "")
    return (
        f'<a class="css-1cardx" href="{one.path}"><div class="css-im4ge"><img src="/i{one.path}.webp" '
        f'alt=""></div><div class="css-k1ck">{one.section}</div><div class="css-h3adl">{one.title}</div>'
        f'<div class="css-sub99">{under}</div></a>'
    )


def grid(stories: Sequence[Post]) -> str:
    """Cards beside each other."""
    return f'<div class="css-gr1d0">{"".join(card(one) for one in stories)}</div>'


def divs(texts: Sequence[str], around: str = "p") -> str:
    """Paragraphs of a story."""
    return "".join(f'<{around} class="css-g5pi">{one}</{around}>' for one in texts)


def story(one: Post, body: str | None = None, above: str = "", below: str = "") -> str:
    """The page of a story: heading, standfirst, byline and text, all in divs."""
    under = one.standfirst if isinstance(one, Story) else ""
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": one.title}
    data |= {"datePublished": f"{one.date}T06:15:00Z"}
    return page(
        one.title,
        f'{above}<div class="css-st0ry"><h1 class="css-t1tle">{one.title}</h1><div class="css-st4nd">'
        f'{under}</div><div class="css-by1in">{one.author} · {one.date}</div><div class="css-b0dy">'
        f"{body or divs(one.texts)}</div></div>{below}"
        f'<script type="application/ld+json">{json.dumps(data)}</script>',
        one,
    )


def company(title: str, body: str) -> str:
    """A page about the portal: its theme makes an article of it too."""
    return page(title, f'<div class="css-st0ry"><h1 class="css-t1tle">{title}</h1>{body}</div>', None)  # fmt: skip
