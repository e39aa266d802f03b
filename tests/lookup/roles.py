"""The lookup role as a real process on a real port, by either server, and clients that speak HTTP byte by byte."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Self

from jinbang.lookup.shell import FILE_NAME
from jinbang.portal.servers import granian_lookup_words, lookup_words
from tests.lookup.world import SHELL, Answer, House

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
SERVERS = ("granian", "own")


@dataclass(frozen=True)
class Role:
    """A running role: its port, and the process whose group it is."""

    port: int
    process: "subprocess.Popen[bytes]"

    def children(self) -> list[int]:
        """Return the processes that the first one started."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(word) for word in found.split()]


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(house: House, **more: str) -> dict[str, str]:
    """Return the environment of a role over this house, its clock moved to the house's."""
    shift = int((house.now - datetime.now(UTC)).total_seconds())
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("JINBANG_")},
        "JINBANG_HOME": str(house.home),
        "JINBANG_CLOCK_SHIFT": str(shift),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        **more,
    }


@contextmanager
def running(house: House, server: str = "own", **environment: str) -> Iterator[Role]:
    """Start the role over what the house has published, and end its whole group afterwards.

    `WORKERS` says how many processes answer; whatever else is named stands in its environment.
    """
    house.snapshots.mkdir(parents=True, exist_ok=True)
    (house.snapshots / FILE_NAME).write_text(SHELL, encoding="utf-8")
    house.ring.save(house.home / "key_ring.json")
    with started(environment_of(house, **environment), server) as role:
        yield role


@contextmanager
def started(environment: dict[str, str], server: str = "own") -> Iterator[Role]:
    """Start the role in this environment, whose home has all that it needs, and end its whole group afterwards.

    By its words alone where `server` is one of `SERVERS`, or by the command that an operator types (`serve`).
    """
    port = free_port()
    workers = int(environment.pop("WORKERS", "1"))
    serve = [sys.executable, "-m", "jinbang.portal.cli", "serve", "lookup", "--port", str(port)]
    words = {
        "granian": granian_lookup_words(port=port),
        "own": lookup_words(port=port, workers=workers),
        "slow": lookup_words(port=port, workers=workers, module="tests.lookup.slow_role"),
        "careless": granian_lookup_words(port=port, target="tests.lookup.careless_role:application"),
        "serve": serve,
        "serve --granian": [*serve, "--granian"],
    }[server]
    process = subprocess.Popen(words, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    try:
        wait_for(port, process)
        yield Role(port, process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the role answers that it is well."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the lookup role ended at once"
        with suppress(OSError):
            if Browser(port)("GET", "/healthz").status:
                return
        time.sleep(0.05)
    message = f"the lookup role did not answer within {READY_SECONDS:.0f} seconds"
    raise TimeoutError(message)


class Browser:
    """Asks the role over HTTP, each time over a connection of its own."""

    def __init__(self, port: int) -> None:
        """Remember the port."""
        self._port = port

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, *, body: bytes = b""
    ) -> Answer:
        """Ask."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            response = connection.getresponse()
            return Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()


class Wire:
    """A connection on which a test writes what it likes."""

    def __init__(self, port: int, *, timeout: float = 10.0, context: ssl.SSLContext | None = None) -> None:
        """Connect, over TLS where a context is given."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self._left = b""

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.socket.close()

    def send(self, content: bytes) -> None:
        """Send; a server that has closed already is no failure of the test."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(content)

    def answer(self) -> Answer | None:
        """Read one answer; None where the connection ended first."""
        while b"\r\n\r\n" not in self._left:
            if not self._read():
                return None
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        while len(self._left) < length:
            if not self._read():
                return None
        body, self._left = self._left[:length], self._left[length:]
        return Answer(int(first.split()[1]), headers, body)

    def answers(self) -> list[Answer]:
        """Read answers until the server closes. A server that keeps the connection open makes this time out."""
        found = []
        while (answer := self.answer()) is not None:
            found.append(answer)
        return found

    def is_closed(self, *, within: float = 5.0) -> bool:
        """Whether the server closes within so many seconds."""
        self.socket.settimeout(within)
        try:
            while self._read():
                pass
        except TimeoutError:
            return False
        return True

    def _read(self) -> bool:
        try:
            piece = self.socket.recv(65_536)
        except ConnectionResetError:
            return False
        self._left += piece
        return bool(piece)
