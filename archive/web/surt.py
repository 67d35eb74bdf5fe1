"""URLs into the keys that the archive sorts and joins by, and into the form to fetch them in.

`surt` writes the sort-friendly key of a URL as Common Crawl's and pywb's indexes have it, by the
rules of the Internet Archive's canonicaliser, which builds on those of Google Safe Browsing
(https://developers.google.com/safe-browsing/reference/URLs.and.Hashing).
"""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, unquote, unquote_plus, urljoin

import idna

from archive.web.userinfo import hide_userinfo

TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_", "at_custom")
"""Beginnings of parameter names that only say where a reader came from.

`utm_` Urchin and Google Analytics and all who copied them; `mtm_`, `pk_` Matomo (formerly Piwik);
`hsa_` HubSpot Ads; `at_custom` AT Internet (Piano Analytics).
"""

TRACKING_PARAMETERS = frozenset(
    {
        *(
            "gclid",
            "gclsrc",
            "dclid",
            "gbraid",
            "wbraid",
            "gad_source",
            "gad_campaignid",
            "srsltid",
        ),
        *("_ga", "_gl"),
        *("fbclid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref"),
        *("igshid", "igsh", "twclid", "ttclid", "li_fat_id", "epik", "rdt_cid", "sccid"),
        *("msclkid", "yclid", "ysclid", "_openstat"),
        *("mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "vero_id", "vero_conv", "oly_enc_id"),
        *("oly_anon_id", "ck_subscriber_id", "bsft_clkid", "bsft_eid", "bsft_uid", "ml_subscriber"),
        *("ml_subscriber_hash", "wickedid", "s_cid", "xtor", "at_medium", "at_campaign", "wt_mc"),
    }
)
"""Parameters that name a click, a mailing or a reader, and never the page that is shown.

By line: Google Ads and Merchant Center click ids; Google Analytics' cross-domain linker; Facebook;
Instagram, X, TikTok, LinkedIn, Pinterest, Reddit and Snapchat click ids; Bing and Yandex; the
newsletters of Mailchimp, Marketo, HubSpot, Vero, Omeda, Kit, Blueshift and MailerLite, and the
campaign codes of WickedReports, Adobe, AT Internet and Mapp. Names that some sites use for content
(`ref`, `source`, `from`, `s`, `id`) stay: two keys for one page do less harm than one key for two.
"""

_URL = re.compile(  # a scheme typed twice, or with too few or too many slashes, still counts
    rb"(?:(?:(https?):/*)+|[a-z][a-z0-9+.-]*://(?!/)|(?![a-z][a-z0-9+.-]*:)/*)"
    rb"([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_PORTS = {"http": 80, "https": 443}
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]{0,9}))?")
_HEX = re.compile(rb"[0-9A-Fa-f]{2}")
_UNSAFE = re.compile(rb"[\x00-\x20\x7f-\xff#%]")
_WWW = re.compile(r"www\d*\.(?=.)")
_NUMBERS = re.compile(r"[1-9]\d*(?:\.\d+){1,3}|0[0-7]*(?:\.[0-7]+){1,3}", re.ASCII)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PATH_SESSIONS = tuple(
    re.compile(rb"(.*/)\(" + inside + rb"\)/(?=.)")
    for inside in (rb"(?:[a-z]\([0-9a-z]{24}\))+", rb"[0-9a-z]{24}")
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"(.*)" + session + rb"(?:&(.*))?")
    for session in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=(?:(?!cfid=)[^&])+&cftoken=[^&]+",
    )
)
_FETCHABLE = re.compile(
    r"(https?):[/\\]*([^/\\?#]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"(?=.{1,254}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DOTS = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)


def surt(url: str) -> str:
    """The key of *url*: `com,example)/path?a=1&b=2`.

    What is no URL with a host (`urn:…`, garbage) is its own key, lower-cased and percent-encoded.
    """
    raw = url.encode("utf-8", "surrogatepass").strip().translate(None, b"\t\r\n")
    match = _URL.fullmatch(raw)
    host = _host_key(match[2], (match[1] or b"").lower().decode()) if match else None
    if match is None or host is None:
        return (_escape(_unescape(raw)).lower() or b"-").decode()
    return (host + b")" + _path_key(match[3]) + _query_key(match[4] or b"")).decode()


def url_surtkey(url: str) -> str:
    """The key by which tables join: `surt` of *url* without its tracking parameters."""
    head, mark, query = url.partition("#")[0].partition("?")
    kept = "&".join(part for part in query.split("&") if not _is_tracking(part))
    return surt(head + mark + kept)


def article_id(url: str) -> str:
    """The id of the article with the canonical address *url*: 26 characters of base32(sha256)."""
    digest = hashlib.sha256(url_surtkey(url).encode()).digest()
    return base64.b32encode(digest)[:26].decode().lower()


def normalise_url(url: str, base: str | None = None) -> str:
    """The absolute http(s) URL that *url* on the page *base* names: safe to fetch and to record.

    As browsers read it, in the characters that RFC 3986 allows: no fragment, user or space, the
    host in ASCII. ValueError for everything else, and wherever a control character stands.
    """
    if _CONTROL.search(url):
        raise ValueError("a URL has no control characters")
    absolute = _joined(base, url.strip(" "))
    match = _FETCHABLE.fullmatch(absolute)
    if match is None or _CONTROL.search(absolute):
        raise ValueError(f"no http or https URL: {_shown(absolute)}")
    scheme, authority, path, query = match.groups()
    host = _fetch_host(authority, scheme.lower())
    tail = f"?{_quote(query)}" if query else ""
    return f"{scheme.lower()}://{host}{_fetch_path(path)}{tail}"


def _joined(base: str | None, url: str) -> str:
    try:
        return urljoin(base, url) if base else url
    except ValueError:  # its words may quote a password
        raise ValueError(f"no URL that can be read: {_shown(url)}") from None


def _shown(url: str) -> str:
    """The beginning of *url* for a message; only the length of a very long URL, which may hold a
    password."""
    return repr(hide_userinfo(url)[:200]) if len(url) < 8000 else f"{len(url)} characters"


def _fetch_host(authority: str, scheme: str) -> str:
    place = authority.rpartition("@")[2]
    match = _AUTHORITY.fullmatch(place)
    if match is None or int(match[2] or 0) > 65535:
        raise ValueError(f"no host and port: {place[:200]!r}")
    port = int(match[2]) if match[2] else _PORTS[scheme]
    return _ascii_host(match[1]) + (f":{port}" if port != _PORTS[scheme] else "")


def _ascii_host(host: str) -> str:
    if host.startswith("["):
        address = IPv6Address(host[1:-1])
        if address.scope_id:
            raise ValueError(f"a zone is no part of an address on the web: {host}")
        return f"[{address}]"
    name = ascii_name(unquote(host, errors="strict"))
    last = name.rstrip(".").rpartition(".")[2]
    return _ipv4(name.rstrip(".")) if _NUMBER.fullmatch(last) else name


def ascii_name(name: str) -> str:
    """The host *name* in the characters that DNS knows, as browsers read it (UTS 46).

    ValueError where it has none. Numbers that stand for an address stay as they are.
    """
    found = name.lower()
    if not found.isascii() and len(found) < 1000:
        try:
            found = idna.encode(found, uts46=True).decode()
        except idna.IDNAError:  # symbols pass in browsers, and by the older rules only
            found = found.encode("idna").decode()
    if not _HOST.fullmatch(found):  # checked last: some letters turn into "/" or ":" on the way
        raise ValueError(f"no host: {name[:200]!r}")
    return found


def _fetch_path(path: str) -> str:
    parts: list[str] = []
    given = path.replace("\\", "/").split("/")[1:] or [""]
    for part in given:
        dots = _DOTS.fullmatch(part) and part.lower().replace("%2e", ".")
        if dots == "..":
            del parts[-1:]
        elif not dots:
            parts.append(part)
    if _DOTS.fullmatch(given[-1]):  # a folder
        parts.append("")
    return "/" + _quote("/".join(parts), "%!$&'()*+,;=:@/")


def _quote(text: str, safe: str = "%!$&()*+,;=:@/?") -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=safe)


