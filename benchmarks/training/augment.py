"""A page into one of another make: widgets moved, boxes wrapped, names hashed, notices let in.

What a theme names its boxes is the first thing that a model learns, and the first to fail it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import deepcopy
from random import Random

import lxml.html
from lxml.html import HtmlElement

from benchmarks.training.made import box

_NOTICES = """
Advertisement|Anzeige|Publicité|Publicidad|विज्ञापन|广告|広告|Реклама|إعلان|Pubblicità|Reklama
Read also: The ferry that no longer calls|Lesen Sie auch: Was vom Hafen blieb
Lire aussi : Les marchés du nord|Lea también: La ruta de los molinos|यह भी पढ़ें: नदी के किनारे का गाँव
延伸阅读：山里的老火车站|関連記事：港町の一日|Читайте также: Мост, который ждали
اقرأ أيضا: سوق المدينة القديمة
Leggi anche: Il treno delle sette|Leia também: A serra no inverno|Lees ook: De sluis van gisteren
Subscribe to our newsletter|Newsletter abonnieren|Abonnez-vous à notre lettre|订阅我们的通讯
हमारे न्यूज़लेटर की सदस्यता लें|Подпишитесь на рассылку|Share this story|Teilen|Partager|分享|साझा करें
Get the best of our weekend reading in your inbox every Friday morning, free of charge.
Follow us for more stories like this one|Folgen Sie uns|Síguenos en redes|关注我们
Support independent journalism: become a member today and read without advertisements.
Story continues below|Weiter nach der Anzeige|La suite après la publicité
"""
NOTICES = [line for row in _NOTICES.strip().splitlines() for line in row.split("|")]
_NAMED = ("class", "id", "itemprop", "role", "aria-label", "name")


def augmented(
    body: HtmlElement, main: HtmlElement, widgets: Sequence[HtmlElement],
    random: Random, hashed: float,
) -> None:  # fmt: skip
    """Change *body* in place: its *main* box gets some of *widgets*, notices and wrappings."""
    places = [main, *_up_to(main, body)]
    if widgets and random.random() < 0.7:
        for _ in range(random.randint(1, 3)):
            _insert(random.choice(places), deepcopy(random.choice(widgets)), random)
    for most, make in ((5, _notice), (3, box)):
        if random.random() < 0.5:
            for _ in range(random.randint(1, most)):
                _insert(random.choice([main, main, *places]), make(random), random)
    if random.random() < 0.35:
        _wrap(random.choice(places), random)
    if random.random() < hashed:
        hash_names(body, random)


def _up_to(element: HtmlElement, body: HtmlElement) -> list[HtmlElement]:
    above: list[HtmlElement] = []
    while element is not body and (parent := element.getparent()) is not None:
        above.append(parent)
        element = parent
    return above


def _insert(parent: HtmlElement, new: HtmlElement, random: Random) -> None:
    new.tail = None
    parent.insert(random.randint(0, len(parent)), new)


def _notice(random: Random) -> HtmlElement:
    text = random.choice(NOTICES)
    kind = random.randrange(5)
    if kind == 0:
        return lxml.html.fromstring(f"<p>{text}</p>")
    if kind == 1:
        return lxml.html.fromstring(f"<p><strong><a href='/x'>{text}</a></strong></p>")
    if kind == 2:
        return lxml.html.fromstring(f"<div class='ad-slot'><span>{text}</span></div>")
    if kind == 3:
        return lxml.html.fromstring(
            f"<form><h4>{text}</h4><p>{random.choice(NOTICES)}</p><input name='mail'></form>"
        )
    return lxml.html.fromstring(
        f"<div class='promo'><h4>{text}</h4><a href='/y'>{random.choice(NOTICES)}</a></div>"
    )


def _wrap(parent: HtmlElement, random: Random) -> None:
    """Put each of some children of *parent* into a box of its own."""
    for child in list(parent):
        if isinstance(child.tag, str) and random.random() < 0.5:
            box = lxml.html.Element(random.choice(("div", "section")))
            tail, child.tail = child.tail, None
            parent.replace(child, box)
            box.append(child)
            box.tail = tail


def hash_names(body: HtmlElement, random: Random) -> None:
    """Give each class and id in *body* another name, the same one everywhere."""
    salt = str(random.random())
    for element in body.iter():
        for name in _NAMED:
            if value := element.get(name):
                element.set(name, " ".join(_hash(salt, part) for part in value.split()))


def _hash(salt: str, name: str) -> str:
    return "x" + hashlib.sha256((salt + name).encode()).hexdigest()[:7]
