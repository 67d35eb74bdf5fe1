"""Texts and pages into the language in which they are written, by py3langid's model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from pipelines.text.scripts import ONE_LANGUAGE, WRITTEN_IN, script_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ENOUGH = 60  # bytes of letters in UTF-8: about ten words, or twenty Han characters
_LOOKED_AT = 4096  # characters: on 1,498 texts twice as many changed no answer, and cost time
_NO_LANGUAGE = "zxx"
_NOTHING_KNOWN = -1e38  # the score of a text in which the model finds none of its features
_FIRST_WORDS = 1500  # characters whose words show that a text is in the language declared
_LONG = 300  # letters of a text whose words tell its language beyond doubt
_FAR = 60  # by how much the logarithms of two languages' probabilities differ then
_USUAL = 0.08  # of a text's words: the texts of a corpus have more than 0.15
_A_WORD = re.compile(r"[^\W\d_]+")
_NO_LETTERS = re.compile(r"[\W\d_]+|https?://\S*")
_UNSEEN = ("head", "script", "style", "template", "noscript", "textarea", "svg")

_COMMON_WORDS = """
en: the and of to in is that for it with was on as are this
de: der die und das den von zu mit ist nicht ein eine auf für im
fr: le la les de et des un une du en est que pour dans qui
es: el la los de y que en un una las por con para del se
it: il la di che e un una per del della i le non si con
pt: o a os de e que do da em um uma para com não no
nl: de het een en van in is dat op te voor met zijn niet aan
sv: och att det som en på är av för med till den har inte ett
da: og at det en er på af til for med der den ikke et som
no: og å det er på en til som av for med at ikke den et
pl: w i na z się nie do to że jest o jak po od za
cs: a se na v je že s o z do i to pro ve jako
sk: a sa na v je že s o z do aj to pre vo ako
sl: in je v na se da za ki so z pa ne bi kot
hr: i u je se na da za su od s kao koji ne o iz
ro: și de în la cu a pe un o din care nu se pentru este
hu: a az és hogy nem egy is ez volt de meg csak mint el már
fi: ja on ei että se oli hän mutta kun niin ovat joka myös ole kuin
et: ja on ei et see oli ta mis ka kui aga ning või oma seda
lv: un ir no ka uz ar par kas to bet arī nav tas tā pie
lt: ir yra į kad iš su tai o kaip bet ar buvo už jis tik
tr: ve bir bu da de için ile çok olarak gibi daha ne olan ama kadar
id: yang dan di dengan untuk dari ini itu tidak dalam pada ke adalah akan oleh
vi: và của là có không được cho trong một với các người này đã những
ca: el la de i que a en un una els les per amb del no
gl: o a de e que do da en un unha os as por con para
eu: eta da ez bat ere du izan zen dira baina hau dute egin baino edo
sq: e të në dhe për një me që nga është i u si nuk ka
is: og að í er á sem það til við um með en af ekki var
af: die van en in het is nie te dat vir met wat op om sy
tl: ang ng sa na mga at ay ko si ni para hindi ito kung may
sw: ya na wa kwa ni katika za la kuwa cha hii yake huo lakini watu
"""
_WORDS = {line[:2]: frozenset(line[4:].split()) for line in _COMMON_WORDS.strip().splitlines()}
"""The commonest words of languages in Latin script."""

_ISO_639 = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel
bg:bul bi:bis bm:bam bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces cu:chu
cv:chv cy:cym da:dan de:deu dv:div dz:dzo ee:ewe el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas
ff:ful fi:fin fj:fij fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb
hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido
is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor
kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub
lv:lav mg:mlg mh:mah mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob nd:nde
ne:nep ng:ndo nl:nld nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan
pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron ru:rus rw:kin sa:san sc:srd sd:snd se:sme
sg:sag sh:hbs si:sin sk:slk sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe
sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi
ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha
zh:zho zu:zul
"""


def language_of(text: str) -> str | None:
    """The ISO 639-3 code of the language of *text*; None where there is too little to tell."""
    tag = language_tag(text)
    return _iso_639_3().get(tag, tag) if tag else None


def language_tag(text: str) -> str | None:
    """The BCP 47 tag of the language of *text*; None where there is too little to tell."""
    sample = text[:_LOOKED_AT]
    letters = _NO_LETTERS.sub("", sample)
    if len(letters.encode("utf-8", "ignore")) < _ENOUGH:
        return None
    from py3langid import classify  # loads its model: half a second

    label, score = classify(sample)
    return None if label == _NO_LANGUAGE or score < _NOTHING_KNOWN else str(label)


def sure_language(text: str, declared: str) -> str | None:
    """The language of *text* if it is beyond doubt: by its script, or by py3langid on both halves
    of a long text. None where it may well be *declared*, a code of ISO 639."""
    sample = text[:_LOOKED_AT]
    if declared in _WORDS and _has_words_of(declared, sample[:_FIRST_WORDS]):
        return None
    letters = _NO_LETTERS.sub("", sample)
    script = script_of(letters)
    if script is None or len(letters.encode("utf-8", "ignore")) < _ENOUGH:
        return None
    if script != "latn":
        return _by_script(sample, script, declared)
    if declared in _WORDS and _has_words_of(declared, sample):
        return None
    if len(letters) < _LONG:
        return None
    middle = len(sample) // 2
    halves = {_far_from(declared, part) for part in (sample[:middle], sample[middle:])}
    found = halves.pop() if len(halves) == 1 else None
    return found if found in _WORDS else None


def _by_script(sample: str, script: str, declared: str) -> str | None:
    languages = WRITTEN_IN[script]
    if declared in languages:
        return None
    if script in ONE_LANGUAGE or script == "hani":
        return languages[0]
    found = language_tag(sample)
    return found if found in languages else None


def _has_words_of(language: str, sample: str) -> bool:
    """Whether *sample* has as many of the commonest words of *language* as its texts have."""
    words = _A_WORD.findall(sample.lower())
    return sum(word in _WORDS[language] for word in words) >= _USUAL * len(words)


def _far_from(declared: str, sample: str) -> str | None:
    """The language that py3langid finds, if *declared* is far from it."""
    from py3langid import rank

    ranked = rank(sample)
    best, score = ranked[0]
    there = next((other for label, other in ranked if label == declared), None)
    return str(best) if there is None or score - there > _FAR else None


def language_of_page(tree: HtmlElement) -> str | None:
    """The ISO 639-3 code of the text that a reader of the page *tree* sees."""
    words: list[str] = []
    room = _LOOKED_AT
    for seen in _texts(tree):
        more = seen.split()
        words += more
        room -= sum(map(len, more)) + len(more)
        if room < 0:
            break
    return language_of(" ".join(words))


def _texts(element: HtmlElement) -> Iterator[str]:
    if element.tag in _UNSEEN:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail


@cache
def _iso_639_3() -> dict[str, str]:
    return dict(pair.split(":") for pair in _ISO_639.split())
