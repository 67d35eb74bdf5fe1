"""Articles of the portal: its stories, and many that look like lists, notes or copies."""

from __future__ import annotations

from sites.base import Page, Post, Site
from sites.english import line, text
from sites.portal import STORIES, Story, card, divs, grid, story
from sites.portal_lists import EPISODES, LISTS, STATICS

_LIVE = "".join(
    f'<div class="css-p0st" id="post-{n}"><div class="css-t1me">{time}</div><div class="css-h4">{title}</div>{divs((said,))}</div>'
    for n, (time, title, said) in enumerate((
        ("18:42", "That is all for today", "Talks resume at nine tomorrow. Thank you for following; we are going to find something to eat."),
        ("17:55", "Union: no deal on night pay", "Anneke Vos says that the new offer is the old offer in a nicer font. The owners have not answered our questions."),
        ("16:20", "Scuffle at the freight quay", "Two lorry drivers tried to pass the picket. Police separated the groups; nobody was hurt, says our reporter at the gate."),
        ("14:03", "Flour arrives by fishing boat", "Eleven tonnes were unloaded at the north pier. The queue at the bakery reached the church within a quarter of an hour."),
        ("11:30", "Minister on the radio", "“I am an optimist, but I own a rowing boat,” she told the morning programme. Her office later called this a joke."),
        ("09:00", "Good morning", "It is day seventeen. We report from the quay, the ministry and the ferry that has not moved since January.")))
)  # fmt: skip
_ELSEWHERE = "".join(
    f'<div class="css-li5t"><a href="https://{host}.example/{n}">{title}</a></div>'
    for n, (host, title) in enumerate((
        ("cinema", "The Salt Road"), ("arthouse", "Nine Kilometres"), ("cinema", "My Mother's Piano"), ("reel", "A Winter in Ghent"), ("arthouse", "Understudy"),
        ("reel", "The Keeper of Moths"), ("cinema", "Small Hours"), ("reel", "Parallel 61"), ("arthouse", "The Weight of Paper"), ("cinema", "Last Train, Again")))
)  # fmt: skip
_WEEK = "".join(
    f'<div class="css-h4"><a href="{STORIES[n].path}">{STORIES[n].title}</a></div>{divs((said,))}'
    for n, said in (
        (0, "Three weeks in, and I notice that I have begun to admire the stamina of everybody except the negotiators. The flour is the detail that stays with me."),
        (3, "The closing of a factory is usually told as arithmetic. What our readers wrote about was the hooter, which can be heard in four villages."),
        (4, "Nobody expected a lake, which is the sort of sentence that scientists write when they are frightened. I would not camp below it."),
        (8, "I had forty letters about swifts, and not one about the budget. I think that our readers have got it right."),
    )
)  # fmt: skip
_ISSUE = (
    divs(("Dear reader, this is the Sunday letter, which goes to members and appears here a day later. Three stories from the week, and why we ran them.",))
    + "".join(card(STORIES[n]) + divs((said,)) for n, said in (
        (1, "Omar asked the conductor to clap once in the empty hall. You can hear on the recording what nine years of repairs did, and it is not what the architect says."),
        (5, "We had this interview for a year. The translator would not let us print until the student, who is now a colleague, had agreed."),
        (9, "Baking tapes is a real method. Please do not try it with your wedding video.")))
    + divs(("Next week: olives, clocks, and a correspondent who refuses to come home. Beatriz Lund",))
)  # fmt: skip
_LETTERS = divs((
    "Your report on bank branches left out the chairs. They took away the chairs first, in 2017, and the customers went with them. I was a cashier for thirty years and I know what I saw. <b>Gillian Frayne, Port Meridian</b>",
    "Two times of day in one country is nothing new. My village ran on its own noon until 1936 and was seldom late for anything that mattered. <b>Evaristo Lima, by email</b>",
    "The swifts are with us. All of them, to judge by the noise. Come and count. <b>The Rev. P. Mbeki, Southwold</b>",
    "I am the second trombone. The pit has not changed at all; the conductor has. <b>Name withheld</b>",
))  # fmt: skip
_TALK = "".join(
    f'<div class="css-qu3">{asked}</div><div class="css-an5">{said}</div>'
    for asked, said in (
        ("You cut ministers' hair for twenty years. Did they talk?", "They talked about their mothers. If a minister talked about politics I knew that he was about to lose his post, because he was practising on me."),
        ("Who tipped best?", "The opposition. Always the opposition. It is the hope."),
        ("And now you are writing it down.", "Without the names. My publisher wants the names. I told her that a barber who gives names is a man with scissors and no customers."),
        ("What will you do after the book?", "Sweep up, like every evening."),
    )
)  # fmt: skip
_OBITUARY = (
    divs(("Ilse Brandauer, the translator whose epic waited forty years in a drawer, died on Thursday in Graz. She was eighty-eight.", "In this newspaper Kit Fielding introduced her with these words:"))
    + f'<div class="css-qu0te">{STORIES[5].texts[0]}</div>'
    + divs(("She wrote to us afterwards that the drawer had been the best editor that she ever had. The student, Tomas Reiter, will see the second volume through the press. There will be no funeral; she asked for a reading instead, and for cake.",))
)  # fmt: skip
_CORRECTION = divs((
    STORIES[10].texts[0],
    "Those were the first lines of our story of 7 February on olive growers, and two figures in it were mistaken. The cooperative has four hundred members and not four thousand. The machine costs ninety thousand, and not nine. We regret the errors, which were made in editing.",
))  # fmt: skip


