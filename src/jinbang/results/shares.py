"""A release's outcomes in shares of many people, so that several processes can read them at once. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from jinbang.results import queries
from jinbang.results.models import Outcome, Release

PEOPLE_IN_SHARE: Final = 1 << 13
"""A power of two: the root over the outcomes is the root over the roots of their shares (`merkle.root_over`)."""


@dataclass(frozen=True, slots=True)
class Share:
    """The people of a release whose ticket numbers lie after one and not after another."""

    release_id: UUID
    after: str
    through: str  # empty: to the end

    def of(self, release: Release) -> QuerySet[Outcome]:
        """Return their outcomes in the order of their ticket numbers. The release is the one named, as it stands."""
        within = queries.outcomes_of(release).filter(
            entry__sitting=release.region.sitting_id, entry__ticket_number__gt=self.after
        )
        return within.filter(entry__ticket_number__lte=self.through) if self.through else within


def shares_of(release: Release) -> list[Share]:
    """Return the shares of `PEOPLE_IN_SHARE` that are everybody, the last one smaller. One query."""
    return [Share(release.pk, after, through) for after, through in pairwise(("", *_last_ones(release), ""))]


def _last_ones(release: Release) -> Iterator[str]:
    """Yield the last ticket number of each share that another one follows."""
    numbers = queries.outcomes_of(release).values_list("entry__ticket_number", flat=True)
    found = numbers.iterator(chunk_size=PEOPLE_IN_SHARE)
    last = ""
    while some := list(islice(found, PEOPLE_IN_SHARE)):
        if last:
            yield last
        last = some[-1]
