"""Authors are found where pages of the world show them; nobody else is taken for one."""

from __future__ import annotations

import pytest

from pipelines.metadata.declarations import declarations_of
from pipelines.metadata.fields import Context, metadata_of
from pipelines.page.html import Page, parse_html

_URL = "https://estuary.example/ports/slow-ferry"
_PROSE = (
    "<p>"
    + "The last ferry of the season tied up on a Sunday, and nobody on the quay seemed to notice. "
    * 2
    + "</p>"
)


def _authors(html: str, head: str = "", url: str = _URL) -> list[str]:
    tree = parse_html(
        f"<html><head><title>The Slow Ferry</title>{head}</head><body>{html}</body></html>"
    )
    assert tree is not None
    found = metadata_of(Page(url, b""), declarations_of(tree, url), Context())
    return list(found.fields.get("author", ()))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ida Lund", ["Ida Lund"]),
        ("Ida Lund | 05.04.2025", ["Ida Lund"]),
        ("Ida Lund • Monday, June 21, 2021", ["Ida Lund"]),
        ("Ida Lund • Montag, 21. Juni 2021", ["Ida Lund"]),
        ("Ida Lund • lundi 21 juin 2021", ["Ida Lund"]),
        ("Ida Lund • lunes, 21 de junio de 2021", ["Ida Lund"]),
        ("Ida Lund • lunedì 21 giugno 2021", ["Ida Lund"]),
        ("Ida Lund • poniedziałek, 21 czerwca 2021", ["Ida Lund"]),
        ("Monday, June 21, 2021 • Ida Lund", ["Ida Lund"]),
        ("Ida Lund, staff writer", ["Ida Lund"]),
        ("Ida Lund – Redakteurin", ["Ida Lund"]),
        ("By Ida Lund, Munich, Germany", ["Ida Lund"]),
        ("Von Ida Lund und Jens Holm, Hamburg", ["Ida Lund", "Jens Holm"]),
        ("Par Ida Lund, envoyée spéciale à Brest", ["Ida Lund"]),
        ("Texte et photos : Ida Lund", ["Ida Lund"]),
        ("Di Ida Lund", ["Ida Lund"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("03/01/2024 by Ida Lund, Member of the Harbour Committee", ["Ida Lund"]),
        ("5 March 2024 · Ida Lund on behalf of the harbour office", ["Ida Lund"]),
        ("By Ida Lund and Jens Holm of The Associated Press", ["Ida Lund", "Jens Holm"]),
        ("By Ida Lund, translated by Jens Holm", ["Ida Lund"]),
        ("Von Ida Lund, Fotos: Jens Holm", ["Ida Lund"]),
        ("Eingereicht von Ida Lund am Di, 05.03.2024 - 10:00", ["Ida Lund"]),
        ("Enviado por Ida Lund el Mar, 05/03/2024 - 10:00", ["Ida Lund"]),
        ("Posted by Ida Lund at 10:05 AM", ["Ida Lund"]),
        ("Ida Lund · 3 min read · Ports", ["Ida Lund"]),
        ("Lt. Col. Ida Lund", ["Ida Lund"]),
        ("<img src='i.png' alt='I'>da Lund", ["Ida Lund"]),
        ("<img src='w.png' alt='✍️' class='emoji'> Ida Lund", ["Ida Lund"]),
        ("Photos: Jens Holm / Words: Ida Lund", ["Ida Lund"]),
        ("Text: Ida Lund | Bild: Jens Holm | Redaktion: Olaf Berg", ["Ida Lund"]),
        ("بقلم: محمد علي", ["محمد علي"]),
        ("โดย สมชาย ใจดี", ["สมชาย ใจดี"]),
        ("Γράφει ο Γιώργος Παπάς", ["Γιώργος Παπάς"]),
        ("Yazan: Ayşe Kaya", ["Ayşe Kaya"]),
        ("By Our Correspondent", []),
        ("By Web Desk", []),
        ("Senior Member", []),
        ("Translated by Jens Holm", []),
        ("Übersetzung: Jens Holm", []),
        ("Traduction de Jens Holm", []),
        ("Foto: Jens Holm", []),
        ("Fotografía: Jens Holm", []),
        ("Перевод: Иван Петров", []),
        ("Reviewed by Jens Holm", []),
        ("Analysis", []),
        ("Kommentar", []),
        ("Opinión", []),
        ("Share this story", []),
        ("Munich, Germany", []),
        ("By batching, we can be faster", []),
    ],
)
def test_a_line_below_the_title(line: str, names: list[str]) -> None:
    assert _authors(f"<article><h1>The Slow Ferry</h1><p>{line}</p>{_PROSE * 3}</article>") == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("【李雷】", ["李雷"]),
        ("記者 王小明", ["王小明"]),
        ("〔記者王小明/台北報導〕", ["王小明"]),
        ("文/李雷", ["李雷"]),
        ("文／李雷 圖／韓梅梅", ["李雷"]),
        ("作者：李雷　编辑：韩梅梅", ["李雷"]),
        ("本报记者 李雷 张三", ["李雷", "张三"]),
        ("取材・文＝山田太郎、撮影＝鈴木一郎", ["山田太郎"]),
        ("홍길동 기자", ["홍길동"]),
        ("文丨李雷", ["李雷"]),
        ("撰文｜李雷 編輯｜韓梅梅", ["李雷"]),
        ("山田太郎（本紙記者）", ["山田太郎"]),
        ("글 홍길동", ["홍길동"]),
        ("編譯／李雷", []),
        ("来源：港口日报", []),
        ("摄影：李雷", []),
    ],
)
def test_a_line_that_sets_no_spaces(line: str, names: list[str]) -> None:
    assert _authors(f"<article><h1>The Slow Ferry</h1><p>{line}</p>{_PROSE * 3}</article>") == names


