"""One process of the lookup role, whatever server carries its requests: the service with what surrounds it.

Both servers (`rsgi` behind Granian, `wire` on its own) hand every request to `Node.answer`, which admits or refuses
it, answers `/healthz` and `/metrics` (nginx passes neither on), counts it and writes its line. Neither Django nor a
database is in the process.
"""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from config.env import Environment, read_environment
from jinbang.kernel.clock import shift_clock
from jinbang.kernel.crypto.keyring import KeyRing
from jinbang.lookup.exchange import Request, Response, respond
from jinbang.lookup.gate import Gate
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.holder_socket import RemoteHolder, connecting
from jinbang.lookup.keyholder import VAULT_FOLDER, Holder, KeyHolder, KeyVault
from jinbang.lookup.limits import client_address
from jinbang.lookup.observation import AccessLog, Measures, health_body, route_of
from jinbang.lookup.overload import Admission
from jinbang.lookup.pointer import PointerKeys
from jinbang.lookup.server import JSON, LookupService
from jinbang.lookup.shell import Shell

SNAPSHOT_FOLDER: Final = "snapshots"
READ_HEADERS: Final = ("accept", "content-type", "user-agent", "x-forwarded-for")
_ALWAYS: Final = frozenset({"healthz", "metrics", "challenge"})
_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Later = Callable[[Callable[[], None]], object]


class Node:
    """Answers requests for one process."""

    def __init__(
        self,
        service: LookupService,
        *,
        trusted_proxies: int = 0,
        admission: Admission | None = None,
        log: AccessLog | None = None,
        measures: Measures | None = None,
    ) -> None:
        """Take the service and how many proxies of our own stand in front of it."""
        self.service = service
        self.is_draining = False
        self._trusted_proxies = trusted_proxies
        self._admission = admission if admission is not None else Admission()
        self._log = log
        self.measures = measures if measures is not None else Measures()

    def answer(
        self, *, method: str, path: str, peer: str, headers: Mapping[str, str], body: bytes, later: Later
    ) -> Response:
        """Return the answer to one request. `later` runs a function at the next turn of the loop."""
        began = time.perf_counter()
        route = route_of(method, path)
        if route in {"healthz", "metrics"}:
            response = self._about_itself(route)
        else:
            client = client_address(peer, headers.get("x-forwarded-for", ""), trusted_proxies=self._trusted_proxies)
            request = Request(method=method, path=path, client=client, headers=headers, body=body)
            if self._admission.admits(began, later) or route in _ALWAYS:
                response = self.service.answer(request)
            else:
                response = self.service.refuse_for_now(request, seconds=self._admission.wait(began))
        seconds = time.perf_counter() - began
        self.note(route, response.status, seconds=seconds)
        return response

    def note(self, route: str, status: int, *, seconds: float) -> None:
        """Count a request and write its line."""
        self.measures.note(route, status, seconds=seconds)
        if self._log is not None:
            self._log.note(route, status, seconds=seconds)

    def problems(self) -> list[str]:
        """Return why this process should get no requests; nothing where it is well."""
        return [*(["draining"] if self.is_draining else []), *self.service.problems()]

    def close(self) -> None:
        """Write the last lines and counts."""
        self.measures.close()
        if self._log is not None:
            self._log.close()

    def _about_itself(self, route: str) -> Response:
        if route == "healthz":
            problems = self.problems()
            return respond(503 if problems else 200, health_body(problems), kind=JSON)
        self.measures.gauges.update(self.service.gauges())
        return respond(200, self.measures.text(), kind=_METRICS_TYPE)


def _holder(environment: Environment, home: Path) -> Holder:
    """Return who gives the keys: a holder elsewhere, else one in this process, over the vault of its home."""
    if connect := connecting(environment):
        remote = RemoteHolder(connect)
        remote.watch()
        return remote
    return KeyHolder(KeyVault(home / VAULT_FOLDER, _ring(environment, home)))


def _pointer_keys(environment: Environment, home: Path) -> PointerKeys:
    """Return by what this process knows what was published: public keys, so that a node needs no key ring."""
    named = environment.text("JINBANG_POINTER_KEYS")
    return PointerKeys.of_text(named) if named else PointerKeys.of_ring(_ring(environment, home))


def _ring(environment: Environment, home: Path) -> KeyRing:
    return KeyRing.load(Path(environment.text("JINBANG_KEY_RING", str(home / "key_ring.json"))))


def node_from_environment(shared: Path | None = None, *, gate: Gate | None = None) -> Node:
    """Return the node of this process, as the environment describes it. The frame of the pages must lie there.

    `shared` is the folder in memory of the node that this process is one of several of.
    """
    environment = read_environment()
    shift_clock(timedelta(seconds=environment.number("JINBANG_CLOCK_SHIFT")))
    home = Path(environment.text("JINBANG_HOME", "var/local"))
    folder = home / SNAPSHOT_FOLDER
    shell = Shell.read(folder)
    holder = _holder(environment, home)
    snapshots = Snapshots(folder, _pointer_keys(environment, home))
    snapshots.watch()
    if gate is None and shared is not None:
        gate = Gate.shared(shared)
    service = LookupService(snapshots, holder, shell, gate=gate)
    return Node(
        service,
        trusted_proxies=environment.number("JINBANG_TRUSTED_PROXIES"),
        log=AccessLog(),
        measures=Measures(shared),
    )
