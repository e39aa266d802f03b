"""Applications submitted, for comparison: a process of its own with an empty SQLite database, as embedded.

It speaks the protocol of `pretix_orders`: after `ready` a line names how many applications to fill in, after `filled`
an empty line submits them, and the answer is how many were submitted. The world is that of the tests of `application`.
"""

import os
import sys
from collections.abc import Iterator
from datetime import date

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
os.environ.pop("JINBANG_HOME", None)  # a folder of its own, whoever began this process

import django

django.setup()

from django.db import connection

from jinbang.application.models import Application
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people import actions as people
from jinbang.people.queries import Candidate
from jinbang.sittings.models import Site
from tests.application.world import World, build_world, filled, submit
from tests.cast import NOW, build_cast

PLACES = 1_000_000


def main() -> None:
    """Prepare, then serve lines until the standard input ends."""
    connection.creation.create_test_db(verbosity=0)
    with frozen_at(NOW):
        world = build_world(build_cast())
        Site.objects.filter(pk=world.first.pk).update(capacity=PLACES)
        newcomers = _newcomers()
        for line in lines("ready"):
            drafts = [(by, _draft(by, world)) for by, _ in zip(newcomers, range(int(line)), strict=False)]
            for _ in lines("filled", once=True):
                for by, draft in drafts:
                    submit(draft.pk, by=by)
                sys.stdout.write(f"{len(drafts)}\n")
                sys.stdout.flush()


def _draft(by: Candidate, world: World) -> Application:
    return filled(by, site=world.first)


def _newcomers() -> Iterator[Candidate]:
    for number in range(1, 10_000):
        document = make_resident_id(
            "140303", date(1985 + number // 300 % 20, 1 + number % 12, 1 + number % 28), number % 999
        )
        person = people.register_person(
            name="林小满", kind=DocumentKind.RESIDENT_ID, number=document, by=SYSTEM, now=NOW
        )
        account = people.create_candidate(
            username=f"bench{number}", phone=f"139{number:08d}", password="", by=SYSTEM, now=NOW, person=person
        )
        yield Candidate(account.pk, person.pk)


def lines(word: str, *, once: bool = False) -> Iterator[str]:
    """Say a word and read a line, again and again until there are no more."""
    while True:
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line
        if once:
            return


if __name__ == "__main__":
    main()
