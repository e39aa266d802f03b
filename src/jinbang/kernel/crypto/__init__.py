"""Keys and what is done with them: suites of algorithms, the key ring, sealed values, blind indexes, officers' keys.

The usual names are gathered here. What reads passkeys stands in `passkey`, for its library is long to load and only
releases need it. What is hashed without a key stands in `kernel.digests` and `kernel.merkle`.
"""

from jinbang.kernel.crypto.blind import blind_index
from jinbang.kernel.crypto.envelope import (
    associated_data,
    forget_data_keys,
    new_data_key,
    open_sealed,
    rewrap_data_key,
    seal,
)
from jinbang.kernel.crypto.keyring import KeyRing, Purpose, bind_key_ring, key_ring
from jinbang.kernel.crypto.officer import OfficerKeyPair, new_officer_key, sign, verify
from jinbang.kernel.crypto.suites import INTL, Suite, suite_by_id, suite_named

__all__ = [
    "INTL",
    "KeyRing",
    "OfficerKeyPair",
    "Purpose",
    "Suite",
    "associated_data",
    "bind_key_ring",
    "blind_index",
    "forget_data_keys",
    "key_ring",
    "new_data_key",
    "new_officer_key",
    "open_sealed",
    "rewrap_data_key",
    "seal",
    "sign",
    "suite_by_id",
    "suite_named",
    "verify",
]
