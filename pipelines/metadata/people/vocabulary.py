"""The words of bylines in the languages of the world, apart from names: what leads to a name, jobs,
other parts than a writer's, days, kinds of text, and what stands in place of a name."""

from __future__ import annotations

import re

from pipelines.metadata.people.phrases import Phrases


def any_of(words: str) -> str:
    """A pattern of one of *words*, which commas part; the longest goes first."""
    found = (" ".join(word.split()) for word in words.split(","))
    return "|".join(sorted(filter(None, found), key=len, reverse=True))


_AND_PICTURES = (
    r"(?:\s*(?:,|&|\+|/|and|und|et|y|e|og|och|en|i|и)\s*"
    r"(?:photos?|photographs?|photography|pictures|images?|illustrations?|video|fotos?|bilder"
    r"|bild|foto'?s|fotografie|"
    r"fotografías?|fotografias?|imágenes|zdjęcia|фото|kuvat|resim))"
)
"""A writer who took the pictures, too, is the writer."""
_BEFORE_BY = any_of(
    """
    written, posted, published, story, stories, article, authored, words, text, report,
    reporting, reported, essay, review, analysis, opinion, commentary, created, submitted,
    interview, contributed, a post, guest post, column, by
"""
)
_BY_VERBS = any_of(
    r"""
    by, von, par, por, di, door, submitted by, eingereicht von, soumis par, enviado por, inviato
    da, ingediend door, geplaatst door, indsendt af, inskickad av, opublikowane przez,
    lähettänyt, отправлено, gönderen, γράφει ο, γράφει η, γράφει, โดย, เขียนโดย, เรื่องโดย, af,
    av, przez, автор, oleh, a cura di, propos recueillis par, écrit par, rédigé par, publié par,
    un article de, texte de, escrito por, publicado por, redactado por, texto de, scritto da,
    testo di, pubblicato da, inserito da, articolo di, geschreven door, tekst van, gepubliceerd
    door, geschrieben von, verfasst von, veröffentlicht von, ein beitrag von, ein artikel von,
    ein gastbeitrag von, ein kommentar von, eine analyse von, ein interview von, kommentar von,
    skrevet av, skrevet af, skriven av, publicerad av, publisert av, napisane przez, dodane
    przez, scris de, publicat de, de notre envoyé spécial, de notre envoyée spéciale, de notre
    correspondant, de notre correspondante, de nuestro corresponsal, de nuestra corresponsal,
    dal nostro inviato, dalla nostra inviata, dal nostro corrispondente, von unserem
    korrespondenten, von unserer korrespondentin, from our correspondent, from our own
    correspondent, kirjoittanut, kirjoittaja, dipublikasikan oleh, ditulis oleh, viết bởi, bởi,
    escrit per, bejegyezte, από, τοῦ, του, της, написал, написала, опубликовал, опубликовала,
    بقلم, كتب, كتبت, द्वारा
"""
)
_LABELS = any_of(
    r"""
    by, author, authors, author\(s\), writer, writers, text, words, story, reporter,
    contributor, contributors, byline, posted, autor, autorin, autoren, autor\*in, autor:in,
    von, verfasser, verfasserin, redakteur, redakteurin, texte, auteur, auteure,
    auteurs, autrice, rédacteur, rédactrice, texto, autora, autores, redactor,
    redactora, autore, autori, autrici, testo, testi, redattore, tekst, teksten, schrijver,
    auteur\(s\), forfatter, forfattere, skribent, journalist, journalista, journaliste,
    periodista, författare, skriven av, teksti, tekijä, szerző, írta, szöveg, autoři, autorka,
    autorzy, napisał, napisała, opracowanie, opracował, opracowała, oprac\., tekst i zdjęcia,
    autori, scrie, text och foto, автор, авторы, текст, автор статьи, автор текста, текст і
    фото, автори, журналист, yazar, yazan, haber, kaleme alan, penulis, tác giả, συντάκτης,
    συγγραφέας, κείμενο, الكاتب, المؤلف, تأليف, إعداد, כתב, מאת, לेखक, लेखक, লেখক, ผู้เขียน,
    zdroj autor, ghost ?writer
"""
)
BY = Phrases(
    rf"\W*(?:(?:this\s+(?:story|article|post)\s+(?:was"
    rf"|is)\s+)?(?:(?:{_BEFORE_BY}){_AND_PICTURES}?\s+(?:and\s+\w+\s+)?by"
    rf"|(?:(?:text|words|texte|texto|testo|tekst|teksti|текст){_AND_PICTURES}\s*(?::|by|von|de"
    rf"|di|av|af|van)|(?:{_LABELS})\s*[::]"
    rf"|(?:{_BY_VERBS})))(?!\w)\s*[::]?\s*)+"
)
"""What stands before the name of a writer."""
BY_ALONE = Phrases(
    rf"{BY.pattern}\W*|\W*(?:{_LABELS}|文|作者|撰文|記者|记者)\W*", "文 作者 撰文 記者 记者"
)
"""A line that only leads to the next one."""

