"""A small region to work on, and officers' keys that open at once where the passphrase is not what is tested."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jinbang.people.models import OfficerKey
from tests.cast import NOW, Cast, StaffMember
from tests.replay import repeated, replayed
from tests.results.world import World, enrol, many_people, new_world


@pytest.fixture
def world(cast: Cast) -> World:
    """Return a region with 林, 赵 and one more on its roster, each for both subjects."""
    return replayed(("results", cast.shanxi.pk), lambda: _enrolled(cast))


def _enrolled(cast: Cast) -> World:
    world = new_world(cast)
    enrol(world, [cast.lin.bound, cast.zhao.bound, *many_people(1)])
    return world


def give_plain_key(member: StaffMember) -> None:
    """Give an officer a key in use that lies there unsealed; it takes `quick_signing` to sign with it."""
    repeated(("plain key", member.account.pk), lambda: _give_plain_key(member))


def _give_plain_key(member: StaffMember) -> None:
    key = Ed25519PrivateKey.generate()
    OfficerKey.objects.filter(account=member.account).update(retired_at=NOW)
    OfficerKey.objects.create(
        account=member.account,
        public_key=key.public_key().public_bytes_raw().hex(),
        private_key_sealed=key.private_bytes_raw(),
        created_at=NOW,
    )


@pytest.fixture
def quick_signing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 何 and 吕 sign without stretching a passphrase each time; what is signed and checked stays the same."""

    def sign(private_key: bytes, content_hash: bytes, *, passphrase: str) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(private_key).sign(content_hash)

    monkeypatch.setattr("jinbang.results.actions.release.sign", sign)
    for member in (cast.he, cast.lyu):
        give_plain_key(member)
