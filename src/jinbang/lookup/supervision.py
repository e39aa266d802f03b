"""The processes of the lookup's own server: one that holds the socket, and workers that answer on it.

    python -m jinbang.lookup.supervision --port 8001 [--workers 1]

SIGHUP starts new workers and, once they are ready, lets the old ones finish: nothing that was asked is dropped, because
the listening socket stays with the supervisor. SIGTERM drains. A worker that dies is replaced. A worker whose
supervisor is gone sees its pipe close and drains too, so that no orphan goes on answering with an old generation. All
of them, old and new, share what they have signed and what has been used, in a folder that goes with the supervisor.
"""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import uvloop

from jinbang.lookup.gate import found_node
from jinbang.lookup.node import Node, node_from_environment
from jinbang.lookup.node_memory import memory_folder
from jinbang.lookup.wire import CONNECTIONS_MAX, DRAIN_SECONDS, Server

LISTEN: Final = "127.0.0.1"
READY_SECONDS: Final = 120.0  # a snapshot of several gigabytes is read once before the first answer
BACKLOG: Final = 4096
_PAUSE_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 1.0
_SPARE_DESCRIPTORS: Final = 64


# ------------------------------------------------------------------------------------------------ a worker


Begin = Callable[[Path], Node]


def work(inherited: tuple[int, int, int], *, shared: Path, begin: Begin = node_from_environment) -> None:
    """Answer until SIGTERM, or until the supervisor is gone.

    Inherited are three descriptors: the listening socket, a pipe to say that this process is ready, and one that closes
    with the supervisor. `shared` is the folder of the node.
    """
    uvloop.run(_work(inherited, shared=shared, begin=begin))


async def _work(inherited: tuple[int, int, int], *, shared: Path, begin: Begin) -> None:
    listening, ready, alive = inherited
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    server = Server(begin(shared), loop, connections_max=widen_descriptors())
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # the terminal tells everybody; the supervisor decides
    is_orphan = False

    def supervisor_is_gone() -> None:
        nonlocal is_orphan
        is_orphan = True
        stop.set()

    loop.add_reader(alive, supervisor_is_gone)
    serving = loop.create_task(server.serve(socket.socket(fileno=listening), stop))
    os.write(ready, b"1")
    os.close(ready)
    await stop.wait()
    loop.remove_reader(alive)
    await serving
    if is_orphan:  # nobody is left to remove it
        shutil.rmtree(shared, ignore_errors=True)


def widen_descriptors() -> int:
    """Raise the limit of open files as far as this account may, and return how many connections that allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_MAX + _SPARE_DESCRIPTORS
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed - _SPARE_DESCRIPTORS


# ------------------------------------------------------------------------------------------------ the supervisor


@dataclass
class _Worker:
    process: "subprocess.Popen[bytes]"
    started: float


class Supervisor:
    """Holds the socket, keeps the workers at their number, and replaces them when told to."""

    def __init__(self, listening: socket.socket, *, workers: int, module: str, shared: Path) -> None:
        """Take the socket and the folder that the workers share; nobody answers yet."""
        self._listening = listening
        self._shared = shared
        self._count = workers
        self._module = module
        self._workers: list[_Worker] = []
        self._leaving: list[_Worker] = []
        self._alive_read, self._alive_write = os.pipe()
        self._wants_reload = self._wants_stop = False
        self._pause = threading.Event()  # never set: a pause that needs no clock but the steady one

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; returns 0 when everybody has finished, 1 when nobody could begin."""
        signal.signal(signal.SIGHUP, lambda *_: setattr(self, "_wants_reload", True))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "_wants_stop", True))
        try:
            self._workers = self._started(self._count)
        except TimeoutError:
            return 1
        while not self._wants_stop:
            self._pause.wait(_PAUSE_SECONDS)
            if self._wants_reload:
                self._wants_reload = False
                self._reload()
            self._replace_dead()
        self._listening.close()
        self._end([*self._workers, *self._leaving])
        return 0

    def _reload(self) -> None:
        """Start as many anew; the old ones finish when these are ready, and stay when they do not become so."""
        with contextlib.suppress(TimeoutError):
            old, self._workers = self._workers, self._started(self._count)
            self._leaving += old
            for worker in old:
                worker.process.terminate()

    def _replace_dead(self) -> None:
        """Start a worker for each that died; one that cannot start is tried again after a pause."""
        self._leaving = [one for one in self._leaving if one.process.poll() is None]
        alive = [one for one in self._workers if one.process.poll() is None]
        if len(alive) == self._count:
            return
        if any(time.monotonic() - one.started < _PATIENCE_SECONDS for one in self._workers):
            self._pause.wait(_PATIENCE_SECONDS)
        self._workers = alive
        with contextlib.suppress(TimeoutError):
            self._workers = [*alive, *self._started(self._count - len(alive))]

    def _started(self, count: int) -> list[_Worker]:
        """Start workers and wait until each is ready. Raises `TimeoutError` where one is not, and ends those."""
        started = [self._start() for _ in range(count)]
        until = time.monotonic() + READY_SECONDS
        for _worker, ready in started:
            os.set_blocking(ready, False)
            while not _is_ready(ready):
                if time.monotonic() > until or _worker.process.poll() is not None or self._wants_stop:
                    self._end([worker for worker, _ in started])
                    message = "a worker of the lookup did not become ready"
                    raise TimeoutError(message)
                self._pause.wait(_PAUSE_SECONDS)
            os.close(ready)
        return [worker for worker, _ in started]

    def _start(self) -> tuple[_Worker, int]:
        ready_read, ready_write = os.pipe()
        fds = (self._listening.fileno(), ready_write, self._alive_read)
        words = [sys.executable, "-m", self._module, "--shared", str(self._shared), "--work", *map(str, fds)]
        process = subprocess.Popen(words, pass_fds=fds)  # noqa: S603  # our own interpreter, our own words
        os.close(ready_write)
        return _Worker(process, time.monotonic()), ready_read

    def _end(self, workers: list[_Worker]) -> None:
        for worker in workers:
            worker.process.terminate()
        until = time.monotonic() + DRAIN_SECONDS + _PATIENCE_SECONDS
        for worker in workers:
            try:
                worker.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()


def _is_ready(descriptor: int) -> bool:
    try:
        return os.read(descriptor, 1) == b"1"
    except BlockingIOError:
        return False


def main(begin: Begin = node_from_environment, *, module: str = "jinbang.lookup.supervision") -> None:
    """Run the command line of the supervisor, or of a worker that it started."""

    @click.command()
    @click.option("--host", default=LISTEN)
    @click.option("--port", default=8001)
    @click.option("--workers", default=1)
    @click.option("--work", "inherited", type=int, nargs=3)
    @click.option("--shared", type=click.Path(path_type=Path), default=Path())
    def command(*, host: str, port: int, workers: int, inherited: tuple[int, int, int] | None, shared: Path) -> None:
        if inherited:
            work(inherited, shared=shared, begin=begin)
            return
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
        listening.set_inheritable(True)
        with memory_folder() as folder:
            found_node(Path(folder))
            supervisor = Supervisor(listening, workers=workers, module=module, shared=Path(folder))
            failed = supervisor.run()
        sys.exit(failed)

    command()


if __name__ == "__main__":
    main()
