"""A correction of what is out, as an overlay: the records that say something else now, and nothing more.

Each person's card is held against the record that their inputs open in the complete generation that is out, so that
nothing else has to remember what was said. Free of Django; called by the processes that build (`queries.RosterShare`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from jinbang.lookup.cards import Entry, Shorthand
from jinbang.lookup.generations import Generation
from jinbang.lookup.sealing import RecordSeal
from jinbang.lookup.snapshot import Publication


class NeedsComplete(Exception):  # no error: the correction goes out as a complete generation
    """Somebody is asked for by other inputs than before: what they used to open has to go."""


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
        """Yield the entries whose card differs from what is out. Refuses inputs that open nothing there."""
        generation = self.generation
        seal, shorthand = RecordSeal(self.release_key, generation.edition), Shorthand(generation.header)
        for entry in entries:
            record = generation.record(seal.locator(entry.inputs))
            if record is None:
                raise NeedsComplete
            if shorthand.decode(seal.open(entry.inputs, record)) != entry.card:
                yield entry


@lru_cache(maxsize=1)
def _opened(path: Path, publication: Publication) -> Generation:
    return Generation.of(path, publication)
