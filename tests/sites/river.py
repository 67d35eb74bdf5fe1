"""A Chinese magazine: a theme of headed entries, dates with their own signs, no word for `by`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from sites.base import Page, Post, Site, links, prose
from sites.tongues import CHINESE

_STATICS = (("/about", "关于我们"), ("/contact", "联系方式"), ("/privacy", "隐私政策"), ("/subscribe", "订阅"))  # fmt: skip
_MENU = (
    ("/", "首页"),
    ("/category/city", "城市"),
    ("/all", "全文"),
    ("/archive", "归档"),
    *_STATICS[:2],
)


def _post(number: int, title: str, author: str, date: str, things: str) -> Post:
    return Post(f"/post/{number}", title, author, date, CHINESE.text(title, things.split("|"), 4 + number % 3))  # fmt: skip


POSTS = (
    _post(1093, "渡口的最后一班船", "沈默", "2026-02-22", "渡船|缆绳|码头上的钟|船票"),
    _post(1088, "寻找一座消失的戏台", "何青", "2026-02-16", "戏台|旧戏单|锣鼓|后院的井"),
    _post(1081, "修伞人的账本", "沈默", "2026-02-09", "账本|油纸伞|竹骨|修伞的摊子"),
    _post(1077, "城墙根下的菜园", "何青", "2026-02-03", "菜园|城墙砖|水渠|篱笆"),
    _post(1069, "一张画错的地图", "罗一舟", "2026-01-26", "地图|测绘队的日记|界碑|等高线"),
    _post(1064, "关于沉默的邮局", "沈默", "2026-01-19", "邮局|退信|邮筒|分拣台"),
    _post(1058, "盐与风", "罗一舟", "2026-01-11", "盐田|风车|盐仓|运盐的小路"),
    _post(1050, "谁在夜里敲钟", "何青", "2026-01-04", "钟楼|铜钟|敲钟的木槌|守夜人的灯"),
    _post(1043, "十三号防空洞", "罗一舟", "2025-12-25", "防空洞|铁门|通风口|墙上的字"),
)  # fmt: skip


def _day(date: str) -> str:
    return f"{date[:4]}年{int(date[5:7])}月{int(date[8:])}日"


def page(title: str, main: str, head: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title} - 渡河杂志</title>{head}</head>
<body><div class="top"><a href="/">渡河杂志</a><ul class="nav">{links(_MENU)}</ul></div>
<div class="main">{main}</div><div class="foot"><ul>{links(_STATICS)}</ul><p>渡河杂志社 版权所有</p></div></body></html>"""


def _article(one: Post, body: str, below: str = "") -> str:
    line = f'<div class="info"><span>作者：{one.author}</span> <span>{_day(one.date)}</span></div>' if one.author else ""  # fmt: skip
    head = f'<meta property="article:published_time" content="{one.date}T10:00:00+08:00">' if one.author else ""  # fmt: skip
    return page(one.title, f'<h1>{one.title}</h1>{line}<div class="content">{body}</div>{below}', head)  # fmt: skip


def _entry(one: Post, texts: Sequence[str]) -> str:
    return (
        f'<div class="entry"><h2><a href="{one.path}">{one.title}</a></h2><div class="info">{one.author} '
        f"{_day(one.date)}</div>{prose(texts)}<a href='{one.path}'>阅读全文</a></div>"
    )


def _teasers(posts: Sequence[Post]) -> str:
    return "".join(_entry(one, [one.summary]) for one in posts)


def _list(title: str, main: str) -> str:
    return page(title, f"<h1>{title}</h1>{main}")


_LIFE = "<p>沈默，一九七九年生于泉州，做过船员、校对和中学教师。二〇一一年起为本刊撰稿，著有散文集《退潮》。现居厦门，养一只不爱说话的鹦鹉。</p>"
_ROWS = "".join(
    f"<tr><td>{_day(one.date)}</td><td><a href='{one.path}'>{one.title}</a></td></tr>"
    for one in POSTS
)
_HAND = (
    (0, "船停了，人还在等。记者在渡口坐了三天，听完了所有的告别。"),
    (6, "这一篇请在大风天读。读完你会想去舔一舔窗户上的盐。"),
)
LISTS = (
    Page("/", page("首页", _teasers(POSTS[:5])), "list", "section"),
    Page("/?page=2", page("首页", _teasers(POSTS[5:])), "list", "link"),
    Page("/category/city", _list("城市", _entry(POSTS[1], POSTS[1].texts) + _teasers(POSTS[2:4])), "list", "section", "城市"),
    Page("/tag/salt", _list("标签：盐", _teasers(POSTS[6:7])), "list"),
    Page("/author/shenmo", _list("沈默", _LIFE + _teasers([one for one in POSTS if one.author == "沈默"])), "list"),
    Page("/author/heqing", _list("何青", f"<ul>{links([(one.path, one.title) for one in POSTS if one.author == '何青'])}</ul>"), "list"),
    Page("/all", _list("全文", "".join(_entry(one, one.texts) for one in POSTS[2:5])), "list", "section", "全文"),
    Page("/archive", _list("归档", f"<table>{_ROWS}</table>"), "list", "section", "归档"),
    Page("/archive/years", _list("历年", f"<ul>{links([(f'/archive/{year}', f'{year}年') for year in range(2011, 2027)])}</ul>"), "list"),
    Page("/picks", _list("编辑推荐", "".join(_entry(POSTS[n], [said]) for n, said in _HAND)), "list", "user"),
    Page("/search?q=" + quote("钟"), _list("“钟”的搜索结果", _teasers([POSTS[7], POSTS[0]])), "list", "user"),
    Page("/briefs", page("快讯", "".join(f"<div class='brief'>{one.summary}<a href='{one.path}'>详细</a></div>" for one in POSTS[:6])), "list"),
)  # fmt: skip


