"""The lookup role: the service behind Granian's RSGI, with neither Django nor a database in the process.

`jinbang serve lookup` starts Granian on `jinbang.lookup.rsgi:application`. The frame of the pages must lie in the
snapshot folder already (see `shell`); the role does not start without it.
"""

from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from config.env import read_environment
from jinbang.kernel.clock import shift_clock
from jinbang.kernel.crypto.keyring import KeyRing
from jinbang.kernel.errors import InvariantBroken
from jinbang.lookup.exchange import BODY_BYTES_MAX, Request
from jinbang.lookup.keyholder import VAULT_FOLDER, KeyHolder, KeyVault
from jinbang.lookup.limits import client_address
from jinbang.lookup.server import LookupService
from jinbang.lookup.shell import Shell
from jinbang.lookup.snapshot import Snapshots

SNAPSHOT_FOLDER: Final = "snapshots"


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

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body piece by piece."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""


_READ: Final = ("accept", "content-type", "user-agent", "x-forwarded-for")


class LookupApplication:
    """One process of the lookup role."""

    def __init__(self, service: LookupService, *, trusted_proxies: int = 0) -> None:
        """Take the service and how many proxies of our own stand in front of it."""
        self._service = service
        self._trusted_proxies = trusted_proxies

    async def __rsgi__(self, scope: Scope, protocol: Exchange) -> None:
        """Answer one request. A body over the limit is not read to its end."""
        body = await _body(protocol) if scope.method == "POST" else b""
        headers = {name: value for name in _READ if (value := scope.headers.get(name)) is not None}
        peer = scope.client.rpartition(":")[0].strip("[]")
        client = client_address(peer, headers.get("x-forwarded-for", ""), trusted_proxies=self._trusted_proxies)
        request = Request(method=scope.method, path=scope.path, client=client, headers=headers, body=body)
        response = self._service.answer(request)
        if response.body:
            protocol.response_bytes(response.status, list(response.headers), response.body)
        else:
            protocol.response_empty(response.status, list(response.headers))


async def _body(protocol: Exchange) -> bytes:
    """Return the body, or its first bytes past the limit, which the form reader then refuses."""
    pieces: list[bytes] = []
    size = 0
    async for piece in protocol:
        pieces.append(piece)
        size += len(piece)
        if size > BODY_BYTES_MAX:
            break
    return b"".join(pieces)


def application_from_environment() -> LookupApplication:
    """Return the application of this process, as the environment describes it."""
    environment = read_environment()
    shift_clock(timedelta(seconds=environment.number("JINBANG_CLOCK_SHIFT")))
    home = Path(environment.text("JINBANG_HOME", "var/local"))
    snapshots = home / SNAPSHOT_FOLDER
    ring = KeyRing.load(Path(environment.text("JINBANG_KEY_RING", str(home / "key_ring.json"))))
    holder = KeyHolder(KeyVault(home / VAULT_FOLDER, ring))
    service = LookupService(Snapshots(snapshots), holder, Shell.read(snapshots))
    return LookupApplication(service, trusted_proxies=environment.number("JINBANG_TRUSTED_PROXIES"))


class LookupRole:
    """What Granian is pointed at: built when its worker process begins, so that importing it reads no file."""

    def __init__(self) -> None:
        """Build nothing yet."""
        self._application: LookupApplication | None = None

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        """Read the environment, the key ring and the frame. A fault here ends the worker."""
        self._application = application_from_environment()

    async def __rsgi__(self, scope: Scope, protocol: Exchange) -> None:
        """Answer one request."""
        if self._application is None:
            message = "the lookup role answers only after it has begun"
            raise InvariantBroken(message)
        await self._application.__rsgi__(scope, protocol)


application: Final = LookupRole()
