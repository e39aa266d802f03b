"""Publishing: what the officers approved becomes a sealed snapshot, and what was taken back disappears.

`results` never calls this phase: the worker comes looking (`tasks.look_for_releases`), and `portal` may call the same
actions at once. Files and keys are written before the state changes, so that a crash leaves something to do again,
never something half visible.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

import django
import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string

from jinbang.audit.errors import WorkUnderWay
from jinbang.audit.long_work import AT_ONCE, Steps, enqueue
from jinbang.audit.models import LongWork
from jinbang.audit.queries import latest_work_on
from jinbang.audit.states import WorkState
from jinbang.kernel import clock
from jinbang.kernel.crypto import key_ring
from jinbang.kernel.errors import DomainError
from jinbang.kernel.spread import Spread, over_processes
from jinbang.lookup import pointer, queries, snapshot
from jinbang.lookup.cards import ReleaseHeader, encode_header, round_up
from jinbang.lookup.corrections import Base, NeedsComplete
from jinbang.lookup.errors import RecordTooLong, ReleaseNotAsSigned, WarrantMissing
from jinbang.lookup.keyholder import VAULT_FOLDER, KeyVault
from jinbang.lookup.pointer import Pointer, PointerSigner
from jinbang.lookup.queries import RosterShare
from jinbang.lookup.sealing import new_release_key
from jinbang.lookup.shell import FILE_NAME
from jinbang.lookup.snapshot import Publication
from jinbang.results import queries as results
from jinbang.results.actions.release import arm_release, release_results, void_if_changed
from jinbang.results.models import Release
from jinbang.results.shares import Share, shares_of
from jinbang.results.states import ReleaseState

SHELL_TEMPLATE: Final = "lookup/public/shell.html"
PUBLISH: Final = "jinbang.lookup.tasks.publish_snapshot"
ASKED_AGAIN_AFTER: Final = timedelta(minutes=5)
Build: TypeAlias = Callable[..., Publication]
"""`snapshot.build`, told where, by how many processes and against which root."""
log = structlog.get_logger(__name__)


def signer() -> PointerSigner:
    """Return who signs the pointers of this installation."""
    return PointerSigner(key_ring())


def vault() -> KeyVault:
    """Return the vault of this installation: beside the snapshots, never among them."""
    return KeyVault(Path(settings.JINBANG_HOME) / VAULT_FOLDER, key_ring())


# Step 9 of docs/cycles/release.md.
def publish_snapshot(*, release_id: UUID, keep: Steps = AT_ONCE) -> Publication:
    """Seal an approved release and arm it for its instant. May be called again after a crash.

    A correction of a few marks is sealed as an overlay on what is out. `keep` is told how much of the roster is sealed,
    after each share of it; a worker that follows a killed one seals from the beginning. Refuses to seal anything but
    what the officers signed: everybody is held against the signed root by the very rows that are sealed. The release
    is armed (`results.arm_release` checks all of it once more) after the file is finished and before anybody can see
    it; whoever is not the one at work any more then shows nothing.
    """
    release = queries.get_release(release_id)
    if release.state not in {ReleaseState.APPROVED.value, ReleaseState.ARMED.value}:
        raise WarrantMissing
    folder = Path(settings.JINBANG_SNAPSHOTS)
    known = Pointer.read(folder, release.code, keys=signer().keys).generations.get(release.generation)
    if known is not None and vault().warrant_hash_of(known) == release.warrant_hash:
        return known  # a worker that was killed had come as far as that
    signed_root, shares = queries.signed_root(release), shares_of(release)
    with over_processes(_as_many_as_help(shares), begin=django.setup) as spread, ExitStack() as undo:
        build = partial(snapshot.build, folder=folder, spread=spread, signed_root=signed_root)
        publication = _sealed(release, shares, folder, keep=keep, build=build)
        # A file that nobody may open must not stay: it would look like a published one.
        undo.callback(_discard, publication, folder)
        warrant_hash = _armed_warrant(release, renew=keep.renew, spread=spread)
        with keep.last_step():
            vault().arm(publication, warrant_hash=warrant_hash, now=clock.now())
            pointer.arm(folder, publication, signer=signer())
            undo.pop_all()
    return publication


def _as_many_as_help(shares: Sequence[Share]) -> int:
    """Return how many processes read and seal these shares: one for each core that has a share to begin with."""
    return min(len(os.sched_getaffinity(0)), len(shares))


def ask_for_snapshots() -> None:
    """Ask for the publication of every release that is approved and not published, in the name of who signed last.

    It is long work, so that the desk sees how far it is. What was refused, or only ever broke, is asked for again after
    a while: a full disk is no reason to miss an instant.
    """
    now = clock.now()
    published = {(publication.release, publication.version) for publication in armed_publications()}
    for release in (*results.releases_awaiting(ReleaseState.APPROVED), *results.releases_awaiting(ReleaseState.ARMED)):
        if (release.code, release.generation) in published:
            continue
        arguments = {"release_id": str(release.pk), "warrant_hash": release.warrant_hash}
        last = latest_work_on(release, task=PUBLISH)
        if last is not None and last.arguments == arguments and _has_just_failed(last, now=now):
            continue
        people, by = results.people_of(release.region), results.approver_of(release)
        with suppress(WorkUnderWay):
            enqueue(PUBLISH, subject=release, arguments=arguments, total=people, by=by, now=now)


def _has_just_failed(work: LongWork, *, now: datetime) -> bool:
    has_failed = work.state in {WorkState.REFUSED.value, WorkState.FAILED.value}
    return has_failed and work.ended_at is not None and now - work.ended_at < ASKED_AGAIN_AFTER


def withdraw_stale_snapshots() -> list[str]:
    """Remove every armed snapshot whose warrant no longer stands, and return their releases' codes.

    The emergency stop: reopening a release voids its signatures, and within one look its countdown is gone too. The
    key holder of the default refuses the key from the first moment, because it asks for the signatures itself. What is
    out stays out, and is not looked at again: there is more of it every year.
    """
    folder, published = Path(settings.JINBANG_SNAPSHOTS), armed_publications()
    out = results.generations_out({publication.release for publication in published})
    withdrawn = []
    for publication in published:
        if publication.version <= out.get(publication.release, 0):
            continue
        warrant_hash = vault().warrant_hash_of(publication)
        if not queries.is_warranted(publication.release, version=publication.version, warrant_hash=warrant_hash):
            pointer.withdraw(folder, publication, signer=signer())
            vault().forget(publication)
            withdrawn.append(publication.release)
    return withdrawn


def release_what_has_opened() -> int:
    """Note of every armed release whose instant has come that it is out. Returns how many there were."""
    moved = 0
    for release in results.releases_awaiting(ReleaseState.ARMED):
        if release.opens_at <= clock.now():
            moved += _done(partial(release_results, release_id=release.pk, now=clock.now()), release)
    return moved


def void_what_changed() -> int:
    """Take every sealed release back to its draft that no longer rests on what is there. Returns how many."""
    now = clock.now()
    sealed = [state for state in ReleaseState if state.is_sealed]
    return sum(
        void_if_changed(release_id=release.pk, now=now)
        for state in sealed
        for release in list(results.releases_awaiting(state))
    )


def _done(act: Callable[[], object], release: Release) -> bool:
    """Whether something was done for one release; a refusal is logged."""
    try:
        act()
    except DomainError as refusal:
        log.warning("release_held_up", release=release.code, code=refusal.code)
        return False
    return True


def armed_publications() -> list[Publication]:
    """Return every armed generation of every release."""
    folder = Path(settings.JINBANG_SNAPSHOTS)
    releases = sorted(path.parent.name for path in folder.glob(f"*/{pointer.POINTER}"))
    keys = signer().keys
    return [one for release in releases for one in Pointer.read(folder, release, keys=keys).generations.values()]


def rendered_html() -> str:
    """Return the frame of the lookup pages, rendered by Django for nobody in particular, slots still open."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = "/lookup/"
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.user = AnonymousUser()
    return render_to_string(SHELL_TEMPLATE, request=request)


