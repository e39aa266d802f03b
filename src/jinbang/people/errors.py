"""What people refuses: identities that do not fit, places that are not one's own, appointments that cannot be."""

from jinbang.kernel.errors import DomainError


class NotYours(DomainError):
    """It exists, but outside the places where this member of staff holds the role: field `role`."""

    code = "not_yours"

    def __init__(self, *, role: str) -> None:
        """Name the role that would have been needed."""
        super().__init__(role=role)
        self.role = role


class NotAppointed(DomainError):
    """The account holds none of the roles that this page is for: field `roles`."""

    code = "not_appointed"

    def __init__(self, *, roles: tuple[str, ...]) -> None:
        """Name the roles, any of which would do."""
        super().__init__(roles=roles)
        self.roles = roles


class CandidatesOnly(DomainError):
    """A member of staff opened a candidate's page."""

    code = "candidates_only"


class StaffOnly(DomainError):
    """A candidate opened a page of the desk."""

    code = "staff_only"


class IdentityNotBound(DomainError):
    """The account is not bound to a person yet, and the act needs to know who acts."""

    code = "identity_not_bound"


class IdentityAlreadyBound(DomainError):
    """The account is bound to another person already."""

    code = "identity_already_bound"


class IdentityTaken(DomainError):
    """Another account is bound to the person that this document names."""

    code = "identity_taken"


class PhoneNotVerified(DomainError):
    """The account's telephone number has not been proved yet, and binding an identity needs that."""

    code = "phone_not_verified"


class IdentityNotRecognised(DomainError):
    """The person is on record, and what was typed (name, telephone) is not what the record says.

    One refusal for both, on purpose: it must not tell a stranger which of the two is right.
    """

    code = "identity_not_recognised"


class NameDiffers(DomainError):
    """A list names a person, known by the document, otherwise than the record does: field `row`, counted from 1."""

    code = "name_differs"

    def __init__(self, *, row: int) -> None:
        """Say where in the list it stands."""
        super().__init__(row=row)
        self.row = row


class NoSuchDocument(DomainError):
    """The person has no document on record."""

    code = "no_such_document"


class AuthorityMisplaced(DomainError):
    """An authority of this kind cannot stand under that one: fields `kind`, `parent_kind`."""

    code = "authority_misplaced"

    def __init__(self, *, kind: str, parent_kind: str) -> None:
        """Name both kinds; the parent's is empty for a root."""
        super().__init__(kind=kind, parent_kind=parent_kind)
        self.kind = kind
        self.parent_kind = parent_kind


class CodeTaken(DomainError):
    """There is an authority with this code already: field `authority_code`."""

    code = "authority_code_taken"

    def __init__(self, *, authority_code: str) -> None:
        """Name the code."""
        super().__init__(authority_code=authority_code)
        self.authority_code = authority_code


class UsernameTaken(DomainError):
    """There is an account with this sign-in name or telephone number already."""

    code = "username_taken"


class NoSuchPasskey(DomainError):
    """The account has no such passkey."""

    code = "no_such_passkey"


class NoSuchStaff(DomainError):
    """No member of staff signs in by this name: field `username`."""

    code = "no_such_staff"


class AlreadyAppointed(DomainError):
    """The member of staff holds this very role there, for the same unit, in days that overlap: field `role`."""

    code = "already_appointed"


class NotStaff(DomainError):
    """Only an account of staff can be appointed, hold an officer's key or be given a second factor by the centre."""

    code = "not_staff"


class BadPeriod(DomainError):
    """An appointment would end before it begins."""

    code = "bad_period"


class BadPhone(DomainError):
    """A telephone number that cannot be one."""

    code = "bad_phone"


class ReasonMissing(DomainError):
    """A document number is opened in full only with a reason."""

    code = "reason_missing"


class PassphraseTooShort(DomainError):
    """An officer's passphrase is shorter than it must be: field `shortest`, in characters."""

    code = "passphrase_too_short"

    def __init__(self, *, shortest: int) -> None:
        """Name the shortest length that is taken."""
        super().__init__(shortest=shortest)
        self.shortest = shortest


class CodeTooSoon(DomainError):
    """A code went to this address less than a minute ago."""

    code = "code_too_soon"


class CodesUsedUp(DomainError):
    """This address, or this network, has had as many codes as it may for now."""

    code = "codes_used_up"


class CodeWrong(DomainError):
    """The digits are not those that were sent: field `left`, how many tries remain."""

    code = "code_wrong"

    def __init__(self, *, left: int) -> None:
        """Say how often it may be tried again."""
        super().__init__(left=left)
        self.left = left


class CodeOver(DomainError):
    """The code was used, has run out of time or of tries."""

    code = "code_over"


class TooManyClaims(DomainError):
    """This account has tried to bind an identity as often as it may today."""

    code = "too_many_claims"


class ContactTaken(DomainError):
    """Another account signs in with this telephone number or e-mail address."""

    code = "contact_taken"


class NothingToAmend(DomainError):
    """A request that would change neither the name nor the document."""

    code = "nothing_to_amend"


class AmendmentOpen(DomainError):
    """The person has a request under review already."""

    code = "amendment_open"


class AmendmentNotFound(DomainError):
    """There is no such request for whoever asks."""

    code = "amendment_not_found"


class AmendmentDecided(DomainError):
    """The request was decided or withdrawn in the meantime: field `state`."""

    code = "amendment_decided"

    def __init__(self, *, state: str) -> None:
        """Name the state it is in."""
        super().__init__(state=state)
        self.state = state


class DocumentOfAnother(DomainError):
    """The new document is on record for another person: two records would have to be looked at by hand."""

    code = "document_of_another"


class NotIndependentHere(DomainError):
    """Whoever bound a new telephone for a person does not decide on that person, nor confirm their own act."""

    code = "not_independent_here"


class PaperUnreadable(DomainError):
    """The scan is no picture that can be read, or larger than it may be."""

    code = "paper_unreadable"


class PersonNotFound(DomainError):
    """Nobody is on record by this document."""

    code = "person_not_found"


class OriginalNotSeen(DomainError):
    """A telephone is bound at the counter only by somebody who has the original document before them."""

    code = "original_not_seen"


class RebindingOpen(DomainError):
    """A new telephone is being bound for this person already."""

    code = "rebinding_open"


class RebindingNotFound(DomainError):
    """There is no such binding for whoever asks."""

    code = "rebinding_not_found"


class RebindingClosed(DomainError):
    """The binding is done or was stopped in the meantime."""

    code = "rebinding_closed"
