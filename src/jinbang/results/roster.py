"""Whose a result is: what stands on the roster beside a ticket number, as officers sign it and outcomes rest on it.

A person counts as who they were on the sitting's last day, under that day's name and document, like on their card: a
name changed lawfully since changes nothing here. Reads only. Personal data: names pass through to be hashed; of a
document there is the blind index alone, never the number.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from jinbang.kernel.digests import Json
from jinbang.people.queries import document_index_on
from jinbang.people.rules import name_borne_on
from jinbang.results.models import Outcome, RosterEntry
from jinbang.sittings.models import ExamRegion

_ROWS_AT_ONCE: Final = 5_000
_FOR_WHAT: Final = ("level_code", "specialty_code", "track_code", "district")
_WHOSE: Final = ("id", "person_id", "person__name", "person__former_names", *_FOR_WHAT)
# As text, for whoever only hashes them: made into objects first, identifiers and JSON cost three times as much.
_AS_TEXT: Final = {
    "entry": Cast("id", TextField()),
    "bearer": Cast("person_id", TextField()),
    "sits": Cast("subject_codes", TextField()),
    "former": Cast("person__former_names", TextField()),
}


def leaves_of(outcomes: QuerySet[Outcome], *, region: ExamRegion) -> Iterator[dict[str, Json]]:
    """Yield what is signed of each outcome: what it says, whose it is, and for what it was sat. One query."""
    day = region.sitting.last_day
    rows = outcomes.annotate(document=document_index_on("entry__person", on=day)).values_list(
        "entry__ticket_number", "overall", "subjects", "validity", "document", *(f"entry__{name}" for name in _WHOSE)
    )
    for ticket, overall, subjects, validity, document, *whose in rows.iterator(chunk_size=_ROWS_AT_ONCE):
        entry, person, name, former, level, specialty, track, district = whose
        yield {
            "ticket_number": ticket,
            "overall": overall,
            "subjects": subjects,
            "validity": validity,
            "entry": str(entry),
            "person": str(person),
            "name": name_borne_on(day, name=name, former_names=former),
            "document": document,
            "level": level,
            "specialty": specialty,
            "track": track,
            "district": district,
        }


def roster_hash_of(region: ExamRegion) -> str:
    """Return the hash (hex) over the same of everybody on a region's roster, and over the subjects they sit. One query.

    It is asked for at every look of the worker at what is sealed, and holds within one database.
    """
    day = region.sitting.last_day
    digest = hashlib.sha256()
    roster = RosterEntry.objects.filter(region=region).annotate(
        **_AS_TEXT, document=document_index_on("person", on=day)
    )
    columns = ("person__name", "former", "document", "entry", "bearer", "ticket_number", *_FOR_WHAT, "sits")
    for name, former, document, *others in roster.order_by("id").values_list(*columns).iterator(_ROWS_AT_ONCE):
        borne = name if former == "[]" else name_borne_on(day, name=name, former_names=json.loads(former))
        digest.update("\x1f".join((borne, str(document), *others, "\n")).encode())
    return digest.hexdigest()