def write_shell() -> Path:
    """Write the frame where the lookup role reads it. Called before that role starts, after static files are there."""
    folder = Path(settings.JINBANG_SNAPSHOTS)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{FILE_NAME}.{secrets.token_hex(4)}"
    draft.write_text(rendered_html(), encoding="utf-8")
    draft.replace(folder / FILE_NAME)
    return folder / FILE_NAME


def _sealed(release: Release, shares: Sequence[Share], folder: Path, *, keep: Steps, build: Build) -> Publication:
    """Write the file and keep its key: the changed records among decoys where that is enough, else everybody's.

    An overlay has the base's record size: what the longest of the changed cards needs is nobody's business yet.
    """
    header, people = queries.header_of(release), results.outcomes_of(release).count()
    base = _base_of(header, folder, people=people)
    if base is not None:
        overlay, size = replace(header, base_version=base.publication.version), base.publication.record_size
        changed = [RosterShare(share, base) for share in shares]
        with suppress(NeedsComplete, RecordTooLong):
            return _built(overlay, changed, people=people, keep=keep, build=build, size=size)
    return _complete(header, [RosterShare(share) for share in shares], people=people, keep=keep, build=build)


def _base_of(header: ReleaseHeader, folder: Path, *, people: int) -> Base | None:
    """Return the complete generation that is out, if it has a record for everybody and its header says the same."""
    out = [
        one
        for one in Pointer.read(folder, header.release, keys=signer().keys).generations.values()
        if not one.base_version and one.version < header.version and one.is_open(clock.now())
    ]
    if not out or out[-1].records != people:
        return None
    base = Base(folder / header.release / out[-1].file, out[-1], vault().armed_key(out[-1]).unwrap())
    known = base.generation.header
    same = replace(header, version=known.version, opens_at=known.opens_at)
    return base if encode_header(same) == encode_header(known) else None


