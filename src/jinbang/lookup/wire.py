"""The lookup role's own HTTP/1.1 server: an `asyncio.Protocol` on uvloop with httptools (llhttp) as the parser.

It serves the same node as `rsgi` and knows nothing of what is asked. It is strict: whatever two readers could
understand differently is refused and the connection closed. Everything is bounded: head, body, time for a request,
time without one, requests sent at once, connections. `supervision` starts it and passes it the listening socket.
"""

import asyncio
import logging
import socket
import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final, cast

import httptools

from jinbang.lookup.exchange import BODY_BYTES_MAX, Response, respond
from jinbang.lookup.node import READ_HEADERS, Node
from jinbang.lookup.server import HTML

HEAD_BYTES_MAX: Final = 16 * 1024
ADDRESS_BYTES_MAX: Final = 2 * 1024
RAW_BYTES_MAX: Final = HEAD_BYTES_MAX + 6 * BODY_BYTES_MAX  # a body in chunks of one byte is six times its size
REQUEST_SECONDS: Final = 10.0
IDLE_SECONDS: Final = 75.0
WRITE_SECONDS: Final = 30.0
LINGER_SECONDS: Final = 2.0
DRAIN_SECONDS: Final = 5.0
AT_ONCE_MAX: Final = 16
CONNECTIONS_MAX: Final = 20_000
ACCEPTED_MAX: Final = 1_000
SENT_TOGETHER_MAX: Final = 64
_DIGITS_MAX: Final = len(str(BODY_BYTES_MAX))
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_KEPT: Final = frozenset(map(str.encode, (*READ_HEADERS, "host", "expect", "content-length", "transfer-encoding")))
_READ: Final = tuple((name.encode(), name) for name in READ_HEADERS)
_log: Final = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """One connection: parses, asks the node, writes. Requests sent ahead are answered in their order."""

    def __init__(self, server: "Server") -> None:
        """Wait for a client."""
        self._server = server
        self.is_closing = False
        self._at_once = self._raw_bytes = 0
        self.on_message_begin()
        self._in_request = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the first request has to be complete within its time."""
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if isinstance(peer, tuple) else ""
        self._server.connections.add(self)
        if len(self._server.connections) > self._server.connections_max:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio passes it
        """Forget it."""
        self._server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived; complete requests are answered on the way."""
        self._raw_bytes += len(data)
        if self.is_closing:  # what was sent after a refusal is read and dropped, so that the refusal arrives
            if self._raw_bytes > RAW_BYTES_MAX * 16:
                self._transport.abort()
            return
        self._at_once = 0
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._finish()
        except httptools.HttpParserCallbackError:
            _log.exception("a request could not be answered")
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)
        if not self._has_head and self._raw_bytes > HEAD_BYTES_MAX:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._raw_bytes > RAW_BYTES_MAX:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def eof_received(self) -> None:
        """Let the transport close once everything is written: what was asked completely has been answered."""
        self._server.flush()

    def pause_writing(self) -> None:
        """Read no more from a client that does not take its answers, and give it some time to."""
        self._transport.pause_reading()
        self.deadline = self._server.now + WRITE_SECONDS

    def resume_writing(self) -> None:
        """Go on reading."""
        self._transport.resume_reading()
        self.deadline = self._server.now + (LINGER_SECONDS if self.is_closing else IDLE_SECONDS)

    def expire(self) -> None:
        """End a connection whose time is up."""
        if self._in_request and not self.is_closing:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self._transport.abort()

    # ---------------------------------------------------------------- called by the parser

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._in_request, self._has_head = True, False
        self.deadline = self._server.now + REQUEST_SECONDS
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._head_bytes = self._size = 0

    def on_url(self, part: bytes) -> None:
        """Take a piece of the address."""
        self._url += part
        if len(self._url) > ADDRESS_BYTES_MAX:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. One that came twice is joined, as HTTP says, except where it would then mean something."""
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes > HEAD_BYTES_MAX:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        name = name.lower()
        if name in _KEPT:
            known = self._headers.get(name)
            self._headers[name] = value if known is None else known + b", " + value

    def on_headers_complete(self) -> None:
        """Decide from the head alone whether the body is wanted."""
        self._has_head = True
        if fault := self._fault_of_head():
            self._refuse(fault)
        elif b"expect" in self._headers and not self.is_closing:
            self._server.send(self._transport, _CONTINUE)

    def _fault_of_head(self) -> HTTPStatus | None:
        headers = self._headers
        length = headers.get(b"content-length", b"0")
        if b"," in headers.get(b"host", b"") or not length.isdigit() or not self._is_right_for_its_version():
            return HTTPStatus.BAD_REQUEST
        if len(length) > _DIGITS_MAX or int(length) > BODY_BYTES_MAX:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        is_known = b"expect" not in headers or headers[b"expect"].lower() == b"100-continue"
        return None if is_known else HTTPStatus.EXPECTATION_FAILED

    def _is_right_for_its_version(self) -> bool:
        """Whether HTTP/1.1 has its host and no coding but chunks, and HTTP/1.0 neither coding nor expectation."""
        headers = self._headers
        is_plain = b"transfer-encoding" not in headers and b"expect" not in headers
        if is_plain and b"host" in headers:  # as nearly every head is, whatever its version
            return True
        if self._parser.get_http_version() == "1.0":
            return is_plain
        return b"host" in headers and headers.get(b"transfer-encoding", b"chunked").lower() == b"chunked"

    def on_body(self, part: bytes) -> None:
        """Take a piece of the body."""
        self._size += len(part)
        if self._size > BODY_BYTES_MAX:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._body.append(part)

    def on_message_complete(self) -> None:
        """Answer a complete request."""
        if self.is_closing:
            return
        self._in_request = False
        self._raw_bytes = 0
        self._at_once += 1
        server = self._server
        self.deadline = server.now + IDLE_SECONDS
        parser, headers = self._parser, self._headers
        method = parser.get_method().decode("latin-1")
        response = server.node.answer(
            method=method,
            path=self._url.partition(b"?")[0].decode("latin-1"),
            peer=self._peer,
            headers={name: headers[key].decode("latin-1") for key, name in _READ if key in headers},
            body=b"".join(self._body),
            later=server.later,
        )
        is_last = parser.should_upgrade() or server.is_draining or self._at_once >= AT_ONCE_MAX
        goes_on = parser.should_keep_alive() and not is_last
        server.send(self._transport, server.encoded(response, goes_on=goes_on, has_body=method != "HEAD"))
        if not goes_on:
            self._finish()

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why a request is not read any further, and close. Nothing of the request is repeated."""
        if self.is_closing:
            return
        response = respond(status, f"{status} {status.phrase}\n".encode(), kind=HTML)
        self._server.node.note("refused", status, seconds=0.0)
        self._server.send(self._transport, self._server.encoded(response, goes_on=False, has_body=True))
        self._finish()

    def _finish(self) -> None:
        """Close our side, and the rest when the client does, or soon: closing at once could lose the answer."""
        if self.is_closing:
            return
        self.is_closing = True
        self.deadline = self._server.now + LINGER_SECONDS
        self._server.flush()
        if not self._transport.is_closing() and self._transport.can_write_eof():
            self._transport.write_eof()


