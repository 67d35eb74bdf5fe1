"""A German magazine of plain sections and lists, which writes its dates and names in words."""

from __future__ import annotations

from collections.abc import Sequence

from sites.base import Page, Post, Site, links, prose
from sites.tongues import GERMAN

_MONTHS = {"01": "Januar", "02": "Februar", "12": "Dezember"}
_STATICS = (
    *(("/ueber-uns", "Über uns"), ("/redaktion", "Redaktion"), ("/abo", "Abonnement")),
    *(("/kontakt", "Kontakt"), ("/impressum", "Impressum"), ("/datenschutz", "Datenschutz")),
)
_MENU = (("/", "Start"), ("/ressort/kultur", "Kultur"), ("/nachrichten", "Nachrichten"), ("/podcast", "Podcast"), ("/heft/3-2026", "Heft"))  # fmt: skip


def _post(path: str, title: str, author: str, date: str, things: str) -> Post:
    return Post(path, title, author, date, GERMAN.text(path, things.split("|"), 4 + len(path) % 3))


POSTS = (
    _post("/artikel/das-letzte-stellwerk", "Das letzte Stellwerk", "Anna Pohl", "2026-02-20", "das Stellwerk|die Weiche|der Bahnhof|der Fahrplan"),
    _post("/artikel/wem-gehoert-der-wald", "Wem gehört der Wald?", "Emil Krug", "2026-02-17", "der Forst|das Sägewerk|die Schonung|der Holzweg"),
    _post("/artikel/eine-glocke-auf-reisen", "Eine Glocke auf Reisen", "Anna Pohl", "2026-02-12", "die Glocke|der Turm|das Läutwerk|der Guss"),
    _post("/artikel/die-stille-im-hallenbad", "Die Stille im Hallenbad", "Vera Immel", "2026-02-05", "das Hallenbad|der Sprungturm|die Umkleide|das Becken"),
    _post("/artikel/vom-glueck-der-landkarte", "Vom Glück der Landkarte", "Emil Krug", "2026-01-28", "die Landkarte|der Maßstab|das Blatt 17|die Höhenlinie"),
    _post("/artikel/brot-und-behoerde", "Brot und Behörde", "Vera Immel", "2026-01-21", "der Backofen|das Formular|die Mühle|der Stempel"),
    _post("/artikel/der-schlaf-der-fabriken", "Der Schlaf der Fabriken", "Anna Pohl", "2026-01-14", "die Spinnerei|der Schornstein|das Kesselhaus|die Sirene"),
    _post("/artikel/ein-museum-fuer-fehler", "Ein Museum für Fehler", "Emil Krug", "2026-01-07", "das Museum|die Vitrine|der Fehldruck|das Depot"),
    _post("/artikel/am-ende-der-linie-acht", "Am Ende der Linie acht", "Vera Immel", "2025-12-18", "die Straßenbahn|die Wendeschleife|der Kiosk|das Depot"),
    _post("/artikel/kleine-kunde-vom-regen", "Kleine Kunde vom Regen", "Anna Pohl", "2025-12-09", "der Regenmesser|das Dach|die Zisterne|der Wetterbericht"),
)  # fmt: skip


def _day(date: str) -> str:
    return f"{int(date[8:])}. {_MONTHS[date[5:7]]} {date[:4]}"


def page(title: str, main: str) -> str:
    return f"""<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title} | Die Lupe</title>
<meta name="description" content="Die Lupe: Magazin für das Naheliegende"></head><body>
<header><a class="logo" href="/">Die Lupe</a><nav><ul>{links(_MENU)}</ul></nav></header>
<section id="inhalt">{main}</section>
<footer><ul class="service">{links(_STATICS)}</ul><p>© Die Lupe Verlag GmbH</p></footer></body></html>"""


def _article(one: Post, body: str, below: str = "") -> str:
    line = f'<p class="autor">Von {one.author} | {_day(one.date)}</p>' if one.author else ""
    return page(one.title, f"<h1>{one.title}</h1>{line}<div class='text'>{body}</div>{below}")


def _teaser(one: Post, said: str | None = None) -> str:
    return (
        f'<li class="eintrag"><span class="datum">{_day(one.date)}</span> <h3><a href="{one.path}">'
        f'{one.title}</a></h3><p>{said or one.summary}</p><p class="autor">Von {one.author}</p></li>'
    )


