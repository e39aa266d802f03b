"""What a release's warrant says, read from the rows as they stand, and whether they still say it. Reads only.

`warrant` says what it means.
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from django.conf import settings

from jinbang.audit.long_work import AT_ONCE
from jinbang.kernel.digests import content_hash
from jinbang.kernel.merkle import root_over
from jinbang.kernel.spread import Spread, here
from jinbang.results import basis, queries
from jinbang.results.models import MarkBatch, Release
from jinbang.results.roster import leaves_of
from jinbang.results.shares import Share, shares_of
from jinbang.results.states import BatchState, Overall
from jinbang.results.warrant import NOT_YET, Warrant, hash_of, kind_of, root_of, roots_of

_NONCE_BYTES: Final = 16


def describe(release: Release, *, sealed_at: datetime) -> Warrant:
    """Return the description of exactly what would be released. Reads every outcome once; about seven queries."""
    outcomes = queries.outcomes_of(release)
    is_awaiting = outcomes.filter(overall=Overall.AWAITING_PASS_MARK.value).exists()
    marks_root, scores_root = roots_of(leaves_of(outcomes, region=release.region))
    manifests = MarkBatch.objects.filter(region=release.region, state=BatchState.VALID.value).order_by("sha256")
    return Warrant(
        release=release.code,
        sitting=str(release.region.sitting_id),
        region=str(release.region_id),
        generation=release.generation,
        kind=kind_of(is_awaiting=is_awaiting, scores_root=scores_root, out=release.out).value,
        continues=hash_of(release.out) if release.out else "",
        environment="demo" if settings.JINBANG_DEMO else "production",
        row_count=outcomes.count(),
        marks_root=marks_root,
        scores_root=scores_root,
        control_sums=content_hash([dict(row.manifest) for row in manifests]).hex(),
        pass_mark_hash=NOT_YET if is_awaiting else _pass_mark_hash(release),
        opens_at=release.opens_at.isoformat(),
        sealed_at=sealed_at.isoformat(),
        nonce=secrets.token_hex(_NONCE_BYTES),
    )


def is_as_sealed(release: Release, *, renew: Callable[[], None] = AT_ONCE.renew, spread: Spread = here) -> bool:
    """Whether description, hash, instant and every outcome are still those that were sealed.

    Three queries, and two for each further share. `renew` is called after each: with millions of people all of them
    take longer than a lease.
    """
    if not is_described_as_sealed(release):
        return False
    roots = _renewing(spread(_root_of_share, shares_of(release)), renew)
    return bool(release.warrant["marks_root"] == root_over(roots).hex())


def is_described_as_sealed(release: Release) -> bool:
    """Whether description, hash and instant are still those that were sealed, whatever the outcomes are. No query."""
    warrant = release.warrant
    return (
        bool(warrant)
        and hash_of(warrant) == release.warrant_hash
        and datetime.fromisoformat(warrant["opens_at"]) == release.opens_at
    )


def _root_of_share(share: Share) -> bytes:
    release = queries.get_release_for_system(share.release_id)
    return root_of(leaves_of(share.of(release), region=release.region))


def _renewing(roots: Iterator[bytes], renew: Callable[[], None]) -> Iterator[bytes]:
    for one in roots:
        renew()
        yield one


def _pass_mark_hash(release: Release) -> str:
    """Return the hash of every pass mark in force: ordinary ones, district lines, the programme's fixed ones."""
    ordinary, local = basis.pass_marks_and_lines_of(release.region)
    return content_hash(
        {
            "rows": {f"{level}/{subject}": mark for (level, subject), mark in ordinary.items()},
            "districts": {
                district: {f"{level}/{subject}": mark for (level, subject), mark in lines.items()}
                for district, lines in local.items()
            },
            "programme": release.region.sitting.programme_version.sha256,
        }
    ).hex()
