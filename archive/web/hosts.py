"""URLs and hosts into their parts: domains, suffixes, labels, as Common Crawl's index has them.

Suffixes come from the Public Suffix List that tldextract bundles: nothing is fetched or kept on
disk, so that the same URL has the same parts on every machine with the same version of it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from archive.web.surt import ascii_name

if TYPE_CHECKING:
    from tldextract import TLDExtract

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostParts:
    """The `url_*` columns of a URL, None where Common Crawl has null.

    An IP address has a name and nothing else; a host with a single label has a top-level domain and
    no registered domain. A suffix that no list has is the last label. *port* is None where it is
    the protocol's own or not named, *query* where there is no question mark.
    """

    host_name: str | None
    tld: str | None = None
    second_last: str | None = None
    third_last: str | None = None
    fourth_last: str | None = None
    fifth_last: str | None = None
    registry_suffix: str | None = None
    registered_domain: str | None = None
    private_suffix: str | None = None
    private_domain: str | None = None
    name_reversed: str | None = None
    protocol: str | None = None
    port: int | None = None
    path: str | None = None
    query: str | None = None


def registered_domain(host: str) -> str:
    """The domain of *host* that somebody registered; *host* itself where it has none.

    So the pages of `www.review.co.uk` and `review.co.uk` belong together, and an IP address,
    `localhost` and a public suffix stand alone. Written in ASCII, as fetched URLs are.
    """
    name = host.strip("[]").rstrip(".").lower()
    with suppress(ValueError):  # an address in brackets, or nothing that DNS knows
        name = ascii_name(name)
    return _domain(name, private=False)[1] or name


def host_key(host: str) -> str:
    """*host* in a spelling that all its spellings share: in ASCII, lower case, the usual digits.

    An IPv6 address has no brackets. A dot at the end stays, as in browsers: it is another host's
    name. ValueError where it is no host.
    """
    with suppress(ValueError):
        return str(ip_address(host.removeprefix("[").removesuffix("]")))
    return ascii_name(host)


def split_url(url: str) -> SplitResult | None:
    """The parts of *url*; None where it is no URL: a bracket too few, a port that is no number."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  the property checks the port's range
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str:
    """The host of *url* in lower case; empty where it has none, or is no URL."""
    parts = split_url(url)
    return (parts and parts.hostname) or ""


def url_path(url: str) -> str:
    """The path of *url*; empty where it has none, or is no URL."""
    parts = split_url(url)
    return parts.path if parts else ""


def join_url(base: str, reference: str) -> str | None:
    """*reference*, relative to *base*, as an absolute URL; None where that makes no URL."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return None


def host_parts(url: str) -> HostParts:
    """The parts of *url*; all None where it is no URL."""
    parts = split_url(url)
    if parts is None:
        return HostParts(host_name=None)
    port, name = parts.port, (parts.hostname or "").rstrip(".").lower()
    own = port is None or port == _PORTS.get(parts.scheme)
    return HostParts(
        **_name_columns(name),
        protocol=parts.scheme or None,
        port=None if own else port,
        path=parts.path if name else None,
        query=parts.query if "?" in url.partition("#")[0] else None,
    )


@lru_cache(maxsize=4096)
def _name_columns(name: str) -> dict[str, str | None]:
    if not name or _is_address(name):
        return {"host_name": name or None}
    labels: list[str | None] = [*reversed(name.split(".")), *[None] * 4]
    registry_suffix, registered = _domain(name, private=False)
    private_suffix, private = _domain(name, private=True)
    return {
        "host_name": name,
        "tld": labels[0],
        "second_last": labels[1],
        "third_last": labels[2],
        "fourth_last": labels[3],
        "fifth_last": labels[4],
        "registry_suffix": registry_suffix,
        "registered_domain": registered,
        "private_suffix": private_suffix,
        "private_domain": private,
        "name_reversed": ".".join(reversed(name.split("."))),
    }


@lru_cache(maxsize=4096)
def _domain(name: str, private: bool) -> tuple[str | None, str | None]:
    """Public suffix of *name* and the domain one label below it."""
    if not name or _is_address(name):
        return None, None
    suffix = _suffixes().extract_str(name, include_psl_private_domains=private).suffix
    suffix = suffix or name.rpartition(".")[2]  # the list's default rule: `*`
    below = name[: -len(suffix)].rstrip(".").rpartition(".")[2]
    return suffix, f"{below}.{suffix}" if below else None


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract  # with `requests`, 0.1 s: who reads rows asks for no domain

    return TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)
