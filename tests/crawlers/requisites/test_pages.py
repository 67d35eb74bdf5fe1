from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.requisites.pages import page_requisites
from crawlers.requisites.style_sheets import MAX_BYTES

PAGE = "https://review.example/en/"


def test_a_page_is_shown_with_its_styles_icons_scripts_and_pictures_in_their_order() -> None:
    html = b"""<!doctype html><html><head><base href="/theme/">
    <link rel="canonical" href="/the-page">
    <LINK REL="preload Stylesheet" HREF=" main.css ">
    <link rel="shortcut icon" href="//cdn.example/icon.png">
    <link rel="preload" as="font" href="text.woff2"><link rel="preload" as="style" href="late.css">
    <link rel="preload" as="fetch" href="/api"><link rel="preload" as="image" href="a" imagesrcset="b 1x">
    <link rel="modulepreload" href="part.mjs"><link rel="next" href="/next">
    <script src="main.js"></script><script>document.write("<img src='no.png'>")</script>
    </head><body><img src="/cover.jpg" alt=""><img src=""><img alt="none">
    <picture><source srcset="wide.avif 2x, tall.avif"><source src="wide.webp"><img src="/cover.jpg"></picture>
    <img src="data:image/gif;base64,R0lGOD" srcset="data:image/gif;base64,R0lGOD 1x, two.jpg 2x">
    <video poster="still.jpg"></video><input type="image" src="go.gif"><input type="text">
    <noscript><img src="plain.jpg"></noscript><a href="/next">next</a>
    <svg><image href="map.png"/><use xlink:href="marks.svg#star"/><use href="#here"/></svg>
    <table background="old.gif"></table></body></html>"""
    found = page_requisites(html, PAGE)
    theme, site = "https://review.example/theme/", "https://review.example/"
    assert [one.url for one in found] == [
        *(f"{theme}main.css", "https://cdn.example/icon.png", f"{theme}text.woff2"),
        *(f"{theme}late.css", f"{theme}a", f"{theme}b", f"{theme}part.mjs", f"{theme}main.js"),
        *(f"{site}cover.jpg", f"{theme}wide.avif", f"{theme}tall.avif", f"{theme}wide.webp"),
        *(f"{theme}two.jpg", f"{theme}still.jpg", f"{theme}go.gif", f"{theme}plain.jpg"),
        *(f"{theme}map.png", f"{theme}marks.svg", f"{theme}old.gif"),
    ]
    sheets = [one.url for one in found if one.is_style_sheet]
    assert sheets == [f"{theme}main.css", f"{theme}late.css"]


def test_the_css_of_the_page_itself_counts() -> None:
    html = b"""<style>@import "more.css"; h1 { background: url(h1.png) }</style>
    <p style="color: red; background-image: url('p.png')">x</p><p style="content: 'url(no.png)'">x</p>
    <p style="width: calc(1px + (2px))">x</p><style></style>"""
    found = page_requisites(html, PAGE)
    assert [(one.url.rpartition("/")[2], one.is_style_sheet) for one in found] == [
        ("more.css", True),
        ("h1.png", False),
        ("p.png", False),
    ]


@pytest.mark.parametrize("html", [b"", b" ", b"<", b"\0", b"<img src='http://['>"])
def test_what_is_no_page_needs_nothing(html: bytes) -> None:
    assert page_requisites(html, PAGE) == ()


def test_the_css_of_a_page_is_bounded() -> None:
    css = b"a{b:url(x)} /* " + b"-" * MAX_BYTES + b" */ a{b:url(y)}"
    html = b"<style>" + css + b"</style><p style='a:url(z)'>x</p><style>a{b:url(z)}</style>"
    assert [one.url for one in page_requisites(html, PAGE)] == [f"{PAGE}x"]


PIECES = st.sampled_from(
    [
        *(b"<img srcset='", b"'>", b"<style>", b"</style>", b'<p style="', b'">', b"url(", b")"),
        *(b"@import ", b"'", b";", b"{", b"}", b",", b"(", b"2x", b"\\", b"/*", b"*/", b"http://["),
        *(
            b"image-set(",
            b"<link rel=stylesheet href=",
            b">",
            b"\xff",
            b"\0",
            b"&#xd800;",
            b"a.css",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=40).map(b"".join))
def test_nothing_raises_and_only_web_addresses_come_out(html: bytes) -> None:
    for one in page_requisites(html, PAGE):
        assert one.url.startswith(("http://", "https://"))
