"""Who may read the console: on loopback everybody, beyond it who has the library's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from archive.disk import files
from archive.errors import BackissueError

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_KEPT = 30 * 86_400  # seconds that a browser keeps the cookie


@dataclass(slots=True)
class Access:
    """Under which names the console answers, and which key it asks for; None: it asks for none.

    The printed address has a code that is good once: it is exchanged for a cookie. The cookie
    follows from the key, so it outlives the console. The *reading_key* is for programs: it opens
    metrics, JSON and feeds, and nothing else.
    """

    host: str
    key: str | None = None
    reading_key: str | None = None
    cookie: str = "backissue"
    _code: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def code(self) -> str | None:
        """The code for the printed address; None where nobody needs one."""
        return self._code if self.key else None

    def is_host(self, header: str) -> bool:
        """Whether a request may name this host: another name is that of a stranger's site, which
        resolves to this machine."""
        name = _name_of(header)
        if name in (*_LOOPBACK, _bracketed(self.host.lower())):
            return True
        if not is_wildcard(self.host):
            return False
        return _is_address(name) or name in {
            socket.gethostname().lower(),
            socket.getfqdn().lower(),
        }

    def exchange(self, code: str) -> str | None:
        """The value of the cookie for a *code* that is good; it is good no more."""
        if not self.key or not self._code or not _equal(code, self._code):
            return None
        self._code = ""
        return self._value()

    def is_known(
        self, cookie: str | None, authorization: str | None, *, by_program: bool = False
    ) -> bool:
        """Whether a request may read; *by_program*: it asks for metrics, JSON or a feed."""
        if self.key is None:
            return True
        if cookie and _equal(cookie, self._value()):
            return True
        given = _key_in(authorization or "")
        if by_program and self.reading_key and _equal(given, self.reading_key):
            return True
        return _equal(given, self.key)

    def set_cookie(self, value: str) -> str:
        """The header that gives a browser the cookie."""
        return f"{self.cookie}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={_KEPT}"

    def _value(self) -> str:
        return hmac.new((self.key or "").encode(), b"cookie", hashlib.sha256).hexdigest()


def access_to(library: Path, host: str) -> Access:
    """The access to a console of *library* that is bound to *host*."""
    if is_loopback(host):
        return Access(host)
    name = hashlib.sha256(str(library).encode()).hexdigest()[:12]  # cookies know no port
    reading_key = _key(library, "console-reading-key")
    return Access(host, _key(library, "console-token"), reading_key, f"backissue-{name}")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches *host*."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _key_in(authorization: str) -> str:
    """The key of a header: a bearer's, or the password of those who know names and passwords only,
    as feed readers do."""
    kind, _, given = authorization.partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() != "basic":
        return ""
    with suppress(ValueError):
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    return ""


def _key(library: Path, file: str) -> str:
    """The key in *file* of `state/`, made if need be; where it cannot be kept, a passing one."""
    path = library / "state" / file
    try:
        if found := path.read_text(encoding="ascii").strip():
            return found
    except (OSError, ValueError):
        pass
    made = secrets.token_urlsafe(32)
    try:
        with files.speaking_errors(path):
            files.make_folder(path.parent)
            path.touch(mode=0o600)
            path.chmod(0o600)
            path.write_text(f"{made}\n", encoding="ascii")
    except BackissueError:
        return made
    return made


def _name_of(header: str) -> str:
    """The host of a header `Host`, without its port."""
    text = header.strip().lower()
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    return text.partition(":")[0]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def is_wildcard(host: str) -> bool:
    """Whether *host* stands for all addresses of this machine."""
    return host in ("0.0.0.0", "::", "[::]")  # noqa: S104 - it is compared, not bound


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
