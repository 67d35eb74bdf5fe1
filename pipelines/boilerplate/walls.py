"""What stands between a reader and an article, in names and words: walls, consent, 404s.

A phrase alone decides nothing: it counts in a box of such a name, or beside hardly any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.page.elements import BITS, visible_text
from pipelines.page.segments import Segments
from pipelines.text.words import word_count

WALL = re.compile(
    r"subscribe (?:now )?to (?:continue|keep|read)|(?<!scroll )to (?:continue|keep) reading"
    r"|(?:continue|keep) reading (?:this (?:article|story) )?(?:with|by|for)"
    r"|already a (?:subscriber|member)\?|(?:log|sign) in to (?:continue|read)"
    r"|this (?:article|story|content|post) is (?:only )?(?:for|available to|reserved for) "
    r"(?:\w+ )?(?:subscribers|members)|become a (?:subscriber|member) to read"
    r"|unlock (?:this|the full) (?:article|story)|abonnez-vous pour|réservé aux abonnés"
    r"|jetzt abonnieren|nur für abonnenten|weiterlesen mit|solo para suscriptores"
    r"|suscríbete para (?:leer|seguir)|riservato agli abbonati|abbonati per"
    r"|exclusivo para assinantes"
    r"|alleen voor abonnees|только для подписчиков|仅限订阅|会員限定|सदस्यों के लिए|للمشتركين فقط",
    re.IGNORECASE,
)
"""What such a box says."""

_WORDS_OF_CALLS = (
    *("subscribe", "reading", "subscriber", "member", "in to ", "unlock th", "abonne", "abonné"),
    *("weiterlesen", "suscri", "suscrí", "abbonat", "assinantes", "подписчик", "订阅", "会員"),
    *("सदस्य", "المشتركين"),
)
"""Any phrase that `WALL` matches has one of these words."""
_LOOKED_AT = 3000  # characters of a box in which a wall's words are looked for
_BOXES = ("div", "section", "aside", "dialog", "form")
_PARTED = "\0"  # stands in no text
_LONGEST_CALL = 200  # characters of a line that asks for a subscription


def wall_on(segments: Segments) -> int:
    """The number of the first segment that is a wall or stands in one; the number of all segments
    where none does."""
    nodes = segments.nodes
    walls = nodes.that_say(BITS["wall"])
    filled = (nodes.first[one] for one in walls if nodes.first[one] < nodes.end[one])
    named = min(filled, default=len(segments))
    short = [s.text if len(s.text) <= _LONGEST_CALL else "" for s in segments[:named]]
    return next(_calls(short), named)


def _calls(texts: Sequence[str]) -> Iterator[int]:
    """The numbers of those *texts* that ask for a subscription."""
    every = _PARTED.join(texts).lower()
    for number in sorted({number for word in _WORDS_OF_CALLS for number in _with(word, every)}):
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
    return text[:80]


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


def box_that_says(segments: Segments, name: str, words: re.Pattern[str]) -> str | None:
    """The beginning of a box of *segments* that is named as *name* and says what *words* do."""
    for number in segments.nodes.that_say(BITS[name]):
        element = segments.nodes.elements[number]
        if element.tag in _BOXES:
            text = " ".join(" ".join(visible_text(element)).split())[:_LOOKED_AT]
            if words.search(text):
                return text[:80]
    return None
