"""What stands between a reader and an article, in names and words: walls, consent, 404s.

A phrase alone decides nothing: it counts in a box of such a name, or beside hardly any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipelines.page.elements import BITS, visible_text
from pipelines.page.segments import Segments
from pipelines.text.words import word_count

_PHRASES = r"""
    subscribe (?:now )?to (?:continue|keep|read)
    (?<!scroll )to (?:continue|keep) reading
    (?:continue|keep) reading (?:this (?:article|story|post) )?(?:with|by|for)
    already (?:a|have an) (?:subscriber|member|account)\?
    (?:log|sign) in to (?:continue|read|view|access)
    this (?:ARTICLE) is (?:only |just )?(?:for|available to|reserved for) (?:\w+ ){0,2}(?:OTHERS)
    this (?:ARTICLE) is (?:only )?visible to (?:\w+ ){0,2}(?:OTHERS)
    (?:ARTICLE) is for (?:\w+ ){0,2}(?:OTHERS) only
    (?:subscribers?|members?)[- ]only (?:ARTICLE)
    (?:must|need to) be (?:an? (?:\w+ )?(?:member|subscriber)|logged in) (?:in order )?to (?:READ)
    (?:must|need to|please) (?:log ?in|sign ?in|subscribe|join) (?:in order )?to (?:READ)
    become a (?:\w+ )?(?:subscriber|member) to (?:read|continue|unlock|access)
    unlock (?:this|the (?:full|whole|rest)|full)
    th(?:is|e) (?:\w+ )?(?:ARTICLE) (?:is|has been) (?:restricted|locked|protected)
    membership (?:is )?required
    abonnez-vous (?:pour|afin)
    réservée? (?:aux|à nos) (?:abonnés|membres|adhérents)
    (?:connectez-vous|inscrivez-vous) pour (?:lire|continuer|accéder)
    jetzt abonnieren
    nur für (?:abonnenten|mitglieder|registrierte)
    (?:abonnenten|mitgliedern|abonnentinnen) vorbehalten
    weiterlesen mit|um weiterzulesen
    jetzt (?:anmelden|registrieren|testen) und weiterlesen
    solo para (?:suscriptores|miembros|socios|abonados)
    (?:suscríbete|suscribirse|inicia sesión) para (?:leer|seguir|continuar)
    (?:riservato|solo) (?:agli|per gli|per i) (?:abbonati|soci|iscritti|membri)
    (?:abbonati|accedi|iscriviti) per (?:leggere|continuare)
    (?:exclusivo|apenas|somente|só) para (?:assinantes|membros)
    (?:assine|inscreva-se|entre) para (?:ler|continuar)
    (?:alleen|exclusief) voor (?:abonnees|leden)
    (?:word lid|log in|abonneer je) om (?:verder te lezen|te lezen)
    (?:bara|endast|enbart) för (?:prenumeranter|medlemmar)
    (?:kun|bare|forbeholdt) for (?:abonnenter|medlemmer)
    (?:logga in|logg inn|log ind|bli prenumerant) för att läsa
    (?:logg inn|bli abonnent) for å lese
    (?:log ind|bliv abonnent) for at læse
    (?:vain|ainoastaan) (?:tilaajille|jäsenille)
    tylko dla (?:prenumeratorów|subskrybentów|członków)
    (?:jen|pouze) pro (?:předplatitele|členy)
    только для (?:подписчиков|участников|зарегистрированных)
    (?:подпишитесь|войдите), чтобы (?:читать|продолжить)
    лише для (?:передплатників|підписників)
    (?:sadece|yalnızca) (?:aboneler|üyeler)
    仅限(?:订阅|会员|付费)|(?:会员|會員|订阅者|訂閱者)(?:专享|專享|专属|專屬)
    登录后(?:继续)?阅读|(?:订阅|訂閱)(?:后|後)(?:继续|繼續)?(?:阅读|閱讀)
    会員限定|有料会員|ログインして(?:続き|読む)
    (?:続き|全文)(?:を|は|をお)(?:読む|読み|お読み).{0,12}(?:会員|登録|ログイン)
    (?:구독자|회원|유료)\s?(?:전용|만)|구독하고 계속
    सदस्यों के लिए
    للمشتركين فقط|(?:خاص|حصري) (?:بـ?|لل)(?:المشتركين|مشتركين|أعضاء)
