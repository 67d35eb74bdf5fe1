from __future__ import annotations

import pytest

from crawlers.requisites.style_sheets import sheet_requisites

SHEET = "https://cdn.example/theme/css/main.css"
THEME = "https://cdn.example/theme/"


def names(css: str) -> list[str]:
    return [
        one.url.removeprefix(THEME) for one in sheet_requisites(css.encode(), SHEET, "text/css")
    ]


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("a { background: url(a.png) }", ["css/a.png"]),
        ("a { background: URL( '../a.png' ) }", ["a.png"]),
        ("a { background: u\\72l(a\\2e png) }", ["css/a.png"]),
        ("@font-face { src: url(f.eot?#iefix) format('eot'), url(f.woff2) }", ["css/f.eot", "css/f.woff2"]),
        ("@media print { a { b: url(p.png) } @supports (c: d) { e { f: url(q.png) } } }", ["css/p.png", "css/q.png"]),
        ("a { b: image-set('1.png' 1x, url(2.png) 2x type('image/png')) }", ["css/1.png", "css/2.png"]),
        ("a { b: -webkit-image-set(url(1.png) 1x) }", ["css/1.png"]),
        ("a { --picture: url(x.png); &:hover { b: url(y.png) } }", ["css/x.png", "css/y.png"]),
        ("a { b: url(x.png) } c { d: url(x.png#part) }", ["css/x.png"]),
        ("a { b: src('x.png') }", ["css/x.png"]),
        ("a { content: 'url(no.png)' } /* url(no.png) */ b { c: format('no.png') }", []),
        ("a { filter: url(#blur); b: url(); c: url(''); d: url(data:image/gif;base64,R0l) }", []),
        ("@namespace svg url(http://www.w3.org/2000/svg);", []),
        ("a[href='url(x)'] { b: c } @layer base;", []),
        ("a { b: url(bad bad); c: url(x.png) }", ["css/x.png"]),
        ("a { b: url(javascript:alert) url(ftp://a.example/x) url(//b.example/y.png)", ["https://b.example/y.png"]),
        ("a { b: url(x.png", ["css/x.png"]),
    ],
)  # fmt: skip
def test_what_css_names_is_found(css: str, found: list[str]) -> None:
    assert names(css) == found


def test_imports_are_style_sheets_and_nothing_else_is() -> None:
    css = b"""@charset "utf-8"; @import "a.css"; @import url(b.css) layer(x) supports(a: b) print;
    @import url("../c.css"); @import; @import no; a { b: url(d.css) }"""
    found = sheet_requisites(css, SHEET, None)
    assert [(one.url.removeprefix(THEME), one.is_style_sheet) for one in found] == [
        ("css/a.css", True),
        ("css/b.css", True),
        ("c.css", True),
        ("css/d.css", False),
    ]


@pytest.mark.parametrize(
    ("css", "kind"),
    [
        ("a{b:url(é.png)}".encode(), None),
        ("a{b:url(é.png)}".encode(), "text/css; charset=nonsense"),
        ("a{b:url(é.png)}".encode("latin-1"), "text/css;charset=iso-8859-1"),
        (b'@charset "windows-1252";a{b:url(\xe9.png)}', "text/css"),
        ("a{b:url(é.png)}".encode("utf-16"), "text/css; charset=iso-8859-1"),
        ("a{b:url(é.png)}".encode("utf-8-sig"), "text/css; charset=iso-8859-1"),
    ],
)
def test_the_encoding_is_that_of_its_mark_its_header_or_its_charset(
    css: bytes, kind: str | None
) -> None:
    (found,) = sheet_requisites(css, SHEET, kind)
    assert found.url == f"{THEME}css/%C3%A9.png"


@pytest.mark.parametrize(
    "opened", ["a{b:" + "(" * 100_000, "a{" * 50_000, "a{b:c(" + "d(" * 50_000]
)
def test_what_stands_deep_inside_is_found(opened: str) -> None:
    assert names(f"{opened} url(x.png)") == ["css/x.png"]
