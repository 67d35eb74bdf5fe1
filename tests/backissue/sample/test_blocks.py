from __future__ import annotations

import pytest

from backissue.sample.blocks import Block, parse_blocks

BODY = """First line
and second of *one* paragraph.[^1]

## A **bold** heading

- one
- two, with [a link](/there/)

1. step

> said `somebody`

>> repeated

| a | b |
| 1 | 2 |

!! caption

```
x = 1

y = "*not em*"
```

[^1]: A note.
"""


def test_every_mark_gives_its_kind_of_block() -> None:
    kinds = [block.kind for block in parse_blocks(BODY)]
    assert " ".join(kinds) == (
        "paragraph heading item item step quote pull row row figure code note"
    )


def test_the_text_of_a_block_has_no_marks() -> None:
    texts = [block.text for block in parse_blocks(BODY)]
    assert texts[:4] == [
        "First line and second of one paragraph.",
        "A bold heading",
        "one",
        "two, with a link",
    ]
    assert texts[5] == "said somebody"
    assert texts[7] == "a | b"
    assert texts[10] == 'x = 1\n\ny = "*not em*"'


def test_a_list_with_a_stray_line_is_refused() -> None:
    with pytest.raises(ValueError, match="without a mark"):
        parse_blocks("- one\ntwo\n")


def test_code_keeps_what_looks_like_markup() -> None:
    assert Block("code", "a * b * c").text == "a * b * c"
