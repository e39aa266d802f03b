"""The passkeys of an account, as an officer may sign releases with them. Reads only; the sign-in library keeps them."""

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from fido2 import cbor

from jinbang.people.errors import NoSuchPasskey
from jinbang.people.models import Account


@dataclass(frozen=True)
class Passkey:
    """A passkey of an account: what its owner calls it, its credential, and its public half as a COSE key (CBOR)."""

    id: int
    name: str
    credential_id: bytes
    public_key: bytes


def passkeys_of(account_id: UUID) -> tuple[Passkey, ...]:
    """Return the passkeys of an account, in the order in which they were added. One query."""
    rows = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.WEBAUTHN).order_by("id")
    return tuple(_passkey(row) for row in rows)


def get_passkey(account: Account, *, authenticator_id: int) -> Passkey:
    """Return one passkey of an account. Refuses any other."""
    found = next((one for one in passkeys_of(account.pk) if one.id == authenticator_id), None)
    if found is None:
        raise NoSuchPasskey
    return found


def _passkey(row: Authenticator) -> Passkey:
    wrapped = row.wrap()
    credential = wrapped.authenticator_data.credential_data
    return Passkey(row.pk, wrapped.name, credential.credential_id, cbor.encode(credential.public_key))
