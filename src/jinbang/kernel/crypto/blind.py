"""Blind indexes: equality of a sealed value, without the value.

A plain hash of a document number is no protection (there are only some 10¹¹ of them); this one is keyed by the ring,
which is not in the database. The caller normalises first: two spellings give two indexes.
"""

from functools import lru_cache

from jinbang.kernel.crypto.keyring import KeyRing, Purpose
from jinbang.kernel.crypto.suites import INTL


def blind_index(ring: KeyRing, *, purpose: str, value: str, key_id: int | None = None) -> str:
    """Return 64 hexadecimal digits, equal only for an equal value, purpose and key.

    `purpose` names the column ("document|resident_id"), so that equal values of two columns cannot be joined. During
    a rotation `key_id` names the older key; otherwise the current one is used.
    """
    number = ring.current_id(Purpose.INDEX) if key_id is None else key_id
    return INTL.mac(_index_key(ring, purpose, number), value.encode()).hex()


@lru_cache(maxsize=256)
def _index_key(ring: KeyRing, purpose: str, key_id: int) -> bytes:
    return ring.derive(Purpose.INDEX, f"blind|{purpose}", key_id=key_id)
