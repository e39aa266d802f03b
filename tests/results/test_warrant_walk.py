"""Signing, editing, replaying and renaming in any order: the rule approves exactly what a plain count approves.

A long walk over the pure rule, without a database; `test_two_people` walks the actions. The model keeps who truly
signed what; the rule is given signatures only, genuine and forged.
"""

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jinbang.results import warrant
from jinbang.results.warrant import SignatureFacts, is_approved
from tests.passkeys import HOST, SoftPasskey
from tests.tiers import Measure, Tier

UNITS = {"he": "考务处", "lyu": "信息处", "feng": "考务处", "chu": "阅卷科", "wei": "监察室", "jiang": "命题处"}
HASHES = [f"{number:064x}" for number in range(1, 9)]
KEYS = {name: Ed25519PrivateKey.generate() for name in ("he", "feng", "wei")}
PASSKEYS = {name: SoftPasskey() for name in ("lyu", "chu", "jiang")}


def by_key(name: str, over: str) -> SignatureFacts:
    key = KEYS[name]
    public_key, signature = key.public_key().public_bytes_raw().hex(), key.sign(bytes.fromhex(over)).hex()
    return SignatureFacts(name, UNITS[name], public_key, signature, over)


def by_passkey(name: str, over: str) -> SignatureFacts:
    made = PASSKEYS[name].sign(bytes.fromhex(over))
    return SignatureFacts(
        officer_id=name,
        unit=UNITS[name],
        public_key=PASSKEYS[name].public_key.hex(),
        signature=made.signature.hex(),
        warrant_hash=over,
        client_data=made.client_data.hex(),
        authenticator_data=made.authenticator_data.hex(),
        relying_party=HOST,
    )


SIGNED = {(name, over): (by_key if name in KEYS else by_passkey)(name, over) for name in UNITS for over in HASHES}
MOST = 4


@dataclass
class Walk:
    """What stands in the table of signatures, and what is true of it."""

    random: Random
    now: str = HASHES[0]
    authors: set[str] = field(default_factory=set)
    rows: list[tuple[SignatureFacts, bool]] = field(default_factory=list)  # and whether its officer truly made it

    def step(self) -> None:
        """Let one thing happen: mostly honest, sometimes not."""
        self.random.choice((self.sign, self.sign, self.sign, self.edit, self.forge, self.replay, self.become_author))()
        self.rows = self.rows[-MOST:]

    def sign(self) -> None:
        self.rows.append((SIGNED[self.random.choice(list(UNITS)), self.now], True))

    def edit(self) -> None:
        self.now, self.authors = self.random.choice(HASHES), set()

    def become_author(self) -> None:
        self.authors.add(self.random.choice(list(UNITS)))

    def replay(self) -> None:
        """Take a signature over something else, and say that it is over this."""
        old = SIGNED[self.random.choice(list(UNITS)), self.random.choice(HASHES)]
        self.rows.append((replace(old, warrant_hash=self.now), old.warrant_hash == self.now))

    def forge(self) -> None:
        """Spoil a digit of a signature, or claim it with a key that did not make it, or as made for another host."""
        good = SIGNED[self.random.choice(list(UNITS)), self.now]
        other = SIGNED[self.random.choice([name for name in UNITS if name != good.officer_id]), self.now]
        flipped = f"{good.signature[:-2]}{int(good.signature[-2:], 16) ^ 1:02x}"
        spoilt = [{"signature": flipped}, {"public_key": other.public_key}]
        if good.relying_party:
            old = SIGNED[good.officer_id, self.random.choice([over for over in HASHES if over != self.now])]
            spoilt += [{"relying_party": "example.org"}, {"client_data": old.client_data}, {"relying_party": ""}]
        self.rows.append((replace(good, **self.random.choice(spoilt)), False))

    @property
    def should_be_approved(self) -> bool:
        """Whether two people of two units, neither an author, have signed what now stands there."""
        good = {
            row.officer_id
            for row, is_true in self.rows
            if is_true and row.warrant_hash == self.now and row.officer_id not in self.authors
        }
        return len(good) >= 2 and len({UNITS[name] for name in good}) >= 2

    @property
    def is_approved(self) -> bool:
        """What the rule says."""
        return is_approved([row for row, _ in self.rows], warrant_hash=self.now, author_ids=frozenset(self.authors))


def approvals(walk: Walk, steps: int) -> int:
    """Walk on, holding the rule against the model at every step; return how often it approved."""
    count = 0
    for _ in range(steps):
        walk.step()
        assert walk.is_approved == walk.should_be_approved
        count += walk.is_approved
    return count


def test_the_rule_approves_exactly_what_two_others_have_signed(tier: Tier) -> None:
    steps = tier[Measure.RULE_STEPS]
    assert steps // 50 < approvals(Walk(tier.random), steps) < steps


def test_without_the_binding_to_the_hash_the_walk_finds_a_false_approval(
    tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: whatever was signed by anybody counts."""
    monkeypatch.setattr(warrant, "_is_over", lambda _signature, _hash: True)
    with pytest.raises(AssertionError):
        approvals(Walk(tier.random), 20_000)
