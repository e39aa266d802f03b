"""The warrant of a release: a canonical description of what two officers sign, and its hash. Pure.

Anything that changes what the public would see changes the description, hence the hash, hence voids the signatures.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from jinbang.kernel.crypto import verify
from jinbang.kernel.digests import Json, content_hash
from jinbang.kernel.merkle import root

SIGNATURES_NEEDED: Final = 2
HASH_BYTES: Final = 32
NOT_YET: Final = "not-yet"
# The form of `kernel.digests.canonical_json`, which checks each value and takes ten times as long: outcomes hold whole
# numbers, text and lists under plain keys, for which the two agree (a test holds them against each other).
_LEAF: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True)


@dataclass(frozen=True)
class Warrant:
    """What is released: whose, how much, under which root, against which pass marks, and when.

    `pass_mark_hash` is "not-yet" where a pass mark is still awaited. `sealed_at` makes each sealing its own.
    `environment` keeps a rehearsal's signatures from opening anything real. `nonce` is random: the hash goes into the
    history, which more people read than results, and must tell nobody anything about the marks.
    """

    release: str
    sitting: str
    region: str
    generation: int
    environment: str
    row_count: int
    marks_root: str
    control_sums: str
    pass_mark_hash: str
    opens_at: str
    sealed_at: str
    nonce: str

    def facts(self) -> dict[str, Json]:
        """Return the description as it is stored."""
        return asdict(self)


@dataclass(frozen=True)
class SignatureFacts:
    """One officer's signature, as plain values."""

    officer_id: str
    unit: str
    public_key: str
    signature: str
    warrant_hash: str


def hash_of(description: dict[str, Json]) -> str:
    """Return the SHA-256 (hex) of the canonical description: what is signed."""
    return content_hash(description).hex()


def root_of(outcomes: Iterable[Mapping[str, Json]]) -> str:
    """Return the Merkle root (RFC 6962, hex) over the canonical form of each sealed outcome, in the order given."""
    return root(_LEAF.encode(outcome).encode() for outcome in outcomes).hex()


def valid_signatures(
    signatures: Iterable[SignatureFacts], *, warrant_hash: str, author_ids: frozenset[str]
) -> tuple[SignatureFacts, ...]:
    """Return the signatures that count: over this very hash, verifying, not by an author, of different units."""
    counted: list[SignatureFacts] = []
    for signature in signatures:
        fresh = signature.officer_id not in {other.officer_id for other in counted}
        apart = signature.unit not in {other.unit for other in counted}
        if fresh and apart and signature.officer_id not in author_ids and _is_over(signature, warrant_hash):
            counted.append(signature)
    return tuple(counted)


def _is_over(signature: SignatureFacts, warrant_hash: str) -> bool:
    """Whether this signature was made over this hash. What is no hexadecimal text was not written here."""
    if signature.warrant_hash != warrant_hash:
        return False
    try:
        key, signed, made = (bytes.fromhex(text) for text in (signature.public_key, warrant_hash, signature.signature))
    except ValueError:
        return False
    return len(signed) == HASH_BYTES and verify(key, signed, made)


def is_approved(signatures: Iterable[SignatureFacts], *, warrant_hash: str, author_ids: frozenset[str]) -> bool:
    """Whether enough officers agreed on exactly this."""
    return len(valid_signatures(signatures, warrant_hash=warrant_hash, author_ids=author_ids)) >= SIGNATURES_NEEDED
