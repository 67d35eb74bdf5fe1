"""Bylines in Chinese, Japanese and Korean, where no space parts a name from its label."""

from __future__ import annotations

import re

from pipelines.text.words import collapse

_HAN = "\u3400-\u4dbf\u4e00-\u9fff々〇"
_KANA = "\u3041-\u309f\u30a1-\u30ffー"
_HANGUL = "\uac00-\ud7a3"
EAST = re.compile(f"[{_HAN}{_KANA}{_HANGUL}]")
"""A character of Chinese, Japanese or Korean."""

_NAME = (
    rf"(?:[{_HAN}]{{2,4}}(?:[·・•‧][{_HAN}]{{1,6}})*"
    rf"|[{_HAN}{_KANA}]{{2,8}}(?:[ \u3000=＝・][{_HAN}{_KANA}]{{1,8}})?"
    rf"|[{_HANGUL}]{{2,4}}|[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){{1,3}})"
)
_BETWEEN = r"[\s\u3000]*[、，,;；/／&和与與及·・|｜丨]?[\s\u3000]*"
_NAMES = rf"(?P<names>{_NAME}(?:{_BETWEEN}{_NAME}){{0,7}})"
_OTHER_PARTS = """
编辑 編輯 责编 責編 责任编辑 責任編輯 摄影 攝影 图片 圖片 图 圖 翻译 翻譯 译者 譯者 编译 編譯
校对 校對 审核 審核 主编 主編 总编 監修 撮影 写真 翻訳 訳 編集
イラスト 사진 번역 편집 来源 來源 출처 出典 核稿 責任主編 监制 監製 视频 设计 制图 美编 值班编辑
实习编辑 复审 终审 初审
"""
_OTHERS = _OTHER_PARTS.split()
_OTHER = rf"(?:{'|'.join(sorted(_OTHERS, key=len, reverse=True))})"
_WRITER = (
    r"(?:本报|本報|本刊|本网|特约|特約|见习|見習|实习|實習|资深|首席|駐[^\s]{2,4}|驻[^\s]{2,4})?"
    r"(?:全媒体|通讯社|报业)?"
    r"(?:記者|记者|撰稿人|特派員|特派员|通讯员|通訊員|评论员|評論員)"
)
_LABELLED = re.compile(
    rf"(?:作者|撰文|撰稿|文字|採訪|采访|采写|采写/撰文|整理|執筆者?|著者|筆者|取材[・･]文|文・写真|文[・･]構成|取材|글|글쓴이|글·사진|취재|작성자|기자명"
    rf"|文)\s*[:：/／=＝|｜丨]\s*(?:{_WRITER}\s*[:：/／]?\s*)?{_NAMES}"
)
_BY_JOB = re.compile(rf"{_WRITER}[\s\u3000:：／/|｜]*{_NAMES}")
_JOB_BEHIND = re.compile(
    rf"(?P<names>[{_HANGUL}]{{2,4}}(?:[\s·,]+[{_HANGUL}]{{2,4}})*)\s?(?:선임|수습|인턴|전문|객원|논설)?(?:기자"
    rf"|특파원|논설위원|칼럼니스트|편집위원)(?![{_HANGUL}])"
    rf"|(?P<names2>[{_HAN}]{{2,5}}[ \u3000]?[{_HAN}{_KANA}]{{0,5}})\s?(?:記者|特派員|論説委員"
    rf"|編集委員)(?![{_HAN}])"
)
_KOREAN = re.compile(
    rf"^(?:기자|글|작성자|취재|글쓴이|글·사진)\s+(?P<names>[{_HANGUL}]{{2,4}})(?![{_HANGUL}])"
)
_BEFORE_BRACKET = re.compile(
    rf"^(?P<names>[{_HAN}{_KANA}]{{2,8}})[（(][^（()）]*(?:記者|記者|特派員|論説委員|編集委員)[）)]"
)
_BRACKETS = re.compile(r"^[【〔\[［](?P<names>[^】〕\]］]{2,30})[】〕\]］]$")
_AT_THE_END = re.compile(
    rf"[(（【\[]?\s*(?:责任编辑|責任編輯|责编|責編|编辑|編輯|작성자)\s*[:：]\s*{_NAMES}"
)
_PLACE_AND_DAY = re.compile(rf"[{_HAN}]{{2}}(?=\d{{1,2}}日)")
_PLACE = re.compile(r"\s*[/／|｜].*$")
_REST = re.compile(
    rf"[\s\u3000]*[/／|｜(（][^)）]*(?:報導|报道|報道|綜合|综合|电|電)[)）]?$|(?:{_WRITER})|\s*(?:報導|报道|報道|綜合報導"
    rf"|综合报道|電|电|讯|訊|さん|氏|님|씨)$"
)
_NO_NAMES = """
报道 報導 报导 摄影 编辑 綜合 综合 台北 北京 上海 香港 东京 東京 本报 本網 图片 来源 来自 撰文
新闻 新聞 專題 专题 写真 編集部 編集 記事 ニュース 訂閱 分享 评论
文章 作品 介绍 简介 社会 经济 政治 体育 娱乐 국제 사회 정치 경제 문화 스포츠 뉴스 기사 사진 서울
제공 입력 수정 입력날짜 独家 獨家 原创 原創 转载 轉載 网友 匿名
报社 国内 國內 国际 國際 財經 财经 解説 社説 速報 公開 更新 発売 登録
"""
_WORDS = frozenset(_NO_NAMES.split())


