"""A page is read as its readers see it, where markup says it in other ways than by text."""

from __future__ import annotations

import pytest

from pipelines.page.html import parse_html
from pipelines.page.walk import segments_of

PROSE = (
    "The pilot of the harbour keeps a notebook in which each ship has a line, and beside each line "
    "stands what the wind was and who had the watch when it came in."
)


def said(markup: str) -> list[str]:
    tree = parse_html(f"<html><body>{markup}</body></html>")
    assert tree is not None
    return [segment.text for segment in segments_of(tree)]


def line(markup: str) -> str:
    (text,) = said(f"<p>{markup}</p>")
    return text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("the 21<sup>st</sup> century", "the 21st century"),
        ("le XX<sup>e</sup> siècle, le 1<sup>er</sup> mai", "le XXe siècle, le 1er mai"),
        ("M<sup>me</sup> Dahl, n<sup>o</sup> 7", "Mme Dahl, no 7"),
        ("10<sup>6</sup> grains on 40 m<sup>2</sup>", "10⁶ grains on 40 m²"),
        ("2<sup>n</sup> doors, 3 × 10<sup>−4</sup>", "2ⁿ doors, 3 × 10⁻⁴"),
        ("as <sup>14</sup>C shows", "as ¹⁴C shows"),
        ("a Keel<sup>TM</sup> hull", "a Keel™ hull"),
        ("he said so.<sup>3</sup> Then he left.", "he said so. Then he left."),
        ("the keeper<sup>2</sup> of 1994<sup>3</sup>", "the keeper of 1994"),
        ("the quay<sup>[4]</sup> and<sup>*</sup> the crane<sup>b</sup>", "the quay and the crane"),
        ('of 12<sup><a href="#fn1">1</a></sup> boats', "of 12 boats"),
        ("CO<sub>2</sub>", "CO2"),
    ],
)
def test_raised_text_is_a_part_of_its_word_or_the_mark_of_a_note(markup: str, text: str) -> None:
    assert line(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('a <span style="display: none">not shown</span>boat', "a boat"),
        ('a<span hidden=""> secret</span> boat', "a boat"),
        ('the <a href="/r">report<span class="sr-only"> (new)</span></a>', "the report"),
        ('see <i style="clip:rect(0,0,0,0);position:absolute">skip</i>it', "see it"),
        ('the <a href="/r">report<small>, opens in a new tab</small></a>', "the report"),
        ('der <a href="/r">Bericht (öffnet in neuem Fenster)</a>', "der Bericht"),
        ('le <a href="/r">rapport</a><span> (nouvelle fenêtre)</span> dit', "le rapport dit"),
        (
            "the door opens in a new window of the house",
            "the door opens in a new window of the house",
        ),
        ('<span hidden="until-found">found by the search</span>', "found by the search"),
    ],
)
def test_what_browsers_hide_within_a_line_is_no_text(markup: str, text: str) -> None:
    assert line(markup) == text


def test_a_hidden_paragraph_goes_unless_a_script_shows_most_of_the_text() -> None:
    hidden = '<p style="display:none">Not for sale.</p>'
    assert said(hidden + f"<p>{PROSE}</p>") == [PROSE]
    all_hidden = f'<p style="visibility:hidden">{PROSE}</p>'
    assert said(all_hidden * 2) == [PROSE, PROSE]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<math><mi>a</mi><mo>=</mo><mn>2</mn><mi>b</mi></math>", "a=2b"),
        ("<math><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn></math>", "x^2+1"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>",
         "(a+b)/2"),
        ('<math alttext="a = 2b"><mi>a</mi></math>', "a = 2b"),
        ('<script type="math/tex">\\frac{a}{b}</script>', "$\\frac{a}{b}$"),
        ('<span class="MathJax_Preview">a=2b</span><script type="math/tex">a=2b</script>', "a=2b"),
        (
            '<span class="katex"><span class="katex-mathml"><math><semantics><mi>a</mi>'
            '<annotation encoding="application/x-tex">a_1</annotation></semantics></math></span>'
            '<span class="katex-html" aria-hidden="true">a1</span></span>',
            "$a_1$",
        ),
        ('<img class="latex" alt="e^{i}">', "e^{i}"),
    ],
)  # fmt: skip
def test_a_formula_is_said_once(markup: str, text: str) -> None:
    assert line(f"with {markup} it holds") == f"with {text} it holds"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<img src="t.gif" alt="T">he keeper slept', "The keeper slept"),
        ('so glad <img class="wp-smiley" alt=":-)"> to see', "so glad :-) to see"),
        ('a gull <img class="emoji" alt="🐦"> came', "a gull 🐦 came"),
        ('<img src="k.jpg" alt="The keeper"> slept', "slept"),
        ("he said <q>never <q>again</q></q> and left", "he said “never ‘again’” and left"),
        ("he said “<q>never</q>” and left", "he said “never” and left"),
        ("<ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>の朝", "港の朝"),
        (
            '<span style="display:block">one,</span><span style="display:block">two</span>',
            "one,\ntwo",
        ),
    ],
)
def test_letters_that_are_pictures_and_marks_that_markup_implies(markup: str, text: str) -> None:
    assert line(markup) == text


