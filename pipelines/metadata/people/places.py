"""Countries and large cities, which stand behind the names of people and firms."""

from __future__ import annotations

import re

from pipelines.metadata.people.vocabulary import any_of
from pipelines.text.words import key

_COUNTRIES = """
afghanistan, albania, algeria, angola, argentina, armenia, australia, austria, azerbaijan,
bahrain, bangladesh, belarus, belgium, bolivia, bosnia, bosnia and herzegovina, botswana,
brazil, bulgaria, cambodia, cameroon, canada, chile, china, colombia, costa rica, croatia, cuba,
cyprus, czech republic, czechia, denmark, dominican republic, ecuador, egypt, el salvador,
england, estonia, ethiopia, finland, france, germany, ghana, great britain, greece, guatemala,
honduras, hungary, iceland, india, indonesia, iran, iraq, ireland, israel, italy, jamaica,
japan, jordan, kazakhstan, kenya, kuwait, latvia, lebanon, libya, lithuania, luxembourg,
malaysia, malta, mexico, moldova, mongolia, montenegro, morocco, mozambique, myanmar, namibia,
nepal, netherlands, the netherlands, new zealand, nicaragua, nigeria, north korea, northern
ireland, norway, oman, pakistan, panama, paraguay, peru, philippines, the philippines, poland,
portugal, qatar, romania, russia, rwanda, saudi arabia, scotland, senegal, serbia, singapore,
slovakia, slovenia, somalia, south africa, south korea, spain, sri lanka, sudan, sweden,
switzerland, syria, taiwan, tanzania, thailand, tunisia, turkey, türkiye, uganda, uk, u k,
ukraine, united arab emirates, uae, united kingdom, united states, usa, u s a, u s, us, uruguay,
uzbekistan, venezuela, vietnam, wales, yemen, zambia, zimbabwe, deutschland, österreich,
schweiz, frankreich, italien, spanien, niederlande, belgien, polen, russland, ungarn, türkei,
allemagne, autriche, suisse, espagne, italie, belgique, royaume-uni, états-unis, alemania,
españa, francia, suiza, reino unido, estados unidos, méxico, perú, brasil, itália, alemanha,
espanha, frança, germania, spagna, svizzera, austria, italia, regno unito, stati uniti,
duitsland, nederland, belgië, frankrijk, danmark, norge, sverige, suomi, polska, niemcy, česko,
magyarország, românia, россия, украина, беларусь, казахстан, германия, україна, türkiye, 中国, 日本,
台灣, 한국
"""
_STATES = """
alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida,
hawaii, idaho, illinois, indiana, iowa, kansas, kentucky, louisiana, maine, maryland,
massachusetts, michigan, minnesota, mississippi, missouri, montana, nebraska, nevada, new
hampshire, new jersey, new mexico, north carolina, north dakota, ohio, oklahoma, oregon,
pennsylvania, rhode island, south carolina, south dakota, tennessee, texas, utah, vermont,
washington state, west virginia, wisconsin, wyoming, ontario, quebec, québec, british columbia,
alberta, nova scotia, new south wales, queensland, bavaria, bayern, hessen, sachsen, catalonia,
calif, fla, mass, conn, n y, d c, washington d c, washington dc, n j
"""
_CITIES = """
new york, new york city, los angeles, san francisco, san diego, las vegas, st louis, new
orleans, salt lake city, mexico city, hong kong, new delhi, tel aviv, cape town, buenos aires,
rio de janeiro, são paulo, sao paulo, santiago de chile, st petersburg, saint petersburg, kuala
lumpur, abu dhabi, addis ababa, ho chi minh city, den haag, the hague, frankfurt am main,
frankfurt main, panama city, guatemala city, san josé, san juan, la paz, santo domingo, porto
alegre, belo horizonte, phnom penh, san antonio, fort worth, kansas city, baton rouge, santa fe,
palo alto, menlo park, silicon valley, mountain view, port louis, dar es salaam, london, paris,
berlin, munich, münchen, hamburg, cologne, köln, frankfurt, stuttgart, düsseldorf, leipzig,
dresden, hannover, nürnberg, vienna, wien, zurich, zürich, geneva, genève, genf, bern, basel,
brussels, bruxelles, brüssel, amsterdam, rotterdam, utrecht, copenhagen, københavn, kopenhagen,
stockholm, oslo, bergen, helsinki, reykjavik, dublin, edinburgh, glasgow, manchester,
birmingham, liverpool, cardiff, belfast, madrid, barcelona, valencia, sevilla, seville, bilbao,
lisbon, lisboa, porto, rome, roma, rom, milan, milano, mailand, turin, torino, naples, napoli,
venice, venezia, bologna, firenze, palermo, athens, athen, istanbul, ankara, izmir, moscow,
moskau, moscou, москва, kyiv, kiev, київ, киев, lviv, warsaw, warszawa, warschau, kraków,
krakow, prague, praha, prag, brno, bratislava, budapest, bucharest, bucurești, sofia, софия,
belgrade, beograd, zagreb, ljubljana, sarajevo, skopje, tirana, riga, tallinn, vilnius, minsk,
washington, boston, chicago, houston, dallas, austin, miami, atlanta, philadelphia, seattle,
portland, denver, detroit, phoenix, toronto, montreal, montréal, vancouver, ottawa, calgary,
havana, bogotá, bogota, medellín, lima, quito, caracas, santiago, montevideo, brasília,
brasilia, recife, beijing, shanghai, tokyo, osaka, kyoto, seoul, taipei, bangkok, hanoi, manila,
jakarta, delhi, mumbai, kolkata, chennai, bangalore, bengaluru, hyderabad, dhaka, karachi,
lahore, islamabad, kabul, tehran, baghdad, beirut, damascus, amman, jerusalem, cairo, riyadh,
dubai, doha, tunis, algiers, casablanca, rabat, dakar, lagos, abuja, accra, nairobi, kampala,
kigali, johannesburg, pretoria, sydney, melbourne, brisbane, perth, canberra, auckland,
wellington, 北京, 上海, 广州, 深圳, 台北, 香港, 東京, 大阪, 서울, 부산
"""
_LARGE = frozenset(
    key(name)
    for names in (_COUNTRIES, _STATES, _CITIES)
    for name in names.replace("\n", " ").split(",")
)
_FORENAMES_TOO_WORDS = """
austin paris chicago dallas houston georgia jordan chad israel india sydney florence sofia
valencia santiago washington boston lima kiev perth phoenix denver portland carolina virginia
dakota savannah brooklyn milan adelaide roma london
"""
_FORENAMES_TOO = frozenset(_FORENAMES_TOO_WORDS.split())
_FOLLOWED = re.compile(
    rf"\s+(?:in|aus|à|au|en|da|uit|te|i|w|в|из|από)\s+(?P<in>\S.*)$|\s*[,/"
    rf"|–—-]\s*(?P<behind>(?:{any_of(_CITIES)}|{any_of(_COUNTRIES)}"
    rf"|{any_of(_STATES)})(?:[,/\s]+\S.*)?)$",
    re.IGNORECASE,
)


def is_place(text: str, alone: bool = False) -> bool:
    """Whether *text* is the name of a country, a state or a large city and of nobody; *alone*:
    of nobody whose surname stands beside it."""
    said = key(text)
    return said in _LARGE and (alone or said not in _FORENAMES_TOO)


def without_places(text: str) -> str:
    """*text* without the place that it ends with: "Ida Lund, Munich", "Ida Lund in Munich"."""
    if "," in text:
        parts = [part.strip() for part in text.split(",")]
        at = next((n for n, part in enumerate(parts) if n and key(part) in _LARGE), None)
        if at is not None:
            return ", ".join(parts[:at])
    match = _FOLLOWED.search(text)
    if match and (match["behind"] or key(match["in"]) in _LARGE):
        return text[: match.start()]
    return text
