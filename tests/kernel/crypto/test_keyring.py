"""The key ring: kept in a private file, replaced whole, rotated without losing what is old."""

import base64
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jinbang.kernel.crypto import KeyRing, Purpose, bind_key_ring, key_ring, keyring
from jinbang.kernel.errors import InvariantBroken, KeyRingUnreadable, UnknownKey


@pytest.fixture
def unbound() -> Iterator[None]:
    before = keyring._bound
    keyring._bound = None
    yield
    keyring._bound = before


def same_keys(one: KeyRing, other: KeyRing) -> bool:
    return all(
        one.key_ids(purpose) == other.key_ids(purpose)
        and one.current_id(purpose) == other.current_id(purpose)
        and all(one.key(purpose, number) == other.key(purpose, number) for number in one.key_ids(purpose))
        for purpose in Purpose
    )


def test_a_saved_ring_is_loaded_back(tmp_path: Path) -> None:
    ring = KeyRing.generate().with_new_key(Purpose.INDEX)
    ring.save(tmp_path / "ring.json")
    assert same_keys(KeyRing.load(tmp_path / "ring.json"), ring)
    assert not same_keys(KeyRing.generate(), ring)


def test_only_its_owner_may_read_the_file_even_over_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    path.write_text("{}")
    path.chmod(0o666)
    KeyRing.generate().save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_save_leaves_the_old_ring_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, ring = tmp_path / "ring.json", KeyRing.generate()
    ring.save(path)

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jinbang.kernel.crypto.keyring.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        KeyRing.generate().save(path)
    assert same_keys(KeyRing.load(path), ring)
    assert [each.name for each in tmp_path.iterdir()] == ["ring.json"]


def test_a_new_key_is_current_and_the_old_one_still_there() -> None:
    ring = KeyRing.generate()
    turned = ring.with_new_key(Purpose.KEK)
    assert (turned.current_id(Purpose.KEK), turned.key_ids(Purpose.KEK)) == (2, (1, 2))
    assert turned.key(Purpose.KEK, 1) == ring.key(Purpose.KEK)
    assert turned.key(Purpose.KEK) != ring.key(Purpose.KEK)
    assert turned.current_id(Purpose.INDEX) == 1
    assert ring.current_id(Purpose.KEK) == 1


def test_a_key_the_ring_lacks_is_refused_by_its_number() -> None:
    with pytest.raises(UnknownKey) as refusal:
        KeyRing.generate().key(Purpose.KEK, 2)
    assert (refusal.value.code, refusal.value.fields) == ("unknown_key", {"purpose": "kek", "key_id": 2})
    with pytest.raises(UnknownKey):
        KeyRing.generate().current_id("coffee")


def test_derived_keys_differ_by_ring_purpose_info_and_number() -> None:
    ring = KeyRing.generate().with_new_key(Purpose.TICKET)
    derived = [
        ring.derive(Purpose.TICKET, "a"),
        ring.derive(Purpose.TICKET, "b"),
        ring.derive(Purpose.TICKET, "a", key_id=1),
        ring.derive(Purpose.RELEASE, "a"),
        KeyRing.generate().derive(Purpose.TICKET, "a"),
    ]
    assert len(set(derived)) == len(derived)
    assert ring.derive(Purpose.TICKET, "a") == derived[0]
    assert len(ring.derive(Purpose.TICKET, "a", length=64)) == 64


def test_purposes_may_be_named_by_plain_text() -> None:
    ring = KeyRing.generate()
    assert ring.derive("submission", "x") == ring.derive(Purpose.SUBMISSION, "x")


def test_no_key_stands_in_what_is_printed() -> None:
    ring = KeyRing.generate()
    printed = repr(ring) + repr(ring._purposes)
    for purpose in Purpose:
        assert repr(ring.key(purpose)) not in printed
        assert base64.b64encode(ring.key(purpose)).decode() not in printed


def without_a_purpose(content: dict[str, Any]) -> object:
    del content["purposes"]["kek"]
    return content


def without_its_current_key(content: dict[str, Any]) -> object:
    content["purposes"]["kek"]["current"] = 7
    return content


def with_a_short_key(content: dict[str, Any]) -> object:
    content["purposes"]["kek"]["keys"]["1"] = base64.b64encode(b"short").decode()
    return content


def with_a_key_that_is_no_base64(content: dict[str, Any]) -> object:
    content["purposes"]["kek"]["keys"]["1"] = "!" * 44
    return content


def with_a_number_past_its_field(content: dict[str, Any]) -> object:
    content["purposes"]["kek"]["keys"][str(2**32)] = content["purposes"]["kek"]["keys"]["1"]
    return content


def of_another_form(content: dict[str, Any]) -> object:
    return {**content, "form": 2}


def a_list(_content: dict[str, Any]) -> object:
    return []


@pytest.mark.parametrize(
    "damage",
    [
        without_a_purpose,
        without_its_current_key,
        with_a_short_key,
        with_a_key_that_is_no_base64,
        with_a_number_past_its_field,
        of_another_form,
        a_list,
    ],
)
def test_a_damaged_ring_is_refused_whole(tmp_path: Path, damage: Callable[[dict[str, Any]], object]) -> None:
    path = tmp_path / "ring.json"
    KeyRing.generate().save(path)
    path.write_text(json.dumps(damage(json.loads(path.read_text()))))
    with pytest.raises(KeyRingUnreadable) as refusal:
        KeyRing.load(path)
    assert refusal.value.fields == {"path": str(path), "problem": "not_a_key_ring"}


def test_a_missing_file_and_one_that_is_no_json_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(KeyRingUnreadable) as refusal:
        KeyRing.load(tmp_path / "ring.json")
    assert refusal.value.problem == "missing"
    (tmp_path / "ring.json").write_bytes(b"\xff\xfe")
    with pytest.raises(KeyRingUnreadable) as refusal:
        KeyRing.load(tmp_path / "ring.json")
    assert refusal.value.problem == "not_json"


@pytest.mark.usefixtures("unbound")
def test_a_process_has_the_ring_it_was_given_and_starts_with_none() -> None:
    with pytest.raises(InvariantBroken):
        key_ring()
    ring = KeyRing.generate()
    bind_key_ring(ring)
    assert key_ring() is ring