_OTHER_PARTS = any_of(
    r"""
    translated, redaktion, rédaction, redactie, redaksjon, redaktør, translation, translator,
    translators, photo, photos, photograph, photographs, photography, photographer,
    photographed, photo credit, picture, pictures, image, images, image credit, illustration,
    illustrations, illustrated, illustrator, graphics?, video, edited, editing, editor, copy
    ?edited, reviewed, medically reviewed, fact.checked, fact.check, reviewer, expert reviewed,
    technically reviewed, produced, producer, directed, art, artwork, cover, design, designed,
    music, narrated, updated, sponsored, presented, powered, approved, verified, last edited,
    foto, fotos, foto'?s, fotografie, fotograf, fotografin, fotografen, bild, bilder, titelbild,
    übersetzt, übersetzung, übersetzer, übersetzerin, aus dem \w+(?:\s+übersetzt)?,
    redaktionelle bearbeitung, lektorat, illustrationen, grafik, geprüft, bearbeitet,
    aktualisiert, traduit, traduction, traducteur, traductrice, photographie, photographies,
    photographe, crédit photo, crédits photo, relu, relecture, mis à jour, traducido,
    traducción, traductor, traductora, fotografía, fotografías, fotógrafo, fotógrafa, imagen,
    imágenes, ilustración, ilustraciones, editado, revisado, actualizado, traduzido, tradução,
    tradutor, tradutora, fotografia, imagem, ilustração, edição, tradotto, traduzione,
    traduttore, traduttrice, fotografo, immagini, illustrazioni, revisione, foto di, vertaald,
    vertaling, vertaler, beeld, illustratie, fotograaf, bewerkt, oversatt, oversettelse,
    oversat, oversættelse, oversætter, översatt, översättning, översättare, illustrasjon,
    tłumaczenie, przekład, tłum\., przełożył, przełożyła, zdjęcia, fot\., fotografie, překlad,
    přeložil, přeložila, preklad, fordította, fordítás, fordító, fotó, kép, kuva, kuvat,
    suomennos, kääntäjä, valokuvat, çeviri, çeviren, fotoğraf, перевод, перевёл, перевела,
    переводчик, фото, фотограф, иллюстрации, иллюстрация, редактор, переклад, переклала,
    traducere, traducător, μετάφραση, φωτογραφία, φωτογραφίες, ترجمة, تصوير, צילום, תרגום,
    अनुवाद, फोटो, penerjemah, terjemahan, penyunting, dịch, ảnh, biên dịch, traducció, itzulpena
"""
)
OTHER_PART = Phrases(
    rf"(?<![\w’'-])(?:(?:{_OTHER_PARTS})(?:\s*(?:,|&|/|and|und|et|y|e|og"
    rf"|och)\s*(?:{_OTHER_PARTS}))*"
    r"(?:\s+(?:\w+\s+){0,3}?(?:by|von|par|por|da|di|door|av|af|przez|oleh|bởi|de|van)(?!\w)"
    r"|\s*[:：©]))",
    "fotos copyedited",
)
"""Where somebody is named who is not the writer: a translator, a photographer, a reviewer."""

