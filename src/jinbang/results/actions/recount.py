"""Recounting a release: everybody judged a second time, and what came of it kept beside the basis it holds for.

It is part of other long work: whoever judges or seals asks for it. What is kept is read by the go/no-go list, and says
nothing any more once the basis is another. Like outcomes it stands in this phase's tables alone.
"""

from collections.abc import Iterator
from typing import Final

from jinbang.audit.long_work import Steps
from jinbang.results.models import Release
from jinbang.results.recount import NOTHING, OVERALLS, VERDICTS, Apart, Figures
from jinbang.results.recount_rows import Recount, recount_of
from jinbang.results.states import RecountPoint

SHOWN_MAX: Final = 200
"""So many of those in whom the two accounts differ are kept by name; there should be none."""


def recount_outcomes(release: Release, *, basis_hash: str, keep: Steps) -> None:
    """Hold what is stored of the release's generation against a second account, and keep what was found.

    Reads and reckons without a lock. Eleven queries and one to write, whatever the number of people.
    """
    found = recount_of(release, renew=keep.renew)
    people = len(found.entries)
    figures = Figures(
        basis=basis_hash,
        people=people,
        compared=found.comparison.compared,
        not_compared=found.comparison.not_compared,
        differing=len(found.comparison.differing),
        shown=tuple(_shown(found)),
    )
    with keep.step(cursor=keep.cursor, done=people, total=people):
        Release.objects.filter(pk=release.pk, generation=release.generation).update(recount=figures.facts())


def _shown(found: Recount) -> Iterator[tuple[str, tuple[Apart, ...]]]:
    """Yield the roster entry and the points of the first people in whom the accounts differ. No mark is among them."""
    for person in found.comparison.differing[:SHOWN_MAX]:
        points = tuple(
            Apart(point, "" if column == NOTHING else found.subjects[column], _word(point, one), _word(point, other))
            for point, column, one, other in found.comparison.points_of(int(person))
        )
        yield str(found.entries[person]), points


def _word(point: RecountPoint, value: int) -> str:
    """Return the word of an outcome or a verdict; anything else, and what is none of ours, has none."""
    words = {RecountPoint.OVERALL: OVERALLS, RecountPoint.VERDICT: VERDICTS}.get(point, ())
    return words[value].value if 0 <= value < len(words) else ""
