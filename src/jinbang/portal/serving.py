"""Running the roles: the web server, the lookup server and the worker, each in a process group of its own.

A role is ended by its whole group; one whose parent is killed ends by itself (`kernel.parents`), so that nothing of it
goes on answering.
"""

import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

import click
import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections, connection, connections
from django.db.migrations.executor import MigrationExecutor

from jinbang.audit import long_work
from jinbang.lookup import distribution
from jinbang.portal import servers
from jinbang.portal.servers import LISTEN

log = structlog.get_logger(__name__)
WORKER_PAUSE_SECONDS: Final = 5.0
LONG_WORK_PAUSE_SECONDS: Final = 1.0
STOP_SECONDS: Final = 10.0
SETTLED_SECONDS: Final = 10.0
STAMP: Final = ".collected"


class _Stop(Exception):  # not an error: somebody asked
    """Somebody asked to stop."""


class _Role:
    """A role in a process group of its own, begun again when it ends unasked: anything may be killed at any time."""

    def __init__(self, name: str, *, port: int, environment: Mapping[str, str]) -> None:
        """Begin it."""
        self._name, self._port, self._environment = name, port, environment
        self._begin()

    def _begin(self) -> None:
        words = [sys.executable, "-m", "jinbang.portal.cli", "serve", self._name, "--port", str(self._port)]
        words += ["--parent", str(os.getpid())]
        self._began = time.monotonic()
        self.process = subprocess.Popen(words, env=dict(self._environment), start_new_session=True)  # noqa: S603  # our own interpreter, our own words

    def goes_on(self) -> bool:
        """Return whether it runs, begun again if need be; what ended as soon as it had begun would only end again."""
        if self.process.poll() is None:
            return True
        if time.monotonic() - self._began < SETTLED_SECONDS:
            return False
        log.warning("role_ended_unasked", role=self._name, code=self.process.returncode)
        with suppress(ProcessLookupError):  # what is left of its group still holds the port
            os.killpg(self.process.pid, signal.SIGKILL)
        self._begin()
        return True


def serve(*, port: int, shift_seconds: int = 0) -> None:
    """Run web and worker together until stopped. Refuses a port that is taken. The web role answers /lookup/ too.

    A role that is killed is begun again; all of them end when this process is killed.
    """
    require_set_up()
    require_free(port)
    _forbid_core_dumps()
    collect_static_files()
    environment = {**os.environ, "JINBANG_CLOCK_SHIFT": str(shift_seconds)}
    environment["JINBANG_HOME"] = str(settings.JINBANG_HOME)
    environment["JINBANG_DEMO"] = "1" if settings.JINBANG_DEMO else "0"
    # Where no address is configured, it is the one at which this is really served: pages print it, and the demo signs
    # people in with an identity that it serves to itself.
    environment.setdefault("JINBANG_PUBLIC_URL", f"http://localhost:{port}")
    roles = [_Role(name, port=port, environment=environment) for name in ("web", "worker")]
    signal.signal(signal.SIGTERM, _asked_to_stop)
    try:
        while all(role.goes_on() for role in roles):
            time.sleep(0.2)
    except (KeyboardInterrupt, _Stop):
        click.echo("")
    finally:
        for role in roles:
            _end(role.process)
    codes = [role.process.returncode for role in roles]
    if failed := [code for code in codes if code not in {0, -signal.SIGTERM, -signal.SIGINT}]:
        sys.exit(max(1, *(code for code in failed if code)))


def serve_role(
    role: str, *, port: int, host: str = LISTEN, workers: int | None = None, behind_granian: bool = False
) -> None:
    """Run one role in this process. Lookup and key holder need no database, and so none that was set up."""
    _require_fitting(role, host=host, workers=workers, behind_granian=behind_granian)
    _forbid_core_dumps()
    if role == "keyholder":
        _hold_keys()
    if role != "lookup":
        require_set_up()
    if role == "worker":
        _work()
        return
    if role == "web":
        os.environ.setdefault("JINBANG_PUBLIC_URL", f"http://localhost:{port}")
        words = servers.web_words(host=host, port=port)
    else:
        write_frame()
        own = servers.lookup_words(host=host, port=port, workers=workers or 0)
        words = servers.granian_lookup_words(host=host, port=port) if behind_granian else own
    os.execv(sys.executable, words)  # noqa: S606  # our own interpreter with our own words


def _require_fitting(role: str, *, host: str, workers: int | None, behind_granian: bool) -> None:
    """Refuse what would be asked for in vain, in a sentence that says what to do."""
    if role != "lookup" and (workers is not None or behind_granian):
        raise click.ClickException("--workers 和 --granian 只用于查询角色（serve lookup）。")
    if role not in {"lookup", "web"} and host != LISTEN:
        raise click.ClickException("--host 只用于查询角色和网页角色（serve lookup、serve web）。")
    if behind_granian and workers not in {None, 1}:
        raise click.ClickException(
            "Granian 的各个进程互不知道哪些验证已经用过，所以只能有一个：请去掉 --workers，或者去掉 --granian。"
        )


