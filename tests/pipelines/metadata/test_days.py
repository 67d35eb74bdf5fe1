"""The day of a page's publication: in its language, its zone, its order, and never a reader's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipelines.metadata.dating.choice import DateChoice, dates_of
from pipelines.metadata.declarations import declarations_of
from pipelines.page.html import parse_html

_CAPTURED = datetime(2026, 3, 7, 12, tzinfo=UTC)
_TEXT = (
    f"<p>{'The ferry was late, and the man at the rope said that it had always been. ' * 6}</p>" * 3
)
_DAY = date(2021, 11, 3)


def _dated(
    top: str = "",
    below: str = "",
    *,
    head: str = "",
    lang: str = "en",
    url: str = "https://quay.example/late",
    announced: datetime | None = None,
) -> DateChoice:
    tree = parse_html(
        f"<html lang='{lang}'><head>{head}</head><body><main><article><h1>Late</h1>{top}{_TEXT}"
        f"</article>{below}</main></body></html>"
    )
    assert tree is not None
    return dates_of(declarations_of(tree, url), url, announced, _CAPTURED)[0]


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("da", "Udgivet 3. november 2021"),
        ("cs", "Zveřejněno: 3. listopadu 2021"),
        ("ro", "Publicat: 3 noiembrie 2021"),
        ("el", "Δημοσιεύτηκε: 3 Νοεμβρίου 2021"),
        ("uk", "Опубліковано 3 листопада 2021"),
        ("ar", "٣ تشرين الثاني ٢٠٢١"),
        ("fa", "تاریخ انتشار: ۱۲ آبان ۱۴۰۰"),
        ("fa", "۱۴۰۰/۰۸/۱۲"),
        ("ja", "令和3年11月3日"),
        ("th", "3 พฤศจิกายน 2564"),
        ("ko", "입력 2021. 11. 3."),
        ("hu", "2021. november 3."),
        ("tr", "Yayınlanma: 3 Kasım 2021"),
        ("pl", "Opublikowano: 3 listopada 2021"),
        ("fi", "Julkaistu 3.11.2021"),
        ("he", "3 בנובמבר 2021"),
        ("hr", "3. studenoga 2021."),
        ("hi", "3 नवंबर 2021"),
        ("nl", "3 november 2021"),
    ],
)
def test_a_line_tells_the_day_in_its_language(lang: str, line: str) -> None:
    assert _dated(f"<p>{line}</p>", lang=lang).day == _DAY
    assert _dated(below=f"<div class='facts'>{line}</div>", lang=lang).day == _DAY


@pytest.mark.parametrize(
    "line",
    [
        "Opdateret 3. november 2021",
        "Aktualizováno 3. listopadu 2021",
        "Ενημερώθηκε: 3 Νοεμβρίου 2021",
        "آخر تحديث: 3 نوفمبر 2021",
        "به‌روزرسانی: ۱۲ آبان ۱۴۰۰",
        "Güncelleme: 3 Kasım 2021",
        "Päivitetty 3.11.2021",
        "עודכן ב-3 בנובמבר 2021",
    ],
)
def test_the_day_of_a_change_is_none_of_publication(line: str) -> None:
    assert _dated(f"<p>{line}</p>").value is None


_DRUPAL = """<section id="comments"><h2>Comments</h2><div class="comment" typeof="sioct:Comment">
<span property="dc:date dc:created" content="2021-12-24T08:00:00+01:00">Fri, 12/24/2021 - 08:00</span>
<p class="submitted">Submitted by Al on Fri, 12/24/2021 - 08:00</p><p>So it was.</p></div></section>"""


@pytest.mark.parametrize(
    "comments",
    [
        _DRUPAL,
        "<ol class='comment-list'><li><time datetime='2021-12-24'>24 December 2021</time></li></ol>",
        "<div itemprop='comment' itemscope itemtype='https://schema.org/Comment'>"
        "<meta itemprop='datePublished' content='2021-12-24'><p>So it was.</p></div>",
        "<h3>Comments</h3><p>Al, 24 December 2021</p><p>So it was, as far as I remember it.</p>",
    ],
)
def test_the_day_of_a_comment_is_none_of_the_articles(comments: str) -> None:
    assert _dated(below=comments).value is None
    assert _dated("<p>3 November 2021</p>", comments).day == _DAY


def test_the_machines_date_of_a_line_tells_its_zone() -> None:
    line = "<p class='submitted'><span property='dc:date' content='%s'>Al on Wed, 11/03/2021</span></p>"
    dated = _dated(line % "2021-11-03T23:30:00-05:00", _DRUPAL)
    assert dated.value == datetime(2021, 11, 4, 4, 30, tzinfo=UTC)
    assert dated.day == _DAY


@pytest.mark.parametrize(
    ("top", "head"),
    [
        ("<time datetime='2021-11-03T23:30:00-08:00'>then</time>", ""),
        ("<time datetime='2021-11-03 00:30:00 +0900'>then</time>", ""),
        ("<time datetime='2021-11-03'>then</time>", ""),
        ("<p>3 November 2021</p>", "<meta name='date' content='2021-11-04T03:10:00Z'>"),
        ("", "<meta name='date' content='2021-11-03T14:00:00Z'>"),
        ("", "<meta name='date' content='Wed, 03 Nov 2021 22:00:00 EST'>"),
    ],
)
def test_the_day_is_that_of_the_pages_zone(top: str, head: str) -> None:
    assert _dated(top, head=head).day == _DAY


def test_a_month_is_no_day() -> None:
    dated = _dated(head="<meta name='date' content='2021-11'>")
    assert (dated.precision, dated.day) == ("month", None)


@pytest.mark.parametrize(
    ("line", "lang", "url", "day"),
    [
        ("05/04/2025", "en", "https://quay.example/", None),
        ("05/04/2025", "", "https://quay.example/", None),
        ("05/04/2025", "en-US", "https://quay.example/", date(2025, 5, 4)),
        ("05/04/2025", "en-AU", "https://quay.example/", date(2025, 4, 5)),
        ("05/04/2025", "en", "https://quay.co.uk/", date(2025, 4, 5)),
        ("05/04/2025", "fr", "https://quay.example/", date(2025, 4, 5)),
        ("05/04/2025</p><p>Next boat: 23/12/2025", "en", "https://quay.example/", date(2025, 4, 5)),
        ("Sat, 05/04/2025", "en", "https://quay.example/", date(2025, 4, 5)),
        ("05/05/2025", "en", "https://quay.example/", date(2025, 5, 5)),
        ("04/03/2026", "en", "https://quay.example/", date(2026, 3, 4)),
    ],
)
def test_the_order_of_day_and_month_is_told_or_there_is_no_day(
    line: str, lang: str, url: str, day: date | None
) -> None:
    assert _dated(f"<p>{line}</p>", lang=lang, url=url).day == day


def test_the_time_of_the_title_tells_more_than_the_address() -> None:
    dated = _dated(
        "<time datetime='2021-11-03 10:00:00 +0100'>then</time>",
        url="https://quay.example/2021/11/08/late/",
    )
    assert dated.value == datetime(2021, 11, 3, 9, tzinfo=UTC)
    assert _dated(url="https://quay.example/2021/11/9-late-boats/").value is None


def test_what_is_announced_later_than_shown_is_a_change() -> None:
    shown = "<p>3 November 2021</p>"
    at = datetime(2021, 11, 3, 8, 30, tzinfo=UTC)
    assert _dated(shown, announced=at).value == at
    assert _dated(shown, announced=at + timedelta(days=30)).day == _DAY
    assert _dated(shown, announced=at - timedelta(days=30)).value == at - timedelta(days=30)
    assert _dated(announced=at).day is None


def test_a_field_that_is_called_changed_is_none_of_publication() -> None:
    field = "<div class='field field--name-changed'><time datetime='2021-11-03'>Nov 3, 2021</time></div>"
    assert _dated(field).value is None
