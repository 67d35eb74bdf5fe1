"""Lists and static pages of the portal."""

from __future__ import annotations

from sites.base import Page, Post
from sites.english import text
from sites.portal import STORIES, card, company, divs, grid, page

_BIOGRAPHY = (
    "Lena Ortiz is the business editor of the Meridian Post. Before that she reported from Caracas, "
    "Athens and, for one very long winter, Tromsø. She has won the Delacroix prize for her work on "
    "pension funds and is writing a book about container ships."
)
EPISODES = tuple(
    Post(f"/podcasts/long-table/{slug}", title, "Kit Fielding", date, text(slug, things.split("|"), 2), "Podcast")
    for slug, title, date, things in (
        ("bread", "Who bakes for a city of six million?", "2026-02-11", "the night shift|the sourdough|the flour mill|the delivery bike"),
        ("sleep", "The doctors who cannot sleep", "2026-02-04", "the sleep clinic|the on-call room|the study group|the light box"),
        ("sand", "Where did the beach go?", "2026-01-28", "the dredger|the groyne|the beach bar|the survey line"),
    )
)  # fmt: skip
_SAID = (
    "Four bakers, one kitchen table and an argument about rye that nearly ended the recording.",
    "They tell everyone else to rest. Kit stays up with them, and regrets it by Thursday.",
    "A holiday town wakes up without its reason to exist. Somebody must have seen the ships.",
)
_READ_MORE = "".join(
    f'<div class="css-r0w7"><div class="css-dt5">{one.date}</div><div class="css-sm11">{one.standfirst}</div>'
    f'<a class="css-btn2" href="{one.path}">Read more</a></div>'
    for one in STORIES[:9]
)
_HAND = (
    (2, "Start here: the night the water came, told from three kitchens and a fire station."),
    (
        4,
        "Not a flood yet, but the scientists have stopped joking. Our clearest explanation of why.",
    ),
    (6, "What happens to a town when the river takes its only bridge out of use, hour by hour."),
)
_ROWS = "".join(
    f'<div class="css-tr0w"><div class="css-td1">{one.date[8:]} Feb</div><div class="css-td2"><a href="{one.path}">{one.title}</a></div></div>'
    for one in STORIES
)
_TOPICS = "".join(
    f'<div class="css-l3tr">{letter}</div>' + "".join(f'<a class="css-t0pc" href="/topic/{name.lower()}">{name}</a>' for name in names)
    for letter, names in (("A", ("Acoustics", "Archives")), ("B", ("Banks", "Borders", "Bread")), ("F", ("Ferries", "Floods")), ("G", ("Glaciers",)), ("S", ("Strikes", "Swifts")), ("T", ("Trams", "Translation")))
)  # fmt: skip
_EDITION = "".join(
    f'<div class="css-p4ge">{title}</div>' + "".join(f'<div class="css-it3m"><a href="{STORIES[n].path}">{STORIES[n].title}</a> <span>{STORIES[n].author}</span></div>' for n in numbers)
    for title, numbers in (("Front page", (0, 2)), ("Culture", (1, 5)), ("Money", (3, 7)), ("Back page", (8,)))
)  # fmt: skip
_YEARS = "".join(f'<a class="css-y3ar" href="/archive/{year}">{year}</a>' for year in range(2011, 2027))  # fmt: skip
_LEAD = f'<div class="css-le4d"><a href="{STORIES[1].path}"><div class="css-h1big">{STORIES[1].title}</div></a>{divs(STORIES[1].texts)}</div>'


def _list(title: str, main: str, number: int = 0) -> str:
    top = f'<div class="css-sect1">{title}</div>' if title else ""
    return page(title or "News", top + main, STORIES[number])


