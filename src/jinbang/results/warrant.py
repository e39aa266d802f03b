"""The warrant of a release: a canonical description of what two officers sign, and its hash. Pure.

Anything that changes what the public would see changes the description, hence the hash, hence voids the signatures.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final, cast

from jinbang.kernel.crypto import verify
from jinbang.kernel.crypto.passkey import Assertion, verify_assertion
from jinbang.kernel.digests import Json, content_hash
from jinbang.kernel.merkle import root
from jinbang.results.states import WarrantKind

SIGNATURES_NEEDED: Final = 2
HASH_BYTES: Final = 32
NOT_YET: Final = "not-yet"
# The form of `kernel.digests.canonical_json`, which checks each value and takes ten times as long: outcomes hold whole
# numbers, text and lists under plain keys, for which the two agree (a test holds them against each other).
_LEAF: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True)


@dataclass(frozen=True)
class Warrant:
    """What is released: whose, how much, under which root, against which pass marks, and when.

    `kind` says whether marks, the pass mark or both are released. `scores_root` is the root over the marks alone: a
    pass mark released later can be seen to change none of them. `continues` is the hash of the description that is out
    by then, empty before the first. `pass_mark_hash` is "not-yet" where a pass mark is still awaited. `sealed_at` makes
    each sealing its own. `environment` keeps a rehearsal's signatures from opening anything real. `nonce` is random:
    the hash goes into the history, which more people read than results, and must tell nobody anything about the marks.
    """

    release: str
    sitting: str
    region: str
    generation: int
    kind: str
    continues: str
    environment: str
    row_count: int
    marks_root: str
    scores_root: str
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
    """One officer's signature, as plain values in hex.

    One made with a passkey has the assertion's two other parts, and the host for which the passkey was made.
    """

    officer_id: str
    unit: str
    public_key: str
    signature: str
    warrant_hash: str
    client_data: str = ""
    authenticator_data: str = ""
    relying_party: str = ""


def hash_of(description: dict[str, Json]) -> str:
    """Return the SHA-256 (hex) of the canonical description: what is signed."""
    return content_hash(description).hex()


def kind_of(*, is_awaiting: bool, scores_root: str, out: Mapping[str, Json]) -> WarrantKind:
    """Return what is released: marks alone while a pass mark is awaited, the pass mark where the very same are out."""
    if is_awaiting:
        return WarrantKind.MARKS
    waited_for = out.get("kind") == WarrantKind.MARKS.value and out.get("scores_root") == scores_root
    return WarrantKind.PASS_MARK if waited_for else WarrantKind.TOGETHER


def roots_of(outcomes: Iterable[Mapping[str, Json]]) -> tuple[str, str]:
    """Return the roots over the outcomes and over their marks alone, in one pass."""
    scores: list[bytes] = []

    def leaves() -> Iterator[bytes]:
        for outcome in outcomes:
            scores.append(leaf_of(_scores_of(outcome)))
            yield leaf_of(outcome)

    return root(leaves()).hex(), root(scores).hex()


def _scores_of(outcome: Mapping[str, Json]) -> dict[str, Json]:
    """Return what was scored, and nothing that a pass mark changes."""
    lines = cast("list[dict[str, Json]]", outcome["subjects"])
    sat = [[line["code"], line["status"], line["mark_hundredths"]] for line in lines if line["status"] is not None]
    return {"ticket_number": outcome["ticket_number"], "marks": cast("Json", sat)}


def root_of(outcomes: Iterable[Mapping[str, Json]]) -> bytes:
    """Return the Merkle root (RFC 6962) over the canonical form of each sealed outcome, in the order given."""
    return root(map(leaf_of, outcomes))


def leaf_of(outcome: Mapping[str, Json]) -> bytes:
    """Return the canonical form of a sealed outcome."""
    return _LEAF.encode(outcome).encode()


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
        client, data = bytes.fromhex(signature.client_data), bytes.fromhex(signature.authenticator_data)
    except ValueError:
        return False
    if len(signed) != HASH_BYTES:
        return False
    if signature.relying_party:
        return verify_assertion(key, signed, Assertion(client, data, made), relying_party=signature.relying_party)
    return verify(key, signed, made)


def is_approved(signatures: Iterable[SignatureFacts], *, warrant_hash: str, author_ids: frozenset[str]) -> bool:
    """Whether enough officers agreed on exactly this."""
    return len(valid_signatures(signatures, warrant_hash=warrant_hash, author_ids=author_ids)) >= SIGNATURES_NEEDED