def _list(title: str, items: str, above: str = "") -> str:
    return page(title, f"<h1>{title}</h1>{above}<ul class='liste'>{items}</ul>")


def _teasers(posts: Sequence[Post]) -> str:
    return "".join(_teaser(one) for one in posts)


def _more(posts: Sequence[Post]) -> str:
    return f"<aside><h2>Lesen Sie auch</h2><ul class='liste'>{_teasers(posts)}</ul></aside>"


EPISODES = tuple(
    Post(f"/podcast/{slug}", title, "Emil Krug", date, GERMAN.text(slug, things.split("|"), 2))
    for slug, title, date, things in (
        ("folge-12", "Folge 12: Die Frau, die Brücken zählt", "2026-02-19", "die Brücke|das Geländer|der Zählbogen"),
        ("folge-11", "Folge 11: Ein Dorf ohne Netz", "2026-02-04", "der Funkmast|das Telefonhaus|die Leitung"),
    )
)  # fmt: skip
_NOTICES = "".join(
    f"<div class='meldung'><b>{_day(one.date)}</b> {one.summary} <a href='{one.path}'>Weiterlesen</a></div>"
    for one in POSTS[:7]
)
_TABLE = "".join(
    f"<tr><td>{_day(one.date)}</td><td><a href='{one.path}'>{one.title}</a></td><td>{one.author}</td></tr>"
    for one in POSTS
    if one.date.startswith("2026-01")
)
_ISSUE = "".join(
    f"<dt>{number * 8 + 6}</dt><dd><a href='{one.path}'>{one.title}</a><br>{one.author}</dd>"
    for number, one in enumerate(POSTS[:6])
)
_LIFE = "Anna Pohl, geboren 1981 in Husum, lernte Buchbinderin und studierte danach Geschichte in Leipzig. Seit 2014 schreibt sie für die Lupe über Züge, Glocken und Wetter. Sie lebt mit drei Katzen an einer Bahnstrecke."  # fmt: skip
_HAND = (
    "Ein Wald, drei Besitzer und ein Zaun: Unser Reporter hat alle vier besucht.",
    "Warum eine Wanderkarte von 1931 klüger ist als jedes Telefon. Ein Lob in zehn Blättern.",
)
LISTS = (
    Page("/", page("Startseite", f"<ul class='liste'>{_teasers(POSTS[:6])}</ul><a href='/seite/2'>Ältere Beiträge</a>"), "list", "section"),
    Page("/seite/2", page("Seite 2", f"<ul class='liste'>{_teasers(POSTS[6:])}</ul>"), "list", "section"),
    Page("/ressort/kultur", page("Kultur", f"<h1><a href='{POSTS[2].path}'>{POSTS[2].title}</a></h1><div>{prose(POSTS[2].texts[:3])}</div><ul class='liste'>{_teasers(POSTS[3:5])}</ul>"), "list", "section", "Kultur"),
    Page("/nachrichten", page("Nachrichten", _NOTICES), "list", "section", "Nachrichten"),
    Page("/thema/wald", _list("Thema: Wald", _teaser(POSTS[1])), "list"),
    Page("/thema/empfohlen", _list("Von uns empfohlen", "".join(_teaser(one, said) for one, said in zip((POSTS[1], POSTS[4]), _HAND, strict=True))), "list"),
    Page("/autoren/anna-pohl", _list("Anna Pohl", _teasers([one for one in POSTS if one.author == "Anna Pohl"]), f"<p>{_LIFE}</p>"), "list", "section", "Anna Pohl"),
    Page("/autoren/emil-krug", _list("Emil Krug", links([(one.path, one.title) for one in POSTS if one.author == "Emil Krug"])), "list"),
    Page("/archiv/2026/01", page("Januar 2026", f"<h1>Januar 2026</h1><table>{_TABLE}</table>"), "list"),
    Page("/archiv", _list("Archiv", links([(f"/archiv/{year}", f"Jahrgang {year}") for year in range(2014, 2027)])), "list", "section", "Archiv"),
    Page("/heft/3-2026", page("Heft 3/2026", f"<h1>Heft 3/2026</h1><p>Im Handel ab 27. Februar. 9,80 Euro.</p><dl>{_ISSUE}</dl>"), "list", "section", "Heft"),
    Page("/suche?q=Depot&page=2", _list("Suche: Depot", _teasers([POSTS[7], POSTS[8], POSTS[0]])), "list", "user"),
    Page("/podcast", _list("Der Lupe-Podcast", "".join(_teaser(one, said) for one, said in zip(EPISODES, ("Emil fährt von Ufer zu Ufer und verliert nach der vierzigsten den Überblick.", "Was passiert, wenn niemand anrufen kann? Man redet, und zwar viel."), strict=True))), "list", "section", "Podcast"),
    Page("/volltext", page("Alles lesen", "".join(f"<h2><a href='{one.path}'>{one.title}</a></h2><p class='autor'>{one.author}, {_day(one.date)}</p>{prose(one.texts)}" for one in POSTS[3:6])), "list"),
)  # fmt: skip


