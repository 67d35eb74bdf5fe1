"""What a person had removed: a list of tombstones, which all that shows a page obeys.

A tombstone is a record of ours in the WARC (`urn:backissue:removal:ID`), a line of
`tombstones.jsonl` in the library, and a line of the same file in the generation that it was applied
to. Readers go by the last: so a removal comes into force in one instant, when the link of the
tables is swapped.
"""

from __future__ import annotations

import errno
import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal, TypeGuard, get_args
from urllib.parse import urlsplit

from archive.disk.damage import damaged
from archive.errors import UsageError
from archive.web.hosts import host_of, registered_domain
from archive.web.surt import normalise_url, url_surtkey

NAME: Final = "tombstones.jsonl"
REMOVAL_URI: Final = "urn:backissue:removal:"
_FORMAT = 1  # version of a tombstone's record and line

Kind = Literal["url", "prefix", "host"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be removed: *keys* are SURTs, that of a prefix without a slash at the end.

    The key of a host on any port has no bracket: `org,example`. Keys behind the first are single
    addresses that belong to what is removed.
    """

    kind: Kind
    what: str
    keys: tuple[str, ...]

    @property
    def cure(self) -> str:
        """What takes its removal back."""
        return f"`backissue remove --undo {shlex.quote(self.what)}` takes it back"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A removal, or where *undoes* names one, that it was taken back; *time* is a WARC date."""

    id: str
    time: str
    by: str | None = None
    reason: str | None = None
    kind: Kind | None = None
    what: str | None = None
    keys: tuple[str, ...] = ()
    undoes: str | None = None

    def to_line(self) -> bytes:
        """The line of `tombstones.jsonl`, without its end, and the body of the WARC record."""
        said = {name: value for name, value in asdict(self).items() if value}
        return json.dumps({"format": _FORMAT, **said}, sort_keys=True).encode()

    def __str__(self) -> str:
        return f"{self.what} was {self.words}"

    @property
    def target(self) -> Target:
        """What it removes."""
        return Target(self.kind or "url", self.what or self.id, self.keys)

    @property
    def words(self) -> str:
        """Since when it is removed, and why."""
        return f"removed on {self.time[:10]}" + (f" ({self.reason})" if self.reason else "")


def target_of(text: str, *, alone: bool = False) -> Target:
    """What *text* names; UsageError where that is no address. *alone*: it is one address.

    A host without a path is the host, on all ports or on the one that is given. A path that ends in
    `/` or `/*` is a prefix: it covers that address and all below. All else is one address. Scheme
    and `www.` make no difference.
    """
    given = text.strip()
    bare = given.removesuffix("*")
    address = bare if "://" in bare else f"https://{bare}"
    try:
        url, parts = normalise_url(address), urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{text!r} is no address: {error}") from None
    if alone:
        return Target("url", given, (url_surtkey(url),))
    if not parts.path.strip("/") and not parts.query:
        return Target("host", given, (_host_key(url, with_port=port is not None),))
    if bare != given and not bare.endswith("/"):
        raise UsageError(f"{text!r} ends within a part of a path: a prefix ends in /, as /2020/")
    if parts.path.endswith("/") and not parts.query:
        return Target("prefix", given, (url_surtkey(url),))
    return Target("url", given, (url_surtkey(url),))


def _host_key(url: str, *, with_port: bool) -> str:
    place = url_surtkey(url).partition(")")[0]
    return f"{place})" if with_port else _without_port(place)


def _without_port(place: str) -> str:
    """The host of a SURT, whose own colons are those of an IPv6 address."""
    host, colon, port = place.rpartition(":")
    return host if colon and port.isdigit() and ":" not in host else place


class Tombstones:
    """The removals in force. No key is covered where there are none."""

    def __init__(self, records: Iterable[Tombstone] = ()) -> None:
        self.records = tuple(sorted(records, key=lambda one: (one.time, one.id)))
        undone = {one.undoes for one in self.records}
        self.in_force = tuple(one for one in self.records if one.keys and one.id not in undone)
        self._exact = {key: one for one in self.in_force for key in one.keys[one.kind != "url" :]}
        self._above = {one.keys[0]: one for one in self.in_force if one.kind != "url"}

    def __bool__(self) -> bool:
        return bool(self.in_force)

    def of(self, url: str) -> Tombstone | None:
        """The removal that covers the address *url*; None where none does."""
        return self.covering(url_surtkey(url)) if self.in_force else None

    def of_target(self, target: Target) -> Tombstone | None:
        """The removal that covers all of *target*; None where none does."""
        key = target.keys[0]
        same = (one for one in self.in_force if one.kind == target.kind and key in one.keys)
        return next(same, None) or self.covering(key)

    def covering(self, key: str) -> Tombstone | None:
        """The removal that covers the SURT *key*; None where none does."""
        if found := self._exact.get(key):
            return found
        return next(filter(None, map(self._above.get, _ancestors(key))), None)

    def covers(self, key: str | None) -> TypeGuard[str]:
        """Whether a removal covers the SURT *key*."""
        return key is not None and self.covering(key) is not None

    def cover_article(
        self,
        key: str | None,
        pages: Iterable[str] | None,
        canonical: str | None,
        domain: str | None,
    ) -> bool:
        """Whether the row of an article is removed: by its SURT *key*, that of one of its *pages*,
        or the *canonical* address that it declares, where that may be its own: on its *domain*, and
        not the front page, which every page of some sites declares."""
        if self.covers(key) or any(self.of(url) for url in pages or ()):
            return True
        if canonical is None or not self.covers(declared := url_surtkey(canonical)):
            return False
        return not declared.endswith(")/") and registered_domain(host_of(canonical)) == domain

    def to_bytes(self) -> bytes:
        """The content of `tombstones.jsonl`."""
        return b"".join(one.to_line() + b"\n" for one in self.records)


def _ancestors(key: str) -> Iterator[str]:
    """The keys of hosts and prefixes that *key* lies in, from the host on, and itself."""
    place, bracket, rest = key.partition(")")
    if not bracket:
        return
    yield _without_port(place)
    path = rest.partition("?")[0]
    yield f"{place})"
    for at, sign in enumerate(path):
        if sign == "/" and at:
            yield f"{place}){path[:at]}"
    yield f"{place}){path}"


def read(path: Path) -> tuple[Tombstone, ...]:
    """The tombstones in the file *path*; none where it is not there. Damaged where a line
    cannot be read."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except (IsADirectoryError, NotADirectoryError):
        raise damaged(path, "no list of removals") from None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise damaged(path, "a link that leads in a circle") from None
    found = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            found.append(from_line(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise damaged(path, f"line {number} is no removal") from None
    return tuple(found)


def from_line(line: bytes) -> Tombstone:
    """The tombstone that a line, or the body of a record, describes; ValueError, KeyError or
    TypeError where it does not."""
    data = json.loads(line)
    if not isinstance(data, dict) or data.pop("format") != _FORMAT:
        raise ValueError("not of this format")
    keys, kind = data.pop("keys", []), data.get("kind")
    if not isinstance(keys, list) or not all(
        isinstance(one, str) for one in [*keys, *data.values()]
    ):
        raise ValueError("not of text alone")
    if bool(keys) == ("undoes" in data) or (keys and kind not in get_args(Kind)):
        raise ValueError("neither a removal nor the end of one")
    return Tombstone(**data, keys=tuple(keys))


def union(*several: Iterable[Tombstone]) -> Tombstones:
    """All records of *several* lists, each once."""
    return Tombstones({one.id: one for some in several for one in some}.values())
