"""When a page was published, and never when it was changed, rendered or commented on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.metadata.dating.choice import DateChoice, dates_of
from pipelines.metadata.declarations import Declarations, declarations_of
from pipelines.page.html import parse_html

_URL = "https://estuary.example/a"
_CAPTURED = datetime(2026, 3, 7, 12, tzinfo=UTC)
_LD = '<script type="application/ld+json">{"@type": "NewsArticle", %s}</script>'


def _declared(html: str) -> Declarations:
    tree = parse_html(f"<html lang='en-GB'>{html}<h1>T</h1></html>" if "<h1>" not in html else html)
    assert tree is not None
    return declarations_of(tree, _URL)


def _published(html: str, announced: datetime | None = None, url: str = _URL) -> DateChoice:
    return dates_of(_declared(html), url, announced, _CAPTURED)[0]


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (_LD % '"datePublished": "2026-03-04"', "json-ld:NewsArticle.datePublished"),
        (
            "<div itemscope itemtype='https://schema.org/Article'>"
            "<meta itemprop='datePublished' content='2026-03-04'></div>",
            "microdata:datePublished",
        ),
        *(
            (
                f"<{tag} itemscope itemtype='https://schema.org/Article'>"
                f"<meta itemprop='datePublished' content='2026-03-04'></{tag}>",
                "microdata:datePublished",
            )
            for tag in ("span", "post-meta")
        ),
        (
            "<meta property='article:published_time' content='2026-03-04'>",
            "meta:article:published_time",
        ),
        ("<meta name='DC.date.issued' content='2026-03-04'>", "meta:dc.date.issued"),
        (
            "<h1>T</h1><time class='entry-date updated' datetime='2026-03-04'>x</time>",
            "markup:time.published",
        ),
        ("<h1>T</h1><time datetime='2026-03-04'>x</time>", "markup:time"),
        ("<h1>T</h1><span class='post-date'>4 March 2026</span>", "markup:date line"),
        ("<h1>T</h1><p>Wednesday, 4 March 2026</p>", "markup:date line"),
    ],
)
def test_each_place_that_tells_the_day_is_known(html: str, source: str) -> None:
    dated = _published(html)
    assert dated.value == datetime(2026, 3, 4, tzinfo=UTC)
    assert dated.evidence["from"] == source
    assert dated.precision == "day"


@pytest.mark.parametrize(
    ("html", "raw", "source"),
    [
        (
            f"<h1>T</h1>{'<p>away</p>' * 20}<aside><h4>Published</h4><p>4 March 2026</p></aside>",
            "4 March 2026",
            "markup:labelled date",
        ),
        (
            "<h1>T</h1><p>5 March 2026</p><p>This piece was originally published on 4 March 2026 "
            "at 9:10 and has been kept up to date ever since.</p>",
            "on 4 March 2026 at 9:10 and has been kept up to date ever since.",
            "markup:labelled date",
        ),
        (
            f"<h1>T</h1>{'<p>away</p>' * 20}<div class='widget'>4 March 2026</div>",
            "4 March 2026",
            "markup:lone date",
        ),
        (
            "<h1>T</h1><div><span>Ports</span><span>4 March 2026</span><span>Updated 6 March 2026"
            "</span></div>",
            "Ports 4 March 2026",
            "markup:date line",
        ),
        (
            "<h1>T</h1><p>Edited by Walter Reed</p><p>Published on 4 March 2026</p>",
            "Published on 4 March 2026",
            "markup:date line",
        ),
    ],
    ids=["labelled", "first", "lone", "glued", "edited by"],
)
def test_what_readers_see_tells_it_where_no_machine_is_told(
    html: str, raw: str, source: str
) -> None:
    dated = _published(html)
    assert dated.value is not None
    assert f"{dated.value:%Y-%m-%d}" == "2026-03-04"
    assert (dated.raw, dated.evidence["from"]) == (raw, source)


@pytest.mark.parametrize(
    "html",
    [
        f"<h1>T</h1>{'<p>away</p>' * 20}<p>4 March 2026</p><p>5 March 2026</p>",
        f"<h1>T</h1>{'<p>away</p>' * 20}<p>6 March 2026</p>",
        f"<h1>T</h1>{'<p>away</p>' * 20}<p>Last updated</p><p>4 March 2026</p>",
        "<h1>T</h1><div class='related-posts'><p>Published</p><p>4 March 2026</p></div>",
    ],
    ids=["two", "of the capture", "of a change", "another text's"],
)
def test_a_date_that_may_be_anythings_is_not_taken(html: str) -> None:
    assert _published(html).value is None


@pytest.mark.parametrize(
    "line",
    [
        "4 de março de 2026 às 10h30",
        "Por Ana Ruiz, 4 de marzo de 2026 | 8 min de lectura",
        "March 4, 2026 at 10:30 am · 5 min read",
        "by Jane Doe on March 4, 2026 in books with no comments",
        "le 4 mars 2026 à 10h30, par Jeanne Doe",
        "Escrito el 4 de marzo de 2026 por la gente de la casa",
    ],
)
def test_a_line_about_the_text_may_say_more_than_the_day(line: str) -> None:
    value = _published(f"<h1>T</h1><p>{line}</p><p>x").value
    assert value is not None
    assert f"{value:%Y-%m-%d}" == "2026-03-04"


@pytest.mark.parametrize(
    ("published", "modified", "shown", "day"),
    [
        ("Mar 5, 2026", "Mar 5, 2026", "2 January 2025", "2025-01-02"),
        ("Mar 5, 2026", "Mar 3, 2026", "2 January 2025", "2025-01-02"),
        ("2026-03-05T09:10:11Z", "2026-03-05T09:10:11+01:00", "2 January 2025", "2025-01-02"),
        ("2026-03-05T09:10:11Z", "2026-03-06T09:10:11Z", "2 January 2025", "2026-03-05"),
        ("2026-03-05T02:10:11Z", "2026-03-05T02:10:11Z", "4 March 2026", "2026-03-05"),
        ("Mar 5, 2026", "Mar 5, 2026", "", "2026-03-05"),
    ],
    ids=["in words", "an export", "twice", "changed later", "another zone", "nothing shown"],
)
def test_what_is_declared_may_be_the_day_of_a_change(
    published: str, modified: str, shown: str, day: str
) -> None:
    html = _LD % f'"datePublished": "{published}", "dateModified": "{modified}"'
    dated = _published(f"{html}<h1>T</h1><p>{shown}</p>")
    assert dated.value is not None
    assert f"{dated.value:%Y-%m-%d}" == day
    told = [row["why"] for row in dated.evidence["rejected"]]
    assert ("shown earlier" in told) == (day == "2025-01-02")


def test_teasers_marked_up_as_articles_do_not_date_the_page() -> None:
    card = (
        "<div itemscope itemtype='https://schema.org/BlogPosting'><a href='/b'>Another</a>"
        "<meta itemprop='datePublished' content='2026-03-06'></div>"
    )
    own = "<meta property='article:published_time' content='2026-03-04'>"
    assert _published(f"{own}<h1>T</h1>{card * 3}").raw == "2026-03-04"


def test_of_several_marked_up_articles_the_one_with_the_title_is_the_pages() -> None:
    def item(inside: str, day: int) -> str:
        return (
            f"<div itemscope itemtype='https://schema.org/Article'>{inside}"
            f"<meta itemprop='datePublished' content='2026-03-0{day}'></div>"
        )

    assert _published(item("<p>x</p>", 5) + item("<h1>T</h1>", 4)).raw == "2026-03-04"


@pytest.mark.parametrize(
    ("html", "day"),
    [
        ("<html lang='en-GB'><h1>T</h1><p>2/3/2026</p>", "2026-03-02"),
        (
            "<html lang='en-GB'><h1>T</h1><p>2/3/2026</p><p>x</p><p>On 1/31/2026 it rained</p>",
            "2026-02-03",
        ),
    ],
)
def test_another_date_of_the_page_tells_the_order_of_day_and_month(html: str, day: str) -> None:
    dated = _published(html)
    assert dated.value is not None
    assert f"{dated.value:%Y-%m-%d}" == day


def test_the_address_and_the_feed_tell_it_where_the_page_is_silent() -> None:
    announced = datetime(2026, 3, 4, 8, tzinfo=UTC)
    by_url = _published("<p>x", url="https://estuary.example/2026/03/04/a")
    by_feed = _published("<p>x", announced)
    assert by_url.evidence["from"] == "url"
    assert (by_feed.value, by_feed.evidence["from"]) == (announced, "announced")


@pytest.mark.parametrize(
    "html",
    [
        "<meta property='article:modified_time' content='2026-03-04'>",
        _LD % '"dateModified": "2026-03-04"',
        "<h1>T</h1><p>Updated: <time datetime='2026-03-04'>4 March</time></p>",
        "<h1>T</h1><time class='updated' datetime='2026-03-04'>4 March</time>",
    ],
)
def test_a_change_is_no_publication(html: str) -> None:
    published, modified = dates_of(_declared(html), _URL, None, _CAPTURED)
    assert published.value is None
    assert {row["why"] for row in published.evidence["rejected"]} == {"modified"}
    assert modified.value == datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "html",
    [
        "<div class='header-date'>Saturday, March 7, 2026</div><h1>T</h1><p>x",
        "<h1>T</h1><ol class='comments'><li><time datetime='2026-03-05'>x</time></ol>",
        "<h1>T</h1><div class='related-posts'><time datetime='2026-03-05'>x</time></div>",
        "<h1>T</h1><footer><span class='date'>5 March 2026</span></footer>",
        "<h1>T</h1><p>The act of union was signed into law on March 4, 1935</p>",
        "<h1>T</h1><h3><a href='/o'>The price of the bridge</a></h3><p>4 March 2025</p>"
        "<h3><a href='/p'>The price of the boat</a></h3><p>5 March 2025</p>",
    ],
)
def test_dates_of_other_things_do_not_count(html: str) -> None:
    assert _published(html).value is None


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("2026-03-08T09:00:00Z", "after the capture"),
        ("1970-01-01T00:00:00Z", "a placeholder"),
        ("soon", "not a date"),
    ],
)
def test_what_cannot_be_is_rejected_with_the_reason(raw: str, why: str) -> None:
    dated = _published(f"<meta property='article:published_time' content='{raw}'>")
    assert dated.value is None
    assert dated.evidence["rejected"][0] == {
        "from": "meta:article:published_time",
        "raw": raw,
        "why": why,
    }


def test_without_a_capture_nothing_is_too_late() -> None:
    page = _declared("<meta property='article:published_time' content='2199-01-01'>")
    found, _ = dates_of(page, _URL, None, None)
    assert found.value == datetime(2199, 1, 1, tzinfo=UTC)


def test_a_finer_date_of_the_same_day_is_preferred() -> None:
    html = _LD % '"datePublished": "2026-03-04"'
    dated = _published(
        html + "<meta property='article:published_time' content='2026-03-04T08:15:00Z'>"
    )
    assert (dated.value, dated.precision) == (datetime(2026, 3, 4, 8, 15, tzinfo=UTC), "second")