def _is_tracking(part: str) -> bool:
    name = unquote_plus(part.partition("=")[0]).strip().lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def _host_key(authority: bytes, scheme: str) -> bytes | None:
    """The host's labels, last first, with a port that is not the scheme's own."""
    address = authority.rpartition(b"@")[2].decode("utf-8", "surrogateescape")
    match = _AUTHORITY.fullmatch(address)
    port = int(match[2] or 0) if match else 0
    if match is None or not match[1] or port > 65535:
        return None
    host = match[1].strip("[]").encode("utf-8", "surrogateescape")
    labels = _sort_host(_unescape(host)).split(".")
    suffix = f":{port}" if port not in (0, _PORTS.get(scheme)) else ""
    return (",".join(reversed(labels)) + suffix).encode()


def _sort_host(host: bytes) -> str:
    with suppress(UnicodeError):  # what is no domain name is escaped below
        host = host if host.isascii() or len(host) > 1000 else host.decode().encode("idna")
    name = b".".join(label for label in host.lower().split(b".") if label)
    text = _escape(name).decode()
    with suppress(ValueError):
        if text.isdigit():
            text = str(IPv4Address(int(text) % 2**32))
        elif _NUMBERS.fullmatch(text):
            text = _ipv4(text)
        elif www := _WWW.match(text):
            text = text[www.end() :]
    return text


