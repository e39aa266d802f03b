"""The key holder as a process of its own: who serves requests then has neither vault nor key ring.

    JINBANG_HOME=… python -m jinbang.lookup.holder_socket /run/jinbang/holder.sock
    JINBANG_HOME=… python -m jinbang.lookup.holder_socket tls://10.0.0.5:7443

Each answer carries the holder's time, and a lookup process compares it with its own: one whose clock is off by more
than a second learns that before it opens anything, says so on `/healthz`, and stays shut. One line of JSON each way. A
local socket and whoever asks on it belong to the account that the holder runs under; to nodes on other machines it
speaks TLS 1.3, and both sides show a certificate of one authority, which signs for nobody else. Free of Django.
"""

import base64
import json
import logging
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from config.env import Environment, IncompleteSettingError, read_environment
from jinbang.kernel import clock
from jinbang.kernel.clock import shift_clock
from jinbang.kernel.crypto.keyring import KeyRing
from jinbang.kernel.errors import DomainError
from jinbang.lookup.errors import ClocksDisagree, ReleaseNotOpen, WarrantMissing
from jinbang.lookup.keyholder import CLOCK_TOLERANCE, VAULT_FOLDER, KeyHolder, KeyVault
from jinbang.lookup.snapshot import Publication

TLS: Final = "tls://"
_LINE_BYTES_MAX: Final = 4096
_TIMEOUT_SECONDS: Final = 2.0
_CHECK_SECONDS: Final = 1.0
_CREDENTIALS: Final = struct.Struct("3i")
_log: Final = logging.getLogger(__name__)

Connect = Callable[[], socket.socket]


# ------------------------------------------------------------------------------------------------ the holder's side


class Answers:
    """What the holder says to a line, whatever it came over."""

    def __init__(self, holder: KeyHolder, *, now: Callable[[], datetime] = clock.now) -> None:
        """Take who gives the keys, and the clock that is compared with."""
        self._holder = holder
        self._now = now

    def to(self, line: bytes, *, asker: str) -> dict[str, str]:
        """Return the time, and where a publication was named its key or the code of the refusal."""
        answer: dict[str, str] = {}
        try:
            asked = json.loads(line)
            if asked is not None:
                key = self._holder.release_key(Publication(**asked), asker=asker)
                answer["key"] = base64.b64encode(key).decode()
            else:
                self._holder.require_right_clock()
        except DomainError as refusal:
            opens_at = refusal.fields.get("opens_at")
            answer = {"refused": refusal.code}
            if isinstance(opens_at, datetime):
                answer["opens_at"] = opens_at.isoformat()
        except (ValueError, TypeError):
            answer = {"refused": WarrantMissing.code}
        return {**answer, "now": self._now().isoformat()}


class _Question(socketserver.StreamRequestHandler):
    """One question on a connection of its own."""

    timeout = _TIMEOUT_SECONDS
    server: "HolderServer | TlsHolderServer"

    def handle(self) -> None:
        asker = self.server.asker(self.request)
        if asker is None:
            return
        line = self.rfile.readline(_LINE_BYTES_MAX)
        self.wfile.write(json.dumps(self.server.answers.to(line, asker=asker)).encode() + b"\n")


class HolderServer(socketserver.ThreadingUnixStreamServer):
    """Answers on a socket file that only its own account may open."""

    daemon_threads = True

    def __init__(self, path: Path, answers: Answers) -> None:
        """Take the place of whatever was left there by a holder that died."""
        self.answers = answers
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), _Question)
        finally:
            os.umask(before)

    def asker(self, connection: socket.socket) -> str | None:
        """Return the process that asks; None for another account's."""
        given = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        process, user, _group = _CREDENTIALS.unpack(given)
        if user == os.geteuid():
            return f"uid {user}, process {process}"
        _log.error("a stranger asked for a release key: uid %d", user)
        return None


