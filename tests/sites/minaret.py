"""An Arabic magazine from right to left: paragraphs are divs, and entries have no headings."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from sites.base import Page, Post, Site
from sites.tongues import ARABIC

_STATICS = (("/about", "من نحن"), ("/contact", "اتصل بنا"), ("/privacy", "سياسة الخصوصية"))
_MENU = (("/", "الرئيسية"), ("/section/cities", "مدن"), ("/section/books", "كتب"), ("/episodes", "بودكاست"))  # fmt: skip
_MONTHS = {"01": "يناير", "02": "فبراير"}


def _post(number: int, title: str, author: str, date: str, things: str) -> Post:
    return Post(f"/node/{number}", title, author, date, ARABIC.text(title, things.split("|"), 4 + number % 3), "مدن" if number % 2 else "كتب")  # fmt: skip


POSTS = (
    _post(731, "آخر صانع ساعات في المدينة", "ليلى منصور", "2026-02-21", "البرج|المفتاح|الدكان|دفتر الحسابات"),
    _post(728, "حكاية جسر لم يكتمل", "نبيل عواد", "2026-02-15", "الجسر|القوس|المخطط|الحجر"),
    _post(725, "مكتبة تحت الماء", "ليلى منصور", "2026-02-10", "المخطوط|الرف|السد|الفهرس"),
    _post(722, "خريطة الطباخ", "هدى سالم", "2026-02-04", "المطبخ|الفرن|الدفتر|الملح"),
    _post(719, "من سرق صوت المذياع", "نبيل عواد", "2026-01-29", "المذياع|الشريط|الاستوديو|البرنامج"),
    _post(716, "حديقة لا يعرفها أحد", "هدى سالم", "2026-01-22", "البستان|السور|البئر|الممر"),
    _post(713, "رسائل حارس الفنار", "ليلى منصور", "2026-01-15", "الفنار|القارب|المصباح|البريد"),
    _post(710, "قطار الثامنة إلا ربعا", "نبيل عواد", "2026-01-08", "القطار|الرصيف|الجدول|المقهى"),
)  # fmt: skip


def _day(date: str) -> str:
    return f"{int(date[8:])} {_MONTHS[date[5:7]]} {date[:4]}"


def _divs(texts: Sequence[str]) -> str:
    return "".join(f'<div class="fqra">{one}</div>' for one in texts)


def _links(pairs: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<div class="bnd"><a href="{to}">{said}</a></div>' for to, said in pairs)


def page(title: str, main: str) -> str:
    return f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title} | المنارة</title>
<meta property="og:type" content="article"></head><body><div class="ras"><a href="/">المنارة</a>{_links(_MENU)}</div>
<div class="wst">{main}</div><div class="dhyl">{_links(_STATICS)}<div>جميع الحقوق محفوظة</div></div></body></html>"""


def _article(one: Post, body: str, below: str = "") -> str:
    line = f'<div class="katb">بقلم {one.author}</div><time class="trkh" datetime="{one.date}">{_day(one.date)}</time>' if one.author else ""  # fmt: skip
    return page(one.title, f'<div class="mqal"><h1>{one.title}</h1>{line}<div class="nss">{body}</div></div>{below}')  # fmt: skip


def _entry(one: Post, said: str | None = None) -> str:
    return (
        f'<div class="mwjz"><a class="unwn" href="{one.path}">{one.title}</a><time class="trkh" datetime="{one.date}">'
        f'{_day(one.date)}</time><div class="nbdh">{said or one.summary}</div><a href="{one.path}">اقرأ المزيد</a></div>'
    )


def _entries(posts: Sequence[Post]) -> str:
    return "".join(_entry(one) for one in posts)


def _list(title: str, main: str) -> str:
    return page(title, f'<div class="ism">{title}</div>{main}')


_LIFE = "ليلى منصور كاتبة وصحفية ولدت في طنجة عام ١٩٨٣. عملت في الإذاعة عشر سنوات قبل أن تنضم إلى المجلة، وصدرت لها مجموعتان قصصيتان. تعيش بين بيروت والقطارات."
EPISODES = tuple(
    Post(f"/episodes/{number}", title, "نبيل عواد", date, ARABIC.text(title, things.split("|"), 2))
    for number, title, date, things in (
        (5, "الحلقة الخامسة: رجل يعد الجسور", "2026-02-18", "الجسر|الدفتر|الحاجز"),
        (4, "الحلقة الرابعة: قرية بلا هاتف", "2026-02-02", "الهاتف|السلك|البرج"),
    )
)
LISTS = (
    Page("/", page("الرئيسية", _entries(POSTS[:5])), "list", "section"),
    Page("/?page=2", page("الرئيسية", _entries(POSTS[5:])), "list", "link"),
    Page("/section/cities", _list("مدن", _entries([one for one in POSTS if one.section == "مدن"])), "list", "section", "مدن"),
    Page("/section/books", _list("كتب", f'<div class="awl"><a href="{POSTS[2].path}">{POSTS[2].title}</a>{_divs(POSTS[2].texts)}</div>{_entries(POSTS[1:2])}'), "list", "section", "كتب"),
    Page("/tag/radio", _list("وسم: مذياع", _entries(POSTS[4:5])), "list"),
    Page("/writer/layla", _list("ليلى منصور", f'<div class="syrh">{_LIFE}</div>' + _entries([one for one in POSTS if one.author == "ليلى منصور"])), "list"),
    Page("/writer/nabil", _list("نبيل عواد", _links([(one.path, one.title) for one in POSTS if one.author == "نبيل عواد"])), "list"),
    Page("/whole", _list("نصوص كاملة", "".join(f'<div class="mwjz"><a class="unwn" href="{one.path}">{one.title}</a><time class="trkh" datetime="{one.date}">{_day(one.date)}</time>{_divs(one.texts)}</div>' for one in POSTS[3:6])), "list"),
    Page("/archive", _list("الأرشيف", _links([(f"/archive/{year}", f"أعداد سنة {year}") for year in range(2015, 2027)])), "list"),
    Page("/episodes", _list("بودكاست المنارة", _entry(EPISODES[0], "نمشي معه من ضفة إلى ضفة، وننسى العدد قبل أن نصل إلى المقهى.") + _entry(EPISODES[1], "ماذا يفعل الناس حين لا يرن شيء؟ يتكلمون، وكثيرا.")), "list", "section", "بودكاست"),
    Page("/search?q=" + quote("الجسر"), _list("نتائج البحث عن: الجسر", _entries([POSTS[1], POSTS[6]])), "list", "user"),
)  # fmt: skip


