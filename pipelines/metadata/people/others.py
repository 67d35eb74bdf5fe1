"""Whether an element stands among readers' comments, or in what is beside the page's article."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipelines.page.elements import BITS, bits_of

_BOXES = "comments related popular navigation footer newsletter dialog share caption"
OF_OTHERS = sum(BITS[name] for name in _BOXES.split())
"""The bits of boxes in which no author of the page's own article is named."""
_COMMENT = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|kommentare?|commentaires?|comentarios?|respond"
    r"|replies|disqus)(?:$|[\s_-])",
    re.I,
)
_OPEN_TO_COMMENTS = re.compile(
    r"(?:no|has|with|without|post|entry|open)[_-]comments?|comments?[_-](?:open|closed|off|on"
    r"|enabled)",
    re.I,
)
_COMMENTS = ("Comment", "UserComments")


def is_among_comments(element: HtmlElement) -> bool:
    """Whether *element* is a reader's comment, or stands in one."""
    return any(map(_is_comment, (element, *element.iterancestors())))


def is_of_others(element: HtmlElement, boxes: int = OF_OTHERS) -> bool:
    """Whether *element* stands among readers' comments, other articles or what is on every page, by
    the bits *boxes*."""
    for outer in (element, *element.iterancestors()):
        if outer.tag in ("body", "html"):
            return False
        if _is_comment(outer):
            return True
        if outer is not element and bits_of(outer) & boxes:
            return (
                outer.tag != "footer" or next(outer.iterancestors("article", "main"), None) is None
            )
    return False


def _is_comment(element: HtmlElement) -> bool:
    if element.tag in ("body", "html"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if _COMMENT.search(names) and not _OPEN_TO_COMMENTS.search(names):
        return True
    kind = (element.get("itemtype") or element.get("typeof") or "").endswith(_COMMENTS)
    return kind or element.get("itemprop") == "comment"
