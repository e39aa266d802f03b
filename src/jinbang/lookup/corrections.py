"""A correction of what is out, as an overlay: the records that say something else now, among others that say nothing.

Each person's card is held against the record that their inputs open in the complete generation that is out, so that
nothing else has to remember what was said. An overlay lies with the nodes before its instant, and how many cards a
correction changes depends on marks: so each share of the roster becomes a number of records that depends on nothing but
how many people are in it. What is left over is filled with decoys, which nobody's inputs open. Free of Django; called
by the processes that build (`queries.RosterShare`).
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from jinbang.lookup.cards import Entry, ResultCard, Shorthand
from jinbang.lookup.generations import Generation
from jinbang.lookup.sealing import QueryInputs, RecordSeal
from jinbang.lookup.snapshot import Publication
from jinbang.results.states import Overall

ONE_RECORD_IN: Final = 16
RECORDS_LEAST: Final = 64
_DECOY_BYTES: Final = 16


class NeedsComplete(Exception):  # no error: the correction goes out as a complete generation
    """Somebody is asked for by other inputs than before, whose old record has to go; or there are too many changes."""


@dataclass(frozen=True, slots=True)
class Base:
    """A complete generation that is out, with the key that opens it. Crosses to the processes that build."""

    path: Path
    publication: Publication
    release_key: bytes = field(repr=False)

    @property
    def generation(self) -> Generation:
        """The open file. Checked against its checksum once in each process."""
        return _opened(self.path, self.publication)

    def corrected(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the entries whose card differs from what is out, and decoys, `records_for` all these people together.

        Refuses inputs that open nothing there, and more changes than that.
        """
        generation = self.generation
        seal, shorthand = RecordSeal(self.release_key, generation.edition), Shorthand(generation.header)
        people = changed = 0
        for people, entry in enumerate(entries, 1):  # noqa: B007  # how many there were, afterwards
            record = generation.record(seal.locator(entry.inputs))
            if record is None:
                raise NeedsComplete
            if shorthand.decode(seal.open(entry.inputs, record)) != entry.card:
                changed += 1
                yield entry
        left = records_for(people) - changed
        if left < 0:
            raise NeedsComplete
        for _number in range(left):
            yield _decoy()


def records_for(people: int) -> int:
    """Return how many records a share of so many people takes up in any overlay, whatever has changed."""
    return min(people, max(RECORDS_LEAST, -(-people // ONE_RECORD_IN)))


def _decoy() -> Entry:
    """Return an entry that says nothing, under inputs that nobody knows and that are forgotten at once."""
    ticket, document, name = (secrets.token_hex(_DECOY_BYTES) for _ in range(3))
    card = ResultCard(name="", document_masked="", overall=Overall.WITHHELD, subjects=())
    return Entry(QueryInputs(ticket, document, name), card)


@lru_cache(maxsize=1)
def _opened(path: Path, publication: Publication) -> Generation:
    return Generation.of(path, publication)
