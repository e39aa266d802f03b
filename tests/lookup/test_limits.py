"""Limits: what counts, what it leads to, how addresses become networks, and that memory is bounded."""

import subprocess
import sys
import time
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path

import pytest

from jinbang.lookup.challenge import EASY
from jinbang.lookup.gate import Gate, found_node
from jinbang.lookup.limits import _ROW, Demand, Misses, MissLimits, _Counts, client_address, network_of
from tests.lookup.test_challenge import Clock

LIMITS = MissLimits(harder_after=2, code_after=4, letters_after=6, code_after_for_number=3)


def miss(misses: Misses, client: str, *numbers: str) -> None:
    misses.count(client=client, release="r", numbers=numbers)


def demand(misses: Misses, client: str, *numbers: str) -> Demand:
    return misses.demand(client=client, release="r", numbers=numbers)


@pytest.mark.parametrize(
    "count, expected",
    [
        (1, Demand.PROOF_OR_CODE),
        (2, Demand.HARDER_PROOF_OR_CODE),
        (3, Demand.HARDER_PROOF_OR_CODE),
        (4, Demand.CODE),
        (5, Demand.CODE),
        (6, Demand.LETTERS),
    ],
)
def test_misses_of_a_network_lead_step_by_step(count: int, expected: Demand) -> None:
    misses = Misses(LIMITS)
    for number in range(count):
        miss(misses, "203.0.113.9", f"ticket{number}")
    assert demand(misses, "203.0.113.9") is expected
    assert demand(misses, "203.0.113.10") is Demand.PROOF_OR_CODE


def test_misses_of_a_number_ask_the_code_from_everywhere_and_no_more_than_that() -> None:
    misses = Misses(LIMITS)
    for number in range(50):
        miss(misses, f"198.51.100.{number}", f"ticket{number}", "victim")
    assert demand(misses, "203.0.113.9", "ticket", "victim") is Demand.CODE
    assert demand(misses, "203.0.113.9", "ticket", "somebody-else") is Demand.PROOF_OR_CODE


def test_the_numbers_of_one_release_do_not_count_in_another() -> None:
    misses = Misses(LIMITS)
    for number in range(3):
        misses.count(client=f"198.51.100.{number}", release="one", numbers=("victim",))
    assert misses.demand(client="203.0.113.9", release="two", numbers=("victim",)) is Demand.PROOF_OR_CODE


def test_counts_begin_anew_after_their_window() -> None:
    clock = Clock()
    misses = Misses(LIMITS, now=clock)
    for _ in range(6):
        miss(misses, "203.0.113.9")
    assert demand(misses, "203.0.113.9") is Demand.LETTERS
    clock.time += 600
    assert demand(misses, "203.0.113.9") is Demand.PROOF_OR_CODE


def counted(counts: _Counts) -> list[tuple[int, int]]:
    """Return what is remembered: key and count."""
    return [(key, count) for key, count, since in _ROW.iter_unpack(counts._rows) if since]


def test_memory_is_bounded_and_holds_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinbang.lookup.limits.PLACES", (64, 128, 64))
    misses, other = Misses(LIMITS), Misses(LIMITS)
    for number in range(2_000):
        miss(misses, "203.0.113.9", f"11010519491231{number:04d}")
        miss(other, "203.0.113.9", f"11010519491231{number:04d}")
    keys, others = ({key for key, _count in counted(one._numbers)} for one in (misses, other))
    assert len(keys) == len(others) == 128
    assert not keys & others
    assert len(misses._numbers._rows) == 128 * 16
    assert b"1101051949" not in bytes(misses._numbers._rows)


