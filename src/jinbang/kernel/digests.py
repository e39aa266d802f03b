"""One text for one meaning, and its hash: what two officers sign, what a log commits to, what a version pins.

The canonical form is that of RFC 8785 for the values Jinbang uses: no floating point (marks are whole hundredths,
money whole fen), integers a JavaScript reader keeps exactly, keys sorted by UTF-16 code units.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

EXACT_INTEGER_MAX: Final = 2**53 - 1


def canonical_json(value: Json) -> bytes:
    """Return the one canonical UTF-8 text of a value. Floats, other types and lone surrogates are faults."""
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def content_hash(value: Json) -> bytes:
    """Return the SHA-256 of the canonical text: 32 bytes."""
    return hashlib.sha256(canonical_json(value)).digest()


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of these bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _ordered(value: Json) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        if abs(value) > EXACT_INTEGER_MAX:
            message = "an integer past 2**53 - 1 is not exact everywhere: write it as text"
            raise ValueError(message)
        return int(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            message = "keys are text"
            raise TypeError(message)
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_ordered(item) for item in value]
    message = f"no canonical form for {type(value).__name__}"
    raise TypeError(message)
