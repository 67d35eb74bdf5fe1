"""Further stories and threads are told by what stands beside the story of the page's title."""

from __future__ import annotations

import numpy as np
import pytest

from golden import LATER, PARAGRAPHS, STORY, Golden, page
from pipelines.boilerplate.comment_threads import threads_in
from pipelines.boilerplate.further_stories import further_stories
from pipelines.classifier.view import View, view_of
from pipelines.metadata.declarations import declarations_of
from pipelines.page.front_matter import top_of
from pipelines.page.html import parse_html


def _seen(html: str) -> View:
    tree = parse_html(html)
    assert tree is not None
    declared = declarations_of(tree, "https://sound.example/last-ferry")
    view = view_of(declared.segments, top_of(declared.titles, ()))
    assert view is not None
    return view


def _within(view: View, nodes: frozenset[int]) -> str:
    """The text in *nodes* of the page."""
    tree = view.segments.nodes
    inside = {n for node in nodes for n in range(tree.first[node], tree.end[node])}
    return "\n".join(view.segments[number].text for number in sorted(inside))


def _stories(html: str) -> str:
    """The text of the further stories of *html*, if all that it says is likely."""
    view = _seen(html)
    mass = np.asarray(1000 * view.table.words)
    return _within(view, further_stories(view.segments, view.table, mass))


def _threads(html: str) -> str:
    view = _seen(html)
    mass = np.asarray(1000 * view.table.words)
    return _within(view, threads_in(view.segments, view.table.dated, mass))


@pytest.mark.parametrize("box", ["article", "div", "section"])
@pytest.mark.parametrize(
    "opening",
    [
        "<h1>The Lamp on the Mole</h1><p>12 March 2026</p>",
        "<p>12 March 2026</p><h2><a href='/lamp/'>The Lamp on the Mole</a></h2>",
        "<h2><a href='/lamp/'>The Lamp on the Mole</a></h2><p>By Ida Ravn, 12 March 2026</p>",
    ],
)
def test_a_further_story_has_a_title_and_a_day(opening: str, box: str) -> None:
    html = page(Golden("after", f"<article>{opening}{STORY}</article>"))
    assert "The lamp on the outer mole" in _stories(html.replace("article>", f"{box}>"))


@pytest.mark.parametrize(
    "opening",
    [
        "<h1>The Lamp on the Mole</h1>",
        "<h2>The Lamp on the Mole</h2><p>12 March 2026</p>",
        "<h2><a href='#lamp'>The Lamp on the Mole</a></h2><p>12 March 2026</p>",
        "<h2><a href='https://lamps.example/'>The Lamp</a></h2><p>12 March 2026</p>",
        "<h1>1912: The Lamp on the Mole</h1><p>Open 9:30 to 17:00</p>",
    ],
    ids=["no day", "a chapter", "a place on the page", "another site", "an hour"],
)
def test_what_may_be_a_part_of_the_story_is_no_further_one(opening: str) -> None:
    assert _stories(page(Golden("after", f"<article>{opening}{STORY}</article>"))) == ""


def test_entries_behind_an_introduction_are_no_further_stories() -> None:
    """As in a list of places to go."""
    entry = f"<article><h2><a href='/lamp/'>The Lamp</a></h2><p>12 March 2026</p>{STORY}</article>"
    html = page(Golden("after", entry * 3))
    for text in PARAGRAPHS[1:]:
        html = html.replace(f"<p>{text}</p>", "")
    assert _stories(html) == ""


def test_a_page_without_a_title_or_text_has_no_stories() -> None:
    assert _stories("<p>x") == ""
    assert _stories("<h1>T</h1>") == ""


def test_a_thread_stands_beside_a_field_for_texts() -> None:
    assert "My uncle was on that boat" in _threads(page(Golden("after", LATER["thread"])))


def test_a_field_that_went_from_the_tree_still_tells() -> None:
    """What is certainly clutter is cut out of it before trafilatura is asked."""
    thread = LATER["thread"].replace("<form>", "<form><p>Say it here</p>")
    view = _seen(page(Golden("after", thread.replace(">Antworten<", "><"))))
    form = next(one for one in view.segments.nodes.elements if one.tag == "form")
    form.drop_tree()
    mass = np.asarray(1000 * view.table.words)
    assert threads_in(view.segments, view.table.dated, mass)


def test_a_thread_may_be_told_by_what_one_clicks_to_answer() -> None:
    thread = LATER["thread"].replace("<form><textarea></textarea></form>", "")
    assert "My uncle was on that boat" in _threads(page(Golden("after", thread)))
    silent = thread.replace("<a href='#'>Antworten</a>", "")
    assert _threads(page(Golden("after", silent))) == ""


@pytest.mark.parametrize("mark", ["{0}:15", "Part {0}", "{0} minutes"])
def test_a_log_beside_a_sign_up_is_no_thread(mark: str) -> None:
    entries = "".join(
        f"<div class='e'><span>{mark.format(9 + n)}</span><p>{text}</p></div>"
        for n, text in enumerate(PARAGRAPHS)
    )
    log = f"<div>{entries}<form><input type='email'><textarea></textarea></form></div>"
    assert _threads(page(Golden("after", log))) == ""
