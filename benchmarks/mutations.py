"""An article page remade many times, as other themes and other days would show it.

    python benchmarks/mutations.py [PAGE TRUTH] [--count 200]

Without a page: one English piece of each theme of the sample magazines.

Class names are hashed, widgets moved, nested and given titles of other languages, notices stand
between paragraphs. Prints in how many of the makes the body is exactly the TRUTH, beside
trafilatura in the same run.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random

import lxml.html
import trafilatura
from lxml.html import HtmlElement

from archive.web.charset import decode
from backissue.sample.magazines import MAGAZINES, TODAY
from backissue.sample.quarry import QUARRY
from backissue.sample.quarrysite import QuarrySite
from backissue.sample.site import build_edition
from benchmarks.training.augment import hash_names
from pipelines.extract import extract_html
from pipelines.page.elements import HEADINGS, visible_text
from pipelines.page.html import parse_html
from pipelines.text.words import key

_TITLES = """
Meistgelesen|Das könnte Sie auch interessieren|Newsletter|Schreiben Sie einen Kommentar
सबसे ज़्यादा पढ़ी गई|संबंधित लेख|टिप्पणी लिखें|ताज़ा खबरें
热门文章|相关阅读|发表评论|最新消息|订阅我们
"""
TITLES = [line.split("|") for line in _TITLES.strip().splitlines()]
_NOTICES = ["Anzeige", "विज्ञापन", "广告", "Weiter nach der Werbung", "और पढ़ें", "延伸阅读"]


def mutated(html: bytes, truth: str, seed: int) -> bytes:
    """Make number *seed* of the page *html*, whose article is *truth*."""
    random = Random(seed)
    tree = parse_html(decode(html))
    assert tree is not None
    body = tree.find("body")
    lines = {key(line) for line in truth.splitlines() if line.strip()}
    texts = [part for part in body.iter() if key("".join(visible_text(part))) in lines]
    paragraphs = [part for part in texts if part.tag in ("p", "h2", "h3", "blockquote", "ul")]
    widgets = _widgets(body, frozenset(texts))
    language = random.randrange(len(TITLES))
    for widget in widgets:
        _retitle(widget, language, random)
    _move(random.sample(widgets, min(len(widgets), random.randint(1, 4))), paragraphs, random)
    for paragraph in random.sample(paragraphs, min(len(paragraphs), random.randint(1, 5))):
        paragraph.addnext(_notice(language, random, paragraph))
    if random.random() < 0.8:
        hash_names(body, random)
    return bytes(lxml.html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>"))


def _widgets(body: HtmlElement, texts: frozenset[HtmlElement]) -> list[HtmlElement]:
    """The boxes beside the article: with links or fields, a heading, and none of its text."""
    holding = {above for text in texts for above in text.iterancestors()} | texts
    found: list[HtmlElement] = []
    for element in body.iter("div", "aside", "section", "footer"):
        if element in holding or any(above in found for above in element.iterancestors()):
            continue
        titled = next(element.iter("h2", "h3", "h4", "h5"), None) is not None
        active = next(element.iter("a", "input"), None) is not None
        if titled and active and next(element.iter("h1"), None) is None:
            found.append(element)
    return found


def _retitle(widget: HtmlElement, language: int, random: Random) -> None:
    for heading in list(widget.iter(*HEADINGS))[:1]:
        if not list(heading.iter("a")):
            for part in list(heading):
                heading.remove(part)
            heading.text = random.choice(TITLES[language])


def _move(widgets: list[HtmlElement], texts: list[HtmlElement], random: Random) -> None:
    """Put each of *widgets* in a box of its own before, after, or among the *texts*."""
    container = texts[0].getparent()
    for widget in widgets:
        copy = deepcopy(widget)
        copy.tail = None
        widget.drop_tree()
        for _ in range(random.randint(0, 3)):
            box = lxml.html.Element(random.choice(("div", "section")))
            box.append(copy)
            copy = box
        place = random.randrange(3)
        if place == 0:
            container.addprevious(copy)
        elif place == 1:
            container.append(copy)
        else:
            random.choice(texts).addnext(copy)


def _notice(language: int, random: Random, after: HtmlElement) -> HtmlElement:
    text = random.choice(_NOTICES[language::3])
    kind = random.randrange(3)
    html = (
        f"<div><span>{text}</span><a href='https://shop.example/'><img src='/a.png'></a></div>",
        f"<p><a href='/other/'>{text}: {random.choice(TITLES[language])}</a></p>",
        f"<div class='code-block'><iframe src='/ad'></iframe><small>{text}</small></div>",
    )[kind]
    notice = lxml.html.fragment_fromstring(html)
    notice.tail, after.tail = after.tail, None
    return notice


def is_exact(html: bytes, truth: str, url: str) -> bool:
    """Whether the body of *html* is *truth*, word for word."""
    return key(extract_html(html, url).article_body) == key(truth)


def measure(name: str, html: bytes, truth: str, count: int) -> None:
    """Print in how many of *count* makes of a page the body is exact, ours and trafilatura's."""
    ours = theirs = 0
    for seed in range(count):
        make = mutated(html, truth, seed)
        exact = is_exact(make, truth, "https://review.example/article/")
        ours += exact
        theirs += key(trafilatura.extract(make, include_comments=False) or "") == key(truth)
        if not exact:
            print(f"{name}: make {seed} differs")
    print(f"{name}: exact: backissue {ours}, trafilatura {theirs} of {count}", flush=True)


def sample_pages() -> Iterator[tuple[str, bytes, str]]:
    """Name, page and true text of a piece in each theme of the sample magazines."""
    edition = build_edition(1, TODAY)
    for magazine in MAGAZINES:
        pieces = [p for p in edition.pieces if p.magazine is magazine and p.language == "en"]
        piece = next(p for p in pieces if not any(block.kind == "row" for block in p.blocks))
        yield magazine.name, edition.resources[magazine.host][piece.path].body, piece.true_text
    site = QuarrySite(1)
    story = next(story for story in site.stories if story.kind == "article")
    found = site.find(story.path)
    assert found is not None
    yield QUARRY.name, found.body, "\n\n".join(story.text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, nargs="?")
    parser.add_argument("truth", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    if options.page and options.truth:
        truth = options.truth.read_text("utf-8")
        measure(options.page.name, options.page.read_bytes(), truth, options.count)
    else:
        for name, html, truth in sample_pages():
            measure(name, html, truth, options.count)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
