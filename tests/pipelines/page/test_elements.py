"""Tags, roles, styles and names are read as hints; a name that only resembles one is none."""

from __future__ import annotations

import lxml.html
import pytest

from pipelines.page.elements import BESIDE, BITS, bits_of, reason_of


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ('<div id="comments">x</div>', "comments"),
        ('<div class="td_block relatedPosts">x</div>', "related"),
        ('<section class="c-related__list">x</section>', "related"),
        ("<aside>x</aside>", "aside"),
        ('<div role="navigation">x</div>', "navigation"),
        ('<div style="display: none">x</div>', "hidden"),
        ("<figcaption>x</figcaption>", "caption"),
        ('<div class="mc4wp-form mailchimp">x</div>', "newsletter"),
        ('<span class="adsbygoogle">x</span>', "advertisement"),
        ('<p class="related">x</p>', None),
        ('<div class="commentary">x</div>', None),
        ('<div class="correlated shared-memory">x</div>', None),
        ('<div class="x7f3a2">x</div>', None),
    ],
)
def test_what_an_element_is_called(html: str, reason: str | None) -> None:
    bits = bits_of(lxml.html.fragment_fromstring(html))
    assert reason_of(bits) == reason
    assert bool(bits & BESIDE) == (reason is not None)


def test_each_thing_has_a_bit_of_its_own() -> None:
    assert len(set(BITS.values())) == len(BITS)
    assert all(bit.bit_count() == 1 for bit in BITS.values())


def test_names_of_an_article_are_no_reason_against_it() -> None:
    bits = bits_of(
        lxml.html.fragment_fromstring("<div class='entry-content' itemprop='articleBody'/>")
    )
    assert bits & BITS["body"]
    assert not bits & BESIDE
