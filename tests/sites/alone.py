"""Pages that came alone: nothing else is known of the site of each."""

from __future__ import annotations

from sites.base import Page, Site
from sites.blog import POSTS, bare, page, related, single, teaser, whole
from sites.blog_lists import STATICS
from sites.english import text
from sites.portal import STORIES, divs, story

_THINGS = ["the slate roof", "the chimney", "the bucket chain", "the attic window"]
ALONE = tuple(
    Site(f"alone-{number}", (one,))
    for number, one in enumerate((
        Page("/2025/11/letters/", single(POSTS[4], below=related(POSTS[5:8])), "article", "user"),
        Page("/tag/roofs/", bare("On Roofs", "".join(f"<p>{one}</p>" for one in text("roofs", _THINGS, 5))), "article", "import"),
        Page("/lead/", page("Rivers", whole(POSTS[0]) + teaser(POSTS[6]), "archive"), "article", "user"),
        Page("/tag/clocks/", page("Clocks", whole(POSTS[3]), "archive"), "article", "import"),
        Page("/about/", STATICS[0].html, "article", "user"),
        Page("/world/floods-48321", story(STORIES[2]), "article", "import"),
        Page("/category/snow", story(STORIES[8], divs(STORIES[8].texts[:1])), "article", "user"),
    ))
)  # fmt: skip
