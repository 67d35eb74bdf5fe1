"""Articles of the blog: its posts, and many that look like lists, notes or copies."""

from __future__ import annotations

from archive.types import DiscoveredBy
from sites.base import Page, Post, Site, prose
from sites.blog import POSTS, bare, related, signed, single
from sites.blog_lists import EPISODES, LISTS, STATICS
from sites.english import line, text

_NEEDLE = ["the old quarry", "the tramway", "the powder house", "the crushing floor", "the pay office"]  # fmt: skip
_FINDS = (
    ("https://ridgeway.example/hedges", "A short history of hedges", "Ridgeway", "The best thing that I have read on enclosure, and it is barely longer than a bus ride. Stay for the badger."),
    ("https://northlight.example/kilns", "Inside the last kiln", "Northlight", "Forty photographs, no captions. I resisted for a page and then gave in."),
    ("https://pilot.example/sand", "The sand thieves", "The Pilot", "Beaches vanish overnight. Who takes them, and where does a stolen beach go?"),
    ("https://meadow.example/hay", "Hay, considered", "Meadow Quarterly", "I disagree with every word of the ending. Read it anyway, and then write to me."),
    ("https://tram.example/9", "Line 9, end to end", "Tram", "One driver, one night, all the stops. It should not work and it does."),
)  # fmt: skip
_ROUNDUP = "".join(
    f'<h2><a href="{url}">{title}</a></h2><p>({of}) {comment}</p>'
    for url, title, of, comment in _FINDS
)
_BOOKS = "".join(
    f'<li><a href="https://books.example/{number}">{title}</a></li>'
    for number, title in enumerate((
        "Tidewrack, by Elin Moss", "The Salt Clerk, by Idris Bowen", "A Field Guide to Ruins, by Hana Sato",
        "Nineteen Bridges, by Carlo Fenn", "What the Heron Knew, by Ada Thorne", "Underdrains, by Will Abara",
        "The Ropemaker's Daughter, by Sunniva Dahl", "Grey Water, by Paul Mercier", "The Ferry Book, by Nora Quist", "Lead and Light, by Owen Pryce"))
)  # fmt: skip
_NEWSLETTER = (
    "<p>Good morning. It rained on all of us this week, and the yard outside the office is a pond. Here is what we published while it filled.</p>"
    + "".join(
        f'<p><strong><a href="{POSTS[n].path}">{POSTS[n].title}</a></strong> {said}</p>'
        for n, said in (
            (0, "took Mara three visits, two of them at the wrong state of the tide. She is still finding silt in her notebook."),
            (1, "began as a joke about furniture. By the third draft Tom had stopped laughing, and so, I think, will you."),
            (2, "is the piece that we have had the most letters about, chiefly from people who own rope."),
        )
    )
    + "<p>From the shop: the tea towels are back. From the desk: we are looking for a proofreader who likes semicolons. Until next Friday, stay dry. Mara</p>"
)  # fmt: skip
_LETTERS = (
    "<h3>On bridges</h3><p>Sir, Your piece on the suspension bridge repeats the story that the toll keeper was drunk. My great-grandfather was that keeper. He had signed the pledge in 1888 and the family still has the card.</p><p>Harriet Cole, Whitcombe</p>"
    "<h3>The orchard</h3><p>Nobody planted it, you write. I did, with my brother, in March 1962, from cores that we had eaten on the way. We were nine and seven. We would like our pears back.</p><p>Denis Hargreave, Port Ellery</p>"
    "<h3>Semicolons</h3><p>I counted sixty-one in the autumn issue. Is everything well?</p><p>Dr M. Salter, by email</p>"
    "<h3>Clocks again</h3><p>The escapement in your photograph is upside down. So, in my experience, are most escapements in photographs, and I have stopped writing to the newspapers about it, but from you I hoped for better.</p><p>W. Achterberg, Groningen</p>"
)  # fmt: skip
_POEM = (
    "<p>The lamp is out. The boats come in<br>by what the water gives of light,<br>by habit, and the oily skin<br>that holds the harbour in at night.</p>"
    "<p>I used to count them from the stair,<br>my hand along the iron rail;<br>there was a number for despair,<br>another for the evening mail.</p>"
    "<p>Now no one counts. The rail is cold.<br>The stair goes up to nothing much.<br>The tide does only what it's told<br>and leaves the step too wet to touch.</p>"
)  # fmt: skip
_INTERVIEW = "".join(
    f"<p><strong>{asked}</strong></p><p>{answer}</p>"
    for asked, answer in (
        ("You were a diver before you were a sculptor. Does one help the other?", "Less than people hope. Diving teaches you to be bored in a dangerous place, and a studio is a safe place where you must not be bored. But I do know what a weight feels like when it has stopped being yours."),
        ("Why concrete?", "It was there. They were pulling down the swimming bath and I had a van. After that I liked that nobody wanted it."),
        ("The new piece has been called unfinished.", "By the council, yes, in a letter. I framed it. If they mean that the tide is still working on it, then they understood it better than the critics."),
        ("What happens to it in a hundred years?", "Limpets, I hope. Limpets are a kind of applause."),
    )
)  # fmt: skip
_STANDING = (
    "This is part of a series in which Tom Vane walks the length of the disused quarry tramway, from "
    "the cutting to the sea, in four stages. The line closed in 1954, and most of it is still there, "
    "under brambles, for anybody who has a week to spare and does not mind what becomes of his boots."
)
_STAGES = ("The Cutting", "The Incline", "The Viaduct", "The Quay")


