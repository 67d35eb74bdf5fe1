"""What templates of sites add: boxes of one line, under hashed names, between paragraphs.

    python benchmarks/templates.py [--hosts 40] [--articles 12]

Each host is a theme of its own: a box of one of some kinds between two paragraphs of each article,
wrapped paragraphs or bare ones, a line that all articles of a series share, or none. Half of a
host's articles come before the others. Prints how many bodies of the later half are exact from the
page alone, and with what the earlier half has taught; and how many of hosts without any box.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from backissue.sample.recombined import recombine
from pipelines.body.site_templates import applied_to, boxes_of, staged
from pipelines.extract import Context, read_page
from pipelines.fold.memory import FoldMemory
from pipelines.page.html import Page

BOXES = (
    "<p>One letter from the coast, each Sunday morning.</p>",
    "<p>Boots that do not mind the rain.</p>",
    "<p>Ove Lind writes about boats and the people in them.</p>",
    "<span>We keep a biscuit for each visitor.</span>",
    "<h4>Join the harbour circle</h4><p>Eleven crowns a month, and a seat by the stove.</p>",
    "<p>This text is free for all because readers pay for it.</p>",
)
SERIES = "This is a part of our series about the people who keep the lights of the coast burning."


def _host(number: int, articles: int, boxed: bool) -> list[tuple[bytes, str]]:
    """The pages of a host, and their true bodies."""
    chance = Random(number)
    box, wraps, series = chance.choice(BOXES), chance.random() < 0.4, chance.random() < 0.5
    pages = []
    for article in range(articles):
        name = f"{chance.getrandbits(32):08x}"
        texts = list(recombine(f"{number} {article}", 380).paragraphs)
        if series:
            texts.insert(chance.randrange(1, len(texts)), SERIES)
        parts = [
            f"<div class='p{name}'><p>{t}</p></div>" if wraps else f"<p>{t}</p>" for t in texts
        ]
        if boxed:
            parts.insert(chance.randrange(1, len(parts)), f"<div class='b{name}'>{box}</div>")
        html = (
            f"<html lang=en><title>Piece {article}</title><body><main><h1>Piece {article}</h1>"
            f"<div class='a{name}'>{''.join(parts)}</div></main></body></html>"
        )
        pages.append((html.encode(), "\n\n".join(texts)))
    return pages


def _measure(number: int, articles: int, boxed: bool, memory: FoldMemory) -> Counter[str]:
    found: Counter[str] = Counter()
    host = f"host-{number}-{boxed}.example"
    template = None
    for at, (html, truth) in enumerate(_host(number, articles, boxed)):
        if at == articles // 2:
            template = memory.template(host)
        article, body = read_page(Page(f"https://{host}/{at}", html), Context())
        if at < articles // 2:
            row = {"blocks": None} | staged(body, article.description)
            memory.learn(host, f"{host} {at}", article.word_count, boxes_of(row))
            continue
        found["pages"] += 1
        found["alone"] += article.article_body == truth
        made = applied_to(article, body, template) if template else article
        found["with template"] += made.article_body == truth
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--articles", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        memory = FoldMemory(Path(folder))
        for boxed in (True, False):
            total: Counter[str] = Counter()
            for number in range(options.hosts):
                total += _measure(number, options.articles, boxed, memory)
            name = "with a box" if boxed else "without   "
            print(
                f"{name}  {total['pages']} pages  exact alone {total['alone']}  "
                f"with template {total['with template']}"
            )
        memory.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