def names_in(text: str) -> list[str]:
    """The names of the writers that a byline *text* names; nothing where it is none."""
    if not EAST.search(text):
        return []
    bracketed = _BRACKETS.match(text.strip())
    if bracketed:
        text = bracketed["names"]
    text = _PLACE_AND_DAY.sub(" ", text)
    own = re.split(rf"[\s\u3000|｜,，;；(（【\[/／]*{_OTHER}\s*[:：/／=＝|｜丨]", text)[0]
    for pattern in (_BEFORE_BRACKET, _LABELLED, _KOREAN, _BY_JOB, _JOB_BEHIND):
        found = [
            name
            for match in pattern.finditer(own)
            for name in _split(next(filter(None, match.groupdict().values())))
        ]
        if found:
            return list(dict.fromkeys(found))
    if bracketed:
        bare = _PLACE.sub("", text)
        if re.fullmatch(rf"[{_HAN}{_KANA}]+[ \u3000][{_HAN}{_KANA}]+", bare):
            return [collapse(bare)]
        return _split(bare) if re.fullmatch(_NAMES, bare) else []
    return []


def editors_in(text: str) -> list[str]:
    """The responsible editors that a line at the end of a text names."""
    match = _AT_THE_END.match(text) if EAST.search(text) else None
    return _split(match["names"]) if match else []


def _split(names: str) -> list[str]:
    parts = re.split(
        r"[\s\u3000]*[、，,;；/／&|｜和与與及][\s\u3000]*|(?<=[^\x00-\x7f])[\s\u3000]+(?=[^\x00-\x7f])",
        names,
    )
    if (
        len(parts) == 2
        and all(len(part) < 3 for part in parts)
        and re.search(r"[ \u3000]", names)
        and (any(len(part) == 1 for part in parts) or re.search(f"[{_KANA}]", names))
    ):
        return [
            "".join(parts) if all(re.fullmatch(f"[{_HAN}]+", p) for p in parts) else " ".join(parts)
        ]
    return [part for part in map(_bare, parts) if _is_name(part)]


def _bare(part: str) -> str:
    return _REST.sub("", part).strip(" \u3000.,:：;()（）[]【】")


def _is_name(part: str) -> bool:
    return len(part) > 1 and part not in _WORDS