def _other(date: str, slug: str, title: str, author: str = "Mara Quill", root: str = "") -> Post:
    return Post(f"{root or '/' + date[:7].replace('-', '/')}/{slug}/", title, author, date, ())


def _stage(number: int) -> Page:
    name = _STAGES[number]
    post = _other(f"2025-08-{5 + number * 7:02}", f"tramway-{number + 1}", f"Walking the Tramway, {number + 1}: {name}", "Tom Vane")  # fmt: skip
    parts = "".join(
        f'<li><a href="/2025/08/tramway-{n + 1}/">Part {n + 1}: {part}</a></li>'
        for n, part in enumerate(_STAGES)
    )
    body = f"<p><em>{_STANDING}</em></p><ul>{parts}</ul>{prose(text(f'stage-{name}', _NEEDLE))}"
    return Page(post.path, signed(post, body), "article", "feed", post.title, post.date)


def _made(post: Post, body: str, below: str = "") -> Page:
    return Page(post.path, signed(post, body, below), "article", title=post.title)


_OBITUARY = (
    "<p>Samuel Brandt, who died on Sunday at the age of ninety-one, was for sixty years the only man in Whitcombe who could make the tower clock strike. He would have disliked this notice, since it is late.</p>"
    "<p>When Tom Vane wrote about the clock in November, Brandt sent back a proof with one comma moved. The piece began like this:</p>"
    f"<blockquote><p>{POSTS[3].texts[0]}</p></blockquote>"
    "<p>He thought that paragraph too kind. He had fallen out with the bell frame in 1971 and never forgave it. He leaves a daughter, two grandsons and, on the bench in his workshop, a movement in forty-three labelled pieces that nobody has yet dared to touch.</p>"
)  # fmt: skip
_CORRECTION = (
    f"<p>{POSTS[9].texts[0]}</p><p>So began our piece of 6 October on the museum. Three things in it were wrong. The heron was a bittern. The fire policy was cancelled in 1987 and not in 1978. "
    "And the curator, whom we called the late Miss Penhale, telephoned on Thursday. We apologise to her for the word, and are glad to withdraw it.</p>"
)  # fmt: skip
_REPRINT = (
    "<p>We first published this piece ten weeks ago, when hardly anybody read it. Since then the phantom island has been in two newspapers and a question in parliament, so here it is again, with a note by its author.</p>"
    "<p><em>Ines Roth writes:</em> I have changed nothing. I would now be less polite about the Admiralty, and I have since met the great-niece of the draughtsman, who says that he knew perfectly well what he was doing. That is another piece.</p><hr>"
    + prose(POSTS[11].texts)
)  # fmt: skip
_NOTE = "<p>The lamp in our window is back after eleven weeks at the repairer's. It still leans. We are told that this is now a feature.</p>"
_DIVIDED = _other("2025-09-03", "a-week-on-the-canal", "A Week on the Canal", "Ines Roth")
_LOCKS = ["the top lock", "the lock keeper", "the winding hole", "the coal barge", "the towpath"]
_TURN = '<p class="page-links">Pages: <a href="/2025/09/a-week-on-the-canal/">1</a> <a href="/2025/09/a-week-on-the-canal/2/" rel="next">2</a></p>'