_BY_LENA = [one for one in STORIES if one.author == "Lena Ortiz"]
LISTS = (
    Page("/", _list("", grid(STORIES[:9])), "list", "section"),
    Page("/world", _list("World", grid([one for one in STORIES if one.section == "World"])), "list", "section", "World"),
    Page("/world?page=2", _list("World", grid(STORIES[6:12]), 6), "list", "link"),
    Page("/culture", _list("Culture", _LEAD + grid([one for one in STORIES[2:] if one.section == "Culture"]), 1), "list", "section", "Culture"),
    Page("/latest", _list("Latest", _READ_MORE), "list", "section", "Latest"),
    Page("/topic/floods", _list("Floods", "".join(card(STORIES[n], said) for n, said in _HAND), 2), "list"),
    Page("/topic/ferries", _list("Ferries", card(STORIES[0])), "list"),
    Page("/by/lena-ortiz", _list("Lena Ortiz", f'<div class="css-b10">{_BIOGRAPHY}</div>' + grid(_BY_LENA)), "list", "section", "Lena Ortiz"),
    Page("/by/kit-fielding", _list("Kit Fielding", "".join(f'<div class="css-tt1"><a href="{one.path}">{one.title}</a></div>' for one in STORIES if one.author == "Kit Fielding"), 2), "list"),
    Page("/search?q=clock", _list("Results for “clock”", f'<div class="css-cnt">3 results</div>{grid((STORIES[11], STORIES[7], STORIES[3]))}', 11), "list", "user"),
    Page("/topics", _list("Topics A to Z", _TOPICS), "list"),
    Page("/archive", _list("All years", _YEARS), "list"),
    Page("/archive/2026/02", _list("February 2026", _ROWS), "list"),
    Page("/archive/2026/02/11", _list("11 February 2026", card(STORIES[6])), "list", "user"),
    Page("/edition/2026-02-14", _list("Saturday 14 February 2026", _EDITION), "list"),
    Page("/podcasts/long-table", _list("The Long Table", "".join(card(one, said) for one, said in zip(EPISODES, _SAID, strict=True)), 0), "list", "section", "The Long Table"),
    Page("/long-reads", _list("Long reads", "".join(f'<div class="css-fu11"><a href="{one.path}"><div class="css-h2x">{one.title}</div></a><div class="css-by1in">{one.author} · {one.date}</div>{divs(one.texts)}</div>' for one in STORIES[4:7]), 4), "list"),
)  # fmt: skip
_FACES = "".join(
    f'<div class="css-f4ce"><img src="/faces/{n}.webp" alt=""><div class="css-n4me">{name}</div><div class="css-r0le">{role}</div><div class="css-w0rd">{said}</div></div>'
    for n, (name, role, said) in enumerate((
        ("Lena Ortiz", "Business editor", "Reported from three continents and one very cold island."),
        ("Omar Haddad", "Culture and science", "Studied geology, and reviews operas about mountains."),
        ("Kit Fielding", "World", "Hosts The Long Table. Speaks five languages, three of them politely."),
        ("Beatriz Lund", "Editor-in-chief", "Founded the Post in 2011 with a loan from her aunt."),
        ("Yusuf Eren", "Pictures", "Twenty years with a camera, and still no tripod."),
        ("Marta Novak", "Standards", "Write to her when we get something wrong.")))
)  # fmt: skip
STATICS = (
    Page("/company/about", company("About Meridian", divs((
        "The Meridian Post is an independent newspaper on the web. It belongs to its staff and to 21,000 members, and carries no advertising.",
        "We were founded in 2011. Our newsroom of thirty-four is in two cities, and we have correspondents in nine more.",
        "Our articles of association forbid any person or company to hold more than one per cent of the shares. We publish our accounts every April."))), "static"),
    Page("/company/imprint", company("Imprint", divs((
        "Meridian Media Cooperative Ltd, 18 Quay Street, 2nd floor, Port Meridian PM3 4QX.",
        "Registered in Port Meridian under number 07314460. VAT number PM 204 5518 93.",
        "Responsible for content: Beatriz Lund. Telephone +44 1632 960 871. Email: desk@meridian.example. Complaints are handled by the standards editor under the code of the press council."), "div")), "static"),
    Page("/company/newsroom", company("Newsroom", _FACES), "static"),
    Page("/company/cookies", company("Privacy and cookies", divs((
        "Cookies are small text files that a website stores on your device. We use strictly necessary cookies to remember your choices and to keep members signed in.",
        "Analytics cookies help us to see how many people read a page. They are only set if you accept them, and expire after thirteen months.",
        "We do not sell personal data. Payment details are processed by our payment provider and never reach our servers.",
        "You can ask for a copy of your data, or for its deletion, at privacy@meridian.example."))), "static"),
    Page("/company/membership", company("Become a member", divs((
        "Members own the Post. From 6 a month you get every article, the weekend edition as a file, and a vote at the annual meeting.",
        "Choose between Reader, Supporter and Patron. You can change or cancel whenever you like.",
        "Gift memberships and school licences are available. Your first month is free."))), "static", "section", "Become a member"),
    Page("/company/contact", company("Contact us", '<div class="css-c0n">Newsroom: desk@meridian.example</div><div class="css-c0n">Members: help@meridian.example, +44 1632 960 870, weekdays from nine to five</div><div class="css-c0n">Tips in confidence: by Signal, or by post to 18 Quay Street</div>'), "static"),
)  # fmt: skip
