from __future__ import annotations

import pytest

from crawlers.requisites.srcset import candidates


@pytest.mark.parametrize(
    ("srcset", "found"),
    [
        ("", []),
        (" , ,\n", []),
        ("one.jpg", ["one.jpg"]),
        ("one.jpg, two.jpg 2x", ["one.jpg", "two.jpg"]),
        ("one.jpg 480w,two.jpg 960w", ["one.jpg", "two.jpg"]),
        ("one,two.jpg 1x", ["one,two.jpg"]),
        ("a.jpg?w=1,2 100w 50h , b.jpg", ["a.jpg?w=1,2", "b.jpg"]),
        ("a.jpg future(1, 2) 2x, b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg future(1, 2, b.jpg", ["a.jpg"]),
        ("data:image/gif;base64,R0l 1x,,b.jpg,", ["data:image/gif;base64,R0l", "b.jpg"]),
    ],
)
def test_candidates_are_cut_as_browsers_cut_them(srcset: str, found: list[str]) -> None:
    assert [one for one in candidates(srcset) if one] == found


def test_a_long_value_takes_no_time() -> None:
    assert len(list(candidates("," * 1_000_000 + "a (" * 300_000))) == 1
