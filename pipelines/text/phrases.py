"""The phrases by which lines beside an article give themselves away, and what each is."""

from __future__ import annotations

import re

_OPENINGS = {
    "related": r"""
        related\s*(?:[:–—-]|$)
        related (?:posts?|articles?|stor(?:y|ies)|reading|content|coverage)\b
        related (?:news|links?|topics?|video)\s*(?:[:–—-]|$)
        (?:also )?read (?:more|next|also|on|this|the full)\s*(?:[:–—-]|$)
        (?:also )?read (?:more|next|also|on|this)\s*(?:about|on|from|in|at|here)\b
        read (?:this|the full|more) (?:articles?|stor(?:y|ies))\b
        also (?:read|see|watch|on)\b.*[:–—-]
        also read\b
        see (?:also|more)\s*[:–—-]
        more (?:from|stories|articles|news|posts|on this|coverage|reading)\b
        more\s*:
        you (?:may|might) (?:also )?(?:like|enjoy|be interested)\b
        don['’]?t miss\s*(?:[:–—-]|$)
        (?:next|previous) (?:article|post|story)\b
        up next\b
        recommended(?: (?:for you|reading|stories|articles))?\s*(?:[:–—-]|$)
        (?:à )?lire (?:aussi|également)\b
        lesen sie auch\b
        mehr zum thema\b
        lea (?:también|además)\b
        te puede interesar\b
        leia (?:também|mais)\b
        leggi anche\b
        lees ook\b
        читайте также\b
    """,
    "popular": r"""
        top \d+ (?:this|of the) (?:week|month)\b
        (?:most )?popular (?:articles?|posts?|stories|now|this week)\b
        trending(?: (?:now|articles|stories|posts))?\s*$
        most (?:read|viewed|shared)\s*$
        latest (?:news|articles|posts|stories)\s*$
    """,
    "newsletter": r"""
        sign up (?:for|to|now|here|today)\b
        subscribe (?:to|now|here|today|for|via)\b
        (?:subscribe|newsletter)\s*$
        (?:get|join) (?:our|the) (?:\w+ )?(?:newsletter|mailing list)\b
    """,
    "share": r"""
        follow us\b
        follow (?:@?\w+ ){1,3}on (?:twitter|x|facebook|instagram|social|linkedin|mastodon|bluesky)\b
        share (?:this|on|via|the (?:article|post|story))\b
        share\s*:?\s*$
        (?:like|find|join) us on\b
        tweet this\b
        click to (?:share|tweet)\b
        print\s*$
    """,
    "comments": r"""
        leave a (?:reply|comment|response)\b
        please enter (?:your|a|an)\b
        (?:post|add|write) (?:a|your) comment\b
        (?:no|\d+) comments?\s*$
        comments?\s*(?:\(\d+\))?\s*$
        comments are closed\b
        join the (?:conversation|discussion)\b
        cancel reply\b
        save my name, email\b
        you have entered an incorrect email\b
    """,
    "caption": r"""
        (?:photo|image|picture|video|illustration)s?(?: (?:credits?|by|courtesy|source|via))?\s*[:|]
        (?:photo|image|picture|video|illustration)s? (?:by|courtesy|credits?)\b
        featured image credit\b
        credit\s*:
    """,
    "copyright": r"""
        copyright (?:©|\(c\)|\d{4}|by|notice)
        ©
        \(c\) ?(?:\d{4}|copyright)
        all rights reserved\b
    """,
    "meta": r"""
        (?:tags?|tagged|filed under|categor(?:y|ies)|posted (?:in|on|by)|topics?|keywords?)\s*[:|]
        (?:tagged (?:with|as|in)|filed under|posted (?:in|on|by))\b
        (?:last |first )?(?:updated|published|modified|posted)(?: (?:on|at|by))?\s*[:,]?\s*(?=.*\d)
        \d+ min(?:ute)?s?\.? read\b
        (?:estimated )?reading time\b
    """,
    "advertisement": r"""
        advertisement[-\s]*$
        (?:article|story) continues below\b
        (?:sponsored|promoted)\s*(?:content|by|$)
        advertisement\s*:
        scroll to continue\b
    """,
    "credits": r"""
        (?:additional )?reporting by\b.*\bediting by\b
        our standards\s*:
    """,
}
_ANYWHERE = r"""
    sign up (?:for|to) (?:our|the|get|receive)\b
    subscribe to (?:our|the)\b
    all rights reserved\b
    personal,? (?:and )?non-?commercial use
    may not be (?:published|reproduced|republished)\b
    (?:like|follow) (?:us|him|her|me) on (?:twitter|facebook|instagram)
    this (?:post|article|page) (?:may )?contains? affiliate links
    we may (?:earn|receive) an? (?:small )?(?:affiliate )?commission
    enable javascript\b
    click here to (?:subscribe|sign|download the app|join)
"""
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|märz|mai|juin|juil|août|okt|dez|janv|févr"
    "|avr|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|out|fev"
)
_WEEKDAYS = "mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun"
_DAY_FORMS = rf"""
    \d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?(?:{_MONTHS})\w*\.?,?\s+(?:de\s+)?(?:19|20)\d\d
    (?:{_MONTHS})\w*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d
    \d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d\d
    (?:19|20)\d\d[./-]\d{{1,2}}[./-]\d{{1,2}}
"""


def _any_of(patterns: str) -> str:
    """One pattern of several, each of which stands on a line of its own."""
    return "|".join(line.strip() for line in patterns.strip().splitlines())