@pytest.mark.parametrize(
    ("end", "names"),
    [
        ("(Responsible editor: Ida Lund, Jens Holm)", ["Ida Lund", "Jens Holm"]),
        ("(Web editor: Ida Lund)", ["Ida Lund"]),
        ("(责任编辑：李雷、韩梅梅)", ["李雷", "韩梅梅"]),
        ("責任編輯：王小明", ["王小明"]),
        ("Text: Ida Lund", ["Ida Lund"]),
        ("(Fotos: Jens Holm)", []),
    ],
)
def test_the_end_of_a_text(end: str, names: list[str]) -> None:
    assert _authors(f"<article><h1>The Slow Ferry</h1>{_PROSE * 6}<p>{end}</p></article>") == names


@pytest.mark.parametrize(
    ("html", "names"),
    [
        (
            "<div class='vcard author'><a class='fn' href='/a/1'>Ida Lund</a><a class='fn' "
            "href='/a/2'>Jens Holm</a></div>",
            ["Ida Lund", "Jens Holm"],
        ),
        (
            "<div class='Author_card__x1'><p class='Author_name__x2'>Ida Lund</p><p>Harbour "
            "pilot</p></div>",
            ["Ida Lund"],
        ),
        ("<div class='post-meta'><span class='the-author'>Ida Lund</span></div>", ["Ida Lund"]),
        ("<div class='autor'>Von <b>Ida</b> <b>Lund</b></div>", ["Ida Lund"]),
        ("<div class='byline'><span>IL</span><span>Ida Lund</span></div>", ["Ida Lund"]),
        ("<div class='author-avatar'>Ida Lund portrait</div>", []),
    ],
)
def test_boxes_that_are_named_after_their_author(html: str, names: list[str]) -> None:
    page = f"<article><h1>The Slow Ferry</h1>{_PROSE * 6}{html}{_PROSE * 3}</article>"
    assert _authors(page) == names


def test_a_list_of_links_to_authors_beside_the_text() -> None:
    aside = (
        "<aside><h4>Authors</h4><ul><li><a href='/people/ida-lund'>Ida Lund</a></li>"
        "<li><a href='/people/jens-holm'>Jens Holm</a></li></ul></aside>"
    )
    page = f"<main><article><h1>The Slow Ferry</h1>{_PROSE * 4}</article>{aside}</main>"
    assert _authors(page) == ["Ida Lund", "Jens Holm"]


def test_writers_of_other_articles_are_nobody() -> None:
    cards = "".join(
        f"<div class='card'><a href='/{n}'>Another story</a><a href='/people/{n}'>{name}</a></div>"
        for n, name in enumerate(("Ida Lund", "Jens Holm", "Olaf Berg"))
    )
    assert _authors(f"<main><h1>The Slow Ferry</h1>{_PROSE * 4}</main>{cards}") == []


