"""The forms in which pages write dates, as patterns; `pipelines.text.dates` reads them."""

from __future__ import annotations

import re

_ZONE = (
    r"(?P<zone>(?:gmt|utc)[+-]\d{1,2}(?::\d\d)?(?!\d)|(?:gmt|utc)?\s?[+-]\d\d:?(?:\d\d)?\b"
    r"|[a-z]{1,5}\b)?"
)
_HALVES = r"[ap]\.?m\b\.?|[πμ]\.?\s?μ\b\.?|[مص]\b|[قب]\.?ظ\b"
_BETWEEN = (
    r"[\sT,|•·@،–-]*(?:[(（]?\s?(?:[日月火水木金土월화수목금토]|(?:星期|周|週|礼拜|礼拜)[日天一二三四五六]|"
    r"[월화수목금토일]요일|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\s?[)）]?)?[\sT,|•·@،–-]*"
)
_TIME = (
    rf"(?:{_BETWEEN}(?:\b(?:at|um|à|a\s+las|às|alle|om|kl\.?|klo|o|στις|в|о|godz\.?|saat|ساعت|الساعة|ore)\s+)?"
    r"(?P<first_half>[上下]午|午[前後]|오[전후])?\s?"
    r"(?P<hour>[01]?\d|2[0-4])\s?[:.h時时시点點]\s?(?P<minute>[0-5]\d)[分분]?"
    r"(?:[:.](?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    rf"\s?(?P<half>{_HALVES})?[\s(]{{0,2}}{_ZONE})?"
)
_COMPACT_TIME = r"(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>z|[+-]\d{4})?)?"
_YEAR, _MONTH, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_WORD = r"[^\W\d_](?:[^\s\d,،;:/()\[\]|<>\"!?–—_-]{0,24})"
_NAME = rf"(?P<name>{_WORD}(?:[\s/]{_WORD}){{0,3}}?)"
_ASIDE = r"(?:\s*\([^()\d]{2,20}\))?"  # the month in another language
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"

FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}(?P<sep>[-/.])\s?{_MONTH}(?P=sep)\s?{_DAY}(?!\d)\.?{_TIME}",
        r"(?<!\d)(?P<year>(?:1[89]|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])"
        rf"{_COMPACT_TIME}(?!\d)",
        rf"{_YEAR}\s?[年년]\s?{_MONTH}\s?[月월]\s?{_DAY}\s?[日号號일]{_TIME}",
        rf"\b{_WEEKDAY},?\s+{_DAY}[\s-](?P<name>[a-z]{{3,9}})[\s-](?P<short_year>\d\d)(?=\s+\d\d?:\d\d){_TIME}",
        rf"\b{_WEEKDAY},?\s+(?P<name>[a-z]{{3,9}})\s+{_DAY}\s+(?P<hour>\d\d):(?P<minute>\d\d)"
        rf"(?::(?P<second>\d\d))?\s+{_ZONE}\s*{_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}\s?(?:tháng|thg)\s?{_MONTH}[\s,]+(?:năm\s+)?{_YEAR}(?!\d){_TIME}",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th|er|\.|º|ª|°|-?(?:го|е|й|ја|ші))?[\s,–-]*(?:of\s+|de\s+|del\s+|d['’])?"
        rf"{_NAME}{_ASIDE}[.,،]?[\s–-]*(?:(?:de|del|of|m\.|ค\.ศ\.|พ\.ศ\.)\s?)?{_YEAR}(?!\d)"
        rf"(?:\s?(?:г|р|года|року|г\.)\b)?\.?{_TIME}",
        rf"(?<![^\W\d_]){_NAME}\.?\s+{_DAY}(?:st|nd|rd|th)?[,،]?\s+{_YEAR}(?!\d){_TIME}",
        rf"(?<!\d){_YEAR}(?:[.,،]|\s?\(e\)ko|-?\s?(?:m\.|թ\.|ж\.,?|оны|gada))?\s+{_NAME}\.?\s+{_DAY}(?!\d){_TIME}",
        rf"(?<!\d){_YEAR}\.?[\s-]+(?:gada|ж\.,?|оны)\s+{_DAY}[.-]?\s?{_NAME}(?![^\W\d_]){_TIME}",
        rf"(?<!\d){_YEAR}\s+оны\s+{_MONTH}-?[рн]\s+сарын\s+{_DAY}(?!\d){_TIME}",
        r"(?<!\d)(?P<one>\d{1,2})(?P<sep>[./-])\s?(?P<two>\d{1,2})(?P=sep)\s?"
        rf"{_YEAR}(?!\d)\.?{_TIME}",
        rf"^\W*{_YEAR}-{_MONTH}\W*$",
        rf"^\W*{_NAME}\s+{_YEAR}\W*$",
        rf"^\W*{_YEAR}\W*$",
    )
)
"""A date's forms, the surest first. Groups: `year` or `short_year`, `month` or `name`, `day`; or
`one` and `two`, day and month in an order that others tell; `hour`, `minute`, `second`, `fraction`,
`zone`, and the halves of the day."""
URL_DATE = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?:"
    r"/(?:(?P<month>0?[1-9]|1[0-2])|(?P<name>[a-z]{3,9}))/(?:(?P<day>0?[1-9]|[12]\d|3[01])(?=/|$)"
    r"|(?P<day4>0[1-9]|[12]\d|3[01])(?=\.[a-z]{3,5}$))"
    r"|-(?:(?P<month3>0?[1-9]|1[0-2])|(?P<name3>[a-z]{3,9}))-(?P<day3>0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
    r"|(?P<month2>0[1-9]|1[0-2])(?P<day2>0[1-9]|[12]\d|3[01])(?=[/_.-]|$))",
    re.IGNORECASE,
)
"""The day in a path; a number at the head of a slug is none: `/2026/10/9-quiet-harbours/`."""
NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})[/-]\s?(\d{1,2})[/-]\s?(?:19|20)\d\d(?!\d)")
WEEKDAY_BEFORE = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s*$", re.IGNORECASE)
EPOCH = re.compile(r"(\d{10})(\d{3})?")