_JOBS = any_of(
    r"""
    staff, co-?founder, founder, ceo, cto, cmo, coo, vp, writer, author, editor, director,
    manager, reporter, coordinator, correspondent, contributor, columnist, specialist,
    strategist, analyst, winemaker, consultant, expert, president, researcher, enthusiast,
    journalist, producer, critic, blogger, professor, lecturer, intern, freelancer, advisor,
    engineer, anchor, commentator, essayist, dietitian, nutritionist, attorney, lawyer, partner,
    technician, photographer, translator, illustrator, redakteur, redakteurin, redakteur:in,
    redaktor, redaktorin, chefredakteur, chefredakteurin, reporterin, korrespondent,
    korrespondentin, journalistin, autor, autorin, volontär, volontärin, herausgeber,
    herausgeberin, ressortleiter, ressortleiterin, kolumnist, kolumnistin, geschäftsführer,
    geschäftsführerin, rédacteur, rédactrice, journaliste, correspondant, correspondante,
    chroniqueur, chroniqueuse, envoyé, envoyée, auteur, autrice, éditorialiste, chef de service,
    redactor, redactora, periodista, corresponsal, columnista, enviado, enviada, colaborador,
    colaboradora, autora, editora, redattore, redattrice, giornalista, corrispondente, inviato,
    inviata, direttore, direttrice, collaboratore, collaboratrice, autore, jornalista, repórter,
    correspondente, colunista, colaborador, redator, redatora, redacteur, redactrice,
    verslaggever, verslaggeefster, correspondente, columnist, hoofdredacteur, medewerker,
    redaktør, skribent, journalist, korrespondent, kommentator, redaktör, chefredaktör,
    krönikör, reporter, ledarskribent, toimittaja, päätoimittaja, kirjeenvaihtaja, dziennikarz,
    dziennikarka, korespondent, korespondentka, redaktorka, publicysta, publicystka, redaktor
    naczelny, novinář, novinářka, redaktorka, újságíró, szerkesztő, főszerkesztő, корреспондент,
    корреспондентка, журналист, журналистка, редактор, обозреватель, колумнист, кореспондент,
    журналістка, главный редактор, muhabir, muhabiri, yazarı, editör, editörü, gazeteci,
    wartawan, jurnalis, phóng viên
"""
)
_RANKS_BEFORE_JOBS = any_of(
    r"""
    senior, sr\.?, junior, chief, associate, assistant, managing, executive, contributing,
    guest, head, deputy, lead, freelance, content, product, marketing, technical, creative,
    editorial, former, special, foreign, political, national, freier, freie, leitender,
    leitende, stellvertretender, stellvertretende, politischer, ehemaliger, ehemalige, grand,
    grande, ancien, ancienne
"""
)
JOB = Phrases(rf"(?<![\w’'-])(?:{_JOBS})s?(?![\w’'-])")
JOBS_BEFORE = re.compile(
    rf"(?:(?:{_RANKS_BEFORE_JOBS})\s+){{0,3}}(?:(?:{_JOBS})\s+){{1,2}}(?=\w)", re.IGNORECASE
)
"""A job that stands before the name of who has it."""
JOBS_BEHIND = re.compile(
    rf"(?:(?:[\s,|·⋅•–—-]+|^)(?:(?:(?:{_RANKS_BEFORE_JOBS})\s+){{1,3}}(?:\w+\s+){{0,2}}?)?"
    rf"|[,|·⋅•–—]\s*[^,|·⋅•–—]{{1,40}}?\s)(?:{_JOBS})s?(?![\w’'-]).*$",
    re.IGNORECASE,
)
"""A job behind a name, with the rest of the line."""
RANKS = re.compile(
    r"(?:(?:u\.?s\.?\s+)?(?:army|navy|air force|marine corps|coast guard)\s+)?"
    r"(?:(?:staff|tech(?:nical)?|master|senior|first|gunnery|lance|chief|senior master|1st|2nd"
    r"|sgt\.?|lt\.?|maj\.?)\s+)*"
    r"(?:sgt\.?|sergeant|cpl\.?|corporal|spc\.?|pfc\.?|pvt\.?|private|capt\.?|captain|maj\.?"
    r"|major|lt\.?|lieutenant|col\.?|colonel"
    r"|gen\.?|airman|seaman|petty officer|ensign|cmdr\.?|commander|hauptmann|oberst|major"
    r"|feldwebel|leutnant|obergefreiter|stabsfeldwebel)"
    r"(?:\s+(?:1st|2nd|3rd|first|second|third)\s+class|\s+(?:col\.?|gen\.?|cmdr\.?"
    r"|d\.?r\.?))?\s+(?=\w)",
    re.IGNORECASE,
)
"""A soldier's rank before the name."""

