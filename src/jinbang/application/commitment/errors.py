"""What is refused around informed commitments."""

from jinbang.kernel.errors import DomainError


class CommitmentNotFound(DomainError):
    """No such commitment, or check of one, for this reader."""

    code = "commitment_not_found"


class CommitmentUnavailable(DomainError):
    """This person cannot sign a commitment here. Field: `obstacle`."""

    code = "commitment_unavailable"


class CommitmentInTheWay(CommitmentUnavailable):
    """A commitment that was signed does not go with what is chosen now. Field: `obstacle`."""

    code = "commitment_in_the_way"


class CommitmentTooEarly(DomainError):
    """Whether one may sign depends on level, specialty and track, which are still to be chosen."""

    code = "commitment_too_early"


class CommitmentTextChanged(DomainError):
    """Another wording than the one now in force was agreed to. Field: `version`."""

    code = "commitment_text_changed"


class CommitmentAnswered(DomainError):
    """The question has been answered for this application already. Field: `state`."""

    code = "commitment_answered"


class CommitmentNotWithdrawable(DomainError):
    """A commitment is withdrawn while it is signed, and before it is being checked. Field: `state`."""

    code = "commitment_not_withdrawable"


class CommitmentPaid(DomainError):
    """Once the fee is paid, a commitment is not withdrawn any more. Field: `number`, of the order."""

    code = "commitment_paid"


class ChargeUnfounded(DomainError):
    """A charge tells the candidate what is held to be false; a decision bears a number."""

    code = "commitment_charge_unfounded"


class HearingOpen(DomainError):
    """Nothing is decided before the candidate has answered or the time to do so is over. Field: `until`."""

    code = "commitment_hearing_open"


class HearingClosed(DomainError):
    """The time to answer a charge is over. Field: `until`."""

    code = "commitment_hearing_closed"


class SecondPersonNeeded(DomainError):
    """Whoever brought the charge does not decide on it."""

    code = "commitment_second_person"


class SampleSeedLate(DomainError):
    """A seed is committed to while the window of application is still open, or it could be chosen. Field: `closed`."""

    code = "sample_seed_late"


class SampleTooEarly(DomainError):
    """A sample is drawn when nobody can apply any more. Field: `closes`."""

    code = "sample_too_early"


class SampleCommitted(DomainError):
    """The seed of this region stands already, and there is never a second one."""

    code = "sample_committed"


class SampleNotCommitted(DomainError):
    """There is no seed to draw with: none was committed to in time."""

    code = "sample_not_committed"


class SampleDrawn(DomainError):
    """The sample of this region has been drawn, once for ever."""

    code = "sample_drawn"