def _static(path: str, title: str, *texts: str) -> Page:
    return Page(path, page(title, f"<h1>{title}</h1><div class='content'>{prose(texts)}</div>"), "static")  # fmt: skip


STATICS = (
    _static("/about", "关于我们", "《渡河》是一份关于地方与旧物的独立杂志，创刊于二〇一一年，每年出版四期，网站每周更新。", "我们不刊登广告，全部开支来自读者订阅。欢迎投稿，稿酬从优，来稿请附简短的自我介绍。"),
    _static("/contact", "联系方式", "地址：福建省厦门市思明区渡口路十四号二楼，邮编三六一〇〇一", "电话：0592-960-1140（工作日上午九时至下午五时）", "电子邮箱：post@river.example"),
    _static("/privacy", "隐私政策", "本政策说明您访问本网站时我们收集哪些信息，以及如何使用这些信息。", "我们使用必要的Cookie以保持您的登录状态。您可以在浏览器设置中关闭Cookie，但部分功能可能无法使用。", "未经您的同意，我们不会向任何第三方提供您的个人信息。您有权查询、更正或删除您的信息。"),
    _static("/subscribe", "订阅", "全年四期，定价一百六十元，含邮费。学生凭证件享受半价。", "订阅可随时取消，尚未寄出的期数将全额退款。"),
)  # fmt: skip


def _own(number: int, title: str, author: str = "罗一舟", date: str = "2026-02-12") -> Post:
    return Post(f"/post/{number}", title, author, date, ())


def _made(one: Post, body: str, below: str = "") -> Page:
    return Page(one.path, _article(one, body, below), "article")


_FILMS = "".join(f'<li><a href="https://films.example/{n}">《{title}》</a></li>' for n, title in enumerate(("长堤", "第九个星期", "灯下的人", "归途有雪", "无声的站台", "山那边的海", "旧历新年", "一封没有地址的信", "最后一个放映员", "雾中的码头")))  # fmt: skip
_SERIES = "“沿河而下”是罗一舟的系列随笔。他用一个夏天，从源头走到入海口，每天只走十公里，只在有人肯留他的地方过夜。"
_LEGS = ("源头", "峡谷", "入海口")


def _leg(number: int) -> Page:
    parts = links(
        [(f"/post/{990 + n}", f"沿河而下（{n}）：{name}") for n, name in enumerate(_LEGS, 1)]
    )
    one = _own(
        990 + number, f"沿河而下（{number}）：{_LEGS[number - 1]}", date=f"2025-09-0{number}"
    )
    return _made(one, f"<p>{_SERIES}</p><ul>{parts}</ul>{prose(CHINESE.text(one.title, ['河水', '石桥', '摆渡人的木屋', '竹筏'], 4))}")  # fmt: skip


ARTICLES = (
    *(Page(one.path, _article(one, prose(one.texts), f"<div class='related'><h3>相关阅读</h3>{_teasers(POSTS[n - 2 : n] or POSTS[4:6])}</div>"), "article", "feed" if n < 4 else "sitemap", one.title, one.date) for n, one in enumerate(POSTS)),
    *(_leg(number) for number in (1, 2, 3)),
    _made(_own(1100, "年度十佳影片", date="2025-12-30"), f"<p>编辑部看了一百多部，选出下面几部，排名不分先后。</p><ul>{_FILMS}</ul>"),
    _made(_own(1101, "渡", ""), "<p>水把岸推开一点<br>又推开一点<br>我们坐在中间<br>像一句没有说完的话</p><p>船夫不问去处<br>他只看风<br>风只看水<br>水谁也不看</p>"),
    _made(_own(1102, "对话木匠老唐", "何青"), prose(("<b>问：您做了五十年的门，记得第一扇吗？</b>", "答：记得，歪的。现在还装在我丈母娘家，她说歪门不招贼。", "<b>问：机器做的门有什么不好？</b>", "答：没什么不好，就是关上的时候没有声音。门关上没有声音，人就不知道自己到家了。", "<b>问：还收徒弟吗？</b>", "答：收，要耳朵好的。"))),
    _made(_own(1103, "钟楼停电", "何青"), "<p>昨夜钟楼停电，今晨已恢复。守夜人说，那几个小时全城睡得最好。</p>", f"<div class='related'><h3>相关阅读</h3>{_teasers(POSTS[5:8])}</div>"),
    _made(_own(1104, "读者来信", "编辑部"), prose(("贵刊写修伞人的文章，说他不识字。家父识字，只是不写。<i>修伞人之女，泉州</i>", "防空洞的门牌是十二号，不是十三号，我在里面躲过两次雨。<i>一位老住户</i>", "请多登一些关于鹦鹉的消息。<i>小学生，九岁</i>"))),
    _made(_own(1105, "重读《十三号防空洞》", "罗一舟", "2026-02-25"), f"<p>这篇旧作登出以后，防空洞被封了起来。应读者的要求，我们重新刊出全文，只字未改，作者另写了这段话作为说明。</p>{prose(POSTS[8].texts)}"),
    Page("/tag/essay/1106", _article(_own(1106, "标签的用处"), prose(CHINESE.text("标签", ["标签", "木盒", "编号", "浆糊"], 4))), "article"),
)  # fmt: skip
RIVER = Site("river", (*LISTS, *STATICS, *ARTICLES))
