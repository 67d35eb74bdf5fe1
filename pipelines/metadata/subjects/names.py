"""The words by which pages name sections and tags: in classes, addresses and labels."""

from __future__ import annotations

import re

from pipelines.text.words import key

CATEGORY_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?:taxonomy|post|entry|article|blog|meta|story)(?:__|[_-])?(?:meta)?[_-]?categor(?:y|ies)"
    r"|categor(?:y|ies)[_-](?:links?|name|label|tag)|cat-links?|posted-in|p-category)(?:$|[\s_-])",
    re.I,
)
TAG_NAMES = re.compile(r"(?:^|[\s_-])(?:post_)?(?:hash)?(?:tags?|keywords?)(?:$|[\s_-])", re.I)
_CATEGORY = (
    r"(?:categor(?:y|ies|ie|ia|ias|ía)|kategori(?:e|en|a|er|i)|rubri(?:k|ken|que|ques|ca)|ressort"
    r"|sections?|secciones|seccion|sezione|secao|channel)/[^/]"
)
_TAG = (
    r"(?:tags?|keywords?|etiquetas?|étiquettes?|schlag(?:wort|woerter)|stichwort|mots?-cles?"
    r"|hashtags?|trefwoord|labels?|tagged)/(?:#tag:)?[^/#]"
)
CATEGORY_PATH = re.compile(f"/{_CATEGORY}", re.I)
ANY_PATH = re.compile(rf"/(?:(?P<tag>{_TAG})|{_CATEGORY})", re.I)
"""What an address of a tag or of a category has."""
SECTION_LABEL = re.compile(
    r"(?:(?:posted|published|filed|listed)?\s*(?:in|under)\b|categor(?:y|ies|ie|ía|ia|ias)|sections?"
    r"|kategori(?:e|en|a|er|i)?|rubri(?:k|que|ca)|ressort|abgelegt unter"
    r"|veröffentlicht (?:in|unter)"
    r"|classé dans|publié dans|publicado en|publicado em|pubblicato in|geplaatst in|dans|en|sección"
    r"|seção|sezione|категори[яи]|рубрик[аи]|раздел|分类|分類|カテゴリー?|카테고리|التصنيف|قسم)\s*[:：]?\s*",
    re.I,
)
TAGS_LABEL = re.compile(
    r"(?:article\s+|post\s+|related\s+)?(?:tags?|tagged(?:\s+(?:with|as|in))?|keywords?|topics?|subjects?"
    r"|schlagw(?:ort|orte|örter)|schlagworte|stichw(?:ort|orte|örter)|themen|mots[- ]cl[ée]s?"
    r"|étiquettes?|etiquetas?|palabras clave|palavras-chave|parole chiave|tagi|trefwoorden"
    r"|etiketter|nøkkelord|nyckelord|emneord|avainsanat|tunnisteet|štítky|kľúčové slová|címkék"
    r"|etichete|etiketler|ετικέτες|метки|теги|тэги|мітки|ключевые слова|标签|標籤|关键词|タグ|태그"
    r"|وسوم|الوسوم|برچسب(?:\u200c?ها)?|תגיות)\s*[:：]\s*",
    re.I,
)
_NO_SECTION_NAMES = """
home blog blogs news posts post article articles archive archives story stories index content all wp
uncategorized uncategorised allgemein sin_categoría non_classé www web magazine entry
entries page pages p items site category categories tag tags topic topics read view date year amp en
de fr es it pt nl us uk gb eu
"""
NO_SECTIONS = frozenset(key(name.replace("_", " ")) for name in _NO_SECTION_NAMES.split())
DATED_PATH = re.compile(r"/((?:[^/\d][^/]*/){1,3})(?:19|20)\d\d/(?:0?\d|1[0-2]|[a-z]{3})/")