class TlsHolderServer(socketserver.ThreadingTCPServer):
    """Answers on a port whoever shows a certificate of the authority."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], answers: Answers, context: ssl.SSLContext) -> None:
        """Listen."""
        self.answers = answers
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._context = context
        super().__init__(address, _Question)

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as `socketserver` has it
        """Greet each other, in the thread of this connection, and answer. Who has no certificate gets no further."""
        request.settimeout(_TIMEOUT_SECONDS)
        try:
            with self._context.wrap_socket(request, server_side=True) as secured:
                _Question(secured, client_address, self)
        except OSError as error:
            _log.error("somebody at %s was not answered: %s", client_address[0], error)  # not a fault of ours

    def asker(self, connection: ssl.SSLSocket) -> str | None:
        """Return whose certificate was shown."""
        shown: dict[str, Any] = dict(connection.getpeercert() or {})
        names = dict(pair for part in shown.get("subject", ()) for pair in part)
        return f"certificate {shown.get('serialNumber')} of {names.get('commonName')}"


def tls_context(environment: Environment, *, is_holder: bool) -> ssl.SSLContext:
    """Return how this side proves who it is, and whom it believes: the one authority of holder and nodes."""
    files = environment.together("JINBANG_KEY_HOLDER_CERTIFICATE", "JINBANG_KEY_HOLDER_AUTHORITY")
    if not files:
        raise IncompleteSettingError("JINBANG_KEY_HOLDER_CERTIFICATE and …_AUTHORITY must be set where it is tls://")
    certificate, authority = files
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_holder else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate)
    context.load_verify_locations(authority)
    return context


def _host_and_port(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    if not parts.hostname or not parts.port:
        raise IncompleteSettingError("JINBANG_KEY_HOLDER is a path, or tls://host:port")
    return parts.hostname, parts.port


def main(address: str) -> None:
    """Hold the keys of this home until stopped."""
    logging.basicConfig(level=logging.INFO)
    environment = read_environment()
    shift_clock(timedelta(seconds=environment.number("JINBANG_CLOCK_SHIFT")))
    home = Path(environment.text("JINBANG_HOME", "var/local"))
    ring = KeyRing.load(Path(environment.text("JINBANG_KEY_RING", str(home / "key_ring.json"))))
    answers = Answers(KeyHolder(KeyVault(home / VAULT_FOLDER, ring)))
    server: socketserver.BaseServer
    if address.startswith(TLS):
        server = TlsHolderServer(_host_and_port(address), answers, tls_context(environment, is_holder=True))
    else:
        server = HolderServer(Path(address), answers)
    with server:
        server.serve_forever()


# ------------------------------------------------------------------------------------------------ a process that asks


def connecting(environment: Environment) -> Connect | None:
    """Return how a process of this environment reaches its holder; None where it has none of its own."""
    address = environment.text("JINBANG_KEY_HOLDER")
    if address.startswith(TLS):
        return at_port(*_host_and_port(address), context=tls_context(environment, is_holder=False))
    return at_socket(Path(address)) if address else None


def at_socket(path: Path) -> Connect:
    """Return what connects to a holder on this machine."""

    def connect() -> socket.socket:
        asking = socket.socket(socket.AF_UNIX)
        asking.settimeout(_TIMEOUT_SECONDS)
        try:
            asking.connect(str(path))
        except OSError:
            asking.close()
            raise
        return asking

    return connect


def at_port(host: str, port: int, *, context: ssl.SSLContext) -> Connect:
    """Return what connects to a holder elsewhere, which has to be who its certificate says."""

    def connect() -> socket.socket:
        asking = socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS)
        try:
            return context.wrap_socket(asking, server_hostname=host)
        except OSError:
            asking.close()
            raise

    return connect


class RemoteHolder:
    """Asks the holder for keys, and every second for the time."""

    def __init__(self, connect: Connect, *, now: Callable[[], datetime] = clock.now) -> None:
        """Remember how to reach it. Until `watch`, or a key, the clock counts as unproved: nothing opens."""
        self._connect = connect
        self._now = now
        self._is_right = False
        self._ended = threading.Event()
        self.offset_seconds = 0.0

    def watch(self) -> None:
        """Compare the clocks now, and from then on from a thread of its own."""
        self._compare()
        threading.Thread(target=self._watch, name="holder", daemon=True).start()

    def close(self) -> None:
        """Compare no more."""
        self._ended.set()

    def require_right_clock(self) -> None:
        """Refuse with `ClocksDisagree` where this process's clock was not found right when last compared."""
        if not self._is_right:
            raise ClocksDisagree

    def release_key(self, publication: Publication) -> bytes:
        """Return the key of a generation. Refuses as the holder does, and where the clocks disagree."""
        answer = self._ask(asdict(publication))
        self.require_right_clock()
        match answer:
            case {"key": str() as key}:
                return base64.b64decode(key)
            case {"refused": ReleaseNotOpen.code, "opens_at": str() as opens_at}:
                raise ReleaseNotOpen(opens_at=datetime.fromisoformat(opens_at))
            case {"refused": ClocksDisagree.code}:
                raise ClocksDisagree
            case _:
                raise WarrantMissing

    def _watch(self) -> None:
        while not self._ended.wait(_CHECK_SECONDS):
            self._compare()

    def _compare(self) -> None:
        try:
            answer = self._ask(None)
        except WarrantMissing:
            return  # nobody to compare with: what was found last still stands
        if answer.get("refused"):
            self._is_right = False

    def _ask(self, asked: dict[str, Any] | None) -> dict[str, Any]:
        """Ask, and compare the holder's time with the middle of asking and being answered."""
        try:
            with self._connect() as asking:
                began, before = time.monotonic(), self._now()
                asking.sendall(json.dumps(asked).encode() + b"\n")
                with asking.makefile("rb") as answering:
                    answer: dict[str, Any] = json.loads(answering.readline(_LINE_BYTES_MAX))
            now = datetime.fromisoformat(answer["now"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.error("the key holder does not answer: %s", type(error).__name__)
            raise WarrantMissing from error
        half = timedelta(seconds=(time.monotonic() - began) / 2)
        offset = before + half - now
        is_right = abs(offset) <= CLOCK_TOLERANCE + half
        if self._is_right and not is_right:
            _log.error("the clock of this process is off by %.1f s: it stays shut", offset.total_seconds())
        self._is_right, self.offset_seconds = is_right, offset.total_seconds()
        return answer


if __name__ == "__main__":
    main(sys.argv[1])
