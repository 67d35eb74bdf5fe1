"""One article, and what themes put around it and between its paragraphs: a page for each rule."""

from __future__ import annotations

from dataclasses import dataclass

TITLE = "The Last Ferry to Holm"
SUMMARY = "For ninety years a boat crossed the sound each evening, and then the bridge was opened."
PARAGRAPHS = (
    "The evening boat left the mainland at twenty past six, whatever the weather said, and for most"
    " of a century nobody on either shore could remember a night on which it had not come.",
    "Its skipper, Ida Ravn, had learned the sound from her father, who had learned it from a man"
    " with no papers and one good eye; between them they had made the crossing some sixty thousand"
    " times, and none of the three had ever learned to swim.",
    "When the bridge was opened in the spring, the council promised that the boat would go on for"
    " as long as it was needed. By the autumn it carried eleven people on a good day, and on a bad"
    " one it carried the post, two crates of eggs and the dog that belonged to the school.",
    "“You cannot argue with a bridge,” she said, and poured coffee from a flask that was older than"
    " the engine. “It does not get tired, it does not have a daughter who wants to study, and it"
    " never once asked me how I was.”",
    "On the last evening the quay was full. People had come who had not taken the boat for years,"
    " and they stood in the rain with umbrellas and paper flags, a little ashamed, as one is at the"
    " funeral of somebody whom one has not visited.",
    "She cast off at twenty past six. In the middle of the sound she stopped the engine, as her"
    " father had done once a year on the day of his wedding, and for the length of a song there was"
    " nothing to be heard but water, and the cars.",
)
HEADING = "A song in the middle of the sound"
BODY = "\n\n".join((*PARAGRAPHS[:5], HEADING, PARAGRAPHS[5]))


@dataclass(frozen=True, slots=True)
class Golden:
    """A page whose body is `BODY`: *html* stands at its *place*, and is cut for *reason*."""

    place: str
    html: str
    reason: str | None = None


def page(golden: Golden) -> str:
    """The whole page, with what *golden* puts in."""
    parts = [f"<p>{text}</p>" for text in PARAGRAPHS[:5]]
    parts += [f"<h2>{HEADING}</h2>", f"<p>{PARAGRAPHS[5]}</p>"]
    if golden.place == "between":
        parts.insert(2, golden.html)
    elif golden.place == "end":
        parts.append(golden.html)
    elif golden.place == "start":
        parts.insert(0, golden.html)
    above = golden.html if golden.place == "above" else ""
    below = golden.html if golden.place == "below" else ""
    after = golden.html if golden.place == "after" else ""
    return (
        f"<!doctype html><html lang='en'><head><title>{TITLE} | The Sound</title>"
        f"<meta name='description' content='{SUMMARY}'></head><body>"
        "<header><nav><ul><li><a href='/'>Home</a></li><li><a href='/sea'>Sea</a></li>"
        "<li><a href='/land'>Land</a></li></ul></nav></header>"
        f"<main><article><h1>{TITLE}</h1>{above}<div class='k3'>{''.join(parts)}</div>{below}"
        f"</article>{after}</main><footer><p>© 2026 The Sound</p></footer></body></html>"
    )


_LINKS = "".join(
    f"<li><a href='/{slug}/'>{text}</a></li>"
    for slug, text in (
        ("eggs", "Two crates of eggs and other cargo"),
        ("dog", "The dog that belonged to the school"),
        ("post", "How the post came before there was a boat"),
        ("song", "A song for the middle of the water"),
    )
)
_CARDS = "".join(
    f"<div class='c'><h3><a href='/{n}/'>{title}</a></h3><p>{teaser}</p></div>"
    for n, (title, teaser) in enumerate(
        (
            ("The keeper of the red light", "She has not slept through a night since her youth."),
            (
                "Salt, and where it goes",
                "A week with the men who paint the bridge again and again.",
            ),
            ("What the gulls are paid", "An account of the fish market, from above."),
        )
    )
)


def _box(names: str, inside: str) -> str:
    return f"<div class='{names}'>{inside}</div>"


NAMED = {
    "comments": _box("comments-area", "<h3>Two replies</h3><p>I was there that evening.</p>"),
    "related": _box("related-posts", f"<h3>Also on this page</h3><ul>{_LINKS}</ul>"),
    "popular": _box("most-read", f"<h3>This week</h3><ul>{_LINKS}</ul>"),
    "newsletter": _box("newsletter-box", "<p>One letter from the coast, each Sunday.</p>"),
    "share": _box("share-bar", "<a href='#'>Mail</a> <a href='#'>Print</a> <a href='#'>Copy</a>"),
    "author": _box("author-bio", "<p>Ove Lind writes about boats and the people in them.</p>"),
    "meta": _box("post-meta", "<span>Sea</span> <span>Nine minutes</span>"),
    "caption": _box("wp-caption-text", "The quay on the last evening."),
    "sidebar": _box("widget", f"<h3>Elsewhere</h3><ul>{_LINKS}</ul>"),
    "advertisement": _box("ad-slot", "<p>Boots that do not mind the rain.</p>"),
    "contents": _box(
        "toc", "<ul><li><a href='#s'>A song</a></li><li><a href='#e'>End</a></li></ul>"
    ),
    "dialog": _box("cookie-notice", "<p>We keep a biscuit for each visitor.</p>"),
    "hidden": _box("sr-only", "<p>Skip to the next part of the page</p>"),
    "navigation": f"<nav><ul>{_LINKS}</ul></nav>",
    "aside": f"<aside><p>The sound in figures</p><ul>{_LINKS}</ul></aside>",
    "form": "<form><p>Write to the editor of this page</p><textarea></textarea></form>",
}
"""A box for each name that says why its text is no part of an article, by that reason."""

