"""Snapshots on their way to nodes of other machines: what is half there is not taken, what is withdrawn disappears."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage
from moto import mock_aws
from storages.backends.s3 import S3Storage

from config.stores import snapshot_store
from jinbang.lookup import distribution, pointer, snapshot
from jinbang.lookup.distribution import offer, pull
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.keyholder import KeyHolder
from jinbang.lookup.pointer import Pointer
from jinbang.lookup.server import LookupService
from jinbang.lookup.shell import Shell
from tests.lookup.conftest import directly
from tests.lookup.world import HEADER, LIN, RELEASE, SHELL, Ask, House, query


@pytest.fixture(params=["files", "memory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """Return a store that keeps files on a disk, one that has no disk, and a bucket behind the real client of S3."""
    match request.param:
        case "files":
            yield FileSystemStorage(tmp_path / "store")
        case "memory":
            yield InMemoryStorage()
        case _:
            with bucket() as found:
                yield found


@contextmanager
def bucket() -> Iterator[Storage]:
    """Return the store that `s3://results/nodes` names, as `config.stores` sets it up, in a bucket of this process."""
    keys = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": "us-east-1"}
    with patch.dict(os.environ, keys), mock_aws():
        boto3.client("s3").create_bucket(Bucket="results")
        yield S3Storage(**snapshot_store("s3://results/nodes", default=Path())["OPTIONS"])


@pytest.fixture(autouse=True)
def ring(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker be of the house, as `offer` asks for its key ring."""
    monkeypatch.setattr(distribution, "key_ring", lambda: house.ring)


@pytest.fixture
def node(house: House) -> Path:
    """Return the folder of a node on another machine."""
    (house.home / "store").mkdir(exist_ok=True)
    return house.home / "node"


def asking(house: House, node: Path) -> Ask:
    holder = KeyHolder(house.vault, now=house.clock)
    return directly(LookupService(Snapshots(node, house.signer.keys), holder, Shell(SHELL), now=house.clock))


def test_a_node_shows_what_it_pulled(house: House, node: Path, store: Storage) -> None:
    house.publish()
    assert offer(store, house.snapshots) == [RELEASE]
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]
    assert "73.41" in query(asking(house, node), LIN.fields).text
    assert (offer(store, house.snapshots), pull(store, node, keys=house.signer.keys)) == ([], [])


def test_a_new_generation_follows_and_the_old_one_stays(house: House, node: Path, store: Storage) -> None:
    house.publish()
    offer(store, house.snapshots)
    pull(store, node, keys=house.signer.keys)
    house.publish(replace(HEADER, version=2))
    offer(store, house.snapshots)
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]
    assert sorted(Pointer.read(node, RELEASE, keys=house.signer.keys).generations) == [1, 2]
    assert len(list(node.rglob("*.lmdb"))) == 2


def test_what_is_withdrawn_disappears_from_store_and_nodes(house: House, node: Path, store: Storage) -> None:
    house.now = HEADER.opens_at - timedelta(days=1)
    publication = house.publish()
    offer(store, house.snapshots)
    pull(store, node, keys=house.signer.keys)
    pointer.withdraw(house.snapshots, publication, signer=house.signer)
    offer(store, house.snapshots)
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]
    assert list(node.rglob("*.lmdb")) == []
    assert [name for name in store.listdir(RELEASE)[1] if name.endswith(".lmdb")] == []
    assert directly(house.service())("GET", f"/lookup/{RELEASE}").status == 404


def test_a_file_that_is_not_whole_is_not_taken_until_it_is(house: House, node: Path, store: Storage) -> None:
    publication = house.publish()
    name = f"{RELEASE}/{publication.file}"
    content = (house.snapshots / name).read_bytes()
    offer(store, house.snapshots)
    store.delete(name)
    assert pull(store, node, keys=house.signer.keys) == []
    store.save(name, ContentFile(content[:-1]))
    assert pull(store, node, keys=house.signer.keys) == []
    assert not (node / RELEASE / pointer.POINTER).exists()
    assert [path for path in node.rglob("*") if path.is_file()] == []
    store.delete(name)
    store.save(name, ContentFile(content))
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]


def test_without_the_checksum_a_cut_file_would_be_taken(
    *, house: House, node: Path, store: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the test above."""
    publication = house.publish()
    name = f"{RELEASE}/{publication.file}"
    content = (house.snapshots / name).read_bytes()
    offer(store, house.snapshots)
    store.delete(name)
    store.save(name, ContentFile(content[:-1]))
    monkeypatch.setattr(snapshot, "checksum", lambda _path: publication.sha256)
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]


def test_an_upload_that_was_cut_off_is_done_again(house: House, node: Path, store: Storage) -> None:
    publication = house.publish()
    name = f"{RELEASE}/{publication.file}"
    store.save(name, ContentFile(b"half"))
    offer(store, house.snapshots)
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]


def test_a_pointer_that_is_half_written_does_not_count(house: House, node: Path, store: Storage) -> None:
    house.publish()
    offer(store, house.snapshots)
    store.save(f"{RELEASE}/pointer-000000002.json", ContentFile(b'[{"release"'))
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]
    assert sorted(Pointer.read(node, RELEASE, keys=house.signer.keys).generations) == [1]


def test_what_is_offered_tells_nobody_anything(house: House, store: Storage) -> None:
    house.publish()
    offer(store, house.snapshots)
    for name in store.listdir(RELEASE)[1]:
        with store.open(f"{RELEASE}/{name}", "rb") as file:
            content = file.read()
        for secret in (LIN.ticket, LIN.document, LIN.card.name):
            assert secret.encode() not in content


def test_on_one_machine_nothing_is_offered_or_pulled() -> None:
    assert distribution.store() is None
