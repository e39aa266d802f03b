"""Limits: what counts, what it leads to, how addresses become networks, and that memory is bounded."""

import pytest

from jinbang.lookup.challenge import EASY
from jinbang.lookup.limits import Demand, Misses, MissLimits, client_address, network_of
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


def test_memory_is_bounded_and_holds_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinbang.lookup.limits.NUMBERS_REMEMBERED", 100)
    misses, other = Misses(LIMITS), Misses(LIMITS)
    for number in range(500):
        miss(misses, "203.0.113.9", f"11010519491231{number:04d}")
        miss(other, "203.0.113.9", f"11010519491231{number:04d}")
    assert len(misses._numbers._rows) == 100
    assert all(isinstance(key, int) for key in misses._numbers._rows)
    assert not any(key in other._numbers._rows for key in misses._numbers._rows)


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
