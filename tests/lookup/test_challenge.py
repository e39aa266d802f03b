"""The proof of work: accepted once, for its lifetime, in exactly the form in which it was issued."""

import base64
import json
from hashlib import sha256
from types import SimpleNamespace

import pytest

from jinbang.lookup import spent
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
from jinbang.lookup.spent import ROOM, SpentTable, Use
from tests.lookup.world import payload_of, solve


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


def test_what_altchas_own_clients_send_is_the_same_solution_and_counts_once() -> None:
    proof = ProofOfWork()
    challenge = proof.challenge()
    solution = solve(challenge)
    proof.require_solved(payload_of(challenge, solution))
    assert refused(proof, payload_of(challenge, solution)) == "used"
    assert refused(proof, solution) == "used"


def test_nothing_in_a_payload_may_be_other_than_it_was_issued() -> None:
    proof = ProofOfWork()
    challenge = proof.challenge()
    said = json.loads(base64.b64decode(payload_of(challenge, solve(challenge))))
    easier = str(said["salt"]).replace(f"{EASY:08d}", f"{1:08d}")
    for part, value in (
        ("number", said["number"] + 1),
        ("number", str(said["number"])),
        ("number", float(said["number"])),
        ("salt", easier),
        ("signature", "00" * 32),
        ("signature", ""),
        ("signature", None),
    ):
        changed = base64.b64encode(json.dumps({**said, part: value}).encode()).decode()
        assert refused(proof, changed) == "wrong", (part, value)
    for left_out in ("salt", "number", "signature"):
        rest = {name: value for name, value in said.items() if name != left_out}
        assert refused(proof, base64.b64encode(json.dumps(rest).encode()).decode()) == "wrong"
    proof.require_solved(payload_of(challenge, solve(challenge)))


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
        *(base64.b64encode(text.encode()).decode() for text in ("[" * 760, "{}", "7", "null", '{"salt": "\\ud800"}')),
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


def test_a_table_refuses_what_it_has_taken_for_as_long_as_it_has_room() -> None:
    table = SpentTable(buckets=1)
    tokens = [b"%08d" % number for number in range(ROOM)]
    assert [table.spend(token, issued=100) for token in tokens] == [Use.FIRST] * ROOM
    assert [table.spend(token, issued=100) for token in tokens] == [Use.AGAIN] * ROOM
    assert table.spend(b"one more", issued=101) is Use.FIRST
    assert {table.spend(token, issued=100) for token in tokens} == {Use.FORGOTTEN}
    assert table.spend(b"a late 1", issued=101) is Use.FIRST
    assert table.spend(b"one more", issued=101) is Use.AGAIN


def flooded(table: SpentTable) -> Use:
    """Use a token, then as many others as drive it out, and return what becomes of it a second time."""
    assert table.spend(b"victim-1", issued=1) is Use.FIRST
    for second in range(2, 500):
        assert table.spend(sha256(b"%d" % second).digest(), issued=second) is Use.FIRST
    assert table.spend(b"somebody", issued=499) is Use.FIRST
    return table.spend(b"victim-1", issued=1)


def test_a_flooded_table_stays_bounded_replays_nothing_and_shuts_nobody_out() -> None:
    table = SpentTable(buckets=4)
    assert flooded(table) is Use.FORGOTTEN
    assert len(table._memory.bytes) == 4 * 64


def test_a_table_that_only_forgets_would_let_a_replay_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above: the same flood, where the second that stands before the marks is always 0."""
    pack = spent._BUCKET.pack_into
    forgetful = SimpleNamespace(
        size=spent._BUCKET.size,
        unpack_from=spent._BUCKET.unpack_from,
        pack_into=lambda memory, at, _forgotten, *rows: pack(memory, at, 0, *rows),
    )
    monkeypatch.setattr(spent, "_BUCKET", forgetful)
    assert flooded(SpentTable(buckets=4)) is Use.FIRST


def test_in_a_rush_whoever_took_a_minute_to_ask_is_let_through() -> None:
    """A thousand ask in each second until half the room is taken: of the slow, one in a hundred verifies anew."""
    table = SpentTable(buckets=1 << 15)
    seconds = (1 << 15) * ROOM // 2 // 1_000
    taken = [(sha256(b"%d" % number).digest(), number // 1_000 + 1) for number in range(seconds * 1_000)]
    assert {table.spend(token, issued=second) for token, second in taken} == {Use.FIRST}
    slow = [table.spend(sha256(b"slow%d" % number).digest(), issued=seconds - 60) for number in range(1_000)]
    assert slow.count(Use.FIRST) > 990
    assert Use.FIRST not in {table.spend(token, issued=second) for token, second in taken}
