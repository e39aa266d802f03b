"""The pointer: believed where the installation signed it, and never back to a state before one that was seen."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.test import override_settings

from jinbang.kernel.crypto import KeyRing
from jinbang.lookup import distribution, pointer
from jinbang.lookup.cards import Entry
from jinbang.lookup.distribution import offer, pull
from jinbang.lookup.errors import SnapshotDamaged
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.keyholder import KeyHolder
from jinbang.lookup.pointer import POINTER, Pointer, PointerKeys, PointerSigner
from jinbang.lookup.server import LookupService
from jinbang.lookup.shell import Shell
from tests.lookup.conftest import directly
from tests.lookup.world import HEADER, LIN, RELEASE, SHELL, House, query

OLD, NEW = "<strong>86.5</strong>", "<strong>99</strong>"


@pytest.fixture
def store(house: House, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Return a store to which the worker of this house offers."""
    monkeypatch.setattr(distribution, "key_ring", lambda: house.ring)
    return FileSystemStorage(house.home / "store")


@pytest.fixture
def node(house: House) -> Path:
    """Return the folder of a node on another machine."""
    return house.home / "node"


def correct(house: House) -> None:
    """Publish a second generation in which 林 has 99."""
    first, second = LIN.card.subjects
    card = replace(LIN.card, subjects=(replace(first, mark_hundredths=9900), second))
    entry = Entry.of(card, ticket_number=LIN.ticket, document_number=LIN.document)
    house.publish(replace(HEADER, version=2), [entry])


def service_of(house: House, node: Path, keys: PointerKeys | None = None) -> LookupService:
    holder = KeyHolder(house.vault, now=house.clock)
    return LookupService(Snapshots(node, keys or house.signer.keys), holder, Shell(SHELL), now=house.clock)


def shown(house: House, node: Path) -> str:
    return query(directly(service_of(house, node)), LIN.fields).text


def put(store: Storage, content: bytes, number: int = 9) -> None:
    """Do what whoever can write the store can do: put a pointer there that counts as the last one."""
    store.save(f"{RELEASE}/pointer-{number:09d}.json", ContentFile(content))


def without_the_second(content: bytes, _house: House) -> bytes:
    written = json.loads(content)
    return json.dumps({**written, "generations": written["generations"][:1]}).encode()


def with_a_higher_number(content: bytes, _house: House) -> bytes:
    written = json.loads(content)
    return json.dumps({**written, "number": written["number"] + 1}).encode()


def with_a_float(content: bytes, _house: House) -> bytes:
    written = json.loads(content)
    return json.dumps({**written, "generations": [{**written["generations"][0], "records": 1.5}]}).encode()


def signed_by_another(content: bytes, house: House) -> bytes:
    state = Pointer.parsed(content, RELEASE, keys=house.signer.keys)
    return state.followed_by({1: state.generations[1]}).signed(PointerSigner(KeyRing.generate()))


def of_another_release(content: bytes, house: House) -> bytes:
    state = Pointer.parsed(content, RELEASE, keys=house.signer.keys)
    return replace(state, release="another-2026", number=state.number + 1).signed(house.signer)


def as_it_was_before_signatures(content: bytes, _house: House) -> bytes:
    return json.dumps(json.loads(content)["generations"][:1]).encode()