"""
_NOUNS = {
    "ARTICLE": "article|story|content|post|page",
    "OTHERS": "subscribers|members|readers",
    "READ": "view|read|access|see|unlock|continue",
}
for _name, _words in _NOUNS.items():
    _PHRASES = _PHRASES.replace(_name, _words)
WALL = re.compile("|".join(line.strip() for line in _PHRASES.strip().splitlines()), re.IGNORECASE)
"""What such a box says."""

_WORDS_OF_CALLS = (
    *("subscribe", "reading", "subscriber", "member", "log in", "login", "sign in", "signin"),
    *("unlock th", "unlock full", "account?", "restricted", "locked", "protected", "logged in"),
    *("readers", "join"),
    *("abonne", "abonné", "membres", "adhérents", "connectez", "inscrivez", "mitglied"),
    *("registrierte", "weiterles", "weiterzulesen", "suscri", "suscrí", "miembros", "socios"),
    *("abonado", "inicia ses", "abbonat", "soci", "iscritti", "membri", "accedi", "iscriviti"),
    *("assinantes", "assine", "membros", "inscreva", "entre para", "leden", "lid om", "log in om"),
    *("prenumerant", "medlem", "logga in", "logg inn", "log ind", "tilaajille", "jäsenille"),
    *("prenumerator", "subskrybent", "członków", "předplatitele", "členy", "подписчик"),
    *("участников", "зарегистрированных", "подпишитесь", "войдите", "передплатників"),
    *("підписників", "aboneler", "üyeler", "订阅", "訂閱", "会员", "會員", "付费", "登录", "会員"),
    *("ログイン", "登録", "구독", "회원", "유료", "सदस्य", "مشتركين", "أعضاء", "المشتركين"),
)
"""Any phrase that `WALL` matches has one of these words."""
_ASCII_WORDS = tuple(word for word in _WORDS_OF_CALLS if word.isascii())
_LONGEST_WALL = 250  # words of a box: a longer one holds the article, whatever it is called
_BEHIND = 15  # segments behind a text in which a wall may follow
_LONGEST_PHRASED = 300  # characters of a line with such a phrase
_LOOKED_AT = 3000  # characters of a box in which a wall's words are looked for
_BOXES = ("div", "section", "aside", "dialog", "form")
_PARTED = "\0"  # stands in no text
_LONGEST_CALL = 200  # characters of a line that asks for a subscription


def wall_on(segments: Segments) -> int:
    """The number of the first segment that is a wall or stands in one; the number of all segments
    where none does."""
    nodes = segments.nodes
    walls = nodes.that_say(BITS["wall"] | BITS["gate"])
    filled = (nodes.first[one] for one in walls if nodes.first[one] < nodes.end[one])
    named = min(filled, default=len(segments))
    short = [s.text if len(s.text) <= _LONGEST_CALL else "" for s in segments[:named]]
    return next(_calls(short), named)


def _calls(texts: Sequence[str]) -> Iterator[int]:
    """The numbers of those *texts* that ask for a subscription."""
    every = _PARTED.join(texts).lower()
    signs = _ASCII_WORDS if every.isascii() else _WORDS_OF_CALLS
    for number in sorted({number for word in signs for number in _with(word, every)}):
        if WALL.search(texts[number]):
            yield number


def _with(sign: str, every: str) -> Iterator[int]:
    """The numbers of the texts that have *sign*."""
    number = at = 0
    while (place := every.find(sign, at)) >= 0:
        number += every.count(_PARTED, at, place)
        yield number
        at = every.find(_PARTED, place)
        if at < 0:
            return


CONSENT_WORDS = (
    *("cookie", "consent", "privacy", "datenschutz", "einwilligung", "confidentialité"),
    *("consentement", "privacidad", "consentimiento", "riservatezza", "consenso", "privacidade"),
    *("toestemming", "隐私", "同意", "ملفات تعريف"),
)
CONSENT = re.compile("|".join(CONSENT_WORDS), re.IGNORECASE)
"""What such a box says."""

NOT_FOUND = re.compile(
    r"^404\W*(?:$|error|page|not)|(?:error|http)\W*404\b|[|–—:-]\s*404\W*$"
    r"|(?:page|article|story|post|content) (?:not|could not be|cannot be|was not) found"
    r"|nothing (?:was )?found|no longer (?:available|exists)|page (?:does not|doesn['’]t) exist"
    r"|(?:seite|artikel) (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)"
    r"|página no encontrada|página não encontrada|pagina non trovata|pagina niet gevonden"
    r"|страница не найдена|nie znaleziono strony|sidan (?:kunde inte hittas|hittades inte)"
    r"|页面不存在|找不到(?:该)?(?:页面|網頁)|ページが見つかりません|पृष्ठ नहीं मिला|الصفحة غير موجودة",
    re.IGNORECASE,
)
"""How a title says that there is no such page."""

TEASER_END = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*"
    r"(?:(?:continue|keep) reading|read (?:more|the (?:rest|full)).*)?\W*$",
    re.IGNORECASE,
)
"""How the end of a text says that it goes on elsewhere."""

READ_ON = re.compile(r"\W*(?:continue reading|read the (?:full|whole|rest)|read more)\b", re.I)
"""How the beginning of a line says that it leads to the rest."""


_MOST_BUTTONS, _LONGEST_BUTTON = 60, 60  # buttons and links of such a page, characters of one
_ANSWER = re.compile(
    r"\b(?:accept|agree|allow|reject|decline|refuse|continue|ok(?:ay)?|got it|consent"
    r"|akzeptier|zustimm|einverstanden|ablehn|accepter|j['’]accepte|refuser|continuer|acept|rechaz"
    r"|accett|rifiut|aceit|recus|rejeit|accepteer|akkoord|weiger|godkänn|accepter|godta|hyväksy"
    r"|akceptuj|zgadzam|souhlas|přijm|принять|принимаю|соглас|kabul)"
    r"|同意|接受|拒绝|承諾|동의|موافق|قبول|स्वीकार|सहमत",
    re.IGNORECASE,
)
"""What the buttons of a question about consent say."""
_QUESTION = 250  # words of a page that is nothing but a question about consent
_MOST_LINKS = 6  # links of such a page


def asks_for_consent(segments: Segments) -> str | None:
    """The beginning of a page that is nothing but a question about cookies; None of any other."""
    if not segments or sum(segment.links for segment in segments) > _MOST_LINKS:
        return None
    if not any(segments.nodes.inputs[:1]):
        return None
    text = " ".join(segment.text for segment in segments[:60])
    if word_count(text) > _QUESTION or len(CONSENT.findall(text)) < 2:
        return None
    return text[:80] if _has_answer(segments) else None


def _has_answer(segments: Segments) -> bool:
    """Whether a page has a button by which its question is answered; a page about privacy has
    none."""
    root = segments.nodes.elements[0]
    for element in islice(root.iter("button", "input", "a"), _MOST_BUTTONS):
        said = " ".join((*map(str, element.itertext()), element.get("value") or ""))
        if len(said) <= _LONGEST_BUTTON and _ANSWER.search(said):
            return True
    return False


def consent_box(segments: Segments) -> str | None:
    """A box that asks for consent, where it is most of what the page says; a banner is less."""
    found = box_that_says(segments, "consent", CONSENT)
    if found is None:
        return None
    whole = sum(len(segment.text) for segment in segments)
    said = sum(
        len(segment.text)
        for segment in segments
        if _asks(segment.text) or segment.text[:40] in found
    )
    return found if 2 * said >= whole else None


def _asks(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in CONSENT_WORDS)


def gate_on(segments: Segments) -> str | None:
    """The beginning of a box that a membership system puts in the place of the rest of a text, by
    its name; or of a box named as a wall that says so."""
    nodes = segments.nodes
    for number in nodes.that_say(BITS["gate"] | BITS["wall"]):
        element = nodes.elements[number]
        if element.tag not in _BOXES or nodes.above[number] & BITS["hidden"]:
            continue
        text = _beginning(element)
        if not text or word_count(text) > _LONGEST_WALL:
            continue
        if nodes.bits[number] & BITS["gate"] or WALL.search(text):
            return text[:80]
    return None


def _beginning(element: HtmlElement) -> str:
    """The first of the text in a box."""
    pieces, size = [], 0
    for piece in visible_text(element):
        pieces.append(piece[: 2 * _LOOKED_AT])
        size += len(pieces[-1].strip())
        if size > 2 * _LOOKED_AT:
            break
    return " ".join(" ".join(pieces).split())


def wall_behind(lines: Sequence[str], last: int) -> str | None:
    """The line that asks for a subscription right behind the *last* of a page's *lines* that is
    text; None where none does."""
    behind = lines[last + 1 : last + 1 + _BEHIND]
    short = [text if len(text) <= _LONGEST_PHRASED else "" for text in behind]
    return next((short[number][:80] for number in _calls(short)), None)


def box_that_says(segments: Segments, name: str, words: re.Pattern[str]) -> str | None:
    """The beginning of a box of *segments* that is named as *name* and says what *words* do."""
    for number in segments.nodes.that_say(BITS[name]):
        element = segments.nodes.elements[number]
        if element.tag in _BOXES:
            text = _beginning(element)[:_LOOKED_AT]
            if words.search(text):
                return text[:80]
    return None
