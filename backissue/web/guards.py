"""What stands before every page: whose request is answered, and the headers of every answer."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backissue.web.access import Access
from backissue.web.rendering import wants_json

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_OPEN: Final = ("/healthz", "/style.css")  # answered without a key, and without what it guards
_ASK: Final = (
    "This console asks for a key: open the address that `backissue web` printed, or send\n"
    "`Authorization: Bearer KEY` with the key in state/console-token of the library. Metrics,\n"
    "JSON and feeds also open with the key in state/console-reading-key: as a bearer's, or as\n"
    "the password of any name.\n"
)


class Guards:
    """Answers for *app* where a request may not pass, and adds the headers to all answers."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        request = Request(scope)
        known = self._access.is_known(
            self._cookie(request),
            request.headers.get("authorization"),
            by_program=_is_by_program(request),
        )
        scope["backissue.known"] = known
        answer = self._refusal(request, known)
        await (answer or self._app)(scope, receive, send_guarded)

    def _refusal(self, request: Request, known: bool) -> Response | None:
        headers = request.headers
        if len(headers.getlist("host")) != 1:
            return PlainTextResponse("one Host header is needed\n", 400)
        if not self._access.is_host(headers["host"]):
            return PlainTextResponse("the console does not answer under this name\n", 421)
        if request.method not in ("GET", "HEAD") and not _is_own(headers):
            return PlainTextResponse("the request comes from another site\n", 403)
        code = request.query_params.get("code")
        if code and request.url.path == "/" and (value := self._access.exchange(code)):
            answer = RedirectResponse("/", 303)
            answer.headers["Set-Cookie"] = self._access.set_cookie(value)
            return answer
        if known or request.url.path in _OPEN:
            return None
        kind = 'Basic realm="backissue"' if _is_feed(request) else "Bearer"
        return PlainTextResponse(_ASK, 401, headers={"WWW-Authenticate": kind})

    def _cookie(self, request: Request) -> str | None:
        try:
            found = SimpleCookie(request.headers.get("cookie", ""))
        except CookieError:
            return None
        return found[self._access.cookie].value if self._access.cookie in found else None


def _is_by_program(request: Request) -> bool:
    """Whether a request asks for what programs read: metrics, JSON, a feed."""
    if request.url.path == "/metrics" or _is_feed(request):
        return True
    return wants_json(request.headers.get("accept", ""))


def _is_feed(request: Request) -> bool:
    return request.url.path.startswith("/feed/")


def _is_own(headers: Headers) -> bool:
    """Whether a request that may change something comes from the console itself."""
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers["host"]
