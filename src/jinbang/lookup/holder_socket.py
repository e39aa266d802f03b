"""The key holder as a process of its own, over a local socket: who serves requests then has neither vault nor key ring.

    JINBANG_HOME=… python -m jinbang.lookup.holder_socket /run/jinbang/holder.sock

Each answer carries the holder's time, and a lookup process compares it with its own: one whose clock is off by more
than a second learns that before it opens anything, says so on `/healthz`, and stays shut. One line of JSON each way;
the socket and whoever asks on it belong to the account that the holder runs under. Free of Django.
"""

import base64
import json
import logging
import os
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from config.env import read_environment
from jinbang.kernel import clock
from jinbang.kernel.clock import shift_clock
from jinbang.kernel.crypto.keyring import KeyRing
from jinbang.kernel.errors import DomainError
from jinbang.lookup.errors import ClocksDisagree, ReleaseNotOpen, WarrantMissing
from jinbang.lookup.keyholder import CLOCK_TOLERANCE, VAULT_FOLDER, KeyHolder, KeyVault
from jinbang.lookup.snapshot import Publication

_LINE_BYTES_MAX: Final = 4096
_TIMEOUT_SECONDS: Final = 2.0
_CHECK_SECONDS: Final = 1.0
_CREDENTIALS: Final = struct.Struct("3i")
_log: Final = logging.getLogger(__name__)


# ------------------------------------------------------------------------------------------------ the holder's side


class _Question(socketserver.StreamRequestHandler):
    """One question on a connection of its own."""

    timeout = _TIMEOUT_SECONDS
    server: "HolderServer"

    def handle(self) -> None:
        given = self.request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        _process, user, _group = _CREDENTIALS.unpack(given)
        if user != os.geteuid():
            _log.error("a stranger asked for a release key: uid %d", user)
            return
        line = self.rfile.readline(_LINE_BYTES_MAX)
        self.wfile.write(json.dumps(self.server.answer(line)).encode() + b"\n")


class HolderServer(socketserver.ThreadingUnixStreamServer):
    """Answers on a socket file that only its own account may open."""

    daemon_threads = True

    def __init__(self, path: Path, holder: KeyHolder, *, now: Callable[[], datetime] = clock.now) -> None:
        """Take the place of whatever was left there by a holder that died."""
        self._holder = holder
        self._now = now
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), _Question)
        finally:
            os.umask(before)

    def answer(self, line: bytes) -> dict[str, str]:
        """Return the time, and where a publication was named its key or the code of the refusal."""
        answer: dict[str, str] = {}
        try:
            asked = json.loads(line)
            if asked is not None:
                answer["key"] = base64.b64encode(self._holder.release_key(Publication(**asked))).decode()
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


def main(path: Path) -> None:
    """Hold the keys of this home until stopped."""
    environment = read_environment()
    shift_clock(timedelta(seconds=environment.number("JINBANG_CLOCK_SHIFT")))
    home = Path(environment.text("JINBANG_HOME", "var/local"))
    ring = KeyRing.load(Path(environment.text("JINBANG_KEY_RING", str(home / "key_ring.json"))))
    with HolderServer(path, KeyHolder(KeyVault(home / VAULT_FOLDER, ring))) as server:
        server.serve_forever()


# ------------------------------------------------------------------------------------------------ a process that asks


class RemoteHolder:
    """Asks the holder for keys, and every second for the time."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = clock.now) -> None:
        """Remember where it is. Until `watch`, or a key, the clock counts as unproved: nothing opens."""
        self._path = path
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
        began, before = time.monotonic(), self._now()
        try:
            with socket.socket(socket.AF_UNIX) as asking:
                asking.settimeout(_TIMEOUT_SECONDS)
                asking.connect(str(self._path))
                asking.sendall(json.dumps(asked).encode() + b"\n")
                answer: dict[str, Any] = json.loads(asking.makefile("rb").readline(_LINE_BYTES_MAX))
            now = datetime.fromisoformat(answer["now"])
        except (OSError, ValueError, KeyError) as error:
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
    main(Path(sys.argv[1]))
