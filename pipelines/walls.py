"""What stands between a reader and an article, in names and words: walls, consent, 404s.

A phrase alone decides nothing: it counts in a box of such a name, or beside hardly any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.segments import Segments

WALL_NAMES = re.compile(
    r"(?:^|[-_\s])(?:pay-?wall|piano-?(?:offer|inline|container)|tp-modal|meter(?:ed)?-?(?:pay)?wall"
    r"|regwall|subscriber-?only|subscribe-?wall|premium-?wall|locked-?content|gate(?:way)?-?content"
    r"|content-?gate|members-?only)(?:$|[-_\s])",
    re.IGNORECASE,
)
"""The name of a box that stands before the rest of a text."""

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

_WORDS_OF_WALLS = ("wall", "piano", "tp-modal", "subscriber", "locked", "gate", "members")
"""Of these, any name that `WALL_NAMES` matches has one."""
_WORDS_OF_CALLS = (
    *("subscribe", "reading", "subscriber", "member", "in to ", "unlock th", "abonne", "abonné"),
    *("weiterlesen", "suscri", "suscrí", "abbonat", "assinantes", "подписчик", "订阅", "会員"),
    *("सदस्य", "المشتركين"),
)
"""Of these, any phrase that `WALL` matches has one."""
_PARTED = "\0"  # stands in no text
_LONGEST_CALL = 200  # characters of a line that asks for a subscription


def wall_on(page: Segments) -> int:
    """The number of the first segment that is, or stands in, a wall; of all segments: none does."""
    nodes, segments = page.nodes, page.segments
    boxes = _having([name for _, _, name in nodes.look], _WORDS_OF_WALLS, WALL_NAMES)
    filled = (nodes.first[box] for box in boxes if nodes.first[box] < nodes.end[box])
    named = min(filled, default=len(segments))
    short = [s.text if len(s.text) <= _LONGEST_CALL else "" for s in segments[:named]]
    return next(_having(short, _WORDS_OF_CALLS, WALL), named)


def _having(texts: Sequence[str], signs: Sequence[str], pattern: re.Pattern[str]) -> Iterator[int]:
    """The numbers of those *texts* that *pattern* finds something in; such have one of *signs*,
    for which is looked first."""
    every = _PARTED.join(texts).lower()
    for number in sorted({number for sign in signs for number in _with(sign, every)}):
        if pattern.search(texts[number]):
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


CONSENT_NAMES = re.compile(
    r"consent|cookie|gdpr|privacy|onetrust|didomi|usercentrics|sp_message|cmp(?:box|$|[-_\s])",
    re.IGNORECASE,
)
"""The name of a box that asks for consent."""

WORDS_OF_NAMES = (
    *("wall", "piano", "modal", "meter", "only", "content", "gate"),
    *("consent", "cookie", "gdpr", "privacy", "onetrust", "didomi", "usercentrics", "sp_", "cmp"),
)
"""Of these, any name that `WALL_NAMES` or `CONSENT_NAMES` matches has one."""

CONSENT_WORDS = (
    *("cookie", "consent", "privacy", "datenschutz", "einwilligung", "confidentialité"),
    *("consentement", "privacidad", "consentimiento", "riservatezza", "consenso", "privacidade"),
    *("toestemming", "隐私", "同意", "ملفات تعريف"),
)
CONSENT = re.compile("|".join(CONSENT_WORDS), re.IGNORECASE)
"""What such a box says."""

NOT_FOUND = re.compile(
    r"\b404\b|(?:page|article|story|post|content) (?:not|could not be|cannot be|was not) found"
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
"""How a text ends that goes on elsewhere."""

READ_ON = re.compile(r"\W*(?:continue reading|read the (?:full|whole|rest)|read more)\b", re.I)
"""How a line begins that leads to the rest."""