def _complete(
    header: ReleaseHeader, shares: Sequence[RosterShare], *, people: int, keep: Steps, build: Build
) -> Publication:
    """Build everybody's records. A card longer than expected means one more try."""
    size: int | None = None
    while True:
        try:
            return _built(header, shares, people=people, keep=keep, build=build, size=size)
        except RecordTooLong as refusal:
            size = round_up(int(str(refusal.fields["needed"])))


def _built(
    header: ReleaseHeader, shares: Sequence[RosterShare], *, people: int, keep: Steps, build: Build, size: int | None
) -> Publication:
    """Build the file and keep its key. Refuses a card too long for the size."""

    def told(shares_done: int) -> None:
        # Of the roster, not of what is sealed: of a correction that is little. There is nothing to store.
        with keep.step(cursor={}, done=people * shares_done // len(shares), total=people):
            pass

    key = new_release_key()
    publication = build(header, shares, release_key=key, record_size=size, progress=told)
    vault().keep(publication, key)
    return publication


def _armed_warrant(release: Release, *, renew: Callable[[], None], spread: Spread) -> str:
    """Arm the release where it is not armed yet, and return its warrant's hash, which must still be the one sealed."""
    if release.state == ReleaseState.APPROVED.value:
        armed = arm_release(release_id=release.pk, now=clock.now(), renew=renew, spread=spread)
        if armed.warrant_hash != release.warrant_hash:
            raise ReleaseNotAsSigned(release=release.code)
    return release.warrant_hash


def _discard(publication: Publication, folder: Path) -> None:
    vault().forget(publication)
    (folder / publication.release / publication.file).unlink(missing_ok=True)
