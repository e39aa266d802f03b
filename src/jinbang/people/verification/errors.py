"""What is refused about diplomas: too many, one that stands already, one that has been settled."""

from jinbang.kernel.errors import DomainError


class TooManyDiplomas(DomainError):
    """A person states so many of one kind and no more: fields `kind`, `most`."""

    code = "too_many_diplomas"

    def __init__(self, *, kind: str, most: int) -> None:
        """Name the kind and the number."""
        super().__init__(kind=kind, most=most)
        self.kind = kind
        self.most = most


class DiplomaStated(DomainError):
    """This number stands among the person's own already."""

    code = "diploma_stated"


class DiplomaSettled(DomainError):
    """A diploma that has been verified is not edited any more."""

    code = "diploma_settled"


class VerificationNotForPerson(DomainError):
    """The check is not, or no more, for a person to settle: it waits for an answer, or has passed meanwhile."""

    code = "verification_not_for_person"


class NoSuchVerification(DomainError):
    """The person has no such check."""

    code = "no_such_verification"
