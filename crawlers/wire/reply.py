"""Bytes from a server into one whole answer: head, body as framed, and what was left out."""

from __future__ import annotations

import h11

from archive.outcomes import CUT
from archive.types import Truncated
from archive.web.http import Head, parse_head, split_message
from crawlers.wire.exchange import FailureKind, Settings
from crawlers.wire.heads import Framing, end_of_head, framing, is_interim, may_be_http
from crawlers.wire.request import Request

_ASKED = h11.Request(method="GET", target="/", headers=[("Host", "stand-in")])


class Reply:
    """The answer to one request, without a socket: feed it until it is `done`.

    Each answer has a parser of its own, so nothing that follows it can leak into the next one.
    """

    def __init__(self, request: Request, settings: Settings) -> None:
        self.done = False
        self.interim = self.surplus = 0
        self.truncated: Truncated | None = None
        self.detail = ""
        self.parsed: Head | None = None
        self._request, self._settings = request, settings
        self._message = bytearray()  # what was received, from the final head on
        self._searched = self._body_at = self._chunks = 0
        self._parser: h11.Connection | None = None
        self._reusable = False

    @property
    def received(self) -> bool:
        """Whether anything came at all."""
        return bool(self._message or self.interim)

    @property
    def failure(self) -> FailureKind | None:
        """How it failed, where it ended without a readable head."""
        return CUT[self.truncated] if self.truncated and self.parsed is None else None

    @property
    def reusable(self) -> bool:
        """Whether another request may follow on the same connection."""
        return self._reusable and not self.surplus and self.truncated is None

    def message(self) -> tuple[bytes, bytes]:
        """Head and body, as received."""
        if self.parsed is None:
            return split_message(bytes(self._message))
        message, end = memoryview(self._message), self._body_at + self._settings.max_body
        return bytes(message[: self._body_at]), bytes(message[self._body_at : end])

    def feed(self, data: bytes) -> None:
        """Take what came from the server; never raises."""
        if self.done:
            self.surplus += len(data)
            return
        self._message += data
        if self._parser is None:
            self._read_heads()
        else:
            self._read_body(self._parser, data)

    def end(self) -> None:
        """Take the end of the connection, which is the end of some bodies."""
        self._reusable = False
        if self._parser is None:
            self.cut("disconnect", "the connection was closed before the answer had a head")
        elif not self.done:
            self._read_body(self._parser, b"")  # to h11, no bytes are the end
            self._reusable = False

    def cut(self, truncated: Truncated, detail: str) -> None:
        """End it here, before its end: what was received so far stands."""
        if not self.done:
            self.done, self.truncated, self.detail = True, truncated, detail[:200]

    def _read_heads(self) -> None:
        while not self.done and self._parser is None:
            end = end_of_head(self._message, self._searched)
            self._searched = max(0, len(self._message) - 3)  # a blank line has up to four bytes
            if not may_be_http(self._message):
                self.cut("unspecified", "the answer is not HTTP/1")
            elif self.interim + (end or len(self._message)) > self._settings.max_head:
                self.cut("length", f"the head has more than {self._settings.max_head} bytes")
            elif end is None:
                return
            else:
                self._take_head(end)

    def _take_head(self, end: int) -> None:
        head = bytes(self._message[:end])
        parsed = parse_head(head)
        if parsed.status is None:
            self.cut("unspecified", "the answer has no readable status line")
        elif is_interim(parsed.status):
            del self._message[:end]
            self.interim += end
            self._searched = 0
        else:
            self.parsed, self._body_at = parsed, end
            self._start_body(framing(self._request.method, head, parsed))

    def _start_body(self, framed: Framing) -> None:
        self._reusable = framed.clean and not self._request.closes
        self._parser = h11.Connection(h11.CLIENT, self._settings.max_head)
        self._parser.send(_ASKED)
        self._parser.send(h11.EndOfMessage())
        self._read_body(self._parser, framed.stand_in + self._message[self._body_at :])

    def _read_body(self, parser: h11.Connection, data: bytes) -> None:
        try:
            parser.receive_data(data)
            while (event := parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.EndOfMessage):
                    self._complete(parser)
                    break
                self._chunks += isinstance(event, h11.Data) and event.chunk_start
                if self._chunks > self._settings.max_chunks:
                    limit = self._settings.max_chunks
                    self.cut("length", f"the body has more than {limit} chunks")
                    break
        except h11.RemoteProtocolError as error:
            self.cut("unspecified" if data else "disconnect", str(error))
        if len(self._message) - self._body_at > self._settings.max_body:
            self.done = False  # a body that came whole, or broken, can be too large as well
            self.cut("length", f"the body has more than {self._settings.max_body} bytes")

    def _complete(self, parser: h11.Connection) -> None:
        self.done = True
        self._reusable = self._reusable and parser.their_state is h11.DONE
        self.surplus = len(parser.trailing_data[0])
        if self.surplus:
            del self._message[-self.surplus :]