@pytest.mark.parametrize(
    "comments",
    [
        "<section id='comments'><article class='comment'><span rel='sioc:has_creator'>"
        "<a class='username author' href='/user/7'>Olaf Berg</a></span></article></section>",
        "<div id='comments'><div class='comment'><a rel='author' href='/u/1'>Olaf Berg</a></div></div>",
        "<ol class='commentlist'><li><cite class='fn author'>Olaf Berg</cite></li></ol>",
        "<div itemprop='comment' itemscope itemtype='https://schema.org/Comment'>"
        "<span itemprop='author'>Olaf Berg</span></div>",
    ],
)
def test_who_comments_is_no_author(comments: str) -> None:
    page = f"<h1>The Slow Ferry</h1>{_PROSE * 4}{comments}"
    assert (
        _authors(f"<article itemscope itemtype='https://schema.org/Article'>{page}</article>") == []
    )


def test_who_is_named_for_another_part_is_no_author() -> None:
    lines = (
        "<p>Written by <a href='/author/ida'>Ida Lund</a></p>"
        "<p>Reviewed by <a href='/author/jens'>Jens Holm</a></p>"
        "<p>Fact-checked by</p><p><a href='/author/olaf'>Olaf Berg</a></p>"
    )
    assert _authors(f"<article><h1>The Slow Ferry</h1>{lines}{_PROSE * 3}</article>") == [
        "Ida Lund"
    ]


_JSON = '<script type="application/ld+json">{"@type": "Article", "author": %s}</script>'


@pytest.mark.parametrize(
    ("author", "shown", "names"),
    [
        ('{"name": "Ida Lund"}', "By Ida Lund and Jens Holm", ["Ida Lund", "Jens Holm"]),
        ('[{"name": "Ida Lund"}, {"name": "Jens Holm"}]', "By Ida Lund", ["Ida Lund", "Jens Holm"]),
        ('{"name": "Ida Lund"}', "By Jens Holm", ["Ida Lund"]),
        ('{"name": "ilund7"}', "By Ida Lund", ["Ida Lund"]),
        ('{"name": "Estuary"}', "By Ida Lund", ["Ida Lund"]),
        ('{"name": "https://estuary.example/people/ida"}', "By Ida Lund", ["Ida Lund"]),
        ('{"name": "Estuary Editorial Team"}', "Ferries", ["Estuary Editorial Team"]),
    ],
)
def test_what_is_declared_and_what_is_shown(author: str, shown: str, names: list[str]) -> None:
    page = f"<article><h1>The Slow Ferry</h1><p>{shown}</p>{_PROSE * 3}</article>"
    assert _authors(page, _JSON % author) == names


@pytest.mark.parametrize(
    "script",
    [
        '{"@graph": [{"@type": "Article", "author": {"@type": "Person", "@id": "#p"}}, '
        '{"@type": "Person", "@id": "#p", "name": "Ida Lund"}]}',
        '{"@graph": [{"@type": "Article", "author": "#p"}, {"@id": "#p", "name": "Ida Lund"}]}',
        '{"@type": "Article", "author": {"givenName": "Ida", "familyName": "Lund"}}',
        '{"@type": "Article", "author": {"name": "", "givenName": "Ida", "familyName": "Lund"}}',
        '{"@type": "Article", "author": {"@type": "Person", "name": "Lund, Ida"}}',
        '{"@type": "Article", "author": {"@type": "Role", "author": {"name": "Ida Lund"}}}',
        '{"@type": "Article", "author": {"@type": "ProfilePage", "mainEntity": {"name": "Ida Lund"}}}',
        '{"@type": "WebPage", "author": {"name": "Ida Lund"}, "mainEntity": {"@type": "Article"}}',
        '{"@type": "WebPage", "mainEntity": {"@type": "Article", "author": {"name": "Ida Lund"}}}',
    ],
)
def test_references_and_parts_of_names_are_followed(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert _authors(f"<h1>The Slow Ferry</h1>{_PROSE}", head) == ["Ida Lund"]


def test_the_name_of_the_site_is_nobody_unless_it_is_a_persons() -> None:
    def page(site: str, author: str) -> list[str]:
        head = f"<meta property='og:site_name' content='{site}'><meta name='author' content='{author}'>"
        return _authors(f"<h1>The Slow Ferry</h1>{_PROSE}", head)

    assert page("The Estuary Review", "The Estuary Review") == []
    assert page("Ida Lund", "Ida Lund") == ["Ida Lund"]


def test_a_path_is_no_name() -> None:
    for path in ("https://www.facebook.com/ida.lund", "/authors/ida", "facebook.com/estuary"):
        head = f"<meta property='article:author' content='{path}'>"
        assert _authors(f"<h1>The Slow Ferry</h1>{_PROSE}", head) == []
