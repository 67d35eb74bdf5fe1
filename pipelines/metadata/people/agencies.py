"""The news agencies of the world: by which names texts are credited to them, and one name for each.

The names are those by which the agencies sign, from the lists of members of the agencies' own
unions (MINDS, EANA, OANA, FAAPA, ALIANZA) and from what each prints below its texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.metadata.people.east_asian import EAST
from pipelines.text.words import key

_AGENCIES = """
AP: associated press, the associated press, ap news
AFP: agence france presse, agence france-presse, afp news agency, فرانس برس, أ ف ب, 法新社, afp時事
Reuters: reuters staff, reuters news agency, рейтер, رويترز, 路透社, 路透, ロイター, 로이터
dpa: deutsche presse agentur, deutsche presse-agentur, dpa-infocom, dpa-afx, dpa-tmn, 德新社
UPI: united press international
ANSA: agenzia ansa, ansa it, redazione ansa
EFE: agencia efe, efe verde, 埃菲社
APA: austria presse agentur, apa ots, apa-ots
Keystone-SDA: sda, keystone sda, keystone-sda-ats, ats, schweizerische depeschenagentur
KNA: katholische nachrichten agentur, katholische nachrichten-agentur
epd: evangelischer pressedienst
SID: sport informations dienst, sport-informations-dienst
AFX: afx news
TASS: itar tass, itar-tass, тасс, итар-тасс, 塔斯社, タス通信
RIA Novosti: риа новости, ria novosti, sputnik news, 俄新社
Interfax: интерфакс, interfax ukraine, interfax-ukraine, интерфакс-украина, 国际文传电讯社
Ukrinform: укрінформ, укринформ
UNIAN: уніан, униан
BelTA: белта, belta by
Kazinform: казинформ, qazinform
UzA: ўза, uzbekistan national news agency
AZERTAC: azərtac, azertag
Trend: trend news agency
Armenpress: արմենպրես, арменпресс
Xinhua: xinhua news agency, 新华社, 新華社, 新华网, 新華網, 신화통신, 新華社通信, agencia xinhua
China News Service: 中新社, 中国新闻社, 中国新闻网, 中新网
CNA: central news agency, 中央社, 中央通訊社
Kyodo: kyodo news, kyodo news agency, 共同通信, 共同通信社, 共同社, 共同, 교도통신
Jiji Press: jiji, 時事通信, 時事通信社, 時事, 时事社
Yonhap: yonhap news agency, yonhap news, 연합뉴스, 韩联社, 韓聯社, 聯合ニュース
Newsis: 뉴시스
News1: 뉴스1
KCNA: korean central news agency, 조선중앙통신, 朝中社, 朝鮮中央通信
PTI: press trust of india
ANI: asian news international
IANS: indo asian news service, indo-asian news service
UNI: united news of india
APP: associated press of pakistan
BSS: bangladesh sangbad sangstha
UNB: united news of bangladesh
Antara: antara news, kantor berita antara
Bernama: 马新社
VNA: ttxvn, vietnam news agency, thông tấn xã việt nam, ттхвн
PNA: philippine news agency
AAP: australian associated press
PA Media: press association, pa, pa news agency, the press association
The Canadian Press: canadian press, la presse canadienne, presse canadienne
Belga: agence belga, belga news agency
ANP: algemeen nederlands persbureau
Ritzau: ritzaus bureau, ritzaus bureau a s
NTB: norsk telegrambyrå, ntb norsk telegrambyrå
TT: tt nyhetsbyrån, tidningarnas telegrambyrå
STT: suomen tietotoimisto, stt-lehtikuva, fnb
BNS: baltic news service
LETA: ziņu aģentūra leta
ELTA: naujienų agentūra elta
PAP: polska agencja prasowa, nauka w polsce
ČTK: česká tisková kancelář, ctk
TASR: tlačová agentúra slovenskej republiky
SITA: tlačová agentúra sita
MTI: magyar távirati iroda
Agerpres: agerpress
Mediafax: agenția mediafax
BTA: бта, българска телеграфна агенция
Tanjug: танјуг
FoNet: фонет
Beta: agencija beta, новинска агенција бета
HINA: hrvatska izvještajna novinska agencija
STA: slovenska tiskovna agencija
SRNA: срна
FENA: federalna novinska agencija
MIA: миа
AMNA: ana-mpa, ana mpa, απε-μπε, απε μπε
ATA: agjencia telegrafike shqiptare
Lusa: agência lusa, agencia lusa
Europa Press: europapress
Adnkronos: adnkronos salute
AGI: agenzia giornalistica italia, agenzia italia
LaPresse: agenzia lapresse
Askanews: agenzia askanews
Anadolu: anadolu agency, anadolu ajansı, aa, anadolu agentur, الأناضول
DHA: demirören haber ajansı
İHA: ihlas haber ajansı, iha
IRNA: ایرنا
ISNA: ایسنا
Tasnim: tasnim news agency, تسنیم
Mehr: mehr news agency, خبرگزاری مهر
WAM: emirates news agency, وام
SPA: saudi press agency, واس
QNA: qatar news agency, قنا
KUNA: kuwait news agency, كونا
BNA: bahrain news agency
MENA: middle east news agency, أ ش أ
SANA: سانا, syrian arab news agency
NNA: national news agency lebanon
Petra: jordan news agency, بترا
MAP: maghreb arabe presse, agence marocaine de presse
APS: algérie presse service, algerie presse service
TAP: tunis afrique presse
NAN: news agency of nigeria
GNA: ghana news agency
APANEWS: agence de presse africaine
PANA: panapress
Telam: télam, agencia télam, telam
NA: noticias argentinas
Notimex: agencia notimex
Agência Brasil: agencia brasil, abr
Estadão Conteúdo: estadao conteudo, agência estado
Folhapress: folha press
Prensa Latina: agencia prensa latina
Andina: agencia andina
ABI: agencia boliviana de información
AVN: agencia venezolana de noticias
Colprensa: agencia colprensa
Inter Press Service: ips, ips inter press service
Bloomberg: bloomberg news
Dow Jones: dow jones newswires
JTA: jewish telegraphic agency
RNS: religion news service
CNS: catholic news service
CNW: cnw group
TNS: tribune news service
ZUMA: zuma press
Zenit: zenit news agency
"""
_MAX_NAME = 60  # characters


def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _AGENCIES.strip().splitlines():
        name, _, others = line.partition(": ")
        for alias in (name, *others.split(", ")):
            found.setdefault(key(alias), name)
    return found


_NAMES = _table()
_AMBIGUOUS_WORDS = """
aa abi abr ata ats beta bna cna cns fena gna lni map mehr mena mia na nan nna pa petra pna sana
sid sita spa sta tap trend tt uni uza vna wam zuma andina agi trend app ips ani
"""
_AMBIGUOUS = frozenset(_AMBIGUOUS_WORDS.split())
"""Names that are words or other things, too: they need a place where only an agency stands."""
_INITIALS_WORDS = """
ani aap app vna pna sda ats wam bna cna cns
"""
_INITIALS = frozenset(_INITIALS_WORDS.split())
"""Those of them that stand for an agency wherever they stand in capitals."""
_EDGES = re.compile(
    r"^(?:agencies?|agences?|agencias?|agenzia|agentur|nachrichtenagentur|presseagentur|agência"
    r"|агентство|информагентство|by|via|per|door|af|av|von|par|por|di|the|redacción|redazione"
    r"|redaktion|rédaction|redação|source|from|mit|"
    r"con|with|und|and|et|e|y)\s+|\s+(?:news\s*agency|news|staff|agency|agentur|"
    r"correspondents?|reporters?|writers?|redaktion)$",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*(?:[/,;|+&•·、，／]|\s[–—-]\s|\s(?:and|und|et|y|e|och|og|en|i|with|mit|com|con)\s)\s*",
    re.I,
)


def agency_of(text: str, alone: bool = True) -> str | None:
    """The agency that *text* is the name of; None: it is no agency's.

    Where *alone*, nothing says that an agency stands here: a short name that is a word or a
    person's, too, does not do.
    """
    if not text or len(text) > _MAX_NAME:
        return None
    said = key(text)
    name = _NAMES.get(said)
    if name is None:
        text = _EDGES.sub("", _EDGES.sub("", text.strip()))
        said = key(text)
        name = _NAMES.get(said)
    if said in _AMBIGUOUS and not (text.isupper() and (said in _INITIALS or not alone)):
        return None
    return name


def agencies_in(text: str, alone: bool = True) -> list[str]:
    """The agencies that *text* is a list of; nothing where any part of it is something else."""
    parts = [part.strip(" ()[]{}.:*-–—©") for part in _PARTS.split(text)]
    found = [agency_of(part, alone) for part in parts if part]
    return [] if None in found else list(dict.fromkeys(filter(None, found)))


def alternation() -> str:
    """A pattern of all names, the longest first, as whole words, for `re.IGNORECASE`."""
    names = sorted(set(_written()), key=len, reverse=True)
    west = "|".join(re.escape(name) for name in names if not EAST.search(name))
    east = "|".join(re.escape(name) for name in names if EAST.search(name))
    return rf"(?<!\w)(?:{west})(?!\w)|{east}"


def _written() -> Iterator[str]:
    for line in _AGENCIES.strip().splitlines():
        name, _, others = line.partition(": ")
        yield from filter(None, (name, *others.split(", ")))
