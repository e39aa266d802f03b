"""How large a test is: the two columns of sizes that `make test` and `make soak` run of the same tests.

Every size that is not the point of its test stands in `SIZES` and nowhere else. A test that asks for the fixture `tier`
is tiered: `--tier nightly -m tiered` runs it in the large size. What it draws at random it draws from `tier.random`,
which the seed printed at the end of every run repeats (`--seed`); the same seed goes to Hypothesis.

Sizes that have nothing to measure yet stand nowhere: kills of the database and failovers (several hosts), cases for
each route of an interface for machines, forged certificates and callbacks of payment channels.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from types import MappingProxyType
from typing import Final

import pytest
from hypothesis import HealthCheck, settings


class Measure(StrEnum):
    """What has a size."""

    BAD_INPUTS = "bad inputs for each parser"
    HOSTILE_UPLOADS = "damaged pictures, each read, judged and encoded anew"
    RULE_STEPS = "steps of the state machine that drives the pure rules"
    RULE_STEPS_IN_DATABASE = "steps of the state machine that drives the actions of a release"
    INTERLEAVED_STEPS = "steps of everybody's hands on an application, each done by its action"
    INTERLEAVED_STEPS_ON_A_SERVER = "the same where each statement travels to a server (PostgreSQL)"
    HISTORIES = "random lives through the sittings of a programme, judged in three ways"
    RACE_ROUNDS = "rounds of each race"
    CONTENDERS = "clients that book at once"
    QUEUING_WRITERS = "clients that book at once where all writers stand in one queue (SQLite)"
    BOOKINGS = "bookings of all clients together"
    FORMS_SENT_AGAIN = "forms, each sent one to ten times"
    IMPORT_KILLS = "kills at a random instant of an import"
    IMPORT_PEOPLE = "people in the file whose import is killed"
    APP_KILLS = "kills at a random instant of a request"
    TWIN_WORLD_REQUESTS = "requests of each role by lot, after every page, in each of two worlds"
    TAMPERINGS = "changes made behind the program's back"
    MISSES_OF_EACH_KIND = "queries of each of the six kinds that find nothing, timed in one connection"
    IDLE_CONNECTIONS = "connections on which nothing is said"
    ARRIVALS_SECONDS = "seconds for which ten times more people arrive than can be answered"
    REQUESTS_THROUGH_A_CACHE = "requests of two hundred people through one shared cache"
    PAGES_THROUGH_A_CACHE = "pages that forty signed-in people load through one shared cache"
    FLIPPED_BYTES = "bytes of a snapshot flipped, one at a time"


CI, NIGHTLY = "ci", "nightly"
SIZES: Final[Mapping[Measure, tuple[int, int]]] = MappingProxyType(
    {
        Measure.BAD_INPUTS: (20_000, 1_000_000),
        Measure.HOSTILE_UPLOADS: (500, 5_000),
        Measure.RULE_STEPS: (20_000, 1_000_000),
        Measure.RULE_STEPS_IN_DATABASE: (1_000, 20_000),
        Measure.INTERLEAVED_STEPS: (20_000, 1_000_000),
        Measure.INTERLEAVED_STEPS_ON_A_SERVER: (2_000, 20_000),
        Measure.HISTORIES: (10_000, 2_000_000),
        Measure.RACE_ROUNDS: (200, 2_000),
        Measure.CONTENDERS: (64, 200),
        Measure.QUEUING_WRITERS: (8, 64),
        Measure.BOOKINGS: (20_000, 500_000),
        Measure.FORMS_SENT_AGAIN: (500, 10_000),
        Measure.IMPORT_KILLS: (50, 200),
        Measure.IMPORT_PEOPLE: (120, 5_000),
        Measure.APP_KILLS: (50, 1_000),
        Measure.TWIN_WORLD_REQUESTS: (50, 5_000),
        Measure.TAMPERINGS: (60, 1_000),
        Measure.MISSES_OF_EACH_KIND: (3_000, 5_000),
        Measure.IDLE_CONNECTIONS: (500, 10_000),
        Measure.ARRIVALS_SECONDS: (3, 60),
        Measure.REQUESTS_THROUGH_A_CACHE: (5_000, 100_000),
        Measure.PAGES_THROUGH_A_CACHE: (200, 5_000),
        Measure.FLIPPED_BYTES: (1_000, 10_000),
    }
)


@dataclass(frozen=True)
class Tier:
    """The column that runs, and this test's own random numbers."""

    name: str
    random: Random

    def __getitem__(self, measure: Measure) -> int:
        """Return the size of this column."""
        return SIZES[measure][self.name == NIGHTLY]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of column and of seed, and whether anything may be replayed."""
    parser.addoption("--tier", choices=(CI, NIGHTLY), default=CI, help="how large the tiered tests are")
    parser.addoption("--seed", type=int, default=None, help="repeat the random numbers of a run")
    parser.addoption("--built-anew", action="store_true", help="build in each test all that it begins with")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Draw a seed unless one was given. Workers of xdist inherit the one of the run; so does Hypothesis."""
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(2**32)
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(config.option.seed)
    settings.register_profile("busy", suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a machine may be
    settings.load_profile("busy")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what has a size, before anything is chosen by its marks; its files begin, for they take longest."""
    for item in items:
        if "tier" in getattr(item, "fixturenames", ()):
            item.add_marker("tiered")
    long = {item.path for item in items if item.get_closest_marker("tiered")}
    items.sort(key=lambda item: item.path not in long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what ran and how to run it again."""
    terminalreporter.write_line(
        f"tier {config.option.tier}; the same random numbers again: --seed {config.option.seed}"
    )


@pytest.fixture
def tier(request: pytest.FixtureRequest) -> Tier:
    """Return the sizes of this run, with random numbers that depend on the seed and on the test alone."""
    option = request.config.option
    return Tier(option.tier, Random(f"{option.seed} {request.node.nodeid}"))  # noqa: S311  # test cases, no secret