@pytest.mark.parametrize(
    "sealed",
    [
        f"<noscript><p>{PROSE}</p><p>{PROSE}</p></noscript>",
        f'<x-story><template shadowrootmode="open"><p>{PROSE}</p></template></x-story>',
        f'<iframe srcdoc="&lt;p>{PROSE}&lt;/p>&lt;p>{PROSE}&lt;/p>"></iframe>',
    ],
    ids=["noscript", "shadow root", "srcdoc"],
)
def test_sealed_text_is_read(sealed: str) -> None:
    assert PROSE in said(f"<h1>Notebook</h1>{sealed}<p>Quay</p>")


@pytest.mark.parametrize(
    "sealed",
    [
        f"<p>{PROSE}</p><noscript><p>{PROSE}</p><p>{PROSE}</p></noscript>",
        f"<p>{PROSE}</p><template><p>{PROSE}</p></template>",
        f"<p>{PROSE}</p><noscript>You need to enable JavaScript. {PROSE} {PROSE}</noscript>",
    ],
    ids=["shown elsewhere", "a template", "no text of the page"],
)
def test_sealed_text_is_read_once_and_only_if_it_is_shown(sealed: str) -> None:
    assert said(sealed) == [PROSE]


@pytest.mark.parametrize(
    "heading",
    [
        '<div class="hd"><h2 id="s">The stove</h2><a href="#s" class="x">Link to The stove</a></div>',
        '<h2 id="s">The stove<a class="headerlink" href="#s">¶</a></h2>',
        '<h2><a aria-hidden="true" href="#s">#</a>The stove</h2>',
        '<h2 id="s"><a href="#s">The stove</a></h2>',
    ],
)
def test_an_anchor_is_no_part_of_its_heading(heading: str) -> None:
    assert said(heading) == ["The stove"]


@pytest.mark.parametrize(
    ("listing", "text"),
    [
        ("<pre>one,<br>two,<br/>three</pre>", "one,\ntwo,\nthree"),
        (
            '<pre><code><span class="line">a = 1</span><span class="line">b = 2</span></code></pre>',
            "a = 1\nb = 2",
        ),
        (
            '<pre><span class="line">a = 1</span><br><span class="line">b = 2</span><br></pre>',
            "a = 1\nb = 2",
        ),
        (
            "<table><tr><td><pre>1\n2</pre></td><td><pre>a = 1\nb = 2</pre></td></tr></table>",
            "a = 1\nb = 2",
        ),
        (
            '<pre><span class="lineno">1</span>a = 1\n<span class="lineno">2</span>b = 2</pre>',
            "a = 1\nb = 2",
        ),
        ("<pre>1\n2\n3</pre>", "1\n2\n3"),
    ],
)
def test_a_listing_has_its_lines_without_their_numbers(listing: str, text: str) -> None:
    tree = parse_html(f"<html><body>{listing}</body></html>")
    assert tree is not None
    (segment,) = segments_of(tree)
    assert segment.pieces[0][0] == text


@pytest.mark.parametrize(
    "markup",
    [
        "<p>" + "x<sup>2</sup>" * 20_000 + "</p>",
        f"<noscript><p>{PROSE}</p><p>{PROSE}</p></noscript>" * 5_000,
        "<p>" + '<script type="math/tex">a</script>' * 20_000 + "</p>",
        "<div>" + "<h2>a</h2>" * 20_000 + "</div>",
        "<span hidden>" * 180 + PROSE * 500 + "</span>" * 180,
    ],
    ids=["raised", "sealed", "formulas", "headings", "hidden"],
)
@pytest.mark.timeout(60)
def test_a_page_of_nothing_but_such_elements_is_read(markup: str) -> None:
    assert parse_html(f"<html><body>{markup}</body></html>") is not None
