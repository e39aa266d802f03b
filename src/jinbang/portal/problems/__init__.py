"""One table from the code of a refusal to its HTTP status, its title and the sentence that says what to do next.

The texts stand in one module for each phase; this one joins them. Every phase is known here and none knows this one.
A house test proves the table complete.
"""

from collections.abc import Mapping
from typing import Final

from jinbang.kernel.errors import DomainError
from jinbang.portal.problems import (
    application,
    attendance,
    audit,
    catalogue,
    commitment,
    counter,
    group,
    integrity,
    kernel,
    lookup,
    outside,
    payment,
    people,
    recheck,
    results,
    seating,
    sittings,
    verification,
    violations,
)
from jinbang.portal.problems.table import Problem, filled

PROBLEMS: Final[Mapping[str, Problem]] = {
    **kernel.PROBLEMS,
    **audit.PROBLEMS,
    **people.PROBLEMS,
    **outside.PROBLEMS,
    **verification.PROBLEMS,
    **integrity.PROBLEMS,
    **catalogue.PROBLEMS,
    **sittings.PROBLEMS,
    **application.PROBLEMS,
    **commitment.PROBLEMS,
    **counter.PROBLEMS,
    **group.PROBLEMS,
    **payment.PROBLEMS,
    **seating.PROBLEMS,
    **attendance.PROBLEMS,
    **results.PROBLEMS,
    **violations.PROBLEMS,
    **lookup.PROBLEMS,
    **recheck.PROBLEMS,
}


def problem_of(refusal: DomainError) -> Problem:
    """Return how a refusal is shown. One without a row is a fault of the house, and crashes as one."""
    return PROBLEMS[refusal.code]


def title_of(refusal: DomainError) -> str:
    """Return a refusal in a few words."""
    return str(problem_of(refusal).title)


def sentence_of(refusal: DomainError) -> str:
    """Return what happened and what to do, with the refusal's fields in words."""
    return filled(problem_of(refusal).sentence, refusal.fields)
