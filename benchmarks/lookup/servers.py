"""The servers that are measured, each a process group on one core, all up at the same time and asked in turns."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.lookup.load import Load, run_wrk
from benchmarks.lookup.world import RELEASE, Home
from jinbang.portal.servers import granian_lookup_words, lookup_words, web_words
from tests.proxies import Ports, shipped, whole
from tests.services import PostgresServer

ROOT = Path(__file__).parents[2]
SERVER_CORE = 0
_READY_SECONDS = 180.0


@dataclass
class Target:
    """A server under load, with how many bodies of the crowd it has been sent: each works once.

    `costs` are microseconds of the processor for an answer, those of `others` (leaders of groups) included.
    """

    name: str
    url: str
    process: "subprocess.Popen[bytes]"
    crowd: Path | None = None
    used: int = 0
    loads: list[Load] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    is_ours: bool = False

    def run(self, *, seconds: float, per_second: float = 0.0) -> Load:
        """Load it once."""
        take = int(seconds * (per_second or 30_000) * 1.3)
        before = self._processor_seconds()
        load = run_wrk(self.url, seconds=seconds, crowd=self.crowd, skip=self.used, take=take, per_second=per_second)
        self.used += load.requests + 200
        if load.errors > load.requests // 10:
            raise RuntimeError(f"{self.name}: {load.errors} of {load.requests} answers were not 200")
        self.costs.append((self._processor_seconds() - before) / load.requests * 1e6)
        return load

    def _processor_seconds(self) -> float:
        """Return the time that the group and what else belongs to it has run, in all its threads."""
        leaders = [self.process.pid, *self.others]
        return sum(_processor_seconds(process) for leader in leaders for process in _group(leader))

    def anonymous_bytes(self) -> int:
        """Return the memory of the group's largest process beyond the page cache."""
        return max(map(_anonymous_bytes, _group(self.process.pid)))


@contextmanager
def on_server_core() -> Iterator[None]:
    """Let what is started here run on the servers' core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(name: str, words: list[str], *, port: int, path: str, **more: object) -> Target:
    """Start a server and wait until it listens."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **_texts(more.get("environment"))}
    with nullcontext() if more.get("on_every_core") else on_server_core():
        process = subprocess.Popen(  # noqa: S603  # our own words
            words, env=environment, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL
        )
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended at once")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    crowd = more.get("crowd")
    scheme = "https" if more.get("tls") else "http"
    return Target(name, f"{scheme}://127.0.0.1:{port}{path}", process, crowd if isinstance(crowd, Path) else None)


def stop(target: Target) -> None:
    """End a server's group."""
    os.killpg(target.process.pid, signal.SIGTERM)
    try:
        target.process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(target.process.pid, signal.SIGKILL)
        target.process.wait()


def granian(home: Home, crowd: Path, *, name: str = "Granian RSGI") -> Target:
    """Start our role behind Granian."""
    port = free_port()
    words = granian_lookup_words(port=port, target="benchmarks.lookup.ours:application")
    environment = {"JINBANG_HOME": str(home.folder)}
    path = f"/lookup/{RELEASE}"
    return replace(start(name, words, port=port, path=path, environment=environment, crowd=crowd), is_ours=True)


def own(home: Home, crowd: Path | None, *, name: str = "own server", workers: int = 1) -> Target:
    """Start our role on its own server; with more than one worker on every core there is."""
    port = free_port()
    words = lookup_words(port=port, workers=workers, module="benchmarks.lookup.ours")
    environment = {"JINBANG_HOME": str(home.folder)}
    more: dict[str, object] = {"environment": environment, "crowd": crowd, "on_every_core": workers > 1}
    return replace(start(name, words, port=port, path=f"/lookup/{RELEASE}", **more), is_ours=True)


def nginx_static(folder: Path, page: bytes) -> Target:
    """Start nginx with one worker and a file of the size of a result page."""
    place = folder / "static"
    place.mkdir()
    (place / "page.html").write_bytes(page)
    port = free_port()
    server = f"server {{ listen 127.0.0.1:{port}; root {place}; }}"
    return _nginx(folder, "nginx static", server, port=port, path="/page.html")


def nginx_tls(folder: Path, behind: Target, *, crowd: Path | None = None, on_every_core: bool = False) -> Target:
    """Start the nginx that is shipped in front of a server of ours."""
    place = folder / "tls"
    place.mkdir()
    ours = int(behind.url.removeprefix("http://").partition("/")[0].partition(":")[2])
    ports = Ports(free_port(), free_port(), ours, ours)
    name = f"nginx with TLS, then {behind.name}"
    return _nginx(
        folder,
        name,
        shipped(place, ports),
        port=ports.tls,
        path=f"/lookup/{RELEASE}",
        crowd=crowd,
        tls=True,
        on_every_core=on_every_core,
    )


def _nginx(folder: Path, name: str, http: str, *, port: int, path: str, **more: object) -> Target:
    place = folder / f"nginx-{port}"
    place.mkdir()
    common = (
        "sendfile on; tcp_nopush on; open_file_cache max=100; keepalive_requests 1000000000; types { text/html html; }"
    )
    conf = whole(place, f"{common}\n{http}", main="worker_rlimit_nofile 40000;", connections=20_000)
    return start(name, ["nginx", "-c", str(conf), "-p", str(place)], port=port, path=path, **more)


def django_site(
    database: PostgresServer, home: Home, crowd: Path, *, module: str, name: str, page_bytes: int
) -> Target:
    """Start a counterpart, its database on the same core."""
    port = free_port()
    words = web_words(port=port, target=f"{module}:application")
    environment = {**django_environment(database, home), "BENCH_PAGE_BYTES": str(page_bytes)}
    return start(name, words, port=port, path=f"/lookup/{RELEASE}", environment=environment, crowd=crowd)


def django_environment(database: PostgresServer, home: Home) -> dict[str, str]:
    """Return what a counterpart has to know."""
    return {"BENCH_PG_PORT": str(database.port), "JINBANG_HOME": str(home.folder), "DJANGO_SETTINGS_MODULE": ""}


def _texts(values: object) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, Mapping) else {}


def _group(leader: int) -> list[int]:
    """Return the processes of a group, and the children of its leader that have groups of their own."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            _state, parent, group = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
            if leader in {int(parent), int(group)}:
                found.append(int(path.name))
    return found


def _processor_seconds(process: int) -> float:
    seconds = 0.0
    for path in Path(f"/proc/{process}/task").glob("*/schedstat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            seconds += int(path.read_text(encoding="ascii").split()[0]) / 1e9
    return seconds


def _anonymous_bytes(process: int) -> int:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:"))
