"""An origin into an open connection to an address that may be connected to."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from functools import cached_property
from ipaddress import ip_address

from crawlers.errors import AddressRefused
from crawlers.wire.connection import Connection
from crawlers.wire.exchange import ExchangeFailed, Settings
from crawlers.wire.guard import Guard, PeerAddress, Resolve
from crawlers.wire.request import Origin


class Dialer:
    """Opens connections as *settings* allow, to what *resolve* says of a host."""

    def __init__(self, settings: Settings, resolve: Resolve) -> None:
        self._settings = settings
        self._guard = Guard(resolve, settings.overrides, settings.allow_private)

    async def dial(self, origin: Origin) -> Connection:
        """Connect to *origin*; raises `ExchangeFailed`."""
        deadline = asyncio.get_running_loop().time() + self._settings.connect_timeout
        addresses = await self._addresses(origin, deadline)
        failed = ExchangeFailed("dns", f"{origin.host} has no address")
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            now = asyncio.get_running_loop().time()
            share = (deadline - now) / left  # a silent address leaves time for the next one
            try:
                async with asyncio.timeout(share):
                    return await self._connect(origin, address)
            except TimeoutError:
                failed = ExchangeFailed("connect_timeout", f"{address.ip} does not answer")
            except OSError as error:
                if origin.scheme == "https" and _is_handshake(error):
                    raise ExchangeFailed("tls", f"{origin.host}: {_one_line(error)}") from error
                failed = ExchangeFailed("refused", f"{address.ip}: {_one_line(error)}")
        raise failed

    async def _addresses(self, origin: Origin, deadline: float) -> list[PeerAddress]:
        try:
            async with asyncio.timeout_at(deadline):
                return await self._guard.addresses(origin.host, origin.port)
        except AddressRefused as error:
            raise ExchangeFailed("private_address", str(error)) from error
        except TimeoutError as error:
            raise ExchangeFailed("dns", f"no answer for {origin.host} in time") from error
        except (socket.gaierror, UnicodeError) as error:
            raise ExchangeFailed("dns", f"{origin.host}: {_one_line(error)}") from error

    async def _connect(self, origin: Origin, address: PeerAddress) -> Connection:
        secure = origin.scheme == "https"
        transport, connection = await asyncio.get_running_loop().create_connection(
            Connection,
            address.ip,  # a literal, so nothing is resolved a second time
            address.port,
            ssl=self._tls if secure else None,
            server_hostname=origin.host.rstrip(".") if secure else None,
        )
        if ip_address(connection.peer) != ip_address(address.ip):
            transport.abort()
            raise ExchangeFailed("private_address", f"{address.ip} led to {connection.peer}")
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        context.set_alpn_protocols(["http/1.1"])
        if not self._settings.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _is_handshake(error: OSError) -> bool:
    """Whether *error* came after the TCP connection stood; one that is refused never does."""
    return isinstance(error, ssl.SSLError | ConnectionResetError | ConnectionAbortedError)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def unused_proxies() -> str:
    """The environment's words on proxies; whoever counts on one must hear that none is used."""
    named = {name.upper() for name, value in os.environ.items() if value}
    return ", ".join(sorted(named & {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}))
