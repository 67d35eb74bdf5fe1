"""The script of a text into what it says of the language."""

from __future__ import annotations

import re

_SCRIPTS = {
    "hang": r"\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f",
    "kana": r"\u3041-\u30ff",
    "hani": r"\u3400-\u4dbf\u4e00-\u9fff",
    "cyrl": r"\u0400-\u052f",
    "grek": r"\u0370-\u03ff\u1f00-\u1fff",
    "arab": r"\u0620-\u06ff\u0750-\u077f",
    "hebr": r"\u05d0-\u05ea",
    "deva": r"\u0900-\u097f",
    "beng": r"\u0980-\u09ff",
    "guru": r"\u0a00-\u0a7f",
    "gujr": r"\u0a80-\u0aff",
    "orya": r"\u0b00-\u0b7f",
    "taml": r"\u0b80-\u0bff",
    "telu": r"\u0c00-\u0c7f",
    "knda": r"\u0c80-\u0cff",
    "mlym": r"\u0d00-\u0d7f",
    "sinh": r"\u0d80-\u0dff",
    "thai": r"\u0e00-\u0e7f",
    "laoo": r"\u0e80-\u0eff",
    "mymr": r"\u1000-\u109f",
    "geor": r"\u10a0-\u10ff",
    "ethi": r"\u1200-\u137f",
    "khmr": r"\u1780-\u17ff",
    "armn": r"\u0530-\u058f",
    "latn": r"a-zA-Z\u00c0-\u024f\u1e00-\u1eff",
}
_RUNS = {name: re.compile(f"[{letters}]+") for name, letters in _SCRIPTS.items()}
_WRITTEN_IN = """
hang:ko kana:ja hani:zh,yue,ja,lzh cyrl:ru,uk,be,bg,mk,sr,kk,ky,mn,tg,tt,ba,cv,ce,os,uz,az,bs,sh
grek:el arab:ar,fa,ur,ps,ckb,ku,ug,sd,ks,az,pa,prs hebr:he,iw,yi,lad deva:hi,mr,ne,sa,mai,kok,bho
beng:bn,as,bpy guru:pa gujr:gu orya:or taml:ta telu:te knda:kn mlym:ml sinh:si thai:th laoo:lo
mymr:my geor:ka,xmf ethi:am,ti khmr:km armn:hy
"""
WRITTEN_IN = {
    name: tuple(languages.split(","))
    for name, languages in (pair.split(":") for pair in _WRITTEN_IN.split())
}
"""The languages that are written in each script but Latin; the first of them is the most usual."""
ONE_LANGUAGE = frozenset(
    name for name in WRITTEN_IN if name not in ("cyrl", "arab", "deva", "hani", "beng", "hebr")
)
"""Scripts that tell the language; Han does where there is no Kana."""
_KANA_OF_JAPANESE = 0.05  # of a text's letters: Chinese texts have none
_MOST = 0.6  # of a text's letters


def script_of(text: str) -> str | None:
    """The script of most of the letters *text*: four letters as in ISO 15924, but `kana` for
    Japanese and `hang` for Korean; None where no script has that many."""
    if len(text.encode("ascii", "ignore")) > _MOST * len(text):
        return "latn"
    counts = {name: sum(map(len, runs.findall(text))) for name, runs in _RUNS.items()}
    letters = sum(counts.values())
    if not letters:
        return None
    if counts["kana"] + counts["hani"] > _MOST * letters and counts["kana"] > (
        _KANA_OF_JAPANESE * letters
    ):
        return "kana"
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] > _MOST * letters else None
