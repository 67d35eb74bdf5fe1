"""CSS into what it names: imported style sheets, pictures, fonts.

The tokens are those of CSS Syntax (https://www.w3.org/TR/css-syntax-3/), as tinycss2 reads them.
Everything that is named counts, for any medium and browser: which of it a reader's browser will
ask for is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2
from w3lib.encoding import http_content_type_encoding

from crawlers.requisites.requisite import Named, Requisite, resolved

MAX_BYTES = 2**20  # of a style sheet: those of large themes have half of it; it takes 2 to 7 s
_ADDRESSES = ("url", "src")  # functions whose first string is an address
_PICTURES = ("image-set", "-webkit-image-set")  # functions in which each string is one
_BLOCKS = ("() block", "[] block", "{} block")


def sheet_requisites(css: bytes, url: str, content_type: str | None) -> tuple[Requisite, ...]:
    """What the style sheet at *url* names, absolute; never raises.

    Its encoding is that of its mark, of its header field, of its `@charset`, else UTF-8.
    """
    label = http_content_type_encoding(content_type)
    rules, _ = tinycss2.parse_stylesheet_bytes(
        css[:MAX_BYTES], label, skip_comments=True, skip_whitespace=True
    )
    return resolved(_named_by(rules), url)


def named_in_sheet(css: str) -> Iterator[Named]:
    """What a `<style>` element names, as it stands there."""
    return _named_by(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def named_in_declarations(css: str) -> Iterator[Named]:
    """What a `style` attribute names, as it stands there."""
    if "(" in css:  # most have no function, and nothing else has an address
        for address in _addresses(tinycss2.parse_component_value_list(css)):
            yield Named(address)


def _named_by(rules: Iterable[Any]) -> Iterator[Named]:
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            if address := _imported(rule.prelude):
                yield Named(address, is_style_sheet=True)
        elif rule.type in ("at-rule", "qualified-rule"):
            for address in _addresses(rule.content or ()):
                yield Named(address)


def _imported(prelude: list[Any]) -> str:
    """The address that begins what stands behind `@import`; empty where there is none."""
    first = next((token for token in prelude if token.type not in ("whitespace", "comment")), None)
    if first is None:
        return ""
    if first.type == "string":
        return str(first.value)
    return next(_addresses([first]), "") if first.type in ("url", "function") else ""


def _addresses(tokens: Iterable[Any]) -> Iterator[str]:
    """The addresses among *tokens* and inside their blocks, however deep these are."""
    open_blocks = [(iter(tokens), False)]
    while open_blocks:
        inside, strings_count = open_blocks[-1]
        token = next(inside, None)
        if token is None:
            open_blocks.pop()
        elif token.type == "url" or (strings_count and token.type == "string"):
            yield token.value
        elif token.type == "function" and token.lower_name in _ADDRESSES:
            yield next((one.value for one in token.arguments if one.type == "string"), "")
        elif token.type == "function":
            open_blocks.append((iter(token.arguments), token.lower_name in _PICTURES))
        elif token.type in _BLOCKS:
            open_blocks.append((iter(token.content), False))
