"""A request in, the exact bytes of the HTTP/1.1 exchange out: the crawler's own asyncio client."""

from crawlers.wire.exchange import Exchange, ExchangeFailed, FailureKind, Settings
from crawlers.wire.guard import Override, parse_override
from crawlers.wire.pool import Pool

__all__ = [
    "Exchange",
    "ExchangeFailed",
    "FailureKind",
    "Override",
    "Pool",
    "Settings",
    "parse_override",
]