OPENING = re.compile(
    r"[\W_]*?(?:"
    + "|".join(f"(?P<{reason}>{_any_of(lines)})" for reason, lines in _OPENINGS.items())
    + ")",
    re.IGNORECASE | re.MULTILINE,
)
"""The beginning of a short line that is no text of the article; the name of the group says what it
is."""
_STARTS_OF_OPENINGS = """
ad al ar ca cl co cr do es fe fi fo ge il im jo ke la le li me mo ne no ou ph pi pl po pr pu re sa
sc se sh si sp st su ta te to tr tw up vi wr yo чи
"""
STARTS_OF_OPENINGS = frozenset((*_STARTS_OF_OPENINGS.split(), "à "))
"""The first two letters of each phrase that begins with letters: most lines begin with others."""


def opening_phrase(text: str) -> re.Match[str] | None:
    """How a short line begins that is no text of the article; None where it begins otherwise."""
    begins = not text[:1].isalpha() or text[:2].lower() in STARTS_OF_OPENINGS
    return OPENING.match(text) if begins else None


SMALL_PRINT = re.compile(_any_of(_ANYWHERE), re.IGNORECASE)
"""What stands somewhere in a line of a publisher's small print."""

SMALL_PRINT_WORDS = (
    *("sign up", "subscribe to", "rights reserved", "commercial use", "may not be", " on "),
    *("affiliate", "we may", "javascript", "click here to"),
)
"""Each phrase of small print has one of these words. Most lines have none of them, and are passed
over quickly."""
SHORTEST_SMALL_PRINT = 14
"""Characters of the shortest of its phrases."""

_PICTURES = (
    "images?|photos?|photographs?|pictures?|pics?|fotos?|bild|photographie|fotografía|foto’s|zdjęcie"
    "|фото|图|写真"
)
CREDIT = re.compile(
    rf"\((?:{_PICTURES}|credits?)\s?(?:credits?|by|courtesy(?: of)?)?\s?[:：][^()]{{2,60}}\)?\s*$"
    rf"|(?:^|[.|]\s?)(?:{_PICTURES})(?: credits?)?\s?[:：]\s?[^.!?:]{{2,50}}$"
    r"|^credits?\s?[:：]\s?[^.!?:]{2,50}$"
    r"|/\s?(?:getty images|reuters|afp|ap|ap photo|epa|dpa|shutterstock|alamy)\s*$"
    r"|^©",
    re.IGNORECASE,
)
"""A line below a picture, or its end, that says whose picture it is."""

BYLINE = re.compile(
    r"[Bb][Yy]:? [A-ZÀ-Þ][\w.’'-]*(?:,? (?:and |& |de |van |von )?[A-ZÀ-Þ][\w.’'-]*){0,6}"
)
"""A line that names the author and says nothing else."""

DATE_LINE = re.compile(
    r"\W*(?:(?:published|posted|date|on|the)[\s:]*){0,3}"
    rf"(?:(?:{_WEEKDAYS})(?:day)?,?\s+)?(?:{_any_of(_DAY_FORMS)})"
    r"(?:[\s,|•·@–-]*(?:at|um|à)?\s*\d{1,2}[:.h]\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?"
    r"(?:\s*\(?[a-z]{2,5}\)?)?)?\W*",
    re.IGNORECASE,
)
"""A line that is a date and nothing else: `Posted on Friday, 12 March 2021 at 10:30`."""


_LONGEST_CREDITED, _LONGEST_NAME = 250, 70  # characters of a line, and of the credit at its end


def is_credited(text: str) -> bool:
    """Whether *text* is a line below a picture or a table that says whose that is."""
    if len(text) > _LONGEST_CREDITED:
        return False
    end = text[-_LONGEST_NAME:]
    may_be = text[0] == "©" or any(sign in end for sign in ":：/")
    return may_be and bool(CREDIT.search(text))


def is_date_line(text: str) -> bool:
    """Whether *text* is a date and nothing else."""
    return len(text) <= 80 and DATE_LINE.fullmatch(text) is not None


def is_small_print(text: str) -> bool:
    """Whether *text* has a phrase of a publisher's small print."""
    if len(text) < SHORTEST_SMALL_PRINT:
        return False
    lower = text.lower()
    for word in SMALL_PRINT_WORDS:
        if word in lower:
            return SMALL_PRINT.search(text) is not None
    return False


SERVICES = re.compile(
    r"newsletter|mailing|inbox|e-?mail|twitter|facebook|instagram|linkedin|youtube|tiktok|whatsapp"
    r"|telegram|mastodon|bluesky|social media|podcasts?\b|\bapps?\b|updates\b|unlimited",
    re.IGNORECASE,
)
"""What a line that asks to subscribe or to follow asks for."""
_LONGEST_CALL = 80  # characters


def is_call(text: str) -> bool:
    """Whether *text* is a short line that asks to subscribe to a service or to follow it there."""
    if len(text) > _LONGEST_CALL:
        return False
    opening = opening_phrase(text)
    asks = opening is not None and opening.lastgroup in ("newsletter", "share")
    return asks and SERVICES.search(text) is not None


_SIGN_OFF = re.compile(
    r"[(\[]?(?:additional )?(?:reporting|writing|editing|compiled) by\b.*[;,.]\s*"
    r"(?:editing|writing|additional reporting|compiled)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def is_sign_off(text: str) -> bool:
    """Whether *text* is the last line of an agency's report, which says who worked on it: it
    belongs to the report."""
    return _SIGN_OFF.fullmatch(text) is not None


_CUES = {name: number for number, name in enumerate(OPENING.groupindex, 1)}


def cue_of(text: str) -> int:
    """A number for the kind of phrase that a line opens with; 0 where it is none."""
    if opening := opening_phrase(text):
        return _CUES[opening.lastgroup or ""]
    if BYLINE.fullmatch(text):
        return len(_CUES) + 1
    return len(_CUES) + 2 if is_small_print(text) else 0
