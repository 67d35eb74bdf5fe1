"""Notes by which an article says that it was corrected: at its beginning or its end.

A note opens with one of these phrases, often with a day, or is a short paragraph that says what an
earlier version had said. A note of the editor counts if it names a change. `backissue show ID
--diff` shows which notes are new in a version.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.body.blocks import Block
from pipelines.text.words import word_count

_FIRST, _LAST = 2, 5  # blocks at the beginning and at the end of a body that may hold notes
_LONGEST = 150  # words of a note

_OPENINGS = r"""
    (?:corrections?|clarifications?|corrections? and clarifications?|errat(?:um|a))WHEN\s*[:.—–-]
    correction(?:s)?,? (?:\(|on |made )
    (?:editor['’]?s|editors['’]?) noteWHEN\s*[:.—–-](?=.*OF_A_CHANGE)
    this (?:article|story|post|piece|report|text) (?:was|has been) (?:amended|corrected|updated to)
    (?:an|a previous) (?:earlier )?version of this (?:article|story|post|piece|report|text)
    (?:berichtigung|korrektur|richtigstellung|klarstellung)WHEN\s*[:.—–-]
    anmerkung der redaktionWHEN\s*[:.—–-](?=.*OF_A_CHANGE)
    in einer (?:früheren|älteren|ersten) (?:version|fassung)
    (?:rectificatif|correction|erratum|précision)WHEN\s*:
    une (?:première |précédente )?version (?:précédente |antérieure )?de cet article
    (?:correcci[óo]n|fe de erratas?|rectificaci[óo]n)WHEN\s*:
    una versi[óo]n (?:anterior|previa) de este art[íi]culo
    (?:correzione|rettifica|errata corrige)WHEN\s*:
    una (?:prima|precedente) versione di questo articolo
    (?:corre[çc][ãa]o|errata|retifica[çc][ãa]o)WHEN\s*:
    uma vers[ãa]o anterior (?:deste|desta)
    (?:correctie|rectificatie)WHEN\s*:
    in een eerdere versie van dit (?:artikel|stuk)
    (?:rettelse|rättelse|retting|korrigering)\s*:
    (?:更正|訂正|勘误|勘誤)\s*[:：]
    (?:تصحيح|تصويب)\s*[:：]
    (?:исправление|поправка|уточнение)\s*[:.—–-]
    (?:सुधार|शुद्धि)\s*[:：]
"""
_WHEN = (
    r"(?:,?\s\(?(?:(?:added|appended|made|on|of|vom|du|del|di|van)\s)?"
    r"[^:—–]{0,20}(?:19|20)\d\d\)?)?"
)
_OF_A_CHANGE = (
    r"\b(?:correct|updat|amend|clarif|misstat|error|earlier|previous|original|added|removed|changed"
    r"|korrig|bericht|aktualis|geändert|ergänzt|früher|ursprünglich)"
)
_NOTE = re.compile(
    r"[\W_]*(?:"
    + "|".join(
        line.strip().replace("WHEN", _WHEN).replace("OF_A_CHANGE", _OF_A_CHANGE)
        for line in _OPENINGS.strip().splitlines()
    )
    + ")",
    re.IGNORECASE | re.DOTALL,
)


def corrections_in(blocks: Sequence[Block]) -> tuple[str, ...]:
    """The texts of the notes among *blocks*, those of a body, in their order."""
    edge = {*range(_FIRST), *range(len(blocks) - _LAST, len(blocks))}
    return tuple(
        block.text
        for number, block in enumerate(blocks)
        if number in edge and is_correction(block.text)
    )


def is_correction(text: str) -> bool:
    """Whether a paragraph is a note of a correction."""
    return _NOTE.match(text) is not None and word_count(text) <= _LONGEST
