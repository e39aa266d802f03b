"""A form that is sent twice takes effect once.

Every submitting form carries a key made by the server (`{% submission_key %}`). The key's row is written first, in the
same transaction as the effect: of two requests with one key the second waits for the first and is given the address to
which it led. A refusal rolls the row back, so a corrected form may come with the same key.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final, Protocol
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from jinbang.audit.errors import SubmissionKeyMissing, SubmissionKeyReused
from jinbang.audit.models import IdempotencyKey
from jinbang.kernel import clock
from jinbang.kernel.crypto import INTL, Purpose, key_ring
from jinbang.kernel.digests import canonical_json

FIELD: Final = "submission_key"
_NOT_CONTENT: Final = frozenset({FIELD, "csrfmiddlewaretoken"})
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Submitter(Protocol):
    """Whoever submits a form: a candidate or a member of staff, by their account."""

    @property
    def account_id(self) -> UUID:
        """Whose key it is."""


def new_submission_key() -> str:
    """Return a key for one rendering of a form. It is no secret, only unlike any other."""
    return secrets.token_urlsafe(24)


def body_of(post: Mapping[str, object]) -> dict[str, str]:
    """Return what a person filled in, out of a posted form: without the key and without Django's token."""
    lists = getattr(post, "lists", None)  # a QueryDict may hold several values of one name: ticked boxes
    pairs = lists() if lists is not None else ((name, [value]) for name, value in post.items())
    return {
        name: "\n".join(str(value) for value in values) for name, values in sorted(pairs) if name not in _NOT_CONTENT
    }


@transaction.atomic
def perform_once(*, key: str, account_id: UUID, action: str, body: Mapping[str, str], act: Callable[[], str]) -> str:
    """Run `act` unless this account has already done so with this key; return the address to which it led.

    `action` names what is done and to what, as in "payment.record:<order id>". Refuses a missing key, and a key that
    comes back with another action or body. Two queries beside the effect's own.
    """
    if not _SHAPE.fullmatch(key):
        raise SubmissionKeyMissing
    row = _write_key(key=key, account_id=account_id, action=action, body=body)
    if row is None:
        return _earlier_location(key=key, account_id=account_id, action=action, body=body)
    row.location = act()
    row.save(update_fields=("location",))
    return row.location


def submit_once(
    request: HttpRequest,
    by: Submitter,
    *,
    action: str,
    act: Callable[[], str],
    content: Mapping[str, str] | None = None,
) -> str:
    """Let this posted form take effect once. `content` stands for what its fields do not say: the hash of a file."""
    body = {**body_of(request.POST), **(content or {})}
    return perform_once(key=request.POST.get(FIELD, ""), account_id=by.account_id, action=action, body=body, act=act)


def _write_key(*, key: str, account_id: UUID, action: str, body: Mapping[str, str]) -> IdempotencyKey | None:
    """Write the key's row before anything else; None when there is one. The unique constraint is the whole defence."""
    hashed = _body_hash(action, body, key_id=key_ring().current_id(Purpose.SUBMISSION))
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                key=key, account_id=account_id, action=action, body_hash=hashed, at=clock.now()
            )
    except IntegrityError:
        return None


def _earlier_location(*, key: str, account_id: UUID, action: str, body: Mapping[str, str]) -> str:
    earlier = IdempotencyKey.objects.get(key=key, account_id=account_id)
    hashes = {_body_hash(action, body, key_id=number) for number in key_ring().key_ids(Purpose.SUBMISSION)}
    if earlier.action != action or earlier.body_hash not in hashes:
        raise SubmissionKeyReused(action=earlier.action)
    return earlier.location


def _body_hash(action: str, body: Mapping[str, str], *, key_id: int) -> str:
    # Keyed, because a form may hold a document number, and there are few enough of those to try them all.
    key = key_ring().derive(Purpose.SUBMISSION, "body", key_id=key_id)
    return INTL.mac(key, canonical_json({"action": action, "body": dict(body)})).hex()