def write_frame() -> None:
    """Write the frame of the lookup of this version, and what it names. A lookup that runs takes it at SIGHUP."""
    from jinbang.lookup.actions import write_shell  # noqa: PLC0415  # every phase: only two roles need them

    collect_static_files()
    write_shell()


def _forbid_core_dumps() -> None:
    """Let no fault write the memory of this role to a disk: it holds keys, and what they opened."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _hold_keys() -> None:
    """Become the key holder on the socket that the setting names."""
    path = settings.JINBANG_KEY_HOLDER
    if not path:
        raise click.ClickException("请用 JINBANG_KEY_HOLDER 指定密钥服务的套接字路径。")
    words = [sys.executable, "-m", "jinbang.lookup.holder_socket", path]
    os.execv(sys.executable, words)  # noqa: S606  # our own interpreter with our own words


def pull_snapshots(*, every: float) -> None:
    """Pull new snapshots once, or every so many seconds until stopped. Needs no database."""
    store = distribution.store()
    if store is None:
        raise click.ClickException("没有设置 JINBANG_SNAPSHOT_STORE：一台机器不需要取快照。")
    while True:
        for release in distribution.pull(store, Path(settings.JINBANG_SNAPSHOTS), keys=distribution.pointer_keys()):
            log.info("snapshot_pulled", release=release)
        if every <= 0:
            return
        time.sleep(every)


def collect_static_files() -> None:
    """Collect static files where they have changed since they were last collected.

    Those of earlier versions stay: pages that are open, and a lookup that still has its old frame, name them.
    """
    stamp = Path(settings.STATIC_ROOT) / STAMP
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted, encoding="utf-8")


def require_set_up() -> None:
    """Refuse a home whose database lacks tables of this version, in a sentence that says what to do."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        home = settings.JINBANG_HOME
        raise click.ClickException(
            f"{home} 还没有建好，或者数据库是旧版本的。请先运行 jinbang setup；只想看看演示，请运行 jinbang demo。"
        )


def require_free(port: int) -> None:
    """Refuse a port on which something answers already, in a sentence that says what to do."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LISTEN, port))
        except OSError as error:
            raise click.ClickException(
                f"端口 {port} 已被占用。请先停掉占用它的程序，或用 --port 换一个端口。"
            ) from error


def _fingerprint() -> str:
    """Return a hash over names, sizes and times of our static files and of the npm lock."""
    root = Path(settings.BASE_DIR)
    files = sorted(path for path in (root / "static").rglob("*") if path.is_file())
    facts = [f"{path.relative_to(root)}|{path.stat().st_size}|{path.stat().st_mtime_ns}" for path in files]
    lock = (root / "package-lock.json").read_bytes()
    return hashlib.sha256("\n".join(facts).encode() + lock).hexdigest()


def _end(role: subprocess.Popen[bytes]) -> None:
    """End a role's whole group: politely, then not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(role.pid, sign)
            role.wait(timeout=STOP_SECONDS)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
        else:
            break
    role.poll()


def _asked_to_stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stop


def _work() -> None:
    """Do what is due, pause, and again, until stopped. Long work has a thread of its own, which ends with the rest."""
    from jinbang.portal import tasks  # noqa: PLC0415  # the same

    signal.signal(signal.SIGTERM, _asked_to_stop)
    threading.excepthook = _log_fault
    working = threading.Thread(target=_work_long, name="long-work", daemon=True)
    working.start()
    try:
        while working.is_alive():
            tasks.do_what_is_due()
            time.sleep(WORKER_PAUSE_SECONDS)
    except (KeyboardInterrupt, _Stop):
        return
    sys.exit(1)  # the thread broke outside any work: a worker that does half of its work must not look alive


def _work_long() -> None:
    """Run long work as it is asked for. Nothing is tidied up at the end: a step is whole or has not been."""
    while True:
        do_long_work()
        close_old_connections()
        time.sleep(LONG_WORK_PAUSE_SECONDS)


def do_long_work() -> int:
    """Run whatever was asked for until nothing waits, each piece in a thread of its own. Returns how many there were.

    A fault ends the thread of its piece as it ends one request in the web role, is logged there in full, and ends
    nothing else; taking the next piece is not part of any, so that a fault there ends the worker.
    """
    count = 0
    while (holding := long_work.take()) is not None:
        _run_apart(holding)
        count += 1
    return count


def _run_apart(holding: long_work.Holding) -> None:
    piece = threading.Thread(target=_run, args=(holding,), name=f"long-work {holding.id}", daemon=True)
    piece.start()
    piece.join()


def _run(holding: long_work.Holding) -> None:
    try:
        long_work.run(holding)
    finally:
        connections.close_all()


def _log_fault(fault: threading.ExceptHookArgs) -> None:
    """Log what ended a thread as the program's other faults are logged."""
    thread = fault.thread.name if fault.thread else ""
    log.error("thread_broke", thread=thread, exc_info=(fault.exc_type, fault.exc_value, fault.exc_traceback))
