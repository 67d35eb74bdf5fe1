"""A method, URL, header fields and a body into the bytes of one HTTP/1.1 request, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.web.surt import ascii_name
from crawlers.wire.exchange import ExchangeFailed

HeaderFields = Sequence[tuple[bytes, bytes]]

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")
_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?:.*@)?(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]@]+))(?::([0-9]{0,5}))?")
_TARGET = re.compile(r"[\x21-\x7e]*")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """The scheme, host and port that connections belong to; the host is ASCII, without brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """As it stands in a Host field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out; *repeatable* where sending it twice does no harm."""

    url: str
    origin: Origin
    method: str
    data: bytes
    closes: bool

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again after a kept connection turned out to be dead."""
        return self.method in ("GET", "HEAD")


def compose(method: str, url: str, fields: HeaderFields, body: bytes = b"") -> Request:
    """The request for *url*: fields in their order and case, Host put first where it is absent.

    The target goes out as it stands in *url*. What could not be sent without being changed, or
    would make another message of it (line breaks, a length that is wrong), is a `bad_request`.
    """
    origin, target = origin_and_target(url)
    if not _TOKEN.fullmatch(method.encode("ascii", "replace")) or method.upper() == "CONNECT":
        raise _bad(f"{method!r} is not a method to fetch with")
    for name, value in fields:
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise _bad(f"the request field {name!r} has characters that no field may have")
    lines = [f"{method} {target} HTTP/1.1".encode("ascii")]
    lines += [b"%s: %s" % field for field in _framed(method, origin, fields, body)]
    data = b"\r\n".join((*lines, b"", body))
    tokens = b",".join(_field_values(fields, b"connection")).lower().split(b",")
    return Request(url, origin, method, data, b"close" in (token.strip() for token in tokens))


def origin_and_target(url: str) -> tuple[Origin, str]:
    """Where a request for *url* goes, and the target that it asks for there; or `bad_request`."""
    match = _URL.fullmatch(url)
    authority = _AUTHORITY.fullmatch(match[2]) if match else None
    if match is None or authority is None:
        raise _bad("only http and https URLs with a host can be fetched")
    if not _TARGET.fullmatch(match[3]):
        raise _bad("the URL has a space, a control or a non-ASCII character in its path or query")
    scheme, literal, name = match[1].lower(), authority[1], authority[2]
    port = int(authority[3] or _PORTS[scheme])
    try:
        host = literal.lower() if literal else ascii_name(name)
    except ValueError:
        raise _bad(f"{name!r} is not a host name") from None
    if not 0 < port < 65536:
        raise _bad(f"{port} is not a port")
    return Origin(scheme, host, port), match[3] if match[3][:1] == "/" else f"/{match[3]}"


def _framed(method: str, origin: Origin, fields: HeaderFields, body: bytes) -> HeaderFields:
    hosts, lengths = _field_values(fields, b"host"), _field_values(fields, b"content-length")
    length = str(len(body)).encode("ascii")
    if (
        _field_values(fields, b"transfer-encoding")
        or lengths not in ([], [length])
        or len(hosts) > 1
    ):
        raise _bad("Host, Content-Length or Transfer-Encoding of the request do not fit it")
    first = [] if hosts else [(b"Host", str(origin).encode("ascii"))]
    needs_length = not lengths and (body or method in ("POST", "PUT", "PATCH"))
    return [*first, *fields, *([(b"Content-Length", length)] if needs_length else [])]


def _field_values(fields: HeaderFields, wanted: bytes) -> list[bytes]:
    return [value.strip() for name, value in fields if name.lower() == wanted]


def _bad(detail: str) -> ExchangeFailed:
    return ExchangeFailed("bad_request", detail)
