"""What the integrity record refuses."""

from jinbang.kernel.errors import DomainError


class IntegrityRecordNotFound(DomainError):
    """No such record within the places where this member of staff may read or lift records."""

    code = "integrity_record_not_found"


class AlreadyOnRecord(DomainError):
    """A decision of this number has been entered for this person before. Field: `document_number`."""

    code = "already_on_record"


class RecordEndsOtherwise(DomainError):
    """The last day typed from the decision is not the one that its article gives. Field: `ends_on`, the right one."""

    code = "integrity_ends_otherwise"


class RecordHasNoEnd(DomainError):
    """A last day was typed for a ground that is recorded for good."""

    code = "integrity_has_no_end"


class AlreadyLifted(DomainError):
    """The record has been lifted already, and lifting is done once."""

    code = "integrity_record_lifted"


class LiftedTooEarly(DomainError):
    """A record is lifted from its first day at the earliest. Field: `starts_on`."""

    code = "integrity_lifted_too_early"