def _ipv4(host: str) -> str:
    """The usual form of an IPv4 address that may have fewer, octal or hexadecimal numbers."""
    *first, last = (_number(part) for part in host.split("."))
    size = 4 - len(first)
    if size < 1 or any(number > 255 for number in first) or last >= 256**size:
        raise ValueError(f"{host} is no IPv4 address")
    return ".".join(str(number) for number in (*first, *last.to_bytes(size, "big")))


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text} is no number of an IPv4 address")
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _path_key(path: bytes) -> bytes:
    parts: list[bytes] = []
    for part in _unescape(path).split(b"/")[1:]:
        if part == b".." and parts:
            parts.pop()
        elif part != b".":
            parts.append(part)
    key = _escape(b"/" + b"/".join(part for part in parts if part)).lower()
    for pattern in _PATH_SESSIONS:
        page = key.rfind(b".aspx")
        match = pattern.match(key, 0, page) if page > 0 else None
        if match and b"?" not in key[match.end() : page]:
            key = match[1] + key[match.end() :]
    return key


def _query_key(query: bytes) -> bytes:
    if not query:
        return b""
    key = _escape(_unescape(query)).lower()
    for pattern in _QUERY_SESSIONS:
        if match := pattern.fullmatch(key):
            key = match[1] + (match[2] or b"")
    fields = sorted(field.partition(b"=") for field in key.split(b"&"))
    return b"?" + b"&".join(map(b"".join, fields)) if key else b""


def _unescape(data: bytes) -> bytes:
    """*data* without percent-encoding, whatever the number of times it was encoded.

    From the right to the left, so that one pass finds also what an inner decoding brings about.
    """
    pieces = data.split(b"%")
    out = bytearray(pieces.pop()[::-1])
    while pieces:
        char = b"%"
        while char == b"%" and _HEX.fullmatch(code := bytes(out[:-3:-1])):
            char = bytes.fromhex(code.decode())
            del out[-2:]
        out += char + pieces.pop()[::-1]
    return bytes(out[::-1])


def _escape(data: bytes) -> bytes:
    return _UNSAFE.sub(lambda match: b"%%%02x" % match[0][0], data)
