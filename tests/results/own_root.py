"""The root that officers sign, worked out from the rows without the program's code: an oracle of its tests."""

import hashlib
import json

from jinbang.people.models import IdentityDocument
from jinbang.results.models import Outcome, Release


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def merkle(leaves: list[bytes]) -> bytes:
    """Return the root of RFC 6962, as its recursive definition says it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


def leaves(release: Release) -> list[bytes]:
    """Return what the public would see, as the rows stand now."""
    rows = Outcome.objects.filter(entry__region=release.region, generation=release.generation)
    return [
        canonical(
            {
                "ticket_number": row.entry.ticket_number,
                "overall": row.overall,
                "subjects": row.subjects,
                "validity": row.validity,
                "entry": str(row.entry.pk),
                "person": str(row.entry.person_id),
                "name": row.entry.person.name,
                "document": IdentityDocument.objects.get(person=row.entry.person_id).number_index,
                "level": row.entry.level_code,
                "specialty": row.entry.specialty_code,
                "track": row.entry.track_code,
                "district": row.entry.district,
            }
        )
        for row in rows.order_by("entry__ticket_number")
    ]
