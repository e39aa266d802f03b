"""The lot: a seed committed to by its hash while people still apply, and one draw when nobody can any more."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.application.commitment import queries, rules
from jinbang.application.commitment.actions.hearing import open_checks
from jinbang.application.commitment.errors import (
    CommitmentUnavailable,
    SampleCommitted,
    SampleDrawn,
    SampleNotCommitted,
    SampleSeedLate,
    SampleTooEarly,
)
from jinbang.application.commitment.models import CommitmentSample
from jinbang.application.commitment.states import Ground, Obstacle
from jinbang.audit import actions as audit
from jinbang.people.queries import Staff

SEED_BYTES: Final = 32


@transaction.atomic
def commit_sample_seed(*, region_id: UUID, by: Staff, now: datetime, seed: str = "") -> CommitmentSample:
    """Draw a random seed (or take the given one, as a rehearsal does) and make its hash public, once for ever.

    Refuses once nobody can apply any more: whoever knows who applied could choose a seed that spares somebody.
    """
    region = queries.get_region_to_sample(region_id, by=by)
    rule = region.sitting.programme_version.programme.application
    if not rule.informed_commitment:
        raise CommitmentUnavailable(obstacle=Obstacle.NOT_OFFERED)
    ends = queries.applying_ends(region)
    if ends is not None and now >= ends:
        raise SampleSeedLate(closed=ends)
    seed = seed or secrets.token_hex(SEED_BYTES)
    try:
        with transaction.atomic():
            sample = CommitmentSample.objects.create(
                region=region,
                seed=seed,
                seed_commitment=rules.seed_commitment(seed),
                percent=rule.commitment_sample_percent,
                committed_at=now,
            )
    except IntegrityError as error:
        raise SampleCommitted from error
    audit.record(sample, by=by, event="commit", at=now, details={"seed_commitment": sample.seed_commitment})
    return sample


@transaction.atomic
def draw_commitment_sample(*, region_id: UUID, by: Staff, now: datetime) -> CommitmentSample:
    """Draw once, publish the seed with it, and question those drawn. Refuses while anybody can still apply."""
    region = queries.get_region_to_sample(region_id, by=by)
    sample = queries.lock_sample(region)
    if sample is None:
        raise SampleNotCommitted
    if sample.drawn_at is not None:
        raise SampleDrawn
    ends = queries.applying_ends(region)
    if ends is not None and now < ends:
        raise SampleTooEarly(closes=ends)
    standing = {one.pk: one for one in queries.commitments_to_sample(region).select_for_update(of=("self",))}
    drawn = rules.draw_sample(standing, seed=sample.seed, percent=sample.percent)
    open_checks([standing[one] for one in drawn], ground=Ground.SAMPLE, by=by, now=now)
    sample.drawn_at, sample.population, sample.drawn = now, len(standing), len(drawn)
    sample.population_digest = rules.population_digest(standing)
    sample.save()
    audit.record(
        sample,
        by=by,
        event="draw",
        at=now,
        details={"seed": sample.seed, "population": sample.population, "drawn": sample.drawn},
    )
    return sample
