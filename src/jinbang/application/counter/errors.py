"""What a registration point's counter refuses."""

from jinbang.kernel.errors import DomainError


class CounterNotFound(DomainError):
    """No such registration point, or application, within the places where this person takes applications."""

    code = "counter_not_found"


class PledgeMissing(DomainError):
    """The signed integrity pledge has not been scanned yet, and nothing is submitted before."""

    code = "pledge_missing"


class PledgeUnprintable(DomainError):
    """A character of the name is covered by no font here. Field: `characters`."""

    code = "pledge_unprintable"