SHAPED = {
    "sign-up": _box(
        "x1", "<h4>Ein Brief im Monat</h4><p>Kostenlos, und nie mehr als das.</p>"
        "<input type='email'><button>Ja</button>"
    ),
    "promotion": _box("x2", "<p>Mehr dazu:</p><p><a href='/eggs/'>Zwei Kisten Eier</a></p>"),
    "cards": _box("x3", _CARDS),
    "list of links": _box("x4", f"<h4>Ausserdem</h4><ul>{_LINKS}</ul>"),
    "line of its own that is a link": "<p><a href='/dog/'>The dog that belonged to the school</a></p>",
    "word beside a picture": "<div class='x5'>Anzeige<img src='boots.jpg'></div>",
}  # fmt: skip
"""Boxes whose names say nothing: what they are made of does."""

SAID = {
    "author": "<p>By Ove Lind</p>",
    "date": "<p>12 March 2026</p>",
    "title": f"<p>{TITLE}</p>",
    "readers": "<p>By Jens Holm 3 April 2024 612 readers</p>",
}
"""Lines above a text that say what is said elsewhere, or by whom and when."""

PLACED = {
    "caption": "<p>Ida Ravn on the quay (Photo: Jens Holm)</p>",
    "caption after a stop": "<p>The quay in November. Photo: Jens Holm</p>",
    "copyright": "<p>© Jens Holm, for The Sound</p>",
    "agency": "<p>Jens Holm/Sound Pictures/Getty Images</p>",
    "wall": "<h3>Subscribe to read on</h3><p>Three months for the price of one.</p>",
    "numbers of pages": "<p>Page 1 <a href='?page=2'>2</a> <a href='?page=3'>3</a></p>",
    "call": "<p>Sign up now for more of the sea</p>",
}
"""Lines at the end of a text that are none of it there."""

APART = {
    "pull quote": "<blockquote><p>You cannot argue with a bridge</p></blockquote>",
    "empty section": f"<h2>Photographs</h2><div class='related-posts'><ul>{_LINKS}</ul></div>",
    "small print": "<p>This article contains affiliate links.</p>",
}
"""What is seen once the text is chosen."""

_OTHER = (
    "The lamp on the outer mole has been lit by hand since the year of the great ice, and the man"
    " who lights it now keeps a list of every night on which the wind has put it out.",
    "Nobody asked him for the list. It fills four notebooks, each of them with a cover of oilcloth,"
    " and the harbour master has been heard to say that it is the only honest book on the island.",
    "He is seventy-one, he takes the steps two at a time, and in June, when the nights are short,"
    " he paints the railing, whether it wants paint or not.",
)
STORY = "".join(f"<p>{text}</p>" for text in _OTHER)
_VOICES = "".join(
    f"<div class='k6'><span>Reader {n}</span> <span>{n} March 2026</span><p>{said}</p>"
    "<a href='#'>Antworten</a></div>"
    for n, said in enumerate(
        (
            "My uncle was on that boat for eleven years, and he says that it was always late.",
            "I stood on the quay with my paper flag. Thank you for writing it down as it was.",
            "A bridge has no coffee, and no skipper to pour it. We have both forgotten that.",
            "Does anybody know what became of the engine? I would give it a place in my barn.",
            "Twenty past six, not half past: my grandmother set her clock by it, every evening.",
            *_OTHER,
        ),
        start=1,
    )
)
LATER = {
    "thread": f"<div class='k5'><h3>8 voices</h3>{_VOICES}<form><textarea></textarea></form></div>",
    "next story": f"<article><h1>The Lamp on the Mole</h1><p>12 March 2026</p>{STORY}</article>",
    "next stories": "".join(
        f"<article><h2><a href='/{n}/'>The Lamp, Part {n}</a></h2><p>{n} March 2026</p>{STORY}"
        "</article>"
        for n in (1, 2, 3)
    ),
    "long teasers": "".join(
        f"<div class='k7'><h2><a href='/{n}/'>Of the lamp and the list, part {n}</a></h2>"
        f"<div>{text}</div><a href='/{n}/'>All of it</a></div>"
        for n, text in enumerate(_OTHER)
    ),
}
"""What stands behind the whole article: readers, and further stories, whose names say nothing."""