FORGERIES = [
    without_the_second,
    with_a_higher_number,
    with_a_float,
    signed_by_another,
    of_another_release,
    as_it_was_before_signatures,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_pointer_that_the_installation_did_not_sign_is_neither_pulled_nor_opened(
    *, house: House, store: Storage, node: Path, forge: Callable[[bytes, House], bytes]
) -> None:
    house.publish()
    correct(house)
    offer(store, house.snapshots)
    pull(store, node, keys=house.signer.keys)
    forged = forge((node / RELEASE / POINTER).read_bytes(), house)
    put(store, forged)
    assert pull(store, node, keys=house.signer.keys) == []
    assert NEW in shown(house, node)
    (node / RELEASE / POINTER).write_bytes(forged)
    service = service_of(house, node)
    answer = query(directly(service), LIN.fields)
    assert answer.status == 503
    assert OLD not in answer.text
    assert service.problems() == [f"damaged:{RELEASE}"]
    with pytest.raises(SnapshotDamaged):
        Pointer.read(node, RELEASE, keys=house.signer.keys)


def test_unsigned_an_earlier_generation_would_be_shown_again(
    *, house: House, store: Storage, node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    house.publish()
    correct(house)
    offer(store, house.snapshots)
    pull(store, node, keys=house.signer.keys)
    put(store, without_the_second((node / RELEASE / POINTER).read_bytes(), house))
    monkeypatch.setattr(PointerKeys, "require_signed", lambda *_given, **_named: None)
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]
    assert OLD in shown(house, node)


def test_a_store_that_goes_back_to_what_was_signed_before_is_not_followed(
    *, house: House, store: Storage, node: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house.publish()
    before = (house.snapshots / RELEASE / POINTER).read_bytes()
    correct(house)
    offer(store, house.snapshots)
    pull(store, node, keys=house.signer.keys)
    put(store, before)
    assert pull(store, node, keys=house.signer.keys) == []
    assert "'problem': 'older'" in caplog.text
    assert NEW in shown(house, node)
    assert offer(store, house.snapshots) == [RELEASE]  # the worker puts it right
    assert json.loads(distribution._newest(store, RELEASE)[1] or b"")["number"] > json.loads(before)["number"]


def test_without_the_numbers_a_store_could_undo_a_correction(
    *, house: House, store: Storage, node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    house.publish()
    before = (house.snapshots / RELEASE / POINTER).read_bytes()
    correct(house)
    offer(store, house.snapshots)
    pull(store, node, keys=house.signer.keys)
    put(store, before)
    monkeypatch.setattr(Pointer, "require_not_before", lambda *_given: None)
    assert pull(store, node, keys=house.signer.keys) == [RELEASE]
    assert OLD in shown(house, node)


def test_a_process_that_runs_goes_on_with_what_it_has_and_says_that_something_is_wrong(house: House) -> None:
    house.publish()
    place = house.snapshots / RELEASE / POINTER
    before = place.read_bytes()
    correct(house)
    now = place.read_bytes()
    service = house.service()
    assert NEW in query(directly(service), LIN.fields).text
    for content in (before, b"{}"):
        place.unlink()
        service._snapshots.look_again()
        place.write_bytes(content)
        service._snapshots.look_again()
        assert OLD not in query(directly(service), LIN.fields).text
        assert service.problems() == [f"damaged:{RELEASE}"]
    place.write_bytes(before)
    service._snapshots.look_again()
    place.write_bytes(now)
    service._snapshots.look_again()
    assert service.problems() == []
    assert NEW in query(directly(service), LIN.fields).text


def test_what_was_open_stays_open_beside_a_pointer_that_is_not_followed(house: House) -> None:
    house.publish()
    service = house.service()
    assert OLD in query(directly(service), LIN.fields).text
    (house.snapshots / RELEASE / POINTER).write_bytes(b"{}")
    service._snapshots.look_again()
    assert OLD in query(directly(service), LIN.fields).text
    assert service.problems() == [f"damaged:{RELEASE}"]


def test_the_worker_does_not_sign_what_somebody_else_wrote(house: House) -> None:
    publication = house.publish()
    place = house.snapshots / RELEASE / POINTER
    place.write_bytes(without_the_second(place.read_bytes(), house))
    place.write_bytes(with_a_higher_number(place.read_bytes(), house))
    with pytest.raises(SnapshotDamaged):
        pointer.withdraw(house.snapshots, publication, signer=house.signer)
    with pytest.raises(SnapshotDamaged):
        pointer.arm(house.snapshots, publication, signer=house.signer)


def test_a_new_key_signs_and_the_old_one_is_still_believed(house: House) -> None:
    house.publish()
    house.ring = house.ring.with_new_key("release")
    assert OLD in shown(house, house.snapshots)
    correct(house)
    assert NEW in shown(house, house.snapshots)
    assert sorted(house.signer.keys.keys) == [1, 2]


def test_keys_are_written_down_in_public_and_read_again(house: House) -> None:
    text = house.signer.keys.text()
    house.publish()
    assert Pointer.read(house.snapshots, RELEASE, keys=PointerKeys.of_text(text)).generations.keys() == {1}
    assert PointerKeys.of_text(text).text() == text
    for wrong in ("", "1", "1:", "x:AAAA", f"{text}=", text.replace("1:", "")):
        with pytest.raises(ValueError, match="pointer-keys"):
            PointerKeys.of_text(wrong)


def test_a_node_believes_the_keys_that_its_setting_names_and_else_its_own_ring(house: House, store: Storage) -> None:
    elsewhere = KeyRing.generate()
    with override_settings(JINBANG_POINTER_KEYS=PointerKeys.of_ring(elsewhere).text()):
        assert distribution.pointer_keys().text() == PointerKeys.of_ring(elsewhere).text()
    assert distribution.pointer_keys().text() == house.signer.keys.text()


def test_the_number_of_a_folder_that_was_lost_is_past_all_that_it_had_counted_to(house: House) -> None:
    house.publish()
    before = Pointer.read(house.snapshots, RELEASE, keys=house.signer.keys)
    for _ in range(3):
        before = before.followed_by(before.generations)
    assert before.number > Pointer.read(house.snapshots, RELEASE, keys=house.signer.keys).number
    afresh = Pointer(RELEASE).followed_by({})
    assert afresh.number >= before.number - 4
