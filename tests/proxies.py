"""An nginx in front of a server under test, on free ports, in a folder of the test's own: the one that is shipped.

`production_proxy` runs `config/nginx/jinbang.conf` as operators do. `caching_proxy` puts another before it, which keeps
everything that it may keep, as a provider's or an office's cache would, under method and address alone. A missing nginx
is a failure that names the package, never a skip.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import LOOPBACK, Authority
from tests.lookup.roles import free_port

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "config" / "nginx" / "jinbang.conf"
CLIENT_HEADER = "X-Client"
_READY_SECONDS = 20.0
# What turns off all that the server says about keeping, and keeps whatever comes.
_DEAF = (
    "proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires; proxy_hide_header Cache-Control; "
    "proxy_cache_valid any 10m;"
)
_LISTENING = "proxy_cache_valid any 10m;"  # where the server says nothing


@dataclass(frozen=True)
class Ports:
    """Where a shipped nginx listens, and what stands behind it."""

    tls: int
    plain: int
    lookup: int
    web: int


def shipped(folder: Path, ports: Ports) -> str:
    """Return the shipped configuration, filled in as an operator fills it in, with a certificate of the moment."""
    certificate = Authority(folder).issue("site")
    text = SHIPPED.read_text(encoding="utf-8")
    for name, value in (
        ("TLS", f"{LOOPBACK}:{ports.tls}"),
        ("PLAIN", f"{LOOPBACK}:{ports.plain}"),
        ("LOOKUP", f"{LOOPBACK}:{ports.lookup}"),
        ("WEB", f"{LOOPBACK}:{ports.web}"),
        ("NAME", "localhost"),
        ("CERTIFICATE", str(certificate)),
        ("KEY", str(certificate)),
        ("STATIC", str(ROOT / "var" / "static")),
        ("CACHE", str(folder / "home")),
    ):
        assert f"@{name}@" in text
        text = text.replace(f"@{name}@", value)
    return text


def whole(folder: Path, http: str, *, main: str = "", connections: int = 2048) -> Path:
    """Write a configuration of nginx whose http part is this, and return its path. Everything stays in the folder."""
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} worker_processes 1; daemon off; pid {folder}/pid; {main}\n"
        f"error_log {folder}/error.log crit; events {{ worker_connections {connections}; }}\n"
        f"http {{ {temporary} access_log off;\n{http}\n}}\n",
        encoding="utf-8",
    )
    return path


@contextmanager
def production_proxy(folder: Path, *, lookup: int, web: int = 0) -> Iterator[Ports]:
    """Run the shipped nginx before the port of a lookup and that of a web role. No web role: a port without anybody."""
    folder.mkdir(parents=True)
    ports = Ports(free_port(), free_port(), lookup, web or free_port())
    with _running(folder, whole(folder, shipped(folder, ports)), port=ports.tls):
        yield ports


@dataclass(frozen=True)
class CachingProxy:
    """A running nginx, and the folder in which it keeps answers."""

    port: int
    kept: Path

    def kept_bodies(self) -> list[bytes]:
        """Return every file of the cache: nginx writes the key, the headers and the body into one."""
        return [path.read_bytes() for path in self.kept.rglob("*") if path.is_file()]


@contextmanager
def caching_proxy(
    folder: Path, upstream: int, *, is_deaf: bool = False, kept_too: Sequence[str] = ()
) -> Iterator[CachingProxy]:
    """Run nginx with a shared cache in front of the shipped one. `is_deaf` makes it keep whatever it is told not to.

    The browser's address is what the client says in `X-Client`, so that a test can be many people. `kept_too` are
    further methods to keep answers of.
    """
    folder.mkdir(parents=True)
    kept, port, ports = folder / "kept", free_port(), Ports(free_port(), free_port(), upstream, upstream)
    cache = (
        f"proxy_cache_path {kept} levels=1 keys_zone=kept:16m max_size=2g inactive=1h; "
        f"set_real_ip_from {LOOPBACK}; real_ip_header {CLIENT_HEADER}; "
        f"upstream site {{ server {LOOPBACK}:{ports.tls}; keepalive 32; }} "
        f"server {{ listen {LOOPBACK}:{port}; location / {{ proxy_pass https://site; proxy_http_version 1.1; "
        f"proxy_set_header Connection ''; proxy_set_header Host $http_host; "
        f"proxy_cache kept; proxy_cache_key $request_method$uri; "
        f"proxy_cache_methods {' '.join(('GET', 'HEAD', *kept_too))}; {_DEAF if is_deaf else _LISTENING} "
        f"add_header X-Kept $upstream_cache_status always; }} }}"
    )
    with _running(folder, whole(folder, f"{cache}\n{shipped(folder, ports)}"), port=port):
        yield CachingProxy(port, kept)


@contextmanager
def _running(folder: Path, path: Path, *, port: int) -> Iterator[None]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is not installed: the tests need the Debian package nginx-light (`make test-setup`)"
    process = subprocess.Popen([program, "-c", str(path), "-p", str(folder)])
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "nginx ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    message = f"nginx did not listen within {_READY_SECONDS:.0f} seconds"
    raise TimeoutError(message)