@lru_cache(maxsize=256)
def _head(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {int(status)} {HTTPStatus(status).phrase}\r\n{lines}".encode("latin-1")


class Server:
    """What the connections of one process share: the node, a coarse clock, and who is connected."""

    def __init__(self, node: Node, loop: asyncio.AbstractEventLoop, *, connections_max: int = CONNECTIONS_MAX) -> None:
        """Take the node and the loop on which everything happens."""
        self.node = node
        self.later = loop.call_soon
        self.now = loop.time()
        self.connections: set[Connection] = set()
        self._beginning: set[asyncio.Task[object]] = set()
        self.is_draining = False
        self._loop = loop
        self.connections_max = connections_max
        self._date = b""
        self._unsent: list[tuple[asyncio.Transport, bytes]] = []

    async def serve(self, listening: socket.socket, stop: asyncio.Event) -> None:
        """Answer until `stop`, then finish: nobody new, each connection its next answer, within some seconds."""
        listening.setblocking(False)  # noqa: FBT003  # the socket's own way
        self._loop.add_reader(listening, self._accept, listening)
        sweeping = self._loop.create_task(self._sweep())
        await stop.wait()
        self.is_draining = self.node.is_draining = True
        self._loop.remove_reader(listening)
        listening.close()
        until = self._loop.time() + DRAIN_SECONDS
        while self.connections and self._loop.time() < until:  # noqa: ASYNC110  # connections end in many ways
            await asyncio.sleep(0.05)
        sweeping.cancel()
        for connection in list(self.connections):
            connection.expire()
        self.node.close()

    def _accept(self, listening: socket.socket) -> None:
        """Take everybody who waits: uvloop takes one a turn, which would hide from the admission how many there are."""
        for _ in range(ACCEPTED_MAX):
            try:
                accepted, _peer = listening.accept()
            except OSError:  # nobody else, gone again, or no descriptor left: the next turn tries again
                return
            task = self._loop.create_task(self._loop.connect_accepted_socket(lambda: Connection(self), accepted))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)

    def send(self, transport: asyncio.Transport, data: bytes) -> None:
        """Write at the end of this turn, or as soon as some wait: each write by itself would wake its reader."""
        if not self._unsent:
            self.later(self.flush)
        self._unsent.append((transport, data))
        if len(self._unsent) >= SENT_TOGETHER_MAX:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in its order."""
        unsent, self._unsent = self._unsent, []
        for transport, data in unsent:
            if not transport.is_closing():
                transport.write(data)

    def encoded(self, response: Response, *, goes_on: bool, has_body: bool) -> bytes:
        """Return an answer as it goes over the wire."""
        head = _head(response.status, response.headers)
        ending = b"" if goes_on else b"connection: close\r\n"
        if not has_body:
            return b"%s%s%s\r\n" % (head, self._date, ending)
        return b"%s%s%scontent-length: %d\r\n\r\n%s" % (head, self._date, ending, len(response.body), response.body)

    async def _sweep(self) -> None:
        """Keep the clock and the date, and end what has had its time, once a second."""
        while True:
            self.now = self._loop.time()
            self._date = f"date: {formatdate(time.time(), usegmt=True)}\r\n".encode()
            for connection in [one for one in self.connections if one.deadline < self.now]:
                connection.expire()
            await asyncio.sleep(1.0)
