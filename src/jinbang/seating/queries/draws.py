"""The draw, for everybody: what is public before and after the examination, and all that redoing it needs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from jinbang.kernel.digests import Json
from jinbang.seating import rules
from jinbang.seating.arrangement import Desks, Examinee
from jinbang.seating.errors import PlanNotFound
from jinbang.seating.models import SeatPlan
from jinbang.seating.queries.plans import seats_of, timetable_of
from jinbang.seating.rules import Drawing, employer_key
from jinbang.seating.states import PlanState
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Sitting


@dataclass(frozen=True)
class PublicDraw:
    """What everybody sees of an exam region's draw."""

    region: ExamRegion
    plan: SeatPlan | None


def draws_on_show(code: str) -> tuple[Sitting, tuple[PublicDraw, ...]]:
    """Return a published sitting and the draw of each of its exam regions. Three queries."""
    sitting = sittings.get_shown_sitting(code)
    regions = list(sittings.regions_of(sitting).filter(is_held=True))
    plans = {plan.region_id: plan for plan in SeatPlan.objects.filter(region__in=regions)}
    return sitting, tuple(PublicDraw(region, plans.get(region.pk)) for region in regions)


def published_draw(code: str, authority_code: str) -> Mapping[str, Json]:
    """Return all that is needed to redo a published draw. Refuses one whose seed is not public. Five queries.

    People are named by the id of their application, which only they know as theirs; employers are bare numbers.
    """
    sitting = sittings.get_shown_sitting(code)
    region = sittings.get_region(sitting, authority_code)
    plan = SeatPlan.objects.filter(region=region, state=PlanState.PUBLISHED.value).first()
    if plan is None:
        raise PlanNotFound
    return {
        "form": 1,
        "sitting": sitting.code,
        "region": authority_code,
        "seed": plan.seed,
        "seed_commitment": plan.seed_commitment,
        "seats_per_room": plan.seats_per_room,
        "tail_policy": plan.tail_policy,
        "violations": plan.violations,
        "violations_least": plan.violations_least,
        "digest": plan.digest,
        "groups": [_public_group(rules.without_names(drawing)) for drawing in drawings_of(region)],
    }


def _public_group(drawing: Drawing) -> Json:
    return {
        "label": drawing.label,
        "rooms": [[room.number, room.rows, room.columns] for room in drawing.rooms],
        "people": [[someone.id, someone.employer] for someone in drawing.examinees],
    }


def drawings_of(region: ExamRegion) -> tuple[Drawing, ...]:
    """Return the groups of a stored draw, read back from the seats. Two queries."""
    by_specialty = {session.id: session.by_specialty for session in timetable_of(region.sitting)}
    rooms: dict[str, dict[int, Desks]] = defaultdict(dict)
    people: dict[str, list[Examinee]] = defaultdict(list)
    rows = seats_of(region).values_list(
        "session_id", "session__level_code", "session__subject_code", "room__site__code", "room__number", "room__rows",
        "room__columns", "ticket__application_id", "ticket__application__employer",
        "ticket__application__specialty_code",
    )  # fmt: skip
    for session_id, level, subject, site, number, desk_rows, columns, application_id, employer, specialty in rows:
        label = f"{site}|{level}|{subject}|{specialty if by_specialty[str(session_id)] else ''}"
        rooms[label][number] = Desks(number, desk_rows, columns)
        people[label].append(Examinee(str(application_id), employer_key(employer)))
    return tuple(
        Drawing(label, tuple(rooms[label][number] for number in sorted(rooms[label])), tuple(people[label]))
        for label in sorted(rooms)
    )
