"""Boxes as they stand between the paragraphs of pages: sign-ups, promotions, threads, cards.

Real ones of other pages are let in, too (`augment`); of these there are never enough in which
prose stands beside a field, or a short line beside a link.
"""

from __future__ import annotations

from html import escape
from random import Random

import lxml.html
from lxml.html import HtmlElement

_TITLES = """
The week in your inbox|Stay close|One letter a month|Keep reading|More from this series
On this topic|Post für Sie|Mehr zum Thema|Das Beste der Woche|Die Redaktion empfiehlt
À lire ensuite|Notre lettre
Sigue leyendo|Cartas de la semana|Per continuare|La nostra lettera|今日推荐|编辑来信|おすすめの記事
पढ़ते रहिए|हमारी चिट्ठी|Читайте дальше|Письмо недели|اقرأ المزيد|رسالة الأسبوع|Czytaj dalej
"""
_SENTENCES = """
Every Sunday we send one long story and three short ones, and nothing else.
We write to you when the new issue is ready. You can leave at any time, with one click.
Leave an address, and the next letter will find you before breakfast.
Two thousand people read it with their coffee; there is room for one more.
No advertising, no noise: only what our writers would send to a friend.
Your address stays with us, and we use it for this letter alone.
One garden, one recipe and one map, by mail, at the end of each month.
The people who make this magazine live from what their readers give.
If you have read this far, you may like the book that came of it.
Tickets for the autumn talks go on sale this Thursday at noon.
A walk along the river in four parts, with the places where you can sit down.
How a small town kept its theatre, and what the roof has cost it since.
The bakery opens at five, the queue is there at four, and nobody can say why.
She mended clocks for forty years and never once arrived in time.
I grew up two streets from there, and the smell of the yard comes back as I read.
Lovely piece. My uncle worked on that line until they closed it.
I am not sure about the second part, but the first is right.
Does anybody know whether the path is open in winter?
Thank you for this. I have sent it to my sister, who will disagree with all of it.
Jeden Freitag schicken wir Ihnen die schönsten Geschichten der Woche.
Tragen Sie Ihre Adresse ein, und der nächste Brief kommt von selbst.
Wie ein Dorf seinen Bahnhof behielt, und was der Fahrplan davon hat.
Ein sehr schöner Text; mein Vater hat dort noch gearbeitet.
Chaque mois, une lettre, une carte et une recette, rien de plus.
Comment un petit port a retrouvé ses bateaux sans perdre son silence.
Merci pour cet article, je l'ai lu deux fois.
Cada domingo, una historia larga y tres breves, en su correo.
Una calle, dos panaderías y una disputa que dura treinta años.
Ogni mese una lettera, una mappa e una ricetta: niente altro.
Il mulino gira ancora, ma nessuno sa più per chi.
每个星期天，我们寄出一篇长文和三篇短文。
小镇上的钟表匠修了四十年的钟，自己却总是迟到。
写得真好，我爷爷也在那条船上工作过。
毎月一度、短い手紙をお送りします。いつでもおやめになれます。
港の古い倉庫が、町の図書館になるまで。
हर रविवार हम एक लंबी और तीन छोटी कहानियाँ भेजते हैं।
नदी के किनारे का बाज़ार और वे लोग जो उसे हर सुबह खोलते हैं।
Раз в месяц мы присылаем одно письмо, одну карту и один рецепт.
Как маленький город сохранил свой вокзал.
كل أسبوع رسالة واحدة فيها حكاية طويلة وثلاث قصيرة.
"""
_LINKS = """
Join us|Sign me up|Read it here|To the programme|All parts|Become a member|Jetzt eintragen|Zum Text
Je m'inscris|Lire la suite|Apúntame|Leer más|Iscriviti|Leggi|马上订阅|阅读全文|登録する
यहाँ पढ़ें|Подписаться
"""
_NAMES = [
    "old_anchor",
    "Marta K.",
    "J. Weir",
    "一読者",
    "Пётр",
    "riverman44",
    "Hélène",
    "A reader in Ulm",
    "Tomás",
    "नीता",
]


def _of(text: str, mark: str = "|") -> list[str]:
    return [one for line in text.strip().splitlines() for one in line.split(mark)]


TITLES, SENTENCES, LINKS = _of(_TITLES), _of(_SENTENCES, "\n"), _of(_LINKS)


def box(random: Random) -> HtmlElement:
    """A box of a random kind, as a theme may put it among paragraphs."""
    kind = random.choice((_sign_up, _sign_up, _promotion, _promotion, _thread, _cards))
    return lxml.html.fromstring(kind(random))


def _tag(random: Random, *names: str) -> str:
    return random.choice(names)


def _text(random: Random, name: str, text: str) -> str:
    return f"<{name} class='{random.randrange(10**6):x}'>{escape(text)}</{name}>"


def _prose(random: Random, most: int) -> str:
    return " ".join(random.sample(SENTENCES, random.randint(1, most)))


def _sign_up(random: Random) -> str:
    title = _text(random, _tag(random, "h2", "h3", "h4", "div", "p"), random.choice(TITLES))
    words = _text(random, _tag(random, "p", "p", "div"), _prose(random, 3))
    field = f"<input type='email' placeholder='@'><button>{random.choice(LINKS)}</button>"
    if random.random() < 0.4:
        field = f"<form action='/x'>{field}</form>"
    parts = [title, words, field][random.random() < 0.3 :]
    outer = _tag(random, "div", "section", "aside")
    return f"<{outer}>{''.join(parts)}</{outer}>"


def _promotion(random: Random) -> str:
    words = _text(random, _tag(random, "p", "p", "div", "h3", "h4"), _prose(random, 2))
    link = f"<a href='/x/{random.randrange(99)}'>{random.choice(LINKS + TITLES)}</a>"
    wrapped = f"<p>{link}</p>" if random.random() < 0.7 else link
    parts = [words, wrapped] if random.random() < 0.8 else [wrapped, words]
    return f"<div>{''.join(parts)}</div>"


def _thread(random: Random) -> str:
    rows = "".join(
        f"<li>{_text(random, 'div', random.choice(_NAMES))}"
        f"{_text(random, _tag(random, 'p', 'div'), _prose(random, 2))}</li>"
        for _ in range(random.randint(1, 5))
    )
    name = _tag(random, "h2", "h3", "div")
    title = _text(random, name, f"{random.randint(1, 9)} · {random.choice(TITLES)}")
    fields = "<p><label>…</label><textarea name='c'></textarea></p><p><input type='submit'></p>"
    form = f"<form>{fields}</form>" if random.random() < 0.7 else ""
    return f"<div>{title}<ol>{rows}</ol>{form}</div>"


def _cards(random: Random) -> str:
    head = _tag(random, "h3", "h3", "h4", "div")
    rows = "".join(_card(random, head, number) for number in range(random.randint(2, 6)))
    title = _text(random, _tag(random, "h2", "h3", "div"), random.choice(TITLES))
    return f"<div>{title}<ul>{rows}</ul></div>"


def _card(random: Random, head: str, number: int) -> str:
    link = f"<a href='/y/{number}'>{escape(random.choice(SENTENCES)[:60])}</a>"
    words = _text(random, _tag(random, "p", "div"), _prose(random, 2))
    dated = ""
    if random.random() < 0.6:
        day = f"{random.randint(1, 28)}.{random.randint(1, 12)}.2024"
        dated = _text(random, "div", day)
    return f"<li><{head}>{link}</{head}>{words}{dated}</li>"
