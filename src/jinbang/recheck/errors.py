"""Refusals of the recheck phase."""

from jinbang.kernel.errors import DomainError


class TooManyReports(DomainError):
    """This network has sent as many reports as it may for now."""

    code = "too_many_reports"
