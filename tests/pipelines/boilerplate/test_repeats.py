from __future__ import annotations

import lxml.html

from pipelines.boilerplate.repeats import after_thoughts
from pipelines.page.walk import segments_of


def _thought(html: str) -> list[str | None]:
    segments = segments_of(lxml.html.document_fromstring(f"<body>{html}</body>").find("body"))
    return after_thoughts(segments, [None] * len(segments))


_SAID = "<p>It has a harbour cat that all know; what it lacks is a harbour of its own.</p>"


def test_a_quote_that_repeats_the_text_is_a_pull_quote() -> None:
    pulled = "<blockquote>What it lacks is a harbour</blockquote>"
    own = "<blockquote>Another voice spoke of the sea.</blockquote>"
    assert _thought(_SAID + pulled + own) == [None, "pull quote", None]
    loud = "It has a harbour cat that all know; what it lacks is a harbour"
    assert _thought(f"{_SAID}<h3>{loud}</h3>{_SAID}")[1] == "pull quote"
    more = "<p>A harbour is dear, and a cat is not, said the council of the island.</p>"
    assert _thought(f"{_SAID}<h3>What it lacks is a harbour</h3>{more}")[1] is None
    assert _thought(f"{_SAID}<p>What it lacks is a harbour</p>") == [None, None]


def test_a_heading_over_nothing_goes() -> None:
    assert _thought(f"{_SAID}<h2>What</h2><h3>next</h3>") == [
        None,
        "empty section",
        "empty section",
    ]
