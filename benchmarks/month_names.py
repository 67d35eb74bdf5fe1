"""The month names of Unicode's CLDR, by Babel, into the table that dates are read with.

    python benchmarks/month_names.py > pipelines/text/month_names.txt

A line for each language: its code, then the names of January, of February … after a `|` each.
"""

from __future__ import annotations

from itertools import product

from babel import Locale, localedata
from babel.dates import get_month_names

LANGUAGES = """
af am ar ar_DZ ar_MA ar_MR ar_SY az be bg bn br bs bs_Cyrl ca cs cy da de de_AT el en es et eu fa fi
fil fo fr fy ga gd gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lb lo lt lv mk ml mn mr ms mt
my nb ne nl nn no or pa pl ps pt rm ro ru si sk sl sq sr sr_Latn sv sw ta te tg th tk tr tt uk ur uz
vi zh zu
"""


def table() -> str:
    """The whole table."""
    head = "# CLDR's month names (Unicode License V3), made by benchmarks/month_names.py\n"
    return head + "".join(f"{_line(language)}\n" for language in LANGUAGES.split())


def _line(language: str) -> str:
    localedata._cache.clear()  # else Babel adds names of the languages before
    locale = Locale.parse(language)
    kinds = list(product(("wide", "abbreviated"), ("format", "stand-alone")))
    cells = [language]
    for month in range(1, 13):
        names = (get_month_names(width, context, locale)[month] for width, context in kinds)
        plain = dict.fromkeys(name.lower().replace(" ", "_") for name in names)
        cells.append(" ".join(name for name in plain if not any(map(str.isdigit, name))))
    return "|".join(cells)


if __name__ == "__main__":
    print(table(), end="")
