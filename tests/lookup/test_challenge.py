"""The proof of work: accepted once, for its lifetime, in exactly the form in which it was issued."""

import json

import pytest

from jinbang.lookup.challenge import (
    COST_SECONDS_MAX,
    EASY,
    FLOOR_HASHES_PER_SECOND,
    HARDEST,
    LIFETIME_SECONDS,
    ProofOfWork,
)
from jinbang.lookup.errors import VerificationRefused
from jinbang.lookup.limits import Misses
from jinbang.lookup.spent import SpentTable, Use
from tests.lookup.world import solve


class Clock:
    """A clock in seconds that the test moves."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


def refused(proof: ProofOfWork, payload: str, *, hardest: int = 0) -> str:
    with pytest.raises(VerificationRefused) as refusal:
        proof.require_solved(payload, hardest=hardest)
    return str(refusal.value.fields["problem"])


def test_a_solution_is_accepted_once_however_its_signature_is_written() -> None:
    proof = ProofOfWork()
    payload = solve(proof.challenge())
    proof.require_solved(payload)
    assert refused(proof, payload) == "used"
    solved, _, signature = payload.rpartition(".")
    assert refused(proof, f"{solved}.{signature.upper()}") == "used"
    assert refused(proof, f"{solved}. {signature}") == "used"


def test_a_solution_expires_and_its_expiry_cannot_be_moved() -> None:
    clock = Clock()
    proof = ProofOfWork(now=clock)
    payload = solve(proof.challenge())
    assert refused(proof, payload.replace(".0", ".9", 1)) == "wrong"
    clock.time += LIFETIME_SECONDS + 2
    assert refused(proof, payload) == "expired"


def test_another_process_accepts_nothing_signed_here() -> None:
    assert refused(ProofOfWork(), solve(ProofOfWork().challenge())) == "wrong"


def test_a_wrong_number_is_no_solution() -> None:
    proof = ProofOfWork()
    salt, number, signature = solve(proof.challenge()).rsplit(".", 2)
    assert refused(proof, f"{salt}.{int(number) + 1}.{signature}") == "wrong"


def test_no_part_may_flow_into_the_next_or_be_left_out() -> None:
    proof = ProofOfWork()
    payload = solve(proof.challenge())
    parts = payload.split(".")
    for at in range(len(parts)):
        assert refused(proof, ".".join([*parts[:at], *parts[at + 1 :]])) == "wrong"
        assert refused(proof, ".".join([*parts[:at], "0", *parts[at:]])) == "wrong"
    for at in range(len(parts) - 2):
        assert refused(proof, ".".join([*parts[:at], parts[at] + parts[at + 1], *parts[at + 2 :]])) == "wrong"
    proof.require_solved(payload)


@pytest.mark.parametrize(
    "solution",
    [
        "%",
        "====",
        "林",
        "\ud800",
        ".",
        "....",
        "a.b.c.d.e",
        "A" * 1025,
        f"x.{'00' * 32}",
        f"0.1.2.3.{'00' * 32}",
        "0" * 64,
    ],
)
def test_anything_else_is_refused_and_never_a_fault(solution: str) -> None:
    assert refused(ProofOfWork(), solution) == "wrong"


def test_nothing_is_missing() -> None:
    assert refused(ProofOfWork(), "") == "missing"


def test_a_challenge_does_not_carry_an_expiry_that_a_wrong_phone_clock_could_misread() -> None:
    assert "expires" not in str(ProofOfWork().challenge()["salt"])


def test_the_hardest_number_is_what_was_asked() -> None:
    proof = ProofOfWork()
    assert (proof.challenge()["maxnumber"], proof.challenge(hardest=HARDEST)["maxnumber"]) == (EASY, HARDEST)


def test_challenges_have_one_length() -> None:
    proof = ProofOfWork()
    assert len({len(json.dumps(proof.challenge())) for _ in range(50)}) == 1


def test_no_challenge_keeps_the_floor_phone_longer_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many misses a network has. The control: without the cap a phone would work for minutes."""
    seconds = dearest() / FLOOR_HASHES_PER_SECOND
    assert seconds <= COST_SECONDS_MAX == 1.5
    monkeypatch.setattr("jinbang.lookup.challenge.HARDEST", 10**9)
    monkeypatch.setattr("jinbang.lookup.limits.HARDEST", 10**9)
    assert dearest() / FLOOR_HASHES_PER_SECOND > 60 * COST_SECONDS_MAX


def dearest() -> int:
    """Return the hashes that the hardest challenge takes at most, after more misses than any network has."""
    misses = Misses()
    for _ in range(20_000):
        misses.count(client="203.0.113.9", release="r", numbers=())
    return int(str(ProofOfWork().challenge(hardest=misses.hardest_for("203.0.113.9"))["maxnumber"]))


def test_a_proof_easier_than_this_network_owes_is_not_enough_and_is_used_up() -> None:
    proof = ProofOfWork()
    payload = solve(proof.challenge(hardest=EASY))
    assert refused(proof, payload, hardest=2 * EASY) == "too_easy"
    assert refused(proof, payload) == "used"
    proof.require_solved(solve(proof.challenge(hardest=2 * EASY)), hardest=2 * EASY)


def test_the_hardness_that_is_signed_cannot_be_raised() -> None:
    proof = ProofOfWork()
    payload = solve(proof.challenge(hardest=EASY))
    raised = payload.replace(f".{EASY:08d}.", f".{HARDEST:08d}.")
    assert raised != payload
    assert refused(proof, raised, hardest=HARDEST) == "wrong"


def test_the_table_forgets_only_what_has_expired() -> None:
    table = SpentTable(lifetime=10)
    assert table.spend(b"token-01", issued=100.0, now=100.0) is Use.FIRST
    assert table.spend(b"token-01", issued=100.0, now=109.9) is Use.AGAIN
    assert table.spend(b"token-01", issued=100.0, now=111.0) is Use.AGAIN
    assert table.spend(b"token-02", issued=131.0, now=131.0) is Use.FIRST
    assert len(table) <= 2


def test_a_flooded_table_stays_bounded_replays_nothing_and_shuts_nobody_out() -> None:
    table = SpentTable(lifetime=1000, capacity=100)
    assert table.spend(b"victim-1", issued=0, now=1) is Use.FIRST
    for second in range(2, 500):
        assert table.spend(b"%08d" % second, issued=second, now=second) is Use.FIRST
        assert len(table) <= 100
    assert table.spend(b"victim-1", issued=0, now=500) is not Use.FIRST
    assert table.spend(b"somebody", issued=499, now=500) is Use.FIRST


def test_without_the_mark_of_what_is_known_a_flood_would_let_a_replay_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above: a bounded table that only forgets is open to whoever fills it."""
    table = SpentTable(lifetime=1000, capacity=100)
    turned = table._turned
    monkeypatch.setattr(table, "_turned", lambda *given: (turned(*given)[0], float("-inf")))
    assert table.spend(b"victim-1", issued=0, now=1) is Use.FIRST
    for second in range(2, 500):
        table.spend(b"%08d" % second, issued=second, now=second)
    assert table.spend(b"victim-1", issued=0, now=500) is Use.FIRST
