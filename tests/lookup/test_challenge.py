"""The proof of work: accepted once, for its lifetime, in exactly the form in which it was issued."""

import base64
import json

import pytest

from jinbang.lookup.challenge import EASY, HARD, LIFETIME_SECONDS, ProofOfWork
from jinbang.lookup.errors import VerificationRefused
from jinbang.lookup.spent import SpentTable
from tests.lookup.world import decoded, encoded, solve


class Clock:
    """A clock in seconds that the test moves."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


def refused(proof: ProofOfWork, payload: str) -> str:
    with pytest.raises(VerificationRefused) as refusal:
        proof.require_solved(payload)
    return str(refusal.value.fields["problem"])


def test_a_solution_is_accepted_once_whatever_else_its_payload_says() -> None:
    proof = ProofOfWork()
    payload = solve(proof.challenge())
    proof.require_solved(payload)
    assert refused(proof, payload) == "used"
    assert refused(proof, encoded({**decoded(payload), "took": 17})) == "used"


def test_a_solution_expires_and_its_expiry_cannot_be_moved() -> None:
    clock = Clock()
    proof = ProofOfWork(now=clock)
    payload = solve(proof.challenge())
    later = encoded({**decoded(payload), "salt": str(decoded(payload)["salt"]).replace("until=0", "until=9")})
    assert refused(proof, later) == "wrong"
    clock.time += LIFETIME_SECONDS + 2
    assert refused(proof, payload) == "expired"


def test_another_process_accepts_nothing_signed_here() -> None:
    assert refused(ProofOfWork(), solve(ProofOfWork().challenge())) == "wrong"


def test_a_wrong_number_is_no_solution() -> None:
    proof = ProofOfWork()
    content = decoded(solve(proof.challenge()))
    assert refused(proof, encoded({**content, "number": int(str(content["number"])) + 1})) == "wrong"


@pytest.mark.parametrize(
    "content",
    [
        [],
        5,
        None,
        {},
        {"salt": 5},
        {"algorithm": "SHA-256", "challenge": "a", "number": "1", "salt": "b", "signature": "c"},
        {"algorithm": "SHA-256", "challenge": "a", "number": -1, "salt": "b", "signature": "c"},
        {"algorithm": "SHA-256", "challenge": "a", "number": 10**30, "salt": "b", "signature": "c"},
        {"algorithm": "SHA-1", "challenge": "a", "number": 1, "salt": "b", "signature": "c"},
        {"algorithm": "SHA-256", "challenge": "a", "number": 1, "salt": ["b"], "signature": "c"},
        {"algorithm": "SHA-256", "challenge": "林", "number": 1, "salt": "b", "signature": "c"},
    ],
)
def test_any_other_json_is_refused_and_never_a_fault(content: object) -> None:
    assert refused(ProofOfWork(), base64.b64encode(json.dumps(content).encode()).decode()) == "wrong"


@pytest.mark.parametrize("payload", ["%", "====", "林", "e30", "A" * 1025, base64.b64encode(b"[" * 600).decode()])
def test_anything_else_is_refused_and_never_a_fault(payload: str) -> None:
    assert refused(ProofOfWork(), payload) == "wrong"


def test_nothing_is_missing() -> None:
    assert refused(ProofOfWork(), "") == "missing"


def test_a_challenge_does_not_carry_an_expiry_that_a_wrong_phone_clock_could_misread() -> None:
    assert "expires" not in str(ProofOfWork().challenge()["salt"])


def test_the_hardest_number_is_what_was_asked() -> None:
    proof = ProofOfWork()
    assert (proof.challenge()["maxNumber"], proof.challenge(hardest=HARD)["maxNumber"]) == (EASY, HARD)


def test_challenges_have_one_length() -> None:
    proof = ProofOfWork()
    assert len({len(json.dumps(proof.challenge())) for _ in range(50)}) == 1


def test_the_table_forgets_only_what_has_expired() -> None:
    table = SpentTable(lifetime=10)
    assert table.spend(b"token-01", now=100.0)
    assert not table.spend(b"token-01", now=109.9)
    assert not table.spend(b"token-01", now=111.0)
    assert table.spend(b"token-01", now=131.0)


def test_the_table_is_bounded_and_refuses_rather_than_forgets() -> None:
    table = SpentTable(lifetime=10, capacity=2)
    assert table.spend(b"token-01", now=100.0)
    assert table.spend(b"token-02", now=100.0)
    assert table.is_full(now=101.0)
    assert not table.spend(b"token-01", now=101.0)
    assert not table.is_full(now=121.0)
