"""Lists and static pages of the blog."""

from __future__ import annotations

from sites.base import Page, Post, links, prose
from sites.blog import NAME, POSTS, archive, bare, page, teaser, whole
from sites.english import text

_BIOGRAPHY = (
    "Mara Quill has written about rivers, harbours and the people beside them since 2009. She "
    "trained as a hydrologist in Delft, kept a bookshop in Whitcombe for six years, and lost money "
    "on both. Her collection <em>Slack Water</em> was shortlisted for two prizes. She lives on the "
    "estuary with a dog that is afraid of boats."
)
EPISODES = tuple(
    Post(
        f"/podcast/{number}-{slug}/",
        title,
        "Tom Vane",
        date,
        text(slug, things.split("|"), 2),
    )
    for number, slug, title, date, things in (
        (3, "the-bell-founder", "Episode 3: The bell founder", "2025-11-10", "the bell pit|the clapper|the tuning lathe|the wax model"),
        (2, "counting-swifts", "Episode 2: Counting swifts", "2025-10-27", "the nest box|the church eaves|the summer count|the logbook"),
        (1, "a-ferry-to-nowhere", "Episode 1: A ferry to nowhere", "2025-10-13", "the chain ferry|the slipway|the timetable|the winch"),
    )
)  # fmt: skip
_SAID_OF_EPISODES = (
    "Tom spends a day at the foundry and comes back deaf in one ear and entirely converted.",
    "Why do birdwatchers lie on their backs in graveyards? We asked the ones who would answer.",
    "Our pilot. A boat that crosses forty metres of water, and the family who refuse to stop it.",
)
_SAID_OF_COASTS = {
    4: "A postman, a rock and nine hundred envelopes: Mara opens the ones that never arrived.",
    10: "Who owns a fire? From the bogs of the west, a piece on fuel that made us argue all week.",
    11: "One wrong island, copied for two centuries. Ines goes looking for the man who drew it.",
}
_MONTH = "".join(
    f'<tr><td>{post.date[8:]}</td><td><a href="{post.path}">{post.title}</a></td><td>{post.author}</td></tr>'
    for post in POSTS
    if post.date.startswith("2025-10")
)
_TAGS = links(
    [(f"/tag/{name.lower()}/", f"{name} ({count})") for name, count in
     (("Archives", 3), ("Bells", 1), ("Boats", 4), ("Clocks", 1), ("Floods", 2), ("Glass", 1), ("Maps", 2), ("Orchards", 1), ("Rivers", 3), ("Rope", 1))],
)  # fmt: skip
_YEARS = "".join(
    f'<h2><a href="/{year}/">{year}</a></h2><ul>'
    + links([(f"/{year}/{month:02}/", f"{name} {year}") for month, name in months])
    + "</ul>"
    for year, months in (
        (2025, ((11, "November"), (10, "October"), (9, "September"))),
        (2024, ((12, "December"), (6, "June"), (3, "March"))),
        (2023, ((10, "October"), (5, "May"))),
    )
)
_CONTENTS = "".join(
    f'<p class="toc-line"><a href="{post.path}">{post.title}</a><br><em>{post.author}</em>, p. {number * 9 + 4}</p>'
    for number, post in enumerate(POSTS[:8])
)
_TITLES = links([(post.path, post.title) for post in POSTS if post.author == "Tom Vane"])
_FOUND = [post for post in POSTS if "river" in " ".join(post.texts)]
LISTS = (
    Page("/", page("Home", "".join(teaser(post) for post in POSTS[:6]), "home blog"), "list", "section"),
    Page("/page/2/", page("Page 2", "".join(teaser(post) for post in POSTS[6:]), "home blog paged"), "list", "section"),
    Page("/category/rivers/", archive("Rivers", whole(POSTS[0]) + "".join(teaser(post) for post in POSTS[6:8])), "list", "section", "Rivers"),
    Page("/tag/orchards/", archive("Tag: Orchards", teaser(POSTS[5])), "list"),
    Page("/tag/clocks/", archive("Tag: Clocks", whole(POSTS[3])), "list"),
    Page("/author/mara-quill/", archive("Mara Quill", f'<div class="author-bio"><p>{_BIOGRAPHY}</p></div>' + "".join(teaser(post) for post in POSTS if post.author == "Mara Quill")), "list", "section", "Mara Quill"),
    Page("/author/tom-vane/", archive("Tom Vane", f"<ul>{_TITLES}</ul>"), "list"),
    Page("/author/ines-roth/", archive("Ines Roth", "".join(whole(post) for post in POSTS if post.author == "Ines Roth")), "list"),
    Page("/2025/11/04/", archive("4 November 2025", teaser(POSTS[4], POSTS[4].texts[0])), "list"),
    Page("/2025/10/", archive("October 2025", f'<table class="month">{_MONTH}</table>'), "list", "user"),
    Page("/journal/", page("Journal", "".join(whole(post) for post in POSTS[:5]), "blog"), "list", "section", "Journal"),
    Page("/?s=river", archive("Search results for: river", "".join(teaser(post) for post in (_FOUND or POSTS)[:5]), "search"), "list", "user"),
    Page("/tags/", archive("All tags", f'<ul class="tag-cloud">{_TAGS}</ul>'), "list"),
    Page("/archives/", archive("Archives", _YEARS), "list", "section", "Archives"),
    Page("/coasts/", archive("On coasts", "<p>Where the land gives up.</p>" + "".join(teaser(POSTS[n], said) for n, said in _SAID_OF_COASTS.items())), "list", "section", "Coasts"),
    Page("/podcast/", archive("The Lantern Room Podcast", "<p>A fortnightly conversation. Subscribe wherever you listen.</p>" + "".join(teaser(one, said) for one, said in zip(EPISODES, _SAID_OF_EPISODES, strict=True))), "list", "section", "Podcast"),
    Page("/issues/7/", archive("Issue 7, Autumn 2025", f"<p>96 pages, £9. Cover by Ana Duarte.</p><h2>Contents</h2>{_CONTENTS}"), "list", "section", "Current issue"),
)  # fmt: skip
_TEAM = "".join(
    f'<div class="team-member"><img src="/portraits/{name.split()[0].lower()}.jpg" alt="{name}"><h3>{name}</h3><p>{role}</p></div>'
    for name, role in (
        ("Mara Quill", "Editor. Formerly a hydrologist; still carries a tide table."),
        ("Tom Vane", "Deputy editor and host of the podcast. Collects keys that open nothing."),
        ("Ines Roth", "Editor at large. Writes on trades, gardens and the people in them."),
        ("Joseph Amadi", "Design and pictures. Joined in 2021 after a decade in museums."),
        ("Lotte Brink", "Subscriptions and events. The person who answers the telephone."),
    )
)
STATICS = (
    Page("/about/", bare("About", prose((
        f"{NAME} is a small magazine of essays on places and things. We publish about six pieces a month on this site, and print four issues a year.",
        "We began in 2016 in the back of a bookshop. The name comes from the top floor of a lighthouse, where the light is made and nobody can see out.",
        "We pay all contributors. If you would like to write for us, send a paragraph and something that you have published to the address on our contact page.")), "page"), "static", "section", "About"),
    Page("/team/", bare("Who we are", _TEAM, "page"), "static", "section", "Who we are"),
    Page("/subscribe/", bare("Subscribe", prose((
        "A subscription brings you four printed issues a year, and pays for everything that is free to read here.",
        "United Kingdom £32, Europe £41, rest of the world £48. Students pay half.",
        "You can cancel at any time, by email or by post, and we refund the issues that you have not had.")) + '<form action="/pay/"><input name="email" type="email"><button>Subscribe now</button></form>', "page"), "static"),
    Page("/contact/", bare("Contact", "<p>The Lantern Room, 4 Chandlers' Yard, Whitcombe WH1 2LB</p><p>Telephone: 01632 960 114</p><p>Editorial: desk@lantern.example<br>Subscriptions: post@lantern.example</p><p>We read everything and answer most of it, usually within two weeks. Please do not send manuscripts by post.</p>", "page"), "static"),
    Page("/privacy/", bare("Privacy", prose((
        "This policy explains what personal data we collect when you visit this website, and what we do with it.",
        "We use cookies that are necessary to keep you signed in. With your consent we also use cookies to count visits. You can withdraw your consent at any time in the settings of your browser.",
        "We keep the name, address and email address of subscribers for as long as the subscription lasts and six years thereafter, as the law on accounting requires.",
        "You have the right to access, correct and erase your data. Write to post@lantern.example. You may also complain to the supervisory authority.")), "page"), "static"),
)  # fmt: skip
