"""Why signing in through an outside identity comes to nothing. Each has a way on: trying again, or another way in."""

from jinbang.kernel.errors import DomainError


class OutsideRefused(DomainError):
    """What all of these have in common: the page that answers them offers every other way to sign in."""


class OutsideStateLost(OutsideRefused):
    """The answer belongs to no question of this browser: another's, one asked long ago, or one already answered."""

    code = "outside_state_lost"


class OutsideUnavailable(OutsideRefused):
    """The provider does not answer, or not with anything that could be read."""

    code = "outside_unavailable"


class OutsideCodeRefused(OutsideRefused):
    """The provider does not take the code: used before, or too old."""

    code = "outside_code_refused"


class OutsideProviderRefused(OutsideRefused):
    """The provider refused for a reason that only the operator can mend."""

    code = "outside_provider_refused"


class OutsideNotGenuine(OutsideRefused):
    """The answer is not signed by the provider, or not for this question."""

    code = "outside_not_genuine"


class OutsideOtherApplication(OutsideRefused):
    """The answer was made for another application than ours."""

    code = "outside_other_application"


class OutsideTooLate(OutsideRefused):
    """The provider's statement has expired before it came back."""

    code = "outside_too_late"


class OutsideClockOff(OutsideRefused):
    """Our clock and the provider's are too far apart to tell whether its statement is fresh."""

    code = "outside_clock_off"


class OutsideIdentityTaken(OutsideRefused):
    """The outside identity is linked to another account."""

    code = "outside_identity_taken"


class OutsideNeverForStaff(OutsideRefused):
    """Staff sign in with a password and a second factor, and in no other way."""

    code = "outside_never_for_staff"


class OutsideNothingPending(OutsideRefused):
    """There is no outside identity waiting to be linked in this session: never was, or ten minutes have passed."""

    code = "outside_nothing_pending"


class OutsideLastWayIn(OutsideRefused):
    """Unlinking would leave the account without any way to sign in."""

    code = "outside_last_way_in"


class OutsideNotLinked(OutsideRefused):
    """The account has no such outside identity."""

    code = "outside_not_linked"
