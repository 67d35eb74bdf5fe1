"""Days and times in a line that names authors, in many languages: they are no names."""

from __future__ import annotations

import re

from pipelines.metadata.people.vocabulary import WEEKDAYS
from pipelines.text.months import month_names

_MONTHS = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
_SHORT_WORDS = """
lun mié mie jue vie sáb sab dom seg ter qua qui sex mer jeu ven sam dim gio mar ma di wo vr za zo
man tir ons tor fre lør søn mån tis lör sön pon wt śr czw pt sob nd пн вт ср чт пт сб вс
"""
_WEEKDAYS = "|".join(sorted({*WEEKDAYS, *_SHORT_WORDS.split()}, key=len, reverse=True))
_TIME = (
    r"(?:[\s,|–-]*(?:at|um|à|om|kl\.?|klo|às)?\s*\d{1,2}[:.h]\d\d(?::\d\d)?"
    r"\s*(?:[ap]\.?m\.?)?(?:\s*(?:uhr|h|gmt|utc|[a-z]{1,2}t)\b)?)?"
)
DATE = re.compile(
    r"(?:(?<!\w)(?:on|am|le|el|il|den|dnia|from|em|op|på|dne|kl)\s+)?"
    rf"(?:(?<!\w)(?:{_WEEKDAYS})[.,]?\s+(?:the\s+|den\s+|le\s+)?)?"
    rf"(?:(?<!\w)\d{{1,2}}(?:st|nd|rd|th|er|º|°|\.)?\s*(?:de\s+|of\s+)?(?:{_MONTHS})\.?(?!\w)"
    r"(?:,?\s*(?:de\s+|del\s+)?\d{4})?"
    rf"|(?<!\w)(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\w)(?:,?\s*\d{{4}})?"
    rf"|(?<!\w)(?:{_MONTHS})\.?,?\s+\d{{4}}"
    r"|(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}(?!\d)"
    r"|\d{4}\s?[年년].{0,9}?[日일])" + _TIME,
    re.IGNORECASE,
)
"""A day, with its weekday and time where they are there."""


def without_dates(text: str) -> str:
    """*text* with a bar for each day and time in it."""
    if not any(map(str.isdigit, text)):
        return text
    return DATE.sub(" | ", text).strip(" |,·•–—-:")
