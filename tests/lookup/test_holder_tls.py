"""A key holder for nodes on other machines: both sides show a certificate of one authority, or nothing is said."""

import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config.env import IncompleteSettingError, read_environment
from jinbang.lookup.errors import ClocksDisagree, ReleaseNotOpen, WarrantMissing
from jinbang.lookup.holder_socket import Answers, RemoteHolder, TlsHolderServer, connecting, tls_context
from jinbang.lookup.keyholder import KeyHolder
from tests.certificates import LOOPBACK, Authority
from tests.lookup.roles import ROOT, Browser, environment_of, free_port, running
from tests.lookup.world import LIN, House, T, query


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def settings_of(port: int, certificate: Path, authority: Authority) -> dict[str, str]:
    return {
        "JINBANG_KEY_HOLDER": f"tls://{LOOPBACK}:{port}",
        "JINBANG_KEY_HOLDER_CERTIFICATE": str(certificate),
        "JINBANG_KEY_HOLDER_AUTHORITY": str(authority.path),
    }


@contextmanager
def holding(house: House, authority: Authority, *, certificate: Path | None = None, asks: bool = True) -> Iterator[int]:
    """Let a holder answer on a port, by the house's clock. It `asks` for certificates but in a twin."""
    port = free_port()
    given = settings_of(port, certificate or authority.issue("holder"), authority)
    answers = Answers(KeyHolder(house.vault, now=house.clock), now=house.clock)
    context = tls_context(read_environment(given), is_holder=True)
    if not asks:
        context.verify_mode = ssl.CERT_NONE
    with TlsHolderServer((LOOPBACK, port), answers, context) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield port
        finally:
            server.shutdown()
            thread.join()


def node_of(house: House, settings: dict[str, str]) -> RemoteHolder:
    connect = connecting(read_environment(settings))
    assert connect is not None
    remote = RemoteHolder(connect, now=house.clock)
    remote._compare()
    return remote


def test_the_key_comes_at_the_instant_to_whoever_shows_a_certificate_and_is_logged(
    house: House, authority: Authority
) -> None:
    house.now = T - timedelta(seconds=1)
    publication = house.publish()
    with holding(house, authority) as port, capture_logs() as logged:
        remote = node_of(house, settings_of(port, authority.issue("node-7"), authority))
        with pytest.raises(ReleaseNotOpen):
            remote.release_key(publication)
        assert logged == []
        house.now = T
        key = remote.release_key(publication)
    assert key == KeyHolder(house.vault, now=house.clock).release_key(publication)
    (given,) = logged
    assert {name: given[name] for name in ("event", "release", "generation", "file")} == {
        "event": "release_key_given",
        "release": publication.release,
        "generation": 1,
        "file": publication.file,
    }
    assert str(given["asker"]).endswith(" of node-7")
    assert key.hex() not in str(given)


def test_whoever_shows_another_authoritys_certificate_is_told_nothing(house: House, authority: Authority) -> None:
    publication = house.publish()
    other = Authority(house.home, name="other")
    with holding(house, authority) as port, capture_logs() as logged:
        remote = node_of(house, settings_of(port, other.issue("stranger"), authority))
        with pytest.raises(WarrantMissing):
            remote.release_key(publication)
        with pytest.raises(ClocksDisagree):
            remote.require_right_clock()
    assert logged == []


def test_an_expired_certificate_is_none(house: House, authority: Authority) -> None:
    publication = house.publish()
    with holding(house, authority) as port:
        remote = node_of(house, settings_of(port, authority.issue("node-7", days=-1), authority))
        with pytest.raises(WarrantMissing):
            remote.release_key(publication)


def told_without_a_certificate(port: int) -> bytes:
    """Ask over TLS as somebody who has no certificate and believes any."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with context.wrap_socket(socket.create_connection((LOOPBACK, port), timeout=5)) as asking:
            asking.sendall(b"null\n")
            return asking.recv(4096)
    except OSError:
        return b""


def test_without_a_certificate_nobody_is_told_even_the_time(house: House, authority: Authority) -> None:
    with holding(house, authority) as port:
        assert told_without_a_certificate(port) == b""


def test_were_no_certificate_asked_for_anybody_would_be_answered(house: House, authority: Authority) -> None:
    """The twin."""
    with holding(house, authority, asks=False) as port:
        assert b'"now"' in told_without_a_certificate(port)


@pytest.mark.parametrize("sent", [b"null\n", b"\x16\x03\x01" + bytes(500), b""])
def test_whoever_does_not_speak_tls_holds_nobody_up(house: House, authority: Authority, sent: bytes) -> None:
    publication = house.publish()
    with holding(house, authority) as port, socket.create_connection((LOOPBACK, port), timeout=5) as stranger:
        stranger.sendall(sent)
        assert node_of(house, settings_of(port, authority.issue("node-7"), authority)).release_key(publication)
        assert b"now" not in stranger.recv(4096)


def test_a_node_asks_nobody_who_is_not_the_holder(house: House, authority: Authority) -> None:
    publication = house.publish()
    other = Authority(house.home, name="other")
    with holding(house, authority, certificate=other.issue("holder")) as port:
        remote = node_of(house, settings_of(port, authority.issue("node-7"), authority))
        with pytest.raises(WarrantMissing):
            remote.release_key(publication)


def test_a_certificate_counts_for_the_machine_that_it_names(house: House, authority: Authority) -> None:
    publication = house.publish()
    with holding(house, authority) as port:
        settings = settings_of(port, authority.issue("node-7"), authority)
        remote = node_of(house, {**settings, "JINBANG_KEY_HOLDER": f"tls://localhost:{port}"})
        with pytest.raises(WarrantMissing):
            remote.release_key(publication)


@pytest.mark.parametrize(
    "settings",
    [
        {"JINBANG_KEY_HOLDER": "tls://127.0.0.1:7443"},
        {"JINBANG_KEY_HOLDER": "tls://127.0.0.1:7443", "JINBANG_KEY_HOLDER_CERTIFICATE": "/x.pem"},
        {"JINBANG_KEY_HOLDER": "tls://127.0.0.1"},
        {"JINBANG_KEY_HOLDER": "tls://"},
    ],
)
def test_settings_by_halves_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(IncompleteSettingError):
        connecting(read_environment(settings))


def test_a_node_on_another_machine_needs_no_ring_no_vault_and_no_socket(house: House, authority: Authority) -> None:
    """Two processes as operators start them: the holder at a port, and a node that has the sealed file only."""
    house.publish()
    house.ring.save(house.home / "key_ring.json")
    port = free_port()
    words = [sys.executable, "-m", "jinbang.lookup.holder_socket", f"tls://{LOOPBACK}:{port}"]
    environment = {**environment_of(house), **settings_of(port, authority.issue("holder"), authority)}
    process = subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        node = House(house.home / "node", house.now)
        node.home.mkdir()
        node.snapshots.symlink_to(house.snapshots)
        shown = settings_of(port, authority.issue("node-7"), authority)
        with running(node, JINBANG_POINTER_KEYS=house.signer.keys.text(), **shown) as role:
            (node.home / "key_ring.json").unlink()
            until = time.monotonic() + 20
            while "73.41" not in (page := query(Browser(role.port), LIN.fields).text) and time.monotonic() < until:
                time.sleep(0.2)
            assert "73.41" in page
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=20)
    assert "release_key_given" in said
    assert "of node-7" in said
