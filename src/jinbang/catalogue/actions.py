"""Writes of the catalogue: there is one, and it only adds."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.catalogue import queries
from jinbang.catalogue.models import ProgrammeVersion
from jinbang.catalogue.seeds import PROGRAMMES, Seed, read_seed, seed_files
from jinbang.kernel.actors import Actor


def load_programmes(*, by: Actor, now: datetime, folder: Path = PROGRAMMES) -> tuple[ProgrammeVersion, ...]:
    """Insert a row for every file whose content is not stored yet, and return those rows. A second run adds nothing.

    Reads and checks every file before it writes: one broken file, and nothing is loaded.
    """
    seeds = tuple(read_seed(path) for path in seed_files(folder))
    with transaction.atomic():
        known = queries.known_hashes()
        return tuple(_insert(seed, by=by, now=now) for seed in seeds if (seed.programme.code, seed.sha256) not in known)


def _insert(seed: Seed, *, by: Actor, now: datetime) -> ProgrammeVersion:
    version = ProgrammeVersion.objects.create(
        code=seed.programme.code,
        name=seed.programme.name,
        effective_from=seed.programme.effective_from,
        sha256=seed.sha256,
        content=seed.content,
        loaded_at=now,
    )
    audit.record(version, by=by, event="load", at=now, details={"file": seed.file, "sha256": seed.sha256})
    return version
