"""An nginx in front of a server under test, on a free port, in a folder of the test's own.

It keeps everything that it may keep, as a provider's or an office's cache would, under method and address alone. A
missing nginx is a failure that names the package, never a skip.
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

from tests.lookup.roles import free_port

CLIENT_HEADER = "X-Client"
_READY_SECONDS = 20.0
# What turns off all that the server says about keeping, and keeps whatever comes.
_DEAF = (
    "proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires; proxy_hide_header Cache-Control; "
    "proxy_cache_valid any 10m;"
)
_LISTENING = "proxy_cache_valid any 10m;"  # where the server says nothing


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
    """Run nginx with a shared cache in front of a port. `is_deaf` makes it keep whatever it is told not to.

    The browser's address is what the client says in `X-Client`, so that a test can be many people. `kept_too` are
    further methods to keep answers of.
    """
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is not installed: the tests need the Debian package nginx-light (`make test-setup`)"
    folder.mkdir(parents=True)
    kept, port = folder / "kept", free_port()
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} worker_processes 1; daemon off; pid {folder}/pid; "
        f"error_log {folder}/error.log crit; events {{ worker_connections 2048; }} http {{ {temporary} access_log off; "
        f"proxy_cache_path {kept} levels=1 keys_zone=kept:16m max_size=2g inactive=1h; "
        f"upstream site {{ server 127.0.0.1:{upstream}; keepalive 32; }} "
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://site; proxy_http_version 1.1; "
        f"proxy_set_header Connection ''; proxy_set_header Host $http_host; "
        f"proxy_set_header X-Forwarded-For $http_{CLIENT_HEADER.lower().replace('-', '_')}; "
        f"proxy_cache kept; proxy_cache_key $request_method$uri; "
        f"proxy_cache_methods {' '.join(('GET', 'HEAD', *kept_too))}; {_DEAF if is_deaf else _LISTENING} "
        f"add_header X-Kept $upstream_cache_status always; }} }} }}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([program, "-c", f"{folder}/nginx.conf", "-p", str(folder)])
    try:
        _wait_for(port, process)
        yield CachingProxy(port, kept)
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