def _other(day: str, path: str, title: str, author: str = "Kit Fielding") -> Post:
    return Post(path, title, author, f"2026-02-{day}", (), "")


def _made(one: Post, body: str, above: str = "", below: str = "") -> Page:
    return Page(one.path, story(one, body, above, below), "article", title=one.title)


def _box(title: str, stories: tuple[Story, ...]) -> str:
    return f'<div class="css-r3l"><div class="css-lab3l">{title}</div>{grid(stories)}</div>'


_THINGS = ["the salt mine", "the shaft lift", "the brine pump", "the rescue team", "the pension office"]  # fmt: skip
_STORY_PAGES = tuple(
    Page(one.path, story(one, below=_box("More on this", (STORIES[number - 1], STORIES[number - 2], STORIES[number - 4]))), "article", "feed" if number < 4 else "sitemap", one.title, one.date)
    for number, one in enumerate(STORIES)
)  # fmt: skip
ARTICLES = (
    *_STORY_PAGES,
    *(Page(one.path, story(one), "article", "sitemap", one.title, one.date) for one in EPISODES),
    _made(_other("14", "/world/ferry-strike-live-day-seventeen-50101", "Ferry strike live: day seventeen"), _LIVE),
    _made(_other("05", "/culture/the-ten-best-films-of-the-year-50102", "The ten best films of the year", "Omar Haddad"), divs(("We saw two hundred and six. These are the ten that we would see again, with links to where they are shown.",)) + _ELSEWHERE),
    _made(_other("13", "/opinion/the-week-as-i-read-it-50103", "The week as I read it", "Beatriz Lund"), _WEEK),
    _made(_other("08", "/letter/sunday-letter-112", "Sunday letter 112", "Beatriz Lund"), _ISSUE),
    _made(_other("12", "/opinion/letters-chairs-noon-and-trombones-50104", "Letters: chairs, noon and trombones", "Marta Novak"), _LETTERS),
    _made(_other("10", "/culture/the-barber-of-parliament-50105", "The barber of parliament: “They talked about their mothers”"), _TALK),
    _made(_other("09", "/archive/the-salt-mine-that-sang-50106", "The salt mine that sang"), divs(text("salt-mine", _THINGS, 5))),
    _made(_other("06", "/category/error-a-short-history-50107", "Category error: a short history", "Omar Haddad"), divs(text("error", ["the filing clerk", "the subject index", "the decimal system", "the misc. drawer"], 5))),
    _made(_other("11", "/world/mayor-resigns-over-snow-50108", "Mayor resigns over snow"), divs(text("snow", ["the snow plough", "the grit depot", "the emergency budget", "the ring road"], 4)), _box("Related", STORIES[:4]), _box("More like this", STORIES[4:10])),
    _made(_other("14", "/world/power-back-in-eastern-district-50109", "Power back in eastern district"), divs(("Electricity returned to the eastern district at 4 a.m. after a fault at the Holm substation, the grid operator said. Some nine thousand homes had been without light since Friday evening.",)), below=_box("Related", STORIES[:3])),
    _made(_other("14", "/culture/ilse-brandauer-translator-50110", "Ilse Brandauer, translator, 1937-2026"), _OBITUARY),
    _made(_other("12", "/business/correction-olive-growers-50111", "Correction: olive growers", "Marta Novak"), _CORRECTION),
    _made(_other("13", "/science/brief-comet-50112", "Comet visible until Tuesday"), divs((line("comet", ["the comet", "the evening sky", "the observatory"]),)), below=_box("Related", STORIES[7:10])),
)  # fmt: skip
PORTAL = Site("meridian", (*LISTS, *STATICS, *ARTICLES))
