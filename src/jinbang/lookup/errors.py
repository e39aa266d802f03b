"""Refusals of the lookup phase: what is not open, not solved, not readable, or not fit to be sealed."""

from jinbang.kernel.errors import DomainError


class UnknownRelease(DomainError):
    """No release of this code is announced on this node."""

    code = "unknown_release"


class ReleaseNotOpen(DomainError):
    """The instant of the release has not come. Field: `opens_at`."""

    code = "release_not_open"


class WarrantMissing(DomainError):
    """The key of this release is not here, or no armed warrant lets it be given."""

    code = "warrant_missing"


class ClocksDisagree(DomainError):
    """The clocks of this machine differ by more than is allowed, so nothing opens by them."""

    code = "clocks_disagree"


class VerificationRefused(DomainError):
    """The verification code does not let this query pass. Field: `problem`, one of `VerificationProblem`."""

    code = "verification_refused"


class FormRefused(DomainError):
    """The body of a query is not the form this page sent. Field: `problem`, the HTTP status says the rest."""

    code = "lookup_form_refused"


class RecordTooLong(DomainError):
    """A card does not fit the record size of its release. Field: `needed`, the size that would hold it."""

    code = "record_too_long"


class SameInputsTwice(DomainError):
    """Two people of one release would be asked for by the same inputs. Field: `position`, never the inputs."""

    code = "same_inputs_twice"


class ReleaseNotAsSigned(DomainError):
    """What would be sealed is not what the officers signed: another root, or another number of people."""

    code = "release_not_as_signed"


class GenerationAlreadyOpen(DomainError):
    """A generation that people can already read is never replaced: a correction has the next number."""

    code = "generation_already_open"


class SnapshotDamaged(DomainError):
    """A snapshot file is not what was published: wrong checksum, wrong form, or a record that does not open."""

    code = "snapshot_damaged"
