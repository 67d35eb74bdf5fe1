"""Authors beside the text: in a column that is called navigation, and at the foot of the article."""

from __future__ import annotations

import pytest

import backissue

PROSE = (
    "<p>The last ferry of the season tied up on a Sunday, and nobody on the quay seemed to notice "
    "that it had arrived at all, least of all the man who was paid to notice.</p>"
)
ALL = "".join(
    f"<li><a href='/author/{name.lower().replace(' ', '-')}/'>{name}</a></li>"
    for name in ("Ada Lindholm", "Per Krog", "Mia Dahl")
)


@pytest.mark.parametrize(
    ("beside", "foot", "names"),
    [
        (
            "<nav class='side'><div class='post__authors'><div class='profile'><span class='author'>"
            "<img alt='Ada Lindholm' src='a.png'></span><span class='profile__description'><strong>"
            "<a href='/author/ada-lindholm/'>Ada Lindholm</a></strong><br>Ada Lindholm lives by the "
            "sea.</span></div></div></nav>",
            "",
            ("Ada Lindholm",),
        ),
        (
            "",
            "<footer><address>By <a href='/author/ada-lindholm.html'>Ada Lindholm</a></address></footer>",
            ("Ada Lindholm",),
        ),
        (
            "",
            "<footer><address>By <a href='/author/ada-lindholm.html'>Ada Lindholm</a> "
            "<a href='/author/per-krog.html'>Per Krog</a></address></footer>",
            ("Ada Lindholm", "Per Krog"),
        ),
        ("", "", ()),
    ],
    ids=["a column", "the foot", "two at the foot", "nobody"],
)
def test_who_is_named_there_and_not_who_is_in_the_menu(
    beside: str, foot: str, names: tuple[str, ...]
) -> None:
    html = (
        "<html><head><title>Rest</title></head><body><nav><span>Authors</span><ul>"
        f"{ALL}</ul></nav>{beside}<main><article><h1>Rest</h1>{PROSE * 3}{foot}</article></main></body></html>"
    )
    assert backissue.extract(html, "https://quay.example/rest").author == names
