"""What follows a name in a byline: where, for whom, when it was changed."""

from __future__ import annotations

import re

_TAIL = re.compile(
    r"\s*(?:[(\[（][^()（）]*[)\]）]|[(（][^()（）]*"
    r"|(?:[,|–—-]\s*|\s)(?:updated|published|posted|last modified|aktualisiert|veröffentlicht"
    r"|stand|publié|mis à jour|publicado|actualizado"
    r"|pubblicato|aggiornato|gepubliceerd|bijgewerkt|opublikowano|publisert|oppdatert|publicerad"
    r"|uppdaterad|опубликовано|обновлено)\b.*"
    r"|[,|–—-]\s*(?:on|in|for|at|of|from|aus|bei|für|à|chez|pour|en|para|per|voor|bij|i|w|dla|в"
    r"|из|для|special to|as told to|\d)(?!\w).*"
    r"|\s(?:at|um|à|om|kl\.?|às|alle)\s+\d.*"
    r"|\s(?:via|u\.\s?a\.|et\s?al\.?|e\.\s?a\.|i dr\.|и др\.|等|ほか)(?!\w).*"
    r"|[,|–—-]?\s+(?:on behalf of|im auftrag|pour le compte|en nombre de|per conto|namens)\s.*"
    r"|[,|–—-]\s*(?:head|chair|dean|chef|leiter|leiterin|member|fellow|owner|host|vice president"
    r"|mitglied|membre|miembro)\s+(?:of|der|des|du|de|del|da|di)\s.*"
    r"|[,|–—-]\s*(?:\w+day)\b.*|\s(?:on)\s+(?=\S*\s?\d).*|[,\s]+\d+\s?(?:min|minute|minuto"
    r"|minuten|Min)\w*.*)$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s+[(\[（][^()（）]*[)\]）]$")
_IN_PLACE = re.compile(
    r"(?<=\w\w)\s(?:in|aus|à|в|w|en|da)\s+[A-ZÄÖÜÉА-Я][\w-]+(?:\s[A-ZÄÖÜÉА-Я][\w-]+)?"
    r"(?=\s(?:and|und|et|y|e|и|i)\s|,)"
)
_SOMEWHERE = re.compile(r"(?P<name>\S+\s\S.*?)\s(?:in|at|for|aus|à|для|w|из)\s+[A-ZÄÖÜÉА-Я].*")


def without_asides(piece: str) -> str:
    """*piece* of a byline without what stands in brackets at its end, and places after names."""
    return _BRACKETED.sub("", _IN_PLACE.sub("", piece))


def without_tail(piece: str) -> str:
    """*piece* of a byline without what follows its names."""
    piece = _TAIL.sub("", piece)
    somewhere = _SOMEWHERE.fullmatch(piece)
    return somewhere["name"] if somewhere else piece
