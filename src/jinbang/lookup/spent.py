"""What may be used once: solved challenges and answered image codes, remembered for as long as they are good. Bounded.

All processes of a node that share a table refuse what one of them has taken. It lives as long as the keys that sign the
tokens do: a restart forgets both together, so nothing can be used twice. A token belongs to one of many small buckets,
by chance. A bucket that is full forgets what was issued first, and refuses from then on whatever was issued no later
than that. So a stranger who fills the table makes challenges short-lived (the page fetches another by itself) and can
neither replay one nor shut anybody out.
"""

import struct
from enum import Enum, auto
from pathlib import Path
from typing import Final

from jinbang.lookup.node_memory import NodeMemory

BUCKETS: Final = 1 << 18  # 400,000 people who ask twice in ten minutes leave three tokens in each; 16 MB
ROOM: Final = 7
# What is forgotten was issued no later than this second; then the tokens, each as the second in which it was issued and
# 32 bits of it, so that the oldest is the least. A line of the processor's cache.
_BUCKET: Final = struct.Struct(f"=Q{ROOM}Q")
_TOKEN_BYTES: Final = 8
_MARK_BITS: Final = 32
_MARK: Final = (1 << _MARK_BITS) - 1


class Use(Enum):
    """What became of a token that was to be used."""

    FIRST = auto()
    AGAIN = auto()
    FORGOTTEN = auto()  # issued no later than what this table has forgotten: it may have been used


class SpentTable:
    """Buckets of tokens, each remembered by its second and 32 bits of it."""

    def __init__(self, *, buckets: int = BUCKETS, path: Path | None = None) -> None:
        """Remember up to seven tokens for each bucket (64 bytes). Processes that name the same path share the table."""
        self._buckets = buckets
        self._memory = NodeMemory(buckets * _BUCKET.size, path=path)

    def spend(self, token: bytes, *, issued: int) -> Use:
        """Use a token (an unforgeable one, of at least 8 bytes) that was issued in this second since 1970, as it says.

        One in 600 million is taken for another of the same second that was used.
        """
        number = int.from_bytes(token[:_TOKEN_BYTES])
        row = issued << _MARK_BITS | number & _MARK
        at = (number >> _MARK_BITS) % self._buckets * _BUCKET.size
        with self._memory:
            forgotten, *rows = _BUCKET.unpack_from(self._memory.bytes, at)
            if issued <= forgotten:
                return Use.FORGOTTEN
            if row in rows:
                return Use.AGAIN
            oldest = min(rows)
            rows[rows.index(oldest)] = row
            _BUCKET.pack_into(self._memory.bytes, at, max(forgotten, oldest >> _MARK_BITS), *rows)
            return Use.FIRST
