"""Where the commitment of one application stands, for its other pages. Reads only.

Below `application.queries`, which asks here for an application that somebody was already allowed to hold.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from jinbang.application.commitment import rules
from jinbang.application.commitment.errors import CommitmentInTheWay
from jinbang.application.commitment.models import Commitment
from jinbang.application.commitment.rules import Applicant
from jinbang.application.commitment.states import CommitmentState, Obstacle
from jinbang.application.models import Application
from jinbang.catalogue.programme import is_whole_level
from jinbang.people.integrity.rules import Entry, is_in_force
from jinbang.people.models import Person

_ANSWERED: Final = tuple(f"commitments__{one}" for one in ("pk", "application_id", "state", "programme_code", "year"))
_ON_RECORD: Final = tuple(f"integrity_records__{one}" for one in ("starts_on", "ends_on", "lifting__lifted_on"))
"""Both hang on the person, so that one query reads them: every answer beside every record, a handful of rows."""


@dataclass(frozen=True)
class CommitmentFacts:
    """What the pages of an application ask: may one sign, has one answered, does the application rest on it.

    Whoever cannot sign has nothing to answer, so that `has_answer` is true for them.
    """

    obstacle: Obstacle | None
    state: CommitmentState | None

    @property
    def has_answer(self) -> bool:
        """Whether nothing is left to answer."""
        return self.state is not None or self.obstacle is not None

    @property
    def is_under_commitment(self) -> bool:
        """Whether the application rests on a commitment, so that no evidence is asked before submitting."""
        return self.state is not None and self.state.stands


def facts_of(application: Application, *, today: date) -> CommitmentFacts:
    """Return where the commitment of an application stands. One query; none where no commitment is offered."""
    programme = application.sitting.programme_version.programme
    if not programme.application.informed_commitment:
        return CommitmentFacts(Obstacle.NOT_OFFERED, None)
    year = (programme.code, application.sitting.year)
    rows = list(Person.objects.filter(pk=application.person_id).values_list(*_ANSWERED, *_ON_RECORD))
    states = {row[0]: (row[1], CommitmentState(row[2])) for row in rows if row[3:5] == year}
    applicant = Applicant(
        is_offered=True,
        excludes_exempt=programme.application.commitment_excludes_exempt,
        is_exempt=not is_whole_level(application.track_code),
        is_on_record=any(row[5] and is_in_force(Entry(*row[5:]), on=today) for row in rows),
        is_spent=any(state.spends_the_year for _, state in states.values()),
    )
    own = next((state for pk, state in states.values() if pk == application.pk), None)
    return CommitmentFacts(rules.find_obstacle(applicant), own)


def require_standing(facts: CommitmentFacts) -> None:
    """Refuse to go on with a commitment whose signer may not sign any more: come on record since, or now exempt."""
    if facts.state is CommitmentState.SIGNED and facts.obstacle is not None:
        raise CommitmentInTheWay(obstacle=facts.obstacle)


def find_commitment(application: Application) -> Commitment | None:
    """Return the answer given for an application that somebody was already allowed to hold. One query."""
    return Commitment.objects.filter(application=application).first()