_WEEKDAYS = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat
sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles miercoles jueves
viernes sábado sabado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica
segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta
sexta maandag dinsdag woensdag donderdag vrijdag zaterdag zondag mandag tirsdag onsdag torsdag
fredag lørdag søndag måndag tisdag lördag söndag maanantai tiistai keskiviikko torstai perjantai
lauantai sunnuntai poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý
středa čtvrtek pátek neděle понедельник вторник среда четверг пятница суббота воскресенье
понеділок вівторок середа четвер п'ятниця субота неділя pazartesi salı çarşamba perşembe cuma
cumartesi pazar senin selasa rabu kamis jumat sabtu minggu hétfő kedd szerda csütörtök péntek
szombat vasárnap δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή luni marți miercuri joi
vineri sâmbătă duminică
"""
WEEKDAYS = frozenset(_WEEKDAYS.split())

_KINDS = """
analysis, opinion, comment, commentary, editorial, feature, features, interview, review,
reviews, essay, report, news, news analysis, op-ed, column, letter, letters, letter to the
editor, guest column, guest post, guest essay, sponsored, sponsored content, advertorial, press
release, explainer, long read, investigation, exclusive, live, breaking, breaking news, podcast,
video, gallery, quiz, obituary, fact check, newsletter, special report, perspective,
perspectives, blog, profile, recap, preview, politics, sports, sport, business, world, culture,
technology, health, science, lifestyle, local, analyse, meinung, kommentar, kolumne, glosse,
leitartikel, essay, bericht, reportage, rezension, gastbeitrag, anzeige, nachricht, nachrichten,
hintergrund, kritik, porträt, exklusiv, politik, wirtschaft, kultur, wissen, gesellschaft,
panorama, leserbrief, avis, tribune, éditorial, édito, chronique, critique, entretien, enquête,
reportage, dossier, actualité, actualités, récit, portrait, politique, économie, société, monde,
débat, débats, décryptage, opinión, análisis, editorial, crónica, columna, entrevista,
reportaje, reseña, crítica, noticia, noticias, perfil, política, economía, cultura, sociedad,
deportes, mundo, tribuna, opinião, análise, crônica, coluna, notícia, notícias, resenha,
economia, cultura, mundo, esporte, opinione, analisi, editoriale, cronaca, commento, recensione,
intervista, inchiesta, rubrica, notizie, politica, cultura, società, sport, opinie, analyse,
commentaar, recensie, column, nieuws, achtergrond, interview, mening, debatt, kronikk, leder,
nyheter, ledare, krönika, insändare, reportage, anmeldelse, recension, nyhed, nyheder, debat,
klumme, mielipide, pääkirjoitus, uutiset, kolumni, opinia, opinie, komentarz, felieton, wywiad,
recenzja, reportaż, wiadomości, analiza, komentář, názor, rozhovor, recenze, zprávy, vélemény,
interjú, kritika, hírek, мнение, мнения, комментарий, интервью, колонка, обзор, рецензия,
репортаж, новости, аналитика, анализ, статья, думка, новини, yorum, analiz, haber, haberler,
röportaj, köşe yazısı, opini, berita, tajuk rencana, ý kiến, tin tức, 社论, 社論, 评论, 評論,
分析, 观点,
新闻, 新聞, 社説, 解説, 論説, 特集, ニュース, 사설, 칼럼, 오피니언, 분석, 인터뷰, رأي, تحليل,
مقال, أخبار, חדשות, דעה
"""
KINDS = frozenset(word.strip() for word in _KINDS.replace("\n", " ").split(","))
"""Kinds of text, and sections: what stands above a title in place of a name."""

_NOBODY = """
co, company, al, et al, red, u a, editorial board, the editorial board, the staff,
von redaktion, our correspondent, our reporter, agencies, agenturen, agences, agencias,
agências, agenzie, news agencies, admin, administrator, site admin, web admin, webmaster, web
master, user, wordpress, author, authors, editor, editors, contributor, contributors, guest,
guest author, guest contributor, guest writer, by, team, staff, editorial, editorial team,
editorial staff, staff writer, staff writers, staff reporter, web desk, news desk, newsroom,
unknown, anonymous, null, none, default, undefined, view all posts, various, various authors,
other, others, n a, na, super user, superuser, root, test, member, members, senior member,
junior member, moderator, moderators, subscriber, redaktion, die redaktion, onlineredaktion,
online redaktion, von der redaktion, la rédaction, rédaction, redacción, la redacción,
redazione, la redazione, redação, da redação, redactie, de redactie, redaksjonen, redaktionen,
redakcja, redakce, редакция, редакція, redacția, toimitus, szerkesztőség, administrador,
administrateur, amministratore, beheerder, admin istrator, autor, autora, auteur, auteurs,
autore, autoren, gast, gastautor, invité, invitado, tiskovka, pressemitteilung, communiqué,
communiqué de presse, comunicado, comunicato stampa, persbericht, about the author, about,
contact, share, home, comments, comment, menu, search, subscribe, login, log in, sign in,
follow, read more, more, next, previous, 编辑部, 編輯部,
本刊, 本刊编辑部, 编辑, 編輯, 佚名, 管理员, 管理員, 記者, 记者,
編集部, 기자, 편집부, 관리자, администратор, админ, гость, автор, misafir, yönetici, editör
"""
NOBODY = frozenset(word.strip() for word in _NOBODY.replace("\n", " ").split(","))
"""What stands in place of a name."""

NOT_IN_NAMES = Phrases(
    r"(?<![\w’'-])(?:articles?|stories|posts?|read(?:ing)?|views?|viewed|shares?|shared"
    r"|comments?|minutes?|mins?|updated|published|posted"
    r"|photos?|image|copyright|rights|reserved|newsletter|subscribe|follow|click|website"
    r"|homepage|profile|page|about|contact|the|this|with|from"
    r"|your|you|our|bios?|login|learn|name|names|register|join|search|menu|full|explore|discover"
    r"|download|watch|listen|all|more|member|account|we|is|are|was|how|what|why|when|please|type"
    r"|size|case|modality|industry|category|categories|topics?|tags?|rating"
    r"|aktualisiert|veröffentlicht|lesezeit|minuten|uhr|publié|mis|lecture|publicado|actualizado"
    r"|lectura|pubblicato|aggiornato|gepubliceerd|"
    r"опубликовано|обновлено|просмотров|opublikowano|publisert|publicerad|für|der|das|les|des"
    r"|une|sur|pour|los|las|una|para|del\s+sito)(?![\w’'-])",
    "reading viewed",
)
"""Words that no name has, where a text is only taken for a name by its place."""
ORGANISATION = Phrases(
    r"(?<![\w’'-])(?:gmbh|ag|kg|ug|e\.?\s?v\.?|inc\.?|ltd\.?|llc|llp|plc|corp\.?|corporation"
    r"|company|co\.|s\.?a\.?r\.?l\.?|s\.?p\.?a\.?|s\.?r\.?l\.?|b\.?v\.?|n\.?v\.?"
    r"|oy|oyj|a/s|aps|sp\.\s?z\s?o\.?o\.?|s\.r\.o\.|kft|pty|limited|institute?|institut"
    r"|instituto|university|universität|université|universidad|college|center|centre|zentrum"
    r"|foundation|stiftung|"
    r"fondation|fundación|association|verein|verband|society|ministry|ministerium|ministère"
    r"|department|office|bureau|agency|agentur|agence|agencia|council|committee|commission|group"
    r"|media|news|newsroom|"
    r"team|staff|desk|magazine|magazin|journal|times|tribune|post|redaktion|rédaction|redacción"
    r"|redazione|redactie|editorial|press|studios?|holdings?|technologies|solutions|services"
    r"|clinic|bank|union|network)(?![\w’'-])",
    "ev sarl spa srl bv nv spzoo sa sro institut",
)
"""Words of the names of companies and offices."""
_PARTICLE_WORDS = """
de da do dos das del della di du la le les lo el al bin ibn ben bint van von vom zu zur zum ter
ten te y e i und and et of af av the d der den dei degli delle 't op in het
"""
PARTICLES = frozenset(_PARTICLE_WORDS.split())
"""Small words in the names of people."""
