"""Noting what people passed before, for choosing level, track, specialty and subjects. Called by a later phase."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from jinbang.application import passes
from jinbang.application.models import EarlierPass

IN_ONE_QUERY = 500


@transaction.atomic
def note_passes(programme_code: str, of: Mapping[UUID, Sequence[passes.EarlierPass]]) -> None:
    """Put these passes in the place of whatever was noted for these people in this programme. Safe to repeat.

    A copy of what a released result says, not a change of anybody's standing, so it leaves no state change of its own.
    """
    people = list(of)
    for start in range(0, len(people), IN_ONE_QUERY):
        chunk = people[start : start + IN_ONE_QUERY]
        EarlierPass.objects.filter(person_id__in=chunk, programme_code=programme_code).delete()
        EarlierPass.objects.bulk_create(
            [
                EarlierPass(
                    person_id=person_id,
                    programme_code=programme_code,
                    level_code=one.level_code,
                    specialty_code=one.specialty_code,
                    track_code=one.track_code,
                    subject_code=one.subject_code,
                    year=one.year,
                    counts_through=one.counts_through,
                )
                for person_id in chunk
                for one in of[person_id]
            ],
            batch_size=IN_ONE_QUERY,
        )
