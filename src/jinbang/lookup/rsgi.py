"""The lookup role behind Granian's RSGI: translates a request and its answer, and ends with its parent.

Granian is started on `jinbang.lookup.rsgi:application`. The frame of the pages must lie in the snapshot folder already
(see `shell`); the role does not start without it.
"""

import os
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Final, Protocol

from jinbang.kernel.errors import InvariantBroken
from jinbang.kernel.parents import end_with_parent
from jinbang.lookup.exchange import BODY_BYTES_MAX
from jinbang.lookup.node import READ_HEADERS, Later, Node, node_from_environment

_DIGITS_MAX: Final = len(str(BODY_BYTES_MAX))


class Headers(Protocol):
    """The headers of a request, as RSGI gives them."""

    def get(self, name: str, /) -> str | None:
        """Return a header by its name in small letters."""


class Scope(Protocol):
    """What RSGI says about a request."""

    proto: str
    method: str
    path: str
    client: str

    @property
    def headers(self) -> Headers:
        """The headers."""


class Exchange(Protocol):
    """The connection of one request, as RSGI gives it."""

    async def __call__(self) -> bytes:
        """Read the whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body piece by piece."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""


class LookupApplication:
    """One process of the lookup role."""

    def __init__(self, node: Node, *, later: Later) -> None:
        """Take the node, and what runs a function at the next turn of the loop."""
        self._node = node
        self._later = later

    async def __rsgi__(self, scope: Scope, protocol: Exchange) -> None:
        """Answer one request. A body over the limit is not read to its end."""
        given = scope.headers  # made anew each time it is asked for
        body = await _body(given, protocol) if scope.method == "POST" else b""
        headers = {name: value for name in READ_HEADERS if (value := given.get(name)) is not None}
        peer = scope.client.rpartition(":")[0].strip("[]")
        response = self._node.answer(
            method=scope.method, path=scope.path, peer=peer, headers=headers, body=body, later=self._later
        )
        if response.body:
            protocol.response_bytes(response.status, list(response.headers), response.body)
        else:
            protocol.response_empty(response.status, list(response.headers))


async def _body(headers: Headers, protocol: Exchange) -> bytes:
    """Return the body, or its first bytes past the limit, which the form reader then refuses.

    One that says beforehand that it is short, and so has to be, is taken whole: that is one change of threads less.
    """
    length = headers.get("content-length") or ""
    if length.isdecimal() and len(length) <= _DIGITS_MAX and int(length) <= BODY_BYTES_MAX:
        return await protocol()
    pieces: list[bytes] = []
    size = 0
    async for piece in protocol:
        pieces.append(piece)
        size += len(piece)
        if size > BODY_BYTES_MAX:
            break
    return b"".join(pieces)


class LookupRole:
    """What Granian is pointed at: built when its worker process begins, so that importing it reads no file."""

    def __init__(self, begin: Callable[[], Node] = node_from_environment) -> None:
        """Build nothing yet."""
        self._begin = begin
        self._application: LookupApplication | None = None

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        """Read the environment, the key ring and the frame. A fault here ends the worker.

        The threads of a worker hand every request to each other several times. Where they share a core, none is to push
        the other off it for that: each goes on until it waits (`SCHED_BATCH`, sched(7)), and finds more to do at once.
        """
        end_with_parent()
        with suppress(OSError):  # a container may forbid it; it answers all the same
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        self._application = LookupApplication(self._begin(), later=loop.call_soon)

    def __rsgi__(self, scope: Scope, protocol: Exchange) -> Coroutine[object, object, None]:
        """Answer one request, once this is awaited."""
        if self._application is None:
            message = "the lookup role answers only after it has begun"
            raise InvariantBroken(message)
        return self._application.__rsgi__(scope, protocol)


application: Final = LookupRole()