def _static(path: str, title: str, *texts: str) -> Page:
    return Page(path, page(title, f"<h1>{title}</h1>{prose(texts)}"), "static")


STATICS = (
    _static("/ueber-uns", "Über uns", "Die Lupe ist ein unabhängiges Magazin für das Naheliegende. Wir berichten über Dinge, an denen alle vorbeigehen.", "Gegründet wurde die Lupe 2014 in Leipzig. Sie erscheint sechsmal im Jahr und täglich im Netz. Wir finanzieren uns aus Abonnements."),
    _static("/redaktion", "Redaktion", "<b>Anna Pohl</b>, Chefredaktion. Schreibt über Züge und Wetter.", "<b>Emil Krug</b>, Podcast und Reportage. Wandert beruflich.", "<b>Vera Immel</b>, Gesellschaft. Kennt jedes Hallenbad in Sachsen.", "<b>Rolf Tann</b>, Gestaltung. Zählt die Zeilen."),
    _static("/abo", "Abonnement", "Sechs Hefte im Jahr für 54 Euro, ermäßigt 36 Euro. Das Abonnement verlängert sich um ein Jahr und kann jederzeit gekündigt werden.", "Zur Begrüßung schicken wir Ihnen das Heft über Brücken."),
    _static("/kontakt", "Kontakt", "Die Lupe, Karl-Heine-Straße 93, 04229 Leipzig", "Telefon 0341 960 1140, Montag bis Donnerstag von 10 bis 15 Uhr", "E-Mail: post@lupe.example"),
    _static("/impressum", "Impressum", "Die Lupe Verlag GmbH, Karl-Heine-Straße 93, 04229 Leipzig. Geschäftsführung: Rolf Tann. Amtsgericht Leipzig, HRB 41877. USt-IdNr. DE 299 118 407.", "Verantwortlich im Sinne des Medienstaatsvertrags: Anna Pohl, Anschrift wie oben.", "Wir sind nicht bereit, an Streitbeilegungsverfahren vor einer Verbraucherschlichtungsstelle teilzunehmen."),
    _static("/datenschutz", "Datenschutz", "Wir verarbeiten personenbezogene Daten nur, soweit dies für den Betrieb dieser Seite nötig ist. Rechtsgrundlage ist Artikel 6 Absatz 1 der Datenschutz-Grundverordnung.", "Cookies setzen wir nur für die Anmeldung. Eine Auswertung Ihres Verhaltens findet nicht statt.", "Sie haben das Recht auf Auskunft, Berichtigung und Löschung. Beschwerden richten Sie an die Aufsichtsbehörde."),
)  # fmt: skip
_QUAY = "<ul>" + "".join(f'<li><a href="https://verlag.example/{n}">{title}</a></li>' for n, title in enumerate(("Karin Lenz: Nachtzug", "Olaf Brand: Die Deiche", "Mia Torres: Salz", "Hanno Weiß: Unter Tage", "Ruth Imhof: Der Gast", "Jan Kirsch: Achtzehn Grad"))) + "</ul>"  # fmt: skip
_SERIES = "In dieser Reihe besucht Vera Immel Orte, an denen gewartet wird, und bleibt jeweils einen ganzen Tag. Sie bringt einen Klappstuhl mit, stellt keine Fragen und schreibt auf, was geschieht, wenn nichts geschieht."  # fmt: skip
_WAITING = ("Das Wartezimmer", "Die Fähre", "Das Amt")
_HOURS = ["der Klappstuhl", "die Uhr", "das Schild", "die Schlange", "der Automat"]


def _own(slug: str, title: str, author: str = "Vera Immel", date: str = "2026-02-10") -> Post:
    return Post(f"/artikel/{slug}", title, author, date, ())


def _made(one: Post, body: str, below: str = "") -> Page:
    return Page(one.path, _article(one, body, below), "article", title=one.title)