def test_few_are_forgotten_for_others_while_a_fifth_of_the_places_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinbang.lookup.limits.PLACES", (64, 1 << 14, 64))
    misses = Misses(LIMITS)
    for number in range((1 << 14) // 5):
        miss(misses, "203.0.113.9", f"ticket{number}")
    kept = len(counted(misses._numbers)) / ((1 << 14) // 5)
    assert 0.88 < kept < 0.93


def everybody_behind_one_address(limits: MissLimits) -> list[Demand]:
    """Let five thousand people of one school query, each third of whom mistypes at first; return what was asked."""
    misses = Misses(limits)
    asked = []
    for number in range(5_000):
        asked.append(demand(misses, "203.0.113.9", f"ticket{number}", f"document{number}"))
        if number % 3 == 0:
            miss(misses, "203.0.113.9", f"slip{number}", f"document{number}")
        misses.found(client="203.0.113.9", release="r", number=f"document{number}")
    return asked


def test_thousands_of_people_behind_one_address_are_asked_no_more_than_one() -> None:
    assert set(everybody_behind_one_address(MissLimits())) == {Demand.PROOF_OR_CODE}


def test_without_taking_misses_back_they_would_all_have_to_read_letters() -> None:
    """The control of the test above."""
    assert Demand.CODE in everybody_behind_one_address(MissLimits(forgiven_for_each_found=0))


def test_one_known_person_found_again_and_again_pays_for_no_guesses() -> None:
    misses = Misses(LIMITS)
    for number in range(6):
        miss(misses, "203.0.113.9", f"guess{number}")
        misses.found(client="203.0.113.9", release="r", number="the guesser's own")
    assert demand(misses, "203.0.113.9") >= Demand.HARDER_PROOF_OR_CODE
    assert demand(misses, "203.0.113.9") is not Demand.PROOF_OR_CODE


def test_who_is_found_where_nothing_was_missed_is_not_written_down() -> None:
    misses = Misses(LIMITS)
    misses.found(client="203.0.113.9", release="r", number="somebody")
    assert counted(misses._found) == counted(misses._networks) == []
    miss(misses, "203.0.113.9", "slip")
    misses.found(client="203.0.113.9", release="r", number="somebody")
    assert [count for _key, count in counted(misses._found)] == [1]
    assert [count for _key, count in counted(misses._networks)] == [0]


# ------------------------------------------------------------------------------------------------ between processes

COUNTING = """
import sys, time
from pathlib import Path
from jinbang.lookup import limits
from jinbang.lookup.gate import Gate
from jinbang.lookup.node_memory import NodeMemory

folder, how_often, pause, is_locked = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4] == "locked"
misses = Gate.shared(folder).misses
if not is_locked:
    NodeMemory.__enter__ = NodeMemory.__exit__ = lambda *_: None
read = limits._Counts._row
def slowly(self, key, *, now):
    found = read(self, key, now=now)
    time.sleep(pause)
    return found
limits._Counts._row = slowly
for number in range(how_often):
    misses.count(client=f"198.51.100.{number}", release="r", numbers=("victim",))
"""


def count_apart(
    folder: Path, how_often: int, *, pause: float = 0.0, is_locked: bool = True
) -> "subprocess.Popen[bytes]":
    """Count so many misses of one number in a process of its own, with a pause between reading and writing."""
    words = [sys.executable, "-c", COUNTING, str(folder), str(how_often), str(pause), "locked" if is_locked else ""]
    return subprocess.Popen(words)


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """Return the folder of a node."""
    found_node(tmp_path)
    return tmp_path


def of_victim(folder: Path) -> int:
    misses = Gate.shared(folder).misses
    return misses._numbers.of(misses._keyed("r", "victim"), now=int(time.monotonic()))


def demand_about_victim(folder: Path) -> Demand:
    return Gate.shared(folder).misses.demand(client="203.0.113.9", release="r", numbers=("ticket", "victim"))


def test_what_one_process_of_a_node_counts_every_other_asks_for(node: Path) -> None:
    before = MissLimits().code_after_for_number - 1
    assert count_apart(node, before).wait() == 0
    assert demand_about_victim(node) is Demand.PROOF_OR_CODE
    assert count_apart(node, 1).wait() == 0
    assert demand_about_victim(node) is Demand.CODE


def test_processes_of_two_nodes_know_nothing_of_each_other(
    node: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The twin."""
    other = tmp_path_factory.mktemp("other")
    found_node(other)
    assert count_apart(other, MissLimits().code_after_for_number).wait() == 0
    assert demand_about_victim(other) is Demand.CODE
    assert demand_about_victim(node) is Demand.PROOF_OR_CODE


def test_what_two_processes_count_at_once_is_counted_twice(node: Path) -> None:
    counting = [count_apart(node, 100, pause=0.0005) for _ in range(2)]
    assert [process.wait() for process in counting] == [0, 0]
    assert of_victim(node) == 200


def test_without_the_lock_one_would_write_over_the_other(node: Path) -> None:
    """The twin."""
    counting = [count_apart(node, 100, pause=0.0005, is_locked=False) for _ in range(2)]
    assert [process.wait() for process in counting] == [0, 0]
    assert of_victim(node) < 200


def test_a_process_that_is_killed_while_it_counts_holds_nobody_up(node: Path) -> None:
    counting = count_apart(node, 1, pause=60)
    misses = Gate.shared(node).misses
    while not is_locked(misses):
        time.sleep(0.01)
    counting.kill()
    counting.wait()
    misses.count(client="203.0.113.9", release="r", numbers=("victim",))
    assert of_victim(node) == 1


def is_locked(misses: Misses) -> bool:
    file = misses._memory._file
    assert file is not None
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return True
    flock(file, LOCK_UN)
    return False


def test_the_proof_gets_harder_only_where_the_misses_are() -> None:
    misses = Misses(LIMITS)
    assert misses.hardest_for("203.0.113.9") == EASY
    for number in range(2):
        miss(misses, "203.0.113.9", f"ticket{number}")
    assert misses.hardest_for("203.0.113.9") == 2 * EASY
    assert misses.hardest_for("203.0.113.10") == EASY


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("", "not an address", True),
    ],
)
def test_what_counts_as_one_network(one: str, other: str, same: bool) -> None:  # noqa: FBT001  # a case's expectation
    assert (network_of(one) == network_of(other)) is same


@pytest.mark.parametrize(
    "forwarded, proxies, expected",
    [
        ("", 0, "10.0.0.1"),
        ("1.2.3.4", 0, "10.0.0.1"),
        ("1.2.3.4", 1, "1.2.3.4"),
        ("9.9.9.9, 1.2.3.4", 1, "1.2.3.4"),
        ("9.9.9.9, 1.2.3.4, 10.0.0.2", 2, "1.2.3.4"),
        ("1.2.3.4", 2, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
    ],
)
def test_a_spoofed_forwarding_header_changes_nothing(forwarded: str, proxies: int, expected: str) -> None:
    assert client_address("10.0.0.1", forwarded, trusted_proxies=proxies) == expected
