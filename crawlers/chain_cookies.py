"""Cookies that a chain of redirects sets, for the requests of the same chain: kept no longer.

Some sites send a reader to and fro until a cookie comes back. Which host hears of a cookie is the
standard library's judgement, and no cookie is for all of a public suffix.
"""

from __future__ import annotations

from collections.abc import Iterable
from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.request import Request

from archive.web.hosts import host_parts

_LONGEST = 8192  # bytes of a field that servers take
_ONLY_ITS_HOST = DefaultCookiePolicy.DomainStrictNonDomain  # without `Domain`: as browsers do


class ChainCookies:
    """The cookies of a single chain of redirects."""

    def __init__(self) -> None:
        self._jar: CookieJar | None = None  # most chains are of one request, and set nothing

    def take(self, url: str, fields: Iterable[str]) -> None:
        """Keep what the `Set-Cookie` *fields* of the answer of *url* set for its host or domain."""
        if not (given := list(fields)):
            return
        jar = self._jar = self._jar or CookieJar(
            DefaultCookiePolicy(strict_ns_domain=_ONLY_ITS_HOST)
        )
        request, answer = Request(url), _Answer(given)  # noqa: S310 - it is read, never opened
        for cookie in jar.make_cookies(answer, request):  # type: ignore[arg-type]
            if _is_sent(cookie) and not _is_for_all(cookie):
                jar.set_cookie_if_ok(cookie, request)

    def field(self, url: str) -> str | None:
        """The value of `Cookie` in a request for *url*; None where nothing belongs there."""
        if self._jar is None:
            return None
        request = Request(url)  # noqa: S310 - it is read, never opened
        self._jar.add_cookie_header(request)
        value = request.get_header("Cookie")
        return value if value and len(value) <= _LONGEST else None


class _Answer:
    """What a `CookieJar` asks of a response."""

    def __init__(self, fields: Iterable[str]) -> None:
        self._message = Message()
        for field in fields:
            self._message["Set-Cookie"] = field

    def info(self) -> Message:
        """The header fields."""
        return self._message


def _is_sent(cookie: Cookie) -> bool:
    text = f"{cookie.name}={cookie.value or ''}"
    return text.isascii() and text.isprintable()


def _is_for_all(cookie: Cookie) -> bool:
    """Whether a cookie is meant for a public suffix: for hosts of many owners."""
    if not cookie.domain_specified:
        return False
    return host_parts(f"http://{cookie.domain.lstrip('.')}/").private_domain is None