def _wait(number: int) -> Page:
    parts = links([(f"/artikel/warten-{n}", f"Teil {n}: {name}") for n, name in enumerate(_WAITING, 1)])  # fmt: skip
    one = _own(f"warten-{number}", f"Warten, Teil {number}: {_WAITING[number - 1]}")
    return _made(one, f"<p><i>{_SERIES}</i></p><ul>{parts}</ul>{prose(GERMAN.text(one.path, _HOURS, 4))}")  # fmt: skip


ARTICLES = (
    *(Page(one.path, _article(one, prose(one.texts), _more(POSTS[n - 2 : n] or POSTS[3:5])), "article", "feed" if n % 2 else "sitemap", one.title, one.date) for n, one in enumerate(POSTS)),
    *(Page(one.path, _article(one, prose(one.texts)), "article", "section", one.title) for one in EPISODES),
    *(_wait(number) for number in (1, 2, 3)),
    _made(_own("buecher-des-jahres", "Die besten Bücher des Jahres", "Emil Krug", "2025-12-20"), "<p>Sechs Bücher, die wir verschenken werden.</p>" + _QUAY),
    _made(_own("nachtfahrt", "Nachtfahrt", ""), "<p>Der Zug hält an, und keiner steigt<br>hinaus ins ungeheure Feld.<br>Der Schaffner geht vorbei und schweigt,<br>als hätte er den Mond bestellt.</p><p>Dann fährt er an. Ein Licht, ein Haus,<br>ein Mensch am Fenster, der uns sieht.<br>So löscht man eine Lampe aus.<br>So merkt man nicht, wie es geschieht.</p>"),
    _made(_own("leserbriefe-februar", "Leserbriefe im Februar", "Anna Pohl"), prose(("Zum Stellwerk: Mein Vater hat dort gearbeitet und nie, wie Sie schreiben, geschlafen. Er hat nachgedacht. <i>Helga Ruppert, Wismar</i>", "Zum Wald: Der vierte Besitzer bin ich. Sie hätten klingeln können. <i>G. von Ahlen</i>", "Bitte drucken Sie wieder größer. <i>Viele, aus Chur</i>"))),
    _made(_own("gespraech-mit-einer-schleusenwaerterin", "„Das Wasser hat immer recht“", "Emil Krug"), prose(("<b>Frau Tiede, wie oft wird eine Schleuse am Tag bedient?</b>", "Im Sommer vierzigmal, im Winter manchmal gar nicht. Dann öle ich alles und rede mit den Reihern.", "<b>Was war das Seltsamste, das hindurchfuhr?</b>", "Ein Klavier auf einem Floß. Der Mann spielte, ich hob ihn zwei Meter an, und er merkte es nicht.", "<b>Und wenn die Automatik kommt?</b>", "Dann hebt sie ihn auch. Aber sie erzählt es keinem."))),
    _made(_own("kurz-notiert", "Wieder Licht im Hof", "Anna Pohl"), "<p>Die Laterne im Hof der Redaktion brennt wieder. Der Elektriker wollte kein Geld, aber ein Abonnement.</p>", _more(POSTS[:3])),
    _made(_own("nachruf-auf-einen-glockengiesser", "Nachruf auf einen Glockengießer", "Anna Pohl"), f"<p>Konrad Hieber, der im Januar mit 84 Jahren starb, goss 212 Glocken. Über seine letzte schrieben wir vor zwei Wochen:</p><blockquote><p>{POSTS[2].texts[0]}</p></blockquote><p>Er las es, rief an und korrigierte das Gewicht. Seine Werkstatt bleibt bis Ostern offen, dann wird sie, wie er sagte, abgekühlt.</p>"),
    _made(_own("noch-einmal-der-regen", "Noch einmal: Kleine Kunde vom Regen", "Anna Pohl", "2026-02-18"), f"<p>Dieser Text erschien im Dezember. Weil es seither nicht aufgehört hat zu regnen, bringen wir ihn noch einmal, mit Dank an alle, die uns ihre Messwerte geschickt haben.</p>{prose(POSTS[9].texts)}"),
    Page("/archiv/ein-tag-im-magazin", _article(_own("", "Ein Tag im Magazin", "Emil Krug"), prose(GERMAN.text("magazin", ["das Regal", "die Signatur", "der Aufzug", "der Staub"], 5))), "article"),
)  # fmt: skip
LUPE = Site("lupe", (*LISTS, *STATICS, *ARTICLES))