def _plain(post: Post, by: DiscoveredBy) -> Page:
    return Page(post.path, single(post, below=related([one for one in POSTS if one.section == post.section and one != post][:3])), "article", by, post.title, post.date)  # fmt: skip


ARTICLES = (
    *(_plain(post, "feed" if number < 6 else "sitemap") for number, post in enumerate(POSTS)),
    *(Page(one.path, single(one, '<audio controls src="/audio.mp3"></audio>' + prose(one.texts)), "article", "feed", one.title, one.date) for one in EPISODES),
    *(_stage(number) for number in range(4)),
    _made(_other("2025-12-19", "books-of-the-year", "The Best Books of the Year"), f"<p>Ten books, in no order. We bought all of them ourselves.</p><ol>{_BOOKS}</ol>"),
    _made(_other("2025-11-14", "five-good-things", "Five Good Things, November", "Ines Roth"), _ROUNDUP),
    _made(_other("2025-11-23", "friday-letter-31", "The Friday Letter, No. 31"), _NEWSLETTER),
    _made(_other("2025-11-19", "letters-to-the-editor", "Letters to the Editor"), _LETTERS),
    Page("/2025/11/harbour-unlit/", bare("Harbour, Unlit", _POEM), "article"),
    _made(_other("2025-10-15", "a-conversation-with-jo-strand", "A Conversation with Jo Strand", "Tom Vane"), _INTERVIEW),
    _made(_other("2025-10-02", "tag-you-are-it", "Tag, You Are It: A Playground Dictionary", root="/tag"), prose(text("playground", ["the chalk line", "the den", "the skipping rhyme", "the truce word"], 5))),
    _made(_other("2025-09-22", "the-last-category", "The Last Category", root="/category"), prose(text("botany", ["the herbarium", "the pressed fern", "the Latin label", "the seed drawer"], 4)), related(POSTS[2:4])),
    _made(_other("2025-12-01", "samuel-brandt", "Samuel Brandt, 1934-2025", "Tom Vane"), _OBITUARY),
    _made(_other("2025-10-20", "a-correction", "A Correction", "Tom Vane"), _CORRECTION),
    _made(_other("2025-11-28", "the-mistake-again", "The Cartographer's Mistake, Again", "Ines Roth"), _REPRINT),
    _made(_other("2025-11-26", "the-lamp", "The Lamp Is Back"), _NOTE, related(POSTS[4:7])),
    _made(_other("2025-12-03", "errand", "An Errand", "Ines Roth"), prose([line("errand", ["the parcel", "the post office", "the queue"]), line("errand-two", ["the stamp", "the scales", "the clerk's pencil"])])),
    Page(_DIVIDED.path, signed(_DIVIDED, prose(text("canal-1", _LOCKS, 6)) + _TURN), "article", "feed", _DIVIDED.title, _DIVIDED.date),
    Page(f"{_DIVIDED.path}2/", signed(_DIVIDED, prose(text("canal-2", _LOCKS, 6)) + _TURN.replace('rel="next"', "")), "article", "link", part_of=_DIVIDED.path, part=2),
)  # fmt: skip
BLOG = Site("lantern", (*LISTS, *STATICS, *ARTICLES))