def _static(path: str, title: str, *texts: str) -> Page:
    return Page(path, page(title, f'<div class="mqal"><h1>{title}</h1><div class="nss">{_divs(texts)}</div></div>'), "static")  # fmt: skip


STATICS = (
    _static("/about", "من نحن", "المنارة مجلة مستقلة تعنى بالأماكن والأشياء القديمة. تأسست عام ٢٠١٥ وتصدر أربع مرات في السنة، وينشر موقعها مقالا كل أسبوع.", "لا ننشر الإعلانات، ونعتمد على اشتراكات القراء وحدها. نرحب بمساهماتكم ونكافئ كل كاتب."),
    _static("/contact", "اتصل بنا", "العنوان: شارع الميناء ١٤، الطابق الثاني، بيروت", "الهاتف: ٩٦٠١١٤٠، من الاثنين إلى الخميس", "البريد الإلكتروني: post@minaret.example"),
    _static("/privacy", "سياسة الخصوصية", "توضح هذه السياسة البيانات التي نجمعها عند زيارتكم للموقع وكيفية استخدامها.", "نستخدم ملفات تعريف الارتباط الضرورية لتسجيل الدخول فقط، ويمكنكم تعطيلها من إعدادات المتصفح.", "لا نشارك بياناتكم مع أي طرف ثالث، ولكم الحق في طلب حذفها في أي وقت."),
)  # fmt: skip


def _own(number: int, title: str, author: str = "هدى سالم") -> Post:
    return Post(f"/node/{number}", title, author, "2026-02-12", ())


def _made(one: Post, body: str, below: str = "") -> Page:
    return Page(one.path, _article(one, body, below), "article")


_BOOKS = _links([(f"https://kutub.example/{n}", title) for n, title in enumerate(("ملح الطريق", "تسعة كيلومترات", "بيانو أمي", "شتاء في فاس", "حارس الفراشات", "وزن الورق"))])  # fmt: skip
ARTICLES = (
    *(Page(one.path, _article(one, _divs(one.texts), f'<div class="mtsl">اقرأ أيضا {_entries(POSTS[n - 2 : n] or POSTS[3:5])}</div>'), "article", "feed" if n < 3 else "sitemap", one.title, one.date) for n, one in enumerate(POSTS)),
    *(Page(one.path, _article(one, _divs(one.texts)), "article", "section", one.title) for one in EPISODES),
    _made(_own(740, "أفضل كتب السنة"), _divs(("قرأنا مئة كتاب واخترنا هذه، من غير ترتيب.",)) + _BOOKS),
    _made(_own(741, "مرسى", ""), '<div class="fqra">البحر لا يعرف أسماءنا<br>والليل لا يسأل من نكون<br>نعد القوارب حين تعود<br>وننسى التي لا تعود</div><div class="fqra">على الدرج الحجري وقفت<br>يدي على حاجز من صدأ<br>وكان الضوء كل ما بقي<br>من الذين مضوا وما بقي</div>'),
    _made(_own(742, "حوار مع صانع العود"), _divs(("كم عودا صنعت حتى اليوم؟", "لا أعد. من يعد الأعواد كمن يعد أولاده أمام الضيوف.", "وما الذي يميز العود الجيد؟", "أنه يخجل في السنة الأولى. العود الذي يغني من أول يوم يسكت في العاشرة.", "هل تعلم أحدا؟", "ابنتي. هي تسمع ما لا أسمع، وأنا أتظاهر بأنني سمعت."))),
    _made(_own(743, "عودة الضوء إلى الفنار"), _divs(("عاد الضوء إلى الفنار مساء أمس بعد أحد عشر أسبوعا من الإصلاح. يقول الحارس إن النوارس لم تنتبه.",)), f'<div class="mtsl">اقرأ أيضا {_entries(POSTS[:3])}</div>'),
    _made(_own(744, "رسائل القراء"), _divs(("كتبتم أن جدي كان يغلق الدكان ظهرا. لم يغلقه يوما، كان ينام فيه. سعاد، حلب", "الجسر اكتمل، ولكن على الورق، وعندي الورق. مهندس متقاعد", "أرجو تكبير الخط. قارئ قديم جدا"))),
    Page("/archive/745", _article(_own(745, "في مديح الأرشيف"), _divs(ARABIC.text("أرشيف", ["الملف", "الختم", "الصندوق", "المفتاح"], 5))), "article"),
)  # fmt: skip
MINARET = Site("minaret", (*LISTS, *STATICS, *ARTICLES))
