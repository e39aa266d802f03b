"""The two kinds of failure Jinbang knows.

A *refusal* is expected: a rule said no, and a person must be told what to do next. A *fault* is a bug: it is
allowed to crash into a 500 page with an id. Sentences for humans are not kept here: `portal/problems.py` maps each
refusal's code to a status, a page and a sentence.
"""

from typing import ClassVar


class DomainError(Exception):
    """A refusal. Subclasses set `code` and may declare typed keyword fields, which fill the sentence shown."""

    code: ClassVar[str] = ""

    def __init__(self, **fields: object) -> None:
        """Keep the named facts of this refusal, for the sentence and for the log (never personal data)."""
        super().__init__(self.code)
        self.fields = fields


class InvariantBroken(Exception):
    """Something that must always hold (money adds up, marks match their manifest) does not. Never caught."""


class IllegalTransition(DomainError):
    """The object is not in a state from which this event leads anywhere."""

    code = "illegal_transition"


class BadIdentityNumber(DomainError):
    """No number of such a document: fields `kind` and `problem` (`identity.NumberProblem`), never the number."""

    code = "bad_identity_number"

    def __init__(self, *, kind: str, problem: str) -> None:
        """Name the kind of document and what is wrong, so that a sentence can say what to do."""
        super().__init__(kind=kind, problem=problem)
        self.kind = kind
        self.problem = problem


class BadAmount(DomainError):
    """A typed sum of money that is none: field `problem` (`money.AmountProblem`)."""

    code = "bad_amount"

    def __init__(self, *, problem: str) -> None:
        """Name what is wrong with the sum."""
        super().__init__(problem=problem)
        self.problem = problem


class SealBroken(DomainError):
    """A sealed value does not open here: altered, moved to another row or column, or sealed under another key."""

    code = "seal_broken"


class UnknownKey(DomainError):
    """The key ring holds no key with this purpose and number: fields `purpose`, `key_id`."""

    code = "unknown_key"

    def __init__(self, *, purpose: str, key_id: int) -> None:
        """Name the missing key by purpose and number, which are no secret."""
        super().__init__(purpose=purpose, key_id=key_id)
        self.purpose = purpose
        self.key_id = key_id


class KeyRingUnreadable(DomainError):
    """The key ring file is missing, damaged or of an unknown form: fields `path`, `problem`."""

    code = "key_ring_unreadable"

    def __init__(self, *, path: str, problem: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(path=path, problem=problem)
        self.path = path
        self.problem = problem


class WrongPassphrase(DomainError):
    """The passphrase does not open this officer's key (or the sealed key has been altered)."""

    code = "wrong_passphrase"
