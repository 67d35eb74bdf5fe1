"""Why a block of a page is not in the article's text: what each reason means, in words.

Names of boxes come from `pipelines.page.elements`, openings of lines from `pipelines.text.phrases`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "beside the text": "the models take it for no text of the article, and no rule says what it is",
    "title": "the title, which `headline` has",
    "summary": "the page's own summary, which `description` has",
    "date": "a line with the date, above the text",
    "author": "a byline, or a box about the author",
    "meta": "what is said about the text: tags, sections, reading time, when it was changed",
    "caption": "a line below a picture, or whose picture it is",
    "credits": "who else worked on the text",
    "contents": "a table of contents, or a title in a list of the site's own pages",
    "navigation": "links through the site",
    "footer": "the foot of the site",
    "sidebar": "a box at the side",
    "aside": "a box that the page sets apart from the text",
    "form": "a form, or a box with fields to fill in",
    "dialog": "a box above the page, such as a question about cookies",
    "hidden": "text that browsers do not show",
    "related": "leads to other articles",
    "popular": "leads to what many read, or to the newest articles",
    "newsletter": "asks to subscribe",
    "share": "asks to share or to follow",
    "comments": "what readers wrote, or asks for it",
    "advertisement": "advertisements and promotion",
    "copyright": "whose text it is",
    "small print": "conditions of the publisher",
    "wall": "what stands behind the wall of a page, or is the wall",
    "pull quote": "a sentence of the text once more, in large letters",
    "copy": "a part of the page once more, for another layout",
    "empty section": "a heading of which all text was cut",
    "template": "a box that several articles of the host have",
}
"""What each value of `removed.reason` means."""
