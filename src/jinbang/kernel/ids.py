"""Identifiers. Every row of every table is named by a UUIDv7 made here.

The same value is the address of its page, the reference in the audit and the associated data of its encrypted
fields. UUIDv7 begins with the time, so that indexes grow at one end.
"""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh identifier (UUIDv7, RFC 9562)."""
    return uuid7()
